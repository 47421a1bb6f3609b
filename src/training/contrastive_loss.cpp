#include "training/contrastive_loss.hpp"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.hpp"
#include "space/towers/products.hpp"

namespace celloquy::training {
namespace {

using space::multiply;
using space::Side;

constexpr std::size_t row_block = 64;

struct RowSums {
  double loss = 0, d_log_scale = 0;
  std::size_t right = 0;
};

/// Turns a row of logits into softmax − target.
template <class Real>
void finish_row(Real* row, const float* weights, std::size_t n, RowSums& sums) {
  std::size_t best = 0;
  double weight = 0;
  for (std::size_t j = 0; j < n; ++j) {
    if (row[j] > row[best]) best = j;
    weight += weights[j];
  }
  const Real largest = row[best];
  double total = 0;
  for (std::size_t j = 0; j < n; ++j) total += std::exp(row[j] - largest);
  const double log_total = std::log(total) + largest;
  for (std::size_t j = 0; j < n; ++j) {
    const Real logit = row[j];
    const double target = weights[j] / weight;
    const double difference = std::exp(logit - largest) / total - target;
    if (target > 0) sums.loss += target * (log_total - logit);
    sums.d_log_scale += difference * logit;
    row[j] = static_cast<Real>(difference);
  }
  sums.right += weights[best] >= 1;
}

/// to = softmax(scale·from·toᵀ) − target, row by row.
template <class Real>
RowSums one_direction(std::size_t n, std::size_t d, const Real* from, const Real* to, Real scale,
                      const float* weights, std::vector<Real>& differences,
                      const Context& context) {
  differences.resize(n * n);
  std::vector<RowSums> partial(block_count(n, row_block));
  parallel_for_blocks(context, n, row_block, [&](const Block& block) {
    Real* rows = differences.data() + block.begin * n;
    multiply(block.size(), n, d, scale, {from + block.begin * d, d}, {to, d, Side::transposed},
             Real(0), rows, n);
    for (std::size_t i = 0; i < block.size(); ++i)
      finish_row(rows + i * n, weights + (block.begin + i) * n, n, partial[block.index]);
  });
  RowSums sums;
  for (const auto& part : partial) {
    sums.loss += part.loss;
    sums.d_log_scale += part.d_log_scale;
    sums.right += part.right;
  }
  return sums;
}

/// gradient = scale·(own + otherᵀ)·vectors.
template <class Real>
void vectors_gradient(std::size_t n, std::size_t d, Real scale, const std::vector<Real>& own,
                      const std::vector<Real>& other, const Real* vectors,
                      std::vector<Real>& gradient, const Context& context) {
  gradient.resize(n * d);
  parallel_for_blocks(context, n, row_block, [&](const Block& block) {
    Real* to = gradient.data() + block.begin * d;
    multiply(block.size(), d, n, scale, {own.data() + block.begin * n, n}, {vectors, d}, Real(0),
             to, d);
    multiply(block.size(), d, n, scale, {other.data() + block.begin, n, Side::transposed},
             {vectors, d}, Real(1), to, d);
  });
}

}  // namespace

template <class Real>
LossResult contrastive_loss(std::size_t n, std::size_t dimension, const Real* cells,
                            const Real* texts, double log_scale, const float* weights,
                            LossPass<Real>& pass, const Context& context) {
  const Real scale = static_cast<Real>(std::exp(log_scale));
  const auto by_cell =
      one_direction(n, dimension, cells, texts, scale, weights, pass.by_cell, context);
  const auto by_text =
      one_direction(n, dimension, texts, cells, scale, weights, pass.by_text, context);
  const double rows = static_cast<double>(n), share = 1 / (2 * rows);
  const Real gradient_scale = static_cast<Real>(scale * share);
  vectors_gradient(n, dimension, gradient_scale, pass.by_cell, pass.by_text, texts, pass.d_cells,
                   context);
  vectors_gradient(n, dimension, gradient_scale, pass.by_text, pass.by_cell, cells, pass.d_texts,
                   context);
  return {(by_cell.loss + by_text.loss) * share,
          (by_cell.d_log_scale + by_text.d_log_scale) * share,
          static_cast<double>(by_cell.right) / rows, static_cast<double>(by_text.right) / rows};
}

template LossResult contrastive_loss(std::size_t, std::size_t, const float*, const float*, double,
                                     const float*, LossPass<float>&, const Context&);
template LossResult contrastive_loss(std::size_t, std::size_t, const double*, const double*, double,
                                     const float*, LossPass<double>&, const Context&);

}  // namespace celloquy::training
