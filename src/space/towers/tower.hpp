#pragma once
// One tower: a linear map to `dimension` numbers, then a residual network of one
// hidden layer with GELU (Hendrycks & Gimpel 2016), then unit length:
//   h = x·W + b,   y = h + gelu(h·U + c)·V + d,   vector = y / |y|.
// Used as it stands by training (which keeps what is between) and at run time.

#include <cmath>
#include <cstddef>

#include "space/towers/products.hpp"

namespace celloquy::space {

struct TowerShape {
  std::size_t input = 0, dimension = 0, hidden = 0;
  bool operator==(const TowerShape&) const = default;
};

/// Matrices row by row; borrowed.
template <class Real>
struct TowerView {
  TowerShape shape;
  const Real* input_weight = nullptr;   ///< W: input × dimension
  const Real* input_bias = nullptr;     ///< b: dimension
  const Real* hidden_weight = nullptr;  ///< U: dimension × hidden
  const Real* hidden_bias = nullptr;    ///< c: hidden
  const Real* output_weight = nullptr;  ///< V: hidden × dimension
  const Real* output_bias = nullptr;    ///< d: dimension
};

/// Where the intermediate values of some rows go, row by row.
template <class Real>
struct TowerRows {
  Real* linear;  ///< h: rows × dimension; the caller has put x·W there
  Real* hidden;  ///< h·U + c: rows × hidden
  Real* active;  ///< gelu of it: rows × hidden
  Real* vector;  ///< rows × dimension, of length 1
  Real* length;  ///< |y|: rows
};

template <class Real>
Real gelu(Real x) {
  return x * std::erfc(-x * Real(M_SQRT1_2)) / 2;
}
template <class Real>
Real gelu_derivative(Real x) {
  constexpr double one_over_sqrt_2_pi = 0.3989422804014327;
  return std::erfc(-x * Real(M_SQRT1_2)) / 2 + x * Real(one_over_sqrt_2_pi) * std::exp(-x * x / 2);
}

/// Everything after x·W, for `n` rows; a row whose y is 0 gives 0.
template <class Real>
void finish_rows(const TowerView<Real>& tower, std::size_t n, const TowerRows<Real>& rows) {
  const std::size_t d = tower.shape.dimension, m = tower.shape.hidden;
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t j = 0; j < d; ++j) rows.linear[r * d + j] += tower.input_bias[j];
    for (std::size_t j = 0; j < m; ++j) rows.hidden[r * m + j] = tower.hidden_bias[j];
    for (std::size_t j = 0; j < d; ++j)
      rows.vector[r * d + j] = rows.linear[r * d + j] + tower.output_bias[j];
  }
  multiply(n, m, d, Real(1), {rows.linear, d}, {tower.hidden_weight, m}, Real(1), rows.hidden, m);
  for (std::size_t i = 0; i < n * m; ++i) rows.active[i] = gelu(rows.hidden[i]);
  multiply(n, d, m, Real(1), {rows.active, m}, {tower.output_weight, d}, Real(1), rows.vector, d);
  for (std::size_t r = 0; r < n; ++r) {
    Real* y = rows.vector + r * d;
    double square = 0;
    for (std::size_t j = 0; j < d; ++j) square += static_cast<double>(y[j]) * y[j];
    rows.length[r] = static_cast<Real>(std::sqrt(square));
    const Real scale = square > 0 ? Real(1) / rows.length[r] : Real(0);
    for (std::size_t j = 0; j < d; ++j) y[j] *= scale;
  }
}

}  // namespace celloquy::space
