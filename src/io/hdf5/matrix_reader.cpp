#include "io/hdf5/matrix_reader.hpp"

#include <algorithm>
#include <cstring>

#include "io/blocks.hpp"

namespace celloquy::io::hdf5 {
namespace {

constexpr std::uint64_t contiguous_block = 65536;  // elements a positional read

/// A one-dimensional dataset cut into the pieces that threads take.
class Pieces {
 public:
  explicit Pieces(const DataSource& source)
      : source_(source),
        length_(source.chunked() ? source.dataset().layout.chunk[0] : contiguous_block) {}
  std::size_t count() const { return block_count(source_.elements(), length_); }
  std::uint64_t begin(std::size_t piece) const { return piece * length_; }
  std::size_t size(std::size_t piece) const {
    return std::min<std::uint64_t>(length_, source_.elements() - begin(piece));
  }
  struct Scratch {
    ChunkScratch chunk;
    std::vector<std::uint8_t> raw, numbers;
  };
  const void* read(std::size_t piece, Scratch& scratch) const {
    const auto& type = source_.dataset().type;
    const std::uint8_t* raw = nullptr;
    if (source_.chunked()) {
      raw = source_.decode_chunk(piece, scratch.chunk);
    } else {
      const auto bytes = size(piece) * type.size;
      if (scratch.raw.size() < bytes) scratch.raw.resize(bytes);
      source_.read_contiguous(begin(piece), size(piece), scratch.raw.data());
      raw = scratch.raw.data();
    }
    return as_numbers(type, raw, size(piece), scratch.numbers);
  }

 private:
  const DataSource& source_;
  std::uint64_t length_;
};

std::vector<Pieces::Scratch> scratches(const Context& context) {
  return std::vector<Pieces::Scratch>(worker_count(context));
}

/// The width that a few pieces spread over the dataset need.
Width sampled_width(const Pieces& pieces, NumberKind kind, const Context& context) {
  const std::size_t samples = std::min<std::size_t>(16, (pieces.count() + 15) / 16);
  auto scratch = scratches(context);
  std::vector<Width> widths(samples, Width::bits8);
  guarded_blocks(context, samples, 1, nullptr, [&](const Block& block) {
    const auto piece = (2 * block.index + 1) * pieces.count() / (2 * samples);
    const void* numbers = pieces.read(piece, scratch[block.worker]);
    widths[block.index] = width_needed(scan_numbers(numbers, kind, pieces.size(piece)));
  });
  return samples ? *std::max_element(widths.begin(), widths.end()) : Width::bits8;
}

struct PieceState {
  NumberScan scan;
  Width needed = Width::bits8;
  bool written = false;
};

/// Copies a written piece into wider storage.
void widen_piece(const SparseMatrix::Values& from, SparseMatrix::Values& to, std::uint64_t begin,
                 std::size_t count) {
  std::visit(
      [&](const auto& narrow, auto& wide) {
        using W = std::remove_cvref_t<decltype(wide[0])>;
        for (std::size_t i = 0; i < count; ++i) wide[begin + i] = static_cast<W>(narrow[begin + i]);
      },
      from, to);
}

/// Stores optimistically as narrow as a sample suggests; pieces that turn out
/// to need more are left out and, once the width is known, read again while the
/// others are widened in memory.
void read_values(const DataSource& source, PackedRows& out, const Context& context) {
  const Pieces pieces(source);
  const auto kind = number_kind(source.dataset());
  auto scratch = scratches(context);
  std::vector<PieceState> states(pieces.count());
  const Width first = sampled_width(pieces, kind, context);
  out.values = make_values(first, source.elements());
  guarded_blocks(context, pieces.count(), 1, "read", [&](const Block& block) {
    auto& state = states[block.index];
    const auto count = pieces.size(block.index);
    const void* numbers = pieces.read(block.index, scratch[block.worker]);
    state.scan = scan_numbers(numbers, kind, count);
    state.needed = width_needed(state.scan);
    if (state.needed > first) return;
    store_numbers(numbers, kind, count, state.scan.whole, out.values, pieces.begin(block.index));
    state.written = true;
  });
  Width final_width = first;
  for (std::size_t p = 0; p < states.size(); ++p) {
    final_width = std::max(final_width, states[p].needed);
    out.summary.add(states[p].scan, pieces.size(p));
  }
  // Tiny numbers all below the noise threshold are not counts but small reals.
  if (final_width != Width::real && !out.summary.counts()) final_width = Width::real;
  if (final_width == first) return;
  auto wider = make_values(final_width, source.elements());
  guarded_blocks(context, pieces.count(), 1, nullptr, [&](const Block& block) {
    const auto& state = states[block.index];
    const auto begin = pieces.begin(block.index);
    const auto count = pieces.size(block.index);
    const bool rounded_wrongly = final_width == Width::real && !state.scan.whole;
    if (state.written && !rounded_wrongly) {
      widen_piece(out.values, wider, begin, count);
      return;
    }
    const void* numbers = pieces.read(block.index, scratch[block.worker]);
    store_numbers(numbers, kind, count, state.scan.whole, wider, begin);
  });
  out.values = std::move(wider);
}

/// Narrows the numbers of one piece; false where one is `limit` or more.
template <class Index>
bool narrow_piece(const void* numbers, NumberKind kind, std::size_t count, std::uint64_t limit,
                  Index* to) {
  using Narrow = std::conditional_t<sizeof(Index) == 2, unsigned short, unsigned>;
  auto* out = reinterpret_cast<Narrow*>(to);
  switch (kind) {
    case NumberKind::i32:
      return CELLOQUY_DISPATCH(narrow_index(static_cast<const int*>(numbers), count, out)) < limit;
    case NumberKind::i64:
      return CELLOQUY_DISPATCH(narrow_index(static_cast<const long long*>(numbers), count, out)) <
             limit;
    default: return false;
  }
}

/// Whether the indices ascend within each of the rows that touch [begin, end).
template <class Index>
bool ascends_within(const Index* indices, const std::vector<std::uint64_t>& offsets,
                    std::uint64_t begin, std::uint64_t end) {
  using Narrow = std::conditional_t<sizeof(Index) == 2, unsigned short, unsigned>;
  auto row = static_cast<std::size_t>(std::upper_bound(offsets.begin(), offsets.end(), begin) -
                                      offsets.begin() - 1);
  for (std::uint64_t at = begin; at < end; ++row) {
    const auto stop = std::min(end, offsets[row + 1]);
    if (stop > at &&
        !CELLOQUY_DISPATCH(ascending(reinterpret_cast<const Narrow*>(indices + at), stop - at)))
      return false;
    at = std::max(at, stop);
  }
  return true;
}

template <class Index>
void read_indices_as(const DataSource& source, PackedRows& out, const Context& context) {
  const Pieces pieces(source);
  const auto kind = number_kind(source.dataset());
  auto scratch = scratches(context);
  Buffer<Index> indices(source.elements());
  std::vector<std::uint8_t> ascending(pieces.count(), 1);
  guarded_blocks(context, pieces.count(), 1, "read", [&](const Block& block) {
    const auto begin = pieces.begin(block.index);
    const auto count = pieces.size(block.index);
    const void* numbers = pieces.read(block.index, scratch[block.worker]);
    if (!narrow_piece(numbers, kind, count, out.n_minor, indices.data() + begin))
      refuse("io.index_out_of_range", {{"where", source.dataset().path}, {"limit", out.n_minor}});
    ascending[block.index] = ascends_within(indices.data(), out.offsets, begin, begin + count);
  });
  std::size_t row = 0;
  for (std::size_t p = 0; p < pieces.count(); ++p) {
    out.ascending &= ascending[p] != 0;
    const auto begin = pieces.begin(p);
    if (begin == 0) continue;
    while (out.offsets[row + 1] <= begin) ++row;
    if (out.offsets[row] != begin) out.ascending &= indices[begin - 1] < indices[begin];
  }
  out.indices = std::move(indices);
}

void read_indices(const DataSource& source, PackedRows& out, const Context& context) {
  const auto kind = number_kind(source.dataset());
  if (kind != NumberKind::i32 && kind != NumberKind::i64)
    refuse("io.not_numbers", {{"where", source.dataset().path}});
  if (out.n_minor <= 65536)
    read_indices_as<std::uint16_t>(source, out, context);
  else
    read_indices_as<std::uint32_t>(source, out, context);
}

PackedRows empty_rows(const MatrixSource& source) {
  PackedRows out;
  out.order = source.order;
  out.n_major = source.order == Order::cell_major ? source.n_cells : source.n_genes;
  out.n_minor = source.order == Order::cell_major ? source.n_genes : source.n_cells;
  return out;
}

Dataset child_dataset(const File& file, std::uint64_t group, const std::string& path,
                      std::string_view name) {
  const auto object = file.find(name, group);
  const auto full = path + "/" + std::string(name);
  if (object == undefined_address || !file.is_dataset(object))
    refuse("io.part_missing", {{"where", full}});
  return file.dataset(object, full);
}

}  // namespace

MatrixSource compressed_source(const File& file, std::uint64_t group, const std::string& path,
                               Order order, std::size_t n_cells, std::size_t n_genes) {
  MatrixSource out;
  out.order = order;
  out.n_cells = n_cells;
  out.n_genes = n_genes;
  if (n_cells > 0xffffffffULL || n_genes > 0xffffffffULL) damaged("dataspace");
  const std::size_t n_major = order == Order::cell_major ? n_cells : n_genes;
  const auto pointers = child_dataset(file, group, path, "indptr");
  auto data = child_dataset(file, group, path, "data");
  auto indices = child_dataset(file, group, path, "indices");
  for (const Dataset* dataset :
       {&std::as_const(pointers), &std::as_const(data), &std::as_const(indices)})
    if (dataset->space.shape.size() != 1)
      refuse("io.wrong_dimensions", {{"where", dataset->path}, {"expected", 1}});
  const auto offsets = read_integers(file, pointers);
  if (offsets.size() != n_major + 1 || (!offsets.empty() && offsets[0] != 0))
    refuse("io.offsets_wrong",
           {{"where", pointers.path}, {"expected", n_major + 1}, {"found", offsets.size()}});
  out.offsets.assign(offsets.begin(), offsets.end());
  out.values = std::make_shared<DataSource>(file, std::move(data));
  out.indices = std::make_shared<DataSource>(file, std::move(indices));
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
    if (offsets[i + 1] < offsets[i])
      refuse("io.offsets_descend", {{"where", pointers.path}, {"row", i}});
  if (out.offsets.back() != out.values->elements() ||
      out.values->elements() != out.indices->elements())
    refuse("io.lengths_differ", {{"where", path},
                                 {"values", out.values->elements()},
                                 {"indices", out.indices->elements()},
                                 {"offsets", out.offsets.back()}});
  return out;
}

namespace {

PackedRows read_compressed(const MatrixSource& source, const Context& context) {
  PackedRows out = empty_rows(source);
  out.offsets = source.offsets;
  const auto& path = source.values->dataset().path;
  require_memory(source.values->elements() * 3, path);
  read_indices(*source.indices, out, context);
  read_values(*source.values, out, context);
  return out;
}

}  // namespace

PackedRows read_matrix(const MatrixSource& source, const Context& context) {
  if (source.kind == MatrixSource::Kind::compressed) return read_compressed(source, context);
  return read_dense(source, {}, context);
}

namespace {

/// Elements [begin, end) of a one-dimensional dataset, converted to float.
void read_range(const DataSource& source, const Pieces& pieces, std::uint64_t begin,
                std::uint64_t end, Pieces::Scratch& scratch, const auto& take) {
  const std::uint64_t length = pieces.count() > 1 ? pieces.begin(1) : source.elements();
  for (auto piece = begin / length; piece * length < end; ++piece) {
    const auto* numbers = pieces.read(piece, scratch);
    const auto from = std::max(begin, pieces.begin(piece));
    const auto to = std::min<std::uint64_t>(end, pieces.begin(piece) + pieces.size(piece));
    take(numbers, from - pieces.begin(piece), to - from, from - begin);
  }
}

std::size_t number_bytes(NumberKind kind) {
  return kind == NumberKind::f32 || kind == NumberKind::i32 ? 4 : 8;
}

/// Runs of consecutive rows (or genes, if they are compressed by gene), spread evenly.
std::vector<std::pair<std::size_t, std::size_t>> spread_rows(const MatrixSource& source,
                                                             std::uint64_t wanted) {
  constexpr std::size_t ranges = 16;
  const std::size_t rows = source.offsets.size() - 1;
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (std::size_t r = 0; r < ranges; ++r) {
    std::size_t row = rows * r / ranges;
    const std::size_t next = rows * (r + 1) / ranges;
    std::size_t end = row;
    std::uint64_t taken = 0;
    while (end < next && taken < wanted / ranges) {
      taken += source.offsets[end + 1] - source.offsets[end];
      ++end;
    }
    if (end > row) out.emplace_back(row, end);
  }
  return out;
}

PackedRows sample_compressed(const MatrixSource& source, std::uint64_t wanted,
                             const Context& context) {
  const auto ranges = spread_rows(source, wanted);
  const Pieces value_pieces(*source.values), index_pieces(*source.indices);
  const auto value_kind = number_kind(source.values->dataset());
  const auto index_kind = number_kind(source.indices->dataset());
  PackedRows out = empty_rows(source);
  out.n_major = 0;
  out.offsets = {0};
  std::vector<std::vector<std::uint8_t>> values(ranges.size());
  std::uint64_t total = 0;
  std::vector<std::uint64_t> starts;
  for (const auto& [first, last] : ranges) {
    starts.push_back(total);
    for (std::size_t row = first; row < last; ++row)
      out.offsets.push_back(out.offsets.back() + source.offsets[row + 1] - source.offsets[row]);
    out.n_major += last - first;
    total = out.offsets.back();
  }
  Buffer<std::uint32_t> indices(total);
  auto scratch = scratches(context);
  const auto width = number_bytes(value_kind);
  guarded_blocks(context, ranges.size(), 1, nullptr, [&](const Block& block) {
    const auto begin = source.offsets[ranges[block.index].first];
    const auto end = source.offsets[ranges[block.index].second];
    auto& mine = values[block.index];
    mine.resize((end - begin) * width);
    read_range(*source.values, value_pieces, begin, end, scratch[block.worker],
               [&](const void* numbers, std::uint64_t at, std::uint64_t count, std::uint64_t to) {
                 std::memcpy(mine.data() + to * width,
                             static_cast<const std::uint8_t*>(numbers) + at * width, count * width);
               });
    read_range(*source.indices, index_pieces, begin, end, scratch[block.worker],
               [&](const void* numbers, std::uint64_t at, std::uint64_t count, std::uint64_t to) {
                 const auto* from =
                     static_cast<const std::uint8_t*>(numbers) + at * number_bytes(index_kind);
                 if (!narrow_piece(from, index_kind, count, out.n_minor,
                                   indices.data() + starts[block.index] + to))
                   refuse("io.index_out_of_range",
                          {{"where", source.indices->dataset().path}, {"limit", out.n_minor}});
               });
  });
  Width needed = Width::bits8;
  std::vector<NumberScan> scans;
  for (const auto& part : values) {
    const auto scan = scan_numbers(part.data(), value_kind, part.size() / width);
    out.summary.add(scan, part.size() / width);
    needed = std::max(needed, width_needed(scan));
    scans.push_back(scan);
  }
  if (!out.summary.counts()) needed = Width::real;
  out.values = make_values(needed, total);
  for (std::size_t r = 0; r < values.size(); ++r)
    store_numbers(values[r].data(), value_kind, values[r].size() / width, scans[r].whole,
                  out.values, starts[r]);
  out.indices = std::move(indices);
  out.ascending = false;  // not looked at; sorting a sample costs nothing
  return out;
}

}  // namespace

PackedRows sample_matrix(const MatrixSource& source, std::uint64_t wanted, const Context& context) {
  if (source.kind == MatrixSource::Kind::dense) {
    const auto rows = dense_band_rows(source);
    const std::size_t bands = block_count(source.n_cells, rows);
    const std::size_t most =
        std::max<std::size_t>(1, wanted / std::max<std::size_t>(1, rows * source.n_genes));
    if (bands <= most) return read_matrix(source, context);
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < most; ++i) chosen.push_back(i * bands / most);
    return read_dense(source, chosen, context);
  }
  if (source.n_values() <= wanted) return read_matrix(source, context);
  return sample_compressed(source, wanted, context);
}

}  // namespace celloquy::io::hdf5
