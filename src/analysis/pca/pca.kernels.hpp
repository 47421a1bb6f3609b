#pragma once
// The two products that PCA spends its time on.

#include <cstddef>
#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::pca {

/// Columns that a product deals with at once: one or two vector registers, and
/// two blocks of 2,000 × 16 floats stay in a core's second-level cache.
inline constexpr std::size_t panel_width = 16;

/// Cells [begin, end) of a compressed matrix of floats.
struct CellRange {
  const std::uint64_t* offsets;
  const std::uint32_t* indices;
  const float* values;
  std::size_t begin, end;
};

// gram_panel: for each cell x of the range y = xᵀ·basis − shift is added to
// `row_sum` and x·yᵀ to `product`. basis and product: n_genes × 16, row by row.
// project_panel: scores[cell − begin][0…width) = xᵀ·basis − shift, rows `stride`
// floats apart, width at most 16.
CELLOQUY_DECLARE_KERNELS(void gram_panel(CellRange cells, const float* basis, const float* shift,
                                         float* product, float* row_sum);
                         void project_panel(CellRange cells, const float* basis, const float* shift,
                                            float* scores, std::size_t stride, std::size_t width);)

}  // namespace celloquy::pca
