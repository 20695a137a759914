"""The files of the flake: that Nix reads them, how they are written, and that the other way to make images agrees."""

import json
import os
import unittest

from common import PRESENT, ROOT, SERVICES, evaluate, run

NIX = [file for file in PRESENT if file.endswith(".nix")]


class Files(unittest.TestCase):
    def test_nix_parses_every_file(self):
        for file in NIX:
            with self.subTest(file):
                done = run("nix-instantiate", "--parse", file)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_file_is_formatted(self):
        done = run(os.environ["NIXFMT"], "--check", *NIX)
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}\nnix fmt, or: {os.environ['NIXFMT']} FILE")

    def test_nothing_is_defined_and_not_used(self):
        # Stubs take what the real functions take.
        done = run(os.environ["DEADNIX"], "--fail", "--no-lambda-pattern-names", *NIX)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


@unittest.skipIf(os.environ.get("TOOLCRIB_SKIP_DOCKER") == "1", "TOOLCRIB_SKIP_DOCKER=1")
class BothWays(unittest.TestCase):
    """What images-static.sh tells Docker, and what the flake writes, are the same configuration."""

    def test_both_ways_describe_the_same_image(self):
        report, error = evaluate(ROOT)
        self.assertIsNone(error)
        for service in SERVICES:
            with self.subTest(service):
                flake = report["configs"]["x86_64-linux"][f"{service}-image"]
                self.assertEqual(self.plain(self.imported(service)), self.plain(flake))

    def imported(self, service):
        """The configuration of an empty image with these changes, as Docker understands them."""
        told = run("scripts/images-static.sh", "--changes", service, check=True).stdout.splitlines()
        empty = run("tar", "--create", "--files-from", "/dev/null", text=False, check=True).stdout
        changes = [word for line in told for word in ("-c", line)]
        image = run("docker", "import", *changes, "-", input=empty, text=False, check=True).stdout.decode().strip()
        try:
            return json.loads(run("docker", "image", "inspect", "--format", "{{json .Config}}", image, check=True).stdout)
        finally:
            run("docker", "image", "rm", image)

    @staticmethod
    def plain(config):
        """Without what is empty, what has no order, and the revision, which the stubs make up."""
        kept = {key: value for key, value in config.items() if value}
        kept["Env"] = sorted(kept["Env"])
        kept["Labels"] = {key: value for key, value in kept["Labels"].items() if not key.endswith(".revision")}
        return kept
