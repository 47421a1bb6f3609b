// Tools about cells: describe, quality, filter, clusters, annotation, counts, subset.

#include "fixture.hpp"

namespace celloquy::tools::test {
namespace {

using CellTools = StudyTest;

TEST_F(CellTools, DescribeCountsAndNamesWhatTheFileHas) {
  const auto finding = ok("describe_data");
  EXPECT_EQ(number(finding, "n_cells"), 270);
  EXPECT_EQ(number(finding, "n_genes"), static_cast<double>(sample.genes.size()));
  EXPECT_EQ(number(finding, "n_nonzeros"), static_cast<double>(sample.values.size()));
  EXPECT_EQ(name(finding, "cell_type_column"), "cell_type");
  EXPECT_EQ(number(finding, "n_cell_types"), 3);
  EXPECT_EQ(number(finding, "cell_types.n_cells[0]"), 90);
  EXPECT_TRUE(says(finding, "tools.describe.state"));
}

TEST_F(CellTools, QualityFindsTheDyingCells) {
  const auto finding = ok("quality_control");
  EXPECT_EQ(number(finding, "n_cells"), 270);
  ASSERT_TRUE(finding.selection);
  // Cells 88 and 89 have most of their counts from mitochondrial genes.
  const auto& cells = finding.selection->cells;
  EXPECT_NE(std::find(cells.begin(), cells.end(), 88u), cells.end());
  EXPECT_NE(std::find(cells.begin(), cells.end(), 89u), cells.end());
  EXPECT_EQ(number(finding, "n_outside"), static_cast<double>(cells.size()));
  EXPECT_LT(cells.size(), 20u);
  EXPECT_TRUE(says(finding, "tools.quality.per_batch"));
}

TEST_F(CellTools, FilterRemovesWhatTheLimitsSayAndUndoBringsItBack) {
  const auto before = study->state().id;
  const auto finding = ok("filter_cells", {{"max_mitochondrial_percent", 50}});
  EXPECT_EQ(number(finding, "n_removed"), 2);
  EXPECT_EQ(number(finding, "n_kept"), 268);
  EXPECT_EQ(finding.selection->cells, (std::vector<std::uint32_t>{88, 89}));
  EXPECT_NE(study->state().id, before);
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 268);
  // The same limits again remove nothing and make no new state.
  const auto after = study->state().id;
  EXPECT_TRUE(
      says(ok("filter_cells", {{"max_mitochondrial_percent", 50}}), "tools.filter.nothing"));
  EXPECT_EQ(study->state().id, after);
  ok("undo");
  EXPECT_EQ(study->state().id, before);
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 270);
}

TEST_F(CellTools, FilterByTheDataRemovesWhatQualityControlAnnounced) {
  const auto announced = ok("quality_control");
  const auto finding = ok("filter_cells");
  EXPECT_EQ(number(finding, "n_removed"), number(announced, "n_outside"));
  EXPECT_EQ(finding.selection->cells, announced.selection->cells);
}

TEST_F(CellTools, FilterRefusesImpossibleLimits) {
  refused("filter_cells", {{"min_genes", 100000}}, ErrorCode::cannot_answer);
  refused("filter_cells", {{"min_genes", -1}}, ErrorCode::usage);
  refused("filter_cells", {{"max_mitochondrial_percent", 120}}, ErrorCode::usage);
  refused("filter_cells", {{"min_genes", 50}, {"max_genes", 10}}, ErrorCode::usage);
  refused("filter_cells", {{"min_genes", "many"}}, ErrorCode::usage);
  refused("filter_cells", {{"percent", 10}}, ErrorCode::usage);
}

TEST_F(CellTools, ClustersAreTheThreeKindsOfCells) {
  ok("recluster", {{"n_clusters", 3}});
  const auto finding = ok("list_clusters");
  ASSERT_EQ(number(finding, "n_clusters"), 3);
  double total = 0;
  for (int row = 0; row < 3; ++row) {
    const double n = number(finding, "clusters.n_cells[" + std::to_string(row) + "]");
    EXPECT_NEAR(n, 90, 4);  // the two dying cells may go anywhere
    total += n;
  }
  EXPECT_EQ(total, 270);
  // Each label is the kind of cell that the markers were made for.
  std::string labels;
  for (int row = 0; row < 3; ++row)
    labels += name(finding, "clusters.label[" + std::to_string(row) + "]") + ";";
  EXPECT_NE(labels.find("B cell"), std::string::npos) << labels;
  EXPECT_NE(labels.find("onocyte"), std::string::npos) << labels;
  EXPECT_NE(labels.find("T cell"), std::string::npos) << labels;
}

TEST_F(CellTools, ReclusterChangesTheStateOnceAndRefusesNonsense) {
  const auto first = ok("recluster", {{"resolution", 0.5}});
  const auto state = study->state().id;
  EXPECT_EQ(study->state().slots.at("resolution"), "0.5");
  EXPECT_FALSE(first.cached);
  const auto again = ok("recluster", {{"resolution", 0.5}});
  EXPECT_TRUE(again.cached);
  EXPECT_EQ(study->state().id, state);
  const auto finer = ok("recluster", {{"direction", "finer"}});
  EXPECT_EQ(number(finer, "resolution"), 1);
  EXPECT_EQ(number(finer, "former_resolution"), 0.5);
  refused("recluster", {{"resolution", 0}}, ErrorCode::usage);
  refused("recluster", {{"resolution", 1000}}, ErrorCode::usage);
  refused("recluster", {{"n_clusters", 0}}, ErrorCode::usage);
  refused("recluster", {{"n_clusters", 200}}, ErrorCode::usage);
  refused("recluster", {{"direction", "sideways"}}, ErrorCode::usage);
}

TEST_F(CellTools, AnnotateNamesOneClusterOrAll) {
  ok("recluster", {{"n_clusters", 3}});
  const auto all = ok("annotate");
  EXPECT_EQ(number(all, "n_clusters"), 3);
  EXPECT_TRUE(says(all, "tools.annotate.published"));
  const auto one = ok("annotate", {{"group", "2"}});
  EXPECT_TRUE(says(one, "tools.annotate.cluster") || says(one, "tools.annotate.unknown"));
  refused("annotate", {{"group", "77"}}, ErrorCode::cannot_answer);
}

TEST_F(CellTools, CountsByTheFilesOwnCellTypes) {
  const auto finding = ok("count_cells", {{"group", "B cells"}});
  EXPECT_EQ(number(finding, "n_cells"), 90);
  EXPECT_NEAR(number(finding, "percent"), 100.0 / 3, 1e-9);
  EXPECT_NE(name(finding, "source").find("cell_type"), std::string::npos);
  EXPECT_EQ(finding.selection->cells.size(), 90u);
  EXPECT_EQ(finding.selection->cells.front(), 0u);
  // The Cell Ontology knows that CD4 T cells are T cells, in either language.
  EXPECT_EQ(number(ok("count_cells", {{"group", "T cells"}}), "n_cells"), 90);
  EXPECT_EQ(number(ok("count_cells", {{"group", "T细胞"}}), "n_cells"), 90);
  EXPECT_EQ(number(ok("count_cells", {{"group", "B细胞"}}), "n_cells"), 90);
  EXPECT_EQ(number(ok("count_cells", {{"group", "lymphocyte"}}), "n_cells"), 180);
}

TEST_F(CellTools, CountsSplitByAColumn) {
  const auto finding = ok("count_cells", {{"group", "B cells"}, {"by", "donor"}});
  const auto* table = finding.table("counts");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->n_rows(), 6u);
  for (std::size_t row = 0; row < 6; ++row) {
    EXPECT_EQ(number(finding, "counts.n_cells[" + std::to_string(row) + "]"), 15);
    EXPECT_EQ(number(finding, "counts.n_all[" + std::to_string(row) + "]"), 45);
  }
  EXPECT_TRUE(says(finding, "tools.caveat.composition"));
  EXPECT_EQ(ok("count_cells", {{"by", "cell_type"}}).table("counts")->n_rows(), 3u);
}

TEST_F(CellTools, GroupsAreFoundByColumnAndValueOrRefused) {
  EXPECT_EQ(number(ok("count_cells", {{"group", "L1"}}), "n_cells"), 135);
  EXPECT_EQ(number(ok("count_cells", {{"group", "lane L1"}}), "n_cells"), 135);
  EXPECT_EQ(number(ok("count_cells", {{"group", "donor=d3"}}), "n_cells"), 45);
  const auto unknown = refused("markers", {{"group", "hepatocyte"}}, ErrorCode::cannot_answer);
  EXPECT_NE(unknown.remedy.en.find("Monocytes"), std::string::npos) << unknown.remedy.en;
  refused("count_cells", {{"by", "colour"}}, ErrorCode::cannot_answer);
  refused("count_cells", {{"by", "score"}}, ErrorCode::cannot_answer);
}

TEST_F(CellTools, SubsetKeepsAndLeavesOut) {
  EXPECT_EQ(number(ok("subset", {{"groups", {"T cells"}}}), "n_kept"), 90);
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 90);
  refused("subset", {{"groups", {"B cells"}}}, ErrorCode::cannot_answer);
  ok("undo");
  EXPECT_EQ(number(ok("subset", {{"exclude", {"Monocytes"}}}), "n_kept"), 180);
  EXPECT_EQ(number(ok("count_cells", {{"group", "B cells"}}), "n_cells"), 90);
  refused("subset", json::object(), ErrorCode::usage);
}

TEST_F(CellTools, RunAnalysisMovesTheStudyOnOnce) {
  const auto first = ok("run_analysis");
  EXPECT_GE(number(first, "n_clusters"), 3);
  for (const char* slot : {"clusters", "layout", "labels"})
    EXPECT_TRUE(study->state().slots.contains(slot)) << slot;
  const auto state = study->state().id;
  EXPECT_TRUE(ok("run_analysis").cached);
  EXPECT_EQ(study->state().id, state);
  // A new process finds everything in the workspace.
  open();
  EXPECT_TRUE(ok("run_analysis").cached);
  EXPECT_EQ(study->state().id, state);
}

}  // namespace
}  // namespace celloquy::tools::test
