#pragma once
// Taking what known numbers of the cells explain out of their coordinates.

#include <cstdint>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::regress_out {

struct Result {
  std::vector<float> values;  ///< n_cells × n_columns, row by row: residuals, each column's mean 0
  double explained = 0;       ///< share of the columns' variance that was taken out, 0 to 1
  std::vector<double> explained_by_column;
};

/// Residuals of each column of `values` (n_cells × n_columns, row by row) after
/// least squares on an intercept and the covariates (each n_cells long).
/// Covariates that depend on the others, or do not vary, add nothing.
/// O(n_cells · n_columns · covariates). Same bits for any number of threads.
/// Parity: scanpy.pp.regress_out on these columns.
Expected<Result> compute(const std::vector<float>& values, std::uint32_t n_columns,
                         const std::vector<std::vector<float>>& covariates, const Context& context);

}  // namespace celloquy::regress_out
