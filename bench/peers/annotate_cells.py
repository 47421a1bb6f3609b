"""decoupler (ULM, ORA) and SingleR on the cells that `celloquy eval cells --cells` has labelled: scripts/evaluate-peers runs it.

Both sides see the same cells, the same normalised values (celloquy's own export), genes by the same approved symbols,
the same closed list of labels, and what the pool was made from:
  decoupler   the marker lists of the pairs folder (family "markers") whose Cell Ontology id is one of the label's ids
              (bench/eval/peer_labels.json), their mean; where no entry has one of these ids, the entries of narrower
              types. ULM with all weights and with the 50 strongest genes; ORA with all and with the 50 strongest.
  SingleR     the human single-cell profiles of the pairs folder, all genes (the pool itself keeps 500 a profile), whose
              id is one of the label's or below it; a profile that fits two labels goes to the narrower one. Fine-tuning on.
A label for which a peer has nothing can not be its answer; the output counts them.
"""
import argparse
import collections
import csv
import json
import pathlib
import sys
import time

import anndata
import decoupler
import numpy
import pandas
import scipy.sparse
import singler

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import marker_sources as sources  # noqa: E402

STRONGEST = 50
AT_LEAST = 5  # genes of a label that a file must have: decoupler's default


class Pairs:
    """The entries of a pairs folder (docs/formats.md) that have a cell type."""

    def __init__(self, folder):
        self.genes = (folder / "genes.txt").read_text().split()
        head = numpy.fromfile(folder / "pairs.matrix", "<u8", 3, offset=8)
        rows, values = int(head[0]), int(head[2])
        self.offsets = numpy.fromfile(folder / "pairs.matrix", "<u8", rows + 1, offset=32).astype(int)
        self.index = numpy.memmap(folder / "pairs.matrix", "<u2", "r", 40 + 8 * rows, (values,))
        self.values = numpy.memmap(folder / "pairs.matrix", "u1", "r", 40 + 8 * rows + 2 * values, (4 * values,))
        self.entries = []
        with open(folder / "pairs.jsonl", encoding="utf-8") as handle:
            for row, line in enumerate(handle):
                entry = json.loads(line)
                if entry["family"] in ("markers", "human_profiles") and entry.get("cell_type"):
                    self.entries.append((row, entry["family"], entry["cell_type"], entry.get("source")))
        self.not_measured = {}
        with open(folder / "sources.jsonl", encoding="utf-8") as handle:
            for line in handle:
                record = json.loads(line)
                self.not_measured[record["source"]] = record["not_measured"]

    def vector(self, row):
        begin, end = self.offsets[row], self.offsets[row + 1]
        out = numpy.zeros(len(self.genes))
        out[self.index[begin:end]] = numpy.frombuffer(self.values[4 * begin:4 * end].tobytes(), "<f4")
        return out


def markers_of(pairs, ontology, ids):
    """Mean of the unit vectors of the label's entries; None where there are none."""
    def mean(wanted):
        found = [pairs.vector(row) for row, family, cell_type, _ in pairs.entries if family == "markers" and wanted(cell_type)]
        return numpy.mean([v / numpy.linalg.norm(v) for v in found], axis=0) if found else None
    exact = mean(lambda cell_type: cell_type in ids)
    return exact if exact is not None else mean(lambda cell_type: ontology.ancestors(cell_type) & set(ids))


def networks(pairs, ontology, labels, ids_of):
    """decoupler's table of (source, target, weight), with all genes and with the strongest."""
    whole, short, missing = [], [], []
    for label in labels:
        vector = markers_of(pairs, ontology, ids_of[label])
        if vector is None:
            missing.append(label)
            continue
        order = numpy.argsort(-vector)
        whole += [(label, pairs.genes[g], vector[g]) for g in numpy.flatnonzero(vector)]
        short += [(label, pairs.genes[g], 1.0) for g in order[:STRONGEST] if vector[g] > 0]
    return [pandas.DataFrame(rows, columns=["source", "target", "weight"]) for rows in (whole, short)], missing


def reference(pairs, ontology, labels, ids_of):
    """Profiles with their labels, and the genes that all of them measured."""
    rows, of_label, tables = [], [], set()
    for row, family, cell_type, source in pairs.entries:
        if family != "human_profiles":
            continue
        line = {cell_type} | ontology.ancestors(cell_type)
        fitting = [label for label in labels if line & set(ids_of[label])]
        # The narrower of two labels: the one whose term lies below the other's.
        fitting = [a for a in fitting if not any(
            b != a and any(set(ids_of[a]) & ontology.ancestors(i) for i in ids_of[b]) for b in fitting)]
        if fitting:
            rows.append(row)
            of_label.append(fitting[0])
            tables.add(source)
    measured = numpy.ones(len(pairs.genes), bool)
    for source in tables:
        measured[pairs.not_measured[source]] = False
    return numpy.array([pairs.vector(row) for row in rows]).T, of_label, measured


def auroc(scores, truth, labels):
    areas = []
    for column, label in enumerate(labels):
        positive = truth == label
        if positive.all() or not positive.any():
            continue
        ranks = pandas.Series(scores[:, column]).rank().to_numpy()
        n = positive.sum()
        areas.append((ranks[positive].sum() - n * (n + 1) / 2) / (n * (~positive).sum()))
    return float(numpy.mean(areas)) if areas else None


def measure(scores, labels, truth, clusters, answer=None):
    """`scores`: cells × labels, −inf where a peer has nothing to say."""
    labels = numpy.array(labels)
    answer = labels[scores.argmax(axis=1)] if answer is None else numpy.array(answer)
    finite = numpy.where(numpy.isfinite(scores), scores, numpy.nanmin(scores[numpy.isfinite(scores)]))
    out = {"top1": float((answer == truth).mean()),
           "balanced": float(numpy.mean([(answer[truth == l] == l).mean() for l in sorted(set(truth))])),
           "auroc": auroc(finite, truth, labels)}
    known = clusters >= 0
    if known.any():
        best = {c: labels[finite[clusters == c].mean(axis=0).argmax()] for c in set(clusters[known])}
        out["cluster_top1"] = float(numpy.mean([best[c] == t for c, t in zip(clusters[known], truth[known])]))
    return out


def run_decoupler(method, frame, net, labels):
    """ULM by its score; ORA by its p-value, as its users rank sets (its score, a log odds ratio, prefers small sets)."""
    scores, p = method(frame, net, tmin=AT_LEAST)
    if method is decoupler.mt.ora:
        scores = -numpy.log10(p.clip(lower=1e-300)) + 1e-6 * scores
    return scores.reindex(columns=labels, fill_value=-numpy.inf).to_numpy(float)


def run_singler(values, genes, pairs, profiles, of_label, measured, labels):
    keep = numpy.flatnonzero(measured)
    result = singler.annotate_single(values.T, profiles[keep], of_label, test_features=list(genes),
                                     ref_features=[pairs.genes[g] for g in keep], num_threads=2)
    scores = numpy.full((values.shape[0], len(labels)), -numpy.inf)
    table = result.column("scores")
    for label in table.column_names:
        scores[:, labels.index(label)] = numpy.array(table.column(label))
    return scores, list(result.column("best"))


def read_cells(path, space, symbols):
    """Values by approved symbol; of several columns of one gene the one with the largest total."""
    data = anndata.read_h5ad(path)
    best = {}
    totals = numpy.asarray(data.X.sum(axis=0)).ravel()
    for column, name in enumerate(data.var_names):
        gene = space.index(name, "human")
        if gene is not None and (gene not in best or totals[column] > totals[best[gene]]):
            best[gene] = column
    values = data.X[:, list(best.values())]
    return (values.toarray() if scipy.sparse.issparse(values) else numpy.asarray(values)), [symbols[g] for g in best]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--plan", type=pathlib.Path, required=True, help="JSON list: name, h5ad, cells (TSV of celloquy), texts")
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    pairs, ontology, space = Pairs(options.pairs), sources.Ontology(), sources.GeneSpace()
    ids_of = json.loads(options.labels.read_text())
    results, read = [], {}
    for task in json.loads(options.plan.read_text()):
        unknown = [text for text in task["texts"] if text not in ids_of]
        if unknown:
            sys.exit(f"annotate_cells: {options.labels} gives no Cell Ontology id for {', '.join(unknown)}; add them there")
        if task["h5ad"] not in read:
            read = {task["h5ad"]: read_cells(task["h5ad"], space, space.symbols)}
        values, genes = read[task["h5ad"]]
        with open(task["cells"], encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
        values = values[[int(row["row"]) for row in rows]]
        truth = numpy.array([row["truth"] for row in rows])
        clusters = numpy.array([int(row["cluster"]) for row in rows])
        labels = task["texts"]
        (whole, short), missing = networks(pairs, ontology, labels, ids_of)
        frame = pandas.DataFrame(values, columns=genes, index=[str(i) for i in range(len(values))])
        record = {"name": task["name"], "without_markers": missing, "peers": {}}
        for name, method, net in (("decoupler ULM, all weights", decoupler.mt.ulm, whole), ("decoupler ULM, 50 genes", decoupler.mt.ulm, short),
                                  ("decoupler ORA, all genes", decoupler.mt.ora, whole[whole["weight"] > 0]), ("decoupler ORA, 50 genes", decoupler.mt.ora, short)):
            begin = time.monotonic()
            scores = run_decoupler(method, frame, net, labels)
            record["peers"][name] = measure(scores, labels, truth, clusters) | {"seconds": time.monotonic() - begin}
        profiles, of_label, measured = reference(pairs, ontology, labels, ids_of)
        record["profiles_by_label"] = collections.Counter(of_label)
        begin = time.monotonic()
        scores, best = run_singler(values, genes, pairs, profiles, of_label, measured, labels)
        record["peers"]["SingleR"] = measure(scores, labels, truth, clusters, best) | {"seconds": time.monotonic() - begin}
        results.append(record)
        print(task["name"], {k: round(v["top1"], 3) for k, v in record["peers"].items()}, file=sys.stderr, flush=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
