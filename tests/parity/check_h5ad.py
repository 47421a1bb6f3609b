#!/usr/bin/env python3
"""Round trip between celloquy and current anndata.

Writes .h5ad files with anndata in every storage that it offers, lets
celloquy's reader and writer pass them through (the test program's case
H5adWriter.ParityWithAnndata), reads the result with anndata and compares
values, names and columns exactly.

    $(scripts/peers-venv) tests/parity/check_h5ad.py build/release/tests/io/test_io
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import anndata
import numpy
import pandas
import scipy.sparse

warnings.simplefilter("ignore")
rng = numpy.random.default_rng(3)
CELLS, GENES = 300, 120


def example(x):
    obs = pandas.DataFrame(index=[f"cell{i}" for i in range(CELLS)])
    obs["cat"] = pandas.Categorical(rng.choice(["T", "B", "NK 细胞"], CELLS))
    obs.loc[obs.index[3], "cat"] = None
    obs["ordered"] = pandas.Categorical(rng.choice(["lo", "hi"], CELLS), ["lo", "hi"], ordered=True)
    obs["real"] = rng.normal(size=CELLS)
    obs["integer"] = rng.integers(0, 1000, CELLS)
    obs["flag"] = rng.random(CELLS) < 0.5
    obs["maybe_integer"] = pandas.array([None if i % 7 == 0 else i for i in range(CELLS)], dtype="Int64")
    obs["maybe_flag"] = pandas.array([None if i % 5 == 0 else i % 2 == 0 for i in range(CELLS)], dtype="boolean")
    obs["text"] = [f"text {i}" for i in range(CELLS)]
    var = pandas.DataFrame(index=[f"GENE{i}" for i in range(GENES)])
    var["length"] = rng.integers(200, 9000, GENES)
    data = anndata.AnnData(x, obs=obs, var=var)
    data.obsm["X_umap"] = rng.normal(size=(CELLS, 2)).astype("float32")
    return data


def same_column(name, ours, theirs):
    if isinstance(theirs.dtype, pandas.CategoricalDtype):
        assert list(ours.astype(object).where(ours.notna(), None)) == list(theirs.astype(object).where(theirs.notna(), None)), name
        assert ours.cat.ordered == theirs.cat.ordered, name
    elif pandas.api.types.is_float_dtype(theirs.dtype):
        numpy.testing.assert_array_equal(ours.to_numpy(), theirs.to_numpy(), err_msg=name)
    else:
        assert [None if pandas.isna(v) else v for v in ours] == [None if pandas.isna(v) else v for v in theirs], name


def check(program, folder, label, x, **options):
    data = example(x)
    source, target = folder / "in.h5ad", folder / "out.h5ad"
    data.write_h5ad(source, **options)
    environment = dict(os.environ, CELLOQUY_PARITY_IN=str(source), CELLOQUY_PARITY_OUT=str(target))
    run = subprocess.run([program, "--gtest_filter=H5adWriter.ParityWithAnndata"], env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, f"{label}: {run.stdout}"
    back = anndata.read_h5ad(target)
    dense = lambda m: m.toarray() if scipy.sparse.issparse(m) else numpy.asarray(m)
    for matrix in (back.X, back.layers["copy"]):
        numpy.testing.assert_array_equal(dense(matrix), dense(data.X).astype("float32"), err_msg=label)
    assert list(back.obs_names) == list(data.obs_names) and list(back.var_names) == list(data.var_names), label
    assert list(back.obs.columns) == list(data.obs.columns), label
    for name in data.obs.columns:
        same_column(f"{label}: {name}", back.obs[name], data.obs[name])
    same_column("length", back.var["length"], data.var["length"])
    numpy.testing.assert_array_equal(back.obsm["X_umap"], data.obsm["X_umap"])
    assert back.obsp["connectivities"].shape == (CELLS, CELLS)
    assert back.uns["celloquy"]["where"] == "X"
    print(f"ok  {label}: state {back.uns['state']}")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/tests/io/test_io"
    counts = rng.poisson(0.7, (CELLS, GENES))
    counts[5, 7] = 1000
    logs = numpy.log1p(counts / numpy.maximum(1, counts.sum(1, keepdims=True)) * 1e4).astype("float32")
    print("anndata", anndata.__version__)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind, make in (("csr", scipy.sparse.csr_matrix), ("csc", scipy.sparse.csc_matrix), ("dense", numpy.asarray)):
            for dtype in ("float32", "float64", "int32", "int64", "uint16"):
                check(program, folder, f"{kind} {dtype}", make(counts.astype(dtype)))
            for compression in ("gzip", "lzf"):
                check(program, folder, f"{kind} {compression}", make(counts.astype("float32")), compression=compression)
            check(program, folder, f"{kind} logarithms", make(logs))
        try:
            import hdf5plugin
        except ImportError:
            print("--  zstd, blosc: hdf5plugin is not installed")
        else:
            for label, filter in (("zstd", hdf5plugin.Zstd()), ("blosc", hdf5plugin.Blosc())):
                check(program, folder, label, scipy.sparse.csr_matrix(counts.astype("float32")), compression=filter["compression"], compression_opts=filter["compression_opts"])


if __name__ == "__main__":
    main()
