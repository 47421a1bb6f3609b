#pragma once
// The few dense decompositions that steps ask of LAPACK.

#include <cstddef>
#include <vector>

namespace celloquy::statistics {

/// We parallelise over fixed blocks ourselves; BLAS with threads of its own
/// would change the order of sums. Called by everything that uses BLAS.
void use_one_blas_thread();

struct Eigen {
  std::vector<double> values;   ///< descending
  std::vector<double> vectors;  ///< size × count, column by column
};

/// The `count` largest eigenpairs of a symmetric matrix of `size` rows, of which
/// the upper triangle (column-major) is read; the matrix is destroyed. Empty
/// values: LAPACK did not converge.
Eigen largest_eigenpairs(std::vector<double>& matrix, std::size_t size, std::size_t count);

/// Orthonormal columns spanning those of `columns` (rows × count, column by
/// column, count ≤ rows), in place. Returns for each column the length of what
/// it added to the ones before: near 0 for a dependent one, whose place some
/// other orthonormal vector takes.
std::vector<double> orthonormalize(double* columns, std::size_t rows, std::size_t count);

}  // namespace celloquy::statistics
