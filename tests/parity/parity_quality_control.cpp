// Against sc.pp.calculate_qc_metrics of Scanpy.
#include "analysis/quality_control/quality_control.hpp"

#include "input.hpp"

namespace celloquy::parity {
namespace {

quality_control::GeneFlags reference_flags() {
  const auto flags = reference<std::uint8_t>("demo", "gene_flags");
  quality_control::GeneFlags out;
  for (std::size_t g = 0; g + 2 < flags.size(); g += 3) {
    out.mitochondrial.push_back(flags[g]);
    out.ribosomal.push_back(flags[g + 1]);
    out.hemoglobin.push_back(flags[g + 2]);
  }
  return out;
}

TEST(QualityControlParity, CountsEqualAndPercentsWithin1e5) {
  const Input* demo = input("demo");
  ASSERT_TRUE(demo);
  const auto metrics =
      quality_control::compute_metrics(demo->data.matrix, reference_flags(), demo->context);
  ASSERT_TRUE(metrics);
  const std::string set = "demo";
  EXPECT_EQ(largest_difference(metrics->n_genes, reference<std::int32_t>(set, "qc_n_genes")), 0);
  EXPECT_EQ(
      largest_difference(metrics->total_counts, reference<std::int32_t>(set, "qc_total_counts")),
      0);
  EXPECT_EQ(largest_difference(metrics->n_cells, reference<std::int32_t>(set, "qc_n_cells")), 0);
  EXPECT_EQ(
      largest_difference(metrics->gene_totals, reference<std::int32_t>(set, "qc_gene_totals")), 0);
  std::vector<float> percents;
  for (std::size_t c = 0; c < metrics->n_genes.size(); ++c)
    for (const auto* part :
         {&metrics->pct_mitochondrial, &metrics->pct_ribosomal, &metrics->pct_hemoglobin})
      percents.push_back((*part)[c]);
  const double difference = largest_difference(percents, reference<float>(set, "qc_percent"));
  report("largest difference of percents", difference);
  EXPECT_LT(difference, 1e-5);
}

TEST(QualityControlParity, TheMadRuleKeepsTheSameCells) {
  const Input* demo = input("demo");
  ASSERT_TRUE(demo);
  const auto metrics =
      quality_control::compute_metrics(demo->data.matrix, reference_flags(), demo->context);
  ASSERT_TRUE(metrics);
  std::vector<std::int32_t> lanes;
  std::vector<std::string> names;
  for (const auto& cell : demo->data.obs.index) {
    const auto lane = cell.substr(0, cell.find('_'));
    const auto found = std::find(names.begin(), names.end(), lane);
    lanes.push_back(static_cast<std::int32_t>(found - names.begin()));
    if (found == names.end()) names.push_back(lane);
  }
  for (const bool by_lane : {false, true}) {
    const auto result = by_lane ? quality_control::find_limits(*metrics, lanes, names, {})
                                : quality_control::find_limits(*metrics, {}, {}, {});
    const auto kept = reference<std::uint8_t>("demo", by_lane ? "qc_kept_by_lane" : "qc_kept");
    ASSERT_EQ(kept.size(), result.reason.size());
    std::size_t different = 0;
    for (std::size_t c = 0; c < kept.size(); ++c) different += kept[c] != (result.reason[c] == 0);
    EXPECT_EQ(different, 0u) << (by_lane ? "by lane" : "together");
  }
}

}  // namespace
}  // namespace celloquy::parity
