// Scores of gene sets, phases, regressing out, and the agreement of partitions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/cell_cycle/cell_cycle.hpp"
#include "analysis/gene_set_scores/gene_set_scores.hpp"
#include "analysis/normalize/normalize.hpp"
#include "analysis/regress_out/regress_out.hpp"
#include "analysis/statistics/partitions.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

using Sets = std::vector<std::vector<std::uint32_t>>;

/// By definition, in doubles: ranks with equal means sharing the lowest, bins by whole division.
std::vector<double> naive_scores(const std::vector<std::vector<double>>& values,
                                 const std::vector<std::uint32_t>& set, std::size_t n_bins) {
  const std::size_t n = values.size(), g = values[0].size();
  std::vector<double> mean(g, 0.0);
  for (const auto& cell : values)
    for (std::size_t j = 0; j < g; ++j) mean[j] += cell[j] / static_cast<double>(n);
  // Sums in another order differ by rounding; equal genes must stay equal.
  for (double& m : mean) m = std::round(m * 1e9) / 1e9;
  const auto size = static_cast<std::size_t>(
      std::nearbyint(static_cast<double>(g) / static_cast<double>(n_bins - 1)));
  const auto bin = [&](std::size_t j) {
    std::size_t below = 0;
    for (std::size_t i = 0; i < g; ++i) below += mean[i] < mean[j];
    return (below + 1) / size;
  };
  std::set<std::size_t> bins;
  for (const auto gene : set) bins.insert(bin(gene));
  std::vector<std::size_t> controls;
  for (std::size_t j = 0; j < g; ++j)
    if (bins.count(bin(j)) && std::find(set.begin(), set.end(), j) == set.end())
      controls.push_back(j);
  std::vector<double> out;
  for (const auto& cell : values) {
    double in = 0, others = 0;
    for (const auto gene : set) in += cell[gene];
    for (const auto gene : controls) others += cell[gene];
    out.push_back(in / static_cast<double>(set.size()) -
                  others / static_cast<double>(controls.size()));
  }
  return out;
}

TEST(GeneSetScores, EveryStorageByDefinition) {
  auto dense = test::random_counts(150, 200, 3);
  for (std::size_t cell = 0; cell < 150; ++cell) dense.at(cell, 199) = 0;  // a tie at nothing
  const auto normalization = normalize::compute(test::totals_of(dense), {});
  std::vector<std::vector<double>> values(150, std::vector<double>(200));
  for (std::size_t cell = 0; cell < 150; ++cell)
    for (std::size_t gene = 0; gene < 200; ++gene)
      values[cell][gene] = std::log1p(dense.at(cell, gene) * double{normalization.scale[cell]});
  const Sets sets = {{0, 3, 77, 120}, {5}, {198, 199, 20}};
  gene_set_scores::Options options;
  options.n_bins = 9;
  for (const auto& matrix :
       {test::stored_as<std::uint8_t>(dense), test::stored_as<std::uint32_t>(dense),
        test::stored_as<float>(dense)}) {
    const auto result = gene_set_scores::compute({&matrix, &normalization}, sets, options, {});
    ASSERT_TRUE(result);
    for (std::size_t s = 0; s < sets.size(); ++s) {
      const auto expected = naive_scores(values, sets[s], 9);
      for (std::size_t cell = 0; cell < 150; ++cell)
        EXPECT_NEAR(result->score[s * 150 + cell], expected[cell], 2e-6);
      EXPECT_TRUE(std::isnan(result->chance_limit[s]));
    }
  }
}

TEST(GeneSetScores, SameBitsForAnyNumberOfThreadsAndDrawsFollowTheSeed) {
  const auto dense = test::random_counts(3000, 120, 4);
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const auto normalization = normalize::compute(test::totals_of(dense), {});
  gene_set_scores::Options options;
  options.n_bins = 5;
  options.n_controls = 6;
  options.n_random_sets = 4;
  const Sets sets = {{0, 1, 2, 40}, {50, 60}};
  const auto results = test::with_threads([&](const Context& context) {
    return *gene_set_scores::compute({&matrix, &normalization}, sets, options, context);
  });
  for (const auto& result : results) {
    EXPECT_TRUE(test::same_bits(result.score, results[0].score));
    EXPECT_TRUE(test::same_bits(result.chance_limit, results[0].chance_limit));
  }
  Context other;
  other.seed = 77;
  const auto redrawn = *gene_set_scores::compute({&matrix, &normalization}, sets, options, other);
  EXPECT_FALSE(test::same_bits(redrawn.score, results[0].score));
  EXPECT_LE(redrawn.n_controls[0], 6u * 4u);
}

TEST(GeneSetScores, RefusesWhatHasNoAnswer) {
  const auto dense = test::random_counts(20, 10, 5);
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const auto normalization = normalize::identity();
  const ExpressionView view{&matrix, &normalization};
  EXPECT_EQ(gene_set_scores::compute(view, {{}}, {}, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(gene_set_scores::compute(view, {{10}}, {}, {}).error().code, ErrorCode::internal);
  // All genes are in the set: none is left to compare with.
  EXPECT_EQ(gene_set_scores::compute(view, {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, {}, {}).error().code,
            ErrorCode::cannot_answer);
  const CountMatrix empty;
  EXPECT_FALSE(gene_set_scores::compute({&empty, &normalization}, {{0}}, {}, {}));
  // One cell and nothing but zeros are odd, not wrong.
  const auto zeros = test::stored_as<std::uint8_t>({1, 30, std::vector<double>(30, 0.0)});
  const auto flat = gene_set_scores::compute({&zeros, &normalization}, {{0, 1}}, {}, {});
  ASSERT_TRUE(flat);
  EXPECT_EQ(flat->score[0], 0.0f);
}

/// Genes 0–11 are high in the second third of the cells, 12–23 in the last.
test::Dense cycling() {
  auto dense = test::random_counts(300, 300, 8, 0.8);
  for (std::size_t cell = 100; cell < 300; ++cell)
    for (std::size_t gene = 0; gene < 12; ++gene) dense.at(cell, gene + (cell < 200 ? 0 : 12)) += 6;
  return dense;
}
std::vector<std::uint32_t> range(std::uint32_t begin, std::uint32_t end) {
  std::vector<std::uint32_t> out;
  for (; begin < end; ++begin) out.push_back(begin);
  return out;
}

TEST(CellCycle, PhasesOfCellsThatWereMadeSo) {
  const auto dense = cycling();
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const auto normalization = normalize::compute(test::totals_of(dense), {});
  const auto result =
      cell_cycle::compute({&matrix, &normalization}, range(0, 12), range(12, 24), {}, {});
  ASSERT_TRUE(result);
  for (std::size_t cell = 0; cell < 300; ++cell) {
    const auto expected = cell < 100   ? cell_cycle::Phase::g1
                          : cell < 200 ? cell_cycle::Phase::s
                                       : cell_cycle::Phase::g2m;
    EXPECT_EQ(result->phase[cell], expected) << cell;
    EXPECT_EQ(result->dividing[cell], cell >= 100) << cell;
    // The rule itself.
    const float s = result->s_score[cell], g2m = result->g2m_score[cell];
    EXPECT_EQ(result->phase[cell] == cell_cycle::Phase::g1, s < 0 && g2m < 0);
  }
}

TEST(CellCycle, FewDivideWhereNothingDoes) {
  const auto dense = test::random_counts(2000, 300, 9, 0.8);
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const auto normalization = normalize::compute(test::totals_of(dense), {});
  const auto result =
      cell_cycle::compute({&matrix, &normalization}, range(100, 140), range(200, 250), {}, {});
  ASSERT_TRUE(result);
  const auto n = std::count(result->dividing.begin(), result->dividing.end(), 1);
  EXPECT_LT(n, 0.06 * 2000);
}

TEST(CellCycle, RefusesTooFewGenes) {
  const auto dense = test::random_counts(20, 60, 5);
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const auto normalization = normalize::identity();
  const auto refused =
      cell_cycle::compute({&matrix, &normalization}, range(0, 9), range(10, 40), {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::cannot_answer);
  EXPECT_NE(refused.error().message.en.find('9'), std::string::npos);
  EXPECT_FALSE(refused.error().remedy.zh.empty());
}

TEST(RegressOut, LeavesWhatTheCovariatesDoNotExplain) {
  constexpr std::size_t n = 9001;
  std::vector<std::vector<float>> covariates(2, std::vector<float>(n));
  std::vector<float> values(n * 3);
  RandomStream random(4);
  std::vector<double> noise(n);
  for (std::size_t i = 0; i < n; ++i) {
    covariates[0][i] = static_cast<float>(random.normal());
    covariates[1][i] = static_cast<float>(0.5 * covariates[0][i] + random.normal() + 3);
    noise[i] = random.normal();
    values[i * 3] = 2 * covariates[0][i] - covariates[1][i] + 7;
    values[i * 3 + 1] = static_cast<float>(noise[i]);
    values[i * 3 + 2] = 0;
  }
  const auto results = test::with_threads([&](const Context& context) {
    return *regress_out::compute(values, 3, covariates, context);
  });
  for (const auto& result : results) EXPECT_TRUE(test::same_bits(result.values, results[0].values));
  const auto& result = results[0];
  // Residuals are orthogonal to an intercept and to both covariates: the normal equations.
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0, first = 0, second = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double r = result.values[i * 3 + c];
      sum += r, first += r * covariates[0][i], second += r * covariates[1][i];
    }
    EXPECT_NEAR(sum / n, 0, 1e-6);
    EXPECT_NEAR(first / n, 0, 1e-6);
    EXPECT_NEAR(second / n, 0, 1e-6);
  }
  EXPECT_NEAR(result.explained_by_column[0], 1, 1e-9);
  EXPECT_LT(result.explained_by_column[1], 0.005);
  EXPECT_EQ(result.explained_by_column[2], 0);
  // A covariate that says nothing new changes nothing.
  auto doubled = covariates;
  doubled.push_back(covariates[0]);
  doubled.emplace_back(n, 5.0f);
  const auto same = *regress_out::compute(values, 3, doubled, {});
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(same.values[i], result.values[i], 1e-4);
}

TEST(RegressOut, RefusesWhatIsNoNumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(regress_out::compute({1, 2}, 1, {{1, nan}}, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(regress_out::compute({1, 2}, 1, {{1}}, {}).error().code, ErrorCode::internal);
  const auto one = regress_out::compute({3, 4}, 2, {{1}}, {});
  ASSERT_TRUE(one);
  EXPECT_NEAR(one->values[0], 0, 1e-6);
}

TEST(AdjustedRandIndex, KnownValues) {
  using Codes = std::vector<std::int32_t>;
  EXPECT_EQ(statistics::adjusted_rand_index(Codes{0, 0, 1, 1}, Codes{5, 5, 2, 2}), 1);
  // sklearn.metrics.adjusted_rand_score([0,0,1,2], [0,0,1,1])
  EXPECT_NEAR(statistics::adjusted_rand_index(Codes{0, 0, 1, 2}, Codes{0, 0, 1, 1}),
              0.5714285714285714, 1e-12);
  EXPECT_NEAR(statistics::adjusted_rand_index(Codes{0, 0, 1, 1}, Codes{0, 1, 0, 1}), -0.5, 1e-12);
  EXPECT_EQ(statistics::adjusted_rand_index(Codes{}, Codes{}), 1);
  EXPECT_EQ(statistics::adjusted_rand_index(Codes{-1, 0, 1, 1}, Codes{0, 0, 1, 1}), 1);
}

}  // namespace
}  // namespace celloquy
