#pragma once
// The product that scoring and embedding spend their time on.

#include <cstddef>
#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::space {

/// Columns that a product deals with at once: their sums stay in registers, and
/// the weights of the genes that most cells have stay in a core's cache.
inline constexpr std::size_t tile_width = 32;

/// Cells of a product: the corrections of cell i are [offsets[i], offsets[i + 1]).
struct CellSpan {
  std::size_t n_cells;
  const std::uint64_t* offsets;
  const std::uint32_t* rows;
  const float* values;
};

// multiply_tile: one tile; `width` of its columns are stored.
CELLOQUY_DECLARE_KERNELS(void multiply_tile(CellSpan cells, const float* weights,
                                            const float* start, float* out, std::size_t stride,
                                            std::size_t width);)

}  // namespace celloquy::space
