"""The question both Python peers answer: the same rows, the same three statements and the same rule as `hardware`.

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

ROWS = """SELECT id, provider, name, capacity, buffer_s, tz, category, location, description, tags, version
FROM hardware WHERE archived_id = 0 ORDER BY id LIMIT %s"""
COUNT = "SELECT COUNT(*) FROM hardware WHERE archived_id = 0"

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
    reach = window.end + max(row[4] for row in rows) + NEXT_FREE_WITHIN_S
    return [*ids, window.start, reach, *ids, now, now + 1, *ids, now]


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
    id_, provider, name, capacity, buffer_s, tz, category, location, description, tags, version = row
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


def items(
    rows: Sequence[Sequence[Any]], found: Iterable[Sequence[int]], window: Window, now: int
) -> list[dict[str, Any]]:
    by_hardware = grouped(found, now)
    return [item(row, by_hardware[row[0]], window, now) for row in rows]
