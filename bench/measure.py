"""What Linux says about processes: CPU and memory, summed over a process and its children."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """In kB. `pss` counts a page that several processes share once, in parts."""

    rss: int
    anon: int
    peak: int
    pss: int
    processes: int


def tree(pid: int) -> list[int]:
    """The process and everything below it."""
    pids = [pid]
    for found in pids:
        try:
            for task in Path(f"/proc/{found}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # ended meanwhile
            continue
    return pids


def cpu_s(pid: int) -> float:
    """User and system seconds of all threads of the tree, those of ended children included."""
    total = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total * TICK_S


def memory(pid: int) -> Memory:
    sums = {"VmRSS": 0, "RssAnon": 0, "VmHWM": 0, "Pss": 0}
    pids = tree(pid)
    for one in pids:
        text = Path(f"/proc/{one}/status").read_text() + Path(f"/proc/{one}/smaps_rollup").read_text()
        for line in text.splitlines():
            name, _, value = line.partition(":")
            if name in sums:
                sums[name] += int(value.split()[0])
    return Memory(sums["VmRSS"], sums["RssAnon"], sums["VmHWM"], sums["Pss"], len(pids))


def first_200(port: int, path: str, since: float, within_s: float = 30) -> float:
    """Seconds from `since` until this answers 200; asked again at once, with a short breath."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    while time.perf_counter() - since < within_s:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(request)
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return time.perf_counter() - since
        except OSError:
            pass
        time.sleep(0.0003)
    raise TimeoutError(f"{path} on port {port} did not answer 200 within {within_s} s")


def load_average() -> float:
    return os.getloadavg()[0]
