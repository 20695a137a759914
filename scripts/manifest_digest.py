"""Reads `docker manifest inspect --verbose` on stdin and prints `DIGEST IMAGE-ID`, or nothing for a list of several images."""

import json
import sys

found = json.load(sys.stdin)
if isinstance(found, dict):
    manifest = found.get("SchemaV2Manifest") or found.get("OCIManifest") or {}
    print(found["Descriptor"]["digest"], manifest.get("config", {}).get("digest", "-"))
