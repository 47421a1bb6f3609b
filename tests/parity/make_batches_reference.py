"""Computes with harmonypy and scikit-learn the values of parity_batches.cpp and writes them to tests/parity/reference/batches/.

    python3 -m venv VENV && VENV/bin/pip install harmonypy==2.1.0 scikit-learn==1.9.1
    VENV/bin/python tests/parity/make_batches_reference.py            a few seconds

Data: the first 20 components of the demonstration data (reference/demo/pca_scores, Scanpy), cells of three made-up batches
of unequal size, batch 2 almost without monocytes, each batch shifted as a whole and each cell type of it once more. The
harmonypy package is run, nothing of it is read or kept.
"""
import gzip
import io
import json
from pathlib import Path

import harmonypy
import numpy as np
import pandas as pd
from sklearn.metrics import silhouette_samples

REFERENCE = Path(__file__).resolve().parent / "reference"


def load(name):
    return np.load(io.BytesIO(gzip.decompress((REFERENCE / f"{name}.npy.gz").read_bytes())))


def save(name, values, dtype):
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values, dtype=dtype))
    path = REFERENCE / "batches" / f"{name}.npy.gz"
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(buffer.getvalue())


def harmony(points, batches, seed=0):
    result = harmonypy.run_harmony(points.astype(np.float64), pd.DataFrame({"batch": batches.astype(str)}), ["batch"], random_state=seed, verbose=False)
    corrected = np.asarray(result.Z_corr)
    return corrected if corrected.shape == points.shape else corrected.T


def lisi(points, **codes):
    table = pd.DataFrame({name: values.astype(str) for name, values in codes.items()})
    return harmonypy.compute_lisi(points.astype(np.float64), table, list(codes)).T


def widths(points, batches, labels):
    """scIB's two average silhouette widths, by their definitions (Luecken et al. 2022)."""
    label = (silhouette_samples(points, labels).mean() + 1) / 2
    batch = []
    for kind in np.unique(labels):
        own = labels == kind
        present = np.unique(batches[own])
        if 2 <= len(present) < own.sum():
            batch.append((1 - np.abs(silhouette_samples(points[own], batches[own]))).mean())
    return float(label), float(np.mean(batch))


def main():
    clean = load("demo/pca_scores").reshape(-1, 50)[:, :20]
    kinds = np.unique(load("demo/group_codes"), return_inverse=True)[1].astype(np.int32)
    rng = np.random.default_rng(7)
    batches = rng.choice(3, size=len(clean), p=[0.5, 0.3, 0.2]).astype(np.int32)
    largest = np.bincount(kinds).argmax()
    rare = (kinds == largest) & (batches == 2) & (rng.random(len(clean)) < 0.9)
    batches[rare] = 0
    scale = clean.std(axis=0)
    shift = rng.normal(size=(3, 20)) * scale * 0.5
    own = rng.normal(size=(3, kinds.max() + 1, 20)) * scale * 0.1
    points = (clean + shift[batches] + own[batches, kinds]).astype(np.float32)
    corrected = harmony(points, batches)
    other = harmony(points, batches, seed=1)
    agreement = min(np.corrcoef(corrected[:, c], other[:, c])[0, 1] for c in range(20))
    numbers = {"harmonypy": harmonypy.__version__, "n_labels": int(kinds.max() + 1), "least correlation of a component between two seeds": float(agreement)}
    for name, embedding in (("before", points), ("after", corrected)):
        ilisi, clisi = lisi(embedding, batch=batches, label=kinds)
        save(f"ilisi_{name}", ilisi, np.float32)
        save(f"clisi_{name}", clisi, np.float32)
        numbers[name] = {"ilisi": float(np.median(ilisi)), "clisi": float(np.median(clisi)), "widths": widths(embedding, batches, kinds)}
    save("points", points, np.float32)
    save("batches", batches, np.int32)
    save("labels", kinds, np.int32)
    save("corrected", corrected, np.float32)
    save("widths", [*numbers["before"]["widths"], *numbers["after"]["widths"]], np.float64)
    (REFERENCE / "batches" / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n")
    print(json.dumps(numbers, indent=1))


main()
