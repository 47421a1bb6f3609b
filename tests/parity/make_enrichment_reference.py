"""Over-representation and preranked enrichment by GSEApy, for tests/parity/parity_enrichment.cpp.

    pip install gseapy==1.3.1 pandas==3.1.1
    python tests/parity/make_enrichment_reference.py        some seconds

Writes reference/enrichment: a made ranking of 3,000 genes, 60 made sets (some enriched at an end, most by chance), and what GSEApy
finds with 10,000 permutations.
"""
import json
from pathlib import Path

import gseapy
import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "reference" / "enrichment"
N_GENES, N_SETS, PERMUTATIONS = 3000, 60, 10000


def main():
    random = np.random.default_rng(5)
    FOLDER.mkdir(parents=True, exist_ok=True)
    statistic = np.round(random.standard_t(4, N_GENES) * 2, 9)
    # GSEApy breaks ties in its own way: none here.
    assert len(np.unique(statistic)) == N_GENES
    names = np.array([f"g{i}" for i in range(N_GENES)])
    order = np.argsort(-statistic)
    sets = {}
    for s in range(N_SETS):
        size = int(random.integers(15, 120))
        genes = random.choice(N_GENES, size, replace=False)
        if s % 6 == 0:  # half of the set from an end of the ranking
            end = order[:400] if s % 12 == 0 else order[-400:]
            genes = np.unique(np.concatenate([genes[size // 2 :], random.choice(end, size // 2, replace=False)]))
        sets[f"s{s}"] = sorted(int(g) for g in genes)
    listed = sorted(int(g) for g in order[:250])
    named = {s: [names[g] for g in genes] for s, genes in sets.items()}
    ranking = pd.Series(statistic, index=names).sort_values(ascending=False)
    ranked = gseapy.prerank(ranking, named, min_size=10, max_size=500, permutation_num=PERMUTATIONS, seed=1, no_plot=True, outdir=None, threads=2).res2d.set_index("Term")
    over = gseapy.enrich([names[g] for g in listed], named, background=list(names), outdir=None, no_plot=True).results.set_index("Term")
    rows = []
    for s in sets:
        hits = int(over.loc[s, "Overlap"].split("/")[0]) if s in over.index else 0
        p = float(over.loc[s, "P-value"]) if s in over.index else 1.0
        rows.append([s, hits, p, float(ranked.loc[s, "ES"]), float(ranked.loc[s, "NES"]), float(ranked.loc[s, "NOM p-val"]), len(ranked.loc[s, "Lead_genes"].split(";"))])
    (FOLDER / "sets.tsv").write_text("".join("\t".join(map(str, genes)) + "\n" for genes in sets.values()))
    (FOLDER / "statistic.tsv").write_text("".join(f"{x}\n" for x in statistic))
    (FOLDER / "list.tsv").write_text("".join(f"{g}\n" for g in listed))
    (FOLDER / "result.tsv").write_text("set\thits\tp\tes\tnes\tnominal_p\tn_leading\n" + "".join("\t".join(map(repr, row[1:])).join([row[0] + "\t", "\n"]) for row in rows))
    (FOLDER / "numbers.json").write_text(json.dumps({"gseapy": gseapy.__version__, "permutations": PERMUTATIONS}, indent=1) + "\n")
    print(pd.DataFrame(rows).head(14))


if __name__ == "__main__":
    main()
