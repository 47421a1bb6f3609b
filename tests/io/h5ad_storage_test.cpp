// Every way in which anndata and HDF5 can store the same matrix gives the same matrix.
#include <zstd.h>

#include "support.hpp"

namespace celloquy::test {
namespace {

struct Case {
  std::string name;
  Storage storage;
};

std::vector<Case> all_storages() {
  std::vector<Case> cases;
  const auto add = [&](const std::string& name, auto change) {
    Case item{name, {}};
    change(item.storage);
    cases.push_back(item);
  };
  using S = Storage;
  add("plain", [](S&) {});
  add("float64", [](S& s) { s.value_type = H5T_IEEE_F64LE; });
  add("int32", [](S& s) { s.value_type = H5T_STD_I32LE; });
  add("int64", [](S& s) { s.value_type = H5T_STD_I64LE, s.index_type = H5T_STD_I64LE; });
  add("uint8", [](S& s) { s.value_type = H5T_STD_U8LE; });
  add("int8", [](S& s) { s.value_type = H5T_STD_I8LE; });
  add("uint16", [](S& s) { s.value_type = H5T_STD_U16LE; });
  add("uint32", [](S& s) { s.value_type = H5T_STD_U32LE, s.index_type = H5T_STD_U32LE; });
  add("big endian",
      [](S& s) { s.value_type = H5T_IEEE_F32BE, s.index_type = H5T_STD_I64BE, s.chunk = 100; });
  add("chunks", [](S& s) { s.chunk = 64; });
  add("gzip", [](S& s) { s.chunk = 100, s.gzip = 4; });
  add("gzip shuffle", [](S& s) { s.chunk = 100, s.gzip = 4, s.shuffle = true; });
  add("gzip shuffle float64",
      [](S& s) { s.chunk = 77, s.gzip = 1, s.shuffle = true, s.value_type = H5T_IEEE_F64LE; });
  add("shuffle int16 checksum",
      [](S& s) { s.chunk = 77, s.shuffle = s.fletcher = true, s.value_type = H5T_STD_I16LE; });
  add("one chunk", [](S& s) { s.chunk = 100000, s.gzip = 4, s.unlimited = true; });
  add("csc", [](S& s) { s.kind = S::csc; });
  add("csc gzip", [](S& s) { s.kind = S::csc, s.chunk = 50, s.gzip = 9; });
  add("dense", [](S& s) { s.kind = S::dense_matrix; });
  add("dense gzip tiles",
      [](S& s) { s.kind = S::dense_matrix, s.chunk = 7, s.chunk_columns = 11, s.gzip = 4; });
  add("dense int64 rows",
      [](S& s) { s.kind = S::dense_matrix, s.chunk = 3, s.value_type = H5T_STD_I64LE; });
  // The newest file layout has a chunk index of its own for each situation.
  add("latest contiguous", [](S& s) { s.latest = true; });
  add("latest implicit index", [](S& s) { s.latest = true, s.chunk = 64; });
  add("latest fixed array", [](S& s) { s.latest = true, s.chunk = 64, s.gzip = 4; });
  add("latest paged fixed array", [](S& s) { s.latest = true, s.chunk = 1, s.gzip = 4; });
  add("latest extensible array", [](S& s) { s.latest = true, s.chunk = 64, s.unlimited = true; });
  add("latest long extensible array",
      [](S& s) { s.latest = true, s.chunk = 1, s.unlimited = true, s.gzip = 4; });
  add("latest single chunk",
      [](S& s) { s.latest = true, s.chunk = 100000, s.unlimited = true, s.gzip = 4; });
  add("latest dense extensible", [](S& s) {
    s.latest = true, s.kind = S::dense_matrix, s.chunk = 5, s.chunk_columns = 6, s.unlimited = true,
    s.gzip = 1;
  });
  return cases;
}

TEST(H5adStorage, AllGiveTheSameMatrix) {
  const Folder folder;
  const auto counts = make_counts(90, 60);
  for (const auto& item : all_storages()) {
    SCOPED_TRACE(item.name);
    const auto path = folder.file("x.h5ad");
    write_h5ad_file(path, counts, item.storage);
    const auto read = read_dataset(path, Context());
    ASSERT_TRUE(read) << sentence(read);
    EXPECT_EQ(read->format, "h5ad");
    EXPECT_EQ(read->state, InputState::raw_counts);
    EXPECT_EQ(read->matrix_where, "X");
    EXPECT_EQ(dense(read->matrix), counts.values);
    EXPECT_TRUE(read->matrix.by_cell().valid());
    // Stored as one byte a count and two an index, whatever the file has.
    EXPECT_LE(read->matrix.by_cell().bytes(), 3 * read->matrix.n_nonzeros() + 8 * 91);
  }
}

TEST(H5adStorage, FiltersOfInstalledPlugins) {
  const Folder folder;
  const auto counts = make_counts(90, 60);
  std::size_t tried = 0;
  for (const unsigned filter : {307u, 32000u, 32001u, 32004u, 32008u,
                                32015u}) {  // bzip2, LZF, blosc, LZ4, bitshuffle, zstd
    if (H5Zfilter_avail(static_cast<H5Z_filter_t>(filter)) <= 0) continue;
    ++tried;
    Storage storage;
    storage.chunk = 256;
    storage.filter = filter;
    write_h5ad_file(folder.file("x.h5ad"), counts, storage);
    const auto read = read_dataset(folder.file("x.h5ad"), Context());
    ASSERT_TRUE(read) << filter << ": " << sentence(read);
    EXPECT_EQ(dense(read->matrix), counts.values) << filter;
  }
  if (tried == 0) GTEST_SKIP() << "no HDF5 filter plugin is installed";
}

TEST(H5adStorage, ZstdWithoutAPlugin) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  // 4,000 cells × 1 gene, dense; the two chunks are compressed by ourselves.
  Counts counts = make_counts(4000, 1);
  {
    H5Builder out(path, false);
    out.frame("obs", numbered("cell", 4000));
    out.frame("var", numbered("GENE", 1));
    const hsize_t extents[2] = {4000, 1}, chunk[2] = {2500, 1};
    const hid_t space = H5Screate_simple(2, extents, nullptr),
                properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(properties, 2, chunk);
    H5Pset_filter(properties, 32015, H5Z_FLAG_OPTIONAL, 0, nullptr);
    const hid_t dataset =
        H5Dcreate2(out.file, "X", H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    ASSERT_GE(dataset, 0);
    for (const hsize_t first : {0u, 2500u}) {
      std::vector<float> plain(2500);
      for (std::size_t i = first; i < std::min<std::size_t>(4000, first + 2500); ++i)
        plain[i - first] = static_cast<float>(counts.values[i]);
      std::vector<char> packed(ZSTD_compressBound(10000));
      const auto bytes = ZSTD_compress(packed.data(), packed.size(), plain.data(), 10000, 3);
      const hsize_t origin[2] = {first, 0};
      ASSERT_GE(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, origin, bytes, packed.data()), 0);
    }
    H5Dclose(dataset), H5Pclose(properties), H5Sclose(space);
  }
  const auto read = read_dataset(path, Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(dense(read->matrix), counts.values);
}

TEST(H5adStorage, SameBitsForAnyNumberOfThreads) {
  const Folder folder;
  const auto counts = make_counts(400, 100, 300);
  const auto path = folder.file("x.h5ad");
  for (const auto kind : {Storage::csr, Storage::csc, Storage::dense_matrix}) {
    Storage storage;
    storage.kind = kind;
    storage.chunk = 37;
    storage.gzip = 1;
    write_h5ad_file(path, counts, storage);
    for (const unsigned count : {1u, 2u, 7u}) {
      Threads threads(count);
      const auto read = read_dataset(path, threads.context);
      ASSERT_TRUE(read) << sentence(read);
      EXPECT_EQ(dense(read->matrix), counts.values) << count << " threads";
    }
  }
}

TEST(H5adStorage, ValuesTakeTheNarrowestType) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  const std::vector<std::pair<double, std::size_t>> cases = {
      {255, 1}, {256, 2}, {65535, 2}, {65536, 4}, {4294967295.0, 4}};
  for (const auto& [largest, bytes] : cases) {
    auto counts = make_counts(200, 300);
    // One large count among 20,000: the pieces before it were stored narrower.
    counts.values.back() = largest;
    Storage storage;
    storage.value_type = H5T_IEEE_F64LE;
    storage.chunk = 500;
    write_h5ad_file(path, counts, storage);
    const auto read = read_dataset(path, Context());
    ASSERT_TRUE(read) << sentence(read);
    const auto stored =
        read->matrix.by_cell().visit([](const auto& view) { return sizeof(view.values[0]); });
    EXPECT_EQ(stored, bytes) << largest;
    EXPECT_TRUE(read->matrix.counts());
    EXPECT_EQ(dense(read->matrix)[200 * 300 - 1], static_cast<double>(static_cast<float>(largest)));
    EXPECT_EQ(dense(read->matrix)[0], counts.values[0]);
  }
}

TEST(H5adStorage, ManyGenesTakeWideIndices) {
  const Folder folder;
  const auto counts = make_counts(3, 70000);
  write_h5ad_file(folder.file("x.h5ad"), counts, {});
  const auto read = read_dataset(folder.file("x.h5ad"), Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(dense(read->matrix), counts.values);
}

TEST(H5adStorage, UnsortedAndRepeatedIndicesAreRepaired) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  {
    H5Builder out(path, false);
    out.frame("obs", numbered("cell", 2));
    out.frame("var", numbered("GENE", 4));
    out.group("X");
    out.text_attribute("X", "encoding-type", "csr_matrix");
    out.shape_attribute("X", 2, 4);
    // Cell 0: gene 3 twice (200 + 100 no longer fits one byte), gene 1 once.
    out.numbers("X/data", H5T_IEEE_F32LE, {5}, {200, 7, 100, 0, 2});
    out.numbers("X/indices", H5T_STD_I32LE, {5}, {3, 1, 3, 0, 2});
    out.numbers("X/indptr", H5T_STD_I32LE, {3}, {0, 3, 5});
  }
  const auto read = read_dataset(path, Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(dense(read->matrix), (std::vector<double>{0, 7, 0, 300, 0, 0, 2, 0}));
  EXPECT_EQ(read->matrix.n_nonzeros(), 3u);  // the stored zero is gone
  EXPECT_TRUE(read->matrix.by_cell().valid());
  EXPECT_TRUE(has_note(*read, "not in order: 1"));
  EXPECT_TRUE(has_note(*read, "twice at one place: 1"));
}

TEST(H5adStorage, CountsAreChosenBeforeEverythingElse) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  const auto counts = make_counts(50, 30);
  auto logs = counts;
  for (std::size_t cell = 0; cell < 50; ++cell) {
    double sum = 0;
    for (std::size_t gene = 0; gene < 30; ++gene) sum += counts.at(cell, gene);
    for (std::size_t gene = 0; gene < 30; ++gene)
      logs.values[cell * 30 + gene] = std::log1p(counts.at(cell, gene) / sum * 1e4);
  }
  // raw has one gene more than X, as after a selection of genes.
  auto raw = make_counts(50, 31, 9, 5);
  const auto build = [&](bool with_layer, bool with_raw) {
    H5Builder out(path, false);
    out.frame("obs", numbered("cell", 50));
    out.frame("var", numbered("GENE", 30));
    add_matrix(out, "X", logs, {});
    out.group("layers");
    if (with_layer) add_matrix(out, "layers/counts", counts, {});
    if (with_raw) {
      out.group("raw");
      out.frame("raw/var", numbered("RAW", 31));
      add_matrix(out, "raw/X", raw, {});
    }
  };
  build(true, true);
  auto read = read_dataset(path, Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->matrix_where, "layers/counts");
  EXPECT_EQ(dense(read->matrix), counts.values);
  EXPECT_EQ(read->states.size(), 3u);
  build(false, true);
  read = read_dataset(path, Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->matrix_where, "raw/X");
  EXPECT_EQ(read->n_genes(), 31u);
  EXPECT_EQ(read->var.index[30], "RAW30");
  build(false, false);
  read = read_dataset(path, Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->matrix_where, "X");
  EXPECT_EQ(read->state, InputState::log1p);
  EXPECT_NEAR(read->states[0].target_sum, 1e4, 1);
  EXPECT_TRUE(has_note(*read, "no raw counts"));
}

TEST(H5adSeeds, FilesOfEveryAgeAreRead) {
  const std::string seeds = std::string(CELLOQUY_SOURCE_DIR) + "/fuzz/corpus/h5ad/";
  for (const char* version : {"by_hand_earliest.h5ad", "by_hand_latest.h5ad"}) {
    const auto read = read_dataset(seeds + version, Context());
    ASSERT_TRUE(read) << sentence(read);
    EXPECT_EQ(dense(read->matrix), (std::vector<double>{1, 0, 0, 2, 3, 0}));
    const auto* column = read->obs.find("cat");
    ASSERT_TRUE(column);
    EXPECT_EQ(kind(*column), "categorical");
    EXPECT_EQ(value_text(*column, 2), "only");
  }
  auto read = read_dataset(seeds + "compound.h5ad", Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->obs.index, (std::vector<std::string>{"c0", "c1"}));
  EXPECT_EQ(value_text(*read->obs.find("group"), 0), "y");
  read = read_dataset(seeds + "columns.h5ad", Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(value_text(*read->obs.find("cat"), 4), "b");
  EXPECT_EQ(value_text(*read->obs.find("int"), 1), "");
  EXPECT_EQ(value_text(*read->obs.find("int"), 2), "3");
  EXPECT_EQ(value_text(*read->obs.find("flag"), 1), "false");
  EXPECT_EQ(value_text(*read->obs.find("flag"), 2), "");
  EXPECT_EQ(value_text(*read->obs.find("real"), 5), "1");
  EXPECT_EQ(read->var.index[4], "CD3E-1");
  for (const char* name : {"csr", "csc", "dense", "gzip", "lzf", "layers"}) {
    read = read_dataset(seeds + name + ".h5ad", Context());
    ASSERT_TRUE(read) << name << ": " << sentence(read);
    EXPECT_EQ(read->n_cells(), 6u);
    EXPECT_EQ(read->state, InputState::raw_counts) << name;
  }
}

TEST(TenxSeeds, BothVersionsKeepGeneExpression) {
  const std::string seeds = std::string(CELLOQUY_SOURCE_DIR) + "/fuzz/corpus/tenx_h5/";
  auto read = read_dataset(seeds + "v2.h5", Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->format, "10x_h5");
  EXPECT_EQ(dense(read->matrix), (std::vector<double>{1, 0, 2, 0, 3, 0}));
  EXPECT_EQ(value_text(*read->var.find("gene_ids"), 1), "ENSG2");
  read = read_dataset(seeds + "v3.h5", Context());
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->var.index, (std::vector<std::string>{"CD3E", "LYZ"}));
  EXPECT_EQ(dense(read->matrix), (std::vector<double>{1, 0, 0, 3}));
  EXPECT_TRUE(has_note(*read, "left out: 1 (Antibody Capture)"));
}

}  // namespace
}  // namespace celloquy::test
