#include "space/cells/product.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/thread_pool.hpp"

namespace celloquy::space {
namespace {

tl::unexpected<Error> mistake(const char* what) {
  return failure(ErrorCode::internal, "base.internal", {{"what", what}});
}

PackedWeights room_for(std::size_t n_rows, std::size_t n_columns) {
  PackedWeights out;
  out.n_rows = n_rows;
  out.n_columns = n_columns;
  out.values = Buffer<float>(out.n_tiles() * n_rows * tile_width);
  out.start.assign(out.n_tiles() * tile_width, 0.0f);
  return out;
}

/// Fills one tile and its start: `weight(row, column)` for the columns that exist.
template <class Weight>
void fill_tile(PackedWeights& out, std::size_t tile, const MeasuredGenes& genes, Weight weight) {
  const std::size_t first = tile * tile_width;
  const std::size_t width = std::min(tile_width, out.n_columns - first);
  float* to = out.values.data() + tile * out.n_rows * tile_width;
  double start[tile_width] = {};
  for (std::size_t row = 0; row < out.n_rows; ++row, to += tile_width) {
    for (std::size_t c = 0; c < width; ++c) {
      to[c] = weight(row, first + c);
      start[c] += static_cast<double>(genes.zero[row]) * to[c];
    }
    std::fill(to + width, to + tile_width, 0.0f);
  }
  for (std::size_t c = 0; c < width; ++c) out.start[first + c] = static_cast<float>(start[c]);
}

}  // namespace

Expected<PackedWeights> pack(const TextWeights& texts, const MeasuredGenes& genes,
                             const Context& context) {
  if (texts.values.size() != texts.n_texts * texts.n_genes)
    return mistake("the weights of texts have another size than they say");
  auto out = room_for(genes.n_rows(), texts.n_texts);
  std::atomic<bool> finite{true};
  parallel_for_blocks(context, out.n_tiles(), 1, [&](const Block& block) {
    float factor[tile_width];
    const std::size_t first = block.index * tile_width;
    for (std::size_t text = first; text < std::min(first + tile_width, texts.n_texts); ++text) {
      const float* weights = texts.values.data() + text * texts.n_genes;
      double square = 0;
      for (std::size_t gene = 0; gene < texts.n_genes; ++gene)
        square += static_cast<double>(weights[gene]) * weights[gene];
      if (!std::isfinite(square)) finite = false;
      factor[text - first] = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
    }
    fill_tile(out, block.index, genes, [&](std::size_t row, std::size_t text) {
      const auto gene = static_cast<std::size_t>(genes.space_gene[row]);
      return texts.values[text * texts.n_genes + gene] * factor[text - first];
    });
  });
  if (context.cancelled()) return cancelled_error();
  if (!finite) return mistake("a weight of a text is not a number");
  return out;
}

Expected<PackedWeights> pack(const Basis& basis, const MeasuredGenes& genes,
                             const Context& context) {
  if (basis.values.size() != basis.n_dimensions * basis.n_genes)
    return mistake("the basis has another size than it says");
  for (const float value : basis.values)
    if (!std::isfinite(value)) return mistake("a value of the basis is not a number");
  auto out = room_for(genes.n_rows(), basis.n_dimensions);
  parallel_for_blocks(context, out.n_tiles(), 1, [&](const Block& block) {
    fill_tile(out, block.index, genes, [&](std::size_t row, std::size_t dimension) {
      const auto gene = static_cast<std::size_t>(genes.space_gene[row]);
      return basis.values[gene * basis.n_dimensions + dimension];
    });
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

void multiply(const Corrections& cells, const PackedWeights& weights, float* out,
              std::size_t stride) {
  const CellSpan span{cells.square.size(), cells.offsets.data(), cells.rows.data(),
                      cells.values.data()};
  const auto kernel = CELLOQUY_SELECT(multiply_tile);
  for (std::size_t tile = 0; tile < weights.n_tiles(); ++tile) {
    const std::size_t first = tile * tile_width;
    kernel(span, weights.values.data() + tile * weights.n_rows * tile_width,
           weights.start.data() + first, out + first, stride,
           std::min(tile_width, weights.n_columns - first));
  }
}

}  // namespace celloquy::space
