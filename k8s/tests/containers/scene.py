"""One customer's pods, its database, and the ways to them."""

from __future__ import annotations

import dataclasses
import re

from balancer import Balancer, Endpoint
from engine import Docker, call
from manifests import Manifests, Pod
from pods import Node, Running
from traffic import Request, Traffic

# Two limits in time are not the manifests': this machine is shared with whatever else is tested, and what is counted is requests
# that were lost, not requests that were slow.
PATIENT = {"hardware": {"DATABASE__ACQUIRE_TIMEOUT_MS": "20000"}, "portal": {"HARDWARE__TIMEOUT_MS": "20000"}}


class Scene:
    """What the manifests of one customer make of containers."""

    def __init__(self, docker: Docker, manifests: Manifests, images: dict[str, str]) -> None:
        self.manifests = manifests
        mysql = manifests.pod("StatefulSet", "mysql")
        self.node = Node(docker, manifests, images, images[mysql.container["image"]])
        balanced = [service for service in manifests.kinds("Service") if service["metadata"]["name"] != "mysql"]
        self.services = {service["metadata"]["name"]: Balancer(self.node.gateway, service) for service in balanced}
        self.node.services = set(self.services)
        self.pods: dict[str, list[tuple[Running, Endpoint]]] = {"hardware": [], "portal": []}
        self.mysql: Running | None = None
        self.numbers = 0

    def start(self, kind: str, name: str) -> Running:
        """One more pod of it, behind its Service."""
        running = self.run(dataclasses.replace(self.manifests.pod(kind, name), extra_env=PATIENT[name]))
        self.pods[name].append((running, self.services[name].add(running)))
        return running

    def start_mysql(self) -> Running:
        """The one pod of MySQL is its Service: what holds connections for hours is not led through this program."""
        self.mysql = self.run(self.manifests.pod("StatefulSet", "mysql"), "--network-alias", "mysql")
        return self.mysql

    def run(self, pod: Pod, *flags: str) -> Running:
        """A pod behind nothing."""
        self.numbers += 1
        return self.node.start(pod, f"{pod.name}-{self.numbers}", *flags)

    def job(self, name: str, arguments: tuple[str, ...] | None = None) -> str:
        """Runs it to its end, which must be a good one; what it said."""
        running = self.run(dataclasses.replace(self.manifests.pod("Job", name), arguments=arguments))
        status = running.ends()
        if status != 0:
            raise AssertionError(f"Job {name} ended with {status}: {running.logs()[-1000:]}")
        return running.logs()

    def running(self, name: str) -> list[Running]:
        return [running for running, _ in self.pods[name]]

    def is_behind(self, name: str) -> None:
        """Waits until all pods of it are sent connections."""
        for running in self.running(name):
            running.becomes_ready()
        for running, endpoint in self.pods[name]:
            running.comes("to be behind its Service", lambda endpoint=endpoint: endpoint.ready)

    def forget(self, name: str, running: Running) -> None:
        """A pod that has ended is behind no Service any more."""
        for pair in list(self.pods[name]):
            if pair[0] is running:
                self.services[name].drop(pair[1])
                self.pods[name].remove(pair)

    def address(self, name: str) -> tuple[str, int]:
        return self.node.gateway, self.services[name].ports[0]["port"]

    def traffic(self, name: str, callers: int) -> Traffic:
        """Callers who read and write, or who look at the page that everybody opens."""
        note = '{"description": "this is still the same rig"}'
        api = [Request("GET", "/hardware/1"), Request("PATCH", "/hardware/1", note), Request("GET", "/hardware")]
        pages = [Request("GET", "/"), Request("GET", "/timeline")]
        traffic = Traffic(*self.address(name), api if name == "hardware" else pages, self.explain)
        traffic.begin(callers)
        return traffic

    def explain(self, lost: str) -> str:
        """What the pods have logged about a request that was lost."""
        found = re.search(r'"request_id":"([0-9a-f]+)"', lost)
        pods = self.running("hardware") + self.running("portal")
        lines = [line for pod in pods for line in pod.logs().splitlines() if found and found[1] in line]
        return next((line for line in lines if "unavailable" in line), lines[0] if lines else "nothing was logged about it")

    def sql(self, *statements: str) -> str:
        """Runs SQL as the customer's own user, over the network."""
        secret = self.manifests.data("Secret", "hardware")
        mysql = self.mysql.container
        client = ["mysql", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", f"--user={secret['MYSQL_USER']}"]
        password = f"MYSQL_PWD={secret['MYSQL_PASSWORD']}"
        return call("exec", "--env", password, mysql, *client, secret["MYSQL_DATABASE"], f"--execute={';'.join(statements)}")
