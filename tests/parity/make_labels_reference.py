"""Writes down the step from scores to labels (docs/joint_space.md) plainly, in float64 with arrays of cells × labels × labels, and its results
on generated scores to tests/parity/reference/labels/.

    python3 -m venv VENV && VENV/bin/pip install numpy==2.4.6
    OPENBLAS_NUM_THREADS=1 VENV/bin/python tests/parity/make_labels_reference.py            some seconds
    OPENBLAS_NUM_THREADS=1 VENV/bin/python tests/parity/make_labels_reference.py --check    compute again and compare with the committed files

reference/README.md says what each file holds.
"""
import argparse
import gzip
import io
import sys
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parent / "reference" / "labels"
# How far a pair must be from where the rule jumps: the program keeps smoothed scores in single precision.
MARGIN = 1e-3


def offset_and_scale(S, C, own_noise=0.1, offset_weight=1.0, rounds=60, heard_from=20.0):
    n, L = S.shape
    G = np.linalg.cholesky(np.linalg.inv(C + own_noise * np.eye(L)))
    T, pure = S @ G, C @ G
    b, k, share, variance = np.zeros(L), np.percentile(S.max(1), 80), np.full(L, 1 / L), None
    for _ in range(rounds):
        D = ((T[:, None, :] - (b + k * pure)[None]) ** 2).sum(2)
        if variance is None:
            variance = D.min(1).mean() / L
        R = np.log(share) - D / (2 * variance)
        R = np.exp(R - R.max(1, keepdims=True))
        R /= R.sum(1, keepdims=True)
        cells = R.sum(0)
        share = (cells + 1) / (n + L)
        mean = (R.T @ T) / np.maximum(cells, 1e-9)[:, None]
        heard = cells / (cells + heard_from)
        for _ in range(3):
            b = (heard[:, None] * (mean - k * pure)).sum(0) / (heard.sum() + offset_weight)
            k = max((heard[:, None] * (mean - b) * pure).sum() / (heard * (pure**2).sum(1)).sum(), 0.02)
        variance = (R * D).sum() / (n * L)
    return R, np.linalg.solve(G.T, b), k


def two_groups(x, w, rounds=60):
    mean = np.average(x, weights=w)
    deviation = np.sqrt(np.average((x - mean) ** 2, weights=w))
    low, high, variance, share = mean - deviation, mean + deviation, (deviation * 0.6) ** 2, 0.5
    for _ in range(rounds):
        with np.errstate(over="ignore"):
            r = 1 / (1 + np.exp(-np.log(share / (1 - share)) - ((x - low) ** 2 - (x - high) ** 2) / (2 * variance)))
        in_high, in_low = (w * r).sum(), (w * (1 - r)).sum()
        high, low = (w * r * x).sum() / max(in_high, 1e-9), (w * (1 - r) * x).sum() / max(in_low, 1e-9)
        share = np.clip(in_high / (in_high + in_low), 0.02, 0.98)
        variance = max((w * (r * (x - high) ** 2 + (1 - r) * (x - low) ** 2)).sum() / (in_high + in_low), 1e-10)
    return low, high, variance, share


def far_from(x, border, of=1.0):
    assert abs(x - border) > MARGIN * of, "the generated data lie where the rule jumps: choose others"


def decide_by_pairs(smooth, blended, C, R, b, k, rounds=2):
    n, L = smooth.shape
    P = R.copy()
    followed_most = 0.0
    for _ in range(rounds):
        odds = np.zeros((n, L, L))
        for i in range(L):
            for j in range(i):
                length = np.sqrt(max(2 - 2 * C[i, j], 1e-6))
                x, y = (smooth[:, i] - smooth[:, j]) / length, (blended[:, i] - blended[:, j]) / length
                w = P[:, i] + P[:, j] + 1e-9
                middle = (C[i] + C[j]) / 2
                distance = length * np.clip((np.average(smooth, axis=0, weights=w) - b) @ middle / (middle @ middle), 0.3 * k, 1.5 * k)
                expected = (b[i] - b[j]) / length
                W = w.sum()
                effective = W**2 / (w**2).sum() if W > 1 else 0
                mean = np.average(x, weights=w)
                of_x = np.average((x - mean) ** 2, weights=w)
                spread = np.sqrt(of_x) / distance
                heard = np.clip((min(W, effective) - 15) / 30, 0, 1)
                followed, border, between, variance = 0.0, expected, distance / 2, (distance / 4) ** 2
                if heard > 0 and spread > 0.1:
                    low, high, within, share = two_groups(x, w)
                    followed = heard * np.clip((spread - 0.2) / 0.08, 0, 1)
                    apart = np.clip(((high - low) / np.sqrt(within) - 2.5) / 0.7, 0, 1) * np.clip((spread - 0.1) / 0.04, 0, 1)
                    if apart > 0:
                        far_from(share, 0.05), far_from(share, 0.95)
                    if 0.05 < share < 0.95:
                        followed = max(followed, heard * apart)
                    at = (low + high) / 2 - within / max(high - low, 1e-9) * np.log(share / (1 - share))
                    if followed > 0:
                        far_from(at, low, distance), far_from(at, high, distance)
                    if not low <= at <= high:
                        at = (low + high) / 2
                    border = (1 - followed) * expected + followed * at
                    between = (1 - followed) * between + followed * (high - low)
                    noisy = np.average((y - mean) ** 2, weights=w) - of_x + within
                    variance = (1 - followed) * variance + followed * max(noisy, within)
                followed_most = max(followed_most, followed)
                slope = max(between, 0.2 * distance) / max(variance, (0.05 * distance) ** 2)
                odds[:, i, j] = np.clip((y - border) * slope, -30, 30)
                odds[:, j, i] = -odds[:, i, j]
        against = np.exp(-odds)
        against[:, np.arange(L), np.arange(L)] = 0
        P = 1 / (1 + against.sum(2))
        P /= P.sum(1, keepdims=True)
    return P, followed_most


# ---- generated scores -----------------------------------------------------------------------------------------------

def cells(seed, n, labels, cells_of, near=(), offset=0.0, noise=0.05, n_neighbors=5):
    """Cells of the labels in turn as often as `cells_of` says, in 12 dimensions; each label of `near` is close to the one before it."""
    draw = np.random.default_rng(seed)
    vectors = draw.normal(size=(labels, 12))
    for label in near:
        vectors[label] = vectors[label - 1] + 0.6 * vectors[label]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kind = np.resize(np.repeat(np.arange(labels), cells_of), n)
    places = 0.3 * vectors[kind] + noise * draw.normal(size=(n, 12))
    scores = (places @ vectors.T + offset * draw.normal(size=labels)).astype(np.float32)
    distances = ((places[:, None] - places[None]) ** 2).sum(2)
    np.fill_diagonal(distances, np.inf)
    neighbors = np.argsort(distances, axis=1, kind="stable")[:, :n_neighbors].astype(np.uint32)
    return scores, (vectors @ vectors.T).astype(np.float32), neighbors


SETS = {
    "diverse": cells(1, 300, 6, [4, 4, 3, 2, 1, 0], near=(1, 5), offset=0.05),
    "one_kind": cells(2, 200, 5, [0, 1, 0, 0, 0], near=(2,), offset=0.08),
    "few": cells(3, 40, 4, [2, 1, 1, 0]),
    "many_cells": cells(4, 2500, 3, [3, 2, 1], near=(1,), n_neighbors=3),
}


# ---- files ----------------------------------------------------------------------------------------------------------

def array_file(values):
    raw, out = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array(raw, np.ascontiguousarray(values), version=(1, 0))
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(raw.getvalue())
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    different = []
    for name, (scores, cosines, neighbors) in SETS.items():
        S, C = scores.astype(np.float64), cosines.astype(np.float64)
        neighbourhoods = np.concatenate([np.arange(len(S))[:, None], neighbors], 1)
        smooth = S[neighbourhoods].mean(1) if len(S) >= 60 else S
        R, b, k = offset_and_scale(smooth, C)
        P, followed = decide_by_pairs(smooth, 0.4 * S + 0.6 * smooth, C, R, b, k)
        print(f"{name}: k {k:.4f}, b {np.round(b, 3)}, cells by label {np.bincount(P.argmax(1), minlength=len(C))}, followed at most {followed:.2f}")
        arrays = {"scores": scores, "cosines": cosines, "neighbors": neighbors, "offset_and_scale": np.append(b, k), "probability": P.astype(np.float32)}
        for what, values in arrays.items():
            path = OUT / f"{name}_{what}.npy.gz"
            if not options.check:
                path.write_bytes(array_file(values))
            elif not np.allclose(np.load(io.BytesIO(gzip.decompress(path.read_bytes()))), values, rtol=0, atol=1e-6):
                different.append(path.name)
    if different:
        sys.exit(f"computed anew, these differ: {', '.join(different)}")


if __name__ == "__main__":
    main()
