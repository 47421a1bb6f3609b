#pragma once
// Files made for the tests of the readers.

#include <gtest/gtest.h>
#include <hdf5.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "io/read.hpp"

namespace celloquy::test {

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "celloquy-io-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(file(name), std::ios::binary) << content;
    return file(name);
  }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A dense matrix of small counts, about one in three not zero; row by row.
struct Counts {
  std::size_t cells, genes;
  std::vector<double> values;
  double at(std::size_t cell, std::size_t gene) const { return values[cell * genes + gene]; }
};
inline Counts make_counts(std::size_t cells, std::size_t genes, double largest = 9,
                          std::uint64_t seed = 1) {
  Counts out{cells, genes, std::vector<double>(cells * genes)};
  RandomStream random(seed);
  for (auto& value : out.values)
    if (random.below(3) == 0) value = 1 + std::floor(random.uniform() * largest);
  return out;
}

/// Everything of the matrix as a dense one, for comparison.
inline std::vector<double> dense(const CountMatrix& matrix) {
  std::vector<double> out(matrix.n_cells() * matrix.n_genes());
  RowDecoder decoder(matrix.by_cell());
  for (std::size_t cell = 0; cell < matrix.n_cells(); ++cell) {
    const auto row = decoder.row(cell);
    for (std::size_t k = 0; k < row.indices.size(); ++k)
      out[cell * matrix.n_genes() + row.indices[k]] = static_cast<double>(row.values[k]);
  }
  return out;
}

/// How an .h5ad is stored; written with libhdf5 the way anndata does.
struct Storage {
  hid_t value_type = H5T_IEEE_F32LE, index_type = H5T_STD_I32LE;
  enum { csr, csc, dense_matrix } kind = csr;
  hsize_t chunk = 0;  ///< elements (rows of a dense matrix); 0: contiguous
  hsize_t chunk_columns = 0;
  int gzip = 0;
  bool shuffle = false, fletcher = false, latest = false, unlimited = false;
  unsigned filter = 0;  ///< an HDF5 plugin's registered number
};

class H5Builder {
 public:
  H5Builder(const std::string& path, bool latest) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (latest) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
  }
  ~H5Builder() { H5Fclose(file); }

  void group(const std::string& name) {
    H5Gclose(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }

  void text_attribute(const std::string& object, const char* name, const std::string& value) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR),
                at = H5Oopen(file, object.c_str(), H5P_DEFAULT);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const char* data = value.c_str();
    H5Awrite(attribute, type, &data);
    H5Aclose(attribute), H5Oclose(at), H5Sclose(space), H5Tclose(type);
  }

  void shape_attribute(const std::string& object, std::int64_t rows, std::int64_t columns) {
    const hsize_t two = 2;
    const hid_t space = H5Screate_simple(1, &two, nullptr),
                at = H5Oopen(file, object.c_str(), H5P_DEFAULT);
    const hid_t attribute = H5Acreate2(at, "shape", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    const std::int64_t data[2] = {rows, columns};
    H5Awrite(attribute, H5T_NATIVE_INT64, data);
    H5Aclose(attribute), H5Oclose(at), H5Sclose(space);
  }

  /// Doubles stored as any number type, in any layout.
  void numbers(const std::string& name, hid_t type, std::vector<hsize_t> extents,
               const std::vector<double>& data, const Storage& storage = {}) {
    std::vector<hsize_t> most = extents;
    if (storage.unlimited) most[0] = H5S_UNLIMITED;
    const hid_t space =
        H5Screate_simple(static_cast<int>(extents.size()), extents.data(), most.data());
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    if (storage.chunk) {
      // HDF5 wants chunks of fixed datasets no larger than these.
      const hsize_t chunk[2] = {
          storage.unlimited ? storage.chunk : std::min(storage.chunk, extents[0]),
          storage.chunk_columns ? storage.chunk_columns : (extents.size() > 1 ? extents[1] : 1)};
      H5Pset_chunk(properties, static_cast<int>(extents.size()), chunk);
      if (storage.shuffle) H5Pset_shuffle(properties);
      if (storage.gzip) H5Pset_deflate(properties, static_cast<unsigned>(storage.gzip));
      if (storage.fletcher) H5Pset_fletcher32(properties);
      if (storage.filter)
        H5Pset_filter(properties, static_cast<H5Z_filter_t>(storage.filter), H5Z_FLAG_MANDATORY, 0,
                      nullptr);
    }
    const hid_t dataset =
        H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data());
    H5Dclose(dataset), H5Pclose(properties), H5Sclose(space);
  }

  void texts(const std::string& name, const std::vector<std::string>& values) {
    const hsize_t count = values.size();
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &count, nullptr);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t dataset =
        H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<const char*> data;
    for (const auto& value : values) data.push_back(value.c_str());
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data());
    H5Dclose(dataset), H5Sclose(space), H5Tclose(type);
  }

  void frame(const std::string& name, const std::vector<std::string>& index) {
    group(name);
    text_attribute(name, "_index", "_index");
    texts(name + "/_index", index);
  }

  hid_t file;
};

inline std::vector<std::string> numbered(const std::string& stem, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(stem + std::to_string(i));
  return out;
}

/// The matrix at `name` of an open file, as `storage` says.
inline void add_matrix(H5Builder& out, const std::string& name, const Counts& counts,
                       const Storage& storage) {
  if (storage.kind == Storage::dense_matrix) {
    out.numbers(name, storage.value_type, {counts.cells, counts.genes}, counts.values, storage);
    return;
  }
  const bool csr = storage.kind == Storage::csr;
  std::vector<double> data, indices, pointers = {0};
  for (std::size_t a = 0; a < (csr ? counts.cells : counts.genes); ++a) {
    for (std::size_t b = 0; b < (csr ? counts.genes : counts.cells); ++b) {
      const double value = csr ? counts.at(a, b) : counts.at(b, a);
      if (value == 0) continue;
      data.push_back(value);
      indices.push_back(static_cast<double>(b));
    }
    pointers.push_back(static_cast<double>(data.size()));
  }
  out.group(name);
  out.text_attribute(name, "encoding-type", csr ? "csr_matrix" : "csc_matrix");
  out.shape_attribute(name, static_cast<std::int64_t>(counts.cells),
                      static_cast<std::int64_t>(counts.genes));
  out.numbers(name + "/data", storage.value_type, {data.size()}, data, storage);
  out.numbers(name + "/indices", storage.index_type, {indices.size()}, indices, storage);
  out.numbers(name + "/indptr", storage.index_type, {pointers.size()}, pointers, storage);
}

inline void write_h5ad_file(const std::string& path, const Counts& counts, const Storage& storage) {
  H5Builder out(path, storage.latest);
  out.frame("obs", numbered("cell", counts.cells));
  out.frame("var", numbered("GENE", counts.genes));
  add_matrix(out, "X", counts, storage);
}

/// A context with its own threads.
struct Threads {
  explicit Threads(unsigned count) : pool(count) { context.threads = &pool; }
  ThreadPool pool;
  Context context;
};

inline std::string sentence(const Expected<Dataset>& read) {
  return read ? "read" : read.error().message.en;
}

/// What every refusal must be: unusable input with a sentence and a remedy in both languages.
inline void expect_refused(const Expected<Dataset>& read) {
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unusable_input);
  for (const Text* text : {&read.error().message, &read.error().remedy}) {
    EXPECT_GT(text->en.size(), 10u);
    EXPECT_GT(text->zh.size(), 5u);
    EXPECT_EQ(text->en.find('{'), std::string::npos) << text->en;
  }
}

inline bool has_note(const Dataset& dataset, const std::string& part) {
  for (const auto& note : dataset.notes)
    if (note.en.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace celloquy::test
