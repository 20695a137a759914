"""Writes an image for `docker load`: a layer for each store path, and one for the rest.

usage: image.py ROOT CLOSURE... DESCRIPTION OUT   (a CLOSURE is what Nix writes for exportReferencesGraph)
"""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile


def store_paths(graphs):
    """The paths of all graphs: each line that names one, once."""
    paths = set()
    for graph in graphs:
        with open(graph, encoding="utf-8") as lines:
            paths.update(line.strip() for line in lines if line.startswith("/nix/store/"))
    return sorted(paths)


def clean(member):
    member.mtime = 1
    member.uname = member.gname = ""
    return member


def as_root(member):
    member.uid = member.gid = 0
    return clean(member)


def layer(add):
    """The bytes of a tar that `add` has filled."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        add(tar)
    return buffer.getvalue()


def main():
    root, *graphs, description, out = sys.argv[1:]
    with open(description, encoding="utf-8") as text:
        wanted = json.load(text)

    layers = [
        layer(lambda tar, path=path: tar.add(path, path.lstrip("/"), filter=as_root)) for path in store_paths(graphs)
    ]
    layers.append(layer(lambda tar: [tar.add(os.path.join(root, name), name, filter=clean) for name in sorted(os.listdir(root))]))
    digests = [hashlib.sha256(data).hexdigest() for data in layers]
    config = json.dumps(
        {
            "architecture": wanted["architecture"],
            "os": "linux",
            "created": wanted["created"],
            "config": wanted["config"],
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
            "history": [{"created": wanted["created"]} for _ in digests],
        },
        sort_keys=True,
    ).encode()
    manifest = [
        {
            "Config": hashlib.sha256(config).hexdigest() + ".json",
            "RepoTags": [f"{wanted['name']}:{wanted['tag']}"],
            "Layers": [f"{digest}/layer.tar" for digest in digests],
        }
    ]
    files = [(manifest[0]["Config"], config), *zip(manifest[0]["Layers"], layers)]
    files.append(("manifest.json", json.dumps(manifest).encode()))

    with open(out, "wb") as raw, gzip.GzipFile("", "wb", mtime=1, fileobj=raw) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for name, data in files:
                member = clean(tarfile.TarInfo(name))
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


main()
