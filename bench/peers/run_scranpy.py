"""Times scranpy (libscran) on the standard analysis; its marker step gives AUC and effect sizes, no p-values. See measure.py for the options."""
import measure

options = measure.arguments("scranpy")

import importlib.metadata
import warnings

warnings.simplefilter("ignore")
import anndata
import knncolle
import mattress
import numpy
import scranpy

TOP, COMPONENTS, NEIGHBORS = 2000, 50, 15
threads = {"num_threads": options.threads}


def read(state):
    data = anndata.read_h5ad(state["file"])
    state["genes"] = data.var_names
    state["matrix"] = data.X.T  # scranpy wants genes in rows
    state["counts"] = mattress.initialize(state["matrix"])


def quality_control(state):
    state["qc"] = scranpy.compute_rna_qc_metrics(state["counts"], {"mt": numpy.asarray(state["genes"].str.startswith("MT-"))}, **threads)


def normalize(state):
    factors = scranpy.center_size_factors(numpy.asarray(state["qc"]["sum"], dtype=numpy.float64))
    state["log"] = scranpy.normalize_counts(state["counts"], factors)


def highly_variable_genes(state):
    variances = scranpy.model_gene_variances(state["log"], **threads)
    state["chosen"] = scranpy.choose_highly_variable_genes(variances["statistics"]["residual"], top=TOP)


def pca(state):
    state["scores"] = scranpy.run_pca(state["log"], subset=state["chosen"], number=COMPONENTS, **threads)["components"]


def neighbors(state):
    index = knncolle.build_index(knncolle.AnnoyParameters(), state["scores"].T)
    state["near"] = knncolle.find_knn(index, num_neighbors=NEIGHBORS, **threads)


def shared_neighbors(state):
    state["graph"] = scranpy.build_snn_graph(state["near"], num_neighbors=NEIGHBORS, **threads)


def leiden(state):
    result = scranpy.cluster_graph(state["graph"], method="leiden")
    state["groups"] = numpy.asarray(result["membership"])
    state["report"] = {"clusters": len(set(state["groups"].tolist()))}


def umap(state):
    state["layout"] = scranpy.run_umap(state["near"], **threads)


def markers_auc(state):
    state["markers"] = scranpy.score_markers(state["log"], state["groups"], **threads)


measure.run("scranpy", importlib.metadata.version("scranpy"), options, [
    ("read", None, read), ("quality_control", None, quality_control), ("normalize", None, normalize), ("highly_variable_genes", None, highly_variable_genes),
    ("pca", None, pca), ("neighbors", None, neighbors), ("shared_neighbors", None, shared_neighbors), ("leiden", None, leiden), ("umap", None, umap),
    ("markers_auc", None, markers_auc)])
