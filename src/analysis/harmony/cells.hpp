#pragma once
// The cells in the order in which Harmony visits them.

#include <cstdint>
#include <span>
#include <vector>

namespace celloquy::harmony {

/// Cells of one batch that follow one another in a slice.
struct Run {
  std::size_t begin, end;  ///< places in the order
  std::uint32_t batch;
  std::size_t size() const { return end - begin; }
};

/// Memberships change a slice (a twentieth of the cells, drawn at random) at a
/// time. Cells of one batch stand together within it, because they share the
/// bias of their batch: a run is then one matrix product.
struct CellOrder {
  std::vector<std::uint32_t> cells;       ///< place → cell
  std::vector<Run> runs;                  ///< slice by slice, at most `longest` cells each
  std::vector<std::size_t> slice_begins;  ///< first run of each slice, and the end
  std::size_t n_slices() const { return slice_begins.size() - 1; }
};

CellOrder order_cells(std::span<const std::int32_t> batches, std::uint64_t seed);

/// `count` starting centres (rows of unit length) of the unit rows `points`, by k-means++
/// (Arthur & Vassilvitskii 2007) and at most 10 rounds of k-means on at most 3,000
/// evenly spaced rows. Uses BLAS: call use_one_blas_thread() before.
std::vector<float> starting_centres(std::span<const float> points, std::size_t n_dimensions,
                                    std::size_t count, std::uint64_t seed);

/// Rows scaled to unit length; rows of zeros stay.
void to_unit_rows(float* rows, std::size_t n, std::size_t n_dimensions);

}  // namespace celloquy::harmony
