#include <cmath>

#include "io/h5ad_writer.hpp"
#include "support.hpp"

namespace celloquy::test {
namespace {

struct Example {
  CountMatrix matrix;
  DataFrame obs, var;
  DenseBlock umap;
  SquareSparse graph;
  Normalization logs;

  Example() {
    // 5 cells × 4 genes; cell 3 is empty.
    matrix = CountMatrix(SparseMatrix(Order::cell_major, 5, 4, {0, 2, 3, 5, 5, 6},
                                      make({0, 3, 1, 0, 2, 3}), values({1, 300, 2, 5, 7, 4})));
    obs.index = {"c1", "c2", "c3", "c4", "c5"};
    obs.set("number", std::vector<double>{0.5, -1, NAN, 3, 4});
    obs.set("integer", NullableInteger{{1, 2, 3, 4, 5}, {}});
    obs.set("missing", NullableInteger{{1, 2, 3, 4, 5}, {0, 1, 0, 0, 0}});
    obs.set("flag", NullableBoolean{{1, 0, 1, 0, 1}, {}});
    obs.set("unsure", NullableBoolean{{1, 0, 1, 0, 1}, {0, 0, 0, 0, 1}});
    obs.set("text", std::vector<std::string>{"a", "", "肝脏", "d e", "f/g"});
    obs.set("type", Categorical{{"T", "B 细胞"}, {0, 1, -1, 1, 0}, true});
    obs.set("a/b", NullableInteger{{9, 8, 7, 6, 5}, {}});
    var.index = {"CD3E", "MS4A1", "LYZ", "NKG7"};
    umap = {5, 2, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
    graph = {{0, 1, 2, 2, 2, 2}, {1, 0}, {0.5f, 0.5f}};
    logs.kind = Normalization::Kind::log1p;
    logs.scale = {2, 1, 1, 1, 0.5};
  }
  static SparseMatrix::Indices make(std::initializer_list<std::uint16_t> list) {
    Buffer<std::uint16_t> out(list.size());
    std::copy(list.begin(), list.end(), out.begin());
    return out;
  }
  static SparseMatrix::Values values(std::initializer_list<std::uint16_t> list) {
    return std::get<0>(make(list));
  }

  H5adContent content() const {
    H5adContent out;
    out.x = &matrix;
    out.obs = &obs;
    out.var = &var;
    out.obsm = {{"X_umap", &umap}};
    out.obsp = {{"connectivities", &graph}};
    out.layers = {{"counts", &matrix}};
    out.uns = {{"celloquy/version", "0.1"}, {"celloquy/steps/first", "x"}, {"title", "t"}};
    return out;
  }
};

TEST(H5adWriter, EverythingComesBack) {
  const Example example;
  const Folder folder;
  for (const int level : {0, 4}) {
    auto content = example.content();
    content.gzip_level = level;
    const auto path = folder.file("out.h5ad");
    const auto written = write_h5ad(path, content, Context());
    ASSERT_TRUE(written) << written.error().message.en;
    EXPECT_EQ(folder.count(), 1u) << "a temporary file was left behind";
    const auto read = read_dataset(path, Context());
    ASSERT_TRUE(read) << sentence(read);
    EXPECT_EQ(dense(read->matrix), dense(example.matrix));
    EXPECT_EQ(read->obs.index, example.obs.index);
    EXPECT_EQ(read->var.index, example.var.index);
    EXPECT_EQ(read->states.size(), 2u);
    ASSERT_EQ(read->obs.columns.size(), example.obs.columns.size());
    for (std::size_t c = 0; c < example.obs.columns.size(); ++c) {
      const auto& [name, column] = example.obs.columns[c];
      EXPECT_EQ(read->obs.columns[c].first, name == "a/b" ? "a_b" : name);
      EXPECT_EQ(kind(read->obs.columns[c].second), kind(column)) << name;
      for (std::size_t row = 0; row < 5; ++row)
        EXPECT_EQ(value_text(read->obs.columns[c].second, row), value_text(column, row))
            << name << " " << row;
    }
    EXPECT_TRUE(std::get<Categorical>(*read->obs.find("type")).ordered);
    EXPECT_EQ(read->obsm.at("X_umap").values, example.umap.values);
    EXPECT_TRUE(has_note(*read, "without any count: 1"));
  }
}

TEST(H5adWriter, NormalizationIsAppliedToX) {
  const Example example;
  const Folder folder;
  auto content = example.content();
  content.layers.clear();
  content.x_normalization = &example.logs;
  ASSERT_TRUE(write_h5ad(folder.file("out.h5ad"), content, Context()));
  const auto read = read_dataset(folder.file("out.h5ad"), Context());
  ASSERT_TRUE(read) << sentence(read);
  const auto got = dense(read->matrix);
  EXPECT_FLOAT_EQ(static_cast<float>(got[3]), std::log1p(600.0f));
  EXPECT_FLOAT_EQ(static_cast<float>(got[4 * 4 + 3]), std::log1p(2.0f));
}

TEST(H5adWriter, TheSourceIsNeverOverwritten) {
  const Example example;
  const Folder folder;
  const auto path = folder.file("source.h5ad");
  ASSERT_TRUE(write_h5ad(path, example.content(), Context()));
  const auto before = content_of(path);
  auto content = example.content();
  content.source_path = path;
  std::filesystem::create_symlink(path, folder.file("other_name.h5ad"));
  for (const auto& target : {path, folder.file("other_name.h5ad")}) {
    const auto written = write_h5ad(target, content, Context());
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::usage);
  }
  EXPECT_EQ(content_of(path), before);
}

TEST(H5adWriter, FailuresLeaveNothingBehind) {
  const Example example;
  const Folder folder;
  auto written = write_h5ad(folder.file("no/such/folder.h5ad"), example.content(), Context());
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.en.find("No such file"), std::string::npos);
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  folder.write("out.h5ad", "older");
  written = write_h5ad(folder.file("out.h5ad"), example.content(), context);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::cancelled);
  EXPECT_EQ(content_of(folder.file("out.h5ad")), "older");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(H5adWriter, NothingButEmptyTablesIsFine) {
  const Folder folder;
  ASSERT_TRUE(write_h5ad(folder.file("out.h5ad"), H5adContent(), Context()));
  expect_refused(read_dataset(folder.file("out.h5ad"), Context()));
}

// tests/parity/check_h5ad.py hands over files of current anndata and compares.
TEST(H5adWriter, ParityWithAnndata) {
  const char* in = std::getenv("CELLOQUY_PARITY_IN");
  const char* out = std::getenv("CELLOQUY_PARITY_OUT");
  if (!in || !out) GTEST_SKIP() << "run by tests/parity/check_h5ad.py";
  const auto read = read_dataset(in, Context());
  ASSERT_TRUE(read) << sentence(read);
  H5adContent content;
  content.x = &read->matrix;
  content.obs = &read->obs;
  content.var = &read->var;
  content.layers = {{"copy", &read->matrix}};
  for (const auto& [name, block] : read->obsm) content.obsm.emplace_back(name, &block);
  SquareSparse graph;
  graph.offsets.assign(read->n_cells() + 1, 0);
  content.obsp = {{"connectivities", &graph}};
  content.uns = {{"celloquy/where", read->matrix_where}, {"state", std::string(name(read->state))}};
  ASSERT_TRUE(write_h5ad(out, content, Context()));
}

}  // namespace
}  // namespace celloquy::test
