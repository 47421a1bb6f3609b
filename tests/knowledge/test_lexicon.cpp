// The tables of models/lexicon: complete, without doubles, and read as meant.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/names.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {
namespace {

const CellOntology& cells() { return **cell_ontology(); }
const TermLexicon& words() { return **term_lexicon(); }

using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::string_view file, const std::vector<std::string_view>& columns) {
  std::vector<Row> rows;
  const auto text = read_model_file(std::string("lexicon/") + std::string(file));
  EXPECT_TRUE(text) << file;
  if (!text) return rows;
  EXPECT_TRUE(text->starts_with("# ")) << file << " says in its first line what it is";
  auto reader = TableReader::open(file, *text, columns);
  EXPECT_TRUE(reader) << file;
  if (!reader) return rows;
  std::vector<std::string_view> f;
  while (reader->next(f)) rows.emplace_back(f.begin(), f.end());
  return rows;
}

TEST(Lexicon, EveryCellTypeHasItsOwnChineseNames) {
  const auto rows = rows_of("cell_types_zh.tsv", {"id", "name", "chinese"});
  EXPECT_GE(rows.size(), 3000u);
  std::map<std::string, std::string> owner;
  for (const auto& row : rows) {
    EXPECT_TRUE(has_chinese(row[2]) || row[2].find(row[1]) == 0) << row[0];
    for (const auto name : split(row[2], '|')) {
      const auto [place, added] = owner.emplace(name_key(name), row[0]);
      EXPECT_TRUE(added || place->second == row[0])
          << name << " of " << row[0] << " and " << place->second;
    }
  }
}

// The end of 淋巴结细胞 (cells of a lymph node) or 专门细胞 is no cell type by itself.
TEST(Lexicon, EverydayWordsAreNoExoticCells) {
  for (const auto* word :
       {"细胞核", "卵", "端细胞", "核细胞", "结细胞", "孔细胞", "门细胞", "甲细胞", "极细胞",
        "种细胞", "个细胞", "类细胞", "群细胞", "异常细胞", "细胞数", "体", "BAM"})
    EXPECT_FALSE(cells().find(word)) << word;
  for (const auto* sentence :
       {"淋巴结细胞有多少", "这种细胞表达什么", "每个细胞的基因数", "专门细胞", "去掉异常细胞"})
    EXPECT_TRUE(cells().mentions(sentence).empty()) << sentence;
  EXPECT_EQ(cells().mentions("骨髓单个核细胞").size(), 1u);
}

TEST(Lexicon, TissuesAndDiseasesAreCompleteAndDistinct) {
  std::size_t tissues = 0, diseases = 0, everyday = 0;
  std::set<std::string> names;
  std::map<std::string, std::vector<const LexiconTerm*>> owners;
  for (const auto& term : words().terms()) {
    (term.disease ? diseases : tissues) += 1;
    everyday += term.everyday;
    EXPECT_TRUE(term.id.empty() || term.id.find(':') != std::string_view::npos) << term.name;
    EXPECT_TRUE(!term.id.empty() || term.everyday) << term.name << ": a plain name has a reason";
    EXPECT_TRUE(names.insert(name_key(term.name)).second) << term.name;
    std::set<std::string> own;
    for (const auto word : split(term.chinese, '|')) {
      EXPECT_FALSE(word.empty()) << term.name;
      EXPECT_TRUE(own.insert(name_key(word)).second) << word << " twice in " << term.name;
      owners[name_key(word)].push_back(&term);
    }
    EXPECT_FALSE(own.empty()) << term.name;
  }
  EXPECT_GE(tissues, 1500u);
  EXPECT_GE(diseases, 800u);
  EXPECT_GE(everyday, 140u);
  EXPECT_LE(everyday, 250u);
  for (const auto& [word, terms] : owners) {
    if (terms.size() == 1) continue;
    const auto n = std::count_if(terms.begin(), terms.end(), [](auto t) { return t->everyday; });
    EXPECT_EQ(n, 1) << word << " must have one everyday meaning";
    ASSERT_TRUE(words().find(word)) << word;
    EXPECT_TRUE(words().find(word)->everyday) << word;
  }
}

TEST(Lexicon, EveryWordLeadsToItsTerm) {
  for (const auto& term : words().terms()) {
    const auto* by_name = words().find(term.name);
    ASSERT_TRUE(by_name) << term.name;
    EXPECT_EQ(by_name->name, term.name);
    if (!term.id.empty()) {
      EXPECT_EQ(words().find(term.id)->id, term.id);
    }
    for (const auto word : split(term.chinese, '|')) {
      const auto* found = words().find(word);
      ASSERT_TRUE(found) << word;
      EXPECT_TRUE(found == &term || found->everyday) << word << " of " << term.name;
    }
  }
}

TEST(Lexicon, PlainWordsMeanWhatPeopleMean) {
  const auto meant = [](std::string_view word) {
    const auto* term = words().find(word);
    return term ? std::string(term->id) + " " + std::string(term->name) : "";
  };
  EXPECT_EQ(meant("宫颈癌"), "MONDO:0002974 cervical cancer");
  EXPECT_EQ(meant("cervical carcinoma"), "MONDO:0005131 cervical carcinoma");
  EXPECT_EQ(words().find("MONDO:0005131")->label().zh, "宫颈癌");
  EXPECT_EQ(words().find("MONDO:0002974")->label().zh, "宫颈癌");
  EXPECT_EQ(meant("乳腺癌"), "MONDO:0007254 breast cancer");
  EXPECT_EQ(meant("肺癌"), "MONDO:0008903 lung cancer");
  EXPECT_EQ(meant("肝癌"), "MONDO:0007256 hepatocellular carcinoma");
  EXPECT_EQ(meant("鼻腔"), "UBERON:0001707 nasal cavity");
  EXPECT_EQ(meant("鼻"), "UBERON:0000004 nose");
  EXPECT_EQ(meant("大网膜"), "UBERON:0005448 greater omentum");
  EXPECT_EQ(meant("网膜"), "UBERON:0003688 omentum");
  EXPECT_EQ(meant("外周血"), "UBERON:0000178 peripheral blood");
  EXPECT_EQ(words().find("UBERON:0000178")->name, "blood");
  EXPECT_EQ(meant("胎肝"), "UBERON:0002107 fetal liver");
  EXPECT_EQ(meant("腹水"), "UBERON:0007795 ascites");
  EXPECT_EQ(meant("皮肤"), "UBERON:0002097 skin");
  EXPECT_EQ(words().find("UBERON:0002097")->name, "skin of body");
  EXPECT_EQ(meant("三级淋巴结构"), " tertiary lymphoid structure");
  for (const auto* word :
       {"支气管肺泡灌洗液", "肝纤维化", "缺血性心肌病", "轻度认知障碍", "胰岛素抵抗", "早产"})
    EXPECT_NE(meant(word), "") << word;
}

TEST(Lexicon, BiologyWordsAreCompleteAndDistinct) {
  const std::set<std::string> kinds = {
      "process",  "verb",        "adjective", "noun",     "molecule",      "treatment",
      "state",    "part",        "adverb",    "agent",    "object_marker", "determiner",
      "negation", "preposition", "auxiliary", "locative", "conjunction",   "particle"};
  std::set<std::string> seen, used;
  const auto rows = rows_of("biology.tsv", {"kind", "english", "chinese"});
  EXPECT_GE(rows.size(), 1200u);
  for (const auto& row : rows) {
    EXPECT_TRUE(kinds.contains(row[0])) << row[0];
    used.insert(row[0]);
    EXPECT_TRUE(!row[1].empty() || row[0] == "particle" || row[0] == "object_marker") << row[2];
    EXPECT_FALSE(split(row[2], '|').empty()) << row[1];
    for (const auto word : split(row[2], '|')) {
      EXPECT_FALSE(word.empty()) << row[1];
      EXPECT_TRUE(seen.insert(row[0] + " " + std::string(word)).second)
          << word << " has two meanings as " << row[0];
    }
  }
  EXPECT_EQ(used, kinds);
}

TEST(Lexicon, CellFunctionsTeachAndJudgeWithDifferentTexts) {
  std::map<std::string, std::size_t> count;
  std::map<std::string, std::string> split_of;
  std::set<std::string> types;
  for (const auto& row :
       rows_of("cell_functions.tsv", {"id", "name", "language", "split", "text"})) {
    const auto term = cells().find_id(row[0]);
    ASSERT_TRUE(term) << row[0];
    EXPECT_EQ(cells().name(*term), row[1]);
    types.insert(row[0]);
    ++count[row[0] + row[2] + row[3]];
    EXPECT_EQ(has_chinese(row[4]), row[2] == "zh") << row[4];
    const auto [place, added] = split_of.emplace(row[4], row[3]);
    EXPECT_TRUE(added || place->second == row[3]) << row[4] << " both teaches and judges";
  }
  EXPECT_GE(types.size(), 300u);
  for (const auto& id : types)
    for (const auto* language : {"en", "zh"})
      for (const auto* part : {"train", "eval"})
        EXPECT_EQ(count[id + language + part], 2u) << id << " " << language << " " << part;
}

TEST(Lexicon, CellDescriptionsAreNoTextsThatJudge) {
  std::set<std::string> judging;
  for (const auto& row : rows_of("cell_functions.tsv", {"id", "name", "language", "split", "text"}))
    if (row[3] == "eval") judging.insert(row[4]);
  const std::set<std::string> views{"function", "product", "place",  "partner",
                                    "process",  "disease", "origin", "lay"};
  std::set<std::string> seen, types;
  for (const auto& row : rows_of("cell_descriptions.tsv", {"id", "name", "view", "text"})) {
    const auto term = cells().find_id(row[0]);
    ASSERT_TRUE(term) << row[0];
    EXPECT_EQ(cells().name(*term), row[1]);
    EXPECT_TRUE(views.contains(row[2])) << row[2];
    EXPECT_TRUE(seen.insert(row[0] + row[2]).second) << row[0] << " " << row[2];
    EXPECT_FALSE(judging.contains(row[3])) << row[3];
    types.insert(row[0]);
  }
  EXPECT_GE(types.size(), 380u);
}

}  // namespace
}  // namespace celloquy::knowledge
