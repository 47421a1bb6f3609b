"""Times Scanpy's standard analysis; see measure.py for the options."""
import measure

options = measure.arguments("scanpy")

import warnings

warnings.simplefilter("ignore")
import anndata
import scanpy as sc

TOP, COMPONENTS, NEIGHBORS = 2000, 50, 15


def read(state):
    state["counts"] = anndata.read_h5ad(state["file"])


def quality_control(state):
    data = state["counts"]
    data.var["mt"] = data.var_names.str.startswith("MT-")
    sc.pp.calculate_qc_metrics(data, qc_vars=["mt"], percent_top=None, inplace=True)


def highly_variable_genes(state):
    sc.pp.highly_variable_genes(state["counts"], flavor="seurat_v3", n_top_genes=TOP)


def copy_counts(state):
    state.pop("data", None)
    # A user normalises in place; the copy only makes the step repeatable.
    state["data"] = state["counts"] if options.once else state["counts"].copy()


def normalize(state):
    sc.pp.normalize_total(state["data"], target_sum=1e4)
    sc.pp.log1p(state["data"])


def pca(state):
    sc.pp.pca(state["data"], n_comps=COMPONENTS, mask_var="highly_variable", random_state=0)


def neighbors(state):
    sc.pp.neighbors(state["data"], n_neighbors=NEIGHBORS, random_state=0)


def leiden(state):
    sc.tl.leiden(state["data"], flavor="igraph", n_iterations=2, directed=False, random_state=0)
    state["report"] = {"clusters": int(state["data"].obs["leiden"].nunique()), "modularity": float(state["data"].uns["leiden"]["modularity"])}


def umap(state):
    sc.tl.umap(state["data"], random_state=0)


def wilcoxon(state):
    # The groups are the clusters just found: the same number of groups as for the others within a few.
    sc.tl.rank_genes_groups(state["data"], "leiden", method="wilcoxon", tie_correct=True, pts=True)


measure.run("scanpy", sc.__version__, options, [
    ("read", None, read), ("quality_control", None, quality_control), ("highly_variable_genes", None, highly_variable_genes),
    ("normalize", copy_counts, normalize), ("pca", None, pca), ("neighbors", None, neighbors), ("leiden", None, leiden), ("umap", None, umap),
    ("wilcoxon", None, wilcoxon)])
