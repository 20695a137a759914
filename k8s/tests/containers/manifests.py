"""Rendered manifests, and what they say of one pod, as a kubelet would understand it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

import yaml

UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


@dataclass(frozen=True)
class Pod:
    """One pod of one container."""

    name: str
    labels: dict[str, str]
    spec: dict
    container: dict
    claims: tuple[str, ...] = ()
    # Changed by a test, on top of what the manifest says.
    extra_env: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] | None = None

    def security(self, key: str) -> object:
        """The container's own security context wins over the pod's."""
        own = self.container.get("securityContext", {})
        return own.get(key, self.spec.get("securityContext", {}).get(key))

    def volume(self, name: str) -> dict:
        if name in self.claims:
            return {"claim": name}
        return next(volume for volume in self.spec["volumes"] if volume["name"] == name)


class Manifests:
    """All of one customer."""

    def __init__(self, text: str) -> None:
        self.all = [manifest for manifest in yaml.safe_load_all(text) if manifest]

    def of(self, kind: str, name: str) -> dict:
        for manifest in self.all:
            # A Job's name may carry a hash behind it.
            if manifest["kind"] == kind and re.fullmatch(rf"{name}(-[0-9a-f]+)?", manifest["metadata"]["name"]):
                return manifest
        raise KeyError(f"there is no {kind} {name} in what was rendered")

    def kinds(self, kind: str) -> list[dict]:
        return [manifest for manifest in self.all if manifest["kind"] == kind]

    def pod(self, kind: str, name: str) -> Pod:
        workload = self.of(kind, name)["spec"]
        template = workload["template"]
        containers = template["spec"]["containers"]
        if len(containers) != 1 or template["spec"].get("initContainers"):
            raise ValueError(f"{kind} {name} has more than one container: this suite starts one")
        claims = tuple(claim["metadata"]["name"] for claim in workload.get("volumeClaimTemplates", []))
        return Pod(name, template["metadata"]["labels"], template["spec"], containers[0], claims)

    def replicas(self, name: str) -> int:
        """As few as the autoscaler lets there be."""
        return self.of("HorizontalPodAutoscaler", name)["spec"]["minReplicas"]

    def data(self, kind: str, name: str) -> dict[str, str]:
        """A Secret's or a ConfigMap's."""
        manifest = self.of(kind, name)
        plain = manifest.get("stringData" if kind == "Secret" else "data") or {}
        coded = manifest.get("data") or {} if kind == "Secret" else {}
        return {key: base64.b64decode(value).decode() for key, value in coded.items()} | plain

    def set_secret(self, name: str, key: str, value: str) -> None:
        manifest = self.of("Secret", name)
        manifest["stringData"] = self.data("Secret", name) | {key: value}
        manifest.pop("data", None)

    def environment(self, pod: Pod) -> dict[str, str]:
        """The container's variables: all of a ConfigMap first, then each, which may name those before it."""
        found: dict[str, str] = {}
        for source in pod.container.get("envFrom", []):
            kind = "ConfigMap" if "configMapRef" in source else "Secret"
            reference = source.get("configMapRef") or source["secretRef"]
            found |= self.data(kind, reference["name"])
        for entry in pod.container.get("env", []):
            found[entry["name"]] = self._value(entry, found)
        return found | pod.extra_env

    def _value(self, entry: dict, so_far: dict[str, str]) -> str:
        source = entry.get("valueFrom")
        if source is None:
            return expand(entry.get("value", ""), so_far)
        for kind, reference in (("Secret", source.get("secretKeyRef")), ("ConfigMap", source.get("configMapKeyRef"))):
            if reference:
                return self.data(kind, reference["name"])[reference["key"]]
        raise ValueError(f"{entry['name']}: this suite knows no {source}")

    def command(self, pod: Pod) -> tuple[list[str], list[str]]:
        """Entry point, if there is another than the image's, and arguments."""
        env = self.environment(pod)
        arguments = pod.container.get("args", []) if pod.arguments is None else pod.arguments
        return [expand(word, env) for word in pod.container.get("command", [])], [expand(word, env) for word in arguments]

    def files(self, volume: dict) -> dict[str, str]:
        """The files of a volume made of a Secret or a ConfigMap, by their path in it."""
        kind, source = ("Secret", volume["secret"]) if "secret" in volume else ("ConfigMap", volume["configMap"])
        data = self.data(kind, source.get("secretName") or source["name"])
        items = source.get("items") or [{"key": key, "path": key} for key in data]
        return {item["path"]: data[item["key"]] for item in items}


def expand(text: str, env: dict[str, str]) -> str:
    """`$(NAME)` is the variable where there is one; `$$(NAME)` is `$(NAME)`."""
    known = r"\$\$|\$\(([-._a-zA-Z0-9]+)\)"
    return re.sub(known, lambda m: "$" if m[0] == "$$" else env.get(m[1], m[0]), text)


def bytes_of(quantity: str) -> int:
    """`64Mi` in bytes."""
    number, unit = re.fullmatch(r"(\d+)(Ki|Mi|Gi)?", str(quantity)).groups()
    return int(number) * UNITS.get(unit, 1)


def cores_of(quantity: str) -> float:
    """`500m` or `2`."""
    text = str(quantity)
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)
