// A comparison of two groups as Scanpy and Seurat do it.

#include "tools/code_pieces.hpp"
#include "tools/comparison.hpp"

namespace celloquy::tools {
namespace {

/// A line that leaves only the cells of both groups, with a column "side".
EquivalentCode sides(const Comparison& plan) {
  const auto first = membership(plan.first), second = membership(plan.second);
  const auto within = plan.within ? membership(*plan.within) : EquivalentCode();
  EquivalentCode code;
  code.scanpy = "import numpy as np\nadata.obs[\"side\"] = np.select([" + first.scanpy + ", " +
                second.scanpy + "], [\"first\", \"second\"], \"neither\")\n" +
                "part = adata[(adata.obs[\"side\"] != \"neither\")" +
                (plan.within ? " & " + within.scanpy : std::string()) + "].copy()\n";
  code.seurat = "object$side <- ifelse(" + first.seurat + ", \"first\", ifelse(" + second.seurat +
                ", \"second\", \"neither\"))\npart <- object[, object$side != \"neither\"" +
                (plan.within ? " & " + within.seurat : std::string()) + "]\n";
  return code;
}

}  // namespace

EquivalentCode comparison_code(Pipeline& pipeline, const Comparison& plan) {
  EquivalentCode code = sides(plan);
  if (plan.kind == ComparisonKind::pseudobulk) {
    const std::string column = literal(plan.sample_column);
    code.scanpy +=
        "import scanpy as sc\n"
        "bulk = sc.get.aggregate(part, by=[" +
        column +
        ", \"side\"], func=\"sum\", layer=\"counts\")\n"
        "# samples × genes sums in bulk.layers[\"sum\"]: test them with limma, edgeR or pydeseq2\n"
        "print(bulk.obs)\n";
    code.seurat +=
        "library(limma); library(edgeR)\n"
        "counts <- GetAssayData(part, slot = \"counts\")\n"
        "sample <- factor(as.character(part[[" +
        column +
        "]][, 1]))\n"
        "bulk <- as.matrix(counts %*% model.matrix(~ 0 + sample))\n"
        "side <- part$side[match(levels(sample), as.character(sample))]\n"
        "bulk <- bulk[rowSums(bulk) >= 10, ]\n"
        "fit <- eBayes(lmFit(cpm(calcNormFactors(DGEList(bulk), method = \"none\"), log = TRUE, "
        "prior.count = 2),\n"
        "                    model.matrix(~ factor(side, c(\"second\", \"first\")))), trend = "
        "TRUE)\n"
        "print(topTable(fit, coef = 2, number = 20))\n";
  } else {
    code.scanpy +=
        "import scanpy as sc\n"
        "sc.tl.rank_genes_groups(part, \"side\", groups=[\"first\"], reference=\"second\", "
        "method=\"wilcoxon\", tie_correct=True, pts=True)\n"
        "print(sc.get.rank_genes_groups_df(part, group=\"first\").head(20))\n";
    code.seurat +=
        "Idents(part) <- \"side\"\n"
        "print(head(FindMarkers(part, ident.1 = \"first\", ident.2 = \"second\"), 20))\n";
  }
  const auto mine = [](const GroupChoice& g) { return g.grouping.kind != Grouping::Kind::field; };
  const bool clusters =
      mine(plan.first) || mine(plan.second) || (plan.within && mine(*plan.within));
  return whole_code(pipeline, clusters ? Needs::clusters : Needs::normalized, code);
}

}  // namespace celloquy::tools
