"""Years of bookings, made up: who has what and when, so that no claim ever exceeds a capacity.

Every hardware's units are dealt out to lanes, and on a lane one booking follows another with gaps in between: what
overlaps is on different lanes, and these add up to the capacity. The density stays the same: more claims are a longer
history and a longer future. From one seed comes one history, around the second that is called now.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from load import Failed

QUARTER_S = 900
HOUR_S = 3_600
DAY_S = 86_400
OPEN_END_S = 253_402_214_400
#: how a booking's length is drawn, in quarters of an hour: share of bookings, shortest, longest
LENGTHS = ((0.50, 4, 32), (0.35, 96, 288), (0.14, 288, 672), (0.01, 14 * 96, 60 * 96))
MEAN_GAP_S = 8 * DAY_S
WIDTHS = (2, 4, 8, 8)
SHARED_LANES = 0.05
MAINTENANCE = 0.002
OPEN_ENDED = 0.002
RETURNED = 0.1
OVERDUE = 0.02
OVERDUE_SINCE_S = 2 * DAY_S
FETCHED = 0.5
HOT_CAPACITY = 8


@dataclass(frozen=True)
class Spec:
    """What to make. A hot hardware has this many claims in the future, besides all others."""

    claims: int
    hardware: int
    past: float = 0.85
    hot: int = 0
    seed: int = 1993

    @property
    def hot_id(self) -> int:
        return self.hardware + 1


class Part(NamedTuple):
    """What one lane has of one hardware."""

    hardware: int
    width: int
    buffer_s: int


class Booking(NamedTuple):
    """A reservation with a line for each part, or maintenance. `back_s` is when all of it came back, else 0."""

    starts_at: int
    ends_at: int
    parts: tuple[Part, ...]
    state: str
    back_s: int = 0

    @property
    def maintenance(self) -> bool:
        return self.state == "maintenance"


def capacity_of(hardware: int) -> int:
    return hardware % 8 + 1


def buffer_of(hardware: int) -> int:
    """Every third one has a buffer of 10 or 30 minutes."""
    return 0 if hardware % 3 else (600, 1_800)[hardware % 2]


def lanes(spec: Spec, chosen: random.Random) -> list[tuple[Part, ...]]:
    """All units of all hardware. A shared lane has units of two, which are booked together."""
    found: list[tuple[Part, ...]] = []
    for hardware in range(1, spec.hardware + 1):
        left = capacity_of(hardware)
        while left:
            width = min(left, chosen.choice(WIDTHS))
            left -= width
            part = Part(hardware, width, buffer_of(hardware))
            last = found[-1] if found else ()
            if len(last) == 1 and last[0].hardware != hardware and chosen.random() < SHARED_LANES:
                found[-1] = (*last, part)
            else:
                found.append((part,))
    return found


def between(chosen: random.Random, least: int, most: int) -> int:
    """As randint, in half the time."""
    return least + int(chosen.random() * (most - least + 1))


def length_s(chosen: random.Random) -> int:
    drawn = chosen.random()
    for share, shortest, longest in LENGTHS:
        drawn -= share
        if drawn < 0:
            return between(chosen, shortest, longest) * QUARTER_S
    return QUARTER_S


def mean_length_s() -> float:
    return sum(share * (shortest + longest) / 2 for share, shortest, longest in LENGTHS) * QUARTER_S


def quarter(at_s: float) -> int:
    return int(at_s) // QUARTER_S * QUARTER_S


def along(parts: tuple[Part, ...], begin_s: int, end_s: int, now_s: int, chosen: random.Random) -> Iterator[Booking]:
    """One lane from its begin to its end."""
    buffer_s = max(part.buffer_s for part in parts)
    closes_s = now_s + chosen.random() * (end_s - now_s) if chosen.random() < OPEN_ENDED and len(parts) == 1 else end_s
    at_s = begin_s + chosen.expovariate(1 / MEAN_GAP_S)
    while at_s < closes_s:
        start_s = quarter(at_s) + QUARTER_S
        until_s = start_s + length_s(chosen)
        taken = tuple(part._replace(width=between(chosen, 1, part.width)) for part in parts)
        state, back_s = state_of(start_s, until_s, now_s, len(parts) == 1, chosen)
        yield Booking(start_s, until_s, taken, state, back_s)
        at_s = until_s + buffer_s + chosen.expovariate(1 / MEAN_GAP_S)
    if closes_s < end_s:
        yield Booking(quarter(at_s) + QUARTER_S, OPEN_END_S, parts, "maintenance")


def state_of(start_s: int, until_s: int, now_s: int, single: bool, chosen: random.Random) -> tuple[str, int]:
    """What has become of a booking by now: most are never fetched by the book, and simply pass."""
    if single and chosen.random() < MAINTENANCE:
        return "maintenance", 0
    drawn = chosen.random()
    if start_s > now_s:
        return "confirmed", 0
    if until_s > now_s:
        return ("out" if drawn < FETCHED else "confirmed"), 0
    if until_s > now_s - OVERDUE_SINCE_S and drawn < OVERDUE:
        return "out", 0
    if drawn < RETURNED:
        return "returned", quarter(until_s - chosen.random() * (until_s - start_s) / 4)
    return "confirmed", 0


def history(spec: Spec, now_s: int) -> list[Booking]:
    """All bookings, by start; as many claims as wanted, give or take one."""
    chosen = random.Random(spec.seed)
    all_lanes = lanes(spec, chosen)
    claims_each = sum(map(len, all_lanes)) / len(all_lanes)
    cycle_s = MEAN_GAP_S + mean_length_s() + QUARTER_S
    needed_s = spec.claims / claims_each / len(all_lanes) * cycle_s
    # Somewhat more than needed, of which the nearest stay: so the count is exact at any length.
    begin_s = now_s - int(needed_s * spec.past * 1.2 + 4 * DAY_S)
    end_s = now_s + int(needed_s * (1 - spec.past) * 1.5 + 12 * DAY_S)
    past: list[Booking] = []
    ahead: list[Booking] = []
    for parts in all_lanes:
        for booking in along(parts, begin_s, end_s, now_s, chosen):
            (past if booking.ends_at <= now_s else ahead).append(booking)
    kept = nearest(ahead, round(spec.claims * (1 - spec.past)), lambda booking: booking.starts_at)
    kept += nearest(past, round(spec.claims * spec.past), lambda booking: -booking.ends_at)
    kept.sort(key=itemgetter(0))
    return kept + list(hot(spec, now_s, chosen))


def nearest(bookings: list[Booking], claims: int, distance: Callable[[Booking], int]) -> list[Booking]:
    """So many claims of these, the nearest first."""
    kept: list[Booking] = []
    for booking in sorted(bookings, key=distance):
        if claims <= 0:
            return kept
        kept.append(booking)
        claims -= len(booking.parts)
    if claims > 0:
        raise Failed(f"the history is {claims} claims too short")
    return kept


def hot(spec: Spec, now_s: int, chosen: random.Random) -> Iterator[Booking]:
    """One hardware, booked for years: hours with short gaps, on a lane for each unit."""
    for lane in range(HOT_CAPACITY if spec.hot else 0):
        at_s = quarter(now_s)
        for _ in range(lane, spec.hot, HOT_CAPACITY):
            start_s = at_s + between(chosen, 1, 8) * QUARTER_S
            at_s = start_s + between(chosen, 4, 32) * QUARTER_S
            yield Booking(start_s, at_s, (Part(spec.hot_id, 1, 0),), "confirmed")
