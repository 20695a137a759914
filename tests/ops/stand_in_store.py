"""What the stand-in for the Kubernetes API stores, and of the controllers as much as makes a rollout end."""

import base64
import copy
import json
import threading
import uuid
from pathlib import Path

# group/version: (plural, kind, namespaced)
RESOURCES = {
    "v1": [("namespaces", "Namespace", False), ("configmaps", "ConfigMap", True), ("secrets", "Secret", True), ("services", "Service", True),
           ("serviceaccounts", "ServiceAccount", True), ("resourcequotas", "ResourceQuota", True), ("limitranges", "LimitRange", True),
           ("pods", "Pod", True), ("persistentvolumeclaims", "PersistentVolumeClaim", True)],
    "apps/v1": [("deployments", "Deployment", True), ("statefulsets", "StatefulSet", True), ("replicasets", "ReplicaSet", True)],
    "batch/v1": [("jobs", "Job", True), ("cronjobs", "CronJob", True)],
    "autoscaling/v2": [("horizontalpodautoscalers", "HorizontalPodAutoscaler", True)],
    "policy/v1": [("poddisruptionbudgets", "PodDisruptionBudget", True)],
    "networking.k8s.io/v1": [("networkpolicies", "NetworkPolicy", True), ("ingresses", "Ingress", True)],
    "eks.amazonaws.com/v1": [("ingressclassparams", "IngressClassParams", False)],
    "external-secrets.io/v1": [("externalsecrets", "ExternalSecret", True), ("secretstores", "SecretStore", True)],
}
REVISION = "deployment.kubernetes.io/revision"


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


class Store:
    def __init__(self, folder: Path):
        self.folder, self.objects, self.lock, self.version = folder, {}, threading.RLock(), 0

    def fails(self, name: str) -> bool:
        path = self.folder / "fail"
        return path.exists() and any(line and name.startswith(line) for line in path.read_text().splitlines())

    def note(self, line: str) -> None:
        with (self.folder / "requests").open("a") as file:
            file.write(line + "\n")

    def keep(self, key: tuple, item: dict) -> dict:
        self.version += 1
        item["metadata"].setdefault("uid", str(uuid.uuid4()))
        item["metadata"].setdefault("creationTimestamp", "2026-01-01T00:00:00Z")
        item["metadata"]["resourceVersion"] = str(self.version)
        self.objects[key] = item
        (self.folder / "objects.json").write_text(json.dumps(list(self.objects.values())))
        return item

    def list(self, api: str, plural: str, namespace: str | None, selector: str, fields: str) -> list[dict]:
        found = [item for (a, p, n, _), item in self.objects.items() if (a, p) == (api, plural) and namespace in (None, n)]
        for part in filter(None, selector.split(",")):
            name, _, value = part.replace("==", "=").partition("=")
            found = [item for item in found if item["metadata"].get("labels", {}).get(name) == value]
        if fields.startswith("metadata.name="):
            found = [item for item in found if item["metadata"]["name"] == fields.removeprefix("metadata.name=")]
        return found

    def settle(self, key: tuple, old: dict | None, item: dict) -> None:
        """What the controllers would make of it."""
        kind, name, namespace = item["kind"], item["metadata"]["name"], item["metadata"].get("namespace")
        if kind == "Secret" and "stringData" in item:
            plain = item.pop("stringData")
            item["data"] = item.get("data", {}) | {k: base64.b64encode(v.encode()).decode() for k, v in plain.items()}
        if kind in ("Deployment", "StatefulSet"):
            self.roll(key, old, item)
        elif kind == "Job" and old is None:
            self.run(item)
        elif kind == "ExternalSecret":
            item["status"] = {"conditions": [{"type": "Ready", "status": "False" if self.fails(name) else "True"}]}
            target = ("v1", "secrets", namespace, item["spec"]["target"]["name"])
            if target not in self.objects:
                data = {entry["secretKey"]: base64.b64encode(b"from-aws").decode() for entry in item["spec"]["data"]}
                self.keep(target, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": target[3], "namespace": namespace}, "data": data})

    def roll(self, key: tuple, old: dict | None, item: dict) -> None:
        name, namespace, meta = item["metadata"]["name"], item["metadata"]["namespace"], item["metadata"]
        replicas = item["spec"].setdefault("replicas", (old or {"spec": {}})["spec"].get("replicas", 2))
        if item["kind"] == "StatefulSet":
            item["spec"].setdefault("updateStrategy", {"type": "RollingUpdate"})
        changed = old is None or old["spec"] != item["spec"]
        meta["generation"] = (old["metadata"]["generation"] if old else 0) + changed
        if item["kind"] == "Deployment" and (old is None or old["spec"]["template"] != item["spec"]["template"]):
            self.note(f"ROLL {name}")
            sets = [s for s in self.list("apps/v1", "replicasets", namespace, "", "") if s["metadata"]["ownerReferences"][0]["name"] == name]
            revision = 1 + max((int(s["metadata"]["annotations"][REVISION]) for s in sets), default=0)
            same = [s for s in sets if self.without_hash(s["spec"]["template"]) == item["spec"]["template"]]
            rs = same[0] if same else {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {}, "spec": copy.deepcopy(item["spec"])}
            rs["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = str(revision)
            owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": meta.setdefault("uid", str(uuid.uuid4())), "controller": True}
            rs["metadata"] |= {"name": rs["metadata"].get("name", f"{name}-{revision}"), "namespace": namespace, "annotations": {REVISION: str(revision)},
                               "labels": item["spec"]["template"]["metadata"]["labels"], "ownerReferences": [owner]}
            self.keep(("apps/v1", "replicasets", namespace, rs["metadata"]["name"]), rs)
            meta.setdefault("annotations", {})[REVISION] = str(revision)
        good = 0 if self.fails(name) else replicas
        item["status"] = {"observedGeneration": meta["generation"], "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": good,
                          "availableReplicas": good, "currentRevision": "r", "updateRevision": "r", "currentReplicas": replicas}
        for number in range(3):
            pod = ("v1", "pods", namespace, f"{name}-{number}")
            self.objects.pop(pod, None)
            if number < replicas:
                labels = dict(item["spec"]["template"]["metadata"]["labels"])
                self.keep_pod(pod, labels, item["spec"]["template"]["spec"], "Running")

    @staticmethod
    def without_hash(template: dict) -> dict:
        """As in Kubernetes, a ReplicaSet's pods have a label that its Deployment's have not."""
        template = copy.deepcopy(template)
        template["metadata"]["labels"].pop("pod-template-hash", None)
        return template

    def run(self, job: dict) -> None:
        name, namespace = job["metadata"]["name"], job["metadata"]["namespace"]
        good = not self.fails(name)
        uid = job["metadata"].setdefault("uid", str(uuid.uuid4()))
        job["spec"]["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
        job["status"] = {"conditions": [{"type": "Complete" if good else "Failed", "status": "True"}]}
        labels = {"job-name": name, "batch.kubernetes.io/controller-uid": uid}
        self.keep_pod(("v1", "pods", namespace, f"{name}-pod"), labels, job["spec"]["template"]["spec"], "Succeeded" if good else "Failed")

    def keep_pod(self, key: tuple, labels: dict, spec: dict, phase: str) -> None:
        metadata = {"name": key[3], "namespace": key[2], "labels": labels}
        self.keep(key, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": copy.deepcopy(spec), "status": {"phase": phase}})
