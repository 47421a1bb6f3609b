#pragma once
// What the numbers of a matrix are, found out from the numbers alone.

#include "io/packed_rows.hpp"
#include "matrix/dataset.hpp"

namespace celloquy::io {

/// What was looked at: exact facts about all (or a sample of) the values, and
/// rows of whole cells.
struct StateInput {
  std::string where;
  const ValueSummary& summary;
  const SparseMatrix& cells;  ///< cell-major; all cells or a sample
  bool sampled = false;
};

/// Decides, in this order:
///   raw_counts    all whole numbers ≥ 0
///   noisy_counts  all within 1e-4 (+ 1e-6 of the value) of one
///   log1p         after b^x − 1 (b = e, 2, 10) the cells' sums agree, or the
///                 values of a cell are whole multiples of its smallest
///   normalized    the same without the logarithm
///   scaled        genes have mean 0 and standard deviation 1
/// Costs O(1,000 cells). `log_base` is set for log1p (else 0).
MatrixState detect_state(const StateInput& input, double* log_base = nullptr);

}  // namespace celloquy::io
