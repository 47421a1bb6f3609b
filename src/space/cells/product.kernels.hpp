#pragma once
// The product that scoring and embedding spend their time on.

#include <cstddef>
#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::space {

/// Columns that a product deals with at once: with AVX-512 their sums are eight registers.
inline constexpr std::size_t most_tile_columns = 128;
/// A tile has a multiple of so many columns: one register, one cache line.
inline constexpr std::size_t tile_unit = 16;

/// Some cells' corrections of one segment of rows: of cell i those in
/// [begins[i], ends[i]) of rows and values.
struct SegmentCells {
  std::size_t n_cells;
  const std::uint32_t *begins, *ends;
  const std::uint16_t* rows;
  const float* values;
};

// multiply_segment: sums[cell · columns …] += Σ value · weights[row · columns …], or = where
// `first`. `columns` is a multiple of tile_unit, at most most_tile_columns; weights are
// 64-byte aligned.
// finish_tile: out[cell · stride + column] = factor[cell] · (start + sum) for the
// `used` first of a tile's columns; without `factor` it is 1.
CELLOQUY_DECLARE_KERNELS(void multiply_segment(const SegmentCells& cells, const float* weights,
                                               std::size_t columns, bool first, float* sums);
                         void finish_tile(const float* sums, const float* start,
                                          const float* factor, std::size_t n_cells,
                                          std::size_t columns, std::size_t used, float* out,
                                          std::size_t stride);)

}  // namespace celloquy::space
