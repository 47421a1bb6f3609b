"""Readers of the source tables of scripts/build-markers and scripts/evaluate-annotation.

Everything ends in one gene space: approved HGNC symbols of protein-coding, immunoglobulin and T cell receptor
genes. Human names go through aliases and previous symbols, mouse names through Ensembl orthologs, else the
upper-case name.
"""
import collections
import csv
import gzip
import math
import pathlib
import re
import tarfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
csv.field_size_limit(1 << 24)

# Databases inside the Accordion table that are not used: their own terms are a share-alike or GPL licence
# (Azimuth, ScType), or they are the product pages of companies.
UNUSED_RESOURCES = {"Azimuth", "Sctyper.db", "bdbiosciences", "ThermoFisher", "Abcam", "Cell Signaling TECHNOLOGY"}


def read_tsv(path):
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as handle:
        yield from csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)


class GeneSpace:
    """Names of genes to rows of the common space."""

    def __init__(self):
        self.symbols = []
        self.human = {}
        previous, alias = {}, {}
        for row in read_tsv(MODELS / "genes" / "human_genes.tsv.gz"):
            if row["kind"] not in "pi" or row["symbol"].startswith("MT-"):
                continue
            self.human[row["symbol"].upper()] = len(self.symbols)
            if row["ensembl"]:
                self.human[row["ensembl"]] = len(self.symbols)
            for table, names in ((previous, row["previous"]), (alias, row["aliases"])):
                for name in filter(None, names.split("|")):
                    table.setdefault(name.upper(), set()).add(len(self.symbols))
            self.symbols.append(row["symbol"])
        for table in (previous, alias):  # only names that mean one gene
            for name, genes in table.items():
                if len(genes) == 1:
                    self.human.setdefault(name, next(iter(genes)))
        self.mouse = {}
        for row in read_tsv(MODELS / "genes" / "mouse_genes.tsv.gz"):
            index = self.human.get((row["human"] or row["symbol"]).upper())
            if index is not None:
                self.mouse.setdefault(row["symbol"].upper(), index)
                self.mouse[row["ensembl"]] = index

    def __len__(self):
        return len(self.symbols)

    def index(self, name, species):
        name = name.upper()
        if species == "mouse":
            found = self.mouse.get(name)
            return found if found is not None else self.human.get(name)
        return self.human.get(name)


class Ontology:
    def __init__(self):
        self.name, self.parents, self.replaced = {}, {}, {}
        for row in read_tsv(MODELS / "ontology" / "cell_ontology.tsv.gz"):
            if row["replaced_by"]:
                self.replaced[row["id"]] = row["replaced_by"]
                continue
            self.name[row["id"]] = row["name"]
            self.parents[row["id"]] = [p for p in row["parents"].split("|") if p]
        self._ancestors = {}

    def current(self, identifier):
        identifier = self.replaced.get(identifier, identifier)
        return identifier if identifier in self.name else None

    def ancestors(self, identifier):
        """All terms above, without the term itself."""
        if identifier not in self._ancestors:
            found = set()
            for parent in self.parents.get(identifier, ()):
                found.add(parent)
                found |= self.ancestors(parent)
            self._ancestors[identifier] = found
        return self._ancestors[identifier]


def label_map():
    return {row["label"]: row["id"] for row in read_tsv(MODELS / "markers" / "profile_labels.tsv")}


def plain_label(label, species):
    """"Erythroblast Hba a2 high" -> "erythroblast"; "CD14+ monocyte type 2" -> "cd14+ monocyte"."""
    if species == "mouse":
        label = re.sub(r" (Hba|Hbb|H2|mt|Flt|Mt1|Igkv\d+) \S+ high$", "", label.strip())
        label = re.sub(r" \S+ high$", "", label)
    label = re.sub(r"[\s._]+", " ", label).strip()
    return re.sub(r"( type)? \d+[ab]?$", "", label, flags=re.I).lower()


class Profile:
    def __init__(self, file, label, cell_type, species, values, present):
        self.file, self.label, self.cell_type, self.species = file, label, cell_type, species
        self.values, self.present = values, present  # log1p(CP10K), and which genes the file has


def profile_files(folder):
    """The expression profile files that are used: (path below the folder, species)."""
    for sub, species in (("cellprofilelibrary_human", "human"), ("cellprofilelibrary_mouse", "mouse")):
        for path in sorted((folder / sub).glob("*_*__*.tsv.gz")):
            yield path, species
    yield folder / "clustifyrdata_refs" / "mouse_rnaseq28.tsv.gz", "mouse"
    yield folder / "scref" / "pfc_dev_gse104276.tsv.gz", "human"


def read_profiles(path, species, genes, labels):
    """The profiles of one file; a name without a cell type gives cell_type None."""
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        header = handle.readline().rstrip("\n").split("\t")[1:]
        names, rows = [], []
        for line in handle:
            cells = line.rstrip("\n").split("\t")
            names.append(cells[0])
            rows.append([float(x) if x not in ("", "NA") else 0.0 for x in cells[1:]])
    values = numpy.array(rows)
    if values.size and "mouse_rnaseq28" in path.name:
        values = numpy.exp2(values) - 1  # this one file is log2
    values = numpy.maximum(values, 0)
    target = numpy.zeros((len(genes), values.shape[1]))
    present = numpy.zeros(len(genes), bool)
    for name, row in zip(names, values):
        index = genes.index(name, species)
        if index is not None:
            target[index] += row
            present[index] = True
    total = target.sum(axis=0)
    result = []
    for column, header_name in enumerate(header):
        if total[column] <= 0:
            continue
        label = header_name.replace(".", " ")
        cell_type = labels.get(plain_label(label, species))
        result.append(Profile(path.name, label, None if cell_type in (None, "-") else cell_type, species,
                              numpy.log1p(target[:, column] / total[column] * 1e4).astype(numpy.float32), present))
    return result


def database_markers(folder, genes, ontology):
    """Yields (source, species, cell type, tissue id, gene, sign, size of the list it comes from)."""
    rows = []
    for row in read_tsv(folder / "accordion_markers" / "accordion_marker.tsv.gz"):
        if row["resource"] in UNUSED_RESOURCES:
            continue
        cell_type = ontology.current(row["CL_ID"])
        species = row["species"].lower()
        gene = genes.index(row["marker"], species)
        if cell_type and gene is not None:
            sign = -1 if row["marker_type"] == "negative" else 1
            rows.append((row["resource"], species, cell_type, row["Uberon_ID"], gene, sign))
    rows += anatomical_tables(folder, genes, ontology)
    rows += registry_markers(folder, genes, ontology)
    lists = collections.Counter()
    for source, species, cell_type, _, gene, sign in set((r[0], r[1], r[2], "", r[4], r[5]) for r in rows):
        lists[source, species, cell_type, sign] += 1
    for source, species, cell_type, tissue, gene, sign in sorted(set(rows)):
        yield source, species, cell_type, tissue, gene, sign, lists[source, species, cell_type, sign]


def collected_terms(folder, ontology):
    """The current terms that the Cell Marker Accordion has markers of human cells for, sorted."""
    rows = read_tsv(folder / "accordion_markers" / "accordion_marker.tsv.gz")
    return sorted({t for t in (ontology.current(r["CL_ID"]) for r in rows if r["species"] == "Human") if t})


def anatomical_tables(folder, genes, ontology):
    """ASCT+B tables of the Human Reference Atlas: cell types (CT/n/ID) with gene biomarkers (BGene/n)."""
    rows = []
    with tarfile.open(folder / "asctb" / "asctb_v2.0.tar.gz") as archive:
        for item in sorted(archive.getmembers(), key=lambda m: m.name):
            if not item.name.endswith(".csv"):
                continue
            lines = list(csv.reader(archive.extractfile(item).read().decode("utf-8", "replace").splitlines()))
            header = next((i for i, line in enumerate(lines) if "CT/1" in line), None)
            if header is None:
                continue
            columns = {name.strip(): i for i, name in enumerate(lines[header])}
            cell_columns = [columns[c] for c in sorted(columns) if re.fullmatch(r"CT/\d+/ID", c)]
            gene_columns = [columns[c] for c in sorted(columns) if re.fullmatch(r"BGene/\d+", c)]
            for line in lines[header + 1:]:
                found = [line[i].strip() for i in cell_columns if i < len(line) and line[i].startswith("CL:")]
                cell_type = ontology.current(found[-1]) if found else None
                for i in gene_columns:
                    gene = genes.index(line[i].strip(), "human") if i < len(line) and line[i].strip() else None
                    if cell_type and gene is not None:
                        rows.append(("ASCT+B", "human", cell_type, "", gene, 1))
    return rows


# Entries of the hand-kept registry by their name there; only those that are cell types of the ontology.
REGISTRY_NAMES = {
    "T cells": "CL:0000084", "CD4+ T": "CL:0000624", "CD4+ Tn": "CL:0000895", "CD4+ Tm": "CL:0000897",
    "CD4+ Tem": "CL:0000905", "Treg": "CL:0000815", "Th17": "CL:0000899", "Tfh": "CL:0002038",
    "CD8+ T": "CL:0000625", "CD8+ Tn": "CL:0000900", "CD8+ Tm": "CL:0000909", "CD8+ Tem": "CL:0000913",
    "CD8+ Temra": "CL:0001062", "MAIT": "CL:0000940", "Gamma delta T": "CL:0000798", "B cells": "CL:0000236",
    "Naive B": "CL:0000788", "Memory B": "CL:0000787", "GC B": "CL:0000844", "Plasmablast": "CL:0000980",
    "Plasma": "CL:0000786", "NK cells": "CL:0000623", "ILC": "CL:0001065", "Monocytes": "CL:0000576",
    "CD14+ Mono": "CL:0000860", "CD16+ Mono": "CL:0000875", "Macrophages": "CL:0000235",
    "Dendritic cells": "CL:0000451", "pDC": "CL:0000784", "cDC1": "CL:0002394", "cDC2": "CL:0002399",
    "cDC3": "CL:0000841", "Mast cells": "CL:0000097", "Neutrophils": "CL:0000775", "Eosinophils": "CL:0000771",
    "Basophils": "CL:0000767", "Endothelial cells": "CL:0000115", "Arterial EC": "CL:1000413",
    "Venous EC": "CL:0002543", "Capillary EC": "CL:0002144", "Lymphatic EC": "CL:0002138",
}


def registry_markers(folder, genes, ontology):
    rows = []
    name, path = None, folder / "genesets" / "marker_registry_human.toml"
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r'name = "(.*)"', line)
        if match:
            name = match.group(1)
        match = re.match(r"(negative_)?markers = \[(.*)\]", line)
        if match and name in REGISTRY_NAMES and ontology.current(REGISTRY_NAMES[name]):
            for symbol in re.findall(r'"([^"]+)"', match.group(2)):
                gene = genes.index(symbol, "human")
                if gene is not None:
                    rows.append(("marker registry", "human", REGISTRY_NAMES[name], "", gene, -1 if match.group(1) else 1))
    return rows


def list_weight(size):
    """How much one entry of a list says: short, hand-picked lists say more than hundreds of genes."""
    return 1.0 / (1.0 + math.log1p(size / 20.0))
