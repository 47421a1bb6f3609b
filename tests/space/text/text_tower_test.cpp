#include "space/text/text_tower.hpp"

#include <unistd.h>

#include <fstream>
#include <numeric>

#include "base/thread_pool.hpp"
#include "small_pool.hpp"
#include "space/text/attention.hpp"
#include "space/text/word_match.hpp"

namespace celloquy::space {
namespace {

using testing::gene_row;
using testing::small_pool;

std::unique_ptr<TextTower> small_tower(const TextTowerOptions& options = {}) {
  auto encoder = language::hashing_encoder();
  auto pool = std::make_shared<const Pool>(small_pool(*encoder));
  auto tower = make_text_tower(pool, std::move(encoder), options);
  EXPECT_TRUE(tower);
  return std::move(*tower);
}

TextVector encode(TextTower& tower, const std::string& text) {
  const auto vectors = tower.encode(std::span(&text, 1), TextUse::labels, Context{});
  EXPECT_TRUE(vectors) << text;
  return vectors ? (*vectors)[0] : TextVector{};
}

double length(const std::vector<float>& v) {
  return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
}

TEST(Attention, SharesOfAllEntriesAddUp) {
  auto encoder = language::hashing_encoder();
  const auto pool = small_pool(*encoder);
  const std::string text = "B lymphocyte";
  const auto vector = *encoder->encode(std::span(&text, 1), Context{});
  const auto shares = attend(pool, {vector, {}, {}}, {}, {}, Context{});
  double sum = 0;
  for (const auto& share : shares) sum += share.share;
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_EQ(shares[0].entry, 0u);
  EXPECT_GT(shares[0].share, 0.9);
}

TEST(Attention, AnEntryThatIsLeftOutIsSilent) {
  auto encoder = language::hashing_encoder();
  const auto pool = small_pool(*encoder);
  const std::string text = "B lymphocyte";
  const auto vector = *encoder->encode(std::span(&text, 1), Context{});
  const std::vector<std::uint8_t> left_out{1, 0, 0};
  for (const auto& share : attend(pool, {vector, {}, {}}, left_out, {}, Context{}))
    EXPECT_NE(share.entry, 0u);
  const std::vector<std::uint8_t> all{1, 1, 1};
  EXPECT_TRUE(attend(pool, {vector, {}, {}}, all, {}, Context{}).empty());
}

TEST(Attention, ATermOfTheOntologyIsAsGoodAsItsName) {
  auto encoder = language::hashing_encoder();
  const auto pool = small_pool(*encoder);
  const std::string text = "something else entirely";
  const auto vector = *encoder->encode(std::span(&text, 1), Context{});
  const auto shares = attend(pool, {vector, {}, "CL:0000623"}, {}, {}, Context{});
  const auto best = std::max_element(shares.begin(), shares.end(),
                                     [](auto a, auto b) { return a.share < b.share; });
  EXPECT_EQ(best->entry, 1u);
}

TEST(Attention, WordsInCommonDecideWhereVectorsDoNot) {
  auto encoder = language::hashing_encoder();
  const auto pool = small_pool(*encoder);
  const std::vector<float> vector(encoder->dimension(), 0);
  const std::string text = "immunoglobulin that binds";
  const auto words = WordMatch(pool.words).shares(text);
  const auto shares = attend(pool, {vector, words, {}}, {}, {}, Context{});
  const auto best = std::max_element(shares.begin(), shares.end(),
                                     [](auto a, auto b) { return a.share < b.share; });
  EXPECT_EQ(best->entry, 2u);
}

TEST(WordMatch, IsTheShareOfTheWeightOfKnownWords) {
  TextWords texts;
  texts.words = {"antibodi", "plasma", "secret"};
  texts.first = {0, 2, 3, 3};
  texts.word = {0, 2, 1};
  const WordMatch match(texts);
  const auto shares = match.shares("Secreting antibodies, strangely");
  EXPECT_FLOAT_EQ(shares[0], 1);  // "strange" is in no text
  EXPECT_FLOAT_EQ(shares[1], 0);
  EXPECT_FLOAT_EQ(shares[2], 0);
  const auto half = match.shares("antibodies in plasma");
  EXPECT_FLOAT_EQ(half[0], 0.5);
  EXPECT_FLOAT_EQ(half[1], 0.5);
  EXPECT_EQ(match.shares("of the cells"), std::vector<float>(3, 0));
  EXPECT_TRUE(WordMatch(TextWords{}).shares("antibody").empty());
}

TEST(TextTower, ANameGivesTheGenesOfWhatIsKnown) {
  const auto tower = small_tower();
  const auto vector = encode(*tower, "B cell");
  EXPECT_EQ(vector.cell_ontology_id, "CL:0000236");
  EXPECT_NEAR(length(vector.weights), 1, 1e-5);
  EXPECT_GT(vector.weights[gene_row("MS4A1")], 0.3);
  EXPECT_GT(vector.weights[gene_row("MS4A1")], 3 * vector.weights[gene_row("NKG7")]);
  ASSERT_FALSE(vector.sources.empty());
  EXPECT_EQ(vector.sources[0].name, "B cell");
}

TEST(TextTower, ChineseNamesAreReadAsTheirTerm) {
  const auto tower = small_tower();
  const auto vector = encode(*tower, "自然杀伤细胞");
  EXPECT_EQ(vector.cell_ontology_id, "CL:0000623");
  EXPECT_EQ(vector.read_as, "natural killer cell");
  EXPECT_GT(vector.weights[gene_row("NKG7")], 0.3);
}

TEST(TextTower, GenesInTheTextCountForOrAgainst) {
  const auto tower = small_tower();
  const auto list = encode(*tower, "CD3D+ CD8A+ CD4-");
  EXPECT_EQ(list.genes, (std::vector<std::string>{"+CD3D", "+CD8A", "-CD4"}));
  EXPECT_GT(list.weights[gene_row("CD3D")], 0.5);
  EXPECT_LT(list.weights[gene_row("CD4")], -0.5);
  const auto name = encode(*tower, "CD14+ B cell");
  EXPECT_GT(name.weights[gene_row("CD14")], 0.1);
  EXPECT_GT(name.weights[gene_row("CD79A")], 0.1);
}

TEST(TextTower, AListOfGenesMeansTheirCompanyToo) {
  const auto tower = small_tower();
  // CD79A is not named; the pool's B cell, which the list is like, has it.
  const auto list = encode(*tower, "MS4A1+ CD19+ CD22+ PAX5+ BLK+ FCRL1+ FCRLA+ BANK1+");
  EXPECT_GT(list.weights[gene_row("CD79A")], 0.05);
  EXPECT_GT(list.weights[gene_row("MS4A1")], list.weights[gene_row("CD79A")]);
  ASSERT_FALSE(list.sources.empty());
  EXPECT_EQ(list.sources[0].name, "B cell");
  // Two genes are what is asked for.
  const auto pair = encode(*tower, "MS4A1+ CD19+");
  EXPECT_EQ(pair.weights[gene_row("CD79A")], 0);
  EXPECT_TRUE(pair.sources.empty());
}

TEST(TextTower, AnEmptyTextIsRefused) {
  const auto tower = small_tower();
  for (const std::string text : {"", "  \t "}) {
    const auto vectors = tower->encode(std::span(&text, 1), TextUse::search, Context{});
    ASSERT_FALSE(vectors);
    EXPECT_EQ(vectors.error().code, ErrorCode::usage);
    EXPECT_FALSE(vectors.error().message.zh.empty());
  }
}

TEST(TextTower, RefusesAnotherEncoder) {
  auto encoder = language::hashing_encoder();
  auto pool = small_pool(*encoder);
  pool.encoder = "another";
  EXPECT_FALSE(make_text_tower(std::make_shared<const Pool>(std::move(pool)), std::move(encoder)));
}

TEST(Pool, IsReadAsItWasWritten) {
  auto encoder = language::hashing_encoder();
  const auto pool = small_pool(*encoder);
  const auto folder =
      std::filesystem::temp_directory_path() / ("celloquy_pool_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const auto files = pool_files(pool);
  std::ofstream(folder / "pool.safetensors", std::ios::binary) << files.tensors;
  std::ofstream(folder / "entries.tsv.gz", std::ios::binary) << files.entries;
  const auto read = read_pool(folder);
  ASSERT_TRUE(read) << read.error().message.en;
  ASSERT_EQ(read->entries.size(), pool.entries.size());
  EXPECT_EQ(read->entries[1].name, pool.entries[1].name);
  EXPECT_EQ(read->entries[2].first_gene, pool.entries[2].first_gene);
  EXPECT_EQ(read->gene, pool.gene);
  EXPECT_EQ(read->families[1].weight, pool.families[1].weight);
  EXPECT_EQ(read->words.words, pool.words.words);
  EXPECT_EQ(pool_files(*read).tensors, files.tensors);
  std::ofstream(folder / "entries.tsv.gz", std::ios::binary) << "damaged";
  EXPECT_FALSE(read_pool(folder));
  std::filesystem::remove_all(folder);
}

// The pool and the encoder that ship.

class ShippedTower : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_text_tower();
    ASSERT_TRUE(opened) << opened.error().message.en << opened.error().remedy.en;
    tower_ = std::move(*opened);
  }
  std::unique_ptr<TextTower> tower_;
};

TEST_F(ShippedTower, CommonTypesHaveTheirMarkers) {
  const std::vector<std::pair<std::string, std::string>> known = {
      {"B cell", "MS4A1"},     {"plasma cell", "MZB1"},  {"hepatocyte", "ALB"},
      {"T细胞", "CD3D"},       {"platelet", "PPBP"},     {"astrocyte", "AQP4"},
      {"pericyte", "RGS5"},    {"cMonocyte", "S100A8"},  {"肝星状细胞", "DCN"},
      {"mast cell", "TPSAB1"}, {"少突胶质细胞", "PLP1"}, {"cells that make antibodies", "JCHAIN"}};
  for (const auto& [text, gene] : known) {
    const auto vector = encode(*tower_, text);
    std::vector<float> sorted = vector.weights;
    std::nth_element(sorted.begin(), sorted.begin() + 60, sorted.end(), std::greater<>());
    EXPECT_GE(vector.weights[gene_row(gene)], sorted[60]) << text << " " << gene;
  }
}

TEST_F(ShippedTower, TheSameBitsForAnyNumberOfThreads) {
  const std::vector<std::string> texts{"B cell", "exhausted T cell", "CD3D+ CD8A+"};
  std::vector<TextVector> first;
  for (const unsigned threads : {1u, 2u, 7u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    const auto vectors = tower_->encode(texts, TextUse::search, context);
    ASSERT_TRUE(vectors);
    if (first.empty()) first = *vectors;
    for (std::size_t i = 0; i < texts.size(); ++i)
      EXPECT_EQ((*vectors)[i].weights, first[i].weights) << texts[i] << " " << threads;
  }
}

}  // namespace
}  // namespace celloquy::space
