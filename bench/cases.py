"""What is measured, by name: which server, which request, which answer."""

from __future__ import annotations

from dataclasses import dataclass, field

PAGE = "/hardware?limit=20"
ITEM = 7
LOW_RATE = 300
HIGH_RATE = 2_000


@dataclass(frozen=True)
class Case:
    key: str
    label: str
    server: str
    path: str = PAGE
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    #: servers behind it, whose CPU is told apart
    behind: tuple[str, ...] = ()
    #: rates of the open loop
    rates: tuple[int, ...] = ()


BOTH_RATES = (LOW_RATE, HIGH_RATE)


def cases(window_path: str, etag: str) -> list[Case]:
    """In the order of a round. `window_path` names its window, so that its answer stays the same."""
    known = {"If-None-Match": etag}
    return [
        Case("bare-hyper", "bare hyper, the same bytes", "bare-hyper", rates=BOTH_RATES),
        Case("list-cached", "page of 20, cache on", "cached", rates=BOTH_RATES),
        Case("list-cached-log", "page of 20, cache on, access log on", "cached-log"),
        Case("hyper-json", "hyper + serde_json, the same rows", "hyper-json"),
        Case("list-mysql", "page of 20, no cache, MySQL", "mysql", behind=("mysqld",), rates=(LOW_RATE,)),
        Case("list-sqlite", "page of 20, no cache, SQLite", "sqlite", rates=(LOW_RATE,)),
        Case("fastapi", "FastAPI + uvicorn, MySQL", "fastapi", behind=("mysqld",), rates=(LOW_RATE,)),
        Case("flask", "Flask + gunicorn, MySQL", "flask", behind=("mysqld",), rates=(LOW_RATE,)),
        Case("window", "page of 20 over a named window, 200", "cached", window_path),
        Case("not-modified", "the same with If-None-Match, 304", "cached", window_path, known, 304),
        Case("item", "one hardware, GET /hardware/{id}", "cached", f"/hardware/{ITEM}", behind=("mysqld",)),
        Case("livez", "GET /livez", "cached", "/livez"),
        Case("portal-list", "portal, /", "portal", "/", behind=("cached",)),
        Case("portal-item", "portal, /hardware/{id}", "portal", f"/hardware/{ITEM}", behind=("cached",)),
        Case("portal-tasks", "portal, /tasks", "portal", "/tasks", behind=("cached",)),
    ]
