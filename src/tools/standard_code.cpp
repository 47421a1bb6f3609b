#include "tools/standard_code.hpp"

#include <fmt/format.h>

#include "tools/code_pieces.hpp"

namespace celloquy::tools {

using exports::CodeStep;

namespace {

/// Harmony between the components and the neighbours; empty without a batch column.
CodeStep batch_step(const std::string& batch) {
  if (batch.empty()) return {};
  const std::string column = literal(batch);
  CodeStep step;
  step.scanpy = fmt::format(
      "import harmonypy\n"
      "adata.obs[{0}] = adata.obs[{0}].astype(str)\n"
      "corrected = harmonypy.run_harmony(adata.obsm[\"X_pca\"], adata.obs, [{0}]).Z_corr\n"
      "adata.obsm[\"X_pca_harmony\"] = corrected if corrected.shape[0] == adata.n_obs else "
      "corrected.T\n",
      column);
  step.seurat =
      fmt::format("library(harmony)\nobject <- RunHarmony(object, group.by.vars = {})\n", column);
  return step;
}

}  // namespace

CodeStep normalize_step(Values values, const AnalysisOptions& options) {
  CodeStep step;
  step.tool = "normalize";
  step.summary = message("tools.code.normalize");
  step.scanpy = "import scanpy as sc\n";
  const std::string genes = plain_number(options.n_top_genes);
  if (values == Values::counts) {
    step.scanpy += fmt::format(
        "adata.layers[\"counts\"] = adata.X.copy()\n"
        "sc.pp.filter_genes(adata, min_cells={})\n"
        "sc.pp.highly_variable_genes(adata, n_top_genes={}, flavor=\"seurat_v3\")  # needs "
        "scikit-misc\n"
        "sc.pp.normalize_total(adata, target_sum={})\n"
        "sc.pp.log1p(adata)\n",
        options.min_cells_per_gene, genes, plain_number(options.target_sum));
    step.seurat = fmt::format(
        "object <- NormalizeData(object, scale.factor = {})\n"
        "object <- FindVariableFeatures(object, selection.method = \"vst\", nfeatures = {})\n",
        plain_number(options.target_sum), genes);
  } else {
    if (values == Values::normalized) step.scanpy += "sc.pp.log1p(adata)\n";
    step.scanpy += fmt::format(
        "sc.pp.highly_variable_genes(adata, n_top_genes={}, flavor=\"seurat\")\n", genes);
    step.seurat = fmt::format(
        "# the values are {} already: they go into the slot \"data\"\n"
        "object <- SetAssayData(object, slot = \"data\", new.data = {}(GetAssayData(object, slot = "
        "\"counts\")))\n"
        "object <- FindVariableFeatures(object, selection.method = \"mvp\", nfeatures = {})\n",
        values == Values::logged ? "logged" : "normalised",
        values == Values::logged ? "identity" : "log1p", genes);
  }
  return step;
}

CodeStep cluster_step(const AnalysisOptions& options, const std::string& batch, double resolution,
                      std::uint64_t seed) {
  CodeStep step;
  step.tool = "recluster";
  step.summary = message("tools.code.clusters");
  const std::uint32_t k = options.n_neighbors + 1;  // both count the cell itself
  const CodeStep correction = batch_step(batch);
  step.scanpy = fmt::format(
      "import scanpy as sc\n"
      "sc.pp.pca(adata, n_comps={0}, mask_var=\"highly_variable\")\n"
      "{4}"
      "sc.pp.neighbors(adata, n_neighbors={1}{5})\n"
      "sc.tl.leiden(adata, resolution={2}, flavor=\"igraph\", n_iterations=-1, directed=False, "
      "random_state={3})\n",
      options.n_components, k, plain_number(resolution), seed, correction.scanpy,
      batch.empty() ? "" : ", use_rep=\"X_pca_harmony\"");
  step.seurat = fmt::format(
      "object <- ScaleData(object, do.scale = FALSE)\n"
      "object <- RunPCA(object, npcs = {0})\n"
      "{3}"
      "object <- FindNeighbors(object{4}, dims = 1:{0}, k.param = {1})\n"
      "object <- FindClusters(object, resolution = {2})  # Louvain; algorithm = 4 is Leiden, where "
      "leidenalg is installed\n",
      options.n_components, k, plain_number(resolution), correction.seurat,
      batch.empty() ? "" : ", reduction = \"harmony\"");
  return step;
}

CodeStep layout_step(const AnalysisOptions& options, const std::string& batch) {
  CodeStep step;
  step.tool = "layout";
  step.summary = message("tools.code.layout");
  step.scanpy = "import scanpy as sc\nsc.tl.umap(adata, min_dist=0.5)\n";
  step.seurat =
      fmt::format("object <- RunUMAP(object{}, dims = 1:{}, n.neighbors = {}, min.dist = 0.5)\n",
                  batch.empty() ? "" : ", reduction = \"harmony\"", options.n_components,
                  options.n_neighbors + 1);
  return step;
}

}  // namespace celloquy::tools
