// Harmony by its definition: with clusters that are known the ridge regression can be
// solved densely; and what any correction must do and must not do.
#include "analysis/harmony/harmony.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analysis/harmony/harmony.kernels.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy::harmony {
namespace {

struct Cells {
  std::size_t n = 0, d = 5;
  std::vector<float> points, clean;
  std::vector<std::int32_t> batches, kinds;
};

/// Four kinds of cells far apart, three batches shifted alike in all kinds.
Cells shifted(std::size_t n, std::uint64_t seed, double size = 2) {
  Cells cells;
  cells.n = n;
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(seed, i);
    const auto kind = static_cast<std::int32_t>(random.below(4));
    const auto batch = static_cast<std::int32_t>(random.below(3));
    RandomStream centre(seed + 1, static_cast<std::uint64_t>(kind));
    RandomStream shift(seed + 2, static_cast<std::uint64_t>(batch));
    for (std::size_t j = 0; j < cells.d; ++j) {
      const double clean = 10 * centre.normal() + random.normal();
      cells.clean.push_back(static_cast<float>(clean));
      cells.points.push_back(static_cast<float>(clean + size * shift.normal()));
    }
    cells.batches.push_back(batch);
    cells.kinds.push_back(kind);
  }
  return cells;
}

/// Largest distance of two batches' means within a kind.
double distance_of_batches(const Cells& cells, const std::vector<float>& points) {
  double largest = 0;
  for (int kind = 0; kind < 4; ++kind) {
    std::vector<double> mean(3 * cells.d, 0.0), size(3, 0.0);
    for (std::size_t i = 0; i < cells.n; ++i) {
      if (cells.kinds[i] != kind) continue;
      const auto b = static_cast<std::size_t>(cells.batches[i]);
      ++size[b];
      for (std::size_t j = 0; j < cells.d; ++j) mean[b * cells.d + j] += points[i * cells.d + j];
    }
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < a; ++b) {
        double square = 0;
        for (std::size_t j = 0; j < cells.d; ++j) {
          const double gap = mean[a * cells.d + j] / size[a] - mean[b * cells.d + j] / size[b];
          square += gap * gap;
        }
        largest = std::max(largest, std::sqrt(square));
      }
  }
  return largest;
}

Result ok(const Cells& cells, const Options& options = {}, const Context& context = {}) {
  auto result = compute(cells.points, cells.n, cells.d, cells.batches, 3, options, context);
  EXPECT_TRUE(result) << result.error().message.en;
  return result ? *std::move(result) : Result{};
}

TEST(Harmony, BringsBatchesOfEachKindTogetherAndKeepsKindsApart) {
  const Cells cells = shifted(1500, 3);
  const Result result = ok(cells);
  const double before = distance_of_batches(cells, cells.points);
  EXPECT_GT(before, 4);
  EXPECT_LT(distance_of_batches(cells, result.points), before / 5);
  double worst = INFINITY;
  for (std::size_t i = 0; i < 300; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (cells.kinds[i] == cells.kinds[j]) continue;
      double square = 0;
      for (std::size_t c = 0; c < cells.d; ++c) {
        const double gap = result.points[i * cells.d + c] - result.points[j * cells.d + c];
        square += gap * gap;
      }
      worst = std::min(worst, std::sqrt(square));
    }
  EXPECT_GT(worst, 2) << "cells of two kinds came together";
}

TEST(Harmony, OneClusterIsTheRidgeRegressionOnTheBatches) {
  // With one cluster every membership is 1: the definition, solved by Gauss on the
  // whole normal equations of intercept and batches.
  const Cells cells = shifted(200, 5);
  Options options;
  options.n_clusters = 1;
  options.lambda = 7;
  const Result result = ok(cells, options);
  double a[4][9] = {};
  for (std::size_t i = 0; i < cells.n; ++i) {
    const std::size_t columns[2] = {0, 1 + static_cast<std::size_t>(cells.batches[i])};
    for (const auto p : columns) {
      for (const auto q : columns) a[p][q] += 1;
      for (std::size_t j = 0; j < cells.d; ++j) a[p][4 + j] += cells.points[i * cells.d + j];
    }
  }
  for (int p = 1; p < 4; ++p) a[p][p] += options.lambda;
  for (int p = 0; p < 4; ++p)
    for (int r = 0; r < 4; ++r) {
      if (r == p) continue;
      const double factor = a[r][p] / a[p][p];
      for (int c = 0; c < 9; ++c) a[r][c] -= factor * a[p][c];
    }
  double largest = 0;
  for (std::size_t i = 0; i < cells.n; ++i)
    for (std::size_t j = 0; j < cells.d; ++j) {
      const auto p = 1 + static_cast<std::size_t>(cells.batches[i]);
      const double expected = cells.points[i * cells.d + j] - a[p][4 + j] / a[p][p];
      largest = std::max(largest, std::abs(expected - result.points[i * cells.d + j]));
    }
  EXPECT_LT(largest, 1e-4);
}

TEST(Harmony, EveryRoundLowersTheObjectiveAndTheLastOneHardly) {
  const Result result = ok(shifted(1500, 3));
  ASSERT_GE(result.rounds, 2u);
  EXPECT_EQ(result.objective.size(), result.rounds);
  EXPECT_LT(result.objective.back(), result.objective.front());
}

TEST(Harmony, MixedBatchesStayNearlyWhereTheyWere) {
  const Cells cells = shifted(1500, 4, 0);
  const Result result = ok(cells);
  double square = 0;
  for (std::size_t i = 0; i < result.points.size(); ++i)
    square += (result.points[i] - cells.points[i]) * (result.points[i] - cells.points[i]);
  EXPECT_LT(std::sqrt(square / static_cast<double>(result.points.size())), 0.3);
}

TEST(Harmony, SameBitsForAnyNumberOfThreads) {
  const Cells cells = shifted(3000, 9);
  const auto results =
      test::with_threads([&](const Context& context) { return ok(cells, {}, context).points; });
  EXPECT_TRUE(test::same_bits(results[0], results[1]));
  EXPECT_TRUE(test::same_bits(results[0], results[2]));
}

TEST(Harmony, SoftAssignIsTheSoftmaxForEveryInstructionSet) {
  constexpr std::size_t n = 7, k = 37;
  std::vector<float> cosines(n * k), bias(k);
  RandomStream random(1);
  for (auto& x : cosines) x = static_cast<float>(2 * random.uniform() - 1);
  for (auto& x : bias) x = static_cast<float>(random.normal());
  bias[3] = -500;  // a cluster that is out of reach
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best_instruction_set()) continue;
    set_instruction_set(set);
    auto rows = cosines;
    std::vector<float> sums(k, 0.0f);
    double logs = 0, expected_logs = 0;
    CELLOQUY_SELECT(soft_assign)(rows.data(), n, k, 20, bias.data(), sums.data(), &logs);
    std::vector<double> expected_sums(k, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      double total = 0;
      for (std::size_t c = 0; c < k; ++c) total += std::exp(20.0 * cosines[i * k + c] + bias[c]);
      expected_logs += std::log(total);
      for (std::size_t c = 0; c < k; ++c) {
        const double expected = std::exp(20.0 * cosines[i * k + c] + bias[c]) / total;
        expected_sums[c] += expected;
        EXPECT_NEAR(rows[i * k + c], expected, 2e-6);
      }
    }
    for (std::size_t c = 0; c < k; ++c) EXPECT_NEAR(sums[c], expected_sums[c], 1e-5);
    EXPECT_NEAR(logs, expected_logs, 1e-4);
  }
  set_instruction_set(best_instruction_set());
}

TEST(Harmony, Refusals) {
  Cells cells = shifted(100, 1);
  const auto refuse = [&](const Cells& in, const Options& options, ErrorCode code) {
    const auto result = compute(in.points, in.n, in.d, in.batches, 3, options, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_FALSE(result.error().message.zh.empty());
  };
  Cells one = cells;
  std::fill(one.batches.begin(), one.batches.end(), 1);
  refuse(one, {}, ErrorCode::cannot_answer);
  refuse(shifted(19, 1), {}, ErrorCode::cannot_answer);
  Cells wrong = cells;
  wrong.points[7] = std::numeric_limits<float>::quiet_NaN();
  refuse(wrong, {}, ErrorCode::unusable_input);
  Options options;
  options.sigma = 0;
  refuse(cells, options, ErrorCode::usage);
  options = {};
  options.lambda = 0;
  refuse(cells, options, ErrorCode::usage);
  options = {};
  options.n_clusters = 101;
  refuse(cells, options, ErrorCode::usage);
}

TEST(Harmony, AllPointsAlikeAndABatchOfOneCellAreNoTrouble) {
  Cells cells = shifted(60, 2);
  std::fill(cells.points.begin(), cells.points.end(), 0.0f);
  for (const float x : ok(cells).points) EXPECT_EQ(x, 0);
  cells = shifted(60, 2);
  std::fill(cells.batches.begin(), cells.batches.end(), 0);
  cells.batches[7] = 2;  // and batch 1 is empty
  for (const float x : ok(cells).points) EXPECT_TRUE(std::isfinite(x));
}

TEST(Harmony, ACancelledRunSaysSo) {
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const Cells cells = shifted(100, 1);
  const auto result = compute(cells.points, cells.n, cells.d, cells.batches, 3, {}, context);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy::harmony
