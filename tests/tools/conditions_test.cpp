// Conditions on cells: select_cells and the `where` of subset.

#include "tools/conditions.hpp"
#include "fixture.hpp"

namespace celloquy::tools::test {
namespace {

using Conditions = StudyTest;

/// Cells of the sample (index in the file) by kind: 0 B, 1 T, 2 monocyte.
std::size_t of_kind(const Finding& finding, std::uint32_t kind) {
  return static_cast<std::size_t>(
      std::count_if(finding.selection->cells.begin(), finding.selection->cells.end(),
                    [&](auto cell) { return cell / cells_a_type == kind; }));
}

TEST_F(Conditions, AGeneSelectsItsCellsAndRemovesNothing) {
  const auto before = study->state().id;
  const auto finding = ok("select_cells", {{"where", {"CD3E > 0.5"}}});
  EXPECT_EQ(study->state().id, before);
  ASSERT_TRUE(finding.selection);
  const auto expression = ok("gene_expression", {{"genes", {"CD3E"}}});
  EXPECT_LE(number(finding, "n_selected"), number(expression, "n_expressing"));
  EXPECT_GT(of_kind(finding, 1), 85U);
  // It is the present selection now, which other tools know.
  EXPECT_EQ(number(ok("count_cells", {{"group", "selection"}}), "n_cells"),
            number(finding, "n_selected"));
}

TEST_F(Conditions, SelectedCellsAreThoseThatMeetAll) {
  const auto genes = ok("gene_expression", {{"genes", {"MS4A1"}}});
  const auto positive = ok("select_cells", {{"where", {"MS4A1+"}}});
  EXPECT_EQ(positive.selection->cells, genes.selection->cells);
  const auto negative = ok("select_cells", {{"where", {"MS4A1-"}}});
  EXPECT_EQ(number(positive, "n_selected") + number(negative, "n_selected"), 270);
  const auto both = ok("select_cells", {{"where", {"MS4A1 > 0", "CD79A > 0", "B cells"}}});
  EXPECT_LE(number(both, "n_selected"), number(positive, "n_selected"));
  EXPECT_EQ(of_kind(both, 0), both.selection->cells.size());
  const auto outside = ok("select_cells", {{"where", {"not B cells"}}});
  EXPECT_EQ(number(outside, "n_selected"), 180);
  EXPECT_EQ(of_kind(outside, 0), 0u);
}

TEST_F(Conditions, MeasuresOfQualityAgreeWithTheFilter) {
  const auto high = ok("select_cells", {{"where", {"percent_mito > 50"}}});
  EXPECT_EQ(high.selection->cells, (std::vector<std::uint32_t>{88, 89}));
  EXPECT_EQ(high.selection->cells,
            ok("select_cells", {{"where", {"pct_counts_mt >= 50 %"}}}).selection->cells);
  const double low = number(ok("select_cells", {{"where", {"n_genes < 60"}}}), "n_selected");
  const double rest = number(ok("select_cells", {{"where", {"n_genes ≥ 60"}}}), "n_selected");
  EXPECT_EQ(low + rest, 270);
}

TEST_F(Conditions, SubsetKeepsTheCellsThatMeetThem) {
  const auto selected = ok("select_cells", {{"where", {"CD3E > 0", "not B cells"}}});
  const auto kept = ok("subset", {{"where", {"CD3E > 0", "not B cells"}}});
  EXPECT_EQ(kept.selection->cells, selected.selection->cells);
  EXPECT_EQ(number(ok("count_cells"), "n_total"), number(selected, "n_selected"));
  // The history as code computes the same values before it chooses by them.
  const auto code = ok("count_cells").code;
  for (const char* piece : {"sc.pp.log1p(log_normalized)", "keys=[\"CD3E\"]", "~adata.obs["})
    EXPECT_NE(code.scanpy.find(piece), std::string::npos) << piece << "\n" << code.scanpy;
  EXPECT_NE(code.seurat.find("NormalizeData"), std::string::npos) << code.seurat;
  ok("undo");
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 270);
}

TEST_F(Conditions, NoCellIsAnAnswerAndLeavesTheSelection) {
  const auto some = ok("select_cells", {{"where", {"CD3E > 0"}}});
  const auto none = ok("select_cells", {{"where", {"INS > 0"}}});
  EXPECT_TRUE(says(none, "tools.select.none"));
  EXPECT_FALSE(none.selection);
  EXPECT_EQ(number(ok("count_cells", {{"group", "selection"}}), "n_cells"),
            number(some, "n_selected"));
}

TEST_F(Conditions, WithoutASelectionItIsSaidThatThereIsNone) {
  ok("select_cells", {{"where", {"INS > 0"}}});
  const auto error = refused("annotate", {{"group", "selection"}}, ErrorCode::cannot_answer);
  EXPECT_EQ(error.message.en, message("tools.selection.none").en);
}

TEST_F(Conditions, ALargeLimitIsSaidInFull) {
  const auto finding = ok("select_cells", {{"where", {"n_counts < 2000000"}}});
  EXPECT_NE(sentence(finding, finding.statements.at(1)).en.find("2,000,000"), std::string::npos);
}

TEST_F(Conditions, ASelectionKeepsItsName) {
  ok("select_cells", {{"where", {"CD3E > 0"}}, {"name", "gated T"}});
  ok("select_cells", {{"where", {"MS4A1 > 0"}}});
  EXPECT_GT(number(ok("count_cells", {{"group", "gated T"}}), "n_cells"), 0);
  refused("select_cells", {{"where", {"CD3E > 0"}}, {"name", "selection"}}, ErrorCode::usage);
}

TEST_F(Conditions, WhatCannotBeReadIsRefused) {
  for (const char* text : {"CD3E >", "> 3", "CD3E > many", "CD3E > 1e999", "CD3E != x"})
    refused("select_cells", {{"where", {text}}}, ErrorCode::usage);
  refused("select_cells", {{"where", {"NOSUCHGENE > 1"}}}, ErrorCode::cannot_answer);
  refused("select_cells", {{"where", {"no such group"}}}, ErrorCode::cannot_answer);
  refused("select_cells", {}, ErrorCode::usage);
  refused("select_cells", {{"where", std::vector<std::string>(21, "CD3E > 1")}}, ErrorCode::usage);
}

TEST_F(Conditions, ATypeThatTheFileDoesNotNameIsSearchedFor) {
  const auto finding = ok("count_cells", {{"group", "neurons"}});
  EXPECT_TRUE(says(finding, "tools.count.searched"));
  EXPECT_EQ(number(finding, "n_found"), 0);
  refused("count_cells", {{"group", "zebras of the moon"}}, ErrorCode::cannot_answer);
}

}  // namespace
}  // namespace celloquy::tools::test
