#include "training/basis.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "space/towers/products.hpp"

namespace celloquy::training {
namespace {

using space::multiply;
using space::Side;

constexpr std::size_t entry_block = 128;
constexpr std::size_t gene_block = 512;
constexpr std::size_t oversampling = 32;
constexpr int iterations = 6;

/// to (entries × columns) = sample · from, from: n_genes × columns.
void apply(const PairSample& sample, const std::vector<float>& from, std::size_t columns,
           std::vector<float>& to, const Context& context) {
  const std::size_t n = sample.n_genes;
  to.assign(sample.size() * columns, 0.0f);
  parallel_for_blocks(context, sample.n_profiles, entry_block, [&](const Block& block) {
    multiply(block.size(), columns, n, 1.0f, {sample.profiles.data() + block.begin * n, n},
             {from.data(), columns}, 0.0f, to.data() + block.begin * columns, columns);
  });
  parallel_for_blocks(context, sample.n_sets(), entry_block, [&](const Block& block) {
    for (std::size_t set = block.begin; set < block.end; ++set) {
      float* row = to.data() + (sample.n_profiles + set) * columns;
      for (auto k = sample.offsets[set]; k < sample.offsets[set + 1]; ++k) {
        const float *direction = from.data() + sample.columns[k] * columns,
                    value = sample.values[k];
        for (std::size_t j = 0; j < columns; ++j) row[j] += value * direction[j];
      }
    }
  });
}

/// to (n_genes × columns) = poolᵀ · diagonal(weights) · from; `from` is destroyed.
void apply_transposed(const PairSample& sample, std::vector<float>& from, std::size_t columns,
                      std::vector<float>& to, const Context& context) {
  const std::size_t n = sample.n_genes;
  to.assign(n * columns, 0.0f);
  parallel_for_blocks(context, sample.size(), entry_block, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (std::size_t j = 0; j < columns; ++j)
        from[i * columns + j] *= static_cast<float>(sample.weights[i]);
  });
  parallel_for_blocks(context, n, gene_block, [&](const Block& block) {
    if (sample.n_profiles > 0)
      multiply(block.size(), columns, sample.n_profiles, 1.0f,
               {sample.profiles.data() + block.begin, n, Side::transposed}, {from.data(), columns},
               0.0f, to.data() + block.begin * columns, columns);
    for (std::size_t set = 0; set < sample.n_sets(); ++set) {
      const auto first = sample.columns.begin() + static_cast<std::ptrdiff_t>(sample.offsets[set]);
      const auto last =
          sample.columns.begin() + static_cast<std::ptrdiff_t>(sample.offsets[set + 1]);
      const float* row = from.data() + (sample.n_profiles + set) * columns;
      for (auto at = std::lower_bound(first, last, block.begin); at != last && *at < block.end;
           ++at) {
        const float value = sample.values[static_cast<std::size_t>(at - sample.columns.begin())];
        float* sum = to.data() + *at * columns;
        for (std::size_t j = 0; j < columns; ++j) sum[j] += value * row[j];
      }
    }
  });
}

/// Orthonormal columns of the same span, in place (n_genes × columns, row by row).
void orthonormalize(std::vector<float>& matrix, std::size_t rows, std::size_t columns,
                    std::uint64_t seed) {
  std::vector<double> by_column(rows * columns);
  double largest = 0;
  for (std::size_t j = 0; j < columns; ++j) {
    double square = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      by_column[j * rows + i] = matrix[i * columns + j];
      square += by_column[j * rows + i] * by_column[j * rows + i];
    }
    largest = std::max(largest, square);
  }
  const auto added = statistics::orthonormalize(by_column.data(), rows, columns);
  bool replaced = false;
  for (std::size_t j = 0; j < columns; ++j) {
    if (added[j] > 1e-6 * std::sqrt(largest)) continue;
    RandomStream random(seed, j);
    for (std::size_t i = 0; i < rows; ++i) by_column[j * rows + i] = random.normal();
    replaced = true;
  }
  if (replaced) statistics::orthonormalize(by_column.data(), rows, columns);
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t i = 0; i < rows; ++i)
      matrix[i * columns + j] = static_cast<float>(by_column[j * rows + i]);
}

/// The directions within `span` in descending order of variance: coefficients, columns × wanted.
std::vector<double> leading_within(const std::vector<float>& scores, const PairSample& sample,
                                   std::size_t columns, std::size_t wanted) {
  std::vector<double> products(columns * columns);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const float* row = scores.data() + i * columns;
    for (std::size_t b = 0; b < columns; ++b) {
      const double value = sample.weights[i] * row[b];
      for (std::size_t a = 0; a <= b; ++a) products[b * columns + a] += value * row[a];
    }
  }
  return statistics::largest_eigenpairs(products, columns, wanted).vectors;
}

}  // namespace

Expected<std::vector<float>> leading_basis(const PairSample& sample, std::size_t dimension,
                                           std::uint64_t seed, const Context& context) {
  statistics::use_one_blas_thread();
  const std::size_t n = sample.n_genes;
  if (dimension > n) return failure(ErrorCode::usage, "training.option", {{"option", "dimension"}});
  const std::size_t columns = std::min(n, dimension + oversampling);
  std::vector<float> span(n * columns), scores;
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(seed, i);
    for (std::size_t j = 0; j < columns; ++j)
      span[i * columns + j] = static_cast<float>(random.normal());
  }
  orthonormalize(span, n, columns, seed);
  for (int i = 0; i < iterations; ++i) {
    apply(sample, span, columns, scores, context);
    apply_transposed(sample, scores, columns, span, context);
    if (context.cancelled()) return cancelled_error();
    orthonormalize(span, n, columns, mix64(seed + static_cast<std::uint64_t>(i) + 1));
    context.report("basis", (i + 1.0) / (iterations + 1));
  }
  apply(sample, span, columns, scores, context);
  const auto rotation = leading_within(scores, sample, columns, dimension);
  if (rotation.empty())
    return failure(ErrorCode::internal, "base.internal", {{"what", "basis: eigenvalues"}});
  std::vector<float> basis(n * dimension), rotation_rows(columns * dimension);
  for (std::size_t j = 0; j < dimension; ++j)
    for (std::size_t i = 0; i < columns; ++i)
      rotation_rows[i * dimension + j] = static_cast<float>(rotation[j * columns + i]);
  parallel_for_blocks(context, n, gene_block, [&](const Block& block) {
    multiply(block.size(), dimension, columns, 1.0f, {span.data() + block.begin * columns, columns},
             {rotation_rows.data(), dimension}, 0.0f, basis.data() + block.begin * dimension,
             dimension);
  });
  if (context.cancelled()) return cancelled_error();
  return basis;
}

std::vector<float> coordinates(const PairSample& sample, const std::vector<float>& basis,
                               std::size_t dimension, const Context& context) {
  std::vector<float> out;
  apply(sample, basis, dimension, out, context);
  return out;
}

}  // namespace celloquy::training
