// Blanks, names that look alike, and how values are written.

#include <gtest/gtest.h>

#include <regex>

#include "tools/biology.hpp"
#include "tools/sentences.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

Finding small_finding() {
  Finding finding;
  finding.values["n"] = Value::count(1234, "cells");
  Table table{"markers", Text::same("Markers"), {}};
  TableColumn genes{"gene", Text::same("Gene"), "", NameKind::gene, {}};
  for (const char* gene : {"A", "B", "C"}) genes.cells.push_back(Value::name(gene, NameKind::gene));
  TableColumn folds{"fold", Text::same("Fold"), "", NameKind::none, {}};
  for (const double fold : {3.14159, 2.0, -1.0}) folds.cells.push_back(Value::number(fold, ""));
  table.columns = {genes, folds};
  finding.tables.push_back(table);
  return finding;
}

TEST(Blanks, NameValuesCellsAndLists) {
  const Finding finding = small_finding();
  EXPECT_EQ(finding.lookup("n").size(), 1u);
  EXPECT_EQ(finding.lookup("markers.gene[1]").size(), 1u);
  EXPECT_EQ(finding.lookup("markers.gene[0:2]").size(), 2u);
  EXPECT_EQ(finding.lookup("markers.gene[1:99]").size(), 2u);
  for (const char* wrong :
       {"m", "markers", "markers.gene", "markers.gene[3]", "markers.gene[]", "markers.gene[x]",
        "markers.gene[1", "markers.genes[0]", "other.gene[0]", "markers.gene[-1]", "[0]", "."})
    EXPECT_TRUE(finding.lookup(wrong).empty()) << wrong;
}

TEST(Blanks, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(written(Value::count(1234567, "cells")).en, "1,234,567");
  EXPECT_EQ(written(Value::number(3.14159, "")).en, "3.14");
  const Finding finding = small_finding();
  const Text text =
      sentence(finding, {"tools.compare.higher", {{"group", "n"}, {"genes", "markers.gene[0:3]"}}});
  EXPECT_EQ(text.en, "Higher in 1,234: A, B and C.");
}

TEST(Json, HasTheMainValueAndWholeTables) {
  Finding finding = small_finding();
  finding.statements.push_back({"tools.count.all", {{"n_total", "n"}}});
  const auto document = to_json(finding, Language::english);
  EXPECT_EQ(document["value"], 1234);
  EXPECT_EQ(document["unit"], "cells");
  EXPECT_EQ(document["table"]["rows"].size(), 3u);
  EXPECT_EQ(document["table"]["rows"][0][1], 3.14159);
}

TEST(SimilarNames, AreNearOrBeginAlike) {
  const std::vector<std::string> genes = {"CD8A", "CD8B", "CD79A", "GAPDH", "MS4A1"};
  EXPECT_EQ(similar_names(genes, "CD8", 5), (std::vector<std::string>{"CD8A", "CD8B"}));
  EXPECT_EQ(similar_names(genes, "gapd", 5), (std::vector<std::string>{"GAPDH"}));
  EXPECT_TRUE(similar_names(genes, "QWERTZUI", 5).empty());
  EXPECT_EQ(folded_name("T-Cells"), folded_name("t cell"));
  EXPECT_EQ(words_of("T cells CD8"), (std::vector<std::string>{"t", "cell", "cd8"}));
}

TEST(CellTypes, CategoriesOfFilesAreFound) {
  const auto t = find_cell_type("T cells"), cd4 = cell_type_of_category("T cells CD4 conv"),
             cd8 = cell_type_of_category("T cells CD8"), treg = cell_type_of_category("Tregs"),
             b = find_cell_type("B细胞");
  ASSERT_TRUE(t && cd4 && cd8 && treg && b);
  for (const auto& kind : {*cd4, *cd8, *treg})
    EXPECT_TRUE(is_kind_of(kind.id, t->id)) << kind.name.en;
  EXPECT_FALSE(is_kind_of(b->id, t->id));
  EXPECT_FALSE(is_kind_of(t->id, cd8->id));
  EXPECT_NE(cd4->id, t->id);
  EXPECT_FALSE(find_cell_type("batch 7"));
}

TEST(Catalogue, HasNoDigitsInTheToolsSentences) {
  // A number in an answer must come from a finding; file formats and phases are names.
  for (const auto id : message_ids()) {
    if (!id.starts_with("tools.")) continue;
    const Text text = message_template(id);
    for (const auto* words : {&text.en, &text.zh})
      EXPECT_FALSE(
          std::regex_search(std::regex_replace(*words, std::regex("h5ad|G1|G2/M|\\{[^}]*\\}"), ""),
                            std::regex("[0-9]")))
          << id << ": " << *words;
  }
}

}  // namespace
}  // namespace celloquy::tools
