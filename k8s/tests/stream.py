"""A rendered stream, and the few questions that all tests here ask of it. Needs PyYAML, which kubernetes-validate brings."""

from pathlib import Path

import yaml

Object = dict
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")


def load(text: str) -> list[Object]:
    return [document for document in yaml.safe_load_all(text) if document]


def read(path: Path) -> list[Object]:
    return load(path.read_text())


def kind(stream: list[Object], *kinds: str) -> list[Object]:
    return [thing for thing in stream if thing["kind"] in kinds]


def name(thing: Object) -> str:
    return thing["metadata"]["name"]


def namespace(thing: Object) -> str:
    return thing["metadata"].get("namespace", "")


def title(thing: Object) -> str:
    return f"{thing['kind']} {namespace(thing)}/{name(thing)}" if namespace(thing) else f"{thing['kind']} {name(thing)}"


def find(stream: list[Object], what: str, called: str, within: str | None = None) -> Object | None:
    for thing in kind(stream, what):
        if name(thing) == called and within in (None, namespace(thing)):
            return thing
    return None


def template(workload: Object) -> Object:
    spec = workload["spec"]
    return spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]


def pod(workload: Object) -> Object:
    return template(workload)["spec"]


def pod_labels(workload: Object) -> dict[str, str]:
    return template(workload)["metadata"].get("labels", {})


def containers(workload: Object) -> list[Object]:
    return pod(workload).get("initContainers", []) + pod(workload)["containers"]


def ports(workload: Object) -> dict[str, int]:
    """Container ports by name."""
    return {port["name"]: port["containerPort"] for box in containers(workload) for port in box.get("ports", [])}


def is_selected(selector: dict, labels: dict[str, str]) -> bool:
    """A label selector of Kubernetes; an empty one selects everything."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for rule in selector.get("matchExpressions") or []:
        value, values = labels.get(rule["key"]), rule.get("values", [])
        holds = {"In": value in values, "NotIn": value not in values, "Exists": value is not None, "DoesNotExist": value is None}
        if not holds[rule["operator"]]:
            return False
    return True


def secret_data(stream: list[Object], called: str, within: str) -> set[str] | None:
    """The keys of a Secret, as they stand in it or as an ExternalSecret writes them; None where there is no such thing."""
    secret = find(stream, "Secret", called, within)
    if secret:
        return set(secret.get("data") or {}) | set(secret.get("stringData") or {})
    for external in kind(stream, "ExternalSecret"):
        target = external["spec"]["target"]
        if namespace(external) == within and target["name"] == called:
            made = target.get("template", {}).get("data")
            return set(made) if made else {entry["secretKey"] for entry in external["spec"]["data"]}
    return None
