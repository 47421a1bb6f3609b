#pragma once
// Writes AnnData files that current anndata reads. Atomic: a temporary file
// beside the target, synced, renamed. Refuses to overwrite the file the data came from.

#include <string>
#include <utility>
#include <vector>

#include "matrix/dataset.hpp"

namespace celloquy {

/// Symmetric or not, square over the cells: obsp.
struct SquareSparse {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> indices;
  std::vector<float> values;
};

/// Everything of an .h5ad; borrows the matrices.
struct H5adContent {
  const CountMatrix* x = nullptr;  ///< X; with `x_normalization` applied if given
  const Normalization* x_normalization = nullptr;
  std::vector<std::pair<std::string, const CountMatrix*>> layers;
  /// raw/X and raw/var: where CELLxGENE files keep the counts.
  const CountMatrix* raw = nullptr;
  const DataFrame* raw_var = nullptr;
  const DataFrame* obs = nullptr;
  const DataFrame* var = nullptr;
  std::vector<std::pair<std::string, const DenseBlock*>> obsm, varm;
  std::vector<std::pair<std::string, const SquareSparse*>> obsp;
  /// uns: path such as "celloquy/version" to a text.
  std::vector<std::pair<std::string, std::string>> uns;
  /// 1 … 9 compresses matrices and embeddings on all threads; 0 leaves them plain.
  int gzip_level = 4;
  /// Where the data came from (Dataset::path); never overwritten, whatever it is called.
  std::string source_path;
};

/// Values are written as float32, which all tools of the field accept for counts.
/// Encodings of anndata 0.8 and later. Errors: the folder is missing or not
/// writable, the disk is full, `path` is the source. Nothing is left behind then.
Status write_h5ad(const std::string& path, const H5adContent& content, const Context& context);

}  // namespace celloquy
