#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {
namespace {

TEST(TableReader, ReadsColumnsByName) {
  auto rows = TableReader::open("t", "# note\nid\tx\tname\r\n1\t9\tone\r\n\n2\t8\n3\t7\tthree",
                                {"name", "id"});
  ASSERT_TRUE(rows);
  std::vector<std::string_view> f;
  ASSERT_TRUE(rows->next(f));
  EXPECT_EQ(f[0], "one");
  EXPECT_EQ(f[1], "1");
  ASSERT_TRUE(rows->next(f));
  EXPECT_EQ(f[0], "");
  EXPECT_EQ(f[1], "2");
  ASSERT_TRUE(rows->next(f));
  EXPECT_EQ(f[0], "three");
  EXPECT_FALSE(rows->next(f));
  const auto missing = TableReader::open("t", "id\tx\n", {"nothing"});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.en.find("nothing"), std::string::npos);
}

TEST(TableReader, ReadsNumbersAsAFullParserDoes) {
  for (const char* text : {"0", "1", "-1", "0.1", "0.2322", "-0.0001", "123456.789", "1e-3", "3.",
                           ".5", "-.5", "123456789012345", "0.1234567890123456789", "1e300", "007"})
    EXPECT_EQ(number(text), std::strtod(text, nullptr)) << text;
  for (const char* text : {"", "-", ".", "-.", "x", "1x", "1.2.3", "--1"})
    EXPECT_EQ(number(text, -7), -7) << text;
}

TEST(ModelFiles, MissingOrDamagedFilesAreErrorsWithARemedy) {
  const auto missing = read_model_file("no/such/file.tsv.gz");
  ASSERT_FALSE(missing);
  EXPECT_FALSE(missing.error().remedy.en.empty());
  EXPECT_FALSE(missing.error().remedy.zh.empty());

  // The first half of a real file must not be read as a whole one.
  const auto whole = models_folder() / "genes" / "mouse_genes.tsv.gz";
  const auto folder =
      std::filesystem::temp_directory_path() / ("celloquy_test_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto half = folder / "half.tsv.gz";
  std::ifstream in(whole, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::ofstream(half, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size() / 2));
  EXPECT_FALSE(read_compressed_file(half));
  std::filesystem::remove_all(folder);
}

TEST(ModelFiles, TheEnvironmentVariableWins) {
  ASSERT_EQ(setenv("CELLOQUY_MODELS", "/nonexistent/models", 1), 0);
  EXPECT_EQ(models_folder(), "/nonexistent/models");
  EXPECT_FALSE(MarkerTable::load());
  ASSERT_EQ(unsetenv("CELLOQUY_MODELS"), 0);
  EXPECT_TRUE(std::filesystem::is_directory(models_folder()));
}

TEST(MarkerTable, HasWhatAnnotationNeeds) {
  const auto& table = **marker_table();
  EXPECT_GE(table.size(), 400u);
  EXPECT_GE(table.n_genes(), 19'000u);
  const auto& ontology = **cell_ontology();
  std::size_t chinese = 0;
  for (std::size_t t = 0; t < table.size(); ++t) {
    const auto term = ontology.find_id(table.type(t).id);
    ASSERT_TRUE(term) << table.type(t).id;
    EXPECT_EQ(ontology.name(*term), table.type(t).name);
    chinese += ontology.has_chinese_name(*term);
    const auto markers = table.markers(t);
    EXPECT_GE(markers.size(), 8u) << table.type(t).name;
    EXPECT_LE(markers.size(), 100u);
    double squares = 0;
    for (const auto& m : markers) squares += static_cast<double>(m.weight) * m.weight;
    EXPECT_NEAR(squares, 1.0, 0.01) << table.type(t).name;
    EXPECT_GT(table.type(t).reliability, 0);
    EXPECT_LT(table.type(t).reliability, 1);
  }
  EXPECT_GE(chinese, 250u);
}

TEST(MarkerTable, KnowsTextbookMarkers) {
  const auto& table = **marker_table();
  const auto rank = [&](std::string_view id, std::string_view gene) {
    const auto markers = table.markers(*table.find_type(id));
    for (std::size_t i = 0; i < markers.size(); ++i)
      if (table.gene(markers[i].gene) == gene && markers[i].weight > 0) return i;
    return std::size_t{1000};
  };
  EXPECT_LT(rank("CL:0000236", "MS4A1"), 5u);
  EXPECT_LT(rank("CL:0000084", "CD3D"), 10u);
  EXPECT_LT(rank("CL:0000623", "GNLY"), 15u);
  EXPECT_LT(rank("CL:0000129", "P2RY12"), 15u);
  EXPECT_LT(rank("CL:0000182", "ALB"), 15u);
  EXPECT_LT(rank("CL:0000169", "INS"), 10u);
  EXPECT_LT(rank("CL:0000115", "PECAM1"), 10u);
}

TEST(MapGenes, MapsHumanAndMouseNames) {
  const auto& table = **marker_table();
  const auto gene_of = [&](const std::vector<std::int32_t>& rows, std::size_t i) {
    return rows[i] < 0 ? std::string_view("-") : table.gene(rows[i]);
  };
  const std::vector<std::string> human = {"CD3D", "ENSG00000153563.17", "CD20", "nothing",
                                          "MT-CO1"};
  const auto h = map_genes(human, table, **human_genes());
  EXPECT_EQ(gene_of(h, 0), "CD3D");
  EXPECT_EQ(gene_of(h, 1), "CD8A");
  EXPECT_EQ(gene_of(h, 2), "MS4A1");
  EXPECT_EQ(h[3], -1);
  const std::vector<std::string> mouse = {"Cd3d", "ENSMUSG00000053977", "Trp53", "Lyz2", "Gm1234"};
  const auto m = map_genes(mouse, table, **mouse_genes());
  EXPECT_EQ(gene_of(m, 0), "CD3D");
  EXPECT_EQ(gene_of(m, 1), "CD8A");
  EXPECT_EQ(gene_of(m, 2), "TP53");
  EXPECT_EQ(gene_of(m, 3), "LYZ");
  EXPECT_EQ(m[4], -1);
}

TEST(LoadTimes, ArePrinted) {
  const auto time = [](const char* name, auto load) {
    const auto start = std::clock();
    ASSERT_TRUE(load());
    const double ms = 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("[ load     ] %-14s %6.1f ms of one core\n", name, ms);
    EXPECT_LT(ms, 2000);  // a guard against something quadratic; the aim is 60
  };
  time("human genes", [] { return GeneTable::load(Organism::human).has_value(); });
  time("mouse genes", [] { return GeneTable::load(Organism::mouse).has_value(); });
  time("cell ontology", [] { return CellOntology::load().has_value(); });
  time("marker table", [] { return MarkerTable::load().has_value(); });
  time("terms", [] { return TermLexicon::load().has_value(); });
  time("translator",
       [] { return Translator::load(**cell_ontology(), **term_lexicon()).has_value(); });
}

}  // namespace
}  // namespace celloquy::knowledge
