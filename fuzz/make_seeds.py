#!/usr/bin/env python3
"""Makes the seed corpus under fuzz/corpus: the smallest files that show each
feature of a format. Needs anndata, h5py and scipy (scripts/peers-venv prints
a Python that has them); the result is committed, so nobody needs to run it."""
import gzip
import pathlib
import warnings
import zipfile

import anndata
import h5py
import numpy
import pandas
import scipy.sparse

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent / "corpus"
rng = numpy.random.default_rng(1)


def folder(name):
    path = here / name
    path.mkdir(parents=True, exist_ok=True)
    for old in path.iterdir():
        old.unlink()
    return path


def small(kind="csr", dtype="float32", cells=6, genes=5):
    x = rng.poisson(1.0, (cells, genes)).astype(dtype)
    x = {"csr": scipy.sparse.csr_matrix, "csc": scipy.sparse.csc_matrix, "dense": numpy.asarray}[kind](x)
    obs = pandas.DataFrame(index=[f"c{i}" for i in range(cells)])
    var = pandas.DataFrame(index=["CD3E", "MT-ND1", "LYZ", "NKG7", "CD3E"][:genes])
    return anndata.AnnData(x, obs=obs, var=var)


def h5ad():
    out = folder("h5ad")
    for kind in ("csr", "csc", "dense"):
        small(kind).write_h5ad(out / f"{kind}.h5ad")
    data = small("csr", "int64")
    data.obs["cat"] = pandas.Categorical(list("abcabc"))
    data.obs["int"] = pandas.array([1, None, 3, 4, 5, 6], dtype="Int64")
    data.obs["flag"] = pandas.array([True, False, None, True, True, False], dtype="boolean")
    data.obs["real"] = numpy.linspace(0, 1, 6)
    data.write_h5ad(out / "columns.h5ad")
    data = small("dense")
    data.raw = data
    data.X = data.X - 1.0
    data.layers["counts"] = scipy.sparse.csr_matrix(data.raw.X)
    data.obsm["X_umap"] = numpy.zeros((6, 2))
    data.write_h5ad(out / "layers.h5ad")
    for compression in ("gzip", "lzf"):
        small("csr").write_h5ad(out / f"{compression}.h5ad", compression=compression)
    # anndata 0.7: codes beside a __categories group; newer file layouts.
    for version in ("earliest", "latest"):
        with h5py.File(out / f"by_hand_{version}.h5ad", "w", libver=version) as file:
            x = file.create_group("X")
            x.attrs["encoding-type"] = "csr_matrix"
            x.attrs["shape"] = [3, 2]
            x.create_dataset("data", data=numpy.array([1, 2, 3], "f4"), chunks=(2,), maxshape=(None,), shuffle=True, fletcher32=True)
            x.create_dataset("indices", data=numpy.array([0, 1, 0], "i4"), chunks=(1,))
            x.create_dataset("indptr", data=numpy.array([0, 1, 2, 3], "i4"))
            for name, size in (("obs", 3), ("var", 2)):
                group = file.create_group(name)
                group.attrs["_index"] = "index"
                group.attrs["column-order"] = numpy.array(["cat"], dtype=h5py.string_dtype())
                group.create_dataset("index", data=[f"{name}{i}".encode() for i in range(size)])
                group.create_dataset("cat", data=numpy.zeros(size, "i1"))
                group.create_dataset("__categories/cat", data=["only"], dtype=h5py.string_dtype())
                for extra in range(10 if version == "latest" else 0):
                    group.create_dataset(f"number{extra}", data=numpy.arange(size))
    with h5py.File(out / "compound.h5ad", "w") as file:
        file["X"] = numpy.array([[1, 0], [0, 2]], "f4")
        file["obs"] = numpy.array([(b"c0", 1), (b"c1", 0)], dtype=[("index", "S2"), ("group", "i1")])
        file["var"] = numpy.array([(b"CD3E",), (b"LYZ",)], dtype=[("index", "S4")])
        file["uns/group_categories"] = [b"x", b"y"]


def tenx():
    out = folder("tenx_h5")
    for version in (2, 3):
        with h5py.File(out / f"v{version}.h5", "w") as file:
            group = file.create_group("matrix" if version == 3 else "hg19")
            group["barcodes"] = [b"AAACCC-1", b"AAACGT-1"]
            group["data"] = numpy.array([1, 2, 3], "i4")
            group["indices"] = numpy.array([0, 2, 1], "i8")
            group["indptr"] = numpy.array([0, 2, 3], "i8")
            group["shape"] = numpy.array([3, 2], "i4")
            where = group.create_group("features") if version == 3 else group
            where["id" if version == 3 else "genes"] = [b"ENSG1", b"ENSG2", b"CD3"]
            where["name" if version == 3 else "gene_names"] = [b"CD3E", b"LYZ", b"CD3"]
            if version == 3:
                where["feature_type"] = [b"Gene Expression", b"Gene Expression", b"Antibody Capture"]
                where["genome"] = [b"GRCh38", b"GRCh38", b""]


def text():
    out = folder("table")
    table = ",c1,c2,c3\nCD3E,0,1,2\nMT-ND1,3.0,0.0,1e-3\nLYZ,NA,,5\n"
    (out / "genes.csv").write_text(table)
    (out / "r_style.tsv").write_text('"c1"\t"c2"\n"CD3E"\t1\t2\n"LYZ"\t0\t7\n')
    (out / "crlf.csv").write_bytes(b"\xef\xbb\xbf;g1;g2\r\nc1;1;2\r\nc2;-3;4.5\r\n")
    (out / "table.csv.gz").write_bytes(gzip.compress(table.encode(), mtime=0))
    with zipfile.ZipFile(out / "table.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("table.csv", (1980, 1, 1, 0, 0, 0)), table)
    out = folder("matrix_market")
    header = "%%MatrixMarket matrix coordinate {} general\n%comment\n3 2 3\n"
    (out / "integer.mtx").write_text(header.format("integer") + "1 1 5\n3 1 1\n2 2 300\n")
    (out / "real.mtx").write_text(header.format("real") + "2 2 1.5\n1 1 2e1\n2 2 -3\n")
    (out / "pattern.mtx").write_text(header.format("pattern") + "1 1\n3 1\n2 2\n")


def lzf():
    out = folder("lzf")
    (out / "copy").write_bytes(b"\x0c\x00" + b"\x02abc" + bytes([7 << 5, 0, 2]))
    (out / "literal").write_bytes(b"\x03\x00" + b"\x02abc")


h5ad()
tenx()
text()
lzf()
print(sum(f.stat().st_size for f in here.rglob("*") if f.is_file()), "bytes")
