"""Computes with Scrublet the values of parity_doublets.cpp and writes them to tests/parity/reference/doublets/.

    python3 -m venv VENV && VENV/bin/pip install scrublet==0.2.3 scikit-learn==1.9.1
    scripts/fetch-assets && VENV/bin/python tests/parity/make_doublets_reference.py            half a minute

Data: the demonstration data (1,336 cells, raw counts) with 134 doublets appended, each the sum of the counts of two random
cells; the pairs are committed, so that the test makes the same matrix. Doublets that the data hold already count as singlets
here, which bounds what any method can reach.
"""
import gzip
import io
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
import scrublet
from sklearn.metrics import roc_auc_score

OUT = Path(__file__).resolve().parent / "reference" / "doublets"
CACHE = Path(os.environ.get("CELLOQUY_ASSETS") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "celloquy" / "assets")


def save(name, values, dtype):
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values, dtype=dtype))
    with open(OUT / f"{name}.npy.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(buffer.getvalue())


counts = pd.read_csv(CACHE / "demo_blood" / "hao1_counts_small.csv", index_col=0, dtype={0: str})
cells = sp.csr_matrix(counts.to_numpy(np.float32).T)
rng = np.random.default_rng(11)
pairs = np.array([rng.choice(cells.shape[0], 2, replace=False) for _ in range(134)])
matrix = sp.vstack([cells, cells[pairs[:, 0]] + cells[pairs[:, 1]]]).tocsr()
truth = np.arange(matrix.shape[0]) >= cells.shape[0]
scores, aurocs = [], []
for seed in (0, 1):
    scores.append(scrublet.Scrublet(matrix, expected_doublet_rate=0.1, random_state=seed).scrub_doublets(min_counts=2, min_cells=3, min_gene_variability_pctl=85, n_prin_comps=30, verbose=False)[0])
    aurocs.append(float(roc_auc_score(truth, scores[-1])))
OUT.mkdir(exist_ok=True)
# The score alone, on Scrublet's own ten components, with exact neighbours.
small = scrublet.Scrublet(matrix, expected_doublet_rate=0.1, random_state=0)
small.scrub_doublets(min_counts=2, min_cells=3, min_gene_variability_pctl=85, n_prin_comps=10, use_approx_neighbors=False, verbose=False)
save("points", np.vstack([small.manifold_obs_, small.manifold_sim_]), np.float32)
save("point_scores", np.concatenate([small.doublet_scores_obs_, small.doublet_scores_sim_]), np.float32)
save("pairs", pairs, np.int32)
save("scores", scores[0], np.float32)
numbers = {"scrublet": "0.2.3", "auroc of two seeds": aurocs, "rank correlation of two seeds": float(pd.Series(scores[0]).corr(pd.Series(scores[1]), method="spearman"))}
(OUT / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n")
print(numbers)
