#pragma once
// Library-size normalisation and log1p, as a view: only the factors are stored.

#include "matrix/count_matrix.hpp"

namespace celloquy::normalize {

struct Options {
  double target_sum =
      1e4;  ///< counts a cell after scaling; 0: the median of the totals (Scanpy's default)
  bool log1p = true;
};

/// One factor a cell: target_sum / total; 0 for a cell without counts.
/// `total_counts` one a cell (quality_control::Metrics).
Normalization compute(const std::vector<double>& total_counts, const Options& options);

/// For matrices that are normalised or logged already.
inline Normalization identity() { return {}; }

}  // namespace celloquy::normalize
