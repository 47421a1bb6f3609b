"""scripts/count-tests: the numbers of the last line of scripts/test."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "count-tests"

JUNIT = """<testsuite name="x" tests="3">
 <testcase name="io" classname="io" status="run"/>
 <testcase name="chat" classname="chat" status="fail"><failure message=""/></testcase>
 <testcase name="dialogues" classname="dialogues" status="{status}"/>
</testsuite>"""


def gtest(tests, failures, skipped=0):
    cases = "".join('<testcase name="s"><skipped message=""/></testcase>' for _ in range(skipped))
    return f'<testsuites tests="{tests}" failures="{failures}" disabled="0" errors="0"><testsuite name="A">{cases}</testsuite></testsuites>'


class CountTests(unittest.TestCase):
    def count(self, status="run", **reports):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "junit.xml").write_text(JUNIT.format(status=status))
            (folder / "gtest").mkdir()
            for name, text in reports.items():
                (folder / "gtest" / f"test_{name}.xml").write_text(text)
            return self.run_script([folder / "junit.xml", folder / "gtest"])

    def run_script(self, arguments, text=None):
        done = subprocess.run([sys.executable, SCRIPT, *arguments], input=text, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        return tuple(map(int, done.stdout.split()))

    def test_single_cases_are_counted_and_skipped_ones_are_not(self):
        self.assertEqual((9 + 3 + 1, 2), self.count(io=gtest(10, 0, skipped=1), chat=gtest(5, 2)))

    def test_a_program_without_report_counts_as_one(self):
        self.assertEqual((9 + 1, 1), self.count(io=gtest(9, 0)))

    def test_a_program_that_crashed_after_its_report_has_failed(self):
        self.assertEqual((9 + 5 + 1, 1), self.count(io=gtest(9, 0), chat=gtest(5, 0)))

    def test_a_program_that_was_not_run_has_failed(self):
        self.assertEqual((9 + 3, 3), self.count(status="notrun", io=gtest(9, 0), chat=gtest(5, 2)))

    def test_a_missing_report_is_a_failure(self):
        self.assertEqual((0, 1), self.run_script(["/nonexistent.xml", "/nonexistent"]))

    def test_any_junit_report(self):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "page.xml"
            report.write_text('<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'
                              '<testsuite><testcase name="c"><skipped/></testcase><testcase name="d"><error/></testcase><testcase name="e"/></testsuite></testsuites>')
            self.assertEqual((2, 2), self.run_script(["--junit", report]))
        self.assertEqual((0, 1), self.run_script(["--junit", "/nonexistent.xml"]))

    def test_unittest_output(self):
        self.assertEqual((11, 0), self.run_script(["--unittest"], "Ran 11 tests in 1.0s\n\nOK\n"))
        self.assertEqual((8, 3), self.run_script(["--unittest"], "Ran 11 tests in 1.0s\n\nFAILED (failures=2, errors=1)\n"))
        self.assertEqual((0, 1), self.run_script(["--unittest"], "Traceback\n"))


if __name__ == "__main__":
    sys.exit(unittest.main())
