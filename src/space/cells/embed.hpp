#pragma once
// Cells as short unit vectors, for looking many of them up quickly.

#include <cstdint>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "space/cells/standardization.hpp"

namespace celloquy::space {

/// Of an embedding: sums of products with a query fit in 32 bits, 127 · 16,384 · 1,024.
inline constexpr std::size_t most_dimensions = 1024;

/// Directions of the gene space; need not be orthogonal.
struct Basis {
  std::size_t n_genes = 0, n_dimensions = 0;
  std::vector<float> values;  ///< gene by gene of the space
};

/// Unit vectors of whole numbers times a scale: n_dimensions + 4 bytes a cell.
struct CellEmbedding {
  std::size_t n_cells = 0, n_dimensions = 0;
  Buffer<std::int8_t> values;  ///< cell by cell, −127 … 127
  std::vector<float> scale;    ///< by cell; values · scale has length 1; 0 where z·B is 0
};

/// z·B of each cell, rounded to 1/127 of its largest coordinate and brought to
/// length 1: cosines are off by about 0.001 (256 dimensions). At most
/// most_dimensions. Errors: as score_cells.
Expected<CellEmbedding> embed_cells(const ExpressionView& view,
                                    const Standardization& standardization, const Basis& basis,
                                    const Context& context);

/// Cosine of each cell with `query` (n_dimensions numbers of any length), 0 where
/// either is 0. Reads the embedding once: bound by memory bandwidth. The sums are
/// of whole numbers: the same bits for any number of threads and any processor.
/// Empty when cancelled.
std::vector<float> search(const CellEmbedding& cells, std::span<const float> query,
                          const Context& context);

}  // namespace celloquy::space
