// Tools about genes: markers, expression, comparison.

#include "fixture.hpp"

namespace celloquy::tools::test {
namespace {

using GeneTools = StudyTest;

std::vector<std::string> column(const Finding& finding, const char* table, const char* column) {
  std::vector<std::string> out;
  for (const auto& cell : finding.table(table)->find(column)->cells)
    out.push_back(std::get<Text>(cell.content).en);
  return out;
}

TEST_F(GeneTools, MarkersAreTheGenesThatTheCellsWereMadeFrom) {
  const auto finding = ok("markers", {{"group", "B cells"}, {"n", 5}});
  EXPECT_EQ(number(finding, "n_shown"), 5);
  const auto genes = column(finding, "markers", "gene");
  ASSERT_GE(genes.size(), 12u);
  // The twelve B cell genes come first.
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_NE(std::find(b_genes().begin(), b_genes().end(), genes[i]), b_genes().end()) << genes[i];
  EXPECT_GT(number(finding, "markers.percent_in[0]"), 95);
  EXPECT_LT(number(finding, "markers.p_adjusted[0]"), 1e-10);
  EXPECT_TRUE(says(finding, "tools.caveat.double_dipping"));
}

TEST_F(GeneTools, MarkersOfEveryClusterClusterFirst) {
  const auto finding = ok("markers");
  EXPECT_TRUE(says(finding, "tools.done_first.clusters"));
  EXPECT_GE(number(finding, "n_groups"), 3);
  EXPECT_FALSE(says(ok("markers"), "tools.done_first.clusters"));
  const auto t = ok("markers", {{"group", "Monocytes"}, {"test", "t_test"}});
  EXPECT_NE(t.method.en.find("Welch"), std::string::npos);
  refused("markers", {{"n", 0}}, ErrorCode::usage);
  refused("markers", {{"test", "anova"}}, ErrorCode::usage);
}

TEST_F(GeneTools, ExpressionCountsTheCellsThatHaveTheGene) {
  const auto finding = ok("gene_expression", {{"genes", {"CD3E"}}});
  const auto gene = static_cast<std::uint16_t>(
      std::find(sample.genes.begin(), sample.genes.end(), "CD3E") - sample.genes.begin());
  const auto expected = std::count(sample.indices.begin(), sample.indices.end(), gene);
  EXPECT_EQ(number(finding, "n_expressing"), static_cast<double>(expected));
  EXPECT_EQ(finding.selection->cells.size(), static_cast<std::size_t>(expected));
  EXPECT_EQ(name(finding, "expression.group[0]"), "T cells CD4 conv");
  EXPECT_GT(number(finding, "expression.mean[0]"), number(finding, "expression.mean[1]"));
}

TEST_F(GeneTools, ExpressionIsDrawnAsAsked) {
  const std::vector<std::string> genes = {"CD3E", "LYZ"};
  EXPECT_EQ(ok("gene_expression", {{"genes", genes}}).plots.size(), 2u);
  const auto dots = ok("gene_expression", {{"genes", genes}, {"figure", "dots"}});
  ASSERT_EQ(dots.plots.size(), 1u);
  const auto& rows = dots.plots[0].spec["data"]["values"];
  EXPECT_EQ(rows.size(), 2 * dots.table("expression_1")->n_rows());
  // The figure shows what the table says.
  const auto best = name(dots, "expression_1.group[0]");
  for (const auto& row : rows) {
    if (row["gene"] != "CD3E" || row["group"] != best) continue;
    EXPECT_NEAR(row["mean"].get<double>(), number(dots, "expression_1.mean[0]"), 1e-3);
  }
  EXPECT_EQ(ok("gene_expression", {{"genes", genes}, {"figure", "heat_map"}}).plots.size(), 1u);
  refused("gene_expression", {{"genes", genes}, {"figure", "pie"}}, ErrorCode::usage);
}

TEST_F(GeneTools, ExpressionUnderstandsSynonymsAndCase) {
  const auto finding = ok("gene_expression", {{"genes", {"CD20"}}});
  EXPECT_EQ(name(finding, "gene"), "MS4A1");
  EXPECT_TRUE(says(finding, "tools.gene.synonym"));
  EXPECT_FALSE(says(ok("gene_expression", {{"genes", {"ms4a1"}}}), "tools.gene.synonym"));
  EXPECT_TRUE(says(ok("gene_expression", {{"genes", {"INS"}}}), "tools.expression.nowhere"));
  const auto several = ok("gene_expression", {{"genes", {"CD3E", "LYZ"}}, {"by", "lane"}});
  EXPECT_EQ(several.table("expression_2")->n_rows(), 2u);
}

TEST_F(GeneTools, ExpressionInOneGroup) {
  const auto finding = ok("gene_expression", {{"genes", {"LYZ"}}, {"group", "Monocytes"}});
  EXPECT_EQ(number(finding, "group_cells"), 90);
  EXPECT_GT(number(finding, "group_percent"), 95);
  EXPECT_LT(number(finding, "other_percent"), 15);
}

TEST_F(GeneTools, UnknownGenesAreRefusedWithSimilarNames) {
  const auto error = refused("gene_expression", {{"genes", {"CD8Z"}}}, ErrorCode::cannot_answer);
  EXPECT_NE((error.message.en + error.remedy.en).find("CD8A"), std::string::npos)
      << error.remedy.en;
  refused("gene_expression", {{"genes", {"QWERTZ"}}}, ErrorCode::cannot_answer);
  refused("gene_expression", json::object(), ErrorCode::usage);
}

TEST_F(GeneTools, ConditionsAreComparedBySamples) {
  const auto finding = ok("compare_groups", {{"first", "treated"}, {"second", "control"}});
  EXPECT_TRUE(says(finding, "tools.compare.pseudobulk"));
  EXPECT_EQ(name(finding, "sample_column"), "donor");
  EXPECT_EQ(number(finding, "samples_first"), 3);
  EXPECT_EQ(number(finding, "samples_second"), 3);
  // ISG15 is ten times higher in the treated donors, and nothing else differs.
  EXPECT_EQ(name(finding, "higher.gene[0]"), "ISG15");
  EXPECT_GT(number(finding, "higher.log2_fold_change[0]"), 2);
  EXPECT_LT(number(finding, "higher.p_adjusted[0]"), 0.01);
}

TEST_F(GeneTools, ConditionsWithinACellType) {
  const auto finding =
      ok("compare_groups", {{"first", "treated"}, {"second", "control"}, {"within", "B cells"}});
  EXPECT_EQ(number(finding, "n_first"), 45);
  EXPECT_EQ(number(finding, "n_second"), 45);
  EXPECT_TRUE(says(finding, "tools.compare.pseudobulk"));
  EXPECT_EQ(name(finding, "higher.gene[0]"), "ISG15");
}

TEST_F(GeneTools, TooFewSamplesGiveNoPValues) {
  for (const auto& [first, second, reason] :
       {std::tuple{"first", "later", "tools.compare.too_few_samples"},
        std::tuple{"left", "right", "tools.compare.no_samples"},
        std::tuple{"d1", "d2", "tools.compare.samples_themselves"}}) {
    const auto finding = ok("compare_groups", {{"first", first}, {"second", second}});
    EXPECT_TRUE(says(finding, reason)) << reason;
    EXPECT_TRUE(says(finding, "tools.caveat.descriptive"));
    for (const auto& table : finding.tables) {
      EXPECT_FALSE(table.find("p_value"));
      EXPECT_FALSE(table.find("p_adjusted"));
    }
  }
}

TEST_F(GeneTools, KindsOfCellsAreComparedByRankSum) {
  const auto finding = ok("compare_groups", {{"first", "B cells"}, {"second", "Monocytes"}});
  EXPECT_TRUE(says(finding, "tools.caveat.double_dipping"));
  EXPECT_FALSE(says(finding, "tools.compare.pseudobulk"));
  const auto higher = column(finding, "higher", "gene"), lower = column(finding, "lower", "gene");
  EXPECT_NE(std::find(b_genes().begin(), b_genes().end(), higher.front()), b_genes().end());
  EXPECT_NE(std::find(monocyte_genes().begin(), monocyte_genes().end(), lower.front()),
            monocyte_genes().end());
  refused("compare_groups", {{"first", "B cells"}, {"second", "B细胞"}}, ErrorCode::cannot_answer);
  refused("compare_groups", {{"first", "B cells"}, {"second", "lymphocyte"}},
          ErrorCode::cannot_answer);
  refused("compare_groups", {{"first", "B cells"}}, ErrorCode::usage);
}

TEST_F(GeneTools, TheValuesOfAColumnAreComparedForAGene) {
  const auto finding =
      ok("compare_groups", {{"by", "condition"}, {"genes", {"ISG15", "CD3E", "INS"}}});
  // "control" reads like the reference: the change is that of the treated.
  EXPECT_EQ(name(finding, "first"), "treated");
  EXPECT_EQ(name(finding, "second"), "control");
  EXPECT_TRUE(says(finding, "tools.compare.pseudobulk"));
  ASSERT_EQ(column(finding, "asked", "gene"), (std::vector<std::string>{"ISG15", "CD3E"}));
  EXPECT_GT(number(finding, "asked.log2_fold_change[0]"), 2);
  EXPECT_LT(number(finding, "asked.p_adjusted[0]"), 0.01);
  EXPECT_GT(number(finding, "asked.p_adjusted[1]"), 0.05);
  EXPECT_TRUE(says(finding, "tools.compare.gene_higher"));
  EXPECT_TRUE(says(finding, "tools.compare.gene_same"));
  EXPECT_TRUE(says(finding, "tools.compare.gene_not_tested"));  // INS is never expressed
  const auto by_cells =
      ok("compare_groups", {{"first", "B cells"}, {"second", "Monocytes"}, {"genes", {"CD79A"}}});
  EXPECT_TRUE(says(by_cells, "tools.compare.gene_higher"));
  const auto described = ok("compare_groups", {{"by", "visit"}, {"genes", {"ISG15"}}});
  EXPECT_TRUE(says(described, "tools.compare.gene_descriptive"));
}

TEST_F(GeneTools, AColumnThatTheDataLackIsSaid) {
  const auto error = refused("compare_groups", {{"by", "treatment"}, {"genes", {"ISG15"}}},
                             ErrorCode::cannot_answer);
  EXPECT_NE(error.message.en.find("treatment"), std::string::npos) << error.message.en;
  EXPECT_NE(error.message.zh.find("治疗"), std::string::npos) << error.message.zh;
  EXPECT_NE(error.remedy.en.find("condition"), std::string::npos) << "lists the columns";
  const auto counted = refused("count_cells", {{"by", "patient"}}, ErrorCode::cannot_answer);
  EXPECT_NE(counted.message.zh.find("患者"), std::string::npos) << counted.message.zh;
  // Six donors: which two?
  const auto many = refused("compare_groups", {{"by", "donor"}}, ErrorCode::cannot_answer);
  EXPECT_NE(many.remedy.en.find("d6"), std::string::npos) << many.remedy.en;
  refused("compare_groups", {{"by", "condition"}, {"genes", {"QWERTZ"}}}, ErrorCode::cannot_answer);
}

TEST_F(GeneTools, TheMapIsColouredByGeneColumnOrCluster) {
  for (const auto& color : {json(), json("CD3E"), json("lane"), json("score"), json("cell_type")}) {
    const auto finding =
        ok("plot_embedding", color.is_null() ? json::object() : json{{"color", color}});
    ASSERT_EQ(finding.plots.size(), 1u);
    EXPECT_EQ(number(finding, "n_cells"), 270);
  }
  refused("plot_embedding", {{"color", "QWERTZ"}}, ErrorCode::cannot_answer);
}

}  // namespace
}  // namespace celloquy::tools::test
