"""scripts/fetch-assets on packages made here: what it unpacks, what it refuses, what it says. Needs no network."""
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fetch-assets"
CONTENT = b",cell_1,cell_2\nCD3D,1.0,0.0\n"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class FetchAssets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.cache = self.folder / "cache"
        self.packages = self.folder / "packages"
        self.packages.mkdir()
        self.wheel = self.packages / "tinydata-1.0-py3-none-any.whl"
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("counts", CONTENT)
        with zipfile.ZipFile(self.wheel, "w") as archive:
            archive.writestr("tinydata/counts.zip", inner.getvalue())
            archive.writestr("tinydata-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinydata\nVersion: 1.0\n")
            archive.writestr("tinydata-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr("tinydata-1.0.dist-info/RECORD", "")
        self.write_manifest()

    def write_manifest(self, package_hash=None, member_hash=None, path="tinydata/counts.zip"):
        (self.folder / "manifest.toml").write_text(f'''
[[asset]]
name = "tiny"
purpose = "p"
origin = "o"
registry = "pypi"
package = "tinydata"
version = "1.0"
file = "{self.wheel.name}"
sha256 = "{package_hash or sha256(self.wheel.read_bytes())}"
licence = "MIT"
members = [ {{ name = "counts.csv", path = "{path}", inside = "counts", bytes = {len(CONTENT)}, sha256 = "{member_hash or sha256(CONTENT)}" }} ]
''')

    def add_to_manifest(self, lines):
        with open(self.folder / "manifest.toml", "a") as manifest:
            manifest.write(lines + "\n")

    def run_script(self, *arguments, find_links=True):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        environment |= {"CELLOQUY_ASSETS": str(self.cache), "PIP_NO_INDEX": "1"}
        if find_links:
            environment["PIP_FIND_LINKS"] = str(self.packages)
        return subprocess.run([SCRIPT, "--manifest", self.folder / "manifest.toml", *arguments],
                              env=environment, capture_output=True, text=True, timeout=600)

    def assert_nothing_unpacked(self):
        self.assertEqual([], [p.name for p in self.cache.iterdir() if p.is_dir()])
        self.assertEqual({}, json.loads((self.cache / "index.json").read_text()))

    def test_unpacks_verifies_and_lists_in_the_index(self):
        done = self.run_script()
        self.assertEqual(0, done.returncode, done.stderr)
        index = json.loads((self.cache / "index.json").read_text())
        self.assertEqual(CONTENT, Path(index["tiny"]["counts.csv"]).read_bytes())

    def test_a_second_run_needs_no_package_and_changes_nothing(self):
        self.run_script()
        before = (self.cache / "tiny" / "counts.csv").stat().st_mtime_ns
        self.wheel.unlink()
        done = self.run_script(find_links=False)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        self.assertEqual(before, (self.cache / "tiny" / "counts.csv").stat().st_mtime_ns)

    def test_offline_names_what_is_missing_and_the_command(self):
        done = self.run_script(find_links=False)
        self.assertEqual(1, done.returncode)
        for part in ("tiny (counts.csv)", "tinydata==1.0", "scripts/fetch-assets --from", "pip download"):
            self.assertIn(part, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_takes_packages_from_a_folder(self):
        done = self.run_script("--from", self.packages, find_links=False)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(CONTENT, (self.cache / "tiny" / "counts.csv").read_bytes())

    def test_refuses_a_package_with_another_checksum(self):
        self.write_manifest(package_hash="0" * 64)
        for arguments in ((), ("--from", self.packages)):
            done = self.run_script(*arguments)
            self.assertEqual(1, done.returncode)
            self.assertNotIn("Traceback", done.stderr)
            self.assert_nothing_unpacked()

    def test_refuses_a_member_with_another_checksum(self):
        self.write_manifest(member_hash="0" * 64)
        done = self.run_script()
        self.assertEqual(1, done.returncode)
        self.assertIn("counts.csv", done.stderr)
        self.assert_nothing_unpacked()

    def test_says_when_the_package_lacks_the_member(self):
        self.write_manifest(path="tinydata/absent.zip")
        done = self.run_script()
        self.assertEqual(1, done.returncode)
        self.assertIn("has no tinydata/absent.zip", done.stderr)

    def test_verify_replaces_a_damaged_file(self):
        self.run_script()
        (self.cache / "tiny" / "counts.csv").write_bytes(b"x" * len(CONTENT))
        self.assertEqual(0, self.run_script("--verify").returncode)
        self.assertEqual(CONTENT, (self.cache / "tiny" / "counts.csv").read_bytes())

    def test_a_truncated_file_is_fetched_again(self):
        self.run_script()
        (self.cache / "tiny" / "counts.csv").write_bytes(CONTENT[:5])
        self.assertEqual(0, self.run_script().returncode)
        self.assertEqual(CONTENT, (self.cache / "tiny" / "counts.csv").read_bytes())

    def test_unpacks_whole_folders_and_their_sub_folders(self):
        with zipfile.ZipFile(self.wheel, "a") as archive:
            archive.writestr("tinydata/source/a.c", "one")
            archive.writestr("tinydata/source/deep/b.c", "three")
            archive.writestr("tinydata/sources.txt", "not in it")
        self.write_manifest()
        self.add_to_manifest('folders = [ { name = "source", path = "tinydata/source", bytes = 8 } ]')
        done = self.run_script()
        self.assertEqual(0, done.returncode, done.stderr)
        source = self.cache / "tiny" / "source"
        self.assertEqual(["a.c", "deep", "deep/b.c"], sorted(str(p.relative_to(source)) for p in source.rglob("*")))
        self.assertEqual("three", (source / "deep" / "b.c").read_text())
        (source / "a.c").write_text("longer")
        self.assertEqual(0, self.run_script("--verify").returncode)
        self.assertEqual("one", (source / "a.c").read_text())

    def test_refuses_folders_of_another_size_or_that_lead_outside(self):
        with zipfile.ZipFile(self.wheel, "a") as archive:
            archive.writestr("tinydata/source/a.c", "one")
            archive.writestr("tinydata/evil/../../../outside.txt", "three")
        for path, size in (("tinydata/source", 4), ("tinydata/absent", 0), ("tinydata/evil", 5)):
            self.write_manifest()
            self.add_to_manifest(f'folders = [ {{ name = "source", path = "{path}", bytes = {size} }} ]')
            done = self.run_script()
            self.assertEqual(1, done.returncode, path)
            self.assertNotIn("Traceback", done.stderr)
            self.assert_nothing_unpacked()
        self.assertFalse((self.cache / "outside.txt").exists() or (self.folder / "outside.txt").exists())

    def test_a_conversion_that_fails_leaves_nothing(self):
        self.write_manifest()
        self.add_to_manifest('convert = "convert-encoder multilingual-e5"\nproducts = [ { name = "encoder.gguf", bytes = 1, sha256 = "0" } ]')
        done = self.run_script()
        self.assertEqual(1, done.returncode)
        self.assertIn("scripts/convert-encoder: multilingual-e5 could not be converted", done.stderr)
        self.assert_nothing_unpacked()

    def test_unknown_name_is_wrong_usage(self):
        done = self.run_script("--only", "nothing")
        self.assertEqual(2, done.returncode)
        self.assertIn("nothing", done.stderr)


class ProjectManifest(unittest.TestCase):
    def test_is_read_and_every_asset_has_a_licence(self):
        listed = subprocess.run([SCRIPT, "--list"], capture_output=True, text=True, timeout=600)
        licences = subprocess.run([SCRIPT, "--licences"], capture_output=True, text=True, timeout=600)
        self.assertEqual((0, 0), (listed.returncode, licences.returncode))
        self.assertEqual(len(listed.stdout.splitlines()) - 1, len(licences.stdout.splitlines()))
        self.assertIn("demo_blood", listed.stdout)


if __name__ == "__main__":
    sys.exit(unittest.main())
