#include <gtest/gtest.h>

#include <algorithm>

#include "cells_by_definition.hpp"
#include "knowledge/knowledge.hpp"
#include "space/cells/standardization.hpp"

namespace celloquy::space {
namespace {

using test::SpaceData;

TEST(MeanExpression, IsTheMeanByDefinition) {
  const SpaceData data(700, 120, 150);
  const auto weights_of = [&](bool weighted) {
    std::vector<float> weights;
    RandomStream random(3);
    for (std::size_t i = 0; weighted && i < 700; ++i)
      weights.push_back(i % 9 ? static_cast<float>(random.uniform()) : 0.0f);
    return weights;
  };
  for (const bool weighted : {false, true}) {
    const auto weights = weights_of(weighted);
    const auto mean =
        mean_expression(data.view(), data.standardization.space_gene, 150, weights, {});
    ASSERT_TRUE(mean);
    ASSERT_EQ(mean->size(), 150u);
    std::vector<double> expected(150, 0.0);
    double total = 0;
    for (std::size_t cell = 0; cell < 700; ++cell) {
      const double weight = weighted ? weights[cell] : 1.0;
      total += weight;
      for (std::size_t g = 0; g < 120; ++g)
        if (const auto at = data.standardization.space_gene[g]; at >= 0)
          expected[static_cast<std::size_t>(at)] += weight * data.x(cell, g);
    }
    for (std::size_t g = 0; g < 150; ++g)
      EXPECT_NEAR((*mean)[g], expected[g] / total, 1e-6 * (1 + expected[g] / total));
  }
}

TEST(MeanExpression, SameBitsForAnyNumberOfThreads) {
  const SpaceData data(3000, 60, 80);
  const auto results = test::with_threads([&](const Context& context) {
    return *mean_expression(data.view(), data.standardization.space_gene, 80, {}, context);
  });
  EXPECT_TRUE(test::same_bits(results[0], results[1]));
  EXPECT_TRUE(test::same_bits(results[0], results[2]));
}

TEST(MeanExpression, RefusesWhatHasNoMean) {
  const SpaceData data(20, 50, 60);
  const auto code = [&](const std::vector<std::int32_t>& genes, std::vector<float> weights) {
    const auto mean = mean_expression(data.view(), genes, 60, weights, {});
    return mean ? 0 : static_cast<int>(mean.error().code);
  };
  const auto& genes = data.standardization.space_gene;
  EXPECT_EQ(code(genes, {}), 0);
  EXPECT_EQ(code(std::vector<std::int32_t>(50, -1), {}), 4);
  EXPECT_EQ(code(std::vector<std::int32_t>(49, -1), {}), 1);
  EXPECT_EQ(code(genes, std::vector<float>(19, 1.0f)), 1);
  EXPECT_EQ(code(genes, std::vector<float>(20, 0.0f)), 4);
  EXPECT_EQ(code(genes, std::vector<float>(20, -1.0f)), 1);
  auto twice = genes;
  twice[0] = twice[1];
  EXPECT_EQ(code(twice, {}), 1);
  CancellationToken token;
  token.cancel();
  Context cancelled;
  cancelled.cancellation = &token;
  EXPECT_EQ(mean_expression(data.view(), genes, 60, {}, cancelled).error().code,
            ErrorCode::cancelled);
}

TEST(OneGeneEach, KeepsTheOneWithTheLargerTotal) {
  test::Dense dense{3,
                    6,
                    {5, 0, 1, 2, 0, 0,  //
                     0, 3, 1, 2, 0, 0,  //
                     0, 3, 0, 0, 9, 0}};
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const Normalization logs = normalize::compute(test::totals_of(dense), {});
  // Genes 0 and 1 are one gene, 2, 3 and 5 another, 4 is alone. Totals 5, 6; 2, 4, 0.
  const auto kept = one_gene_each({&matrix, &logs}, {7, 7, 2, 2, 0, 2}, {});
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, (std::vector<std::int32_t>{-1, 7, -1, 2, 0, -1}));
  // Of equals the first; genes outside the space stay outside.
  EXPECT_EQ(*one_gene_each({&matrix, &logs}, {-1, 3, 1, 0, 0, -1}, {}),
            (std::vector<std::int32_t>{-1, 3, 1, -1, 0, -1}));
  dense.at(1, 1) = 2;
  const auto equal = test::stored_as<std::uint8_t>(dense);
  EXPECT_EQ((*one_gene_each({&equal, &logs}, {7, 7, -1, -1, -1, -1}, {}))[0], 7);
  EXPECT_EQ(one_gene_each({&matrix, &logs}, {7, 7}, {}).error().code, ErrorCode::internal);
}

TEST(Standardize, TakesTheDeviationsOfTheOrganism) {
  const auto table = knowledge::marker_table();
  ASSERT_TRUE(table);
  const auto& markers = **table;
  const auto gene = *markers.find_gene("CD3D");
  const auto at = static_cast<std::size_t>(gene);
  std::vector<float> centre(markers.n_genes(), 0.25f);
  const auto human = standardize({-1, gene}, centre, markers, knowledge::Organism::human);
  const auto mouse = standardize({-1, gene}, centre, markers, knowledge::Organism::mouse);
  const auto& reference = markers.reference(gene);
  ASSERT_NE(reference.human_sd, reference.mouse_sd);
  EXPECT_FLOAT_EQ(human.inverse_scale[at], 1 / (reference.human_sd + 0.15f));
  EXPECT_FLOAT_EQ(mouse.inverse_scale[at], 1 / (reference.mouse_sd + 0.15f));
  EXPECT_EQ(human.centre, centre);
  EXPECT_EQ(std::count(human.measured.begin(), human.measured.end(), 1), 1);
  EXPECT_EQ(human.measured[at], 1);
  EXPECT_EQ(human.space_gene, (std::vector<std::int32_t>{-1, gene}));
}

}  // namespace
}  // namespace celloquy::space
