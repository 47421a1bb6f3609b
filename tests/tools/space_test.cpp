// Texts against cells whose kinds are known beforehand: 90 B cells, 90 T cells
// and 90 monocytes, in this order. Needs the text encoder (scripts/fetch-assets).

#include "fixture.hpp"
#include "tools/space/cell_view.hpp"

namespace celloquy::tools::test {
namespace {

class SpaceTools : public StudyTest {
 protected:
  void SetUp() override {
    StudyTest::SetUp();
    const auto tower = text_tower();
    if (!tower) GTEST_SKIP() << tower.error().message.en << ' ' << tower.error().remedy.en;
  }
  /// Of the selected cells, those of one kind (0: B, 1: T, 2: monocyte).
  static std::size_t of_kind(const Finding& finding, std::size_t kind) {
    return static_cast<std::size_t>(
        std::count_if(finding.selection->cells.begin(), finding.selection->cells.end(),
                      [&](std::uint32_t cell) { return cell / cells_a_type == kind; }));
  }
};

TEST_F(SpaceTools, FindCellsSelectsTheKindThatTheTextNames) {
  std::size_t kind = 0;
  for (const char* text : {"B cells", "T cells", "单核细胞"}) {
    SCOPED_TRACE(text);
    const auto finding = ok("find_cells", {{"text", text}});
    ASSERT_TRUE(finding.selection);
    const auto n = finding.selection->cells.size();
    EXPECT_EQ(static_cast<double>(n), number(finding, "n_found"));
    EXPECT_GE(n, 81u);
    EXPECT_EQ(of_kind(finding, kind), n) << "cells of another kind";
    EXPECT_NEAR(number(finding, "percent"), 100.0 * static_cast<double>(n) / 270, 1e-9);
    EXPECT_TRUE(says(finding, "tools.find_cells.found"));
    EXPECT_TRUE(says(finding, "tools.find_cells.caveat_panel"));
    EXPECT_EQ(finding.plots.size(), 1u);
    // The matching cells of the clusters are all of them.
    double in_clusters = 0;
    for (const auto& value : finding.table("clusters")->find("n_matching")->cells)
      in_clusters += std::get<double>(value.content);
    EXPECT_EQ(in_clusters, static_cast<double>(n));
    ++kind;
  }
}

TEST_F(SpaceTools, FindCellsKnowsDescriptionsAndGeneLists) {
  std::size_t kind = 0;
  for (const char* text :
       {"cells that have B cell receptors", "CD3D+ CD3E+ CD2+", "CD14、LYZ、S100A8 阳性的细胞"}) {
    SCOPED_TRACE(text);
    const auto finding = ok("find_cells", {{"text", text}});
    ASSERT_TRUE(finding.selection);
    const auto n = finding.selection->cells.size();
    EXPECT_GE(n, 81u);
    EXPECT_EQ(of_kind(finding, kind), n) << "cells of another kind";
    EXPECT_TRUE(finding.table("types"));
    ++kind;
  }
}

TEST_F(SpaceTools, FindCellsSaysWhenNothingKnownResemblesTheText) {
  const auto finding = ok("find_cells", {{"text", "the weather of tomorrow"}});
  EXPECT_EQ(number(finding, "n_found"), 0);
  EXPECT_EQ(number(finding, "highest_probability"), 0);
  EXPECT_TRUE(says(finding, "tools.find_cells.unknown"));
}

TEST_F(SpaceTools, FindCellsSaysWhenANameIsFinerThanThePanel) {
  EXPECT_TRUE(says(ok("find_cells", {{"text", "exhausted T cells"}}), "tools.find_cells.finer"));
  EXPECT_TRUE(says(ok("find_cells", {{"text", "T cells"}}), "tools.find_cells.types"));
}

TEST_F(SpaceTools, FindCellsNamesTheGenesThatSpeak) {
  const auto finding = ok("find_cells", {{"text", "B cells"}});
  EXPECT_EQ(name(finding, "ontology_id"), "CL:0000236");
  const auto* genes = finding.table("genes");
  ASSERT_TRUE(genes);
  const auto& own = b_genes();
  std::size_t of_b_cells = 0;
  for (const auto* value : finding.lookup("genes.gene[0:5]"))
    of_b_cells += std::find(own.begin(), own.end(), std::get<Text>(value->content).en) != own.end();
  EXPECT_GE(of_b_cells, 4u);
  EXPECT_GT(number(finding, "genes.contribution[0]"), number(finding, "genes.contribution[1]"));
  double shares = 0;
  for (const auto& value : finding.table("sources")->find("percent")->cells)
    shares += std::get<double>(value.content);
  EXPECT_GT(shares, 0);
  EXPECT_LE(shares, 100 + 1e-6);
  for (const auto* code : {&finding.code.scanpy, &finding.code.seurat})
    EXPECT_NE(code->find("MS4A1"), std::string::npos) << *code;
  EXPECT_NE(finding.code.scanpy.find("score_genes"), std::string::npos);
  EXPECT_NE(finding.code.seurat.find("AddModuleScore"), std::string::npos);
}

TEST_F(SpaceTools, FindCellsSaysWhenThereAreNone) {
  const auto finding = ok("find_cells", {{"text", "hepatocytes"}});
  EXPECT_TRUE(says(finding, "tools.find_cells.none"));
  EXPECT_FALSE(finding.selection);
  EXPECT_EQ(number(finding, "n_found"), 0);
  EXPECT_LT(number(finding, "highest_probability"), 0.5);
  EXPECT_EQ(number(finding, "n_looked_at"), 50);
  refused("find_cells", {{"text", " "}}, ErrorCode::usage);
  refused("find_cells", json::object(), ErrorCode::usage);
}

TEST_F(SpaceTools, IdentifyCellsChoosesAmongTheNames) {
  const auto finding =
      ok("identify_cells", {{"group", "B cells"}, {"labels", {"T cells", "B cells"}}});
  EXPECT_EQ(number(finding, "n_cells"), 90);
  EXPECT_EQ(name(finding, "labels.label[0]"), "B cells");
  EXPECT_GT(number(finding, "labels.probability[0]"), 0.8);
  EXPECT_NEAR(number(finding, "labels.probability[0]") + number(finding, "labels.probability[1]"),
              1, 1e-5);
  EXPECT_EQ(number(finding, "labels.n_cells[0]") + number(finding, "labels.n_cells[1]"), 90);
  EXPECT_TRUE(says(finding, "tools.identify.rather"));
  EXPECT_TRUE(says(finding, "tools.identify.any_of_these"));
  EXPECT_EQ(finding.selection->cells.size(), 90u);
}

TEST_F(SpaceTools, IdentifyCellsSaysWhenNoNameFits) {
  const auto finding =
      ok("identify_cells", {{"group", "Monocytes"}, {"labels", {"T细胞", "B细胞"}}});
  EXPECT_TRUE(says(finding, "tools.identify.none_of_these"));
  EXPECT_TRUE(says(finding, "tools.identify.forced"));
  EXPECT_FALSE(says(finding, "tools.identify.rather"));
  EXPECT_LT(number(finding, "percent_any"), 10);
  refused("identify_cells", {{"labels", {"T cells"}}}, ErrorCode::usage);
  refused("identify_cells", {{"labels", {"T cells", "B cells"}}, {"group", "lane L9"}},
          ErrorCode::cannot_answer);
  refused("identify_cells", {{"labels", {"zone 1", "zone 3"}}, {"matching", "hepatocytes"}},
          ErrorCode::cannot_answer);
}

TEST_F(SpaceTools, IdentifyCellsLooksAtTheCellsOfASearch) {
  const auto found = ok("find_cells", {{"text", "T cells"}});
  const auto finding =
      ok("identify_cells", {{"matching", "T cells"}, {"labels", {"T cells", "monocytes"}}});
  EXPECT_EQ(finding.selection->cells, found.selection->cells);
  EXPECT_EQ(name(finding, "labels.label[0]"), "T cells");
}

}  // namespace
}  // namespace celloquy::tools::test
