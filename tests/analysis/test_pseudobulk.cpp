#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "analysis/pseudobulk/moderated_t.hpp"
#include "analysis/pseudobulk/pseudobulk.hpp"
#include "analysis/statistics/distributions.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

/// Eight samples of forty cells; genes 0 to 5 are higher in the first four, genes
/// 6 to 11 in the others.
struct Data {
  test::Dense dense{320, 100, std::vector<double>(32'000)};
  std::vector<std::int32_t> samples;
  std::vector<std::int8_t> condition = {0, 0, 0, 0, 1, 1, 1, 1};
  Data() {
    for (std::size_t cell = 0; cell < 320; ++cell) {
      const auto sample = static_cast<std::int32_t>(cell % 8);
      samples.push_back(sample);
      for (std::size_t gene = 0; gene < 100; ++gene) {
        RandomStream of_sample(3, gene * 8 + static_cast<std::size_t>(sample));
        RandomStream random(4, gene * 320 + cell);
        const double mean = 0.3 * static_cast<double>(1 + gene % 5) *
                            std::exp(0.2 * of_sample.normal()) *
                            (gene < 12 && (gene < 6) == (sample < 4) ? 3 : 1);
        dense.at(cell, gene) = std::floor(-2 * mean * std::log(1 - random.uniform()));
      }
    }
  }
  CountMatrix matrix() const { return test::stored_as<std::uint8_t>(dense); }
};

TEST(Pseudobulk, FindsWhatDiffersBetweenSamples) {
  const Data data;
  const auto result = pseudobulk::compute(data.matrix(), data.samples, 8, data.condition, {}, {});
  ASSERT_TRUE(result);
  ASSERT_EQ(result->genes.size(), 100u);
  EXPECT_EQ(result->samples_first, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  int found = 0, wrong = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const bool significant = result->p_adjusted[i] < 0.05;
    (result->genes[i] < 12 ? found : wrong) += significant;
    EXPECT_TRUE(result->genes[i] >= 12 ||
                (result->genes[i] < 6) == (result->log2_fold_change[i] > 0));
  }
  EXPECT_GE(found, 11);
  EXPECT_LE(wrong, 4);
  EXPECT_GT(result->prior_degrees_of_freedom, 0);
}

TEST(Pseudobulk, SwappingConditionsChangesTheSign) {
  Data data;
  const auto one = *pseudobulk::compute(data.matrix(), data.samples, 8, data.condition, {}, {});
  for (auto& condition : data.condition) condition = static_cast<std::int8_t>(1 - condition);
  const auto other = *pseudobulk::compute(data.matrix(), data.samples, 8, data.condition, {}, {});
  for (std::size_t i = 0; i < one.genes.size(); ++i) {
    EXPECT_NEAR(one.t[i], -other.t[i], 1e-5);
    EXPECT_NEAR(one.p_value[i], other.p_value[i], 1e-9);
  }
}

TEST(Pseudobulk, SameBitsForThreadsAndOrderOfCells) {
  const Data data;
  const auto matrix = data.matrix();
  const auto results = test::with_threads([&](const Context& context) {
    return *pseudobulk::compute(matrix, data.samples, 8, data.condition, {}, context);
  });
  test::Dense reversed = data.dense;
  std::vector<std::int32_t> samples(data.samples.rbegin(), data.samples.rend());
  for (std::size_t cell = 0; cell < 320; ++cell)
    for (std::size_t gene = 0; gene < 100; ++gene)
      reversed.at(cell, gene) = data.dense.at(319 - cell, gene);
  const auto backwards = *pseudobulk::compute(test::stored_as<std::uint32_t>(reversed), samples, 8,
                                              data.condition, {}, {});
  for (const auto* result : {&results[1], &results[2], &backwards})
    EXPECT_TRUE(test::same_bits(result->p_value, results[0].p_value));
}

TEST(Pseudobulk, SaysWhenReplicatesAreMissing) {
  Data data;
  const auto code = [&](const pseudobulk::Options& options = {}) {
    const auto result =
        pseudobulk::compute(data.matrix(), data.samples, 8, data.condition, options, {});
    return result ? ErrorCode{} : result.error().code;
  };
  EXPECT_EQ(code({.min_cells = 41}), ErrorCode::cannot_answer);
  EXPECT_EQ(code({.min_replicates = 5}), ErrorCode::cannot_answer);
  EXPECT_EQ(code({.min_count = 1e9}), ErrorCode::cannot_answer);
  data.condition = {0, -1, -1, -1, 1, 1, 1, 1};
  EXPECT_EQ(code(), ErrorCode::cannot_answer);
  EXPECT_EQ(code({.min_replicates = 1}), ErrorCode{});  // four samples against one can be fitted
  data.condition = {0, -1, -1, -1, 1, -1, -1, -1};
  EXPECT_EQ(code({.min_replicates = 1}), ErrorCode::cannot_answer);
  data.condition = {0, 1};
  EXPECT_EQ(code(), ErrorCode::internal);
  const auto negative = test::stored_as<float>(test::Dense{2, 2, {1, -1, 2, 1}});
  const auto refused = pseudobulk::compute(negative, {0, 1}, 2, {0, 1}, {}, {});
  EXPECT_EQ(refused.error().code, ErrorCode::cannot_answer);
}

TEST(Pseudobulk, SplineKeepsLinesAndPriorFindsItsParameters) {
  std::vector<double> x, line;
  for (int i = 0; i < 200; ++i) {
    x.push_back(RandomStream(1, static_cast<std::uint64_t>(i)).normal());
    line.push_back(3 - 2 * x.back());
  }
  for (const std::size_t knots : {2u, 3u, 4u}) {
    const auto fitted = pseudobulk::fit_natural_spline(x, line, knots);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(fitted[i], line[i], 1e-9);
  }
  EXPECT_NEAR(pseudobulk::fit_natural_spline({1, 2, 3}, {1, 5, 6}, 1)[0], 4, 1e-12);

  // Variances drawn from the model with 10 prior degrees of freedom and s0² = 2.
  std::vector<double> variances, covariate;
  const auto chi_square = [](RandomStream& random, int freedom) {
    double sum = 0;
    for (int k = 0; k < freedom; ++k) sum += std::pow(random.normal(), 2);
    return sum;
  };
  for (std::uint64_t g = 0; g < 20'000; ++g) {
    RandomStream random(2, g);
    const double sigma = 2 * 10 / chi_square(random, 10);
    variances.push_back(sigma * chi_square(random, 5) / 5);
    covariate.push_back(random.normal());
  }
  const auto prior = pseudobulk::fit_variance_prior(variances, 5, covariate);
  EXPECT_NEAR(prior.degrees_of_freedom, 10, 0.7);
  EXPECT_NEAR(prior.variance[7], 2, 0.15);
}

}  // namespace
}  // namespace celloquy
