#pragma once
// Kernels of the neighbour search: small matrix products whose results are
// compared with limits while they are still in registers, so that the matrix
// of distances is never written.

#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::neighbors {

/// Points in "slots". Panels hold `width` slots dimension by dimension
/// (width × dimensions floats a panel); they are centred, for the dot products.
/// Rows hold the same points as given, padded with zeros to `stride`, for the
/// distances that are kept.
struct SlotView {
  const float* panels;
  const float* rows;
  const float* minus_half_norms;  ///< −(1 − margin)·|x|²/2; −infinity for a slot without point
  std::uint32_t dimensions;
  std::uint32_t stride;  ///< of rows; a multiple of 16
};

struct Hit {
  std::uint32_t row, column;  ///< slots
  float squared;              ///< squared distance, from the rows
};

inline constexpr std::uint32_t tile_rows = 6;

// panel_width: slots a panel of this instruction set.
//
// pack: `count` ≤ width rows of `source` (row r at source[r] or absent when
// null), minus `centre`, into one panel.
//
// close_pairs: of the rows [row, row + row_count) of `a` (at most tile_rows)
// and the columns [column, column + column_count) of `b` (whole panels), those
// whose value −|x − y|²/2 reaches min(row limit, column limit). Never misses a
// pair because of rounding: the norms are shortened by a margin. `hits` has
// room for row_count × column_count. Returns their number.
//
// nearest_columns: for each of the rows the column with the greatest value,
// the lowest one of equals.
//
// squared_distances: from `x` to `count` consecutive rows.
CELLOQUY_DECLARE_KERNELS(
    std::uint32_t panel_width();
    void pack(const float* const* source, std::uint32_t count, std::uint32_t dimensions,
              const double* centre, float* panel);
    std::uint32_t close_pairs(const SlotView& a, std::uint32_t row, std::uint32_t row_count,
                              const SlotView& b, std::uint32_t column, std::uint32_t column_count,
                              const float* row_limits, const float* column_limits, Hit* hits);
    void nearest_columns(const SlotView& a, std::uint32_t row, std::uint32_t row_count,
                         const SlotView& b, std::uint32_t column_count, std::uint32_t* nearest,
                         float* value);
    void squared_distances(const float* x, const float* rows, std::uint32_t stride,
                           std::uint32_t count, float* squared);)

}  // namespace celloquy::neighbors
