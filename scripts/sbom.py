"""Prints the list of parts of an image (CycloneDX), from Cargo.lock: the same text as nix/sbom.nix writes.

usage: sbom.py SERVICE   (in the repository's root)
"""

import json
import re
import sys


def packages(lock):
    """The tables [[package]] of Cargo.lock, each a dict of its strings. (tomllib came with Python 3.11 only.)"""
    for table in lock.split("[[package]]\n")[1:]:
        yield dict(re.findall(r'^(\w+) = "([^"\n]*)"$', table, re.MULTILINE))


def workspace(manifest):
    """The strings of [workspace.package] in Cargo.toml."""
    table = re.search(r"^\[workspace\.package\]\n(.*?)^\[", manifest, re.MULTILINE | re.DOTALL).group(1)
    return dict(re.findall(r'^(\w+) = "([^"\n]*)"$', table, re.MULTILINE))


def component(package, repository):
    # A crate without a source is ours, and none of crates.io's of the same name.
    qualifier = "" if "source" in package else f"?vcs_url=git%2B{repository}"
    purl = f"pkg:cargo/{package['name']}@{package['version']}{qualifier}"
    said = {"type": "library", "name": package["name"], "version": package["version"], "purl": purl, "bom-ref": purl}
    if "checksum" in package:
        said["hashes"] = [{"alg": "SHA-256", "content": package["checksum"]}]
    return said


def bom(service, lock, manifest):
    ours = workspace(manifest)
    image = f"toolcrib/{service}"
    scope = "every package of Cargo.lock, also those that only tests, benchmarks and the other service use"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "container", "bom-ref": image, "name": image, "version": ours["version"]},
            "properties": [{"name": "toolcrib:scope", "value": scope}],
        },
        "components": [component(package, ours["repository"]) for package in packages(lock)],
    }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open("Cargo.lock", encoding="utf-8") as lock, open("Cargo.toml", encoding="utf-8") as manifest:
        document = bom(sys.argv[1], lock.read(), manifest.read())
    # Sorted and without spaces, as Nix's toJSON writes.
    sys.stdout.write(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


main()
