// Texts against cells whose kinds are known beforehand: 90 B cells, 90 T cells
// and 90 monocytes, in this order. Needs the text encoder (scripts/fetch-assets).

#include <set>

#include "fixture.hpp"
#include "io/read.hpp"
#include "tools/space/search.hpp"

namespace celloquy::tools::test {
namespace {

class SpaceTools : public StudyTest {
 protected:
  void SetUp() override {
    StudyTest::SetUp();
    const auto tower = text_tower();
    if (!tower) GTEST_SKIP() << tower.error().message.en << ' ' << tower.error().remedy.en;
  }
  std::vector<float> search_scores_of(const std::string& text) {
    Pipeline pipeline(*study, context);
    return (*search_scores(pipeline, text))->probability;
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

TEST_F(SpaceTools, CaptionsSayWhatEachClusterIsAndAreASuggestion) {
  const auto finding = ok("caption_clusters");
  const auto* table = finding.table("captions");
  ASSERT_TRUE(table);
  EXPECT_TRUE(says(finding, "tools.caption.suggested"));
  std::set<std::string> types;
  for (const auto& value : table->find("type")->cells)
    types.insert(std::get<Text>(value.content).en);
  EXPECT_TRUE(types.contains("B cell")) << *types.begin();
  for (const char* column : {"probability", "state_confidence"})
    for (const auto& value : table->find(column)->cells) {
      EXPECT_GE(std::get<double>(value.content), 0);
      EXPECT_LE(std::get<double>(value.content), 1);
    }
  // Until they are accepted no list shows them.
  EXPECT_FALSE(ok("list_clusters").table("clusters")->find("caption"));
  const auto state = study->state().id;
  EXPECT_TRUE(says(ok("caption_clusters", {{"accept", true}}), "tools.caption.accepted"));
  EXPECT_NE(study->state().id, state);
  const auto listed = ok("list_clusters");
  const auto* captions = listed.table("clusters")->find("caption");
  ASSERT_TRUE(captions);
  EXPECT_EQ(captions->cells.size(), table->n_rows());
  // Undoing takes them back; other clusters never had them.
  ASSERT_TRUE(study->undo());
  EXPECT_FALSE(ok("list_clusters").table("clusters")->find("caption"));
  ASSERT_TRUE(study->redo());
  ok("recluster", {{"resolution", 0.3}});
  EXPECT_FALSE(ok("list_clusters").table("clusters")->find("caption"));
}

TEST_F(SpaceTools, CaptionsOfCellsThatASearchFound) {
  const auto finding = ok("caption_clusters", {{"matching", "B cells"}});
  EXPECT_EQ(finding.table("captions")->n_rows(), 1u);
  EXPECT_EQ(name(finding, "captions.type[0]"), "B cell");
  EXPECT_GT(number(finding, "captions.probability[0]"), 0.6);
  ASSERT_TRUE(finding.selection);
  EXPECT_EQ(static_cast<double>(finding.selection->cells.size()),
            number(finding, "captions.n_cells[0]"));
  refused("caption_clusters", {{"matching", "hepatocytes"}}, ErrorCode::cannot_answer);
  refused("caption_clusters", {{"matching", "B cells"}, {"accept", true}}, ErrorCode::usage);
}

TEST_F(SpaceTools, HowSureAddsUpTheProbabilities) {
  const auto search = ok("find_cells", {{"text", "B cells"}});
  const auto finding = ok("how_sure", {{"text", "B cells"}});
  const double n = number(search, "n_found");
  EXPECT_EQ(number(finding, "n_found"), n);
  EXPECT_NEAR(number(finding, "expected_wrong"), n * (1 - number(finding, "mean_probability")),
              1e-6 * n);
  EXPECT_TRUE(says(ok("how_sure", {{"text", "hepatocytes"}}), "tools.how_sure.none"));
}

TEST_F(SpaceTools, SearchesBecomeColumnsOfTheExportedFile) {
  const auto path = (folder / "searched.h5ad").string();
  const auto finding =
      ok("export",
         {{"kind", "h5ad"}, {"path", path}, {"searches", json::array({"B cells", "CD3D+ CD3E+"})}});
  EXPECT_TRUE(says(finding, "tools.export.searches"));
  const auto back = read_dataset(path, context);
  ASSERT_TRUE(back) << back.error().message.en;
  const auto found = search_scores_of("B cells");
  for (const char* column :
       {"celloquy_score", "celloquy_probability", "celloquy_score_2", "celloquy_probability_2"})
    ASSERT_TRUE(back->obs.find(column)) << column;
  const auto& probability = std::get<std::vector<double>>(*back->obs.find("celloquy_probability"));
  ASSERT_EQ(probability.size(), found.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_FLOAT_EQ(probability[i], found[i]);
  // Without a list: what the session searched for last.
  workspace::Turn turn;
  turn.calls = json::array({{{"tool", "find_cells"}, {"arguments", {{"text", "T cells"}}}}});
  ASSERT_TRUE(study->add_turn(turn));
  const auto latest = ok("export", {{"kind", "h5ad"}, {"path", path}});
  EXPECT_EQ(name(latest, "searches.text[0]"), "T cells");
}

}  // namespace
}  // namespace celloquy::tools::test
