#pragma once
// Principal components of log-normalised values of chosen genes, never densified.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::pca {

struct Options {
  std::uint32_t n_components = 50;  ///< at most min(cells, genes) − 1
  bool scale = false;               ///< divide genes by their standard deviation (no clipping)
  /// Blocked randomised SVD (Halko 2011): more passes, smaller error.
  std::uint32_t oversampling = 14;
  std::uint32_t most_passes = 12;
  double tolerance = 1e-4;  ///< stop when the sines of the angles between successive subspaces fall below
};
struct Result {
  std::uint32_t n_cells = 0, n_components = 0;
  std::vector<float> scores;          ///< n_cells × n_components, row by row; sign: largest loading positive
  std::vector<float> loadings;        ///< n_genes(chosen) × n_components, row by row
  std::vector<double> variance, variance_ratio;  ///< a component (n − 1 in the denominator)
  std::uint32_t passes = 0;
};

/// `genes`: columns that enter, ascending. Parity: scanpy.pp.pca (zero_center).
Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint32_t>& genes,
                         const Options& options, const Context& context);

}  // namespace celloquy::pca
