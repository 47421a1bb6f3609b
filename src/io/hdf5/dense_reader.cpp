// Dense matrices, made sparse band by band.
#include <algorithm>
#include <cstring>

#include "io/blocks.hpp"
#include "io/hdf5/matrix_reader.hpp"

namespace celloquy::io::hdf5 {
namespace {

constexpr std::uint64_t band_bytes_most = std::uint64_t{64} << 20;

/// Fills `out` (rows × genes of numbers) with rows [begin, end).
void read_rows(const MatrixSource& source, std::size_t begin, std::size_t end, NumberKind kind,
               ChunkScratch& scratch, std::vector<std::uint8_t>& widened,
               std::vector<std::uint8_t>& out) {
  const auto& data = *source.values;
  const std::size_t width = kind == NumberKind::f32 || kind == NumberKind::i32 ? 4 : 8;
  const std::size_t genes = source.n_genes, size = data.dataset().type.size;
  out.resize((end - begin) * genes * width);
  if (!data.chunked()) {
    std::vector<std::uint8_t>& raw = scratch.first;
    raw.resize((end - begin) * genes * size);
    data.read_contiguous(begin * genes, (end - begin) * genes, raw.data());
    std::memcpy(out.data(),
                as_numbers(data.dataset().type, raw.data(), (end - begin) * genes, widened),
                out.size());
    return;
  }
  const auto chunk_rows = data.dataset().layout.chunk[0],
             chunk_columns = data.dataset().layout.chunk[1];
  const std::size_t across = block_count(genes, chunk_columns);
  for (auto r = begin / chunk_rows; r * chunk_rows < end; ++r)
    for (std::size_t c = 0; c < across; ++c) {
      const auto* raw = data.decode_chunk(r * across + c, scratch);
      const auto* numbers = static_cast<const std::uint8_t*>(
          as_numbers(data.dataset().type, raw, chunk_rows * chunk_columns, widened));
      const auto columns = std::min<std::size_t>(chunk_columns, genes - c * chunk_columns);
      const auto first = std::max<std::size_t>(begin, r * chunk_rows);
      const auto last = std::min<std::size_t>(end, (r + 1) * chunk_rows);
      for (auto row = first; row < last; ++row)
        std::memcpy(out.data() + ((row - begin) * genes + c * chunk_columns) * width,
                    numbers + (row - r * chunk_rows) * chunk_columns * width, columns * width);
    }
}

template <class T>
RowBand sparsify(const T* numbers, std::size_t rows, std::size_t genes, NumberKind kind) {
  std::vector<T> kept;
  std::vector<std::uint32_t> columns, counts;
  for (std::size_t r = 0; r < rows; ++r) {
    const auto before = kept.size();
    const T* row = numbers + r * genes;
    for (std::size_t c = 0; c < genes; ++c)
      if (row[c] != 0) {
        kept.push_back(row[c]);
        columns.push_back(static_cast<std::uint32_t>(c));
      }
    counts.push_back(static_cast<std::uint32_t>(kept.size() - before));
  }
  return make_band(std::move(counts), columns, kept.data(), kind, genes);
}

}  // namespace

MatrixSource dense_source(const File& file, std::uint64_t object, const std::string& path) {
  MatrixSource out;
  out.kind = MatrixSource::Kind::dense;
  auto dataset = file.dataset(object, path);
  if (dataset.space.shape.size() != 2)
    refuse("io.wrong_dimensions", {{"where", path}, {"expected", 2}});
  number_kind(dataset);
  out.n_cells = dataset.space.shape[0];
  out.n_genes = dataset.space.shape[1];
  if (out.n_cells > 0xffffffffULL || out.n_genes > 0xffffffffULL) damaged("dataspace");
  out.values = std::make_shared<DataSource>(file, std::move(dataset));
  return out;
}

std::size_t dense_band_rows(const MatrixSource& source) {
  const std::uint64_t row_bytes = std::max<std::uint64_t>(1, source.n_genes * 8);
  const std::uint64_t most = std::max<std::uint64_t>(1, band_bytes_most / row_bytes);
  if (!source.values->chunked())
    return std::min<std::uint64_t>(most, std::max<std::uint64_t>(1, (4u << 20) / row_bytes));
  const auto chunk = source.values->dataset().layout.chunk[0];
  if (chunk >= most) return most;
  return chunk * std::max<std::uint64_t>(1, std::min(most, (4u << 20) / row_bytes) / chunk);
}

PackedRows read_dense(const MatrixSource& source, std::span<const std::size_t> chosen,
                      const Context& context) {
  const auto kind = number_kind(source.values->dataset());
  const auto rows = dense_band_rows(source);
  const std::size_t total = block_count(source.n_cells, rows);
  const std::size_t count = chosen.empty() ? total : chosen.size();
  std::vector<RowBand> bands(count);
  struct Scratch {
    ChunkScratch chunk;
    std::vector<std::uint8_t> widened, numbers;
  };
  std::vector<Scratch> scratch(worker_count(context));
  guarded_blocks(context, count, 1, "read", [&](const Block& block) {
    auto& mine = scratch[block.worker];
    const auto begin = (chosen.empty() ? block.index : chosen[block.index]) * rows;
    const auto end = std::min(source.n_cells, begin + rows);
    read_rows(source, begin, end, kind, mine.chunk, mine.widened, mine.numbers);
    const void* numbers = mine.numbers.data();
    const auto sparsify_as = [&](const auto* typed) {
      bands[block.index] = sparsify(typed, end - begin, source.n_genes, kind);
    };
    switch (kind) {
      case NumberKind::f32: sparsify_as(static_cast<const float*>(numbers)); break;
      case NumberKind::f64: sparsify_as(static_cast<const double*>(numbers)); break;
      case NumberKind::i32: sparsify_as(static_cast<const int*>(numbers)); break;
      case NumberKind::i64: sparsify_as(static_cast<const long long*>(numbers)); break;
    }
  });
  return join_bands(bands, Order::cell_major, source.n_genes, context);
}

}  // namespace celloquy::io::hdf5
