// Over-representation and preranked enrichment against their definitions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/enrichment/enrichment.hpp"
#include "analysis/statistics/distributions.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

using enrichment::GeneSets;

double choose(int n, int k) {
  double out = 1;
  for (int i = 1; i <= k; ++i) out = out * (n - k + i) / i;
  return k < 0 || k > n ? 0 : out;
}

TEST(Hypergeometric, EverySmallCaseByCounting) {
  for (int all = 1; all <= 12; ++all)
    for (int marked = 0; marked <= all; ++marked)
      for (int drawn = 0; drawn <= all; ++drawn)
        for (int hits = 0; hits <= all; ++hits) {
          double expected = 0;
          for (int k = hits; k <= std::min(marked, drawn); ++k)
            expected += choose(marked, k) * choose(all - marked, drawn - k);
          expected /= choose(all, drawn);
          const auto u = [](int x) { return static_cast<std::uint32_t>(x); };
          EXPECT_NEAR(statistics::hypergeometric_upper(u(hits), u(marked), u(drawn), u(all)),
                      expected, 1e-12);
        }
  // Far beyond what counting from above could tell from zero.
  const double tiny = statistics::hypergeometric_upper(90, 100, 100, 20000);
  EXPECT_GT(tiny, 0);
  EXPECT_LT(tiny, 1e-150);
}

/// The running sum, gene by gene.
double naive_score(const std::vector<double>& statistic, const std::vector<std::uint32_t>& set) {
  std::vector<std::uint32_t> order(statistic.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return statistic[a] > statistic[b]; });
  double all = 0, sum = 0, best = 0;
  for (const auto gene : set) all += std::abs(statistic[gene]);
  for (const auto gene : order) {
    if (std::find(set.begin(), set.end(), gene) != set.end())
      sum += std::abs(statistic[gene]) / all;
    else
      sum -= 1.0 / static_cast<double>(statistic.size() - set.size());
    if (std::abs(sum) > std::abs(best) + 1e-12) best = sum;
  }
  return best;
}

std::vector<double> some_statistic(std::size_t n, std::uint64_t seed) {
  std::vector<double> out;
  RandomStream random(seed);
  for (std::size_t i = 0; i < n; ++i) out.push_back(random.normal() * 2);
  return out;
}

GeneSets some_sets(std::size_t n_genes) {
  GeneSets sets;
  for (std::size_t s = 0; s < 30; ++s) {
    RandomStream random(6, s);
    std::vector<std::uint32_t> set;
    for (std::uint32_t g = 0; g < n_genes; ++g)
      if (random.uniform() < 0.02 + 0.004 * static_cast<double>(s)) set.push_back(g);
    sets.push_back(set);
  }
  return sets;
}

TEST(Preranked, ScoresByDefinition) {
  const auto statistic = some_statistic(400, 3);
  const auto sets = some_sets(400);
  enrichment::Options options;
  options.least_size = 1;
  options.n_permutations = 50;
  const auto result = enrichment::preranked(statistic, sets, options, {});
  ASSERT_TRUE(result);
  for (std::size_t i = 0; i < result->set.size(); ++i) {
    const double expected = naive_score(statistic, sets[result->set[i]]);
    EXPECT_NEAR(std::abs(result->score[i]), std::abs(expected), 1e-9);
    EXPECT_GE(result->score[i] * result->normalized_score[i], 0);
    EXPECT_GT(result->p_value[i], 0);
    EXPECT_LE(result->p_value[i], 1);
    EXPECT_FALSE(result->leading_edge[i].empty());
  }
}

TEST(Preranked, FindsWhatWasPutThereAndNothingElse) {
  auto statistic = some_statistic(2000, 4);
  auto sets = some_sets(2000);
  for (const auto gene : sets[3]) statistic[gene] += 2;
  for (const auto gene : sets[0]) statistic[gene] -= 2;
  const auto result = *enrichment::preranked(statistic, sets, {}, {});
  std::size_t false_ones = 0;
  for (std::size_t i = 0; i < result.set.size(); ++i) {
    if (result.set[i] == 3) {
      EXPECT_GT(result.normalized_score[i], 1.5);
      EXPECT_LT(result.p_adjusted[i], 0.05);
    } else if (result.set[i] == 0) {
      EXPECT_LT(result.normalized_score[i], -1.5);
      EXPECT_LT(result.p_adjusted[i], 0.05);
    } else {
      false_ones += result.p_adjusted[i] < 0.01;
    }
  }
  EXPECT_LE(false_ones, 1u);
}

TEST(Preranked, SameBitsForAnyNumberOfThreads) {
  const auto statistic = some_statistic(1000, 5);
  const auto sets = some_sets(1000);
  const auto results = test::with_threads(
      [&](const Context& context) { return *enrichment::preranked(statistic, sets, {}, context); });
  for (const auto& result : results) {
    EXPECT_TRUE(test::same_bits(result.p_value, results[0].p_value));
    EXPECT_TRUE(test::same_bits(result.normalized_score, results[0].normalized_score));
  }
}

TEST(Preranked, OddInputs) {
  const GeneSets sets = {{0, 1, 2}};
  enrichment::Options any;
  any.least_size = 1;
  EXPECT_EQ(
      enrichment::preranked({1, std::numeric_limits<double>::quiet_NaN(), 0, 0}, sets, any, {})
          .error()
          .code,
      ErrorCode::cannot_answer);
  EXPECT_EQ(enrichment::preranked({1, 2, 3, 4}, sets, {}, {}).error().code,
            ErrorCode::cannot_answer);  // too small
  // All genes are in the set: nothing outside it to rank it against.
  EXPECT_EQ(enrichment::preranked({1, 2, 3}, sets, any, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_FALSE(enrichment::preranked({}, {}, any, {}));
  // All tied at zero: no weight anywhere, and still numbers.
  const auto tied = enrichment::preranked(std::vector<double>(50, 0.0), sets, any, {});
  ASSERT_TRUE(tied);
  EXPECT_TRUE(std::isfinite(tied->score[0]));
}

TEST(OverRepresentation, CountsAndRefuses) {
  const GeneSets sets = {{0, 1, 2, 3}, {4, 5, 6, 7}, {0}, {8, 9, 10, 11}};
  enrichment::Options options;
  options.least_size = 2;
  const auto result = *enrichment::over_representation({0, 1, 2, 4}, 20, sets, options, {});
  ASSERT_EQ(result.set, (std::vector<std::uint32_t>{0, 1, 3}));
  EXPECT_EQ(result.hits, (std::vector<std::uint32_t>{3, 1, 0}));
  EXPECT_NEAR(result.fold[0], 3 / 0.8, 1e-12);
  EXPECT_NEAR(result.p_value[0], (4.0 * 16 + 1) / 4845, 1e-12);
  EXPECT_EQ(result.p_value[2], 1);
  using enrichment::over_representation;
  EXPECT_EQ(over_representation({}, 20, sets, options, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(over_representation({0, 1}, 2, sets, options, {}).error().code,
            ErrorCode::cannot_answer);
  EXPECT_EQ(over_representation({0, 0}, 20, sets, options, {}).error().code, ErrorCode::internal);
  EXPECT_EQ(over_representation({0}, 20, {}, options, {}).error().code, ErrorCode::cannot_answer);
}

}  // namespace
}  // namespace celloquy
