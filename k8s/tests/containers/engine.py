"""Containers, volumes and a network of this run. Each is remembered by its id, and none outlives the run."""

from __future__ import annotations

import os
import subprocess

# As the other suites name theirs: whoever was killed is cleaned up after by the next run.
LABELS = ["--label", "toolcrib.test=1", "--label", f"toolcrib.pid={os.getpid()}"]
TIMEOUT = 120


class DockerError(Exception):
    """What docker said."""


def call(*arguments: str, data: bytes | None = None, timeout: float = TIMEOUT) -> str:
    """`docker ARGUMENTS`: its stdout; an exception with its stderr where it failed."""
    done = subprocess.run(["docker", *arguments], input=data, capture_output=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise DockerError(f"docker {' '.join(arguments[:2])}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode().strip()


class Docker:
    """What this run has made so far."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.containers: list[str] = []
        self.volumes: list[str] = []
        self.network = ""

    def make_network(self) -> str:
        """The run's network; the address of this machine on it."""
        self.network = call("network", "create", *LABELS, self.run)
        return call("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", self.network)

    def make_volume(self, name: str) -> str:
        volume = call("volume", "create", *LABELS, f"{self.run}-{name}")
        self.volumes.append(volume)
        return volume

    def create(self, *arguments: str) -> str:
        container = call("create", *LABELS, *arguments)
        self.containers.append(container)
        return container

    def remove(self) -> None:
        """All of it. What cannot be removed is told, and keeps nothing else from going."""
        for kind, ids in (("container", self.containers), ("volume", self.volumes), ("network", [self.network])):
            for one in filter(None, ids):
                force = ["--force", "--volumes"] if kind == "container" else []
                try:
                    call(kind, "rm", *force, one)
                except (DockerError, subprocess.TimeoutExpired) as error:
                    print(f"left over: {kind} {one}: {error}", flush=True)
        self.containers, self.volumes, self.network = [], [], ""
