"""One history in one database, the server that answers from it, and whether two of them answer the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import load
from history import DAY_S, Booking, Spec
from load import Failed
from questions import Question
from services import Environment, Mysql, Server


@dataclass
class Place:
    """One history in one database, and the server that answers from it."""

    kind: str
    name: str
    spec: Spec
    environment: Environment
    #: the SQLite file
    file: str = ""
    mysql: Mysql | None = None
    server: Server | None = None
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def port(self) -> int:
        return self.running().port

    def running(self) -> Server:
        if self.server is None:
            raise Failed(f"{self.key} is not running")
        return self.server


def asked_of(place: Place, all_questions: tuple[Question, ...]) -> list[Question]:
    return [question for question in all_questions if place.spec.hot or not question.hot]


def same_answer(left: Place, right: Place, path: str) -> None:
    """What is overdue moves with the clock: two answers of one second are the same."""
    for _ in range(5):
        one, other = (timeless(load.probe(place.port, path)) for place in (left, right))
        if one == other:
            return
    raise Failed(f"{left.name}, {path}: {left.kind} answers {one}, {right.kind} {other}")


def timeless(answer: load.Probe) -> Any:
    if answer.status != 200:
        raise Failed(f"status {answer.status}: {answer.body[:300]!r}")
    body = json.loads(answer.body)
    for row in body if isinstance(body, list) else []:
        for name in ("free_now", "created_at", "updated_at"):
            row.pop(name, None)
    return body


def span_of(spec: Spec, bookings: list[Booking], now_s: int) -> dict[str, float]:
    """How much there is, and how far it reaches: the hot hardware apart."""
    hot = [booking for booking in bookings if booking.parts[0].hardware == spec.hot_id]
    others = bookings[: len(bookings) - len(hot)]
    return {
        "hardware": spec.hardware,
        "asked": spec.claims,
        "claims": sum(len(booking.parts) for booking in others),
        "past": sum(len(booking.parts) for booking in others if booking.ends_at <= now_s),
        "first_days": (now_s - others[0].starts_at) / DAY_S,
        "last_days": (others[-1].starts_at - now_s) / DAY_S,
        "hot": len(hot),
        "hot_days": (hot[-1].ends_at - now_s) / DAY_S if hot else 0,
    }
