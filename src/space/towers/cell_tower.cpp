#include "space/towers/cell_tower.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::space {
namespace {

/// Always computed as so many rows, the last block padded with zeros: BLAS
/// chooses its kernels by shape.
constexpr std::size_t rows_a_block = 64;

float inverse_length(double square) {
  return square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
}

double square_of(const float* values, std::size_t n) {
  double square = 0;
  for (std::size_t i = 0; i < n; ++i) square += static_cast<double>(values[i]) * values[i];
  return square;
}

}  // namespace

CellTower::CellTower(TowerWeights weights, std::vector<std::string> genes)
    : weights_(std::move(weights)), genes_(std::move(genes)) {
  statistics::use_one_blas_thread();
}

/// From x·W of a whole block to the vectors of its first n rows.
void CellTower::finish(std::size_t n, float* linear, float* vectors) const {
  const std::size_t d = weights_.shape.dimension, m = weights_.shape.hidden;
  std::vector<float> hidden(rows_a_block * m), active(rows_a_block * m), unit(rows_a_block * d);
  float length[rows_a_block];
  finish_rows<float>(weights_.view(), rows_a_block,
                     {linear, hidden.data(), active.data(), unit.data(), length});
  std::copy_n(unit.data(), n * d, vectors);
}

std::vector<float> CellTower::encode(std::span<const float> z, const Context& context) const {
  const std::size_t g = genes_.size(), d = dimension(), n = z.size() / g;
  std::vector<float> out(n * d);
  parallel_for_blocks(context, n, rows_a_block, [&](const Block& block) {
    std::vector<float> rows(rows_a_block * g, 0.0f), linear(rows_a_block * d);
    for (std::size_t r = 0; r < block.size(); ++r) {
      const float* from = z.data() + (block.begin + r) * g;
      const float scale = inverse_length(square_of(from, g));
      for (std::size_t i = 0; i < g; ++i) rows[r * g + i] = scale * from[i];
    }
    multiply(rows_a_block, d, g, 1.0f, {rows.data(), g}, {weights_.input_weight.data(), d}, 0.0f,
             linear.data(), d);
    finish(block.size(), linear.data(), out.data() + block.begin * d);
  });
  if (context.cancelled()) out.clear();
  return out;
}

std::vector<float> CellTower::encode(const Differences& cells, const Context& context) const {
  const std::size_t g = genes_.size(), d = dimension(), n = cells.offsets.size() - 1;
  // In double, so that the cells differ by what they add to it, not by its rounding.
  std::vector<double> background(d, 0.0);
  for (std::size_t i = 0; i < g; ++i)
    for (std::size_t j = 0; j < d; ++j)
      background[j] += static_cast<double>(cells.background[i]) * weights_.input_weight[i * d + j];
  const double background_square = square_of(cells.background.data(), g);
  std::vector<float> out(n * d);
  parallel_for_blocks(context, n, rows_a_block, [&](const Block& block) {
    std::vector<float> linear(rows_a_block * d, 0.0f);
    for (std::size_t r = 0; r < block.size(); ++r) {
      float* row = linear.data() + r * d;
      double square = background_square;
      const auto first = cells.offsets[block.begin + r], last = cells.offsets[block.begin + r + 1];
      for (auto k = first; k < last; ++k) {
        const float value = cells.values[k];
        const double before = cells.background[cells.genes[k]];
        square += value * (value + 2 * before);
        const float* weight = weights_.input_weight.data() + cells.genes[k] * d;
        for (std::size_t j = 0; j < d; ++j) row[j] += value * weight[j];
      }
      const float scale = inverse_length(square);
      for (std::size_t j = 0; j < d; ++j)
        row[j] = scale * (static_cast<float>(background[j]) + row[j]);
    }
    finish(block.size(), linear.data(), out.data() + block.begin * d);
  });
  if (context.cancelled()) out.clear();
  return out;
}

}  // namespace celloquy::space
