#pragma once
// Bytes of a dataset: positional reads, filters undone, byte order made native.

#include <memory>
#include <vector>

#include "io/hdf5/format.hpp"

namespace celloquy::io::hdf5 {

/// Scratch memory of one thread for decoding chunks; reused, never shrunk.
class ChunkScratch {
 public:
  ChunkScratch();
  ~ChunkScratch();
  ChunkScratch(ChunkScratch&&) noexcept;
  std::vector<std::uint8_t> stored, first, second;
  void* inflater = nullptr;  ///< libdeflate's, made when first needed
  void* zstd = nullptr;
};

/// A dataset ready for reading: its chunk table is known and its filters can
/// be undone here. decode() is thread-safe with one scratch a thread.
class DataSource {
 public:
  /// Refuses datasets whose claimed size the file cannot hold.
  DataSource(const File& file, Dataset dataset);

  const Dataset& dataset() const { return dataset_; }
  bool chunked() const { return dataset_.layout.kind == Layout::Kind::chunked; }
  const std::vector<Chunk>& chunks() const { return chunks_; }
  std::uint64_t elements() const { return elements_; }
  /// True where libhdf5 and its plugins must decode (blosc, szip…).
  bool needs_library() const { return needs_library_; }

  /// The decoded bytes of chunk `number`, valid until the scratch is used
  /// again. A missing chunk gives zeros.
  const std::uint8_t* decode_chunk(std::size_t number, ChunkScratch& scratch) const;
  /// Reads elements [begin, begin + count) of a contiguous or compact dataset.
  void read_contiguous(std::uint64_t begin, std::uint64_t count, std::uint8_t* to) const;

 private:
  const File& file_;
  Dataset dataset_;
  std::vector<Chunk> chunks_;
  std::uint64_t elements_ = 0;
  bool needs_library_ = false;
};

/// All elements of a small dataset in one piece (tables, offsets), in native
/// byte order, row by row for more than one dimension.
std::vector<std::uint8_t> read_all(const File& file, const Dataset& dataset);

/// Reverses the byte order of each of `count` elements of `bytes` bytes.
void swap_bytes(std::uint8_t* data, std::size_t count, std::size_t bytes);

}  // namespace celloquy::io::hdf5
