"""Makes the benchmark data sets by resampling real cell-type profiles. Needs numpy and h5py.

    python bench/generate.py s20            20,000 cells x 20,000 genes, about 53 M non-zeros, in three storage forms
    python bench/generate.py s200           200,000 cells, contiguous
    python bench/generate.py --cells N --genes M --name NAME [--all-forms]

Forms: NAME.h5ad has its arrays in one piece (contiguous), NAME_chunked.h5ad in plain chunks as anndata writes by default,
NAME_gzip.h5ad in gzip-compressed chunks.

The files go to <asset cache>/bench/ (or --out FOLDER) and are left alone when they are there already.

How a cell is made. The profiles are the mean expression of the 11 published cell types of the demonstration data
(asset demo_blood); further types are sub-types of these, with 3 % of the genes changed. The 11,180 real genes are filled up to
M by copies of real genes at another level, so that the distribution of the means stays real. A cell has a type, one of
4 batches (a log-normal effect per gene), a log-normal depth, 8 continuous programmes of 300 genes, and log-normal noise per
gene; counts are Poisson around that, which is a multinomial draw with more than multinomial variance, as in real data.
Random streams belong to blocks of 1,000 cells: the same seed gives the same file with any number of processes.
"""
import argparse
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

BLOCK = 1000
TYPES = 20
BATCHES = 4
PROGRAMMES = 8
# Chosen so that a cell has about 2,650 of 20,000 genes, as in a 10x v3 data set.
MEDIAN_DEPTH = 5550.0
SPREAD = 0.8
SCENARIOS = {"s20": (20_000, 20_000, True), "s200": (200_000, 20_000, False)}


def asset_cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(os.environ.get("CELLOQUY_ASSETS") or Path(base) / "celloquy" / "assets")


def read_profiles():
    """(gene names, type names, mean counts per 1 of depth [types x genes], relative depth of each type)."""
    folder = asset_cache() / "demo_blood"
    try:
        with open(folder / "hao1_counts_small.csv") as file:
            cells = file.readline().rstrip("\n").split(",")[1:]
            genes, rows = [], []
            for line in file:
                gene, _, values = line.partition(",")
                genes.append(gene)
                rows.append(np.fromstring(values, dtype=np.float32, sep=","))
        with open(folder / "hao1_annotations_small.csv") as file:
            next(file)
            type_of = dict(line.rstrip("\n").split(",") for line in file)
    except FileNotFoundError as error:
        sys.exit(f"generate.py: {error.filename} is missing; run scripts/fetch-assets --only demo_blood")
    counts = np.array(rows).T
    labels = np.array([type_of[cell] for cell in cells])
    types = sorted(set(labels))
    sums = np.array([counts[labels == t].sum(axis=0, dtype=np.float64) for t in types])
    # The demonstration data are shallow, and a few genes (immunoglobulins in plasma cells) hold half of a type's counts; the
    # power brings the spread of the means to that of a deeper data set filtered to 20,000 genes.
    sums = sums ** SPREAD
    depth = np.array([np.median(counts[labels == t].sum(axis=1)) for t in types])
    return genes, types, sums / sums.sum(axis=1, keepdims=True), depth / np.median(depth)


def build_model(gene_count, rng):
    genes, types, profiles, depth = read_profiles()
    real = len(genes)
    # Further genes: real ones at another level. They keep their types, so that related types stay related.
    if gene_count > real:
        source = rng.integers(0, real, gene_count - real)
        profiles = np.hstack([profiles, profiles[:, source] * np.exp(rng.normal(0.0, 0.5, source.size))])
        genes = genes + [f"GENE{i + 1}" for i in range(source.size)]
    # Further types: sub-types of the real ones, some of the genes changed.
    while len(types) < TYPES:
        parent = len(types) % 11
        change = np.where(rng.random(profiles.shape[1]) < 0.03, rng.normal(0.0, 1.0, profiles.shape[1]), 0.0)
        profiles = np.vstack([profiles, profiles[parent] * np.exp(change)])
        depth = np.append(depth, depth[parent] * 1.1)
        types.append(f"{types[parent]} {len(types) // 11 + 1}")
    profiles = profiles[:, :gene_count]
    # Every gene is expressed a little in every type: a set of 20,000 genes has passed a filter on the number of cells.
    profiles = profiles + np.exp(rng.normal(np.log(2e-6), 1.2, gene_count))
    profiles /= profiles.sum(axis=1, keepdims=True)
    loadings = np.zeros((PROGRAMMES, gene_count), np.float32)
    for loading in loadings:
        loading[rng.choice(gene_count, 300, replace=False)] = rng.normal(0.0, 0.6, 300)
    proportions = 0.86 ** np.arange(TYPES)
    return {
        "genes": genes[:gene_count],
        "types": types,
        "log_profiles": np.log(profiles).astype(np.float32),
        "depth": np.sqrt(depth),  # the square root: a mixture of cells that all passed the same filter
        "loadings": loadings,
        "batch_effects": rng.normal(0.0, 0.2, (BATCHES, gene_count)).astype(np.float32),
        "batch_depth": np.linspace(0.85, 1.2, BATCHES),
        "proportions": rng.permutation(proportions / proportions.sum()),
    }


MODEL = {}


def sample_block(task):
    """Draws BLOCK cells into temporary files; returns (types, batches, genes per cell)."""
    seed, block, count, folder = task
    rng = np.random.default_rng([seed, block])
    genes = len(MODEL["genes"])
    types = rng.choice(TYPES, count, p=MODEL["proportions"])
    batches = rng.integers(0, BATCHES, count)
    depths = MEDIAN_DEPTH * MODEL["depth"][types] * MODEL["batch_depth"][batches] * np.exp(rng.normal(0.0, 0.35, count))
    values, columns, lengths = [], [], np.empty(count, np.int64)
    for i in range(count):
        log_rate = MODEL["log_profiles"][types[i]] + MODEL["batch_effects"][batches[i]]
        log_rate += rng.standard_normal(PROGRAMMES, np.float32) @ MODEL["loadings"]
        log_rate += np.float32(0.4) * rng.standard_normal(genes, np.float32)
        rate = np.exp(log_rate)
        rate *= depths[i] / rate.sum(dtype=np.float64)
        drawn = rng.poisson(rate)
        present = np.flatnonzero(drawn)
        lengths[i] = present.size
        columns.append(present.astype(np.int32))
        values.append(drawn[present].astype(np.float32))
    np.save(folder / f"{block}-data.npy", np.concatenate(values))
    np.save(folder / f"{block}-indices.npy", np.concatenate(columns))
    return types, batches, lengths


def write_strings(group, name, strings):
    dataset = group.create_dataset(name, data=np.array(strings, dtype=object), dtype=h5py.string_dtype())
    dataset.attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})


def write_frame(file, name, index, columns):
    group = file.create_group(name)
    group.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index"})
    group.attrs["column-order"] = np.array(list(columns), dtype=object) if columns else np.array([], dtype=np.float64)
    write_strings(group, "_index", index)
    for column, (codes, categories) in columns.items():
        categorical = group.create_group(column)
        categorical.attrs.update({"encoding-type": "categorical", "encoding-version": "0.2.0", "ordered": False})
        categorical.create_dataset("codes", data=codes.astype(np.int8)).attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        write_strings(categorical, "categories", categories)


FORMS = {"": {}, "_chunked": {"maxshape": (None,)}, "_gzip": {"maxshape": (None,), "compression": "gzip"}}


def write_h5ad(path, model, types, batches, indptr, folder, blocks, form):
    """What anndata writes: X as CSR of float32 and int32; a growing array (maxshape) gets the chunks that h5py chooses."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with h5py.File(temporary, "w") as file:
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        matrix = file.create_group("X")
        matrix.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0"})
        matrix.attrs["shape"] = np.array([indptr.size - 1, len(model["genes"])])
        for part, dtype in (("data", np.float32), ("indices", np.int32)):
            dataset = matrix.create_dataset(part, (indptr[-1],), dtype, **form)
            start = 0
            for block in range(blocks):
                piece = np.load(folder / f"{block}-{part}.npy")
                dataset[start:start + piece.size] = piece
                start += piece.size
        matrix.create_dataset("indptr", data=indptr.astype(np.int32 if indptr[-1] < 2**31 else np.int64), **form)
        cells = [f"cell_{i}" for i in range(indptr.size - 1)]
        write_frame(file, "obs", cells, {"cell_type": (types, model["types"]), "batch": (batches, [f"batch_{b + 1}" for b in range(BATCHES)])})
        write_frame(file, "var", model["genes"], {})
        for name in ("layers", "obsm", "obsp", "uns", "varm", "varp"):
            file.create_group(name).attrs.update({"encoding-type": "dict", "encoding-version": "0.1.0"})
    os.replace(temporary, path)


def generate(name, cells, genes, all_forms, out, seed, processes):
    paths = [(out / f"{name}{suffix}.h5ad", form) for suffix, form in FORMS.items() if all_forms or not suffix]
    if all(path.exists() for path, _ in paths):
        return [path for path, _ in paths]
    out.mkdir(parents=True, exist_ok=True)
    MODEL.update(build_model(genes, np.random.default_rng(seed)))
    blocks = -(-cells // BLOCK)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=out) as folder:
        tasks = [(seed, b, min(BLOCK, cells - b * BLOCK), Path(folder)) for b in range(blocks)]
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            drawn = pool.map(sample_block, tasks, chunksize=1)
        types, batches, lengths = (np.concatenate(part) for part in zip(*drawn))
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        for path, form in paths:
            write_h5ad(path, MODEL, types, batches, indptr, Path(folder), blocks, form)
    print(f"{name}: {cells} cells x {genes} genes, {indptr[-1]} non-zeros ({indptr[-1] / cells:.0f} a cell), {TYPES} types, {BATCHES} batches", file=sys.stderr)
    return [path for path, _ in paths]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", choices=sorted(SCENARIOS))
    parser.add_argument("--cells", type=int)
    parser.add_argument("--genes", type=int, default=20_000)
    parser.add_argument("--name")
    parser.add_argument("--all-forms", action="store_true", help="also chunked and gzip-compressed")
    parser.add_argument("--out", type=Path, default=asset_cache() / "bench")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    if options.scenario:
        cells, genes, all_forms = SCENARIOS[options.scenario]
        name = options.scenario
    elif options.cells and options.name:
        cells, genes, all_forms, name = options.cells, options.genes, options.all_forms, options.name
    else:
        parser.error("give a scenario (s20, s200), or --cells and --name")
    for path in generate(name, cells, genes, all_forms, options.out, options.seed, options.processes):
        print(path)


if __name__ == "__main__":
    main()
