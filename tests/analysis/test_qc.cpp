#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "analysis/quality_control/quality_control.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

using quality_control::compute_metrics;
using quality_control::FilterOptions;
using quality_control::find_limits;
using quality_control::GeneFlags;
using quality_control::Metrics;

/// Genes of one kind or none, as real ones are: the quick way.
GeneFlags distinct_flags(std::size_t n_genes) {
  GeneFlags flags;
  for (auto* kind : {&flags.mitochondrial, &flags.ribosomal, &flags.hemoglobin})
    kind->assign(n_genes, 0);
  for (std::size_t g = 0; g < n_genes; ++g) {
    flags.mitochondrial[g] = g % 9 == 0;
    flags.ribosomal[g] = g % 9 == 4;
    flags.hemoglobin[g] = g % 9 == 7;
  }
  return flags;
}

GeneFlags some_flags(std::size_t n_genes) {
  GeneFlags flags;
  flags.mitochondrial.assign(n_genes, 0);
  flags.ribosomal.assign(n_genes, 0);
  flags.hemoglobin.assign(n_genes, 0);
  for (std::size_t g = 0; g < n_genes; ++g) {
    flags.mitochondrial[g] = g % 11 == 0;
    flags.ribosomal[g] = g % 5 == 0;  // genes may be of two kinds
    flags.hemoglobin[g] = g % 17 == 3;
  }
  return flags;
}

void expect_by_definition(const test::Dense& dense, const GeneFlags& flags,
                          const Metrics& metrics) {
  for (std::size_t cell = 0; cell < dense.n_cells; ++cell) {
    double total = 0, mitochondrial = 0, ribosomal = 0, hemoglobin = 0;
    unsigned genes = 0;
    for (std::size_t g = 0; g < dense.n_genes; ++g) {
      const double value = dense.at(cell, g);
      total += value;
      genes += value != 0;
      if (flags.mitochondrial[g]) mitochondrial += value;
      if (flags.ribosomal[g]) ribosomal += value;
      if (flags.hemoglobin[g]) hemoglobin += value;
    }
    EXPECT_EQ(metrics.n_genes[cell], genes);
    EXPECT_NEAR(metrics.total_counts[cell], total, 1e-9 * total);
    const auto percent = [&](double part) { return total > 0 ? 100 * part / total : 0; };
    EXPECT_NEAR(metrics.pct_mitochondrial[cell], percent(mitochondrial), 1e-4);
    EXPECT_NEAR(metrics.pct_ribosomal[cell], percent(ribosomal), 1e-4);
    EXPECT_NEAR(metrics.pct_hemoglobin[cell], percent(hemoglobin), 1e-4);
  }
  for (std::size_t g = 0; g < dense.n_genes; ++g) {
    double total = 0;
    unsigned cells = 0;
    for (std::size_t cell = 0; cell < dense.n_cells; ++cell) {
      total += dense.at(cell, g);
      cells += dense.at(cell, g) != 0;
    }
    EXPECT_EQ(metrics.n_cells[g], cells);
    EXPECT_NEAR(metrics.gene_totals[g], total, 1e-9 * total);
  }
}

TEST(QualityControl, EveryStorageTypeByDefinition) {
  for (const auto& flags : {some_flags(120), distinct_flags(120)}) {
    auto dense = test::random_counts(300, 120, 1);
    for (std::size_t g = 0; g < 120; ++g) dense.at(7, g) = 0;  // a cell without counts
    expect_by_definition(dense, flags,
                         *compute_metrics(test::stored_as<std::uint8_t>(dense), flags, {}));
    expect_by_definition(dense, flags, *compute_metrics(test::stored_as<float>(dense), flags, {}));
    // More than the fields of the kinds hold.
    for (const std::size_t g : {4, 5, 7, 9}) dense.at(3, g) = 60'000;
    for (std::size_t g = 0; g < 120; ++g) dense.at(8, g) = 50'000;
    expect_by_definition(dense, flags,
                         *compute_metrics(test::stored_as<std::uint16_t>(dense), flags, {}));
    dense.at(4, 5) = 4'000'000'000;
    expect_by_definition(dense, flags,
                         *compute_metrics(test::stored_as<std::uint32_t>(dense), flags, {}));
  }
}

TEST(QualityControl, StoredZerosAreNoCounts) {
  Buffer<std::uint16_t> indices(4);
  Buffer<std::uint8_t> values(4);
  const int index[] = {0, 1, 1, 2}, value[] = {0, 3, 5, 0};
  for (int i = 0; i < 4; ++i) {
    indices[i] = static_cast<std::uint16_t>(index[i]);
    values[i] = static_cast<std::uint8_t>(value[i]);
  }
  const CountMatrix matrix(
      SparseMatrix(Order::cell_major, 2, 3, {0, 2, 4}, std::move(indices), std::move(values)));
  const auto metrics = compute_metrics(matrix, distinct_flags(3), {});
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->n_genes, (std::vector<std::uint32_t>{1, 1}));
  EXPECT_EQ(metrics->n_cells, (std::vector<std::uint32_t>{0, 2, 0}));
  EXPECT_EQ(metrics->gene_totals, (std::vector<double>{0, 8, 0}));
}

TEST(QualityControl, ManyCellsDoNotOverflowThePackedCounters) {
  // More cells than the counters' fields hold, all with the largest value of their type.
  const test::Dense dense{70'000, 2, std::vector<double>(140'000, 65'535.0)};
  const auto metrics = compute_metrics(test::stored_as<std::uint16_t>(dense), {}, {});
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->n_cells[1], 70'000u);
  EXPECT_EQ(metrics->gene_totals[1], 70'000.0 * 65'535);
  const test::Dense bytes{70'000, 2, std::vector<double>(140'000, 255.0)};
  const auto of_bytes = compute_metrics(test::stored_as<std::uint8_t>(bytes), {}, {});
  ASSERT_TRUE(of_bytes);
  EXPECT_EQ(of_bytes->n_cells[1], 70'000u);
  EXPECT_EQ(of_bytes->gene_totals[1], 70'000.0 * 255);
}

TEST(QualityControl, SameBitsForAnyNumberOfThreads) {
  const auto dense = test::random_counts(2000, 150, 2);
  const auto flags = some_flags(150);
  for (const auto& matrix : {test::stored_as<std::uint8_t>(dense), test::stored_as<float>(dense)}) {
    const auto results =
        test::with_threads([&](const Context& c) { return *compute_metrics(matrix, flags, c); });
    for (const auto& result : results) {
      EXPECT_TRUE(test::same_bits(result.gene_totals, results[0].gene_totals));
      EXPECT_TRUE(test::same_bits(result.n_cells, results[0].n_cells));
      EXPECT_TRUE(test::same_bits(result.total_counts, results[0].total_counts));
      EXPECT_TRUE(test::same_bits(result.pct_ribosomal, results[0].pct_ribosomal));
    }
  }
}

TEST(QualityControl, RefusesWhatItCannotMeasure) {
  const auto none = compute_metrics(CountMatrix(), {}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::cannot_answer);
  EXPECT_FALSE(none.error().message.zh.empty());
  auto dense = test::random_counts(20, 20, 3);
  dense.at(1, 1) = NAN;
  const auto not_finite = compute_metrics(test::stored_as<float>(dense), {}, {});
  ASSERT_FALSE(not_finite);
  EXPECT_EQ(not_finite.error().code, ErrorCode::unusable_input);
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto cancelled =
      compute_metrics(test::stored_as<std::uint8_t>(test::random_counts(20, 20, 3)), {}, context);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::cancelled);
}

/// Cells of about 5,000 counts and 1,500 genes with 4 % mitochondrial counts, of 20,000 genes.
Metrics usual_cells(std::size_t n, std::uint64_t seed = 5) {
  Metrics metrics;
  metrics.n_cells.assign(20'000, 10);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(seed, i);
    const double counts = std::round(5000 * std::exp(0.3 * random.normal()));
    metrics.total_counts.push_back(counts);
    metrics.n_genes.push_back(static_cast<std::uint32_t>(20 * std::sqrt(counts)));
    metrics.pct_mitochondrial.push_back(static_cast<float>(4 + 0.8 * random.normal()));
  }
  metrics.pct_ribosomal.assign(n, 0);
  metrics.pct_hemoglobin.assign(n, 0);
  return metrics;
}

TEST(QualityControlLimits, FindsTheOutliersAndSaysWhy) {
  Metrics metrics = usual_cells(1000);
  metrics.total_counts[0] = 300, metrics.n_genes[0] = 250;
  metrics.total_counts[1] = 90'000, metrics.n_genes[1] = 9000;
  metrics.pct_mitochondrial[2] = 40;
  metrics.n_genes[3] = 150;
  const auto result = find_limits(metrics, {}, {}, {});
  ASSERT_EQ(result.limits.size(), 1u);
  EXPECT_EQ(result.reason[0], 1 | 4);
  EXPECT_EQ(result.reason[1], 2 | 8);
  EXPECT_EQ(result.reason[2], 16);
  EXPECT_EQ(result.reason[3], 4 | 32);
  EXPECT_EQ(result.limits[0].n_cells, 1000u);
  EXPECT_GE(result.limits[0].n_kept, 990u);
  EXPECT_EQ(result.limits[0].n_kept, result.kept.size());
  EXPECT_EQ(result.limits[0].mitochondrial_high, 8);  // the least limit, above the MADs
}

TEST(QualityControlLimits, ByDefinition) {
  const Metrics metrics = usual_cells(101);
  std::vector<double> logs;
  for (const double counts : metrics.total_counts) logs.push_back(std::log1p(counts));
  std::sort(logs.begin(), logs.end());
  const double median = logs[50];
  for (double& value : logs) value = std::abs(value - median);
  std::sort(logs.begin(), logs.end());
  const double mad = 1.4826 * logs[50];
  FilterOptions options;
  options.mads = 3;
  const auto result = find_limits(metrics, {}, {}, options);
  EXPECT_NEAR(result.limits[0].counts_low, std::expm1(median - 3 * mad), 1e-6);
  EXPECT_NEAR(result.limits[0].counts_high, std::expm1(median + 3 * mad), 1e-6);
}

TEST(QualityControlLimits, BatchesHaveTheirOwnAndSmallOnesShare) {
  Metrics metrics = usual_cells(500);
  std::vector<std::int32_t> batch(500, 0);
  for (std::size_t i = 200; i < 480; ++i) {
    batch[i] = 1;
    metrics.total_counts[i] *= 10;  // sequenced more deeply
  }
  for (std::size_t i = 480; i < 495; ++i) batch[i] = 2;  // 15 cells
  for (std::size_t i = 495; i < 500; ++i) batch[i] = -1;
  const auto result = find_limits(metrics, batch, {"a", "b", "c"}, {});
  ASSERT_EQ(result.limits.size(), 4u);
  EXPECT_EQ(result.limits[1].batch, "b");
  EXPECT_GT(result.limits[1].counts_low, 2 * result.limits[0].counts_low);
  EXPECT_EQ(result.limits[2].counts_high, result.limits[3].counts_high);
  EXPECT_EQ(result.limits[3].batch, "");
  EXPECT_EQ(result.limits[0].n_cells + result.limits[1].n_cells + result.limits[2].n_cells +
                result.limits[3].n_cells,
            500u);
}

TEST(QualityControlLimits, TenCellsLoseOnlyEmptyOnes) {
  Metrics metrics = usual_cells(10);
  metrics.n_genes[4] = 30;
  metrics.pct_mitochondrial[5] = 30;
  const auto result = find_limits(metrics, {}, {}, {});
  EXPECT_EQ(result.kept.size(), 9u);
  EXPECT_EQ(result.reason[4], 32);
  EXPECT_TRUE(std::isfinite(result.limits[0].counts_high));
}

TEST(QualityControlLimits, SmallPanelsKeepTheirCells) {
  Metrics metrics = usual_cells(300);
  metrics.n_cells.assign(300, 10);  // 300 genes
  for (std::size_t i = 0; i < 300; ++i) {
    metrics.total_counts[i] = 40 + static_cast<double>(i % 37);
    metrics.n_genes[i] = 20 + i % 13;
    metrics.pct_mitochondrial[i] = 0;  // none on the panel
  }
  const auto result = find_limits(metrics, {}, {}, {});
  EXPECT_EQ(result.kept.size(), 300u);
  EXPECT_EQ(result.limits[0].min_genes, 6u);
  EXPECT_EQ(result.limits[0].mitochondrial_high, 100);
}

TEST(QualityControlLimits, NoSpreadSetsNoLimit) {
  Metrics metrics = usual_cells(100);
  std::fill(metrics.total_counts.begin(), metrics.total_counts.end(), 1000.0);
  std::fill(metrics.n_genes.begin(), metrics.n_genes.end(), 500u);
  metrics.total_counts[0] = 1200;
  const auto result = find_limits(metrics, {}, {}, {});
  EXPECT_EQ(result.kept.size(), 100u);
  EXPECT_EQ(find_limits(Metrics{}, {}, {}, {}).kept.size(), 0u);
}

}  // namespace
}  // namespace celloquy
