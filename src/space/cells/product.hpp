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
/// basis): tile after tile of most_tile_columns columns, the last one only as wide
/// as it must be and filled up with zeros; in each tile row by row.
struct PackedWeights {
  struct Tile {
    std::size_t first, used, columns;  ///< columns: used, rounded up to tile_unit
  };
  PackedWeights(std::size_t n_rows, std::size_t n_columns);

  std::size_t n_tiles() const { return (n_columns + most_tile_columns - 1) / most_tile_columns; }
  Tile tile(std::size_t index) const;
  std::size_t rows_a_segment() const;  ///< see CellProduct
  std::size_t n_segments() const;
  float* weights(const Tile& tile) { return values.data() + tile.first * n_rows; }
  const float* weights(const Tile& tile) const { return values.data() + tile.first * n_rows; }

  std::size_t n_rows, n_columns;
  Buffer<float> values;
  std::vector<float> start;  ///< by column: the product of a cell without counts
};

/// Each text divided by its length. internal error for weights that are not numbers.
Expected<PackedWeights> pack(const TextWeights& texts, const MeasuredGenes& genes,
                             const Context& context);
/// Divided by its largest value.
Expected<PackedWeights> pack(const Basis& basis, const MeasuredGenes& genes,
                             const Context& context);

/// Multiplies blocks of cells with weights; one a thread, which keeps its memory.
///
/// The rows are cut into segments such that a segment of a tile stays in a core's
/// second-level cache while all cells of the block go by: memory is then read once
/// a block for the weights and once a tile for the cells.
class CellProduct {
 public:
  /// out[cell · stride + column] = factor[cell] · (start + Σ correction · weight) for
  /// all cells and columns; an empty `factor` stands for ones. Stops when cancelled.
  void multiply(const Corrections& cells, const PackedWeights& weights,
                std::span<const float> factor, float* out, std::size_t stride,
                const Context& context);

 private:
  void find_bounds(const Corrections& cells, const PackedWeights& weights);

  std::vector<std::uint32_t> bounds_;  ///< (segments + 1) × cells: where a segment begins
  std::vector<float> sums_;
};

}  // namespace celloquy::space
