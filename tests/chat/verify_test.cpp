// The checker of answers: what the tools say passes, what is smuggled in does not.

#include <gtest/gtest.h>

#include "chat/narrate.hpp"
#include "chat/sentences.hpp"
#include "chat/verify.hpp"
#include "demo_description.hpp"

namespace celloquy::chat {
namespace {

using tools::Finding;
using tools::NameKind;
using tools::Table;
using tools::TableColumn;
using tools::Value;

class FewWords : public Vocabulary {
 public:
  std::optional<std::string> gene(std::string_view written, std::string_view) const override {
    for (const char* gene : {"PTPRC", "IL6", "MKI67"})
      if (written == gene) return gene;
    return std::nullopt;
  }
  std::optional<CellTypeName> cell_type(std::string_view phrase) const override {
    for (const char* word : {"neuron", "neurons", "神经元"})
      if (phrase == word) return CellTypeName{"CL:0000540", "neuron"};
    for (const char* word : {"B cell", "B cells", "B细胞"})
      if (phrase == word) return CellTypeName{"CL:0000236", "B cell"};
    return std::nullopt;
  }
};
const FewWords words;

TableColumn names(std::string id, NameKind kind, std::vector<const char*> texts) {
  TableColumn column{std::move(id), {}, "", kind, {}};
  for (const char* text : texts) column.cells.push_back(Value::name(std::string(text), kind));
  return column;
}
TableColumn numbers(std::string id, std::string unit, std::vector<double> values, bool whole) {
  TableColumn column{std::move(id), {}, unit, NameKind::none, {}};
  for (const double value : values) column.cells.push_back({value, unit, NameKind::none, whole});
  return column;
}

/// Cells per type: the table, and the sentences of count_cells.
Finding counts() {
  Finding f;
  f.tool = "count_cells";
  f.arguments = {{"group", "B cells"}, {"by", "lane"}};
  f.values["n_total"] = Value::count(1336, "cells");
  f.values["n_cells"] = Value::count(150, "cells");
  f.values["percent"] = Value::number(11.2275, "%");
  f.values["group"] = Value::name(Text{"B cells", "B 细胞"}, NameKind::cell_type);
  f.values["source"] = Value::name(
      Text{"by the file's column “cell_type”", "按文件中的“cell_type”列"}, NameKind::none);
  f.tables.push_back({"counts",
                      {},
                      {names("category", NameKind::sample, {"L1", "L2", "L3"}),
                       numbers("n_cells", "cells", {12, 9, 31}, true),
                       numbers("n_all", "cells", {104, 98, 95}, true),
                       numbers("percent", "%", {11.538, 9.1837, 32.6316}, false)}});
  f.statements = {{"tools.count.group",
                   {{"n_cells", "n_cells"},
                    {"n_total", "n_total"},
                    {"percent", "percent"},
                    {"group", "group"},
                    {"source", "source"}}}};
  for (int row = 0; row < 3; ++row) {
    const std::string at = "[" + std::to_string(row) + "]";
    f.statements.push_back({"tools.count.row_of_group",
                            {{"category", "counts.category" + at},
                             {"cells", "counts.n_cells" + at},
                             {"all", "counts.n_all" + at},
                             {"percent", "counts.percent" + at}}});
  }
  return f;
}

/// Two groups compared.
Finding comparison() {
  Finding f;
  f.tool = "compare_groups";
  f.arguments = {{"first", "B cells"}, {"second", "NK cells"}};
  f.values["first"] = Value::name(Text{"B cells", "B 细胞"}, NameKind::cell_type);
  f.values["second"] = Value::name(Text{"NK cells", "NK 细胞"}, NameKind::cell_type);
  f.values["n_first"] = Value::count(150, "cells");
  f.values["n_second"] = Value::count(148, "cells");
  f.values["n_higher"] = Value::count(412, "genes");
  f.values["n_lower"] = Value::count(365, "genes");
  f.values["significance_level"] = Value::number(0.05, "p");
  f.values["source"] = Value::name(
      Text{"by the file's column “cell_type”", "按文件中的“cell_type”列"}, NameKind::none);
  f.tables.push_back(
      {"genes",
       {},
       {names("gene", NameKind::gene, {"CD79A", "GNLY", "CD8A"}),
        numbers("log2_fold_change", "log2 fold change", {6.31, -7.254, -1.5e-3}, false),
        numbers("p", "p", {1.2e-08, 3.4e-20, 0.04}, false)}});
  f.statements = {{"tools.compare.cells",
                   {{"first", "first"},
                    {"n_first", "n_first"},
                    {"second", "second"},
                    {"n_second", "n_second"},
                    {"source", "source"}}},
                  {"tools.compare.how_many",
                   {{"n_higher", "n_higher"},
                    {"first", "first"},
                    {"n_lower", "n_lower"},
                    {"second", "second"},
                    {"significance_level", "significance_level"}}},
                  {"tools.compare.higher", {{"group", "first"}, {"genes", "genes.gene[0:1]"}}},
                  {"tools.compare.higher", {{"group", "second"}, {"genes", "genes.gene[1:3]"}}}};
  f.caveats = {{"tools.caveat.cells_not_replicates", {}}};
  return f;
}

const std::vector<Finding>& evidence() {
  static const std::vector<Finding> findings = {counts(), comparison()};
  return findings;
}
VerifiedAnswer checked(const std::string& text, Language language = Language::english) {
  return verify(text, evidence(), demo_description(), words, language);
}

TEST(Verify, WhatTheToolsSayPasses) {
  for (const auto language : {Language::english, Language::chinese}) {
    const std::string answer = narrate(evidence(), language);
    const auto result = checked(answer, language);
    for (const auto& left : result.left_out)
      ADD_FAILURE() << left.sentence << " | " << left.what << " | " << left.reason;
    EXPECT_EQ(result.text, answer);
    EXPECT_NE(answer.find("[1]"), std::string::npos);
    EXPECT_NE(answer.find("[2]"), std::string::npos);
  }
}

TEST(Verify, OtherTrueWordsPass) {
  const char* answers[] = {"There are 150 B cells [1].",
                           "150 of the 1,336 cells are B cells [1].",
                           "That is 11.2 % [1].",
                           "That is 11 % of the cells [1].",
                           "11.23 % [1].",
                           "L1: 12 cells (11.5 %) [1].",
                           "L3 has 31 cells [1].",
                           "共有150个B细胞[1]。",
                           "占11.2%[1]。",
                           "共有１５０个B细胞[1]。",
                           "L2:98个细胞中有9个(9.18%)[1]。",
                           "CD79A has p = 1.2e-08 [2].",
                           "CD79A: 6.31 [2].",
                           "Higher in B cells: CD79A [2].",
                           "一百五十个B细胞[1]。",
                           "There are one hundred and fifty B cells [1].",
                           "412 genes are higher in B cells and 365 in NK cells, at an adjusted "
                           "p-value below 0.05 [2]."};
  for (const char* answer : answers) {
    const auto result = checked(answer);
    EXPECT_TRUE(result.left_out.empty())
        << answer << " | " << (result.left_out.empty() ? "" : result.left_out[0].what);
  }
}

TEST(Verify, SmuggledClaimsAreLeftOut) {
  const char* answers[] = {
      // Wrong numbers.
      "There are 151 B cells [1].", "There are 1,337 cells [1].", "That is 11.3 % [1].",
      "That is 12 % [1].", "共有151个B细胞[1]。", "占12.3%[1]。", "共有１５１个B细胞[1]。",
      "一百六十个B细胞[1]。", "百分之二十是B细胞[1]。", "There are fifty B cells [1].",
      "There are two hundred B cells [1].", "p = 1.2e-09 for CD79A [2].",
      "CD79A has p = 1.2e-80 [2].", "CD79A: 6.32 [2].", "There are 15 B cells [1].",
      "There are 1500 B cells [1].", "There are 150.5 B cells [1].", "There are -150 B cells [1].",
      "三百个细胞是B细胞[1]。",
      // Right numbers of something else.
      "There are 150 genes [1].", "That is 150 % [1].", "150个基因[1]。",
      "There are 412 cells [2].", "There are 1,336 B cells among 150 cells [1].",
      "1,336 of 150 cells are B cells [1].", "L1: 31 cells [1].",
      "L1 has 9 cells and L2 has 12 cells [1].", "L3: 11.5 % [1].", "L1:9个细胞[1]。",
      "CD79A has p = 3.4e-20 [2].", "GNLY: 6.31 [2].",
      "B cells (148 cells) against NK cells (150 cells) [2].",
      "B细胞(148个细胞)与NK细胞(150个细胞)[2]。",
      "365 genes are higher in B cells and 412 in NK cells [2].",
      // Evidence that is not that of the mark, or no mark, or no such mark.
      "There are 150 B cells, 31 of them in L3 [2].", "412 genes are higher in B cells [1].",
      "There are 150 B cells.", "There are 150 B cells [3].", "共有150个B细胞。",
      "CD79A marks them.",
      // Groups changed over.
      "Higher in NK cells: CD79A [2].", "Higher in B cells: GNLY [2].",
      "Lower in B cells: CD79A [2].", "CD79A is higher in NK cells than in B cells [2].",
      "在NK细胞中更高:CD79A[2]。", "在B细胞中更低:CD79A[2]。",
      // Invented names.
      "Higher in B cells: PTPRC [2].", "Higher in B cells: CD79A and MKI67 [2].",
      "Higher in B cells: FOXP99 [2].", "B细胞高表达IL6[2]。", "150 cells are neurons [1].",
      "150个神经元[1]。", "These are Monocytes [1].", "Cluster 9 has 150 cells [1].",
      "第9群有150个细胞[1]。", "150 B cells come from lane E2L8 [1].",
      // More than the evidence says.
      "CD79A causes B cells [2].", "CD79A 导致B细胞变化[2]。", "CD79A drives B cells [2].",
      "This proves that CD79A is higher in B cells [2].",
      "The difference is significant in B cells [2].", "B细胞显著更多[1]。",
      "NK cells do not have CD79A [2].", "There are no B cells [1].", "没有B细胞[1]。",
      "All cells are B cells [1].", "所有细胞都是B细胞[1]。", "Most cells are B cells [1].",
      "More than 150 cells are B cells [1].", "CD79A is not higher in B cells [2].",
      "Only L3 has B cells [1].", "B cells are twice as many in L3 [1]."};
  EXPECT_GE(std::size(answers), 40u);
  for (const char* answer : answers) {
    const auto result = checked(answer);
    EXPECT_FALSE(result.left_out.empty()) << "let through: " << answer;
    EXPECT_EQ(result.text.find("[1]"), std::string::npos) << result.text;
  }
}

TEST(Verify, OnlyTheFalseSentenceGoes) {
  const auto result =
      checked("There are 150 B cells [1]. There are 999 NK cells [1]. That is 11.2 % [1].");
  ASSERT_EQ(result.left_out.size(), 1u);
  EXPECT_EQ(result.left_out[0].what, "999");
  EXPECT_EQ(result.text,
            "There are 150 B cells [1]. (A sentence was left out, because the results do not "
            "support it.) That is 11.2 % [1].");
}

TEST(Sentences, EndsAndMarks) {
  EXPECT_EQ(split_sentences("B vs. NK cells. 0.5 is p. 好。是[1]!").size(), 4u);
  EXPECT_EQ(with_mark("There are 3.", 2, false), "There are 3 [2].");
  EXPECT_EQ(with_mark("共有3个。", 2, true), "共有3个[2]。");
  EXPECT_EQ(with_mark("There are these:", 1, false), "There are these [1]:");
  const auto pieces = cut_at_marks("A is 3 [1], B is 4 [2].");
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].mark, 1u);
  EXPECT_EQ(pieces[1].text, ", B is 4 .");
}

TEST(Narrate, IsShort) {
  const std::string answer = narrate({comparison()}, Language::english);
  EXPECT_LE(split_sentences(answer).size(), 6u);
}

}  // namespace
}  // namespace celloquy::chat
