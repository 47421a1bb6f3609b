#include "analysis/statistics/linear_algebra.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace celloquy::statistics {

void use_one_blas_thread() {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
}

// Tridiagonal form, then the representations of Dhillon & Parlett 2004 for just
// the wanted end of the spectrum: dsyevr would take the slower bisection there.
Eigen largest_eigenpairs(std::vector<double>& matrix, std::size_t size, std::size_t count) {
  use_one_blas_thread();
  Eigen out;
  const auto n = static_cast<lapack_int>(size), m = static_cast<lapack_int>(count);
  std::vector<double> diagonal(size), off_diagonal(size), tau(size), values(size);
  std::vector<double> vectors(size * count);
  std::vector<lapack_int> support(2 * size);
  if (LAPACKE_dsytrd(LAPACK_COL_MAJOR, 'U', n, matrix.data(), n, diagonal.data(),
                     off_diagonal.data(), tau.data()) != 0)
    return out;
  lapack_int found = 0;
  lapack_logical high_accuracy = 1;
  if (LAPACKE_dstemr(LAPACK_COL_MAJOR, 'V', 'I', n, diagonal.data(), off_diagonal.data(), 0, 0,
                     n - m + 1, n, &found, values.data(), vectors.data(), n, m, support.data(),
                     &high_accuracy) != 0 ||
      found != m)
    return out;
  if (LAPACKE_dormtr(LAPACK_COL_MAJOR, 'L', 'U', 'N', n, m, matrix.data(), n, tau.data(),
                     vectors.data(), n) != 0)
    return out;
  out.values.resize(count);
  out.vectors.resize(size * count);
  for (std::size_t c = 0; c < count; ++c) {
    const std::size_t from = count - 1 - c;
    out.values[c] = values[from];
    std::copy_n(vectors.data() + from * size, size, out.vectors.data() + c * size);
  }
  return out;
}

std::vector<double> orthonormalize(double* columns, std::size_t rows, std::size_t count) {
  use_one_blas_thread();
  const auto m = static_cast<lapack_int>(rows), n = static_cast<lapack_int>(count);
  std::vector<double> tau(count), added(count);
  LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, n, columns, m, tau.data());
  for (std::size_t c = 0; c < count; ++c) added[c] = std::abs(columns[c * rows + c]);
  LAPACKE_dorgqr(LAPACK_COL_MAJOR, m, n, n, columns, m, tau.data());
  return added;
}

}  // namespace celloquy::statistics
