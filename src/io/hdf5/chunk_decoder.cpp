#include "io/hdf5/chunk_decoder.hpp"

#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "io/hdf5/library_filters.hpp"
#include "io/hdf5/lzf.hpp"
#include "io/hdf5/unshuffle.hpp"

namespace celloquy::io::hdf5 {
namespace {

enum : std::uint16_t {
  filter_deflate = 1,
  filter_shuffle = 2,
  filter_fletcher32 = 3,
  filter_lzf = 32000,
  filter_zstd = 32015
};

bool decoded_here(std::uint16_t id) {
  return id == filter_deflate || id == filter_shuffle || id == filter_fletcher32 ||
         id == filter_lzf || id == filter_zstd;
}

/// Bytes that `stored` bytes can grow to at most, through any filter we know.
std::uint64_t largest_expansion(std::uint64_t stored) {
  return stored > (std::uint64_t{1} << 40) ? ~std::uint64_t{0} : stored * 4096 + (1u << 20);
}

bool inflate(ChunkScratch& scratch, const std::vector<std::uint8_t>& in, std::size_t bytes,
             std::vector<std::uint8_t>& out, std::size_t out_bytes) {
  if (!scratch.inflater) scratch.inflater = libdeflate_alloc_decompressor();
  if (out.size() < out_bytes) out.resize(out_bytes);
  std::size_t made = 0;
  return libdeflate_zlib_decompress(static_cast<libdeflate_decompressor*>(scratch.inflater),
                                    in.data(), bytes, out.data(), out_bytes,
                                    &made) == LIBDEFLATE_SUCCESS &&
         made == out_bytes;
}

bool expand_zstd(ChunkScratch& scratch, const std::vector<std::uint8_t>& in, std::size_t bytes,
                 std::vector<std::uint8_t>& out, std::size_t out_bytes) {
  if (!scratch.zstd) scratch.zstd = ZSTD_createDCtx();
  if (out.size() < out_bytes) out.resize(out_bytes);
  return ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(scratch.zstd), out.data(), out_bytes,
                             in.data(), bytes) == out_bytes;
}

}  // namespace

ChunkScratch::ChunkScratch() = default;
ChunkScratch::ChunkScratch(ChunkScratch&& other) noexcept
    : stored(std::move(other.stored)),
      first(std::move(other.first)),
      second(std::move(other.second)),
      inflater(std::exchange(other.inflater, nullptr)),
      zstd(std::exchange(other.zstd, nullptr)) {}
ChunkScratch::~ChunkScratch() {
  if (inflater) libdeflate_free_decompressor(static_cast<libdeflate_decompressor*>(inflater));
  if (zstd) ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(zstd));
}

DataSource::DataSource(const File& file, Dataset dataset)
    : file_(file), dataset_(std::move(dataset)) {
  elements_ = dataset_.space.elements();
  const auto size = dataset_.type.size;
  if (elements_ > (std::uint64_t{1} << 60) / size) damaged("dataspace");
  const auto bytes = elements_ * size;
  switch (dataset_.layout.kind) {
    case Layout::Kind::none: damaged("layout");
    case Layout::Kind::compact:
      if (dataset_.layout.compact.size() < bytes) damaged("layout");
      break;
    case Layout::Kind::contiguous: {
      const auto address = dataset_.layout.address;
      if (bytes == 0) break;
      if (address == undefined_address) {
        // Never written: all zeros. Believed up to a modest size only.
        if (bytes > (1u << 20)) damaged("layout");
      } else if (address > file.input().size() || bytes > file.input().size() - address) {
        damaged("layout");
      }
      break;
    }
    case Layout::Kind::chunked: {
      chunks_ = file.chunks(dataset_);
      std::uint64_t stored = 0;
      for (const auto& chunk : chunks_)
        if (chunk.address != undefined_address) stored += chunk.stored_bytes;
      if (bytes > largest_expansion(std::min(stored, file.input().size()))) damaged("chunk_index");
      for (const auto& filter : dataset_.filters) needs_library_ |= !decoded_here(filter.id);
      if (dataset_.chunk_bytes() > largest_expansion(file.input().size())) damaged("layout");
      break;
    }
  }
}

const std::uint8_t* DataSource::decode_chunk(std::size_t number, ChunkScratch& scratch) const {
  const auto& chunk = chunks_[number];
  const std::size_t whole = dataset_.chunk_bytes();
  if (chunk.address == undefined_address) {
    scratch.first.assign(whole, 0);
    return scratch.first.data();
  }
  std::size_t bytes = chunk.stored_bytes;
  if (scratch.stored.size() < bytes) scratch.stored.resize(bytes);
  if (!file_.read(chunk.address, scratch.stored.data(), bytes)) damaged("chunk");
  std::vector<std::uint8_t>* current = &scratch.stored;
  const auto other = [&] { return current == &scratch.first ? &scratch.second : &scratch.first; };
  for (std::size_t f = dataset_.filters.size(); f-- > 0;) {
    if (f < 32 && (chunk.filter_mask >> f & 1)) continue;
    const auto& filter = dataset_.filters[f];
    auto* next = other();
    // A checksum made before compression is still at the end of what comes out.
    std::size_t expected = whole;
    for (std::size_t g = 0; g < f; ++g)
      if (dataset_.filters[g].id == filter_fletcher32 && !(chunk.filter_mask >> g & 1))
        expected += 4;
    switch (filter.id) {
      case filter_deflate:
        if (!inflate(scratch, *current, bytes, *next, expected)) damaged("chunk");
        current = next;
        bytes = expected;
        break;
      case filter_zstd:
        if (!expand_zstd(scratch, *current, bytes, *next, expected)) damaged("chunk");
        current = next;
        bytes = expected;
        break;
      case filter_lzf:
        if (next->size() < expected) next->resize(expected);
        if (!decode_lzf(current->data(), bytes, next->data(), expected)) damaged("chunk");
        current = next;
        bytes = expected;
        break;
      case filter_shuffle: {
        const std::size_t width = filter.values.empty() ? dataset_.type.size : filter.values[0];
        if (width <= 1) break;
        if (width > bytes) break;
        if (next->size() < bytes) next->resize(bytes);
        unshuffle(current->data(), next->data(), bytes, width);
        current = next;
        break;
      }
      case filter_fletcher32:
        if (bytes < 4) damaged("chunk");
        bytes -= 4;
        break;
      default: {
        if (next->size() < whole) next->resize(whole);
        if (!apply_library_filter(filter, *current, bytes, dataset_.type.size, *next, whole))
          refuse("io.filter_missing",
                 {{"filter", filter.name.empty() ? std::to_string(filter.id) : filter.name}});
        bytes = whole;
        current = next;
        break;
      }
    }
  }
  if (bytes < whole) damaged("chunk");
  if (dataset_.type.big_endian)
    swap_bytes(current->data(), whole / dataset_.type.size, dataset_.type.size);
  return current->data();
}

void DataSource::read_contiguous(std::uint64_t begin, std::uint64_t count, std::uint8_t* to) const {
  const std::size_t size = dataset_.type.size;
  if (begin > elements_ || count > elements_ - begin) damaged("layout");
  const std::size_t bytes = count * size;
  if (dataset_.layout.kind == Layout::Kind::compact) {
    if (bytes) std::memcpy(to, dataset_.layout.compact.data() + begin * size, bytes);
  } else if (dataset_.layout.address == undefined_address) {
    if (bytes) std::memset(to, 0, bytes);
  } else if (!file_.read(dataset_.layout.address + begin * size, to, bytes)) {
    damaged("layout");
  }
  if (dataset_.type.big_endian) swap_bytes(to, count, size);
}

namespace {

/// Copies chunk `number` to its place in a row-major array.
void place_chunk(const Dataset& dataset, std::size_t number, const std::uint8_t* from,
                 std::uint8_t* to) {
  const auto& shape = dataset.space.shape;
  const auto& chunk = dataset.layout.chunk;
  const std::size_t rank = shape.size(), size = dataset.type.size;
  std::array<std::uint64_t, max_rank> origin{}, extent{};
  std::uint64_t rest = number;
  for (std::size_t d = rank; d-- > 0;) {
    const auto grid = (shape[d] + chunk[d] - 1) / chunk[d];
    origin[d] = rest % grid * chunk[d];
    rest /= grid;
    extent[d] = std::min(chunk[d], shape[d] - origin[d]);
  }
  std::array<std::uint64_t, max_rank> at{};
  while (true) {
    std::uint64_t source = 0, target = 0;
    for (std::size_t d = 0; d < rank; ++d) {
      source = source * chunk[d] + at[d];
      target = target * shape[d] + origin[d] + at[d];
    }
    std::memcpy(to + target * size, from + source * size, extent[rank - 1] * size);
    std::size_t d = rank - 1;  // the last dimension is copied as a row
    while (d-- > 0) {
      if (++at[d] < extent[d]) break;
      at[d] = 0;
    }
    if (d == SIZE_MAX) return;
  }
}

}  // namespace

std::vector<std::uint8_t> read_all(const File& file, const Dataset& dataset) {
  const DataSource source(file, dataset);
  const auto bytes = source.elements() * dataset.type.size;
  require_memory(bytes, file.input().path());
  std::vector<std::uint8_t> out(bytes);
  if (!source.chunked()) {
    source.read_contiguous(0, source.elements(), out.data());
    return out;
  }
  if (bytes == 0) return out;
  ChunkScratch scratch;
  for (std::size_t c = 0; c < source.chunks().size(); ++c)
    place_chunk(dataset, c, source.decode_chunk(c, scratch), out.data());
  return out;
}

void swap_bytes(std::uint8_t* data, std::size_t count, std::size_t bytes) {
  if (bytes < 2) return;
  for (std::size_t i = 0; i < count; ++i) std::reverse(data + i * bytes, data + (i + 1) * bytes);
}

}  // namespace celloquy::io::hdf5
