// Units, numbers, entities, references and questions back.

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "chat/entities.hpp"
#include "chat/grammar_planner.hpp"
#include "chat/parser.hpp"
#include "demo_description.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

/// A few words of biology, so that the tests need no table.
class FewWords : public Vocabulary {
 public:
  std::optional<std::string> gene(std::string_view written, std::string_view) const override {
    if (written == "CD20" || written == "cd20") return "MS4A1";
    if (written == "INS") return "INS";
    return std::nullopt;
  }
  std::optional<CellTypeName> cell_type(std::string_view phrase) const override {
    const std::string key = stem(phrase);
    if (phrase == "B细胞" || phrase == "B cell" || phrase == "B cells")
      return CellTypeName{"CL:0000236", "B cell"};
    if (phrase == "neuron" || phrase == "neurons" || phrase == "神经元")
      return CellTypeName{"CL:0000540", "neuron"};
    return std::nullopt;
  }
};

const FewWords words;

std::vector<ToolCall> calls(const std::string& sentence, std::vector<ToolCall> previous = {}) {
  DataDescription data = demo_description();
  data.previous = std::move(previous);
  return GrammarPlanner(words).plan(sentence, data)->calls;
}
std::string shown(const std::vector<ToolCall>& plan) {
  std::string out;
  for (const auto& call : plan)
    out += (out.empty() ? "" : "; ") + call.tool + call.arguments.dump();
  return out;
}
std::string understood(const std::string& sentence, std::vector<ToolCall> previous = {}) {
  return shown(calls(sentence, std::move(previous)));
}

TEST(Units, NormaliseFullWidthAndPunctuation) {
  EXPECT_EQ(normalise("ＣＤ８Ａ，１０％。"), "CD8A,10%.");
  EXPECT_EQ(normalise("“B cells”"), "\"B cells\"");
  EXPECT_EQ(normalise("bad\xff"
                      "bytes"),
            "badbytes");
}

TEST(Units, StemJoinsInflections) {
  for (const char* word : {"cluster", "clusters", "clustering", "clustered", "Clustered"})
    EXPECT_EQ(stem(word), "cluster");
  EXPECT_EQ(stem("normalised"), stem("normalize"));
  EXPECT_EQ(stem("analyse"), stem("analyze"));
  EXPECT_EQ(stem("filtering"), stem("filter"));
  EXPECT_EQ(stem("colour"), stem("color"));
  EXPECT_EQ(stem("CD8A"), "cd8a");
}

TEST(Units, CutsMixedText) {
  const auto units = cut_into_units("CD8A在第3群,HLA-DRA 1,336 out/result.h5ad 0.5");
  std::vector<std::string> surfaces;
  for (const auto& unit : units) surfaces.push_back(unit.surface);
  EXPECT_EQ(surfaces, (std::vector<std::string>{"CD8A", "在", "第", "3", "群", ",", "HLA-DRA",
                                                "1,336", "out/result.h5ad", "0.5"}));
  EXPECT_EQ(units[7].number, 1336);
}

TEST(Units, PathsKeepTheirBeginning) {
  EXPECT_EQ(understood("export to /data/my/x.h5ad"),
            R"(export{"kind":"h5ad","path":"/data/my/x.h5ad"})");
  EXPECT_EQ(understood("导出为../x.h5ad"), R"(export{"kind":"h5ad","path":"../x.h5ad"})");
  EXPECT_EQ(understood("export to ~/x.h5ad"), R"(export{"kind":"h5ad","path":"~/x.h5ad"})");
}

TEST(Units, EditDistanceKnowsSwaps) {
  EXPECT_EQ(edit_distance("clutser", "cluster", 2), 1u);
  EXPECT_EQ(edit_distance("maker", "marker", 2), 1u);
  EXPECT_EQ(edit_distance("abc", "xyz", 2), 3u);
}

TEST(Units, LanguageIsTheOneOfMostWords) {
  EXPECT_EQ(detect_language("有多少B cell?"), Language::chinese);
  EXPECT_EQ(detect_language("how many 单核 are there in my data"), Language::english);
  EXPECT_EQ(detect_language("???"), Language::english);
}

TEST(Numbers, WordsOfBothLanguages) {
  const std::pair<const char*, double> cases[] = {{"three", 3},
                                                  {"two hundred", 200},
                                                  {"a thousand", 1000},
                                                  {"two thousand five hundred", 2500},
                                                  {"三", 3},
                                                  {"二十", 20},
                                                  {"十五", 15},
                                                  {"三千五百", 3500},
                                                  {"一万", 10000},
                                                  {"1.5万", 15000},
                                                  {"二〇", 20},
                                                  {"1,336", 1336},
                                                  {"10k", 10000},
                                                  {"1e-3", 0.001},
                                                  {"2千", 2000}};
  for (const auto& [text, value] : cases) {
    Lattice lattice;
    lattice.units = cut_into_units(normalise(text));
    find_numbers(Grammar::standard(), lattice);
    bool found = false;
    for (const auto& edge : lattice.edges)
      found = found || (edge.end == lattice.units.size() && edge.value == value);
    EXPECT_TRUE(found) << text;
  }
}

TEST(Numbers, PercentInFourSpellings) {
  for (const char* text : {"去掉线粒体超过百分之五的细胞", "remove cells above 5% mito",
                           "remove cells above five percent mito", "去掉线粒体超过５％的细胞"})
    EXPECT_EQ(understood(text), R"(filter_cells{"max_mitochondrial_percent":5.0})") << text;
}

TEST(Entities, EnglishWordsAreNotGenes) {
  EXPECT_EQ(understood("What was the quality?"), "quality_control{}");
  EXPECT_EQ(understood("How many cells met the rest of my set?").find("gene_expression"),
            std::string::npos);
  EXPECT_EQ(understood("is the REST gene expressed"), R"(gene_expression{"genes":["REST"]})");
  EXPECT_EQ(understood("Where is SET expressed?"), R"(gene_expression{"genes":["SET"]})");
  EXPECT_EQ(understood("where is gapdh expressed"), R"(gene_expression{"genes":["GAPDH"]})");
}

TEST(Entities, SynonymsAndUnmeasuredGenes) {
  EXPECT_EQ(understood("Where is CD20 expressed?"), R"(gene_expression{"genes":["MS4A1"]})");
  // Not measured, not known: still asked of the tool, which says so.
  EXPECT_EQ(understood("Is INS expressed?"), R"(gene_expression{"genes":["INS"]})");
  EXPECT_EQ(understood("Is XYZQ7 expressed?"), R"(gene_expression{"genes":["XYZQ7"]})");
}

TEST(Entities, NamesOfTheDataWinOverTheOntology) {
  EXPECT_EQ(understood("How many B cells are there?"), R"(count_cells{"group":"B cells"})");
  EXPECT_EQ(understood("有多少B细胞?"), R"(count_cells{"group":"B cells"})");
  EXPECT_EQ(understood("How many CD8 T cells are there?"), R"(count_cells{"group":"T cells CD8"})");
  EXPECT_EQ(understood("How many neurons are there?"), R"(count_cells{"group":"neuron"})");
  EXPECT_EQ(understood("有多少神经元?"), R"(count_cells{"group":"neuron"})");
}

TEST(References, ClustersByOrderNumberAndSize) {
  EXPECT_EQ(understood("markers of the second cluster"), R"(markers{"group":"1"})");
  EXPECT_EQ(understood("markers of the largest cluster"), R"(markers{"group":"0"})");
  EXPECT_EQ(understood("最小的群的标记基因"), R"(markers{"group":"9"})");
  for (const char* text : {"markers of cluster 3", "第3群的标记基因", "3号聚类的标记基因",
                           "簇3的标记基因", "markers of cluster three"})
    EXPECT_EQ(understood(text), R"(markers{"group":"3"})") << text;
}

TEST(References, EarlierCallIsContinued) {
  const std::vector<ToolCall> before = {{"gene_expression", {{"genes", {"CD8A"}}, {"by", "lane"}}}};
  EXPECT_EQ(understood("and GNLY?", before), R"(gene_expression{"by":"lane","genes":["GNLY"]})");
  EXPECT_EQ(understood("那GNLY呢?", before), R"(gene_expression{"by":"lane","genes":["GNLY"]})");
  EXPECT_EQ(understood("and by experiment?", before),
            R"(gene_expression{"by":"experiment","genes":["CD8A"]})");
  EXPECT_EQ(understood("为什么?", before), R"(explain_method{"topic":"gene_expression"})");
}

TEST(References, WithoutATurnBeforeItAsks) {
  EXPECT_EQ(understood("and in B cells?"), "");
  EXPECT_EQ(understood("为什么?"), "");
}

TEST(References, WithinOneSentence) {
  EXPECT_EQ(understood("How many B cells are there and what are their markers?"),
            R"(count_cells{"group":"B cells"}; markers{"group":"B cells"})");
  EXPECT_EQ(understood("先过滤,再聚类,然后注释"), "filter_cells{}; recluster{}; annotate{}");
}

TEST(Negation, ExceptIsNotKeep) {
  EXPECT_EQ(understood("keep everything except the monocytes"),
            R"(subset{"exclude":["Monocytes"]})");
  EXPECT_EQ(understood("不要血小板和B细胞").find("subset{\"groups\""), std::string::npos);
  EXPECT_EQ(understood("只要B细胞,其他都不要"), R"(subset{"groups":["B cells"]})");
  EXPECT_EQ(understood("remove the B cells"), R"(subset{"exclude":["B cells"]})");
}

TEST(AskingBack, OffersSentencesThatAreUnderstood) {
  const DataDescription data = demo_description();
  const GrammarPlanner planner(words);
  for (const char* text : {"asdf qwer", "今天天气怎么样",
                           "write a poem about mitochondria and clusters of stars", "", "?", "3"}) {
    const auto plan = planner.plan(text, data);
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->calls.empty()) << text;
    EXPECT_FALSE(plan->question.empty());
    ASSERT_FALSE(plan->alternatives.empty());
    EXPECT_LE(plan->alternatives.size(), 3u);
    for (const auto& alternative : plan->alternatives) {
      EXPECT_FALSE(planner.plan(alternative.en, data)->calls.empty()) << alternative.en;
      EXPECT_FALSE(planner.plan(alternative.zh, data)->calls.empty()) << alternative.zh;
    }
  }
}

TEST(AskingBack, EveryReadingMeansItsCall) {
  const ToolCall all[] = {{"describe_data", json::object()},
                          {"quality_control", json::object()},
                          {"filter_cells", json::object()},
                          {"filter_cells", {{"max_mitochondrial_percent", 10.0}}},
                          {"filter_cells", {{"min_genes", 200.0}}},
                          {"run_analysis", json::object()},
                          {"list_clusters", json::object()},
                          {"recluster", json::object()},
                          {"recluster", {{"resolution", 0.5}}},
                          {"recluster", {{"n_clusters", 8.0}}},
                          {"markers", json::object()},
                          {"markers", {{"group", "B cells"}}},
                          {"markers", {{"group", "3"}}},
                          {"annotate", json::object()},
                          {"annotate", {{"group", "3"}}},
                          {"count_cells", json::object()},
                          {"count_cells", {{"group", "NK cells"}}},
                          {"count_cells", {{"by", "lane"}}},
                          {"count_cells", {{"group", "NK cells"}, {"by", "lane"}}},
                          {"gene_expression", {{"genes", {"CD8A"}}}},
                          {"gene_expression", {{"genes", {"CD8A", "GNLY"}}}},
                          {"gene_expression", {{"genes", {"CD8A"}}, {"group", "NK cells"}}},
                          {"gene_expression", {{"genes", {"CD8A"}}, {"by", "lane"}}},
                          {"compare_groups", {{"first", "B cells"}, {"second", "NK cells"}}},
                          {"subset", {{"groups", {"B cells", "NK cells"}}}},
                          {"subset", {{"exclude", {"B cells"}}}},
                          {"undo", json::object()},
                          {"redo", json::object()},
                          {"help", json::object()},
                          {"plot_embedding", json::object()},
                          {"plot_embedding", {{"color", "CD8A"}}},
                          {"plot_embedding", {{"color", "lane"}}}};
  for (const auto& call : all) {
    const Text text = as_sentence(call);
    ASSERT_FALSE(text.empty()) << call.tool << call.arguments.dump();
    for (const auto* sentence : {&text.en, &text.zh})
      EXPECT_EQ(understood(*sentence), shown({call})) << *sentence;
  }
}

TEST(Robustness, AnyBytesGetAnAnswer) {
  std::mt19937 random(7);
  const GrammarPlanner planner(words);
  const DataDescription data = demo_description();
  const std::string pieces[] = {"cluster",   "细胞", "B",  "3",  "%",      "[",
                                "\xff",      "and",  "再", "\"", "CD8A",   " ",
                                "more than", "第",   ".",  "的", "remove", "🙂"};
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (unsigned n = random() % 40; n > 0; --n)
      text += pieces[random() % std::size(pieces)] + (random() % 2 ? " " : "");
    const auto plan = planner.plan(text, data);
    ASSERT_TRUE(plan) << text;
    EXPECT_TRUE(!plan->calls.empty() || !plan->question.empty());
  }
  ASSERT_TRUE(planner.plan(std::string(100000, 'x'), data));
  std::string lists;
  for (int i = 0; i < 200; ++i) lists += "B cells and CD8A, ";
  ASSERT_TRUE(planner.plan(lists, data));
}

TEST(Robustness, SamePlanTwice) {
  for (const char* text : {"remove cells above 10% mito and cluster again", "比较B细胞和NK细胞"})
    EXPECT_EQ(understood(text), understood(text));
}

TEST(Speed, AFewMillisecondsWithManyGenes) {
  DataDescription data = demo_description();
  for (int i = 0; i < 60000; ++i) data.genes.push_back("GENE" + std::to_string(i));
  const GrammarPlanner planner(words);
  const char* sentences[] = {
      "How many B cells are there, and what are their markers?",
      "只保留至少500个基因、线粒体低于百分之五的细胞,然后用分辨率1.2重新聚类并注释"};
  for (const char* text : sentences) {
    double best = 1e9;
    for (int run = 0; run < 5; ++run) {
      const auto begin = std::chrono::steady_clock::now();
      ASSERT_TRUE(planner.plan(text, data));
      best = std::min(
          best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                    .count());
    }
    std::printf("%.2f ms  %s\n", best, text);
    // Optimised builds take 2 to 4 ms; unoptimised ones and sanitizers several times that.
    EXPECT_LT(best, 60);
  }
}

}  // namespace
}  // namespace celloquy::chat
