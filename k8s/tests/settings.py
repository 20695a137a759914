"""What the binaries understand: their default configuration, the short names of settings, and, where they are built, `config` itself."""

import json
import os
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import stream as k8s

# The commands of `hardware database` read these besides their settings.
OF_COMMANDS = {"APP_PASSWORD"}
# Read by libraries.
OF_OTHERS = {"AWS_REGION"}
# What a pod finds in its volumes, where `config` looks at it.
SECRET = "a-secret-for-this-test-alone"
AUTHORITY = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"


def flat(table: dict, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


class Settings:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.defaults = {s: dict(flat(tomllib.loads(self.file(s, "config.default.toml")))) for s in ("hardware", "portal")}

    def file(self, service: str, name: str) -> str:
        return (self.root / "services" / service / name).read_text()

    def drain(self, service: str) -> int:
        return int(self.defaults[service]["shutdown.drain_s"])

    def names(self, service: str) -> set[str]:
        """Every variable that this service reads."""
        # SECTION__KEY is for keys in sections; others have a short name, which is in the table of config.rs.
        long = {key.upper().replace(".", "__") for key in self.defaults[service] if "." in key}
        text = self.file(service, "src/config.rs") + (self.root / "services/chassis/src/config.rs").read_text()
        short = {name for name, key in re.findall(r'\("([A-Z_]+)",\s*"([a-z_.]+)"\)', text) if key in self.defaults[service]}
        return long | short

    def max_pods(self, namespace: str, stream: list[dict]) -> int:
        site = k8s.find(stream, "ConfigMap", "site", namespace)
        environment = (site or {}).get("data", {}).get("ENVIRONMENT", "production")
        path = self.root / "terraform/environments" / environment / "customers.json"
        customer = json.loads(path.read_text())["customers"].get(namespace.removeprefix("customer-"), {})
        return customer.get("max_pods", 6)

    def wrong(self, service: str, box: dict, stream: list[dict]) -> Iterator[str]:
        values = self.values(box, stream)
        in_arguments = set(re.findall(r"\$\((\w+)\)", " ".join(box.get("args", []))))
        known = self.names(service) | OF_OTHERS | in_arguments | (OF_COMMANDS if box.get("args", [""])[0] == "database" else set())
        for name in values:
            if name.removesuffix("_FILE") not in known:
                yield f"{service} reads no {name}"
        yield from self.ports(service, box, values)
        yield from self.asked(service, values)

    def values(self, box: dict, stream: list[dict]) -> dict[str, str]:
        values = {}
        for source in box.get("envFrom", []):
            config = k8s.find(stream, "ConfigMap", source["configMapRef"]["name"])
            values |= config["data"] if config else {}
        return values | {entry["name"]: entry.get("value", "") for entry in box.get("env", [])}

    def ports(self, service: str, box: dict, values: dict[str, str]) -> Iterator[str]:
        ports = {port["name"]: port["containerPort"] for port in box.get("ports", [])}
        if box.get("args") != ["serve"]:
            return
        usual = int(str(self.defaults[service]["bind"][0]).rpartition(":")[2])
        if ports.get("http") != usual:
            yield f"port http is {ports.get('http')}, and {service} is at {usual}"
        listens = {int(where.rpartition(":")[2]) for key in ("BIND", "METRICS_BIND") for where in values.get(key, "").split(",") if where}
        if listens != set(ports.values()):
            yield f"it listens on {sorted(listens)}, and its ports are {sorted(ports.values())}"
        if any(not where.startswith("0.0.0.0:") for key in ("BIND", "METRICS_BIND") for where in values.get(key, "").split(",")):
            yield "it does not listen on all addresses of its pod"

    def asked(self, service: str, values: dict[str, str]) -> Iterator[str]:
        """What the binary itself says to these values, where there is one."""
        binary = next((path for path in (self.root / "target" / kind / service for kind in ("debug", "release")) if path.is_file()), None)
        if not binary or os.environ.get("K8S_TESTS_BINARIES") == "no":
            return
        with tempfile.TemporaryDirectory() as folder:
            secret, authority = Path(folder, "secret"), Path(folder, "ca.pem")
            secret.write_text(SECRET)
            authority.write_text(AUTHORITY)
            env = {name: str(secret) if name.endswith("_FILE") else value for name, value in values.items()}
            if "MYSQL_SSL_CA" in env:
                env["MYSQL_SSL_CA"] = str(authority)
            done = subprocess.run([binary, "config"], env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"`{service} config` refuses it: {done.stderr.strip()}"
