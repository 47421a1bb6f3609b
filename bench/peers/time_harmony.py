"""Times celloquy's Harmony and harmonypy on the same generated points, in one run.

    cmake --preset release -DCELLOQUY_MICRO_BENCHMARKS=ON && cmake --build build/release --target bench_harmony
    python3 -m venv VENV && VENV/bin/pip install harmonypy==2.1.0
    VENV/bin/python bench/peers/time_harmony.py [N]          20,000 cells x 50 components x 4 batches
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import harmonypy
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
n = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
with tempfile.TemporaryDirectory() as folder:
    prefix = f"{folder}/cells"
    subprocess.run([ROOT / "build" / "release" / "bench" / "micro" / "bench_harmony", str(n), "--write", prefix], check=True)
    points = np.fromfile(f"{prefix}.points.f32", np.float32).reshape(n, -1)
    ours = np.fromfile(f"{prefix}.corrected.f32", np.float32).reshape(n, -1)
    table = pd.DataFrame({"batch": np.fromfile(f"{prefix}.batches.i32", np.int32).astype(str)})
seconds = []
for _ in range(4):
    begin = time.perf_counter()
    result = harmonypy.run_harmony(points, table, ["batch"], random_state=0, verbose=False)
    seconds.append(time.perf_counter() - begin)
seconds = sorted(seconds[1:])
theirs = np.asarray(result.Z_corr)
theirs = theirs if theirs.shape == points.shape else theirs.T
print(f"harmonypy {harmonypy.__version__}: {seconds[1]:.3f} s ({seconds[0]:.3f} to {seconds[-1]:.3f})")
print(f"least correlation of a component: {min(np.corrcoef(ours[:, c], theirs[:, c])[0, 1] for c in range(points.shape[1])):.4f}")
