"""Pods in containers: what a kubelet does with a pod's manifest, as far as Docker can."""

from __future__ import annotations

import http.client
import io
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable

from engine import Docker, DockerError, call
from manifests import Manifests, Pod, bytes_of, cores_of

PATIENCE = 90.0
# In the volume of a Secret all files lie behind this link, so that all of them are exchanged at once.
DATA = "..data"


def until(what: str, look: Callable[[], object], patience: float = PATIENCE) -> object:
    """Looks again and again until there is something to see."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(0.1)
    raise AssertionError(f"waited {patience:.0f} s in vain: {what}")


class Node:
    """A machine that runs pods: its network, its images, and what is mounted into its pods."""

    def __init__(self, docker: Docker, manifests: Manifests, images: dict[str, str], helper: str) -> None:
        self.docker, self.manifests, self.images, self.helper = docker, manifests, images, helper
        self.gateway = docker.make_network()
        self.services: set[str] = set()
        self.versions = 0

    def volume_of(self, pod: Pod, name: str, volume: dict) -> str:
        """A volume with what the pod's says, and the owner and modes that a kubelet gives it."""
        made = self.docker.make_volume(name)
        if "claim" in volume:
            # As a fresh disk comes: the group is fsGroup's, and something lies there already.
            group = pod.security("fsGroup")
            script = f"mkdir /v/lost+found && chown root:{group} /v && chmod 2775 /v"
            self.in_volume(made, script, b"")
        else:
            self.write_files(made, pod, volume)
        return made

    def write_files(self, made: str, pod: Pod, volume: dict) -> None:
        """New content for a volume of a Secret or a ConfigMap, exchanged as a kubelet does it."""
        self.versions += 1
        version, group = f"..2026_{self.versions}", int(pod.security("fsGroup") or 0)
        mode = (volume.get("secret") or volume.get("configMap")).get("defaultMode", 0o644)
        files = self.manifests.files(volume)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            add(tar, version, group, 0o2755, tarfile.DIRTYPE)
            for path, text in files.items():
                add(tar, f"{version}/{path}", group, mode, tarfile.REGTYPE, text.encode())
                add(tar, path, group, 0o777, tarfile.SYMTYPE, link=f"{DATA}/{path}")
            add(tar, f"{DATA}_tmp", group, 0o777, tarfile.SYMTYPE, link=version)
        script = f"chown root:{group} /v && chmod 3777 /v && tar -xpf - -C /v && mv -T /v/{DATA}_tmp /v/{DATA}"
        self.in_volume(made, script, packed.getvalue())

    def in_volume(self, volume: str, script: str, data: bytes) -> None:
        arguments = ["run", "--rm", "--interactive", "--network", "none", "--user", "0:0", "--entrypoint", "bash"]
        call(*arguments, "--volume", f"{volume}:/v", self.helper, "-euc", script, data=data)

    def start(self, pod: Pod, name: str, *flags: str) -> Running:
        running = Running(self, pod, name)
        running.start(*flags)
        return running


def add(tar: tarfile.TarFile, name: str, group: int, mode: int, kind: bytes, data: bytes = b"", link: str = "") -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.gid, info.size, info.linkname = kind, mode, group, len(data), link
    tar.addfile(info, io.BytesIO(data))


class Running:
    """A pod's container."""

    def __init__(self, node: Node, pod: Pod, name: str) -> None:
        self.node, self.pod, self.name = node, pod, name
        self.container, self.address = "", ""
        self.mounted: list[tuple[str, dict]] = []

    def start(self, *flags: str) -> None:
        manifests, container = self.node.manifests, self.pod.container
        command, arguments = manifests.command(self.pod)
        self.container = self.node.docker.create(
            *self._strict(),
            *self._mounts(),
            *flags,
            *(word for name, value in manifests.environment(self.pod).items() for word in ("--env", f"{name}={value}")),
            *(("--entrypoint", command[0]) if command else ()),
            self.node.images[container["image"]],
            *command[1:],
            *arguments,
        )
        call("start", self.container)
        networks = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        self.address = self.inspect(networks)

    def _strict(self) -> list[str]:
        """User, root file system, capabilities and limits of the manifest; names of Services, and no other name."""
        pod, limits = self.pod, self.pod.container["resources"]["limits"]
        user, group, shared = (pod.security(key) for key in ("runAsUser", "runAsGroup", "fsGroup"))
        capabilities = pod.security("capabilities")
        if not (pod.security("runAsNonRoot") and user and capabilities == {"drop": ["ALL"]}):
            raise AssertionError(f"{self.name}: the manifest is laxer than the namespace allows")
        memory = str(bytes_of(limits["memory"]))
        flags = ["--network", self.node.docker.network, "--hostname", self.name, "--restart", "no"]
        flags += ["--user", f"{user}:{group}", "--group-add", str(shared), "--cap-drop", "ALL"]
        flags += ["--memory", memory, "--memory-swap", memory, "--pids-limit", "1024"]
        if "cpu" in limits:
            flags += ["--cpus", str(min(cores_of(limits["cpu"]), cores_here()))]
        if pod.security("readOnlyRootFilesystem"):
            flags += ["--read-only"]
        if pod.security("allowPrivilegeEscalation") is False:
            flags += ["--security-opt", "no-new-privileges:true"]
        for service in sorted(self.node.services):
            flags += ["--add-host", f"{service}:{self.node.gateway}"]
        return flags

    def _mounts(self) -> list[str]:
        flags = []
        for mount in self.pod.container.get("volumeMounts", []):
            volume, path = self.pod.volume(mount["name"]), mount["mountPath"]
            if "emptyDir" in volume:
                size = bytes_of(volume["emptyDir"].get("sizeLimit", "64Mi"))
                group = self.pod.security("fsGroup")
                flags += ["--tmpfs", f"{path}:rw,nosuid,nodev,uid=0,gid={group},mode=2777,size={size}"]
                continue
            made = self.node.volume_of(self.pod, f"{self.name}-{mount['name']}", volume)
            self.mounted.append((made, volume))
            flags += ["--volume", f"{made}:{path}:{'ro' if mount.get('readOnly') else 'rw'}"]
        return flags

    def refresh(self) -> None:
        """The kubelet has seen that a Secret changed."""
        for made, volume in self.mounted:
            if "claim" not in volume:
                self.node.write_files(made, self.pod, volume)

    def inspect(self, template: str) -> str:
        return call("inspect", "--format", template, self.container)

    def port(self, name: str) -> int:
        return next(port["containerPort"] for port in self.pod.container["ports"] if port["name"] == name)

    def get(self, path: str, port: str = "http") -> tuple[int, str]:
        """Status and body; status 0 where nothing answers."""
        connection = http.client.HTTPConnection(self.address, self.port(port), timeout=3)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def passes(self, probe: str) -> bool:
        """One look, as the manifest's probe says."""
        told = self.pod.container[probe]
        if "httpGet" in told:
            return self.get(told["httpGet"]["path"], told["httpGet"]["port"])[0] == 200
        try:
            call("exec", self.container, *told["exec"]["command"], timeout=told["timeoutSeconds"] + 1)
        except (DockerError, subprocess.TimeoutExpired):
            return False
        return True

    def is_running(self) -> bool:
        return self.inspect("{{.State.Running}}") == "true"

    def logs(self) -> str:
        done = subprocess.run(["docker", "logs", self.container], capture_output=True, timeout=30, check=False)
        return (done.stdout + done.stderr).decode(errors="replace")

    def becomes_ready(self) -> None:
        self.comes("to be ready", lambda: self.passes("readinessProbe"))

    def becomes_unready(self, words: str) -> str:
        def look() -> str:
            status, body = self.get("/readyz")
            return body if status == 503 and words in body else ""

        return self.comes(f"/readyz to be 503 with `{words}`", look)

    def comes(self, what: str, look: Callable[[], object]) -> object:
        """Waits for it as long as the container runs; what it has said goes with the failure."""

        def look_again() -> object:
            if not self.is_running():
                raise AssertionError(f"{self.name} ended:\n{self.logs()[-2000:]}")
            return look()

        try:
            return until(f"{self.name} {what}", look_again)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()[-2000:]}") from None

    def ends(self, patience: float = PATIENCE) -> int:
        """Its exit status."""
        until(f"{self.name} to end", lambda: not self.is_running(), patience)
        return int(self.inspect("{{.State.ExitCode}}"))

    def terminate(self) -> int:
        """As a kubelet ends a pod: preStop, SIGTERM, and SIGKILL once its grace is over. The exit status."""
        began, grace = time.monotonic(), self.pod.spec["terminationGracePeriodSeconds"]
        pre_stop = self.pod.container.get("lifecycle", {}).get("preStop", {})
        time.sleep(pre_stop.get("sleep", {}).get("seconds", 0))
        call("kill", "--signal", "TERM", self.container)
        left = grace - (time.monotonic() - began)
        return self.ends(left)

    def terminates(self) -> threading.Thread:
        """The same beside other things; `status` of the thread is the exit status."""
        thread = threading.Thread(target=lambda: setattr(thread, "status", self.terminate()), daemon=True)
        thread.status = None
        thread.start()
        return thread


def cores_here() -> float:
    return float(call("info", "--format", "{{.NCPU}}"))
