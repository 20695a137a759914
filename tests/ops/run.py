"""Runs the test classes of this folder beside each other, one process each: they mostly wait for kubectl. `run.py [MODULE[.CLASS]]...`

Prints what failed and what was skipped, and at last the counts; exit status 1 if something failed or nothing ran.
"""

import os
import re
import signal
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent


def classes(chosen: list[str]) -> list[str]:
    def tests(suite):
        for item in suite:
            yield from tests(item) if isinstance(item, unittest.TestSuite) else [item]

    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(chosen) if chosen else loader.discover(str(HERE))
    if loader.errors:
        sys.exit(f"error: {loader.errors[0].strip().splitlines()[-1]}")
    return sorted({f"{type(test).__module__}.{type(test).__qualname__}" for test in tests(suite)})


def run(name: str) -> tuple[str, int, int, int, str]:
    """(class, ran, failed, skipped, output)"""
    done = subprocess.run([sys.executable, "-B", "-m", "unittest", "-v", name], cwd=HERE, capture_output=True, text=True, check=False)
    ran = re.search(r"^Ran (\d+) tests?", done.stderr, re.M)
    failed = sum(int(count) for count in re.findall(r"(?:failures|errors)=(\d+)", done.stderr))
    # A class that is skipped as a whole ran nothing, and counts once.
    skipped = len(re.findall(r"\.\.\. skipped ", done.stderr))
    if done.returncode and not failed:
        failed = 1
    return name, int(ran[1]) if ran else 0, failed, skipped, done.stderr


def main() -> int:
    os.chdir(HERE)
    # Who starts this in the background has told it to ignore Ctrl-C, and so would everything that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path.insert(0, str(HERE))
    passed = failed = skipped = 0
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for name, count, bad, left, output in pool.map(run, classes(sys.argv[1:])):
            print(f"{'FAILED' if bad else 'ok'}  {name}: {count} tests", flush=True)
            for line in sorted(set(re.findall(r"skipped ['\"](.*)['\"]$", output, re.M))):
                print(f"  SKIPPED: {line}")
            if bad:
                print(output)
            passed, failed, skipped = passed + max(0, count - bad - left), failed + bad, skipped + left
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
