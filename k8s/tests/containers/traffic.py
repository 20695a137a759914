"""Callers who ask without a pause, and count what was not answered as it should be."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

# A little time between two requests: the services limit how often one client asks.
PAUSE = 0.02


@dataclass(frozen=True)
class Request:
    """What is asked, and which answer is right."""

    method: str
    path: str
    body: str = ""
    status: int = 200


class Traffic:
    """Callers at one address. Every second one makes a new connection for each request, the others keep theirs."""

    def __init__(self, address: str, port: int, requests: list[Request], explain: Callable[[str], str]) -> None:
        self.address, self.port, self.requests, self.explain = address, port, requests, explain
        self.lost: list[str] = []
        self.answered = 0
        self.enough = threading.Event()
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    def begin(self, callers: int) -> None:
        for number in range(callers):
            caller = threading.Thread(target=self._call, args=(number,), daemon=True)
            self.threads.append(caller)
            caller.start()

    def goes_on(self, answers: int = 100, patience: float = 60) -> None:
        """Waits for so many answers more."""
        wanted, end = self.answered + answers, time.monotonic() + patience
        while self.answered < wanted:
            if time.monotonic() > end:
                raise AssertionError(f"no {answers} answers within {patience:.0f} s; lost: {self.lost[:3]}")
            time.sleep(0.05)

    def ends(self) -> int:
        """How many were answered. It is an error that one was lost."""
        self.enough.set()
        for caller in self.threads:
            caller.join(30)
        if self.lost:
            told = "\n        ".join(f"{lost}\n          {self.explain(lost)}" for lost in self.lost[:3])
            raise AssertionError(f"{len(self.lost)} of {self.answered} requests lost, such as:\n        {told}")
        return self.answered

    def _call(self, number: int) -> None:
        keeps = number % 2 == 0
        connection = self._connect()
        for request in itertools.islice(itertools.cycle(self.requests), number, None):
            if self.enough.is_set():
                break
            why = self._ask(connection, request)
            with self.lock:
                self.answered += 1
                if why:
                    self.lost.append(f"{request.method} {request.path}: {why}")
            if why or not keeps:
                connection.close()
            time.sleep(PAUSE)
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address, self.port, timeout=30)

    def _ask(self, connection: http.client.HTTPConnection, request: Request) -> str:
        """Nothing, or what was wrong with the answer."""
        headers = {"Content-Type": "application/json"} if request.body else {}
        try:
            connection.request(request.method, request.path, request.body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: {error}"
        return "" if answer.status == request.status else f"{answer.status} {text[:200]}"


def ask(address: str, port: int, request: Request, headers: dict[str, str] | None = None) -> tuple[str, dict[str, str]]:
    """One request's answer; it must have the right status."""
    connection = http.client.HTTPConnection(address, port, timeout=30)
    connection.request(request.method, request.path, request.body or None, headers or {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status != request.status:
        raise AssertionError(f"{request.method} {request.path}: {answer.status}, not {request.status}: {text[:500]}")
    return text, {name.lower(): value for name, value in answer.getheaders()}


def check(passed: list[str], what: str, work: Callable[[], object]) -> bool:
    """One line for a thing that was tried; how long it took. The reason goes below it where it failed."""
    began = time.monotonic()
    try:
        told = work()
    except Exception as error:  # noqa: BLE001  whatever it is, the others are to be tried too
        print(f"FAILED  {what}\n        {type(error).__name__}: {error}", flush=True)
        return False
    more = f": {told}" if isinstance(told, str) and told else ""
    print(f"ok      {what} ({time.monotonic() - began:.1f} s){more}", flush=True)
    passed.append(what)
    return True
