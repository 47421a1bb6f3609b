#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "cells_by_definition.hpp"
#include "space/cells/score.hpp"

namespace celloquy::space {
namespace {

using test::SpaceData;

TEST(Contributions, OfOneCellAreItsSharesAndSumToItsScore) {
  const SpaceData data(60, 500, 700);
  const auto text = test::random_weights(700, 9, true);
  const auto scores = *score_cells(data.view(), data.standardization, {1, 700, text}, {});
  for (std::uint32_t cell = 0; cell < 60; ++cell) {
    const auto found = cell_contributions(data.view(), data.standardization, text,
                                          std::vector<std::uint32_t>{cell}, {});
    ASSERT_TRUE(found);
    const auto z = test::z_of(data, cell);
    const double lengths = test::length(z) * test::length(text.data(), 700);
    double sum = 0;
    std::size_t n_expected = 0;
    for (const auto& gene : found->genes) {
      sum += gene.contribution;
      const auto at = static_cast<std::size_t>(gene.space_gene);
      EXPECT_NEAR(gene.contribution, z[at] * text[at] / lengths, 1e-7);
    }
    for (std::size_t g = 0; g < 700; ++g) n_expected += z[g] * text[g] != 0;
    EXPECT_EQ(found->genes.size(), n_expected);
    EXPECT_NEAR(sum, scores.values[cell], 1e-6);
    EXPECT_NEAR(found->score, sum, 1e-12);
  }
}

TEST(Contributions, OfSeveralCellsAreTheMeans) {
  const SpaceData data(300, 200, 300);
  const auto text = test::random_weights(300, 9, false);
  std::vector<std::uint32_t> cells;
  for (std::uint32_t cell = 0; cell < 300; cell += 2) cells.push_back(cell);
  const auto scores = *score_cells(data.view(), data.standardization, {1, 300, text}, {});
  const auto together = *cell_contributions(data.view(), data.standardization, text, cells, {});
  double mean_score = 0;
  std::map<std::int32_t, double> mean;
  for (const auto cell : cells) {
    mean_score += scores.values[cell] / static_cast<double>(cells.size());
    const auto one = *cell_contributions(data.view(), data.standardization, text,
                                         std::vector<std::uint32_t>{cell}, {});
    for (const auto& gene : one.genes)
      mean[gene.space_gene] += gene.contribution / static_cast<double>(cells.size());
  }
  EXPECT_NEAR(together.score, mean_score, 1e-6);
  for (const auto& gene : together.genes)
    EXPECT_NEAR(gene.contribution, mean[gene.space_gene], 1e-10);
}

TEST(Contributions, AreStrongestFirstForAndAgainst) {
  const SpaceData data(60, 500, 700);
  const auto text = test::random_weights(700, 9, true);
  const auto found = *cell_contributions(data.view(), data.standardization, text,
                                         std::vector<std::uint32_t>{7}, {});
  std::size_t n_for = 0, n_against = 0;
  for (std::size_t i = 0; i < found.genes.size(); ++i) {
    const double now = found.genes[i].contribution;
    (now > 0 ? n_for : n_against) += 1;
    if (i > 0) {
      EXPECT_GE(std::abs(found.genes[i - 1].contribution), std::abs(now));
    }
    EXPECT_EQ(data.standardization.measured[static_cast<std::size_t>(found.genes[i].space_gene)],
              1);
  }
  EXPECT_GT(n_for, 5u);
  EXPECT_GT(n_against, 5u);
}

TEST(Contributions, SameBitsForAnyNumberOfThreads) {
  const SpaceData data(900, 200, 300);
  const auto text = test::random_weights(300, 9, false);
  std::vector<std::uint32_t> cells(900);
  std::iota(cells.begin(), cells.end(), 0u);
  const auto results = test::with_threads([&](const Context& context) {
    std::vector<double> values;
    const auto found = *cell_contributions(data.view(), data.standardization, text, cells, context);
    for (const auto& gene : found.genes) values.push_back(gene.contribution);
    return values;
  });
  EXPECT_TRUE(test::same_bits(results[0], results[1]));
  EXPECT_TRUE(test::same_bits(results[0], results[2]));
}

TEST(Contributions, RefuseNoCellsAndUnknownOnes) {
  const SpaceData data(10, 50, 60);
  const auto text = test::random_weights(60, 9, false);
  const auto code = [&](std::vector<std::uint32_t> cells, std::span<const float> weights) {
    const auto found = cell_contributions(data.view(), data.standardization, weights, cells, {});
    return found ? 0 : static_cast<int>(found.error().code);
  };
  EXPECT_EQ(code({0, 9}, text), 0);
  EXPECT_EQ(code({}, text), 4);
  EXPECT_EQ(code({10}, text), 1);
  EXPECT_EQ(code({0}, std::span(text).first(59)), 1);
}

TEST(Contributions, OfATextWithoutWeightsAreNone) {
  const SpaceData data(10, 50, 60);
  const auto found =
      *cell_contributions(data.view(), data.standardization, std::vector<float>(60, 0.0f),
                          std::vector<std::uint32_t>{1}, {});
  EXPECT_TRUE(found.genes.empty());
  EXPECT_EQ(found.score, 0);
}

}  // namespace
}  // namespace celloquy::space
