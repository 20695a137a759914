"""The question both Python peers answer: the same rows and the same rule as `hardware`, in as many statements.

The statement about claims is the plain one. `hardware` asks more elaborately, so that years of history cost it nothing;
the history here is short, and the plain one is the cheaper of the two.

Left out, which makes the peers lighter: filters, cursors and `Link`, `ETag`, `Content-Location`, the limits and
checks of parameters, identities of requests, metrics, log lines, and a time limit for each statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

HOUR_S = 3_600
NEXT_FREE_WITHIN_S = 90 * 86_400
OVERDUE_GRACE_S = 86_400

#: the last column is how many there are in all
ROWS = """SELECT id, provider, name, capacity, buffer_s, tz, category, location, description, tags, version,
(SELECT COUNT(*) FROM hardware WHERE archived_id = 0) AS total
FROM hardware WHERE archived_id = 0 ORDER BY id LIMIT %s"""

OVER_NOW = 1
OVERDUE = 2


class Claim(NamedTuple):
    starts_at: int
    blocked_until: int
    qty: int


class Window(NamedTuple):
    start: int
    end: int


class ClaimsOf(NamedTuple):
    in_window: list[Claim]
    at_now: list[Claim]


def claims_statement(ids: int) -> str:
    """Over the window, over now, and what is overdue, of this many hardware."""
    some = ",".join(["%s"] * ids)
    part = f"FROM claim WHERE hardware_id IN ({some})"
    columns = "SELECT id, hardware_id, starts_at, blocked_until, qty,"
    return (
        f"{columns} 0 AS part {part} AND blocked_until > %s AND starts_at < %s"
        f" UNION ALL {columns} 1 {part} AND blocked_until > %s AND starts_at < %s"
        f" UNION ALL {columns} 2 {part} AND is_out = 1 AND ends_at <= %s"
    )


def claims_parameters(rows: Sequence[Sequence[Any]], window: Window, now: int) -> list[int]:
    ids = [row[0] for row in rows]
    return [*ids, window.start, reach(rows, window), *ids, now, now + 1, *ids, now]


def reach(rows: Sequence[Sequence[Any]], window: Window) -> int:
    """The longest buffer counts for all."""
    return window.end + max(row[4] for row in rows)


def later_statement(ids: int) -> str:
    """What begins behind the window, of this many hardware."""
    some = ",".join(["%s"] * ids)
    return (
        f"SELECT id, hardware_id, starts_at, blocked_until, qty FROM claim WHERE hardware_id IN ({some})"
        " AND starts_at >= %s AND starts_at < %s AND NOT (is_out = 1 AND ends_at <= %s)"
    )


def later_parameters(
    ids: Sequence[int], rows: Sequence[Sequence[Any]], window: Window, now: int
) -> list[int]:
    end = reach(rows, window)
    return [*ids, end, end + NEXT_FREE_WITHIN_S, now]


def grouped(found: Iterable[Sequence[int]], now: int) -> dict[int, ClaimsOf]:
    """An overdue claim lasts until its end or the grace from now, and counts once."""
    found = list(found)
    overdue = {row[0] for row in found if row[5] == OVERDUE}
    by_hardware: dict[int, ClaimsOf] = defaultdict(lambda: ClaimsOf([], []))
    for claim_id, hardware_id, starts_at, blocked_until, qty, part in found:
        if part == OVERDUE:
            blocked_until = max(blocked_until, now + OVERDUE_GRACE_S)
        elif claim_id in overdue:
            continue
        of = by_hardware[hardware_id]
        claim = Claim(starts_at, blocked_until, qty)
        if part != OVER_NOW:
            of.in_window.append(claim)
        if part != 0:
            of.at_now.append(claim)
    return by_hardware


def levels(claims: list[Claim], window: Window) -> list[tuple[int, int, int]]:
    """The step function of units in use over the window: (from, to, units)."""
    deltas: dict[int, int] = {}
    for claim in claims:
        start, end = max(claim.starts_at, window.start), min(claim.blocked_until, window.end)
        if start < end:
            deltas[start] = deltas.get(start, 0) + claim.qty
            deltas[end] = deltas.get(end, 0) - claim.qty
    steps = []
    since, in_use = window.start, 0
    for at in sorted(deltas):
        if since < at:
            steps.append((since, at, in_use))
        since, in_use = at, in_use + deltas[at]
    if since < window.end:
        steps.append((since, window.end, in_use))
    return steps


def peak(claims: list[Claim], window: Window) -> int:
    return max((in_use for _, _, in_use in levels(claims, window)), default=0)


def next_free(capacity: int, claims: list[Claim], start: int, length_s: int) -> int | None:
    """The earliest start with one unit free over the whole length."""
    candidate = start
    for since, until, in_use in levels(claims, Window(start, start + NEXT_FREE_WITHIN_S + length_s)):
        if since >= candidate + length_s:
            break
        if capacity - in_use < 1:
            candidate = until
    return candidate if candidate <= start + NEXT_FREE_WITHIN_S else None


def word(free: int, capacity: int) -> str:
    if free <= 0:
        return "NONE"
    if free * 3 <= capacity:
        return "LOW"
    return "MEDIUM" if free * 3 <= capacity * 2 else "HIGH"


def item(row: Sequence[Any], of: ClaimsOf, window: Window, now: int) -> dict[str, Any]:
    """One member of the list; `next_free_at` is in epoch seconds still."""
    id_, provider, name, capacity, buffer_s, tz, category, location, description, tags, version, _ = row
    most = peak(of.in_window, window)
    free = max(capacity - most, 0)
    next_free_at = next_free(capacity, of.in_window, window.start, window.end - window.start + buffer_s)
    return {
        "id": id_,
        "provider": provider,
        "name": name,
        "availability": word(free, capacity),
        "capacity": capacity,
        "free": free,
        "free_now": max(capacity - peak(of.at_now, Window(now, now + 1)), 0),
        "fits": next_free_at == window.start,
        "next_free_at": next_free_at,
        "overcommitted": max(most - capacity, 0),
        "buffer_s": buffer_s,
        "tz": tz,
        "category": category or None,
        "location": location or None,
        "description": description or None,
        "tags": [tag for tag in tags.split("\n") if tag],
        "version": version,
    }


def unfit(rows: Sequence[Sequence[Any]], by_hardware: dict[int, ClaimsOf], window: Window) -> list[int]:
    """Whose next free time is behind the window: more of their claims are needed."""

    def fits(row: Sequence[Any]) -> bool:
        booked = Window(window.start, window.end + row[4])
        return row[3] - peak(by_hardware[row[0]].in_window, booked) >= 1

    return [row[0] for row in rows if row[3] >= 1 and not fits(row)]


def add_later(by_hardware: dict[int, ClaimsOf], found: Iterable[Sequence[int]]) -> None:
    for _, hardware_id, starts_at, blocked_until, qty in found:
        by_hardware[hardware_id].in_window.append(Claim(starts_at, blocked_until, qty))


def items(
    rows: Sequence[Sequence[Any]], by_hardware: dict[int, ClaimsOf], window: Window, now: int
) -> list[dict[str, Any]]:
    return [item(row, by_hardware[row[0]], window, now) for row in rows]
