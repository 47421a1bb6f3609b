// The measures of mixing by their definitions.
#include "analysis/integration_metrics/integration_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "test_stats_matrices.hpp"

namespace celloquy::integration_metrics {
namespace {

struct Cells {
  std::size_t n, d = 3;
  std::vector<float> points;
  std::vector<std::int32_t> batches, labels;
};

/// Two kinds far apart; batches `gap` apart in each.
Cells cells_with(std::size_t n, double gap, double far = 1) {
  Cells cells{n, 3, {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(5, i);
    const int label = static_cast<int>(i % 2), batch = static_cast<int>(random.below(2));
    cells.points.push_back(static_cast<float>(random.normal() + 12 * label * far));
    cells.points.push_back(static_cast<float>(random.normal() + gap * batch));
    cells.points.push_back(static_cast<float>(random.normal() + 100));
    cells.labels.push_back(label);
    cells.batches.push_back(batch);
  }
  return cells;
}

Result ok(const Cells& cells, const Context& context = {}) {
  const auto result =
      compute(cells.points, cells.n, cells.d, cells.batches, 2, cells.labels, 2, {}, context);
  EXPECT_TRUE(result) << result.error().message.en;
  return result ? *result : Result{};
}

TEST(IntegrationMetrics, MixedAndSeparateBatchesAreToldApart) {
  const auto mixed = ok(cells_with(800, 0)), separate = ok(cells_with(800, 30));
  EXPECT_GT(mixed.ilisi, 1.9);
  EXPECT_NEAR(mixed.ilisi_perfect, 1 / (0.5 + 0.5 / 30), 0.01);
  EXPECT_NEAR(mixed.ilisi, mixed.ilisi_perfect, 0.05);
  EXPECT_GT(mixed.ilisi_scaled, 0.9);
  EXPECT_NEAR(separate.ilisi, 1, 1e-3);
  EXPECT_NEAR(mixed.clisi, 1, 1e-3);
  EXPECT_NEAR(mixed.clisi_scaled, 1, 1e-3);
  EXPECT_GT(mixed.batch_width, 0.95);
  EXPECT_LT(separate.batch_width, 0.2);
  EXPECT_GT(mixed.label_width, 0.85);
  EXPECT_LT(ok(cells_with(800, 0, 0)).label_width, 0.55);
}

TEST(IntegrationMetrics, InverseSimpsonOfEqualDistancesIsThatOfTheShares) {
  neighbors::Result nearest;
  nearest.n_points = 1;
  nearest.n_neighbors = 10;
  nearest.indices = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  nearest.distances.assign(10, 2.0f);
  const std::vector<std::int32_t> codes = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
  const auto found = inverse_simpson(nearest, codes, 3, 30, {});
  EXPECT_NEAR(found[0], 1 / (0.25 + 0.09 + 0.04), 1e-5);
}

TEST(IntegrationMetrics, SilhouetteWidthsByDefinition) {
  Cells cells = cells_with(60, 3);
  cells.labels[5] = -1;
  const auto found = silhouette_widths(cells.points, cells.d, cells.labels, 2, {});
  for (std::size_t i = 0; i < cells.n; ++i) {
    double sums[2] = {}, sizes[2] = {};
    for (std::size_t j = 0; j < cells.n; ++j) {
      if (j == i || cells.labels[j] < 0) continue;
      double square = 0;
      for (std::size_t c = 0; c < cells.d; ++c) {
        const double gap = double{cells.points[i * cells.d + c]} - cells.points[j * cells.d + c];
        square += gap * gap;
      }
      sums[cells.labels[j]] += std::sqrt(square);
      ++sizes[cells.labels[j]];
    }
    double expected = 0;
    if (cells.labels[i] >= 0) {
      const double a = sums[cells.labels[i]] / sizes[cells.labels[i]];
      const double b = sums[1 - cells.labels[i]] / sizes[1 - cells.labels[i]];
      expected = (b - a) / std::max(a, b);
    }
    EXPECT_NEAR(found[i], expected, 1e-4) << i;
  }
}

TEST(IntegrationMetrics, OneKindHasNoWidthAndOneBatchIsRefused) {
  Cells cells = cells_with(100, 1);
  std::fill(cells.labels.begin(), cells.labels.end(), 0);
  const auto result = ok(cells);
  EXPECT_TRUE(std::isnan(result.clisi_scaled));
  EXPECT_TRUE(std::isnan(result.label_width));
  EXPECT_FALSE(std::isnan(result.batch_width));
  std::fill(cells.batches.begin(), cells.batches.end(), 0);
  const auto refused =
      compute(cells.points, cells.n, cells.d, cells.batches, 2, cells.labels, 2, {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::cannot_answer);
}

TEST(IntegrationMetrics, SameBitsForAnyNumberOfThreads) {
  const Cells cells = cells_with(900, 2);
  const auto results = test::with_threads([&](const Context& context) {
    const auto r = ok(cells, context);
    return std::vector<double>{r.ilisi, r.clisi, r.label_width, r.batch_width};
  });
  EXPECT_TRUE(test::same_bits(results[0], results[1]));
  EXPECT_TRUE(test::same_bits(results[0], results[2]));
}

}  // namespace
}  // namespace celloquy::integration_metrics
