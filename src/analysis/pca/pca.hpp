#pragma once
// Principal components of log-normalised values of chosen genes, never densified.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::pca {

struct Options {
  std::uint32_t n_components = 50;  ///< at most min(cells, genes) − 1
  bool scale = false;               ///< divide genes by their standard deviation (no clipping)
  /// Block Lanczos, 16 vectors a pass over the non-zeros: more passes, smaller
  /// error. Data whose last components are noise need the most.
  std::uint32_t most_passes = 60;
  /// Stop when the sines of the angles to the exact subspace, estimated from
  /// how it changes, fall below; smaller is more exact and slower.
  double tolerance = 1e-3;
};
struct Result {
  std::uint32_t n_cells = 0, n_components = 0;
  std::vector<float>
      scores;  ///< n_cells × n_components, row by row; sign: largest loading positive
  std::vector<float> loadings;                   ///< n_genes(chosen) × n_components, row by row
  std::vector<double> variance, variance_ratio;  ///< a component (n − 1 in the denominator)
  std::uint32_t passes = 0;
};

/// Up to 512 cells, or few genes, exactly by a dense eigendecomposition.
/// Memory: 8 bytes a non-zero of the chosen genes, and chosen genes × passes × 16
/// doubles. Same bits for any number of threads.
/// `genes`: columns that enter, ascending. Parity: scanpy.pp.pca (zero_center).
Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint32_t>& genes,
                         const Options& options, const Context& context);

}  // namespace celloquy::pca
