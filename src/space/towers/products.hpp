#pragma once
// Products of row-major matrices by BLAS, in one thread: callers divide the work
// into blocks of fixed shape, so that results do not depend on threads.

#include <cblas.h>

#include <cstddef>

namespace celloquy::space {

enum class Side { plain, transposed };

/// A matrix as BLAS sees it: rows are `stride` numbers apart.
template <class Real>
struct MatrixView {
  const Real* values;
  std::size_t stride;
  Side side = Side::plain;
};

/// to (rows × columns, rows `stride` apart) = scale·a·b + keep·to, where the
/// common dimension is `inner`. Sides are those of the product: a transposed `a`
/// is stored inner × rows.
inline void multiply(std::size_t rows, std::size_t columns, std::size_t inner, float scale,
                     MatrixView<float> a, MatrixView<float> b, float keep, float* to,
                     std::size_t stride) {
  cblas_sgemm(CblasRowMajor, a.side == Side::plain ? CblasNoTrans : CblasTrans,
              b.side == Side::plain ? CblasNoTrans : CblasTrans, static_cast<int>(rows),
              static_cast<int>(columns), static_cast<int>(inner), scale, a.values,
              static_cast<int>(a.stride), b.values, static_cast<int>(b.stride), keep, to,
              static_cast<int>(stride));
}
inline void multiply(std::size_t rows, std::size_t columns, std::size_t inner, double scale,
                     MatrixView<double> a, MatrixView<double> b, double keep, double* to,
                     std::size_t stride) {
  cblas_dgemm(CblasRowMajor, a.side == Side::plain ? CblasNoTrans : CblasTrans,
              b.side == Side::plain ? CblasNoTrans : CblasTrans, static_cast<int>(rows),
              static_cast<int>(columns), static_cast<int>(inner), scale, a.values,
              static_cast<int>(a.stride), b.values, static_cast<int>(b.stride), keep, to,
              static_cast<int>(stride));
}

}  // namespace celloquy::space
