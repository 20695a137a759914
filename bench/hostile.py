"""Hostile clients, as a program: `hostile.py PORT PID MODE COUNT SECONDS` prints one line of JSON.

MODE: head, body, reader, varied: COUNT connections that dawdle, until the service has let go of all of them; oversized,
deep, reset: COUNT connections that send what nobody should, again and again.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes

HEAD = b"GET /hardware HTTP/1.1\r\nHost: x\r\n"
POST = "POST /hardware HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
DAWDLING = ("head", "body", "reader", "varied")
PATIENCE_S = 10
SETTLE_S = 3
PASSING = 2
GONE = (OSError, asyncio.IncompleteReadError)


class Attack:
    """What came of it, counted."""

    def __init__(self, port: int, pid: int, seconds: float) -> None:
        self.port, self.pid = port, pid
        self.until = time.monotonic() + seconds
        self.refused = 0
        self.sent = 0

    async def head(self) -> None:
        await self.dawdle(HEAD, b"X-A: a\r\n")

    async def body(self) -> None:
        await self.dawdle(POST.format(250_000).encode() + b'{"name":"' + b"a" * 60_000, b"x")

    async def dawdle(self, first: bytes, drip: bytes) -> None:
        """Sends a little every second until the service has had enough."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(*GONE):
            writer.write(first)
            ended = asyncio.ensure_future(drained(reader))
            while not ended.done():
                await asyncio.wait([ended], timeout=1)
                if not ended.done():
                    writer.write(drip)
        writer.close()

    async def reader(self) -> None:
        await self.take_slowly("/hardware?limit=1000")

    async def varied(self) -> None:
        """No two ask the same, so no answer can be shared."""
        self.sent += 1
        await self.take_slowly(f"/hardware?limit=1000&qty={self.sent}")

    async def take_slowly(self, path: str) -> None:
        """Asks for much and takes 10 bytes a second of it."""
        loop = asyncio.get_running_loop()
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            slow.setblocking(False)
            await loop.sock_connect(slow, ("127.0.0.1", self.port))
            await loop.sock_sendall(slow, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            with suppress(OSError):
                while await loop.sock_recv(slow, 10):
                    await asyncio.sleep(1)

    async def oversized(self) -> None:
        await self.repeat(b'{"name":"' + b"a" * 300_000 + b'"}')

    async def deep(self) -> None:
        await self.repeat(b'{"tags":' + b"[" * 100_000 + b"]" * 100_000 + b"}")

    async def repeat(self, body: bytes) -> None:
        """A new connection each time, as the service may close it on what it refuses."""
        while time.monotonic() < self.until:
            with suppress(*GONE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                with suppress(*GONE):
                    writer.write(POST.format(len(body)).encode() + body)
                    await asyncio.wait_for(reader.read(512), PATIENCE_S)
                    self.sent += 1
                writer.close()

    async def reset(self) -> None:
        """HTTP/2: opens streams and resets each at once."""
        while time.monotonic() < self.until:
            with suppress(*GONE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                with suppress(*GONE):
                    await self.resets(reader, writer)
                writer.close()

    async def resets(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = H2Connection(H2Configuration(client_side=True))
        connection.initiate_connection()
        ended = asyncio.ensure_future(drained(reader))
        asked = [(":method", "GET"), (":path", "/hardware"), (":scheme", "http"), (":authority", "x")]
        while time.monotonic() < self.until and not ended.done():
            for _ in range(50):
                stream = connection.get_next_available_stream_id()
                connection.send_headers(stream, asked, end_stream=True)
                connection.reset_stream(stream, ErrorCodes.CANCEL)
                self.sent += 1
            writer.write(connection.data_to_send())
            await writer.drain()
            await asyncio.sleep(0)
        ended.cancel()

    async def guarded(self, one: Callable[[], Awaitable[None]]) -> None:
        try:
            await one()
        except OSError:
            self.refused += 1


async def drained(reader: asyncio.StreamReader) -> None:
    with suppress(*GONE):
        while await reader.read(65_536):
            pass


def memory_kb(pid: int) -> dict[str, int]:
    wanted = ("VmHWM", "VmRSS", "RssAnon")
    with open(f"/proc/{pid}/status") as status:
        lines = (line.partition(":") for line in status)
        return {name: int(value.split()[0]) for name, _, value in lines if name in wanted}


def sockets(pid: int) -> int:
    """What the service holds. Its clients cannot tell: what it has written before it closed is still on its way."""
    held = 0
    for descriptor in os.scandir(f"/proc/{pid}/fd"):
        with suppress(OSError):
            held += os.readlink(descriptor.path).startswith("socket:")
    return held


async def let_go(attack: Attack, before: int) -> int:
    """Waits until the service holds no more than before, and returns how many it still holds when time is up."""
    # Not yet all accepted, and other callers that come and go.
    await asyncio.sleep(SETTLE_S)
    while True:
        held = sockets(attack.pid) - before
        if held <= PASSING or time.monotonic() > attack.until:
            return held if held > PASSING else 0
        await asyncio.sleep(1)


async def run(attack: Attack, mode: str, count: int) -> dict[str, Any]:
    before, began, one, tasks = sockets(attack.pid), time.monotonic(), getattr(attack, mode), []
    for number in range(count):
        tasks.append(asyncio.ensure_future(attack.guarded(one)))
        if number % 200 == 199:
            await asyncio.sleep(0.01)
    held = 0
    if mode in DAWDLING:
        held = await let_go(attack, before)
    else:
        await asyncio.wait(tasks, timeout=attack.until - time.monotonic() + PATIENCE_S)
    took = time.monotonic() - began
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return memory_kb(attack.pid) | {
        "mode": mode,
        "count": count,
        "took_s": took,
        "still_held": held,
        "refused": attack.refused,
        "sent": attack.sent,
    }


def main() -> None:
    port, pid, mode, count, seconds = sys.argv[1:]
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    print(json.dumps(asyncio.run(run(Attack(int(port), int(pid), float(seconds)), mode, int(count)))))


if __name__ == "__main__":
    main()
