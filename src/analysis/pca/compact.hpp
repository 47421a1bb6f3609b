#pragma once
// The chosen genes' values as floats: the only copy that PCA makes.

#include <span>
#include <vector>

#include "analysis/pca/pca.kernels.hpp"
#include "base/buffer.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::pca {

/// Blocks of block_size cells, 8 bytes a non-zero.
struct CompactMatrix {
  static constexpr std::size_t block_size = 1024;
  struct Piece {
    std::vector<std::uint64_t> offsets;  ///< cells of the block + 1, from 0
    Buffer<std::uint32_t> indices;
    Buffer<float> values;
    CellRange range() const {
      return {offsets.data(), indices.data(), values.data(), 0, offsets.size() - 1};
    }
  };
  std::size_t n_cells = 0, n_genes = 0;
  std::vector<Piece> pieces;
  std::vector<double> mean, variance;  ///< a gene, n − 1 in the denominator
};

/// `scale`: every gene divided by its standard deviation (1 where that is 0).
Expected<CompactMatrix> make_compact(const ExpressionView& view,
                                     std::span<const std::uint32_t> genes, bool scale,
                                     const Context& context);

}  // namespace celloquy::pca
