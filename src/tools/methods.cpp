#include "tools/methods.hpp"

#include <array>
#include <utility>

namespace celloquy::tools {

Text joined(const Text& first, const Text& second) {
  if (first.empty()) return second;
  return {first.en + " " + second.en, first.zh + second.zh};
}

Text normalization_method(Pipeline& pipeline) {
  const auto values = pipeline.values();
  if (!values) return {};
  switch (*values) {
    case Values::counts:
      return message("tools.method.normalize",
                     {{"target", static_cast<long long>(pipeline.options().target_sum)}});
    case Values::normalized: return message("tools.method.log_only");
    case Values::logged: break;
  }
  return message("tools.method.as_is");
}

Text cluster_method(Pipeline& pipeline) {
  const auto& options = pipeline.options();
  const auto values = pipeline.values();
  const auto components = pipeline.components();
  const auto genes = pipeline.variable_genes();
  Text text = normalization_method(pipeline);
  if (!values || !components || !genes) return text;
  text = joined(text, message("tools.method.clusters",
                              {{"genes", (*genes)->genes.size()},
                               {"flavor", *values == Values::counts ? "seurat_v3" : "seurat"},
                               {"components", (*components)->n_components},
                               {"neighbors", options.n_neighbors},
                               {"resolution", pipeline.resolution()},
                               {"seed", pipeline.context().seed}}));
  if (pipeline.batch_field().empty()) return text;
  return joined(text, message("tools.method.batches_before", {{"field", pipeline.batch_field()}}));
}

std::string citation(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 18> known = {{
      {"scanpy",
       "Wolf FA, Angerer P, Theis FJ. SCANPY: large-scale single-cell gene expression data "
       "analysis. Genome Biol 19:15 (2018). doi:10.1186/s13059-017-1382-0"},
      {"seurat_v3",
       "Stuart T et al. Comprehensive integration of single-cell data. Cell 177:1888 (2019). "
       "doi:10.1016/j.cell.2019.05.031"},
      {"pca",
       "Halko N, Martinsson PG, Tropp JA. Finding structure with randomness. SIAM Rev 53:217 "
       "(2011). doi:10.1137/090771806"},
      {"umap",
       "McInnes L, Healy J, Melville J. UMAP: uniform manifold approximation and projection. "
       "arXiv:1802.03426 (2018)"},
      {"leiden",
       "Traag VA, Waltman L, van Eck NJ. From Louvain to Leiden: guaranteeing well-connected "
       "communities. Sci Rep 9:5233 (2019). doi:10.1038/s41598-019-41695-z"},
      {"wilcoxon",
       "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically "
       "larger than the other. Ann Math Stat 18:50 (1947). doi:10.1214/aoms/1177730491"},
      {"welch",
       "Welch BL. The generalization of Student's problem when several different population "
       "variances are involved. Biometrika 34:28 (1947). doi:10.1093/biomet/34.1-2.28"},
      {"fdr",
       "Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 57:289 "
       "(1995). doi:10.1111/j.2517-6161.1995.tb02031.x"},
      {"mad",
       "Germain PL, Sonrel A, Robinson MD. pipeComp. Genome Biol 21:227 (2020). "
       "doi:10.1186/s13059-020-02136-7"},
      {"pseudobulk",
       "Squair JW et al. Confronting false discoveries in single-cell differential expression. Nat "
       "Commun 12:5692 (2021). doi:10.1038/s41467-021-25960-2"},
      {"limma",
       "Smyth GK. Linear models and empirical Bayes methods for assessing differential expression "
       "in microarray experiments. Stat Appl Genet Mol Biol 3:3 (2004). "
       "doi:10.2202/1544-6115.1027"},
      {"cell_ontology",
       "Diehl AD et al. The Cell Ontology 2016. J Biomed Semant 7:44 (2016). "
       "doi:10.1186/s13326-016-0088-7"},
      {"sentence_bert",
       "Reimers N, Gurevych I. Sentence-BERT: sentence embeddings using Siamese BERT-networks. "
       "EMNLP-IJCNLP 3982 (2019). doi:10.18653/v1/D19-1410"},
      {"module_score",
       "Tirosh I et al. Dissecting the multicellular ecosystem of metastatic melanoma by "
       "single-cell RNA-seq. Science 352:189 (2016). doi:10.1126/science.aad0501"},
      {"harmony",
       "Korsunsky I et al. Fast, sensitive and accurate integration of single-cell data with "
       "Harmony. Nat Methods 16:1289 (2019). doi:10.1038/s41592-019-0619-0"},
      {"scrublet",
       "Wolock SL, Lopez R, Klein AM. Scrublet: computational identification of cell doublets in "
       "single-cell transcriptomic data. Cell Syst 8:281 (2019). doi:10.1016/j.cels.2018.11.005"},
      {"integration_metrics",
       "Luecken MD et al. Benchmarking atlas-level data integration in single-cell genomics. Nat "
       "Methods 19:41 (2022). doi:10.1038/s41592-021-01336-8"},
      {"double_dipping",
       "Gao LL, Bien J, Witten D. Selective inference for hierarchical clustering. J Am Stat Assoc "
       "119:332 (2024). doi:10.1080/01621459.2022.2116331"},
  }};
  for (const auto& [key, text] : known)
    if (key == name) return text;
  return {};
}

std::vector<std::string> cluster_references() {
  return {citation("seurat_v3"), citation("pca"), citation("umap"), citation("leiden")};
}

void add_input_caveats(Pipeline& pipeline, Finding& finding) {
  const auto values = pipeline.values();
  if (values && *values != Values::counts)
    finding.caveats.push_back(
        {*values == Values::logged ? "tools.caveat.logged_input" : "tools.caveat.normalized_input",
         {}});
}

}  // namespace celloquy::tools
