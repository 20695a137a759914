"""Runs the tests beside it, in the repository's root, and ends with `N passed, N failed`. nix/tests/run.sh calls it."""

import os
import sys
import unittest


class Counted(unittest.TextTestResult):
    def stopTestRun(self):
        super().stopTestRun()
        failed = len(self.failures) + len(self.errors)
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        print(f"\n{self.testsRun - failed - len(self.skipped)} passed, {failed} failed{skipped}", flush=True)


tests = unittest.defaultTestLoader.discover(os.path.dirname(os.path.abspath(__file__)), "test_*.py")
runner = unittest.TextTestRunner(resultclass=Counted, verbosity=2, stream=sys.stdout, descriptions=False)
sys.exit(not runner.run(tests).wasSuccessful())
