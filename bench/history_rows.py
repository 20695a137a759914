"""The rows of a history, table by table, as the service itself would have written them, and their way into a database.

Whether they are right is for `hardware verify` to say: every run asks it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import history
from history import HOUR_S, OPEN_END_S, Booking, Part, Spec

Row = tuple[Any, ...]
CHUNK = 20_000
CATEGORIES = ("scope", "rig", "server", "laptop", "camera")
COLUMNS = {
    "hardware": "id provider name capacity buffer_s category location created_at updated_at",
    "reservation": "id state starts_at ends_at user_name purpose version created_at updated_at",
    "reservation_line": "reservation_id hardware_id qty out_qty returned_qty starts_at ends_at",
    "task": "id title text hardware_id starts_at ends_at qty created_at updated_at",
    "claim": "hardware_id starts_at ends_at blocked_until qty reservation_id task_id is_out span",
    "event": "at kind actor subject data written_at",
}
ACTOR = "generator"


@dataclass(frozen=True)
class Kept:
    """A booking with its number: of reservations or of tasks."""

    id: int
    booking: Booking
    now_s: int

    @property
    def created_at(self) -> int:
        """Up to three weeks ahead."""
        return min(self.booking.starts_at, self.now_s) - (1 + self.id % 500) * HOUR_S

    @property
    def out(self) -> bool:
        return self.booking.state == "out"

    @property
    def returned(self) -> bool:
        return self.booking.state == "returned"


def numbered(bookings: list[Booking], now_s: int, maintenance: bool) -> Iterator[Kept]:
    chosen = (booking for booking in bookings if booking.maintenance == maintenance)
    return (Kept(id_, booking, now_s) for id_, booking in enumerate(chosen, start=1))


@lru_cache(maxsize=100_000)
def rfc3339(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hardware_rows(spec: Spec, now_s: int) -> Iterator[Row]:
    long_ago = now_s - 10 * 365 * history.DAY_S
    for id_ in range(1, spec.hardware + 1):
        kind, place = CATEGORIES[id_ % len(CATEGORIES)], f"Lab {id_ % 20}"
        capacity, buffer_s = history.capacity_of(id_), history.buffer_of(id_)
        yield id_, f"Provider {id_ % 40}", f"{kind}-{id_:05}", capacity, buffer_s, kind, place, long_ago, long_ago
    if spec.hot:
        yield spec.hot_id, "Provider 0", "hot", history.HOT_CAPACITY, 0, "rig", "Lab 0", long_ago, long_ago


def reservation_row(kept: Kept) -> Row:
    booking = kept.booking
    version, changed = 1, kept.created_at
    if kept.out:
        version, changed = 2, booking.starts_at
    elif kept.returned:
        version, changed = 3, booking.back_s
    times = (booking.starts_at, booking.ends_at)
    return kept.id, booking.state, *times, user(kept), purpose(kept), version, kept.created_at, changed


def user(kept: Kept) -> str:
    return f"user{kept.id % 300}"


def purpose(kept: Kept) -> str:
    return "" if kept.id % 3 else f"series of measurements {kept.id % 1_000}"


def line_rows(kept: Kept) -> Iterator[Row]:
    booking = kept.booking
    for part in booking.parts:
        out, returned = part.width * kept.out, part.width * kept.returned
        yield kept.id, part.hardware, part.width, out, returned, booking.starts_at, booking.ends_at


def claim_rows(kept: Kept) -> Iterator[Row]:
    booking = kept.booking
    ends_at = booking.back_s or booking.ends_at
    owner = (None, kept.id) if booking.maintenance else (kept.id, None)
    for part in booking.parts:
        blocked_until = ends_at if ends_at == OPEN_END_S else ends_at + part.buffer_s
        times = (booking.starts_at, ends_at, blocked_until)
        yield part.hardware, *times, part.width, *owner, int(kept.out), span(blocked_until - booking.starts_at)


def span(length_s: int) -> int:
    """The length class: at most 2^span hours. As `domain/span.rs` has it."""
    return min(27, (-(-length_s // HOUR_S) - 1).bit_length())


def task_row(kept: Kept) -> Row:
    booking, part = kept.booking, kept.booking.parts[0]
    ends_at = None if booking.ends_at == OPEN_END_S else booking.ends_at
    created = (kept.created_at, kept.created_at)
    return kept.id, "Calibration", "Planned.", part.hardware, booking.starts_at, ends_at, part.width, *created


def event_rows(kept: Kept) -> Iterator[Row]:
    booking, created = kept.booking, kept.created_at
    if booking.maintenance:
        part = booking.parts[0]
        data = f'{{"done":false,"hardware":{part.hardware},"qty":{part.width},"title":"Calibration"}}'
        yield created, "task.created", ACTOR, f"task/{kept.id}", data, created
        return
    subject = f"reservation/{kept.id}"
    yield created, "reservation.created", ACTOR, subject, described(kept, "confirmed"), created
    if kept.out or kept.returned:
        at = booking.starts_at
        yield at, "reservation.checked_out", ACTOR, subject, described(kept, "out"), at
    if kept.returned:
        at = booking.back_s
        yield at, "reservation.returned", ACTOR, subject, described(kept, "returned"), at


def described(kept: Kept, state: str) -> str:
    booking = kept.booking
    times = f'"starts_at":"{rfc3339(booking.starts_at)}","ends_at":"{rfc3339(booking.ends_at)}"'
    lines = ",".join(line(part, state) for part in booking.parts)
    return f'{{"state":"{state}",{times},"user":"{user(kept)}","purpose":"{purpose(kept)}","lines":[{lines}]}}'


def line(part: Part, state: str) -> str:
    out, returned = part.width * (state == "out"), part.width * (state == "returned")
    return f'{{"hardware":{part.hardware},"qty":{part.width},"out":{out},"returned":{returned}}}'


def tables(spec: Spec, bookings: list[Booking], now_s: int) -> Iterator[tuple[str, Iterable[Row]]]:
    """In an order in which every reference leads to a row that is there."""

    def of(maintenance: bool) -> Iterator[Kept]:
        return numbered(bookings, now_s, maintenance)

    def both(rows: Callable[[Kept], Iterator[Row]]) -> Iterator[Row]:
        return (row for maintenance in (False, True) for kept in of(maintenance) for row in rows(kept))

    yield "hardware", hardware_rows(spec, now_s)
    yield "reservation", map(reservation_row, of(False))
    yield "reservation_line", (row for kept in of(False) for row in line_rows(kept))
    yield "task", map(task_row, of(True))
    yield "claim", both(claim_rows)
    yield "event", both(event_rows)


def insert(table: str, place: str) -> str:
    names = COLUMNS[table].split()
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([place] * len(names))})"


def into_sqlite(path: str, spec: Spec, bookings: list[Booking], now_s: int) -> None:
    """One transaction. Its indexes are written as they come, so that their pages are filled as in life."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size = -1000000")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in tables(spec, bookings, now_s):
        connection.executemany(insert(table, "?"), rows)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def into_mysql(connection: Any, spec: Spec, bookings: list[Booking], now_s: int) -> None:
    """Rows by the hundred, which is what the driver makes of them; and statistics of what is there now."""
    with connection.cursor() as cursor:
        cursor.max_stmt_length = 1 << 20
        for table, rows in tables(spec, bookings, now_s):
            remaining = iter(rows)
            while chunk := list(islice(remaining, CHUNK)):
                cursor.executemany(insert(table, "%s"), chunk)
                connection.commit()
        cursor.execute(f"ANALYZE TABLE {', '.join(COLUMNS)}")
        cursor.fetchall()
