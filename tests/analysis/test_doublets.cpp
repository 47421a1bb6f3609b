// Doublets: the score by its definition, known doublets found, every refusal.
#include "analysis/doublets/doublets.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "analysis/doublets/simulate.hpp"
#include "analysis/normalize/normalize.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy::doublets {
namespace {

/// Two kinds of cells, and doublets of one of each at the end.
struct Cells {
  std::size_t singlets, doublets;
  CountMatrix matrix;
  Normalization logs;
  std::vector<std::uint32_t> genes;
  pca::Result components;
  std::vector<std::int32_t> batches;
  ExpressionView view() const { return {&matrix, &logs}; }
};

Cells make(std::size_t singlets, std::size_t doublets) {
  constexpr std::size_t genes = 60;
  test::Dense dense{singlets + doublets, genes, {}};
  dense.values.assign((singlets + doublets) * genes, 0.0);
  for (std::size_t cell = 0; cell < singlets; ++cell) {
    RandomStream random(3, cell);
    for (std::size_t gene = 0; gene < genes; ++gene) {
      const double rate = gene < 40 ? (gene / 20 == cell % 2 ? 6 : 0.2) : 3;
      for (double t = -std::log(1 - random.uniform()); t < rate;
           t -= std::log(1 - random.uniform()))
        ++dense.at(cell, gene);
    }
  }
  for (std::size_t i = 0; i < doublets; ++i)
    for (std::size_t gene = 0; gene < genes; ++gene)
      dense.at(singlets + i, gene) =
          dense.at((7 * i) % singlets, gene) + dense.at((7 * i + 1) % singlets, gene);
  Cells cells{singlets, doublets, test::stored_as<std::uint8_t>(dense), {}, {}, {}, {}};
  cells.logs = normalize::compute(test::totals_of(dense), {});
  cells.genes.resize(genes);
  std::iota(cells.genes.begin(), cells.genes.end(), 0u);
  pca::Options options;
  options.n_components = 10;
  const auto components = pca::compute(cells.view(), cells.genes, options, {});
  EXPECT_TRUE(components);
  cells.components = *components;
  cells.batches.assign(singlets + doublets, 0);
  return cells;
}

Result ok(const Cells& cells, const Options& options = {}, std::uint32_t n_batches = 1,
          const Context& context = {}) {
  const auto result = compute(cells.view(), cells.components, cells.genes, cells.batches, n_batches,
                              options, context);
  EXPECT_TRUE(result) << result.error().message.en;
  return result ? *result : Result{};
}

TEST(Doublets, OfTwoKindsAreCalledAndOthersAreNot) {
  const Cells cells = make(600, 30);
  Options options;
  options.expected_rate = 30.0 / 630;
  const Result result = ok(cells, options);
  ASSERT_EQ(result.batches.size(), 1u);
  std::size_t right = 0, wrong = 0;
  for (std::size_t i = 0; i < cells.singlets + cells.doublets; ++i)
    (i < cells.singlets ? wrong : right) += result.called[i];
  EXPECT_GE(right, 25u);
  EXPECT_LE(wrong, 5u);
  EXPECT_EQ(result.batches[0].n_called, right + wrong);
  EXPECT_GT(result.batches[0].detectable, 0.1);
}

TEST(Doublets, ASimulatedPointIsTheProjectionOfTheAddedCounts) {
  // With one possible pair the point is known: the log of the sum, centred, times the loadings.
  const Cells cells = make(200, 0);
  const std::vector<std::uint32_t> pair = {17, 42};
  const auto point = simulated_points(cells.view(), cells.components, cells.genes, pair, 1, 5, {});
  const std::size_t d = cells.components.n_components;
  std::vector<double> mean(60, 0.0), sum(60, 0.0), total(2, 0.0);
  RowDecoder decoder(cells.matrix.by_cell());
  for (std::size_t cell = 0; cell < 200; ++cell) {
    const SparseRow row = decoder.row(cell);
    for (std::size_t i = 0; i < row.indices.size(); ++i) {
      mean[row.indices[i]] += std::log1p(row.values[i] * double{cells.logs.scale[cell]}) / 200;
      if (cell == 17 || cell == 42) sum[row.indices[i]] += row.values[i];
    }
  }
  const double counts = std::accumulate(sum.begin(), sum.end(), 0.0);
  RowDecoder one(cells.matrix.by_cell());
  const SparseRow row = one.row(17);
  const double target =
      cells.logs.scale[17] * std::accumulate(row.values.begin(), row.values.end(), 0.0);
  for (std::size_t c = 0; c < d; ++c) {
    double expected = 0;
    for (std::size_t g = 0; g < 60; ++g)
      expected +=
          (std::log1p(sum[g] * target / counts) - mean[g]) * cells.components.loadings[g * d + c];
    EXPECT_NEAR(point[c], expected, 2e-3) << c;
  }
}

TEST(Doublets, WithoutTwoHillsAsManyAreCalledAsAreExpected) {
  // One kind of cells: doublets look like singlets.
  Cells cells = make(400, 0);
  std::vector<std::uint32_t> common(20);
  std::iota(common.begin(), common.end(), 40u);
  cells.genes = common;
  pca::Options few;
  few.n_components = 5;
  cells.components = *pca::compute(cells.view(), common, few, {});
  Options options;
  options.expected_rate = 0.05;
  const Result result = ok(cells, options);
  // At least a twentieth, and those with the same score as the last of it.
  EXPECT_GE(result.batches[0].n_called, 20u);
  EXPECT_LE(result.batches[0].n_called, 60u);
  EXPECT_EQ(result.batches[0].expected_rate, 0.05);
}

TEST(Doublets, AreLookedForWithinEachBatchAndSmallBatchesAreNotJudged) {
  Cells cells = make(600, 30);
  for (std::size_t i = 0; i < cells.batches.size(); ++i) cells.batches[i] = i % 3 == 0;
  for (std::size_t i = 0; i < 40; ++i) cells.batches[i] = 2;
  cells.batches[50] = -1;
  const Result result = ok(cells, {}, 3);
  ASSERT_EQ(result.batches.size(), 3u);
  EXPECT_EQ(result.batches[2].n_cells, 40u);
  EXPECT_TRUE(std::isnan(result.score[0]));
  EXPECT_TRUE(std::isnan(result.score[50]));
  EXPECT_EQ(result.called[0], 0);
  EXPECT_FALSE(std::isnan(result.score[100]));
}

TEST(Doublets, SameBitsForAnyNumberOfThreads) {
  const Cells cells = make(500, 20);
  const auto results =
      test::with_threads([&](const Context& context) { return ok(cells, {}, 1, context).score; });
  EXPECT_TRUE(test::same_bits(results[0], results[1]));
  EXPECT_TRUE(test::same_bits(results[0], results[2]));
}

TEST(Doublets, Refusals) {
  Cells cells = make(100, 0);
  const auto refuse = [](const Cells& in, const Options& options, ErrorCode code) {
    const auto result = compute(in.view(), in.components, in.genes, in.batches, 1, options, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_FALSE(result.error().message.zh.empty());
  };
  Options options;
  options.expected_rate = 0.7;
  refuse(cells, options, ErrorCode::usage);
  options = {};
  options.simulated_per_cell = 0;
  refuse(cells, options, ErrorCode::usage);
  options = {};
  options.least_cells = 101;
  refuse(cells, options, ErrorCode::cannot_answer);
  Cells identity = cells;
  identity.logs = normalize::identity();
  refuse(identity, {}, ErrorCode::cannot_answer);
  test::Dense dense{60, 2, std::vector<double>(120, 0.5)};
  Cells real = cells;
  real.matrix = test::stored_as<float>(dense);
  refuse(real, {}, ErrorCode::cannot_answer);
}

TEST(Doublets, LineagesNeedSeveralOfTheirGenes) {
  test::Dense dense{3,
                    5,
                    {1, 2, 0, 0, 0,  //
                     1, 1, 3, 1, 0,  //
                     0, 1, 1, 0, 9}};
  for (const auto& matrix : {test::stored_as<std::uint8_t>(dense), test::stored_as<float>(dense)}) {
    const auto found = lineages_expressed(matrix, {{0, 1}, {2, 3}}, 2, {});
    EXPECT_EQ(found, (std::vector<std::uint32_t>{1, 3, 0}));
  }
}

}  // namespace
}  // namespace celloquy::doublets
