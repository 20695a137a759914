"""Strict validation: built-in kinds by the schemas of three versions of Kubernetes, custom resources by theirs.

Those of Karpenter and External Secrets are not ours to commit: CRD_SCHEMAS names their folder, else ../shared/k8s-schemas beside the
repository. Ours, of EKS Auto Mode, are in k8s/tests/schemas.
"""

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import kubernetes_validate

import stream as k8s

VERSIONS = ("1.32", "1.33", "1.34")
GROUPS = ("karpenter.sh", "external-secrets.io", "eks.amazonaws.com", "monitoring.coreos.com")


def folder(root: Path) -> Path | None:
    """Where other people's schemas are, if they are."""
    given = os.environ.get("CRD_SCHEMAS")
    # A worktree lies beside the repository as well.
    wanted = Path(given) if given else root.parent / "shared/k8s-schemas"
    if given and not wanted.is_dir():
        raise SystemExit(f"error: CRD_SCHEMAS={given} is no folder")
    return wanted if wanted.is_dir() else None


def is_custom(thing: dict) -> bool:
    return thing["apiVersion"].partition("/")[0] in GROUPS


class Schemas:
    def __init__(self, root: Path) -> None:
        self.own, self.others = root / "k8s/tests/schemas", folder(root)
        self.skipped: set[str] = set()
        self.checked = 0

    def schema(self, thing: dict) -> dict | None:
        group, _, version = thing["apiVersion"].partition("/")
        for place in (self.own, self.others):
            path = place and place / f"{group}_{version}_{thing['kind']}.json"
            if path and path.is_file():
                return json.loads(path.read_text())
        return None

    def wrong(self, thing: dict) -> Iterator[str]:
        if is_custom(thing):
            yield from self.custom(thing)
            return
        for version in VERSIONS:
            self.checked += 1
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    kubernetes_validate.validate(thing, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{k8s.title(thing)}, Kubernetes {version}: {error.message} at {'.'.join(map(str, error.path))}"
            except kubernetes_validate.SchemaNotFoundError:
                yield f"{k8s.title(thing)}: Kubernetes {version} does not know {thing['apiVersion']} {thing['kind']}"

    def custom(self, thing: dict) -> Iterator[str]:
        schema = self.schema(thing)
        if schema is None:
            if self.others:
                yield f"{k8s.title(thing)}: there is no schema of {thing['apiVersion']} {thing['kind']}"
            else:
                self.skipped.add(thing["kind"])
            return
        self.checked += 1
        for error in jsonschema.Draft202012Validator(schema).iter_errors(thing):
            yield f"{k8s.title(thing)}: {error.message[:200]} at {'.'.join(map(str, error.path))}"
