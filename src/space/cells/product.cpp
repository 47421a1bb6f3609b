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

/// Fills one tile and its start: `weight(row, column)` for the columns that exist.
template <class Weight>
void fill_tile(PackedWeights& out, std::size_t index, const MeasuredGenes& genes, Weight weight) {
  const auto tile = out.tile(index);
  float* to = out.weights(tile);
  double start[most_tile_columns] = {};
  for (std::size_t row = 0; row < out.n_rows; ++row, to += tile.columns) {
    const double zero = genes.constants[row].zero;
    for (std::size_t c = 0; c < tile.used; ++c) {
      to[c] = weight(row, tile.first + c);
      start[c] += zero * to[c];
    }
    std::fill(to + tile.used, to + tile.columns, 0.0f);
  }
  for (std::size_t c = 0; c < tile.used; ++c)
    out.start[tile.first + c] = static_cast<float>(start[c]);
}

}  // namespace

PackedWeights::PackedWeights(std::size_t rows, std::size_t columns)
    : n_rows(rows), n_columns(columns), start(columns) {
  std::size_t all = 0;
  for (std::size_t i = 0; i < n_tiles(); ++i) all += tile(i).columns;
  values = Buffer<float>(n_rows * all);
}

PackedWeights::Tile PackedWeights::tile(std::size_t index) const {
  const std::size_t first = index * most_tile_columns;
  const std::size_t used = std::min(most_tile_columns, n_columns - first);
  return {first, used, (used + tile_unit - 1) / tile_unit * tile_unit};
}

std::size_t PackedWeights::rows_a_segment() const {
  constexpr std::size_t half_a_second_level_cache = std::size_t{512} << 10;
  return half_a_second_level_cache / sizeof(float) / (n_tiles() ? tile(0).columns : tile_unit);
}

std::size_t PackedWeights::n_segments() const {
  return std::max<std::size_t>(1, block_count(n_rows, rows_a_segment()));
}

Expected<PackedWeights> pack(const TextWeights& texts, const MeasuredGenes& genes,
                             const Context& context) {
  if (texts.values.size() != texts.n_texts * texts.n_genes)
    return mistake("the weights of texts have another size than they say");
  PackedWeights out(genes.n_rows(), texts.n_texts);
  std::atomic<bool> finite{true};
  parallel_for_blocks(context, out.n_tiles(), 1, [&](const Block& block) {
    double factor[most_tile_columns];  // of weights as small as 1e-40 no float
    const auto tile = out.tile(block.index);
    const std::size_t first = tile.first;
    for (std::size_t text = first; text < first + tile.used; ++text) {
      const float* weights = texts.values.data() + text * texts.n_genes;
      double square = 0;
      for (std::size_t gene = 0; gene < texts.n_genes; ++gene)
        square += static_cast<double>(weights[gene]) * weights[gene];
      if (!std::isfinite(square)) finite = false;
      factor[text - first] = square > 0 ? 1 / std::sqrt(square) : 0.0;
    }
    fill_tile(out, block.index, genes, [&](std::size_t row, std::size_t text) {
      const auto gene = static_cast<std::size_t>(genes.space_gene[row]);
      return static_cast<float>(texts.values[text * texts.n_genes + gene] * factor[text - first]);
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
  float largest = 0;
  for (const float value : basis.values) {
    if (!std::isfinite(value)) return mistake("a value of the basis is not a number");
    largest = std::max(largest, std::abs(value));
  }
  // Only directions matter; sums of numbers up to 1 cannot overflow.
  const double factor = largest > 0 ? 1.0 / largest : 0.0;
  PackedWeights out(genes.n_rows(), basis.n_dimensions);
  parallel_for_blocks(context, out.n_tiles(), 1, [&](const Block& block) {
    fill_tile(out, block.index, genes, [&](std::size_t row, std::size_t dimension) {
      const auto gene = static_cast<std::size_t>(genes.space_gene[row]);
      return static_cast<float>(basis.values[gene * basis.n_dimensions + dimension] * factor);
    });
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

void CellProduct::find_bounds(const Corrections& cells, const PackedWeights& weights) {
  const std::size_t n_cells = cells.n_cells(), n_segments = weights.n_segments();
  const std::uint16_t* rows = cells.rows.data();
  bounds_.resize((n_segments + 1) * n_cells);
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    std::uint32_t at = cells.offsets[cell];
    const std::uint32_t end = cells.offsets[cell + 1];
    for (std::size_t segment = 0; segment < n_segments; ++segment) {
      bounds_[segment * n_cells + cell] = at;
      const std::size_t past = (segment + 1) * weights.rows_a_segment();
      at = static_cast<std::uint32_t>(std::lower_bound(rows + at, rows + end, past) - rows);
    }
    bounds_[n_segments * n_cells + cell] = end;
  }
}

void CellProduct::multiply(const Corrections& cells, const PackedWeights& weights,
                           std::span<const float> factor, float* out, std::size_t stride,
                           const Context& context) {
  const std::size_t n_cells = cells.n_cells();
  find_bounds(cells, weights);
  sums_.resize(std::max(sums_.size(), n_cells * most_tile_columns));
  const auto multiply_segment = CELLOQUY_SELECT(multiply_segment);
  const auto finish_tile = CELLOQUY_SELECT(finish_tile);
  for (std::size_t index = 0; index < weights.n_tiles() && !context.cancelled(); ++index) {
    const auto tile = weights.tile(index);
    for (std::size_t segment = 0; segment < weights.n_segments(); ++segment) {
      const std::uint32_t* begins = bounds_.data() + segment * n_cells;
      multiply_segment({n_cells, begins, begins + n_cells, cells.rows.data(), cells.values.data()},
                       weights.weights(tile), tile.columns, segment == 0, sums_.data());
    }
    finish_tile(sums_.data(), weights.start.data() + tile.first,
                factor.empty() ? nullptr : factor.data(), n_cells, tile.columns, tile.used,
                out + tile.first, stride);
  }
}

}  // namespace celloquy::space
