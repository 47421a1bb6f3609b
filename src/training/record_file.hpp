#pragma once
// A file of equally long records that grows at its end. What was appended is
// there after a crash; what was being appended is not.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/expected.hpp"

namespace celloquy::training {

class RecordFile {
 public:
  /// Opens a file for appending. One that is missing, damaged or was made for
  /// another `identity` or record size begins anew, without records.
  static Expected<RecordFile> open(const std::filesystem::path& path, std::string_view identity,
                                   std::size_t record_bytes);
  RecordFile(RecordFile&& other) noexcept;
  RecordFile& operator=(RecordFile&& other) noexcept;
  ~RecordFile();

  std::size_t size() const { return size_; }
  std::size_t record_bytes() const { return record_bytes_; }
  /// `records` is a whole number of records; they are on the disk afterwards.
  Status append(std::span<const std::byte> records);
  /// Forgets all records.
  Status clear();
  /// `count` records from `first` on; may be called from several threads.
  Status read(std::size_t first, std::size_t count, void* to) const;
  /// The same for the bytes [begin, begin + bytes) of one record.
  Status read_part(std::size_t record, std::size_t begin, std::size_t bytes, void* to) const;

 private:
  RecordFile() = default;
  std::filesystem::path path_;
  int file_ = -1;
  std::size_t size_ = 0, record_bytes_ = 0;
};

}  // namespace celloquy::training
