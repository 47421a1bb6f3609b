// Tables, Matrix Market, compressed text.
#include <zlib.h>

#include <cmath>

#include "io/assets.hpp"
#include "io/table_reader.hpp"
#include "support.hpp"

namespace celloquy::test {
namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

const std::vector<std::string> genes = {"RPL3", "RPS6", "MT-ND1", "CD3E", "LYZ", "NKG7"};
const std::vector<std::string> barcodes = {"AAACCCAAGTGT-1", "CCGTACGTTTAA-1", "GGGTTTAAACCC-1"};

std::string table(const std::vector<std::string>& rows, const std::vector<std::string>& columns,
                  const Counts& counts, bool transposed, char delimiter,
                  const std::string& corner = "") {
  std::string out = corner;
  for (const auto& name : columns) out += delimiter + name;
  out += '\n';
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out += rows[r];
    for (std::size_t c = 0; c < columns.size(); ++c)
      out += delimiter +
             std::to_string(static_cast<int>(transposed ? counts.at(c, r) : counts.at(r, c)));
    out += '\n';
  }
  return out;
}

TEST(Tables, OrientationAndDelimiterAreFound) {
  const Folder folder;
  const auto counts = make_counts(3, 6);
  for (const char delimiter : {',', '\t', ';'})
    for (const bool transposed : {false, true}) {
      const auto text = transposed ? table(genes, barcodes, counts, true, delimiter)
                                   : table(barcodes, genes, counts, false, delimiter, "cell");
      for (const auto& content : {text, gzip(text)}) {
        const auto read = read_dataset(folder.write("x.csv", content), Context());
        ASSERT_TRUE(read) << sentence(read);
        EXPECT_EQ(read->format, "table");
        EXPECT_EQ(read->obs.index, barcodes);
        EXPECT_EQ(read->var.index, genes);
        EXPECT_EQ(dense(read->matrix), counts.values);
        EXPECT_TRUE(has_note(*read, transposed ? "rows of the table were read as genes"
                                               : "rows of the table were read as cells"));
      }
    }
}

TEST(Tables, WrittenByRAndByWindows) {
  const Folder folder;
  auto read = read_dataset(
      folder.write("r.tsv",
                   "\"c,1\"\t\"c2\"\n\"RPL3\"\t1\t0\n\"RPS6\"\t0\t2.0\n\"RPL4\"\t3\t1e2\n"),
      Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->obs.index, (std::vector<std::string>{"c,1", "c2"}));
  EXPECT_EQ(dense(read->matrix), (std::vector<double>{1, 0, 3, 0, 2, 100}));
  read = read_dataset(folder.write("w.csv", "\xef\xbb\xbf,RPL3,RPS6,RPL4\r\nc1,1,,NA\r\nc2,0,2,3"),
                      Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(dense(read->matrix), (std::vector<double>{1, 0, 0, 0, 2, 3}));
  EXPECT_EQ(read->states[0].n_nan, 2u);
}

TEST(Tables, LinesLongerAndShorterThanABlock) {
  const Folder folder;
  // 30,000 columns are 60 kB a line, 40 lines over 2 blocks; then two lines of 800 kB.
  const auto counts = make_counts(40, 30000);
  auto read = read_dataset(
      folder.write("long.csv",
                   table(numbered("ACGTACGTAC", 40), numbered("g", 30000), counts, false, ',')),
      Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(dense(read->matrix), counts.values);
  const auto wide = make_counts(2, 400000);
  Threads threads(7);
  read = read_dataset(folder.write("wide.csv", table(numbered("ACGTACGTAC", 2),
                                                     numbered("g", 400000), wide, false, ',')),
                      threads.context);
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(dense(read->matrix), wide.values);
}

TEST(Tables, MistakesAreNamed) {
  const Folder folder;
  const auto refusal = [&](const std::string& text) {
    const auto read = read_dataset(folder.write("x.csv", text), Context());
    expect_refused(read);
    return sentence(read);
  };
  EXPECT_NE(refusal(",c1,c2\nRPL3,1,2\nRPS6,1,two\n").find("Row 3, column c2"), std::string::npos);
  EXPECT_NE(refusal(",c1,c2\nRPL3,1,2\nRPS6,1\n").find("Row 3"), std::string::npos);
  EXPECT_NE(refusal(",c1,c2\nRPL3,1,2\nRPS6,1,2,3\n").find("3 fields instead of 2"),
            std::string::npos);
  EXPECT_NE(refusal("1,2,3,4\n5,6,7,8\n").find("numbers instead of names"), std::string::npos);
  refusal(",c1,c2\n");
}

TEST(Tables, Numbers) {
  double value = 0;
  for (const auto& [text, wanted] :
       std::vector<std::pair<std::string, double>>{{"0", 0},
                                                   {"12", 12},
                                                   {"3.0", 3},
                                                   {"-1.5", -1.5},
                                                   {"+2", 2},
                                                   {"1e3", 1000},
                                                   {"2.5E-3", 0.0025},
                                                   {"123456789012345678", 123456789012345678.0},
                                                   {".5", 0.5}}) {
    EXPECT_TRUE(io::parse_number(text, value)) << text;
    EXPECT_EQ(value, wanted) << text;
  }
  EXPECT_TRUE(io::parse_number("NA", value));
  EXPECT_TRUE(std::isnan(value));
  for (const char* text : {"abc", "1x", "1 2", "--1", "0x10", "1,5"})
    EXPECT_FALSE(io::parse_number(text, value)) << text;
}

TEST(CompressedText, LiesAndDamage) {
  const Folder folder;
  const auto text = table(barcodes, genes, make_counts(3, 6), false, ',');
  auto packed = gzip(text);
  auto read = read_dataset(
      folder.write("twice.csv.gz", packed + gzip("GGGTTTAAACCA-1,1,2,3,4,5,6\n")), Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->n_cells(), 4u);
  // The trailer claims 4 GB, or nothing.
  for (const char size : {'\xff', '\0'}) {
    auto lying = packed;
    lying.replace(lying.size() - 4, 4, std::string(4, size));
    expect_refused(read_dataset(folder.write("lying.csv.gz", lying), Context()));
  }
  for (std::size_t cut = 1; cut < packed.size(); cut += 3)
    expect_refused(read_dataset(folder.write("cut.csv.gz", packed.substr(0, cut)), Context()));
  // A member that is another archive's: 100 MB of zeros in 100 kB is text of no table.
  expect_refused(
      read_dataset(folder.write("bomb.csv.gz", gzip(std::string(100 << 20, '\0'))), Context()));
  expect_refused(read_dataset(
      folder.write("x.zip", std::string("PK\x03\x04", 4) + std::string(100, 'x')), Context()));
}

struct Market {
  Folder folder;
  Counts counts = make_counts(3, 6);
  std::string matrix = "%%MatrixMarket matrix coordinate integer general\n%\n";
  Market() {
    std::size_t values = 0;
    std::string body;
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t g = 0; g < 6; ++g)
        if (counts.at(c, g) != 0) {
          body += std::to_string(g + 1) + " " + std::to_string(c + 1) + " " +
                  std::to_string(static_cast<int>(counts.at(c, g))) + "\n";
          ++values;
        }
    matrix += "6 3 " + std::to_string(values) + "\n" + body;
  }
  std::string lines(const std::vector<std::string>& names) const {
    std::string out;
    for (const auto& name : names) out += name + "\n";
    return out;
  }
  std::string features(bool types) const {
    std::string out;
    for (std::size_t g = 0; g < genes.size(); ++g)
      out += "ENSG0000000000" + std::to_string(g) + "\t" + genes[g] +
             (types ? "\tGene Expression" : "") + "\n";
    return out;
  }
};

TEST(MatrixMarket, FoldersOfEveryAge) {
  for (const int style : {0, 1, 2}) {
    const Market market;
    const std::string prefix = style == 2 ? "GSM1_sample_" : "", ending = style == 0 ? "" : ".gz";
    const auto pack = [&](const std::string& text) { return style == 0 ? text : gzip(text); };
    const auto path = market.folder.write(prefix + "matrix.mtx" + ending, pack(market.matrix));
    market.folder.write(prefix + "barcodes.tsv" + ending, pack(market.lines(barcodes)));
    market.folder.write(prefix + (style == 0 ? "genes.tsv" : "features.tsv") + ending,
                        pack(market.features(style != 0)));
    for (const auto& what : {market.folder.path(), path}) {
      const auto read = read_dataset(what, Context());
      ASSERT_TRUE(read) << sentence(read);
      EXPECT_EQ(read->format, "matrix_market");
      EXPECT_EQ(read->var.index, genes);
      EXPECT_EQ(read->obs.index, barcodes);
      EXPECT_EQ(dense(read->matrix), market.counts.values);
      EXPECT_EQ(read->fingerprint.size(), 32u);
    }
  }
}

TEST(MatrixMarket, AnyOrderOfEntries) {
  const Market market;
  market.folder.write("barcodes.tsv", market.lines(barcodes));
  market.folder.write("features.tsv", market.features(true));
  // Sorted by gene instead of by cell, one entry in two parts.
  market.folder.write("matrix.mtx",
                      "%%MatrixMarket matrix coordinate real general\n6 3 5\n1 3 2\n2 1 1.5\n2 2 "
                      "7\n6 1 4\n2 1 0.5\n");
  const auto read = read_dataset(market.folder.path(), Context());
  ASSERT_TRUE(read) << sentence(read);
  std::vector<double> wanted(18);
  wanted[2 * 6 + 0] = 2, wanted[0 * 6 + 1] = 2, wanted[1 * 6 + 1] = 7, wanted[0 * 6 + 5] = 4;
  EXPECT_EQ(dense(read->matrix), wanted);
}

TEST(MatrixMarket, MistakesAreNamed) {
  const Market market;
  const auto path = market.folder.write("matrix.mtx", market.matrix);
  auto read = read_dataset(path, Context());
  expect_refused(read);
  EXPECT_NE(sentence(read).find("barcodes and features are missing"), std::string::npos)
      << sentence(read);
  market.folder.write("barcodes.tsv", market.lines(barcodes));
  read = read_dataset(path, Context());
  EXPECT_NE(sentence(read).find("features.tsv"), std::string::npos) << sentence(read);
  market.folder.write("features.tsv", market.features(true));
  ASSERT_TRUE(read_dataset(path, Context()));
  const auto refusal = [&](const std::string& matrix) {
    market.folder.write("matrix.mtx", matrix);
    const auto result = read_dataset(path, Context());
    expect_refused(result);
    return sentence(result);
  };
  const std::string head = "%%MatrixMarket matrix coordinate integer general\n";
  EXPECT_NE(refusal(market.matrix.substr(0, market.matrix.size() - 6)).find("announces"),
            std::string::npos);
  EXPECT_NE(refusal(head + "6 3 1\n7 1 1\n").find("\"7 1 1\""), std::string::npos);
  EXPECT_NE(refusal(head + "6 3 1\n0 1 1\n").find("\"0 1 1\""), std::string::npos);
  EXPECT_NE(refusal(head + "6 3 1\n1 1 x\n").find("\"1 1 x\""), std::string::npos);
  refusal(head + "6 3 99999999999\n1 1 1\n");
  refusal(head + "4000000000 4000000000 1\n1 1 1\n");
  refusal(head + "6 3\n");
  refusal(head);
  refusal("%%MatrixMarket matrix array real general\n6 3\n1\n");
}

TEST(Assets, AMissingAssetNamesTheCommand) {
  const Folder folder;
  const char* before = getenv("CELLOQUY_ASSETS");
  const std::string kept = before ? before : "";
  setenv("CELLOQUY_ASSETS", folder.path().c_str(), 1);
  const auto read = read_dataset("demo", Context());
  expect_refused(read);
  EXPECT_NE(read.error().remedy.en.find("scripts/fetch-assets --only demo_blood"),
            std::string::npos);
  before ? setenv("CELLOQUY_ASSETS", kept.c_str(), 1) : unsetenv("CELLOQUY_ASSETS");
}

TEST(Assets, TheDemonstrationIsJoined) {
  if (!asset_path("demo_blood", "hao1_counts_small.csv"))
    GTEST_SKIP() << "scripts/fetch-assets has not been run";
  // The second reading uses the converted copy.
  for (int round = 0; round < 2; ++round) {
    Threads threads(2);
    const auto read = read_dataset("demo", threads.context);
    ASSERT_TRUE(read) << sentence(read);
    EXPECT_EQ(read->n_cells(), 1336u);
    EXPECT_EQ(read->n_genes(), 11180u);
    EXPECT_EQ(read->matrix.n_nonzeros(), 988731u);
    EXPECT_EQ(read->state, InputState::raw_counts);
    EXPECT_EQ(read->organism.organism, "human");
    EXPECT_EQ(as_categorical(*read->obs.find("cell_type"))->categories.size(), 11u);
    EXPECT_EQ(as_categorical(*read->obs.find("lane"))->categories.size(), 13u);
    EXPECT_EQ(as_categorical(*read->obs.find("experiment"))->categories.size(), 2u);
  }
}

TEST(Assets, CountsWithNoiseAreRounded) {
  const auto path = asset_path("celltypist_sample", "sample_cell_by_gene.csv");
  if (!path) GTEST_SKIP() << "scripts/fetch-assets has not been run";
  Threads threads(2);
  const auto read = read_dataset(*path, threads.context);
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->n_cells(), 559u);
  EXPECT_EQ(read->n_genes(), 32786u);
  EXPECT_EQ(read->state, InputState::noisy_counts);
  EXPECT_TRUE(read->matrix.counts());
}

}  // namespace
}  // namespace celloquy::test
