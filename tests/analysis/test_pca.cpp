#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/normalize/normalize.hpp"
#include "analysis/pca/pca.hpp"
#include "analysis/statistics/linear_algebra.hpp"
#include "base/instruction_set.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

std::vector<std::uint32_t> all_genes(std::size_t n) {
  std::vector<std::uint32_t> genes(n);
  std::iota(genes.begin(), genes.end(), 0u);
  return genes;
}

struct Data {
  explicit Data(std::size_t n_cells, std::size_t n_genes, std::uint64_t seed = 1)
      : dense(test::random_counts(n_cells, n_genes, seed, 0.4)),
        matrix(test::stored_as<std::uint8_t>(dense)),
        logs(normalize::compute(test::totals_of(dense), {})) {}
  test::Dense dense;
  CountMatrix matrix;
  Normalization logs;
  ExpressionView view() const { return {&matrix, &logs}; }
};

/// Eigenvectors (genes × k, column by column) of the covariance, by definition in double.
statistics::Eigen exact(const Data& data, const std::vector<std::uint32_t>& genes, bool scale,
                        std::size_t k) {
  const std::size_t n = data.dense.n_cells, g = genes.size();
  std::vector<double> x(n * g);
  for (std::size_t j = 0; j < g; ++j) {
    double mean = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      x[i * g + j] = std::log1p(data.dense.at(i, genes[j]) * data.logs.scale[i]);
      mean += x[i * g + j] / static_cast<double>(n);
    }
    for (std::size_t i = 0; i < n; ++i) {
      x[i * g + j] -= mean;
      squares += x[i * g + j] * x[i * g + j];
    }
    const double deviation = std::sqrt(squares / static_cast<double>(n - 1));
    if (scale && deviation > 0)
      for (std::size_t i = 0; i < n; ++i) x[i * g + j] /= deviation;
  }
  std::vector<double> covariance(g * g, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t b = 0; b < g; ++b)
      for (std::size_t a = 0; a <= b; ++a)
        covariance[b * g + a] += x[i * g + a] * x[i * g + b] / static_cast<double>(n - 1);
  return statistics::largest_eigenpairs(covariance, g, k);
}

/// Largest distance of a computed loading vector from the exact subspace.
double distance(const pca::Result& result, const statistics::Eigen& exact, std::size_t g) {
  const std::size_t k = result.n_components;
  double worst = 0;
  for (std::size_t c = 0; c < k; ++c) {
    std::vector<double> rest(g);
    for (std::size_t j = 0; j < g; ++j) rest[j] = result.loadings[j * k + c];
    for (std::size_t e = 0; e < k; ++e) {
      const double* vector = exact.vectors.data() + e * g;
      const double along = std::inner_product(rest.begin(), rest.end(), vector, 0.0);
      for (std::size_t j = 0; j < g; ++j) rest[j] -= along * vector[j];
    }
    worst =
        std::max(worst, std::sqrt(std::inner_product(rest.begin(), rest.end(), rest.begin(), 0.0)));
  }
  return worst;
}

void expect_consistent(const Data& data, const std::vector<std::uint32_t>& genes,
                       const pca::Result& result) {
  const std::size_t k = result.n_components, g = genes.size(), n = data.dense.n_cells;
  for (std::size_t c = 0; c < k; ++c) {
    // Scores are centred, have the component's variance, and the largest loading is positive.
    double sum = 0, squares = 0, largest = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += result.scores[i * k + c];
      squares += std::pow(result.scores[i * k + c], 2);
    }
    for (std::size_t j = 0; j < g; ++j)
      if (std::abs(result.loadings[j * k + c]) > std::abs(largest))
        largest = result.loadings[j * k + c];
    EXPECT_NEAR(sum / static_cast<double>(n), 0, 1e-4);
    EXPECT_NEAR(squares / static_cast<double>(n - 1), result.variance[c],
                1e-3 * result.variance[c] + 1e-9);
    EXPECT_GE(largest, 0);
    EXPECT_LE(result.variance[c], result.variance[c ? c - 1 : 0] * (1 + 1e-9));
  }
}

TEST(Pca, FewGenesExactly) {
  const Data data(900, 90);
  for (const bool scale : {false, true}) {
    pca::Options options;
    options.n_components = 20;
    options.scale = scale;
    const auto result = pca::compute(data.view(), all_genes(90), options, {});
    ASSERT_TRUE(result);
    const auto expected = exact(data, all_genes(90), scale, 20);
    EXPECT_LT(distance(*result, expected, 90), 1e-5);
    for (std::size_t c = 0; c < 20; ++c)
      EXPECT_NEAR(result->variance[c], expected.values[c], 1e-5 * expected.values[0]);
    if (!scale) expect_consistent(data, all_genes(90), *result);
  }
}

TEST(Pca, FewCellsExactly) {
  const Data data(100, 620);
  pca::Options options;
  options.n_components = 30;
  const auto result = pca::compute(data.view(), all_genes(620), options, {});
  ASSERT_TRUE(result);
  EXPECT_LT(distance(*result, exact(data, all_genes(620), false, 30), 620), 1e-4);
  expect_consistent(data, all_genes(620), *result);
}

TEST(Pca, BlockLanczosComesNearTheExactSubspace) {
  // Mostly noise: neighbouring eigenvalues are close, the hard case.
  const Data data(1500, 700);
  std::vector<std::uint32_t> genes;
  for (std::uint32_t g = 0; g < 700; ++g)
    if (g % 9) genes.push_back(g);
  for (const bool scale : {false, true}) {
    pca::Options options;
    options.scale = scale;
    const auto result = pca::compute(data.view(), genes, options, {});
    ASSERT_TRUE(result);
    EXPECT_GT(result->passes, 4u);
    EXPECT_LT(distance(*result, exact(data, genes, scale, 50), genes.size()), 2e-3);
    if (!scale) expect_consistent(data, genes, *result);
  }
}

TEST(Pca, MorePassesAreNotWorse) {
  const Data data(1200, 600);
  const auto expected = exact(data, all_genes(600), false, 10);
  double before = 2;
  for (const std::uint32_t passes : {2u, 4u, 8u, 30u}) {
    pca::Options options;
    options.n_components = 10;
    options.most_passes = passes;
    const auto result = *pca::compute(data.view(), all_genes(600), options, {});
    EXPECT_LE(result.passes, passes);
    const double now = distance(result, expected, 600);
    EXPECT_LE(now, before + 1e-6);
    before = now;
  }
  EXPECT_LT(before, 1e-3);
}

TEST(Pca, SameBitsForAnyNumberOfThreads) {
  for (const auto& [cells, genes] : {std::pair{2600u, 600u}, {100u, 600u}, {2600u, 60u}}) {
    const Data data(cells, genes);
    pca::Options options;
    options.n_components = 12;
    const auto results = test::with_threads([&, n = genes](const Context& context) {
      return *pca::compute(data.view(), all_genes(n), options, context);
    });
    for (const auto& result : results) {
      EXPECT_TRUE(test::same_bits(result.scores, results[0].scores));
      EXPECT_TRUE(test::same_bits(result.loadings, results[0].loadings));
      EXPECT_TRUE(test::same_bits(result.variance, results[0].variance));
    }
  }
}

TEST(Pca, EveryInstructionSetAgrees) {
  const Data data(1100, 600);
  pca::Options options;
  options.n_components = 8;
  const auto best = *pca::compute(data.view(), all_genes(600), options, {});
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    set_instruction_set(set);
    const auto result = *pca::compute(data.view(), all_genes(600), options, {});
    // The first component is well separated, so comparable number by number.
    for (std::size_t i = 0; i < 1100; ++i)
      EXPECT_NEAR(result.scores[i * 8], best.scores[i * 8], 1e-3) << name(set);
    for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(result.variance[c], best.variance[c], 1e-4);
  }
  set_instruction_set(best_instruction_set());
}

TEST(Pca, CancellingOnTheWayStops) {
  // Cancels at the n-th report of progress, in the middle of the search.
  struct Canceller : ProgressSink {
    CancellationToken token;
    int left = 0;
    void report(std::string_view, double) override {
      if (--left <= 0) token.cancel();
    }
  };
  const Data data(2600, 600);
  ThreadPool pool(2);
  for (const int reports : {1, 3}) {
    Canceller canceller;
    canceller.left = reports;
    Context context;
    context.threads = &pool;
    context.cancellation = &canceller.token;
    context.progress = &canceller;
    const auto result = pca::compute(data.view(), all_genes(600), {}, context);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  }
}

TEST(Pca, FewDirectionsInManyGenes) {
  // Rank 3 behind 600 genes and 600 cells: the search runs out of new directions.
  test::Dense dense{600, 600, std::vector<double>(360'000)};
  for (std::size_t i = 0; i < 600; ++i)
    for (std::size_t j = 0; j < 600; ++j)
      dense.at(i, j) =
          static_cast<double>((i % 2) * (j % 3) + (i % 5 == 0) * (j % 7) + (i % 3) * (j % 2));
  const auto matrix = test::stored_as<float>(dense);
  const Normalization identity;
  pca::Options options;
  options.n_components = 20;
  const auto result = pca::compute({&matrix, &identity}, all_genes(600), options, {});
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->variance_ratio[0] + result->variance_ratio[1] + result->variance_ratio[2], 1,
              1e-4);
  EXPECT_LT(result->variance[3], 1e-4 * result->variance[0]);
  for (const float score : result->scores) ASSERT_TRUE(std::isfinite(score));
}

TEST(Pca, TinyInputsAndRefusals) {
  const Data data(6, 40);
  const auto result = pca::compute(data.view(), all_genes(40), {}, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->n_components, 5u);
  EXPECT_EQ(pca::compute(data.view(), {3, 9}, {}, {})->n_components, 1u);
  EXPECT_EQ(pca::compute(data.view(), {3}, {}, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(pca::compute(data.view(), {}, {}, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(pca::compute(data.view(), {5, 3}, {}, {}).error().code, ErrorCode::internal);
  EXPECT_EQ(pca::compute(data.view(), {5, 40}, {}, {}).error().code, ErrorCode::internal);
  const auto flat =
      test::stored_as<std::uint8_t>(test::Dense{30, 30, std::vector<double>(900, 2.0)});
  const Normalization identity;
  EXPECT_EQ(pca::compute({&flat, &identity}, all_genes(30), {}, {}).error().code,
            ErrorCode::cannot_answer);
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  EXPECT_EQ(pca::compute(data.view(), all_genes(40), {}, context).error().code,
            ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy
