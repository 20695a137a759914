"""The other caller while a service is attacked, in a process of its own: `polite.py PORT` asks until stdin ends.

One request at a time, each on a new connection, then one line of JSON.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from types import TracebackType
from typing import Any

REQUEST = b"GET /hardware?limit=5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PATIENCE_S = 10
PAUSE_S = 0.05


class Polite:
    """Runs it: what it tells is in `told` when the block ends."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.told: dict[str, Any] = {}

    def __enter__(self) -> Polite:
        command = [sys.executable, __file__, str(self.port)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is not None:
            self.process.kill()
        told, _err = self.process.communicate()
        if kind is None:
            self.told = json.loads(told)


def ask(port: int) -> str:
    """The status, or what came instead."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
            connection.sendall(REQUEST)
            head = connection.recv(1_024)
            while connection.recv(65_536):
                pass
        return head[9:12].decode() or "closed without an answer"
    except OSError as error:
        return type(error).__name__


def main() -> None:
    port = int(sys.argv[1])
    times: list[float] = []
    others: Counter[str] = Counter()
    while not select.select([sys.stdin], [], [], PAUSE_S)[0]:
        began = time.monotonic()
        status = ask(port)
        if status == "200":
            times.append((time.monotonic() - began) * 1e3)
        else:
            others[status] += 1
    times.sort()
    told = {"p50_ms": times[len(times) // 2], "max_ms": times[-1]} if times else {"p50_ms": None, "max_ms": None}
    print(json.dumps(told | {"asked": len(times) + others.total(), "others": others}))


if __name__ == "__main__":
    main()
