#pragma once
// Where bytes come from: a file on disk, or memory in tests and fuzzing.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::io {

/// Positional reads; safe to use from several threads at once.
class InputFile {
 public:
  explicit InputFile(std::string path) : path_(std::move(path)) {}
  virtual ~InputFile() = default;
  const std::string& path() const { return path_; }
  virtual std::uint64_t size() const = 0;
  /// Reads exactly `bytes` at `offset`; false where the file ends before or the disk fails.
  virtual bool read(std::uint64_t offset, void* to, std::size_t bytes) const = 0;

 private:
  std::string path_;
};

/// Errors: missing, not readable, not a regular file, empty.
Expected<std::unique_ptr<InputFile>> open_input_file(const std::string& path);

class MemoryFile final : public InputFile {
 public:
  MemoryFile(std::string path, std::vector<std::uint8_t> bytes)
      : InputFile(std::move(path)), bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  bool read(std::uint64_t offset, void* to, std::size_t bytes) const override;

 private:
  std::vector<std::uint8_t> bytes_;
};

/// The whole file; refuses above `most` bytes.
std::vector<std::uint8_t> read_whole(const InputFile& file, std::uint64_t most);

/// Identity of the content without reading all of it: size, both ends and
/// blocks between them, independent of the path. Below 5 ms.
std::string fingerprint(const InputFile& file);

/// Bytes of memory that can still be had without swapping.
std::uint64_t available_memory();
/// Refuses where `bytes` for `path` do not fit into the machine's memory.
void require_memory(std::uint64_t bytes, const std::string& path);

}  // namespace celloquy::io
