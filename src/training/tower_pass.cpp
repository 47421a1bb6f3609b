#include "training/tower_pass.hpp"

#include <algorithm>

#include "base/thread_pool.hpp"

namespace celloquy::training {
namespace {

using space::multiply;
using space::Side;
using space::TowerShape;
using space::TowerView;

constexpr std::size_t row_block = 64;
constexpr std::size_t input_block = 512;  // rows of W whose gradient is one task

/// linear = x·W for rows [begin, end).
template <class Real>
void linear_part(const TowerView<Real>& tower, const TowerInput<Real>& input, std::size_t begin,
                 std::size_t end, Real* linear) {
  const std::size_t n = tower.shape.input, d = tower.shape.dimension;
  const std::size_t dense_end = std::min(end, input.dense_rows);
  if (begin < dense_end)
    multiply(dense_end - begin, d, n, Real(1), {input.dense + begin * n, n},
             {tower.input_weight, d}, Real(0), linear + begin * d, d);
  for (std::size_t r = std::max(begin, input.dense_rows); r < end; ++r) {
    Real* to = linear + r * d;
    std::fill(to, to + d, Real(0));
    const std::size_t row = r - input.dense_rows;
    for (auto k = input.offsets[row]; k < input.offsets[row + 1]; ++k) {
      const Real* weight = tower.input_weight + input.columns[k] * d;
      const Real value = input.values[k];
      for (std::size_t j = 0; j < d; ++j) to[j] += value * weight[j];
    }
  }
}

/// Gradient of W for its rows [begin, end): xᵀ·d_linear.
template <class Real>
void input_gradient(const TowerShape& shape, const TowerInput<Real>& input, const Real* d_linear,
                    std::size_t begin, std::size_t end, Real* gradient) {
  const std::size_t n = shape.input, d = shape.dimension;
  if (input.dense_rows > 0)
    multiply(end - begin, d, input.dense_rows, Real(1), {input.dense + begin, n, Side::transposed},
             {d_linear, d}, Real(0), gradient + begin * d, d);
  else
    std::fill(gradient + begin * d, gradient + end * d, Real(0));
  for (std::size_t row = 0; row < input.sparse_rows(); ++row) {
    const Real* from = d_linear + (input.dense_rows + row) * d;
    const auto first = input.columns.begin() + static_cast<std::ptrdiff_t>(input.offsets[row]);
    const auto last = input.columns.begin() + static_cast<std::ptrdiff_t>(input.offsets[row + 1]);
    for (auto at = std::lower_bound(first, last, begin); at != last && *at < end; ++at) {
      const Real value = input.values[static_cast<std::size_t>(at - input.columns.begin())];
      Real* to = gradient + *at * d;
      for (std::size_t j = 0; j < d; ++j) to[j] += value * from[j];
    }
  }
}

/// Sums of the columns, row after row.
template <class Real>
void column_sums(const Real* matrix, std::size_t rows, std::size_t columns, Real* sums) {
  std::fill(sums, sums + columns, Real(0));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t j = 0; j < columns; ++j) sums[j] += matrix[r * columns + j];
}

/// From d_vector to the gradients of y (in d_linear's place at first), of the
/// hidden layer and of h, for rows [begin, end). `d_y` keeps that of y.
template <class Real>
void rows_backward(const TowerView<Real>& tower, const Real* d_vector, std::size_t begin,
                   std::size_t end, TowerPass<Real>& pass, Real* d_y) {
  const std::size_t d = tower.shape.dimension, m = tower.shape.hidden, n = end - begin;
  for (std::size_t r = begin; r < end; ++r) {
    const Real *dv = d_vector + r * d, *v = pass.vector.data() + r * d;
    // vector = y/|y|: only the part of the gradient across it passes.
    double along = 0;
    for (std::size_t j = 0; j < d; ++j) along += static_cast<double>(dv[j]) * v[j];
    const Real scale = pass.length[r] > 0 ? Real(1) / pass.length[r] : Real(0);
    for (std::size_t j = 0; j < d; ++j)
      d_y[r * d + j] = (dv[j] - static_cast<Real>(along) * v[j]) * scale;
  }
  Real* d_hidden = pass.d_hidden.data() + begin * m;
  multiply(n, m, d, Real(1), {d_y + begin * d, d}, {tower.output_weight, d, Side::transposed},
           Real(0), d_hidden, m);
  const Real* hidden = pass.hidden.data() + begin * m;
  for (std::size_t i = 0; i < n * m; ++i) d_hidden[i] *= space::gelu_derivative(hidden[i]);
  Real* d_linear = pass.d_linear.data() + begin * d;
  std::copy(d_y + begin * d, d_y + end * d, d_linear);
  multiply(n, d, m, Real(1), {d_hidden, m}, {tower.hidden_weight, m, Side::transposed}, Real(1),
           d_linear, d);
}

}  // namespace

template <class Real>
void forward(const TowerView<Real>& tower, const TowerInput<Real>& input, TowerPass<Real>& pass,
             const Context& context) {
  const std::size_t rows = input.rows(), d = tower.shape.dimension, m = tower.shape.hidden;
  pass.linear.resize(rows * d);
  pass.vector.resize(rows * d);
  pass.hidden.resize(rows * m);
  pass.active.resize(rows * m);
  pass.length.resize(rows);
  parallel_for_blocks(context, rows, row_block, [&](const Block& block) {
    linear_part(tower, input, block.begin, block.end, pass.linear.data());
    const std::size_t r = block.begin;
    space::finish_rows<Real>(
        tower, block.size(),
        {pass.linear.data() + r * d, pass.hidden.data() + r * m, pass.active.data() + r * m,
         pass.vector.data() + r * d, pass.length.data() + r});
  });
}

template <class Real>
void backward(const TowerView<Real>& tower, const TowerInput<Real>& input, const Real* d_vector,
              TowerPass<Real>& pass, Real* gradient, const Context& context) {
  const std::size_t rows = input.rows();
  const std::size_t n = tower.shape.input, d = tower.shape.dimension, m = tower.shape.hidden;
  pass.d_linear.resize(rows * d);
  pass.d_hidden.resize(rows * m);
  pass.d_output.resize(rows * d);
  Real* d_y = pass.d_output.data();
  parallel_for_blocks(context, rows, row_block, [&](const Block& block) {
    rows_backward(tower, d_vector, block.begin, block.end, pass, d_y);
  });
  Real *input_weight = gradient, *input_bias = input_weight + n * d,
       *hidden_weight = input_bias + d, *hidden_bias = hidden_weight + d * m,
       *output_weight = hidden_bias + m, *output_bias = output_weight + m * d;
  // The tasks of one loop: W in blocks of its rows, then the two small matrices.
  const std::size_t input_tasks = block_count(n, input_block);
  parallel_for_blocks(context, input_tasks + 2, 1, [&](const Block& block) {
    const std::size_t task = block.index;
    if (task < input_tasks) {
      input_gradient(tower.shape, input, pass.d_linear.data(), task * input_block,
                     std::min(n, (task + 1) * input_block), input_weight);
    } else if (task == input_tasks) {
      column_sums(pass.d_linear.data(), rows, d, input_bias);
      multiply(d, m, rows, Real(1), {pass.linear.data(), d, Side::transposed},
               {pass.d_hidden.data(), m}, Real(0), hidden_weight, m);
      column_sums(pass.d_hidden.data(), rows, m, hidden_bias);
    } else {
      multiply(m, d, rows, Real(1), {pass.active.data(), m, Side::transposed}, {d_y, d}, Real(0),
               output_weight, d);
      column_sums(d_y, rows, d, output_bias);
    }
  });
}

template void forward(const TowerView<float>&, const TowerInput<float>&, TowerPass<float>&,
                      const Context&);
template void forward(const TowerView<double>&, const TowerInput<double>&, TowerPass<double>&,
                      const Context&);
template void backward(const TowerView<float>&, const TowerInput<float>&, const float*,
                       TowerPass<float>&, float*, const Context&);
template void backward(const TowerView<double>&, const TowerInput<double>&, const double*,
                       TowerPass<double>&, double*, const Context&);

}  // namespace celloquy::training
