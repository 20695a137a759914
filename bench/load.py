"""The two load generators: wrk (as fast as it goes) and oha (at a fixed rate), both on this machine."""

from __future__ import annotations

import json
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("wrk.lua")


class Failed(Exception):
    """A measurement that says nothing: the run ends."""


@dataclass(frozen=True)
class Probe:
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    wire: bytes
    body: bytes


@dataclass(frozen=True)
class Closed:
    requests: int
    rps: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Open:
    achieved: float
    p50_ms: float
    p99_ms: float


def probe(port: int, path: str, headers: dict[str, str] | None = None) -> Probe:
    """Asks once, by hand, so that nothing is added to the request or taken from the answer."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        wire = b""
        while b"\r\n\r\n" not in wire:
            wire += received(connection, path)
        head, _, body = wire.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        status = int(first.split()[1])
        if status != 304 and "content-length" not in fields:
            raise Failed(f"{path}: the answer has no Content-Length, so its size cannot be checked")
        while len(body) < (0 if status == 304 else int(fields["content-length"])):
            body += received(connection, path)
    return Probe(status, fields, head + b"\r\n\r\n" + body, body)


def received(connection: socket.socket, path: str) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise Failed(f"{path}: the server closed the connection in the middle of an answer")
    return data


def closed(port: int, path: str, seconds: float, headers: dict[str, str], expected: Probe) -> Closed:
    """wrk: no status above 399, nothing broken, and as many bytes as that many answers like `expected` have.

    The bytes tell a 200 from a 304, which wrk does not."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{port}{path}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"wrk: {done.stderr or done.stdout}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    if said["bad_status"] or said["broken"] or not said["requests"]:
        raise Failed(f"{path} on port {port}: not every request was answered well: {said}")
    size = said["bytes"] / said["requests"]
    # Up to one answer a connection is under way when time is up; the rest must fit exactly.
    slack = 4 + len(expected.wire) * CONNECTIONS / said["requests"]
    if abs(size - len(expected.wire)) > slack:
        raise Failed(f"{path} on port {port}: {size:.0f} bytes an answer, expected {len(expected.wire)}")
    return Closed(said["requests"], said["requests"] / said["seconds"], said["p50_ms"], said["p99_ms"])


def open_loop(oha: Path, port: int, path: str, seconds: float, rate: int, status: int = 200) -> Open:
    """oha at `rate`; each time counts from when the request was due, so a stall is not left out."""
    command = [
        str(oha), "-z", f"{max(1, round(seconds))}s", "-q", str(rate), "-c", "64", "--latency-correction",
        "--no-tui", "--output-format", "json", "--disable-compression", f"http://127.0.0.1:{port}{path}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"oha: {done.stderr or done.stdout}")
    said = json.loads(done.stdout)
    statuses = said["statusCodeDistribution"]
    # What is under way when time is up is cut off by oha itself.
    errors = {e: n for e, n in said["errorDistribution"].items() if "deadline" not in e}
    if set(statuses) != {str(status)} or errors:
        raise Failed(f"{path} on port {port} at {rate}/s: statuses {statuses}, errors {errors}")
    percentiles = said["latencyPercentiles"]
    achieved = statuses[str(status)] / said["summary"]["total"]
    return Open(achieved, percentiles["p50"] * 1e3, percentiles["p99"] * 1e3)
