"""The fleet over a day by two shapes of SQL: ours, by length class, and the overlap predicate with an index a column.

The second is how LibreBooking asks, less its joins. Both get the same rows, the same driver and the same windows; only
the statement and the fetching of its rows are timed. Of the second shape the fastest of its plans counts.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from history import DAY_S, HOUR_S
from load import Failed

MAX_SPAN = 27
COLUMNS = "id, hardware_id, starts_at, blocked_until, qty"
OVERLAP = f"SELECT {COLUMNS} FROM overlap_claim {{}} WHERE starts_at < ? AND blocked_until > ?"
#: the predicate as LibreBooking spells it: begins in the window, or ends in it, or both sides reach beyond it
THREE_WAYS = f"""SELECT {COLUMNS} FROM overlap_claim WHERE (starts_at >= ? AND starts_at < ?)
    OR (blocked_until > ? AND blocked_until <= ?) OR (starts_at < ? AND blocked_until > ?)"""
COPY = f"""INSERT INTO overlap_claim ({COLUMNS}) SELECT {COLUMNS} FROM {{}}claim"""
TABLE = """CREATE TABLE overlap_claim (id BIGINT PRIMARY KEY, hardware_id BIGINT NOT NULL, starts_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL, qty BIGINT NOT NULL)"""
INDEXES = ("hardware_id", "starts_at", "blocked_until")
#: what makes each database take the index of one column
FORCED = {"sqlite": "INDEXED BY overlap_{}", "mysql": "FORCE INDEX (overlap_{})"}


CLASSES = [f"(span = {span} AND starts_at > ? AND starts_at < ? AND blocked_until > ?)" for span in range(MAX_SPAN + 1)]


def ours(claim: str, or_: str) -> str:
    """`claims_of_fleet` of services/hardware/src/store/claims/sql/spans.rs"""
    select = f"SELECT {COLUMNS}, 0 AS part FROM {claim} WHERE "
    classes = or_.format(select).join(CLASSES)
    return f"{select}{classes} UNION ALL SELECT {COLUMNS}, 2 FROM claim WHERE is_out = 1 AND ends_at <= ?"


OURS = {
    "sqlite": ours("claim INDEXED BY claim_fleet", " UNION ALL {}"),
    "mysql": ours("claim FORCE INDEX (claim_fleet)", " OR "),
}


def ours_bound(from_s: int, to_s: int, now_s: int) -> list[int]:
    classes = ([from_s - (HOUR_S << span), to_s, from_s] for span in range(MAX_SPAN + 1))
    return [*(value for one in classes for value in one), now_s]


def three_ways_bound(from_s: int, to_s: int) -> list[int]:
    return [from_s, to_s, from_s, to_s, from_s, to_s]


@dataclass
class Shapes:
    """Both shapes over one database. `ask` runs a statement and fetches all rows."""

    kind: str
    ask: Callable[[str, list[int]], list[tuple[int, ...]]]

    def plans(self) -> dict[str, tuple[str, Callable[[int, int], list[int]]]]:
        def plain(from_s: int, to_s: int) -> list[int]:
            return [to_s, from_s]

        forced = FORCED[self.kind]
        return {
            "as planned": (OVERLAP.format(""), plain),
            "by start": (OVERLAP.format(forced.format("starts_at")), plain),
            "by end": (OVERLAP.format(forced.format("blocked_until")), plain),
            "three ways": (THREE_WAYS, three_ways_bound),
        }

    def compare(self, windows: list[int], now_s: int) -> list[dict[str, Any]]:
        """In turns, window by window. The first one warms up and is left out."""
        found = [self.one(from_s, from_s + DAY_S, now_s) for from_s in windows]
        return found[1:]

    def one(self, from_s: int, to_s: int, now_s: int) -> dict[str, Any]:
        took, rows = self.timed(OURS[self.kind], ours_bound(from_s, to_s, now_s))
        expected = sorted(row[:5] for row in rows if row[5] == 0)
        others = {}
        for name, (sql, bound) in self.plans().items():
            others[name], rows = self.timed(sql, bound(from_s, to_s))
            if sorted(rows) != expected:
                raise Failed(f"{self.kind}: the shapes differ over the day from {from_s}, {name}")
        return {"ours_ms": took, "others_ms": others, "rows": len(expected)}

    def timed(self, sql: str, bound: list[int]) -> tuple[float, list[tuple[int, ...]]]:
        began = time.perf_counter()
        rows = self.ask(sql, bound)
        return (time.perf_counter() - began) * 1e3, rows


def on_sqlite(path: str, copy: str) -> Shapes:
    """The copy has a file of its own: what is measured over HTTP does not have it."""
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("ATTACH DATABASE ? AS kept", (path,))
    connection.execute(TABLE)
    connection.execute(COPY.format("kept."))
    for column in INDEXES:
        connection.execute(f"CREATE INDEX overlap_{column} ON overlap_claim ({column})")
    connection.execute("ANALYZE overlap_claim")
    return Shapes("sqlite", lambda sql, bound: connection.execute(sql, bound).fetchall())


def on_mysql(connection: Any, database: str) -> Shapes:
    """The connection's own database has the copy, `database` the claims."""
    cursor = connection.cursor()
    cursor.execute(f"{TABLE} AS SELECT {COLUMNS} FROM {database}.claim")
    for column in INDEXES:
        cursor.execute(f"CREATE INDEX overlap_{column} ON overlap_claim ({column})")
    cursor.execute("ANALYZE TABLE overlap_claim")
    cursor.fetchall()

    def ask(sql: str, bound: list[int]) -> list[tuple[int, ...]]:
        # The driver knows no prepared statements: values go in as text, for both shapes.
        cursor.execute(sql.replace("FROM claim", f"FROM {database}.claim").replace("?", "%s"), bound)
        return list(cursor.fetchall())

    return Shapes("mysql", ask)
