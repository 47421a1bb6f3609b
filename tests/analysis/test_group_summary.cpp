#include <gtest/gtest.h>

#include <cmath>

#include "analysis/group_summary/group_summary.hpp"
#include "analysis/normalize/normalize.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

double expressed(const test::Dense& dense, const Normalization& normalization, std::size_t cell,
                 std::size_t gene) {
  const double value = dense.at(cell, gene);
  if (normalization.kind == Normalization::Kind::identity) return value;
  const double scaled = value * normalization.scale[cell];
  return normalization.kind == Normalization::Kind::log1p ? std::log1p(scaled) : scaled;
}

std::vector<std::int32_t> some_groups(std::size_t n_cells) {
  std::vector<std::int32_t> groups;
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    const auto group = static_cast<std::int32_t>(RandomStream(9, cell).below(5));
    groups.push_back(group == 3 ? -1 : group);  // group 3 stays empty
  }
  return groups;
}

TEST(GroupSummary, EveryKindByDefinition) {
  auto dense = test::random_counts(400, 60, 1);
  dense.at(5, 5) = 200;  // beyond the table of logarithms
  const auto groups = some_groups(400);
  normalize::Options no_log;
  no_log.log1p = false;
  const auto totals = test::totals_of(dense);
  for (const auto& matrix : {test::stored_as<std::uint8_t>(dense),
                             test::stored_as<std::uint32_t>(dense), test::stored_as<float>(dense)})
    for (const auto& normalization : {normalize::identity(), normalize::compute(totals, {}),
                                      normalize::compute(totals, no_log)}) {
      const auto result = group_summary::compute({&matrix, &normalization}, groups, 5, {});
      ASSERT_TRUE(result);
      for (std::int32_t group = 0; group < 5; ++group)
        for (std::size_t gene = 0; gene < 60; ++gene) {
          double sum = 0, above = 0, n = 0;
          for (std::size_t cell = 0; cell < 400; ++cell) {
            if (groups[cell] != group) continue;
            sum += expressed(dense, normalization, cell, gene);
            above += dense.at(cell, gene) > 0;
            n += 1;
          }
          const std::size_t at = static_cast<std::size_t>(group) * 60 + gene;
          EXPECT_EQ(result->n_cells[static_cast<std::size_t>(group)], n);
          EXPECT_NEAR(result->mean[at], n > 0 ? sum / n : 0, 2e-6 * (1 + sum));
          EXPECT_NEAR(result->fraction[at], n > 0 ? above / n : 0, 1e-6);
        }
    }
}

TEST(GroupSummary, SameBitsForAnyNumberOfThreadsAndOrderOfCells) {
  const auto dense = test::random_counts(5000, 40, 2);
  const auto groups = some_groups(5000);
  test::Dense reversed = dense;
  std::vector<std::int32_t> reversed_groups(groups.rbegin(), groups.rend());
  for (std::size_t cell = 0; cell < 5000; ++cell)
    for (std::size_t gene = 0; gene < 40; ++gene)
      reversed.at(cell, gene) = dense.at(4999 - cell, gene);
  const auto matrix = test::stored_as<std::uint8_t>(dense),
             other = test::stored_as<std::uint8_t>(reversed);
  const auto normalization = normalize::compute(test::totals_of(dense), {});
  const auto other_normalization = normalize::compute(test::totals_of(reversed), {});
  const auto results = test::with_threads([&](const Context& context) {
    return *group_summary::compute({&matrix, &normalization}, groups, 5, context);
  });
  for (const auto& result : results) EXPECT_TRUE(test::same_bits(result.mean, results[0].mean));
  const auto backwards =
      *group_summary::compute({&other, &other_normalization}, reversed_groups, 5, {});
  EXPECT_TRUE(test::same_bits(backwards.mean, results[0].mean));
}

TEST(GroupSummary, OneGene) {
  const auto dense = test::random_counts(300, 30, 3);
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  const auto normalization = normalize::compute(test::totals_of(dense), {});
  for (const std::uint32_t gene : {0u, 17u, 29u}) {
    const auto values = group_summary::gene_values({&matrix, &normalization}, gene, {});
    ASSERT_TRUE(values);
    for (std::size_t cell = 0; cell < 300; ++cell)
      EXPECT_NEAR((*values)[cell], expressed(dense, normalization, cell, gene), 1e-5);
  }
  EXPECT_FALSE(group_summary::gene_values({&matrix, &normalization}, 30, {}));
}

TEST(GroupSummary, Refusals) {
  const auto matrix = test::stored_as<std::uint8_t>(test::random_counts(30, 30, 3));
  const Normalization identity;
  const ExpressionView view{&matrix, &identity};
  EXPECT_EQ(group_summary::compute(view, std::vector<std::int32_t>(30, 0), 0, {}).error().code,
            ErrorCode::cannot_answer);
  EXPECT_EQ(group_summary::compute(view, std::vector<std::int32_t>(29, 0), 1, {}).error().code,
            ErrorCode::internal);
  EXPECT_EQ(group_summary::compute(view, std::vector<std::int32_t>(30, 4), 4, {}).error().code,
            ErrorCode::internal);
  EXPECT_EQ(
      group_summary::compute(view, std::vector<std::int32_t>(30, 0), 4'000'000, {}).error().code,
      ErrorCode::cannot_answer);
}

}  // namespace
}  // namespace celloquy
