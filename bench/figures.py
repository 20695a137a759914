"""From results to figures: medians, ratios within a round, and what the targets ask for."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

Results = dict[str, Any]


@dataclass(frozen=True)
class Ratio:
    """Of two cases of the same round, over all rounds."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{short(self.middle)} ({short(self.least)}–{short(self.most)})"


@dataclass(frozen=True)
class Target:
    what: str
    wanted: str
    measured: str
    met: bool


def short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def column(results: Results, case: str, name: str) -> list[float]:
    return [found[name] for found in results["closed"][case]]


def middle(results: Results, case: str, name: str) -> float:
    return median(column(results, case, name))


def ratio(results: Results, case: str, to: str, name: str = "cpu_us") -> Ratio:
    pairs = zip(column(results, case, name), column(results, to, name), strict=True)
    ratios = [over / under for over, under in pairs]
    return Ratio(median(ratios), min(ratios), max(ratios))


def mb(kb: float) -> str:
    return f"{kb / 1024:.1f} MB"


def hostile_peak(results: Results) -> dict[str, Any]:
    worst: dict[str, Any] = max(results["hostile"], key=lambda found: found["VmHWM"])
    return worst


def targets(results: Results) -> list[Target]:
    cpu = [
        ("list-cached", "bare-hyper", "cached page of 20, log off: CPU, times bare hyper", "at most", 1.5),
        ("list-cached-log", "bare-hyper", "the same with the access log on", "at most", 1.5),
        ("flask", "list-cached", "Flask's page: CPU, times the cached page", "at least", 20),
        ("fastapi", "list-mysql", "FastAPI's page: CPU, times the uncached page on MySQL", "at least", 5),
        ("not-modified", "window", "304: CPU, times the 200", "below", 1),
    ]
    lines = []
    for case, to, what, bound, limit in cpu:
        found = ratio(results, case, to)
        met = found.middle >= limit if bound == "at least" else found.middle < limit + (bound == "at most") * 1e-9
        lines.append(Target(what, f"{bound} {limit:g}", str(found), met))
    start = median(results["start_ms"]["hardware, SQLite"])
    lines.append(Target("exec to first 200, migrated SQLite", "at most 25 ms", f"{start:.1f} ms", start <= 25))
    for key, name in (("sqlite", "SQLite"), ("mysql", "MySQL")):
        idle = results["memory"][key]["idle"]["rss"]
        lines.append(Target(f"memory when idle, {name} (RSS)", "at most 16 MB", mb(idle), idle <= 16 * 1024))
    worst = hostile_peak(results)
    measured = f"{mb(worst['VmHWM'])} ({worst['mode']})"
    lines.append(Target("memory under hostile clients (peak RSS)", "at most 64 MB", measured, worst["VmHWM"] <= 64 * 1024))
    return lines
