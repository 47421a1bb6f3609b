"""Computes with Scanpy the values that celloquy's parity tests compare with, and writes them to tests/parity/reference/.

    scripts/fetch-assets
    $(scripts/peers-venv) tests/parity/make_reference.py            about one minute
    $(scripts/peers-venv) tests/parity/make_reference.py --check    compute again and compare with the committed files

Two data sets: `demo` (raw counts, 1,336 cells x 11,180 genes) and `pbmc68k` (log values, 700 cells x 765 genes).
reference/README.md says what each file holds; reference/<set>/numbers.json holds single numbers and every option.
"""
import argparse
import gzip
import io
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")
import anndata
import pandas as pd
import scanpy as sc
import scipy.sparse as sp
from scipy.stats import median_abs_deviation, rankdata
from sklearn.manifold import trustworthiness
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

REFERENCE = Path(__file__).resolve().parent / "reference"
CACHE = Path(os.environ.get("CELLOQUY_ASSETS") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "celloquy" / "assets")

GENE_PATTERNS = {
    "mitochondrial": r"^MT-",
    "ribosomal": r"^RP[SL]",
    # The globin genes by name: the usual pattern ^HB[^(P)] also takes HBEGF and HBS1L.
    "hemoglobin": r"^HB(A1|A2|B|D|E1|G1|G2|M|Q1|Z)$",
}
TARGET_SUM = 1e4
N_TOP_GENES = 2000
N_COMPONENTS = 50
NEIGHBORS = 15  # Scanpy's 15: the cell itself and 14 others
SEEDS = range(10)
PANEL = ["CD3D", "CD4", "CD8A", "MS4A1", "CD79A", "NKG7", "GNLY", "LYZ", "CD14", "FCGR3A", "PPBP", "FOXP3", "MZB1", "CLEC10A", "LILRA4", "KIT"]


class Writer:
    """Arrays as gzipped .npy (C order, little endian), numbers collected into numbers.json; the same values give the same bytes."""

    def __init__(self, folder):
        self.folder = folder
        self.numbers = {}
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()

    def array(self, name, values, dtype=np.float32):
        values = np.ascontiguousarray(values, dtype=dtype)
        buffer = io.BytesIO()
        np.save(buffer, values)
        with open(self.folder / f"{name}.npy.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
            out.write(buffer.getvalue())

    def lines(self, name, strings):
        (self.folder / f"{name}.txt").write_text("".join(f"{s}\n" for s in strings))

    def finish(self):
        (self.folder / "numbers.json").write_text(json.dumps(self.numbers, indent=1, ensure_ascii=False) + "\n")


def load_demo():
    folder = CACHE / "demo_blood"
    counts = pd.read_csv(folder / "hao1_counts_small.csv", index_col=0, dtype={0: str})
    labels = pd.read_csv(folder / "hao1_annotations_small.csv", index_col=0)["0"]
    data = anndata.AnnData(sp.csr_matrix(counts.to_numpy(np.float32).T), obs=pd.DataFrame(index=counts.columns), var=pd.DataFrame(index=counts.index))
    data.obs["cell_type"] = pd.Categorical(labels.reindex(data.obs_names))
    data.obs["lane"] = pd.Categorical(data.obs_names.str.split("_").str[0])
    return data


def load_pbmc68k():
    """The log-normalised values of `raw`, with the published labels."""
    data = anndata.read_h5ad(CACHE / "pbmc68k_reduced" / "10x_pbmc68k_reduced.h5ad")
    labels = data.obs["bulk_labels"]
    raw = data.raw.to_adata()
    result = anndata.AnnData(sp.csr_matrix(raw.X), obs=pd.DataFrame(index=raw.obs_names), var=pd.DataFrame(index=raw.var_names))
    result.obs["cell_type"] = labels
    return result


def quality_control(data, out):
    for kind, pattern in GENE_PATTERNS.items():
        data.var[kind] = data.var_names.str.contains(pattern)
    sc.pp.calculate_qc_metrics(data, qc_vars=list(GENE_PATTERNS), percent_top=None, log1p=False, inplace=True)
    out.array("gene_flags", data.var[list(GENE_PATTERNS)].to_numpy(), np.uint8)
    out.array("qc_n_genes", data.obs["n_genes_by_counts"], np.int32)
    out.array("qc_total_counts", data.obs["total_counts"], np.int32)
    out.array("qc_percent", data.obs[[f"pct_counts_{kind}" for kind in GENE_PATTERNS]].to_numpy())
    out.array("qc_n_cells", data.var["n_cells_by_counts"], np.int32)
    out.array("qc_gene_totals", data.var["total_counts"], np.int32)
    out.numbers["quality_control"] = {
        "call": "sc.pp.calculate_qc_metrics(percent_top=None, log1p=False)", "gene_patterns": GENE_PATTERNS,
        "genes_of_kind": {kind: int(data.var[kind].sum()) for kind in GENE_PATTERNS},
        "median_n_genes": float(data.obs["n_genes_by_counts"].median()),
        "median_total_counts": float(data.obs["total_counts"].median()),
        "median_percent_mitochondrial": float(data.obs["pct_counts_mitochondrial"].median()),
    }


def outliers(obs):
    """The MAD rule of scater and of the single-cell best-practices book on Scanpy's metrics: 5 MADs of log counts and log genes either side,
    3 MADs of the mitochondrial percentage above but never under 8 %; a MAD is scaled by 1.4826."""
    def limits(values, count):
        centre = np.median(values)
        spread = median_abs_deviation(values, scale=1 / 1.4826)
        return centre - count * spread, centre + count * spread
    found = np.zeros(len(obs), bool)
    for column in ("total_counts", "n_genes_by_counts"):
        values = np.log1p(obs[column].to_numpy(np.float64))
        low, high = limits(values, 5)
        found |= (values < low) | (values > high)
    percent = obs["pct_counts_mitochondrial"].to_numpy(np.float64)
    return found | (percent > max(limits(percent, 3)[1], 8.0)) | (obs["n_genes_by_counts"].to_numpy() < 200)


def quality_filter(data, out):
    kept = ~outliers(data.obs)
    by_lane = np.ones(data.n_obs, bool)
    for lane in data.obs["lane"].cat.categories:
        inside = (data.obs["lane"] == lane).to_numpy()
        by_lane[inside] = ~outliers(data.obs[inside])
    out.array("qc_kept", kept, np.uint8)
    out.array("qc_kept_by_lane", by_lane, np.uint8)
    out.numbers["quality_filter"] = {"rule": " ".join(outliers.__doc__.split()) + " At least 200 genes.", "kept": int(kept.sum()), "kept_by_lane": int(by_lane.sum())}


def highly_variable(data, counts, out):
    """Returns the mask of the genes that the next steps use."""
    calls = {}
    if counts is not None:
        v3 = sc.pp.highly_variable_genes(counts, flavor="seurat_v3", n_top_genes=N_TOP_GENES, inplace=False)
        out.array("hvg_seurat_v3_score", v3["variances_norm"])
        out.array("hvg_seurat_v3_mean", v3["means"])
        out.array("hvg_seurat_v3_variance", v3["variances"])
        out.array("hvg_seurat_v3_rank", v3["highly_variable_rank"].fillna(-1), np.int32)
        calls["seurat_v3"] = f"sc.pp.highly_variable_genes(counts, flavor='seurat_v3', n_top_genes={N_TOP_GENES}, span=0.3)"
    top = min(N_TOP_GENES, data.n_vars // 2)
    seurat = sc.pp.highly_variable_genes(data, flavor="seurat", n_top_genes=top, inplace=False)
    out.array("hvg_seurat_score", seurat["dispersions_norm"])
    out.array("hvg_seurat_chosen", seurat["highly_variable"], np.uint8)
    calls["seurat"] = f"sc.pp.highly_variable_genes(log values, flavor='seurat', n_top_genes={top})"
    out.numbers["highly_variable_genes"] = calls
    return (v3 if counts is not None else seurat)["highly_variable"].to_numpy()


def principal_components(data, mask, out):
    """Returns the unscaled scores."""
    chosen = data[:, mask].copy()
    chosen.X = chosen.X.astype(np.float64)  # the reference itself must not carry single-precision noise
    for name in ("pca", "pca_scaled"):
        if name == "pca_scaled":
            sc.pp.scale(chosen, zero_center=True, max_value=None)
        sc.pp.pca(chosen, n_comps=N_COMPONENTS, svd_solver="arpack", random_state=0, dtype="float64")
        out.array(f"{name}_scores", chosen.obsm["X_pca"])
        out.array(f"{name}_variance", chosen.uns["pca"]["variance"], np.float64)
        out.array(f"{name}_variance_ratio", chosen.uns["pca"]["variance_ratio"], np.float64)
        if name == "pca":
            scores = chosen.obsm["X_pca"].astype(np.float32)
    out.numbers["pca"] = {
        "genes": int(mask.sum()), "n_components": N_COMPONENTS, "call": "sc.pp.pca(svd_solver='arpack', zero_center=True) of float64 values of the highly variable genes"
        " (seurat_v3 where there are counts, else seurat)", "scaled": "the same after sc.pp.scale(zero_center=True, max_value=None)"}
    return scores


def neighbors_and_graph(data, scores, out):
    exact = NearestNeighbors(n_neighbors=NEIGHBORS + 1, algorithm="brute").fit(scores.astype(np.float64))
    distances, indices = exact.kneighbors()
    distances, indices = distances[:, :NEIGHBORS], indices[:, :NEIGHBORS]  # kneighbors() without argument leaves the point out
    out.array("knn_indices", indices, np.int32)
    out.array("knn_distances", distances)

    data.obsm["X_pca"] = scores
    sc.pp.neighbors(data, n_neighbors=NEIGHBORS, use_rep="X_pca", method="umap", metric="euclidean", random_state=0)
    # Scanpy's own neighbours must be the exact ones, or the graph would be no reference.
    stored = data.obsp["distances"].tocsr()
    for i in range(0, data.n_obs, 17):
        assert set(stored.indices[stored.indptr[i]:stored.indptr[i + 1]]) == set(indices[i, :NEIGHBORS - 1]), i
    graph = sp.csr_matrix(data.obsp["connectivities"])
    graph.sort_indices()
    out.array("graph_offsets", graph.indptr, np.int32)
    out.array("graph_indices", graph.indices, np.int32)
    out.array("graph_weights", graph.data)
    out.numbers["neighbors"] = {"call": f"sc.pp.neighbors(n_neighbors={NEIGHBORS}, use_rep='X_pca', method='umap')", "others_per_cell_in_graph": NEIGHBORS - 1,
                                "edges_both_directions": int(graph.nnz)}


def communities(data, out):
    """Leiden on that very graph: one partition, and how much modularity and partition vary with the seed."""
    found = {}
    for resolution in (0.5, 1.0, 2.0):
        runs, modularities = [], []
        for seed in SEEDS:
            sc.tl.leiden(data, resolution=resolution, flavor="igraph", n_iterations=-1, directed=False, random_state=seed, key_added="leiden")
            runs.append(data.obs["leiden"].astype(int).to_numpy())
            modularities.append(float(data.uns["leiden"]["modularity"]))
        agreement = [adjusted_rand_score(runs[0], run) for run in runs[1:]]
        out.array(f"leiden_{resolution:g}", runs[0], np.int32)
        found[f"{resolution:g}"] = {"modularity": modularities, "communities": [int(run.max()) + 1 for run in runs], "ari_with_seed_0": agreement}
    out.numbers["leiden"] = {"call": "sc.tl.leiden(flavor='igraph', n_iterations=-1, directed=False, random_state=0..9)", "partition_in_file": "seed 0", "by_resolution": found}

    sc.tl.umap(data, random_state=0)
    out.numbers["umap"] = {"call": "sc.tl.umap(random_state=0)", "trustworthiness_15": float(trustworthiness(data.obsm["X_pca"], data.obsm["X_umap"], n_neighbors=15))}


def markers(data, out):
    groups = list(data.obs["cell_type"].cat.categories)
    out.lines("groups", groups)
    codes = data.obs["cell_type"].cat.codes.to_numpy()
    out.array("group_codes", codes, np.int32)
    for method in ("wilcoxon", "t-test"):
        sc.tl.rank_genes_groups(data, "cell_type", method=method, reference="rest", n_genes=data.n_vars, use_raw=False, pts=True,
                                **({"tie_correct": True} if method == "wilcoxon" else {}))
        result = data.uns["rank_genes_groups"]
        def table(field):
            return np.array([pd.Series(result[field][g], index=result["names"][g]).reindex(data.var_names).to_numpy(np.float64) for g in groups])
        prefix = "markers_" + method.replace("-", "_")
        out.array(f"{prefix}_score", table("scores"))
        with np.errstate(divide="ignore"):
            out.array(f"{prefix}_log10_p", np.log10(table("pvals")))
            out.array(f"{prefix}_log10_p_adjusted", np.log10(table("pvals_adj")))
        if method == "wilcoxon":
            out.array("markers_log2_fold_change", table("logfoldchanges"))
            out.array("markers_fraction_in", result["pts"].reindex(data.var_names)[groups].to_numpy().T)
            out.array("markers_fraction_out", result["pts_rest"].reindex(data.var_names)[groups].to_numpy().T)
    # Scanpy has no AUC: from mid-ranks, for every tenth gene.
    dense = data.X[:, ::10].toarray()
    ranks = rankdata(dense, axis=0)
    auc = []
    for g in range(len(groups)):
        inside = codes == g
        n = int(inside.sum())
        auc.append((ranks[inside].sum(axis=0) - n * (n + 1) / 2) / (n * (len(codes) - n)))
    out.array("markers_auc_every_10th_gene", np.array(auc))
    out.numbers["markers"] = {"calls": ["sc.tl.rank_genes_groups(method='wilcoxon', tie_correct=True, reference='rest', pts=True) of float32 log values",
                                        "the same with method='t-test'"], "groups": groups, "group_sizes": np.bincount(codes).tolist()}


def simple_numbers(data, counts, out):
    """What a conversation may say about these data."""
    groups = list(data.obs["cell_type"].cat.categories)
    numbers = {"n_cells": data.n_obs, "n_genes": data.n_vars, "non_zeros": int(data.X.nnz)}
    numbers["cells_of_type"] = {g: int((data.obs["cell_type"] == g).sum()) for g in groups}
    if "lane" in data.obs:
        numbers["cells_of_lane"] = {k: int(v) for k, v in data.obs["lane"].value_counts().sort_index().items()}
    numbers["panel"] = {}
    for gene in PANEL:
        if gene not in data.var_names:
            continue
        values = data[:, gene].X.toarray().ravel()
        entry = {}
        for g in groups:
            inside = (data.obs["cell_type"] == g).to_numpy()
            entry[g] = {"mean_log": float(values[inside].mean(dtype=np.float64)), "fraction": float((values[inside] > 0).mean())}
        entry["all cells"] = {"mean_log": float(values.mean(dtype=np.float64)), "fraction": float((values > 0).mean()), "cells": int((values > 0).sum())}
        if counts is not None:
            entry["all cells"]["total_counts"] = float(counts[:, gene].X.sum())
        numbers["panel"][gene] = entry
    out.numbers["data"] = numbers


def make(folder):
    for name, load in (("demo", load_demo), ("pbmc68k", load_pbmc68k)):
        out = Writer(folder / name)
        data, counts = load(), None
        out.numbers["made_with"] = {"scanpy": sc.__version__, "anndata": anndata.__version__, "numpy": np.__version__}
        if name == "demo":
            quality_control(data, out)
            quality_filter(data, out)
            counts = data.copy()
            sc.pp.normalize_total(data, target_sum=TARGET_SUM)
            sc.pp.log1p(data)
            out.numbers["normalize"] = {"target_sum": TARGET_SUM, "call": f"sc.pp.normalize_total(target_sum={TARGET_SUM:g}); sc.pp.log1p"}
        simple_numbers(data, counts, out)
        mask = highly_variable(data, counts, out)
        scores = principal_components(data, mask, out)
        neighbors_and_graph(data, scores, out)
        communities(data, out)
        markers(data, out)
        out.finish()
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {total / 1e6:.2f} MB", file=sys.stderr)


def read_array(path):
    with gzip.open(path) as file:
        return np.load(io.BytesIO(file.read()))


def compare(made, committed):
    """Names of files that differ; columns of PCA scores may have the other sign."""
    different = []
    for path in sorted([*committed.glob("demo/*.npy.gz"), *committed.glob("pbmc68k/*.npy.gz")]):
        a, b = read_array(path), read_array(made / path.relative_to(committed))
        if path.name.endswith("_scores.npy.gz"):
            b = b * np.sign((a * b).sum(axis=0))
        if a.shape != b.shape or not np.allclose(a, b, rtol=1e-4, atol=1e-4, equal_nan=True):
            different.append(str(path.relative_to(committed)))
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    sc.settings.verbosity = 0
    if not (CACHE / "demo_blood").is_dir() or not (CACHE / "pbmc68k_reduced").is_dir():
        sys.exit("make_reference.py: the data are missing; run scripts/fetch-assets")
    if not options.check:
        make(REFERENCE)
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        different = compare(Path(folder), REFERENCE)
    if different:
        sys.exit("differ from the committed reference: " + ", ".join(different))
    print("the committed reference is what this Scanpy computes")


if __name__ == "__main__":
    main()
