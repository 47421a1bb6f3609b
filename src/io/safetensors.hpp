#pragma once
// The safetensors format (https://huggingface.co/docs/safetensors): 8 bytes with
// the length of a JSON head, the head, then the tensors' bytes without gaps.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::io {

/// A tensor to be written: numbers that somebody else holds, row by row.
struct TensorBytes {
  std::string name, type;  ///< type: "F32", "I8"
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;
};

template <class T>
TensorBytes tensor(std::string name, std::vector<std::size_t> shape, std::span<const T> values) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, std::int8_t>);
  return {std::move(name), std::is_same_v<T, float> ? "F32" : "I8", std::move(shape),
          std::as_bytes(values)};
}

/// Length and head of a file of these tensors, padded so that their bytes, which
/// follow in this order, begin at a multiple of 64. `metadata`: text by name.
std::string safetensors_head(std::span<const TensorBytes> tensors,
                             const std::map<std::string, std::string>& metadata);

/// Reads tensors by name. Sizes are checked against the file before memory is taken.
class SafetensorsFile {
 public:
  /// Error: unusable_input.
  static Expected<SafetensorsFile> open(const std::filesystem::path& path);
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  bool has(const std::string& name) const { return tensors_.count(name) != 0; }
  /// "" when there is none.
  std::string type(const std::string& name) const;
  /// The numbers of a tensor of just this type and shape; error (unusable_input)
  /// when it is missing or another.
  Expected<std::vector<float>> floats(const std::string& name,
                                      const std::vector<std::size_t>& shape) const;
  Expected<std::vector<std::int8_t>> bytes(const std::string& name,
                                           const std::vector<std::size_t>& shape) const;

 private:
  struct Entry {
    std::string type;
    std::vector<std::size_t> shape;
    std::uint64_t begin = 0, size = 0;  // of the file
  };
  template <class T>
  Expected<std::vector<T>> read(const std::string& name, const char* type,
                                const std::vector<std::size_t>& shape) const;

  std::filesystem::path path_;
  std::map<std::string, Entry> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace celloquy::io
