"""The rows: the catalogue of tests/data, and bookings made through the API, the same on every database."""

from __future__ import annotations

import csv
import gzip
import http.client
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from load import Failed
from services import Environment, Server, Starter

RESERVATIONS = 2_000
LINES = 2
BOOKED_HARDWARE = 400
OVERDUE = range(41, 46)
HOUR_S = 3_600


def catalogue(source: Path, target: Path) -> int:
    """The file has no capacities: rows get 1 to 8 units in turn, and every third one a buffer of 10 minutes."""
    with gzip.open(source, "rt", newline="") as packed, target.open("w", newline="") as out:
        rows = csv.DictReader(packed)
        writer = csv.DictWriter(out, [*(rows.fieldnames or []), "capacity", "buffer_s"])
        writer.writeheader()
        count = 0
        for count, row in enumerate(rows, start=1):
            writer.writerow(row | {"capacity": count % 8 + 1, "buffer_s": 600 if count % 3 == 0 else 0})
    return count


def quiet_hour(now: float) -> int:
    """Bookings begin and end at whole hours from here: nothing changes in the 50 minutes of a run."""
    return int(now) + 50 * 60


def bookings(base_s: int, hardware: int) -> list[dict[str, Any]]:
    """The same for every database: up to 60 days ahead, 2 to 72 hours long."""
    chosen = random.Random(1993)
    made = []
    for number in range(RESERVATIONS):
        start = base_s + chosen.randrange(-24, 60 * 24) * HOUR_S
        end = start + chosen.randrange(2, 73) * HOUR_S
        ids = chosen.sample(range(1, min(BOOKED_HARDWARE, hardware) + 1), LINES)
        lines = [{"hardware": id_, "qty": 1} for id_ in ids]
        made.append(booking(start, end, f"user{number % 50}", lines))
    return made


def booking(start_s: int, end_s: int, user: str, lines: list[dict[str, int]]) -> dict[str, Any]:
    return {"starts_at": rfc3339(start_s), "ends_at": rfc3339(end_s), "user": user, "lines": lines}


def rfc3339(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fill(starter: Starter, environment: Environment, file: Path, base_s: int, name: str) -> dict[str, int]:
    """Migrates, imports, and books through a service of its own. Tells how much there is."""
    starter.run("migrate", environment=environment)
    imported = json.loads(starter.run("import", "hardware", str(file), environment=environment).splitlines()[-1])
    server = starter.hardware(f"fill {name}", environment)
    try:
        server.ready()
        accepted = book_all(server, base_s, imported["created"])
    finally:
        server.stop()
    return {"hardware": imported["created"], "reservations": accepted, "lines": accepted * LINES}


def book_all(server: Server, base_s: int, hardware: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def post(path: str, body: Any, expected: tuple[int, ...]) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in expected:
            raise Failed(f"POST {path}: {answer.status} {text[:300]!r}")
        return answer.status, json.loads(text)

    # What does not fit any more is refused: the rule is the same, so every database refuses the same ones.
    accepted = sum(post("/reservations", one, (201, 409))[0] == 201 for one in bookings(base_s, hardware))
    make_overdue(post)
    connection.close()
    return accepted


def make_overdue(post: Callable[[str, Any, tuple[int, ...]], tuple[int, Any]]) -> None:
    """Handed out, and not back in time: behind the page of 20, for the check of the peers."""
    now = int(time.time())
    for hardware in OVERDUE:
        wish = booking(now - 2 * HOUR_S, now + 3, "late", [{"hardware": hardware, "qty": 1}])
        status, made = post("/reservations", wish, (201, 409))
        if status == 201:
            post(f"/reservations/{made['id']}/checkout", None, (200,))
    time.sleep(4)
