"""Makes the small files of tests/data/: one and the same 30 cells x 40 genes in every format that celloquy reads.

    python make_data.py h5ad TAG        with any anndata from 0.7: h5ad/TAG_{csr,csc,dense}.h5ad
    python make_data.py encodings TAG   with a current anndata: nullable columns, string arrays, gzip, lzf (and zstd, blosc where hdf5plugin is)
    python make_data.py others          10x HDF5, Matrix Market, CSV, TSV and expected.json; needs numpy, scipy and h5py only

The committed files were made with anndata 0.7.8 (Python 3.8), 0.8.0 (3.10), 0.10.9 (3.11) and 0.13.4 (3.13).
expected.json holds the values. Text and names are chosen to be awkward: commas, quotes, Chinese, missing categories.
"""
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import scipy.sparse as sp

HERE = Path(__file__).resolve().parent
N_CELLS, N_GENES = 30, 40
TYPES = ["B cell", "NK cell", "T cell, CD4+", "巨噬细胞"]


def counts():
    """30 x 40 counts: sparse, one value above 255 and one above 65,535, cell 7 and gene 11 empty."""
    rng = np.random.default_rng(5)
    values = rng.poisson(rng.gamma(0.4, 3.0, (1, N_GENES)) * rng.gamma(2.0, 0.5, (N_CELLS, 1))).astype(np.int64)
    values[3, 5] = 300
    values[4, 6] = 70000
    values[7] = 0
    values[:, 11] = 0
    return values


def gene_symbols():
    names = ["MT-CO1", "MT-ND4", "RPS3", "RPL13A", "HBB", "CD3D", "MS4A1", "NKG7", "LYZ", "PPBP", "HLA-DRA", "AC011043.1"]
    return names + [f"GENE{i}" for i in range(N_GENES - len(names))]


def gene_ids():
    return [f"ENSG{100000 + 37 * i:011d}" for i in range(N_GENES)]


def cell_names():
    return [f"L{1 + i % 3}_AAACCTGAG{i:03d}-1" for i in range(N_CELLS)]


def type_codes():
    return np.array([-1 if i == 9 else i % 4 for i in range(N_CELLS)])


def columns():
    return {
        "donor": [f"donor {1 + i % 2}" for i in range(N_CELLS)],
        "age": [20 + i for i in range(N_CELLS)],
        "score": [float(i) / 4 - 2 for i in range(N_CELLS)],
        "is_tumour": [i % 5 == 0 for i in range(N_CELLS)],
    }


def embedding():
    return np.column_stack([np.arange(N_CELLS) / 3.0, -np.arange(N_CELLS) / 7.0]).astype(np.float32)


def log_values():
    values = counts().astype(np.float64)
    totals = values.sum(axis=1, keepdims=True)
    return np.log1p(values / np.where(totals > 0, totals, 1) * 1e4).astype(np.float32)


def basic_anndata(matrix):
    import anndata
    import pandas as pd
    obs = pd.DataFrame(columns(), index=cell_names())
    obs["cell_type"] = pd.Categorical.from_codes(type_codes(), TYPES)
    var = pd.DataFrame({"gene_ids": gene_ids()}, index=gene_symbols())
    return anndata.AnnData(matrix, obs=obs, var=var)


def write_h5ad(tag):
    """X: log values; layer `counts`: the counts; raw: counts; in each of the three storage forms."""
    folder = HERE / "h5ad"
    folder.mkdir(exist_ok=True)
    for form in ("csr", "csc", "dense"):
        convert = {"csr": sp.csr_matrix, "csc": sp.csc_matrix, "dense": np.asarray}[form]
        raw = basic_anndata(convert(counts().astype(np.float32)))
        data = basic_anndata(convert(log_values()))
        data.raw = raw
        data.layers["counts"] = convert(counts().astype(np.float32 if form == "dense" else np.int64))
        data.obsm["X_umap"] = embedding()
        data.uns["title"] = "thirty cells"
        data.write_h5ad(folder / f"{tag}_{form}.h5ad")


def write_encodings(tag):
    import pandas as pd
    import h5py
    folder = HERE / "h5ad"
    folder.mkdir(exist_ok=True)
    matrix = sp.csr_matrix(counts().astype(np.float32))

    data = basic_anndata(matrix)
    data.obs["age"] = pd.array([None if i == 2 else 20 + i for i in range(N_CELLS)], dtype="Int64")
    data.obs["is_tumour"] = pd.array([None if i == 3 else i % 5 == 0 for i in range(N_CELLS)], dtype="boolean")
    data.obs["cell_type"] = pd.Categorical.from_codes(type_codes(), TYPES, ordered=True)
    data.write_h5ad(folder / f"{tag}_nullable.h5ad")

    data = basic_anndata(matrix)
    data.obs["note"] = pd.array([None if i == 4 else f"note {i}" for i in range(N_CELLS)], dtype="string")
    import anndata
    try:
        anndata.settings.allow_write_nullable_strings = True
    except AttributeError:
        pass
    data.write_h5ad(folder / f"{tag}_nullable_string.h5ad", convert_strings_to_categoricals=False)

    for name in ("gzip", "lzf"):
        basic_anndata(matrix).write_h5ad(folder / f"{tag}_{name}.h5ad", compression=name)
    basic_anndata(sp.csr_matrix(counts())).write_h5ad(folder / f"{tag}_int64.h5ad")
    try:
        import hdf5plugin
    except ImportError:
        return
    for name, filters in (("zstd", hdf5plugin.Zstd()), ("blosc", hdf5plugin.Blosc(cname="lz4", shuffle=1))):
        basic_anndata(matrix).write_h5ad(folder / f"{tag}_{name}.h5ad")
        with h5py.File(folder / f"{tag}_{name}.h5ad", "a") as file:
            for part in ("data", "indices"):
                values = file["X"][part][:]
                del file["X"][part]
                file["X"].create_dataset(part, data=values, chunks=(100,), **filters)
    # Several chunks, byte shuffle and checksum, and chunks that do not divide the length.
    basic_anndata(matrix).write_h5ad(folder / f"{tag}_shuffle.h5ad")
    with h5py.File(folder / f"{tag}_shuffle.h5ad", "a") as file:
        for part in ("data", "indices"):
            values = file["X"][part][:]
            del file["X"][part]
            file["X"].create_dataset(part, data=values, chunks=(64,), compression="gzip", shuffle=True, fletcher32=True)


def write_tenx():
    import h5py
    folder = HERE / "tenx"
    folder.mkdir(exist_ok=True)
    matrix = sp.csc_matrix(counts().T)  # genes x cells, by columns: one column a cell
    text = lambda strings: np.array([s.encode() for s in strings])
    with h5py.File(folder / "v3.h5", "w") as file:
        group = file.create_group("matrix")
        features = group.create_group("features")
        features["id"], features["name"] = text(gene_ids()), text(gene_symbols())
        features["feature_type"] = text(["Gene Expression"] * N_GENES)
        features["genome"] = text(["GRCh38"] * N_GENES)
        features["_all_tag_keys"] = text(["genome"])
        group["barcodes"] = text(cell_names())
        for name, values in (("data", matrix.data.astype(np.int32)), ("indices", matrix.indices.astype(np.int64)), ("indptr", matrix.indptr.astype(np.int64))):
            group.create_dataset(name, data=values, compression="gzip", chunks=(128,) if values.size > 128 else True)
        group["shape"] = np.array(matrix.shape, dtype=np.int32)
    with h5py.File(folder / "v2.h5", "w") as file:
        group = file.create_group("GRCh38")
        group["genes"], group["gene_names"], group["barcodes"] = text(gene_ids()), text(gene_symbols()), text(cell_names())
        group["data"], group["indices"], group["indptr"] = matrix.data.astype(np.int32), matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)
        group["shape"] = np.array(matrix.shape, dtype=np.int32)


def write_text(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
            out.write(text.encode())
    else:
        path.write_text(text, encoding="utf-8")


def write_matrix_market():
    matrix = sp.coo_matrix(counts().T)
    order = np.lexsort((matrix.row, matrix.col))
    lines = "".join(f"{matrix.row[i] + 1} {matrix.col[i] + 1} {matrix.data[i]}\n" for i in order)
    text = f'%%MatrixMarket matrix coordinate integer general\n%metadata_json: {{"format_version": 2}}\n{N_GENES} {N_CELLS} {matrix.nnz}\n{lines}'
    barcodes = "".join(f"{name}\n" for name in cell_names())
    genes = list(zip(gene_ids(), gene_symbols()))
    write_text(HERE / "matrix_market" / "v3" / "matrix.mtx.gz", text)
    write_text(HERE / "matrix_market" / "v3" / "barcodes.tsv.gz", barcodes)
    write_text(HERE / "matrix_market" / "v3" / "features.tsv.gz", "".join(f"{i}\t{s}\tGene Expression\n" for i, s in genes))
    write_text(HERE / "matrix_market" / "v2" / "matrix.mtx", text)
    write_text(HERE / "matrix_market" / "v2" / "barcodes.tsv", barcodes)
    write_text(HERE / "matrix_market" / "v2" / "genes.tsv", "".join(f"{i}\t{s}\n" for i, s in genes))


def write_tables():
    values, cells, genes = counts(), cell_names(), gene_symbols()
    by_cell = lambda sep, show: sep.join([""] + genes) + "\n" + "".join(sep.join([cells[i]] + [show(v) for v in values[i]]) + "\n" for i in range(N_CELLS))
    by_gene = lambda sep, show: sep.join(["gene"] + cells) + "\n" + "".join(sep.join([genes[j]] + [show(v) for v in values[:, j]]) + "\n" for j in range(N_GENES))
    write_text(HERE / "tables" / "cells_by_genes.csv", by_cell(",", str))
    write_text(HERE / "tables" / "genes_by_cells.tsv", by_gene("\t", str))
    write_text(HERE / "tables" / "genes_by_cells.csv.gz", by_gene(",", lambda v: f"{v}.0"))
    # As R writes it: the header has no name for the first column, everything textual is quoted, lines end with CR LF.
    quoted = ",".join(f'"{c}"' for c in cells) + "\r\n" + "".join(f'"{genes[j]}",' + ",".join(map(str, values[:, j])) + "\r\n" for j in range(N_GENES))
    write_text(HERE / "tables" / "genes_by_cells_quoted.csv", quoted)


def write_expected():
    expected = {
        "n_cells": N_CELLS, "n_genes": N_GENES, "cells": cell_names(), "genes": gene_symbols(), "gene_ids": gene_ids(),
        "counts": counts().tolist(), "log_values": [[float(v) for v in row] for row in log_values()],
        "cell_type_codes": type_codes().tolist(), "cell_type_categories": TYPES, **columns(),
        "X_umap": embedding().tolist(), "nullable_missing": {"age": 2, "is_tumour": 3, "note": 4},
    }
    rows = ",\n".join(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in expected.items())
    (HERE / "expected.json").write_text("{\n" + rows + "\n}\n", encoding="utf-8")


def main():
    if sys.argv[1:2] == ["h5ad"] and len(sys.argv) == 3:
        write_h5ad(sys.argv[2])
    elif sys.argv[1:2] == ["encodings"] and len(sys.argv) == 3:
        write_encodings(sys.argv[2])
    elif sys.argv[1:] == ["others"]:
        write_tenx()
        write_matrix_market()
        write_tables()
        write_expected()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
