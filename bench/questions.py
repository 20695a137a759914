"""What is asked of a history, as files for walk.lua: seeded, and nothing twice in a row."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import load
from history import DAY_S, HOUR_S, QUARTER_S, Spec, capacity_of
from history_rows import rfc3339
from load import Failed

ASKED = 2_000
BOOKED = 20_000
PAGE = 50
PAGE_WINDOWS = 5
STEPS_S = 90 * DAY_S
HOT_S = 5 * 365 * DAY_S
ONE_S = 3 * 365 * DAY_S
SPREAD_S = 90 * DAY_S
#: of capacity 8
ONE = 7
NEXT = "/availability/next"


@dataclass(frozen=True)
class Question:
    key: str
    label: str
    lines: Callable[[Asker], Iterator[str]]
    hot: bool = False


@dataclass(frozen=True)
class Asker:
    """Asks one server about one history, from `base_s` on."""

    spec: Spec
    port: int
    base_s: int
    chosen: random.Random
    has_next: bool

    def hardware(self) -> int:
        return self.chosen.randint(1, self.spec.hardware)

    def window(self, within_s: int = DAY_S, length_s: int = DAY_S) -> str:
        """All histories have bookings for the next two days, however short they are."""
        start_s = self.base_s + self.chosen.randrange(0, within_s, QUARTER_S)
        return f"from={rfc3339(start_s)}&to={rfc3339(start_s + length_s)}"


def item(asker: Asker) -> Iterator[str]:
    for _ in range(ASKED):
        yield f"/hardware/{asker.hardware()}/availability?{asker.window()}"


def page(asker: Asker) -> Iterator[str]:
    """Pages as a reader turns them, from the first to the last: then the same over another window."""
    for _ in range(PAGE_WINDOWS):
        path = f"/hardware?limit={PAGE}&{asker.window()}"
        while path:
            yield path
            answer = load.probe(asker.port, path)
            if answer.status != 200:
                raise Failed(f"{path}: {answer.status} {answer.body[:300]!r}")
            following = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("link", ""))
            path = following[1] if following else ""


def fleet(asker: Asker) -> Iterator[str]:
    for _ in range(ASKED):
        yield f"/hardware?free_only=true&limit=1&{asker.window()}"


def next_slot(asker: Asker) -> Iterator[str]:
    """All units of one hardware for four hours: seldom free at once."""
    for _ in range(ASKED):
        hardware = asker.hardware()
        yield next_path(asker, hardware, capacity_of(hardware), DAY_S)


def next_path(asker: Asker, hardware: int, units: int, within_s: int) -> str:
    if not asker.has_next:
        return f"/hardware?ids={hardware}&qty={units}&{asker.window(within_s, 4 * HOUR_S)}"
    after = asker.window(within_s).partition("&")[0].removeprefix("from=")
    return f"{NEXT}?hardware={hardware}:{units}&duration=PT4H&count=3&after={after}"


def steps(asker: Asker) -> Iterator[str]:
    for _ in range(ASKED):
        yield f"/hardware/{asker.hardware()}/availability?{asker.window(length_s=STEPS_S)}"


def hot_item(asker: Asker) -> Iterator[str]:
    for _ in range(ASKED):
        yield f"/hardware/{asker.spec.hot_id}/availability?{asker.window(HOT_S)}"


def hot_next(asker: Asker) -> Iterator[str]:
    for _ in range(ASKED):
        yield next_path(asker, asker.spec.hot_id, 1, HOT_S)


def hot_none(asker: Asker) -> Iterator[str]:
    """So many units are hardly ever free at once: all of the 90 days have to be looked at."""
    for _ in range(ASKED):
        yield next_path(asker, asker.spec.hot_id, 4, HOT_S)


READS = (
    Question("item", "one item over a day", item),
    Question("page", f"page of {PAGE} over a day", page),
    Question("fleet", "fleet over a day", fleet),
    Question("next", "next free slot", next_slot),
    Question("steps", "step function over 90 days", steps),
    Question("hot-item", "hot item over a day", hot_item, hot=True),
    Question("hot-next", "hot item, next free slot", hot_next, hot=True),
    Question("hot-none", "hot item, no slot in 90 days", hot_none, hot=True),
)


def wish(asker: Asker, hardware: int, within_s: int) -> str:
    start_s = asker.base_s + DAY_S + asker.chosen.randrange(0, within_s, QUARTER_S)
    end_s = start_s + asker.chosen.randint(4, 32) * QUARTER_S
    body = {"starts_at": rfc3339(start_s), "ends_at": rfc3339(end_s), "lines": [{"hardware": hardware, "qty": 1}]}
    return f"POST /reservations {json.dumps(body)}"


def book_spread(asker: Asker) -> Iterator[str]:
    for _ in range(BOOKED):
        yield wish(asker, asker.hardware(), SPREAD_S)


def book_one(asker: Asker) -> Iterator[str]:
    for _ in range(BOOKED):
        yield wish(asker, ONE, ONE_S)


def book_hot(asker: Asker) -> Iterator[str]:
    for _ in range(BOOKED):
        yield wish(asker, asker.spec.hot_id, HOT_S)


BOOKINGS = (
    Question("book-spread", "bookings, spread over all", book_spread),
    Question("book-one", "bookings, all of one hardware", book_one),
    Question("book-hot", "bookings of the hot item", book_hot, hot=True),
)


def write(question: Question, asker: Asker, folder: Path, name: str) -> Path:
    target = folder / f"{name}-{question.key}.txt"
    target.write_text("".join(f"{line}\n" for line in question.lines(asker)))
    return target
