"""What the tests of the flake share: its evaluation with stubs for its inputs, and what may be wrong with the result."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib

import sources

ROOT = pathlib.Path.cwd()
SYSTEMS = ["aarch64-linux", "x86_64-linux"]
SERVICES = ["hardware", "portal"]
FLAKES = ["--extra-experimental-features", "nix-command flakes"]


def run(*command, **options):
    return subprocess.run(command, **{"capture_output": True, "text": True, "check": False, "timeout": 120, **options})


def git_files():
    """What git tracks or would track. A file that was removed and not committed is among them."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", check=True).stdout
    return sorted(set(filter(None, listed.split("\0"))))


TRACKED = git_files()
PRESENT = [file for file in TRACKED if (ROOT / file).is_file()]


def evaluate(tree):
    """nix/tests/eval.nix for this tree: its JSON and None, or None and the error. Nothing may be built while it evaluates."""
    done = run(
        "nix-instantiate", "--eval", "--strict", "--json", "--option", "allow-import-from-derivation", "false",
        "--arg", "flake", str(tree / "flake.nix"), str(tree / "nix/tests/eval.nix"),
    )
    return (json.loads(done.stdout), None) if done.returncode == 0 else (None, done.stderr)


def failed_assertions(report):
    return [it["name"] for it in report["assertions"] if not it["ok"]]


def source_problems(tree, report, tracked):
    root = report["files"]["root"] + "/"
    found = []
    for service in SERVICES:
        seen = {path.removeprefix(root) for path in report["files"][service]}
        found += sources.problems(tree, service, seen, set(tracked))
    return found


def sbom_problems(tree, report):
    lock = tomllib.loads((tree / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    wanted = {(it["name"], it["version"]): it.get("checksum") for it in lock}
    found = []
    for service in SERVICES:
        document = json.loads(report["sboms"][service])
        told = {}
        for it in document["components"]:
            hashes = {hash["alg"]: hash["content"] for hash in it.get("hashes", [])}
            told[it["name"], it["version"]] = hashes.get("SHA-256")
            if not it["purl"].startswith(f"pkg:cargo/{it['name']}@{it['version']}"):
                found.append(f"{service}: {it['purl']} is not the purl of {it['name']} {it['version']}")
        if len(document["components"]) != len(lock):
            found.append(f"{service}: {len(document['components'])} parts, and {len(lock)} crates in Cargo.lock")
        for crate in wanted.keys() | told.keys():
            if crate not in told:
                found.append(f"{service}: {crate} is missing")
            elif told[crate] != wanted.get(crate):
                found.append(f"{service}: {crate} has the checksum {told[crate]}, and {wanted.get(crate)} in Cargo.lock")
    return found


# What a pure evaluation may not do, and what would make the same commit give another result tomorrow.
IMPURE = re.compile(
    r"\b(getEnv|currentSystem|currentTime|storePath|fetch(Tarball|url|Git|Tree|Mercurial|Closure)|getFlake)\b|<nixpkgs"
)


def impurities(tree, files):
    """Lines of the flake, without comments, that read what is not in it. Nix refuses most of them; this names them."""
    for file in files:
        if (file == "flake.nix" or file.startswith("nix/")) and file.endswith(".nix") and "/tests/stand-in/" not in file:
            for number, line in enumerate((tree / file).read_text(encoding="utf-8").splitlines(), 1):
                if match := IMPURE.search(line.split("#")[0]):
                    yield f"{file}:{number}: {match.group()}"


class Copy:
    """A copy of the tree, to break something in it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.tree = pathlib.Path(self.folder.name).resolve()
        for file in PRESENT:
            (self.tree / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.tree / file)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def replace(self, file, before, after):
        text = (self.tree / file).read_text(encoding="utf-8")
        assert before in text, f"{file} has no {before!r} any more: the test has to change with it"
        (self.tree / file).write_text(text.replace(before, after), encoding="utf-8")
