"""Finds the release before the one that runs. stdin: Deployments and ReplicaSets of one namespace as JSON.

  former_release.py FOLDER    writes FOLDER/{hardware,portal}.json, both Deployments as they were, and prints the release; or, with
                              exit status 1, why there is none
"""

import json
import sys
from pathlib import Path

RELEASE = "toolcrib.parcellab.com/release"
REVISION = "deployment.kubernetes.io/revision"
SERVICES = ("hardware", "portal")


def release_of(item: dict) -> str:
    return (item["spec"]["template"]["metadata"].get("annotations") or {}).get(RELEASE, "")


def kept(items: list[dict], deployment: str) -> dict[str, dict]:
    """Release -> its newest ReplicaSet, of those that the Deployment still keeps."""
    found: dict[str, dict] = {}
    for item in sorted((i for i in items if i["kind"] == "ReplicaSet"), key=revision):
        if deployment in [owner["name"] for owner in item["metadata"].get("ownerReferences", [])]:
            found[release_of(item)] = item
    return found


def revision(replica_set: dict) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(REVISION, "0"))


def former(items: list[dict]) -> tuple[str, dict[str, dict]] | None:
    """The newest release that both have kept and that is not what both run."""
    running = {item["metadata"]["name"]: release_of(item) for item in items if item["kind"] == "Deployment"}
    sets = {service: kept(items, service) for service in SERVICES}
    shared = [name for name in sets["hardware"] if name and name in sets["portal"] and any(running[service] != name for service in SERVICES)]
    if not shared:
        return None
    name = max(shared, key=lambda release: revision(sets["hardware"][release]))
    return name, {service: sets[service][name] for service in SERVICES}


def as_it_was(deployment: dict, replica_set: dict) -> dict:
    """To be applied by deploy's own name. `kubectl rollout undo` would leave the old pods' fields to another owner, and the next
    deploy could not take away those that its manifests no longer have."""
    metadata = {key: deployment["metadata"][key] for key in ("name", "namespace", "labels") if key in deployment["metadata"]}
    # How many there are is the autoscaler's.
    spec = {key: value for key, value in deployment["spec"].items() if key != "replicas"}
    template = json.loads(json.dumps(replica_set["spec"]["template"]))
    template["metadata"].get("labels", {}).pop("pod-template-hash", None)
    template["metadata"].pop("creationTimestamp", None)
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec | {"template": template}}


def main(folder: str) -> int:
    items = json.load(sys.stdin)["items"]
    deployments = {item["metadata"]["name"]: item for item in items if item["kind"] == "Deployment"}
    missing = [service for service in SERVICES if service not in deployments]
    if missing:
        print(f"there is no Deployment {' and no '.join(missing)}: make deploy first")
        return 1
    found = former(items)
    if found is None:
        print("there is no release before this one that both services still have")
        return 1
    for service in SERVICES:
        (Path(folder) / f"{service}.json").write_text(json.dumps(as_it_was(deployments[service], found[1][service])))
    print(found[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
