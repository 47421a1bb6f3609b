#pragma once
// Leading eigenvectors of the covariance of the compact matrix.

#include <vector>

#include "analysis/pca/compact.hpp"
#include "analysis/pca/pca.hpp"

namespace celloquy::pca {

struct Subspace {
  std::vector<double> vectors;  ///< n_genes × n_components, column by column
  std::vector<double> values;   ///< descending variances
  std::uint32_t passes = 0;
};

/// Block Lanczos with full reorthogonalisation; see krylov.cpp.
Expected<Subspace> krylov_subspace(const CompactMatrix& matrix, std::size_t n_components,
                                   const Options& options, const Context& context);

/// Exact, from the dense covariance of the genes. O(n_cells·genes² + genes³).
Expected<Subspace> dense_by_genes(const CompactMatrix& matrix, std::size_t n_components,
                                  const Context& context);
/// Exact, from the dense products of the cells. O(cells²·non-zeros a cell + cells³).
Expected<Subspace> dense_by_cells(const CompactMatrix& matrix, std::size_t n_components,
                                  const Context& context);

}  // namespace celloquy::pca
