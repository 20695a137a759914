"""A Service: connections to its address go to its ready pods, in turn. Who is sent none any more keeps those it has."""

from __future__ import annotations

import asyncio
import threading
import time

from pods import Running


class Endpoint:
    """A pod behind a Service, looked at as its readiness probe says."""

    def __init__(self, running: Running, port: int) -> None:
        self.running, self.port = running, port
        self.ready, self.taken, self.gone = False, 0, False
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        probe = self.running.pod.container["readinessProbe"]
        failed = 0
        while not self.gone:
            failed = 0 if self.running.passes("readinessProbe") else failed + 1
            if failed == 0:
                self.ready = True
            elif failed >= probe["failureThreshold"]:
                self.ready = False
            time.sleep(probe["periodSeconds"])


class Balancer:
    """Listens at one address of this machine, on each port of the Service."""

    def __init__(self, address: str, service: dict) -> None:
        self.address, self.name = address, service["metadata"]["name"]
        self.ports = service["spec"]["ports"]
        self.endpoints: list[Endpoint] = []
        self.turn = 0
        self.loop = asyncio.new_event_loop()
        self.started = threading.Event()
        self.error: OSError | None = None
        threading.Thread(target=self._run, daemon=True).start()
        self.started.wait()
        if self.error:
            raise AssertionError(f"Service {self.name} cannot listen on this machine: {self.error}")

    def add(self, running: Running) -> Endpoint:
        target = self.ports[0]["targetPort"]
        endpoint = Endpoint(running, running.port(target) if isinstance(target, str) else target)
        self.endpoints.append(endpoint)
        return endpoint

    def drop(self, endpoint: Endpoint) -> None:
        endpoint.gone = True
        self.endpoints.remove(endpoint)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            for port in self.ports:
                self.loop.run_until_complete(asyncio.start_server(self._serve, self.address, port["port"]))
        except OSError as error:
            self.error = error
        self.started.set()
        if not self.error:
            self.loop.run_forever()

    def _next(self) -> Endpoint | None:
        ready = [endpoint for endpoint in self.endpoints if endpoint.ready]
        self.turn += 1
        return ready[self.turn % len(ready)] if ready else None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        endpoint = self._next()
        try:
            if endpoint is None:
                return
            endpoint.taken += 1
            back, forth = await asyncio.open_connection(endpoint.running.address, endpoint.port)
            await asyncio.gather(copy(reader, forth), copy(back, writer))
        except OSError:
            pass  # Whoever asked sees his connection end, and counts it as lost.
        finally:
            writer.close()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side is done; then the other is told."""
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
