// Damaged, lying and wrong files: one sentence, never a crash, a hang or a huge allocation.
#include <sys/resource.h>

#include <map>

#include "support.hpp"

namespace celloquy::test {
namespace {

/// A refusal with a sentence, or a dataset that is consistent in itself.
void expect_sound(const Expected<Dataset>& read) {
  if (!read) return expect_refused(read);
  EXPECT_TRUE(read->matrix.by_cell().valid());
  EXPECT_EQ(read->obs.index.size(), read->n_cells());
  EXPECT_EQ(read->var.index.size(), read->n_genes());
}

TEST(DamagedFiles, WhatIsNoDataFile) {
  const Folder folder;
  expect_refused(read_dataset(folder.file("missing.h5ad"), Context()));
  expect_refused(read_dataset("", Context()));
  expect_refused(read_dataset(folder.path(), Context()));  // an empty folder
  expect_refused(read_dataset("/dev/null", Context()));
  expect_refused(read_dataset(folder.write("empty.h5ad", ""), Context()));
  expect_refused(read_dataset(folder.write("text.h5ad", ",c1\nCD3E,1\n"), Context()));
  // In two pieces: "\x00ab" would be one character.
  const std::string noise(
      "\x01\x00\xff\x7f\x00\x00"
      "ab,",
      9);
  expect_refused(read_dataset(folder.write("noise.csv", noise), Context()));
  expect_refused(read_dataset(folder.write("one_word.csv", "hello"), Context()));
  expect_refused(read_dataset(folder.write("line_ends.csv", "\n\n\n"), Context()));
  expect_refused(read_dataset(folder.write("r.rds", "X\n\0\0\0\2"), Context()));
  expect_refused(read_dataset(folder.write("signature.h5ad", "\x89HDF\r\n\x1a\n"), Context()));
  folder.write("second.h5ad", "");
  expect_refused(read_dataset(folder.path(), Context()));  // too many to choose from
}

TEST(DamagedFiles, SaysWhatIsWrong) {
  const Folder folder;
  auto read = read_dataset(folder.file("no.h5ad"), Context());
  EXPECT_NE(read.error().message.en.find("no.h5ad"), std::string::npos);
  EXPECT_NE(read.error().message.zh.find("没有找到"), std::string::npos);
  const auto path = folder.file("x.h5ad");
  write_h5ad_file(path, make_counts(20, 10), {});
  auto bytes = content_of(path);
  read = read_dataset(folder.write("short.h5ad", bytes.substr(0, bytes.size() - 100)), Context());
  expect_refused(read);
  EXPECT_NE(read.error().message.en.find("cut off"), std::string::npos) << read.error().message.en;
}

TEST(DamagedFiles, EveryTruncationAndThousandsOfFlippedBits) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  Storage plain, packed, latest;
  packed.chunk = 40;
  packed.gzip = 4;
  packed.shuffle = true;
  latest.latest = latest.unlimited = true;
  latest.chunk = 20;
  latest.gzip = 1;
  std::size_t refused = 0, total = 0;
  for (const auto& storage : {plain, packed, latest}) {
    write_h5ad_file(path, make_counts(20, 15), storage);
    const auto bytes = content_of(path);
    for (std::size_t size = 0; size < bytes.size(); size += 211) {
      const auto read =
          read_dataset(folder.write("damaged.h5ad", bytes.substr(0, size)), Context());
      expect_refused(read);
    }
    RandomStream random(7);
    for (int trial = 0; trial < 700; ++trial) {
      auto damaged = bytes;
      for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips)
        damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
      const auto read = read_dataset(folder.write("damaged.h5ad", damaged), Context());
      expect_sound(read);
      refused += !read;
      ++total;
      if (HasFailure()) FAIL() << "trial " << trial;
    }
  }
  // Many bits are padding or a value; a good share is structure.
  EXPECT_GT(refused, total / 50);
}

TEST(DamagedFiles, IntegersThatNoMachineHas) {
  const Folder folder;
  for (const std::size_t bytes : {3, 5, 7}) {
    Storage storage;
    storage.value_type = H5Tcopy(H5T_STD_I64LE);
    ASSERT_GE(H5Tset_precision(storage.value_type, 8 * bytes), 0);
    ASSERT_GE(H5Tset_size(storage.value_type, bytes), 0);
    const auto path = folder.file("x.h5ad");
    write_h5ad_file(path, make_counts(20, 15), storage);
    H5Tclose(storage.value_type);
    expect_refused(read_dataset(path, Context()));
  }
}

/// An .h5ad of 3 cells × 2 genes with the three arrays and the shape as given.
struct Parts {
  std::vector<double> data = {1, 2, 3}, indices = {0, 1, 0}, indptr = {0, 1, 2, 3};
  std::int64_t cells = 3, genes = 2;
  std::string encoding = "csr_matrix";
};

Expected<Dataset> read_parts(const Parts& parts) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  {
    H5Builder out(path, false);
    out.frame("obs", numbered("cell", 3));
    out.frame("var", numbered("GENE", 2));
    out.group("X");
    out.text_attribute("X", "encoding-type", parts.encoding);
    out.shape_attribute("X", parts.cells, parts.genes);
    out.numbers("X/data", H5T_IEEE_F32LE, {parts.data.size()}, parts.data);
    out.numbers("X/indices", H5T_STD_I32LE, {parts.indices.size()}, parts.indices);
    out.numbers("X/indptr", H5T_STD_I64LE, {parts.indptr.size()}, parts.indptr);
  }
  return read_dataset(path, Context());
}

TEST(DamagedFiles, SparseArraysThatDoNotFitTogether) {
  ASSERT_TRUE(read_parts({}));
  const std::map<std::string, Parts> wrong = {
      {"indptr goes down", {.indptr = {0, 2, 1, 3}}},
      {"indptr does not start at 0", {.indptr = {1, 1, 2, 3}}},
      {"indptr ends too early", {.indptr = {0, 1, 2, 2}}},
      {"indptr ends too late", {.indptr = {0, 1, 2, 1e15}}},
      {"indptr is negative", {.indptr = {0, -1, 2, 3}}},
      {"indptr is too short", {.indptr = {0, 1, 3}}},
      {"an index is too large", {.indices = {0, 2, 0}}},
      {"an index is negative", {.indices = {0, -1, 0}}},
      {"fewer indices than values", {.indices = {0, 1}}},
      {"more cells than obs", {.cells = 4}},
      {"negative shape", {.cells = -3}},
      {"more genes than var", {.genes = 1000000000000}},
      {"gene-major with cell-major pointers", {.encoding = "csc_matrix"}},
      {"infinite values", {.data = {1, INFINITY, 2}}},
  };
  for (const auto& [what, parts] : wrong) {
    SCOPED_TRACE(what);
    expect_refused(read_parts(parts));
  }
}

TEST(DamagedFiles, MissingAndNegativeValuesAreCounted) {
  auto read = read_parts({.data = {1, NAN, 3}});
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->states[0].n_nan, 1u);
  EXPECT_TRUE(has_note(*read, "Missing values (NaN) in X: 1"));
  EXPECT_EQ(dense(read->matrix), (std::vector<double>{1, 0, 0, 0, 3, 0}));
  read = read_parts({.data = {1, -2, 3}});
  ASSERT_TRUE(read) << sentence(read);
  EXPECT_EQ(read->states[0].n_negative, 1u);
  EXPECT_NE(read->state, InputState::raw_counts);
  EXPECT_TRUE(has_note(*read, "Negative values in X: 1"));
}

TEST(DamagedFiles, ClaimedSizesAreNotBelieved) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  // A dense X of 10^12 values of which none is stored; a table with a billion rows.
  for (const bool in_table : {false, true}) {
    {
      H5Builder out(path, false);
      out.frame("obs", numbered("cell", 3));
      out.frame("var", numbered("GENE", 2));
      const hsize_t extents[2] = {1000000, 1000000}, chunk[2] = {1000, 1000}, many = 1000000000,
                    piece = 1000000;
      const hid_t space =
          in_table ? H5Screate_simple(1, &many, nullptr) : H5Screate_simple(2, extents, nullptr);
      const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
      H5Pset_chunk(properties, in_table ? 1 : 2, in_table ? &piece : chunk);
      H5Dclose(H5Dcreate2(out.file, in_table ? "obs/large" : "X", H5T_NATIVE_FLOAT, space,
                          H5P_DEFAULT, properties, H5P_DEFAULT));
      H5Pclose(properties), H5Sclose(space);
      if (in_table) out.numbers("X", H5T_IEEE_F32LE, {3, 2}, {1, 0, 0, 2, 3, 0});
    }
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    const auto read = read_dataset(path, Context());
    getrusage(RUSAGE_SELF, &after);
    if (in_table) {
      ASSERT_TRUE(read) << sentence(read);
      EXPECT_TRUE(has_note(*read, "obs/large was left out"));
    } else {
      expect_refused(read);
    }
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 100 * 1024) << "kilobytes more";
  }
}

TEST(DamagedFiles, UnknownPiecesAreNotedNotFatal) {
  const Folder folder;
  const auto path = folder.file("x.h5ad");
  {
    H5Builder out(path, false);
    out.frame("obs", numbered("cell", 2));
    out.frame("var", numbered("GENE", 2));
    out.numbers("X", H5T_IEEE_F32LE, {2, 2}, {1, 0, 0, 2});
    out.numbers("obs/short", H5T_IEEE_F32LE, {1}, {1});
    out.group("obs/odd");
    out.text_attribute("obs/odd", "encoding-type", "from-the-future");
    out.group("obsm");
    out.frame("obsm/table", numbered("cell", 2));
    out.numbers("obsm/X_long", H5T_IEEE_F32LE, {3, 2}, {1, 2, 3, 4, 5, 6});
    out.group("layers");
    out.numbers("layers/wrong", H5T_IEEE_F32LE, {3, 2}, {1, 2, 3, 4, 5, 6});
  }
  const auto read = read_dataset(path, Context());
  ASSERT_TRUE(read) << sentence(read);
  for (const char* what : {"obs/short", "obs/odd", "obsm/table", "obsm/X_long", "layers/wrong"})
    EXPECT_TRUE(has_note(*read, std::string(what) + " was left out")) << what;
  EXPECT_TRUE(has_note(*read, "from-the-future"));
}

TEST(DamagedFiles, CancellationStopsTheReader) {
  const Folder folder;
  write_h5ad_file(folder.file("x.h5ad"), make_counts(100, 50), {});
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto read = read_dataset(folder.file("x.h5ad"), context);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy::test
