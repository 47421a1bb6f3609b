#include <gtest/gtest.h>

#include <algorithm>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/names.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {
namespace {

const CellOntology& cells() { return **cell_ontology(); }

std::string_view found(std::string_view name) {
  const auto term = cells().find(name);
  return term ? cells().id(*term) : "";
}

TEST(NameKey, OneSpellingForMany) {
  const auto key = name_key("CD8-positive T cells");
  for (const auto* other : {"CD8+ T cell", "cd8 positive t  cells", "CD8-Positive T-cell",
                            "CD8 pos T cells", "CD8\u207a T cell"})
    EXPECT_EQ(name_key(other), key) << other;
  EXPECT_EQ(name_key("haematopoietic"), name_key("hematopoietic"));
  EXPECT_EQ(name_key("β cells"), "beta cell");
  EXPECT_EQ(name_key("microglia"), "microglial");
  EXPECT_EQ(name_key("memories"), "memory");
  EXPECT_EQ(name_key("CD8阳性 T 细胞"), "cd8+t细胞");
  EXPECT_EQ(name_key("CD8+T细胞"), "cd8+t细胞");
  for (const auto* negative : {"CD4- T cells", "CD4-negative T cell", "CD4 neg T cells"})
    EXPECT_EQ(name_key(negative), "cd4- t cell") << negative;
  EXPECT_EQ(name_key("CD4阴性T细胞"), "cd4-t细胞");
  EXPECT_EQ(name_key("CD4- T细胞"), "cd4-t细胞");
  EXPECT_EQ(name_key("IL-17-producing"), "il 17 producing");
  EXPECT_EQ(name_key(""), "");
  EXPECT_EQ(name_key("\xe4\xb8"), "");  // a broken character
}

TEST(CellOntology, FindsNamesInBothLanguages) {
  for (const auto* name : {"B cell", "b cells", "B-cell", "B lymphocyte", "B细胞", "B 淋巴细胞",
                           "CL:0000236", "CL_0000236"})
    EXPECT_EQ(found(name), "CL:0000236") << name;
  for (const auto* name : {"CD8+ T cells", "CD8 T cell", "CD8阳性T细胞", "CD8 T细胞", "CD8+T细胞"})
    EXPECT_EQ(found(name), "CL:0000625") << name;
  EXPECT_EQ(found("NK cells"), "CL:0000623");
  EXPECT_EQ(found("自然杀伤细胞"), "CL:0000623");
  EXPECT_EQ(found("microglia"), "CL:0000129");
  EXPECT_EQ(found("Kupffer cells"), "CL:0000091");
  EXPECT_EQ(found("肝脏巨噬细胞"), "CL:0000091");
  EXPECT_EQ(found("Tregs"), "CL:0000815");
  EXPECT_EQ(found("macrophages"), "CL:0000235");
  EXPECT_EQ(found("hepatic stellate"), "CL:0000632");
  EXPECT_EQ(found("beta cells"), "CL:0000169");
  EXPECT_EQ(found("FCGR3A+ monocytes"), "CL:0000875");
  for (const auto* not_cd4 : {"CD4- T cells", "CD4阴性T细胞", "CD4- T细胞"})
    EXPECT_NE(found(not_cd4), "CL:0000624") << not_cd4;
  EXPECT_EQ(found("nonsense"), "");
  EXPECT_EQ(found(""), "");
}

TEST(CellOntology, EveryLexiconNameLeadsToItsTerm) {
  for (const auto& [file, column] : {std::pair{"lexicon/cell_types_zh.tsv", "chinese"},
                                     std::pair{"lexicon/cell_types_en.tsv", "english"}}) {
    const auto text = read_model_file(file);
    ASSERT_TRUE(text);
    auto rows = TableReader::open(file, *text, {"id", "name", column});
    ASSERT_TRUE(rows);
    std::vector<std::string_view> f;
    std::size_t n = 0;
    while (rows->next(f)) {
      const auto term = cells().find_id(f[0]);
      ASSERT_TRUE(term) << f[0];
      EXPECT_EQ(cells().name(*term), f[1]);
      for (const auto name : split(f[2], '|')) {
        ++n;
        EXPECT_EQ(found(name), f[0]) << name;
      }
    }
    EXPECT_GT(n, 150u) << file;
  }
}

TEST(CellOntology, EveryNameLeadsToItsTerm) {
  std::size_t other = 0;
  for (TermIndex term = 0; term < static_cast<TermIndex>(cells().size()); ++term)
    other += cells().find(cells().name(term)) != term;
  EXPECT_LE(other, 5u);  // a few terms share one spelling
}

TEST(CellOntology, KnowsTheHierarchy) {
  const auto t = *cells().find("T cell"), lymphocyte = *cells().find("lymphocyte");
  const auto treg = *cells().find("regulatory T cell"), b = *cells().find("B cell");
  EXPECT_TRUE(cells().is_a(treg, t));
  EXPECT_TRUE(cells().is_a(t, lymphocyte));
  EXPECT_TRUE(cells().is_a(t, t));
  EXPECT_FALSE(cells().is_a(t, treg));
  EXPECT_FALSE(cells().is_a(b, t));
  const auto above = cells().ancestors(treg);
  EXPECT_TRUE(std::binary_search(above.begin(), above.end(), lymphocyte));
  EXPECT_FALSE(std::binary_search(above.begin(), above.end(), treg));
  const auto below = cells().descendants(lymphocyte);
  EXPECT_TRUE(std::binary_search(below.begin(), below.end(), treg));
  EXPECT_GT(below.size(), 100u);
  for (const auto child : cells().children(t)) {
    const auto parents = cells().parents(child);
    EXPECT_NE(std::find(parents.begin(), parents.end(), t), parents.end());
  }
}

TEST(CellOntology, LabelsInBothLanguages) {
  const auto label = cells().label(*cells().find("natural killer cell"));
  EXPECT_EQ(label.en, "natural killer cell");
  EXPECT_EQ(label.zh, "自然杀伤细胞");
  EXPECT_EQ(cells().short_name(*cells().find("CL:0000625")), "CD8 T cell");
  EXPECT_FALSE(cells().definition(*cells().find("macrophage")).empty());
}

TEST(CellOntology, OffersCandidatesForMisspelledNames) {
  const auto first = [](std::string_view name) {
    const auto list = cells().candidates(name);
    return list.empty() ? std::string_view{} : cells().id(list.front().term);
  };
  EXPECT_EQ(first("hepatocites"), "CL:0000182");
  EXPECT_EQ(first("oligodendrocite"), "CL:0000128");
  EXPECT_EQ(first("macrofages"), "CL:0000235");
  EXPECT_EQ(first("B cell"), "CL:0000236");
  EXPECT_EQ(cells().candidates("B cell").front().score, 1.0);
  EXPECT_EQ(first("星形交质细胞"), "CL:0000127");
  EXPECT_EQ(first("少突交质细胞"), "CL:0000128");
  EXPECT_TRUE(cells().candidates("zzzzqqq").empty());
  EXPECT_TRUE(cells().candidates("").empty());
  const auto list = cells().candidates("memory T", 3);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_GE(list[0].score, list[1].score);
}

TEST(CellOntology, FindsMentionsInSentences) {
  const auto mentioned = [](std::string_view sentence) {
    std::vector<std::string> result;
    for (const auto& m : cells().mentions(sentence)) {
      result.emplace_back(cells().id(m.term));
      EXPECT_LT(m.begin, m.end);
      EXPECT_LE(m.end, sentence.size());
    }
    return result;
  };
  using List = std::vector<std::string>;
  EXPECT_EQ(mentioned("Show me the CD8+ T cells and B cells, please"),
            (List{"CL:0000625", "CL:0000236"}));
  EXPECT_EQ(mentioned("where are the plasmacytoid dendritic cells?"), (List{"CL:0000784"}));
  EXPECT_EQ(mentioned("比较CD8+T细胞和自然杀伤细胞"), (List{"CL:0000625", "CL:0000623"}));
  EXPECT_EQ(mentioned("经典单核细胞有多少?"), (List{"CL:0000860"}));
  EXPECT_EQ(mentioned("how many cells are there in all clusters"), List{});
  EXPECT_EQ(mentioned("哪些细胞表达CD3D?"), List{});
  const std::string sentence = "the NK cells are here";
  const auto m = cells().mentions(sentence);
  ASSERT_EQ(m.size(), 1u);
  EXPECT_EQ(sentence.substr(m[0].begin, m[0].end - m[0].begin), "NK cells");
}

TEST(TermLexicon, KnowsTissuesAndDiseases) {
  const auto& words = **term_lexicon();
  ASSERT_TRUE(words.find("肝脏"));
  EXPECT_EQ(words.find("肝脏")->name, "liver");
  EXPECT_EQ(words.find("Liver")->label().zh, "肝脏");
  EXPECT_EQ(words.find("UBERON:0002107")->name, "liver");
  ASSERT_TRUE(words.find("肺腺癌"));
  EXPECT_TRUE(words.find("肺腺癌")->disease);
  EXPECT_EQ(words.find("nothing of the kind"), nullptr);
}

}  // namespace
}  // namespace celloquy::knowledge
