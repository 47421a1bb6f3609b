"""Times brisc's standard analysis; it has no marker test with p-values. See measure.py for the options."""
import measure

options = measure.arguments("brisc")

import importlib.metadata

from brisc import SingleCell

NEIGHBORS = 15


def read(state):
    state["raw"] = SingleCell(state["file"], num_threads=options.threads)


def quality_control(state):
    # Limits that keep nearly every cell: all programs then work on the same number.
    state["checked"] = state["raw"].qc(max_mito_fraction=1.0, min_genes=1, nonzero_MALAT1=False, allow_float=True, overwrite=True)


def highly_variable_genes(state):
    state["variable"] = state["checked"].hvg(overwrite=True)


def normalize(state):
    state["normal"] = state["variable"].normalize()


def pca(state):
    state["reduced"] = state["normal"].pca(overwrite=True)


def neighbors(state):
    state["near"] = state["reduced"].neighbors(num_neighbors=NEIGHBORS, overwrite=True)


def shared_neighbors(state):
    state["graph"] = state["near"].shared_neighbors(overwrite=True)


def leiden(state):
    state["clustered"] = state["graph"].cluster(overwrite=True)
    state["report"] = {"clusters": int(state["clustered"].obs["cluster"].n_unique())}


def umap(state):
    state["layout"] = state["clustered"].umap(overwrite=True)


measure.run("brisc", importlib.metadata.version("brisc"), options, [
    ("read", None, read), ("quality_control", None, quality_control), ("highly_variable_genes", None, highly_variable_genes), ("normalize", None, normalize),
    ("pca", None, pca), ("neighbors", None, neighbors), ("shared_neighbors", None, shared_neighbors), ("leiden", None, leiden), ("umap", None, umap)])
