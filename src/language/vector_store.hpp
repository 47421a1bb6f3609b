#pragma once
// A file of vectors that several processes read and append to at the same time.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace celloquy::language {

/// The file: a header (a line of text that names the format, the dimension and
/// the title), then records of one size: key (32 hexadecimal digits), vector
/// (dimension × float32, as the processor stores them), and the hash (32 digits)
/// of both. Records are only ever appended, under a lock. What a killed process
/// left unfinished is cut off by the next that appends; a record whose hash is
/// wrong counts as absent; a file whose header is wrong is begun anew. Where the file cannot be
/// made, read or locked, everything is absent and nothing is kept: it is a memory aid, not a store
/// of record. Not to be used by two threads at once.
class VectorStore {
 public:
  VectorStore(const std::filesystem::path& file, std::size_t dimension, std::string_view title);
  ~VectorStore();
  VectorStore(const VectorStore&) = delete;
  VectorStore& operator=(const VectorStore&) = delete;

  /// Learns what other processes have added meanwhile.
  void refresh();
  /// Copies the vector; false when it is absent.
  bool find(const std::string& key, std::span<float> vector) const;
  /// Appends a vector for each key, row by row.
  void append(std::span<const std::string> keys, std::span<const float> vectors);

 private:
  std::uint64_t record_size() const { return 2 * key_size + dimension_ * sizeof(float); }
  std::uint64_t file_size() const;

  static constexpr std::size_t key_size = 32;
  std::size_t dimension_;
  std::string header_;
  int descriptor_ = -1;
  std::uint64_t read_ = 0;  ///< bytes of the file that offsets_ knows
  std::unordered_map<std::string, std::uint64_t> offsets_;
};

}  // namespace celloquy::language
