#pragma once
// How each result is stored: numbers in facts, arrays as they are. from_blob
// gives false when the blob does not hold such a result (it is then computed again).

#include "analysis/annotate/annotate.hpp"
#include "analysis/group_summary/group_summary.hpp"
#include "analysis/highly_variable_genes/highly_variable_genes.hpp"
#include "analysis/leiden/leiden.hpp"
#include "analysis/markers/markers.hpp"
#include "analysis/neighbor_graph/neighbor_graph.hpp"
#include "analysis/neighbors/neighbors.hpp"
#include "analysis/pca/pca.hpp"
#include "analysis/pseudobulk/pseudobulk.hpp"
#include "analysis/quality_control/quality_control.hpp"
#include "analysis/umap/umap.hpp"
#include "workspace/result_store.hpp"

namespace celloquy::tools {

workspace::Blob to_blob(const quality_control::Metrics& result);
bool from_blob(const workspace::Blob& blob, quality_control::Metrics& result);
workspace::Blob to_blob(const highly_variable_genes::Result& result);
bool from_blob(const workspace::Blob& blob, highly_variable_genes::Result& result);
workspace::Blob to_blob(const pca::Result& result);
bool from_blob(const workspace::Blob& blob, pca::Result& result);
workspace::Blob to_blob(const neighbors::Result& result);
bool from_blob(const workspace::Blob& blob, neighbors::Result& result);
workspace::Blob to_blob(const Graph& result);
bool from_blob(const workspace::Blob& blob, Graph& result);
workspace::Blob to_blob(const leiden::Result& result);
bool from_blob(const workspace::Blob& blob, leiden::Result& result);
workspace::Blob to_blob(const umap::Result& result);
bool from_blob(const workspace::Blob& blob, umap::Result& result);
workspace::Blob to_blob(const markers::Result& result);
bool from_blob(const workspace::Blob& blob, markers::Result& result);
workspace::Blob to_blob(const group_summary::Result& result);
bool from_blob(const workspace::Blob& blob, group_summary::Result& result);
workspace::Blob to_blob(const pseudobulk::Result& result);
bool from_blob(const workspace::Blob& blob, pseudobulk::Result& result);

workspace::Blob to_blob(const annotate::Result& result);
bool from_blob(const workspace::Blob& blob, annotate::Result& result);

/// A list of cells: what a filter or subset kept.
struct CellList {
  std::vector<std::uint32_t> kept;  ///< indices in the file, ascending
};
workspace::Blob to_blob(const CellList& result);
bool from_blob(const workspace::Blob& blob, CellList& result);

/// A field that people made or edited in the study: a name for each cell of the file.
struct OwnField {
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;  ///< a cell of the file; −1: no name
  std::string made_from;            ///< key of the clusters or labels it began as; else empty
  bool cell_type = false;           ///< made from the genes, or the file's cell types
};
workspace::Blob to_blob(const OwnField& result);
bool from_blob(const workspace::Blob& blob, OwnField& result);

}  // namespace celloquy::tools
