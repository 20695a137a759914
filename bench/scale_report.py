"""The part of docs/performance.md that `make bench-history` writes: tables, curves, targets."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median
from typing import Any

import curves
from curves import Curve, Curves
from figures import Ratio, Results, Target, short
from questions import BOOKINGS, READS, Question
from report import rewrite, table

BEGIN, END = "<!-- written by make bench-history -->", "<!-- end of what make bench-history writes -->"
NAMES = {"sqlite": "SQLite", "mysql": "MySQL"}
SHORT, LONG, MANY, BEHIND = "10^4", "10^6", "10^6 on 10,000", "10^6, past only"
CURVE = ("10^4", "10^5", "10^6")
#: on SQLite in ms; MySQL may take three times as long
LIMITS = (("item", LONG, 0.5), ("page", LONG, 1.0), ("fleet", MANY, 40.0), ("next", LONG, 2.0),
          ("hot-item", LONG, 5.0), ("hot-next", LONG, 5.0))  # fmt: skip
MYSQL_TIMES = 3
FLAT = 1.5
FASTER = 30
LABELS = {question.key: question.label for question in (*READS, *BOOKINGS)}

Found = list[dict[str, float]]


def names(results: Results) -> list[str]:
    return list(results["fill"])


def found(results: Results, kind: str, name: str, key: str) -> Found:
    rounds: Found = results["reads"].get(f"{kind} {name}", {}).get(key, [])
    return rounds


def middle(rounds: Found, column: str) -> float:
    return median(one[column] for one in rounds)


def ratio(over: Found, under: Found, column: str) -> Ratio:
    ratios = [one[column] / other[column] for one, other in zip(over, under, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def cpu_ratio(over: Found, under: Found) -> str:
    return short(median(spent(one) / spent(other) for one, other in zip(over, under, strict=True)))


def spent(one: dict[str, float]) -> float:
    """The service's CPU and the database server's, of one request."""
    return one["cpu_us"] + one["behind_us"]


def milliseconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def targets(results: Results) -> list[Target]:
    return [*slow(results), *shapes_targets(results), *flat(results)]


def slow(results: Results) -> list[Target]:
    lines = []
    for kind, times in (("sqlite", 1), ("mysql", MYSQL_TIMES)):
        for key, name, limit in LIMITS:
            if rounds := found(results, kind, name, key):
                p50, most = middle(rounds, "p50_ms"), limit * times
                cpu = median(map(spent, rounds)) / 1e3
                shown = f"{milliseconds(p50)} ms (CPU {milliseconds(cpu)} ms)"
                what = f"{NAMES[kind]}, {name}: {LABELS[key]}, p50"
                lines.append(Target(what, f"at most {most:g} ms", shown, p50 <= most))
    return lines


def shapes_targets(results: Results) -> list[Target]:
    lines = []
    for kind in NAMES:
        for name in (LONG, MANY):
            if compared := results["shapes"].get(f"{kind} {name}"):
                faster = shape_ratio(compared)
                what = f"{NAMES[kind]}, {name}: fleet's SQL, times faster than the overlap predicate"
                lines.append(Target(what, f"at least {FASTER}", str(faster), faster.middle >= FASTER))
    return lines


def flat(results: Results) -> list[Target]:
    lines = []
    for kind in NAMES:
        for question in READS:
            over, under = (found(results, kind, name, question.key) for name in (LONG, SHORT))
            if over and under:
                grown, shown = ratio(over, under, "p50_ms"), f"; CPU {cpu_ratio(over, under)}"
                if behind := found(results, kind, BEHIND, question.key):
                    shown += f"; past only {short(ratio(behind, under, 'p50_ms').middle)}, CPU {cpu_ratio(behind, under)}"
                what = f"{NAMES[kind]}: {question.label}, {LONG} / {SHORT} claims, p50"
                lines.append(Target(what, f"at most {FLAT}", f"{grown}{shown}", grown.middle <= FLAT))
    return lines


def target_table(results: Results) -> str:
    rows = [[t.what, t.wanted, t.measured, "met" if t.met else "**missed**"] for t in targets(results)]
    return table(["what", "target", "measured", ""], rows)


def reads_table(results: Results, kind: str) -> str:
    rows = []
    for question in READS:
        cells = [cell(found(results, kind, name, question.key)) for name in names(results)]
        if any(cells):
            rows.append([question.label, *cells])
    return table(["", *names(results)], rows)


def cell(rounds: Found) -> str:
    if not rounds:
        return ""
    p50, p95, cpu, behind = (middle(rounds, column) for column in ("p50_ms", "p95_ms", "cpu_us", "behind_us"))
    both = f"{cpu:,.0f} + {behind:,.0f}" if behind else f"{cpu:,.0f}"
    return f"{milliseconds(p50)} / {milliseconds(p95)} ms, {both} µs"


def growth_table(results: Results) -> str:
    longer = [name for name in names(results) if name != SHORT]
    rows = []
    for kind in NAMES:
        for question in READS:
            under = found(results, kind, SHORT, question.key)
            overs = [found(results, kind, name, question.key) for name in longer]
            if under:
                cells = [f"{ratio(over, under, 'p50_ms')} [{cpu_ratio(over, under)}]" for over in overs]
                rows.append([f"{NAMES[kind]}: {question.label}", *cells])
    return table(["", *longer], rows)


def shape_ratio(compared: list[dict[str, Any]]) -> Ratio:
    ratios = [min(one["others_ms"].values()) / one["ours_ms"] for one in compared]
    return Ratio(median(ratios), min(ratios), max(ratios))


def shapes_table(results: Results) -> str:
    ways: list[str] = []
    rows = []
    for key, compared in results["shapes"].items():
        ways = list(compared[0]["others_ms"])
        others = [f"{milliseconds(median(one['others_ms'][way] for one in compared))} ms" for way in ways]
        kind, _, name = key.partition(" ")
        ours = f"{milliseconds(median(one['ours_ms'] for one in compared))} ms"
        count = f"{median(one['rows'] for one in compared):,.0f}"
        rows.append([NAMES[kind], name, count, ours, *others, str(shape_ratio(compared))])
    return table(["", "claims", "rows", "ours", *ways, "times faster"], rows)


def bookings_table(results: Results) -> str:
    rows = []
    for key, asked in results["bookings"].items():
        kind, _, name = key.partition(" ")
        rows += [[NAMES[kind], name, LABELS[question], *booked(rounds)] for question, rounds in asked.items()]
    head = ["", "claims", "", "accepted a second", "refused", "p50", "p95", "CPU a request"]
    return table(head, rows)


def booked(rounds: Found) -> list[str]:
    accepted = median(one["created"] / one["seconds"] for one in rounds)
    refused = sum(one["refused"] for one in rounds) / sum(one["requests"] for one in rounds)
    times = [f"{milliseconds(middle(rounds, column))} ms" for column in ("p50_ms", "p95_ms")]
    cpu, behind = (middle(rounds, column) for column in ("cpu_us", "behind_us"))
    both = f"{cpu:,.0f} + {behind:,.0f} µs" if behind else f"{cpu:,.0f} µs"
    return [f"{accepted:,.0f}", f"{refused:.0%}", *times, both]


def verify_table(results: Results) -> str:
    rows = []
    for key, said in results["verify"].items():
        kind, _, name = key.partition(" ")
        counts = [f"{said[column]:,}" for column in ("hardware", "reservations", "claims", "tasks")]
        rows.append([NAMES[kind], name, *counts, f"{said['took_s']:.0f} s"])
    return table(["", "claims", "hardware", "reservations", "claims now", "tasks", "took"], rows)


def charts(results: Results) -> dict[str, Curves]:
    made = {}
    for kind, name in NAMES.items():
        drawn = [
            Curve(question.label, points(results, kind, question), n)
            for n, question in enumerate(READS)
            if not question.hot
        ]
        note = "p50 over HTTP by claims, 2,000 hardware, 85 % past; logarithmic scales"
        made[kind] = Curves(f"Answers over history, {name}", note, "ms", drawn)
    drawn = []
    for n, (kind, name) in enumerate(NAMES.items()):
        compared = {claims(results, f): results["shapes"][f"{kind} {f}"] for f in CURVE if f in names(results)}
        ours = [(x, median(one["ours_ms"] for one in of)) for x, of in compared.items()]
        others = [(x, median(min(one["others_ms"].values()) for one in of)) for x, of in compared.items()]
        drawn += [Curve(f"{name}, ours", ours, n), Curve(f"{name}, overlap", others, n, dashed=True)]
    made["shapes"] = Curves("The fleet's claims in a day", "SQL alone, by claims; logarithmic scales", "ms", drawn)
    return made


def points(results: Results, kind: str, question: Question) -> list[tuple[float, float]]:
    asked = {name: found(results, kind, name, question.key) for name in CURVE}
    return [(claims(results, name), middle(rounds, "p50_ms")) for name, rounds in asked.items() if rounds]


def claims(results: Results, name: str) -> float:
    """As asked for, without the hot item's."""
    return float(results["fill"][name]["asked"])


def conditions(results: Results) -> str:
    machine, settings = results["machine"], results["settings"]
    versions = {name: machine["versions"][name] for name in ("rustc", "MySQL", "wrk", "Python", "mysqlclient")}
    shown = " · ".join(f"{name} {value}" for name, value in versions.items())
    lines = [
        f"`make bench-history` on {machine['date']}, commit {machine['commit']}, in {settings['took_s'] / 60:.0f} minutes: "
        f"{settings['rounds']} rounds of {settings['seconds']} s a question.",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}. {shown}.",
        "MySQL in a container on the same cores, its data in memory, TLS, buffer pool 2 GiB, its binary log on.",
    ]
    return "\n".join([*lines, "", fill_table(results)])


def fill_table(results: Results) -> str:
    rows = []
    for name, of in results["fill"].items():
        past = f"{of['past'] / of['claims']:.1%}"
        days = [f"{of[column]:,.0f} days" for column in ("first_days", "last_days")]
        took = [f"{of[column]:.0f} s" for column in ("sqlite", "mysql")]
        rows.append([name, f"{of['hardware']:,}", f"{of['claims']:,}", past, *days, *took])
    head = ["history", "hardware", "claims", "past", "back", "ahead", "into SQLite", "into MySQL"]
    return table(head, rows)


def misses(results: Results) -> str:
    missed = sum(not target.met for target in targets(results))
    return f"**Missed: {missed} of {len(targets(results))}.**" if missed else "Every target is met."


def section(results: Results) -> str:
    template = Path(__file__).with_name("history.template.md").read_text()
    parts = {
        "conditions": conditions(results),
        "misses": misses(results),
        "targets": target_table(results),
        "sqlite": reads_table(results, "sqlite"),
        "mysql": reads_table(results, "mysql"),
        "growth": growth_table(results),
        "next": f"`{results['next']}`" if results["next"].startswith("/") else results["next"],
        "hot_years": f"{max(of['hot_days'] for of in results['fill'].values()) / 365:.0f}",
        "shapes": shapes_table(results),
        "clients": str(results["clients"]),
        "bookings": bookings_table(results),
        "verify": verify_table(results),
        **{f"alt_{name}": chart.alt() for name, chart in charts(results).items()},
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def write(results: Results, docs: Path) -> None:
    """The page's part of `make bench-history`, and its charts."""
    for name, chart in charts(results).items():
        curves.write(chart, docs / "performance" / f"history-{name}.svg")
    rewrite(docs / "performance.md", BEGIN, END, section(results))


def terminal(results: Results) -> str:
    lines = ["", f"{'target':86} {'wanted':16} measured"]
    for target in targets(results):
        lines.append(f"{target.what:86} {target.wanted:16} {target.measured:32} {'met' if target.met else 'MISSED'}")
    return "\n".join(lines)
