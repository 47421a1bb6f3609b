"""Cell-cycle scores of the demonstration data by Scanpy, for tests/parity/parity_cell_cycle.cpp.

    pip install scanpy==1.12.4 anndata==0.13.4 pandas==3.1.1      (or: scripts/peers-venv)
    scripts/fetch-assets
    python tests/parity/make_gene_sets_reference.py               a few seconds

Writes reference/gene_sets: scores with every gene of a bin as a control (nothing is drawn), and what ten of Scanpy's own draws of
control genes agree on, so that the size of the luck of a draw is known.
"""
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import numpy as np
import scanpy as sc

from make_reference import Writer, load_demo

FOLDER = Path(__file__).resolve().parent / "reference" / "gene_sets"
# Tirosh et al. 2016 (doi:10.1126/science.aad0501), in their own spelling.
S_GENES = "MCM5 PCNA TYMS FEN1 MCM2 MCM4 RRM1 UNG GINS2 MCM6 CDCA7 DTL PRIM1 UHRF1 MLF1IP HELLS RFC2 RPA2 NASP RAD51AP1 GMNN WDR76 SLBP CCNE2 UBR7 POLD3 MSH2 ATAD2 RAD51 RRM2 CDC45 CDC6 EXO1 TIPIN DSCC1 BLM CASP8AP2 USP1 CLSPN POLA1 CHAF1B BRIP1 E2F8".split()
G2M_GENES = "HMGB2 CDK1 NUSAP1 UBE2C BIRC5 TPX2 TOP2A NDC80 CKS2 NUF2 CKS1B MKI67 TMPO CENPF TACC3 FAM64A SMC4 CCNB2 CKAP2L CKAP2 AURKB BUB1 KIF11 ANP32E TUBB4B GTSE1 KIF20B HJURP CDCA3 HN1 CDC20 TTK CDC25C KIF2C RANGAP1 NCAPD2 DLGAP5 CDCA2 CDCA8 ECT2 KIF23 HMMR AURKA PSRC1 ANLN LBR CKAP5 CENPE CTCF NEK2 G2E3 GAS2L3 CBX5 CENPA".split()
PHASES = ["G1", "S", "G2M"]


def main():
    data = load_demo()
    sc.pp.normalize_total(data, target_sum=1e4)
    sc.pp.log1p(data)
    s = [g for g in S_GENES if g in data.var_names]
    g2m = [g for g in G2M_GENES if g in data.var_names]
    out = Writer(FOLDER)
    out.lines("s_genes", s)
    out.lines("g2m_genes", g2m)
    whole = data.n_vars
    sc.tl.score_genes(data, s, ctrl_size=whole, score_name="S_score")
    sc.tl.score_genes(data, g2m, ctrl_size=whole, score_name="G2M_score")
    out.array("s_score", data.obs["S_score"])
    out.array("g2m_score", data.obs["G2M_score"])
    draws = []
    for seed in range(10):
        sc.tl.score_genes_cell_cycle(data, s_genes=s, g2m_genes=g2m, random_state=seed)
        draws.append((data.obs["S_score"].to_numpy(), data.obs["G2M_score"].to_numpy(), data.obs["phase"].map(PHASES.index).to_numpy()))
    out.array("drawn_s_score", np.mean([d[0] for d in draws], axis=0))
    out.array("drawn_g2m_score", np.mean([d[1] for d in draws], axis=0))
    out.array("drawn_phase", np.array([d[2] for d in draws]).ravel(), np.uint8)
    pairs = [(a, b) for a in range(10) for b in range(a)]
    out.numbers = {
        "n_cells": data.n_obs,
        "phase_agreement_of_two_draws": float(np.mean([np.mean(draws[a][2] == draws[b][2]) for a, b in pairs])),
        "s_correlation_of_two_draws": float(np.mean([np.corrcoef(draws[a][0], draws[b][0])[0, 1] for a, b in pairs])),
        "g2m_correlation_of_two_draws": float(np.mean([np.corrcoef(draws[a][1], draws[b][1])[0, 1] for a, b in pairs])),
        "scanpy": sc.__version__,
    }
    out.finish()
    print(out.numbers)


if __name__ == "__main__":
    main()
