#!/usr/bin/env python3
"""Computes with Scanpy what the dialogues check: make_scanpy_values.py [ASSET_FOLDER] > scanpy_values.json"""
import json
import pathlib
import sys

import anndata
import numpy as np
import pandas as pd
import scanpy as sc

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path.home() / ".cache/celloquy/assets/demo_blood")
counts = pd.read_csv(folder / "hao1_counts_small.csv", index_col=0)
types = pd.read_csv(folder / "hao1_annotations_small.csv", index_col=0).iloc[:, 0]
data = anndata.AnnData(np.array(counts.T, dtype="float32"),
                       obs=pd.DataFrame(index=counts.columns), var=pd.DataFrame(index=counts.index))
data.obs["cell_type"] = types.reindex(data.obs_names).astype(str).astype("category")
data.obs["lane"] = [name.split("_")[0] for name in data.obs_names]
data.var["mt"] = data.var_names.str.startswith("MT-")

values = {"n_cells": data.n_obs, "n_genes": data.n_vars,
          "percent_nonzero": float(100 * (data.X > 0).mean())}
for name, n in data.obs["cell_type"].value_counts().items():
    values[f"n.{name}"] = int(n)
for name, n in data.obs["lane"].value_counts().items():
    values[f"lane.{name}"] = int(n)
for name, n in data[data.obs["cell_type"] == "B cells"].obs["lane"].value_counts().items():
    values[f"b_cells.{name}"] = int(n)

sc.pp.calculate_qc_metrics(data, qc_vars=["mt"], percent_top=None, log1p=False, inplace=True)
values["median_counts"] = float(np.median(data.obs["total_counts"]))
values["median_genes"] = float(np.median(data.obs["n_genes_by_counts"]))
for limit in (200, 500, 1000):
    values[f"cells_with_{limit}_genes"] = int((data.obs["n_genes_by_counts"] >= limit).sum())

raw = data.X.copy()
sc.pp.normalize_total(data, target_sum=1e4)
sc.pp.log1p(data)
for gene in ("GNLY", "CD8A", "CD79A", "FOXP3", "S100A8", "CD3E"):
    at = data.var_names.get_loc(gene)
    values[f"{gene}.n"] = int((raw[:, at] > 0).sum())
    for kind in data.obs["cell_type"].cat.categories:
        inside = (data.obs["cell_type"] == kind).to_numpy()
        values[f"{gene}.mean.{kind}"] = float(data.X[inside, at].mean())
        values[f"{gene}.percent.{kind}"] = float(100 * (raw[inside, at] > 0).mean())

sc.tl.rank_genes_groups(data, "cell_type", method="wilcoxon", tie_correct=True, pts=True)
for kind in ("B cells", "NK cells", "Plasma cells"):
    table = sc.get.rank_genes_groups_df(data, group=kind)
    first = table.iloc[0]
    values[f"markers.{kind}.gene"] = first["names"]
    values[f"markers.{kind}.log2_fold_change"] = float(first["logfoldchanges"])
    values[f"markers.{kind}.score"] = float(first["scores"])
sc.tl.rank_genes_groups(data, "cell_type", groups=["B cells"], reference="NK cells", method="wilcoxon", tie_correct=True)
table = sc.get.rank_genes_groups_df(data, group="B cells")
significant = table[table["pvals_adj"] < 0.05]
values["compare.higher_in_b"] = int((significant["scores"] > 0).sum())
values["compare.higher_in_nk"] = int((significant["scores"] < 0).sum())
json.dump(values, sys.stdout, indent=1, sort_keys=True)
print()
