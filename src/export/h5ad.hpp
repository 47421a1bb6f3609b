#pragma once
// A study as an .h5ad file that anndata, Scanpy and CELLxGENE tools read.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "export/tables.hpp"
#include "io/h5ad_writer.hpp"

namespace celloquy::exports {

/// Borrows everything. Arrays about cells have a row for each kept cell, in the
/// order of `cells`; all genes are kept.
struct H5adExport {
  const Dataset* dataset = nullptr;
  const std::vector<std::uint32_t>* cells = nullptr;  ///< kept, ascending; null: all
  /// log1p values go to X and the counts to layers/counts; null: X is the counts.
  const Normalization* normalization = nullptr;
  /// New obs and var columns (quality metrics, clusters, labels…); a name that
  /// the file already has is replaced.
  std::vector<std::pair<std::string, Column>> obs, var;
  std::vector<std::pair<std::string, const DenseBlock*>> obsm;    ///< "X_pca", "X_umap"
  std::vector<std::pair<std::string, const SquareSparse*>> obsp;  ///< "connectivities"
  /// As CSV text in uns/celloquy/tables/NAME.
  std::vector<const Table*> tables;
  /// uns/celloquy/KEY: versions, seeds, history as text.
  std::vector<std::pair<std::string, std::string>> facts;
};

/// The embeddings that came with the file, for the kept cells, unless the
/// export brings one of the same name.
std::map<std::string, DenseBlock> kept_embeddings(const H5adExport& content);

/// Written atomically; refuses to overwrite the file that the data came from.
/// Sizes are checked against the number of kept cells and genes.
Status write_h5ad_export(const std::string& path, const H5adExport& content,
                         const Context& context);

}  // namespace celloquy::exports
