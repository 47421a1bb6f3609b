#include "tools/pipeline/blobs.hpp"

#include <cmath>
#include <limits>

namespace celloquy::tools {
namespace {

using workspace::Blob;

/// Copies the array into `out`; false when it is absent or has another size.
template <class T>
bool take(const Blob& blob, std::string_view name, std::vector<T>& out, std::size_t size) {
  const auto* array = blob.array<T>(name);
  if (!array || array->size() != size) return false;
  out = *array;
  return true;
}

template <class T>
bool take(const Blob& blob, std::string_view name, std::vector<T>& out) {
  const auto* array = blob.array<T>(name);
  if (!array) return false;
  out = *array;
  return true;
}

/// A number of the facts; false when it is absent.
template <class T>
bool fact(const Blob& blob, const char* name, T& out) {
  const auto found = blob.facts.find(name);
  if (found == blob.facts.end() || !found->is_number()) return false;
  out = found->get<T>();
  return true;
}

}  // namespace

Blob to_blob(const quality_control::Metrics& r) {
  Blob blob;
  blob.facts = {{"n_cells", r.n_genes.size()}, {"n_genes", r.n_cells.size()}};
  blob.add("n_genes", r.n_genes);
  blob.add("total_counts", r.total_counts);
  blob.add("pct_mitochondrial", r.pct_mitochondrial);
  blob.add("pct_ribosomal", r.pct_ribosomal);
  blob.add("pct_hemoglobin", r.pct_hemoglobin);
  blob.add("n_cells", r.n_cells);
  blob.add("gene_totals", r.gene_totals);
  return blob;
}
bool from_blob(const Blob& blob, quality_control::Metrics& r) {
  std::size_t cells = 0, genes = 0;
  return fact(blob, "n_cells", cells) && fact(blob, "n_genes", genes) &&
         take(blob, "n_genes", r.n_genes, cells) &&
         take(blob, "total_counts", r.total_counts, cells) &&
         take(blob, "pct_mitochondrial", r.pct_mitochondrial, cells) &&
         take(blob, "pct_ribosomal", r.pct_ribosomal, cells) &&
         take(blob, "pct_hemoglobin", r.pct_hemoglobin, cells) &&
         take(blob, "n_cells", r.n_cells, genes) && take(blob, "gene_totals", r.gene_totals, genes);
}

Blob to_blob(const highly_variable_genes::Result& r) {
  Blob blob;
  blob.facts = {{"n_genes", r.rank.size()}};
  blob.add("genes", r.genes);
  blob.add("means", r.means);
  blob.add("variances", r.variances);
  blob.add("score", r.score);
  blob.add("rank", r.rank);
  return blob;
}
bool from_blob(const Blob& blob, highly_variable_genes::Result& r) {
  std::size_t genes = 0;
  return fact(blob, "n_genes", genes) && take(blob, "genes", r.genes) &&
         take(blob, "means", r.means, genes) && take(blob, "variances", r.variances, genes) &&
         take(blob, "score", r.score, genes) && take(blob, "rank", r.rank, genes);
}

Blob to_blob(const pca::Result& r) {
  Blob blob;
  blob.facts = {{"n_cells", r.n_cells}, {"n_components", r.n_components}, {"passes", r.passes}};
  blob.add("scores", r.scores);
  blob.add("loadings", r.loadings);
  blob.add("variance", r.variance);
  blob.add("variance_ratio", r.variance_ratio);
  return blob;
}
bool from_blob(const Blob& blob, pca::Result& r) {
  return fact(blob, "n_cells", r.n_cells) && fact(blob, "n_components", r.n_components) &&
         fact(blob, "passes", r.passes) &&
         take(blob, "scores", r.scores, std::size_t{r.n_cells} * r.n_components) &&
         take(blob, "loadings", r.loadings) && take(blob, "variance", r.variance, r.n_components) &&
         take(blob, "variance_ratio", r.variance_ratio, r.n_components);
}

Blob to_blob(const neighbors::Result& r) {
  Blob blob;
  blob.facts = {{"n_points", r.n_points}, {"n_neighbors", r.n_neighbors}};
  blob.add("indices", r.indices);
  blob.add("distances", r.distances);
  return blob;
}
bool from_blob(const Blob& blob, neighbors::Result& r) {
  if (!fact(blob, "n_points", r.n_points) || !fact(blob, "n_neighbors", r.n_neighbors))
    return false;
  const std::size_t size = std::size_t{r.n_points} * r.n_neighbors;
  return take(blob, "indices", r.indices, size) && take(blob, "distances", r.distances, size);
}

Blob to_blob(const Graph& r) {
  Blob blob;
  blob.facts = {{"n_nodes", r.n_nodes}};
  blob.add("offsets", r.offsets);
  blob.add("indices", r.indices);
  blob.add("weights", r.weights);
  return blob;
}
bool from_blob(const Blob& blob, Graph& r) {
  if (!fact(blob, "n_nodes", r.n_nodes) ||
      !take(blob, "offsets", r.offsets, std::size_t{r.n_nodes} + 1))
    return false;
  const std::size_t edges = r.offsets.back();
  return take(blob, "indices", r.indices, edges) && take(blob, "weights", r.weights, edges);
}

Blob to_blob(const leiden::Result& r) {
  Blob blob;
  blob.facts = {{"n_nodes", r.membership.size()},
                {"n_communities", r.n_communities},
                {"modularity", r.modularity},
                {"iterations", r.iterations}};
  blob.add("membership", r.membership);
  return blob;
}
bool from_blob(const Blob& blob, leiden::Result& r) {
  std::size_t nodes = 0;
  return fact(blob, "n_nodes", nodes) && fact(blob, "n_communities", r.n_communities) &&
         fact(blob, "modularity", r.modularity) && fact(blob, "iterations", r.iterations) &&
         take(blob, "membership", r.membership, nodes);
}

Blob to_blob(const umap::Result& r) {
  Blob blob;
  blob.facts = {{"n_points", r.n_points}, {"n_components", r.n_components}};
  blob.add("layout", r.layout);
  return blob;
}
bool from_blob(const Blob& blob, umap::Result& r) {
  return fact(blob, "n_points", r.n_points) && fact(blob, "n_components", r.n_components) &&
         take(blob, "layout", r.layout, std::size_t{r.n_points} * r.n_components);
}

Blob to_blob(const markers::Result& r) {
  Blob blob;
  blob.facts = {{"n_groups", r.n_groups}, {"n_genes", r.n_genes}};
  blob.add("group_sizes", r.group_sizes);
  blob.add("score", r.score);
  blob.add("p_value", r.p_value);
  blob.add("p_adjusted", r.p_adjusted);
  blob.add("log2_fold_change", r.log2_fold_change);
  blob.add("auc", r.auc);
  blob.add("fraction_in", r.fraction_in);
  blob.add("fraction_out", r.fraction_out);
  return blob;
}
bool from_blob(const Blob& blob, markers::Result& r) {
  if (!fact(blob, "n_groups", r.n_groups) || !fact(blob, "n_genes", r.n_genes)) return false;
  const std::size_t size = std::size_t{r.n_groups} * r.n_genes;
  return take(blob, "group_sizes", r.group_sizes, r.n_groups) &&
         take(blob, "score", r.score, size) && take(blob, "p_value", r.p_value, size) &&
         take(blob, "p_adjusted", r.p_adjusted, size) &&
         take(blob, "log2_fold_change", r.log2_fold_change, size) &&
         take(blob, "auc", r.auc, size) && take(blob, "fraction_in", r.fraction_in, size) &&
         take(blob, "fraction_out", r.fraction_out, size);
}

Blob to_blob(const group_summary::Result& r) {
  Blob blob;
  blob.facts = {{"n_groups", r.n_groups}, {"n_genes", r.n_genes}};
  blob.add("n_cells", r.n_cells);
  blob.add("mean", r.mean);
  blob.add("fraction", r.fraction);
  return blob;
}
bool from_blob(const Blob& blob, group_summary::Result& r) {
  if (!fact(blob, "n_groups", r.n_groups) || !fact(blob, "n_genes", r.n_genes)) return false;
  const std::size_t size = std::size_t{r.n_groups} * r.n_genes;
  return take(blob, "n_cells", r.n_cells, r.n_groups) && take(blob, "mean", r.mean, size) &&
         take(blob, "fraction", r.fraction, size);
}

Blob to_blob(const pseudobulk::Result& r) {
  Blob blob;
  blob.facts = {{"n_genes", r.genes.size()},
                {"prior_degrees_of_freedom",
                 // JSON has no infinity: −1 stands for it.
                 std::isfinite(r.prior_degrees_of_freedom) ? r.prior_degrees_of_freedom : -1.0}};
  blob.add("samples_first", r.samples_first);
  blob.add("samples_second", r.samples_second);
  blob.add("genes", r.genes);
  blob.add("log2_fold_change", r.log2_fold_change);
  blob.add("mean_log2_cpm", r.mean_log2_cpm);
  blob.add("t", r.t);
  blob.add("p_value", r.p_value);
  blob.add("p_adjusted", r.p_adjusted);
  return blob;
}
bool from_blob(const Blob& blob, pseudobulk::Result& r) {
  std::size_t genes = 0;
  if (!fact(blob, "n_genes", genes) ||
      !fact(blob, "prior_degrees_of_freedom", r.prior_degrees_of_freedom))
    return false;
  if (r.prior_degrees_of_freedom < 0)
    r.prior_degrees_of_freedom = std::numeric_limits<double>::infinity();
  return take(blob, "samples_first", r.samples_first) &&
         take(blob, "samples_second", r.samples_second) && take(blob, "genes", r.genes, genes) &&
         take(blob, "log2_fold_change", r.log2_fold_change, genes) &&
         take(blob, "mean_log2_cpm", r.mean_log2_cpm, genes) && take(blob, "t", r.t, genes) &&
         take(blob, "p_value", r.p_value, genes) && take(blob, "p_adjusted", r.p_adjusted, genes);
}

Blob to_blob(const CellList& r) {
  Blob blob;
  blob.facts = {{"n_kept", r.kept.size()}};
  blob.add("kept", r.kept);
  return blob;
}
bool from_blob(const Blob& blob, CellList& r) {
  std::size_t kept = 0;
  return fact(blob, "n_kept", kept) && take(blob, "kept", r.kept, kept);
}

Blob to_blob(const OwnField& r) {
  Blob blob;
  blob.facts = {{"n_cells", r.codes.size()},
                {"names", r.names},
                {"made_from", r.made_from},
                {"cell_type", r.cell_type}};
  blob.add("codes", r.codes);
  return blob;
}
bool from_blob(const Blob& blob, OwnField& r) {
  std::size_t cells = 0;
  if (!fact(blob, "n_cells", cells) || !take(blob, "codes", r.codes, cells)) return false;
  const auto names = blob.facts.find("names");
  if (names == blob.facts.end() || !names->is_array()) return false;
  r.names.clear();
  for (const auto& name : *names) {
    if (!name.is_string()) return false;
    r.names.push_back(name.get<std::string>());
  }
  for (const auto code : r.codes)
    if (code < -1 || code >= static_cast<std::int32_t>(r.names.size())) return false;
  r.made_from = blob.facts.value("made_from", "");
  r.cell_type = blob.facts.value("cell_type", false);
  return true;
}

}  // namespace celloquy::tools
