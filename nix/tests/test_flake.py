"""The flake itself, evaluated with stubs for its inputs."""

import json
import os
import re
import sys
import tempfile
import unittest

from common import (
    FLAKES,
    PRESENT,
    ROOT,
    SERVICES,
    SYSTEMS,
    TRACKED,
    Copy,
    evaluate,
    failed_assertions,
    impurities,
    run,
    sbom_problems,
    source_problems,
)


class Flake(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.report, error = evaluate(ROOT)
        if error:
            raise AssertionError(error)

    def test_all_outputs_of_both_systems_exist(self):
        platforms = [f"{service}{image}{suffix}" for service in SERVICES for image in ("", "-image") for suffix in ("", "-arm64")]
        wanted = {
            "packages": sorted([*platforms, "default"]),
            "apps": ["default", "hardware", "portal"],
            "devShells": ["default"],
            "formatter": "one",
            "checks": ["clippy", "deny", "eval", "fmt", "nextest"],
        }
        self.assertEqual(self.report["outputs"], {name: {s: value for s in SYSTEMS} for name, value in wanted.items()})
        self.assertTrue(self.report["everything"])

    def test_the_assertions_hold(self):
        self.assertEqual(failed_assertions(self.report), [])
        self.assertEqual(len(self.report["assertions"]), 18 * 4 * 2)

    def test_the_revision_is_gits(self):
        rev = "0123456789abcdef0123456789abcdef01234567"
        self.assertEqual(self.report["revisions"], {"clean": rev, "dirty": f"{rev}-dirty", "none": "unknown"})

    def test_the_sbom_has_every_crate_with_its_checksum(self):
        self.assertEqual(sbom_problems(ROOT, self.report), [])

    def test_both_ways_write_the_same_sbom(self):
        for service in SERVICES:
            printed = run(sys.executable, "scripts/sbom.py", service, check=True).stdout
            self.assertEqual(printed, self.report["sboms"][service])

    def test_builds_see_what_they_embed_and_nothing_else(self):
        self.assertEqual(source_problems(ROOT, self.report, TRACKED), [])

    def test_it_evaluates_as_a_pure_flake(self):
        """By Nix itself, which reads the lock, and forbids what is not in the flake or its inputs."""
        stubs = ROOT / "nix/tests/stubs"
        over = [word for name in ("nixpkgs", "crane", "rust-overlay") for word in ("--override-input", name, f"path:{stubs / name}")]
        every = "all: map (system: map (name: all.${system}.${name}.outPath) (builtins.attrNames all.${system})) (builtins.attrNames all)"
        with Copy() as copy, tempfile.TemporaryDirectory() as store:
            purely = [
                "--offline", "--no-write-lock-file", "--store", store, *over,
                "--option", "allow-import-from-derivation", "false", "--json",
            ]  # fmt: skip

            def nix(*command):
                done = run("nix", *FLAKES, *command, *purely, env={**os.environ, "HOME": store})
                self.assertEqual(done.returncode, 0, done.stderr)
                return json.loads(done.stdout)

            for output in ("packages", "checks", "devShells"):
                self.assertEqual(len(nix("eval", f"path:{copy.tree}#{output}", "--apply", every)), 2)
            shown = nix("flake", "show", f"path:{copy.tree}")
            self.assertEqual(sorted(shown), ["apps", "checks", "devShells", "formatter", "packages"])
            self.assertEqual({name: sorted(of) for name, of in shown.items()}, {name: SYSTEMS for name in shown})

    def test_nothing_impure_is_read(self):
        self.assertEqual(list(impurities(ROOT, PRESENT)), [])

    def test_the_lock_pins_every_input(self):
        text = (ROOT / "flake.nix").read_text(encoding="utf-8")
        lock = json.loads((ROOT / "flake.lock").read_text(encoding="utf-8"))
        urls = dict(re.findall(r'([\w-]+)(?:\.url = | = \{\n\s*url = )"github:([\w/-]+)"', text))
        self.assertEqual(sorted(urls), ["crane", "nixpkgs", "rust-overlay"])
        for name, url in urls.items():
            locked = lock["nodes"][lock["nodes"]["root"]["inputs"][name]]["locked"]
            self.assertEqual(f"{locked['owner']}/{locked['repo']}", "/".join(url.split("/")[:2]))
            self.assertRegex(locked["rev"], r"^[0-9a-f]{40}$")
            self.assertRegex(locked["narHash"], r"^sha256-[A-Za-z0-9+/]{43}=$")


REAL = {name: os.environ.get(f"NIX_TEST_{name}") for name in ("CRANE", "RUST_OVERLAY", "LIB")}


@unittest.skipUnless(all(REAL.values()), "NIX_TEST_CRANE, NIX_TEST_RUST_OVERLAY, NIX_TEST_LIB: see nix/tests/build.sh")
class RealInputs(unittest.TestCase):
    """With the real crane, rust-overlay and lib: nothing that they need is missing, and nothing is built to find that out."""

    def test_every_package_and_check_of_both_systems_is_a_derivation(self):
        with tempfile.TemporaryDirectory() as nixpkgs:
            with open(f"{nixpkgs}/default.nix", "w", encoding="utf-8") as file:
                file.write(
                    f'import {ROOT}/nix/tests/stand-in {{ libPath = {REAL["LIB"]}; cargoHome = "/none"; toolchainPath = "/none"; }}'
                )
            flake = f"""import {ROOT}/nix/tests/build.nix {{
              crane = "{REAL["CRANE"]}"; rustOverlay = "{REAL["RUST_OVERLAY"]}"; nixpkgs = "{nixpkgs}"; revision = "unknown";
            }}"""
            paths = "builtins.mapAttrs (_: builtins.mapAttrs (_: one: one.drvPath))"
            done = run(
                "nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode",
                "--option", "allow-import-from-derivation", "false", "--expr",
                f"with {flake}; {{ packages = {paths} packages; checks = {paths} checks; }}",
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual([sorted(found["packages"]), sorted(found["checks"])], [SYSTEMS, SYSTEMS])
        for system, packages in found["packages"].items():
            self.assertEqual(len(packages), 9)
            images = {name: path for name, path in packages.items() if "-image" in name}
            # On an arm64 machine both names are the same image, on the other one they are two.
            self.assertEqual(len(set(images.values())), {"aarch64-linux": 2, "x86_64-linux": 4}[system])
