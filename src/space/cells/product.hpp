#pragma once
// Cells times weights: the sparse product that scoring and embedding share.

#include <cstdint>
#include <vector>

#include "base/buffer.hpp"
#include "space/cells/corrections.hpp"
#include "space/cells/embed.hpp"
#include "space/cells/product.kernels.hpp"
#include "space/cells/score.hpp"

namespace celloquy::space {

/// Weights of the measured genes for some columns (texts, or dimensions of a
/// basis), tile after tile of tile_width columns, in each row by row; the last
/// tile is filled up with zeros.
struct PackedWeights {
  std::size_t n_rows = 0, n_columns = 0;
  Buffer<float> values;
  std::vector<float> start;  ///< by column: the product of a cell without counts

  std::size_t n_tiles() const { return (n_columns + tile_width - 1) / tile_width; }
};

/// Each text divided by its length. internal error for weights that are not numbers.
Expected<PackedWeights> pack(const TextWeights& texts, const MeasuredGenes& genes,
                             const Context& context);
Expected<PackedWeights> pack(const Basis& basis, const MeasuredGenes& genes,
                             const Context& context);

/// out[cell · stride + column] = start + Σ correction · weight, for all cells of the
/// block and all columns.
void multiply(const Corrections& cells, const PackedWeights& weights, float* out,
              std::size_t stride);

}  // namespace celloquy::space
