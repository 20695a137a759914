"""The report: a table of ratios for the terminal, and docs/performance.md with its plots."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import plots
from cases import HIGH_RATE, LOW_RATE, Case, cases
from figures import Results, mb, middle, ratio, targets

BEGIN, END = "<!-- written by make bench -->", "<!-- end of what make bench writes -->"
OURS = ("list-", "window", "not-modified", "item", "livez", "portal")
ATTACKS = {
    "head": "heads that never end, a header a second",
    "body": "bodies of 60 kB of 250 kB, a byte a second",
    "reader": "readers of `limit=1000`, 10 bytes a second",
    "varied": "of these, each with another question",
    "oversized": "connections sending JSON of 300 kB, again and again",
    "deep": "connections sending JSON 100,000 arrays deep, again and again",
    "reset": "HTTP/2 connections that open and reset streams",
}
MEMORY = {
    "sqlite": "`hardware`, SQLite, no cache",
    "mysql": "`hardware`, MySQL, no cache",
    "cached": "`hardware`, MySQL, cache on",
    "portal": "`portal`",
    "bare-hyper": "bare hyper",
    "flask": "Flask + gunicorn",
    "fastapi": "FastAPI + uvicorn",
}


def all_cases() -> list[Case]:
    return cases("", "")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def terminal(results: Results) -> str:
    lines = ["", "CPU per request, times bare hyper: median (least-most of the rounds)"]
    for case in all_cases():
        found = ratio(results, case.key, "bare-hyper")
        rps = middle(results, case.key, "rps")
        lines.append(f"  {case.label:42} {str(found):26} {middle(results, case.key, 'cpu_us'):9.1f} us {rps:9.0f}/s")
    lines += ["", f"{'target':58} {'wanted':14} {'measured':24}"]
    for target in targets(results):
        lines.append(f"{target.what:58} {target.wanted:14} {target.measured:24} {'met' if target.met else 'MISSED'}")
    return "\n".join(lines)


def target_table(results: Results) -> str:
    rows = [[t.what, t.wanted, t.measured, "met" if t.met else "**missed**"] for t in targets(results)]
    return table(["what", "target", "measured", ""], rows)


def cpu_table(results: Results) -> str:
    rows = []
    for case in all_cases():
        behind = f"{middle(results, case.key, 'behind_us'):.0f} µs" if case.behind else ""
        rows.append([
            case.label, str(ratio(results, case.key, "bare-hyper")),
            f"{middle(results, case.key, 'cpu_us'):.1f} µs", behind,
            f"{middle(results, case.key, 'rps'):,.0f}/s",
        ])  # fmt: skip
    return table(["", "CPU, times bare hyper", "CPU a request", "CPU behind it", "requests, closed loop"], rows)


def pair_table(results: Results) -> str:
    pairs = [
        ("flask", "list-cached", "Flask / page, cache on"),
        ("fastapi", "list-cached", "FastAPI / page, cache on"),
        ("flask", "list-mysql", "Flask / page, no cache, MySQL"),
        ("fastapi", "list-mysql", "FastAPI / page, no cache, MySQL"),
        ("list-mysql", "list-sqlite", "page without cache: MySQL / SQLite"),
        ("list-cached", "hyper-json", "page, cache on / hyper + serde_json"),
        ("list-cached-log", "list-cached", "access log on / off"),
        ("not-modified", "window", "304 / 200"),
    ]
    rows = [
        [label, str(ratio(results, case, to)), str(ratio(results, to, case, "rps"))] for case, to, label in pairs
    ]
    return table(["", "CPU a request", "requests, the other way round"], rows)


def open_table(results: Results) -> str:
    rows = []
    for case in all_cases():
        for rate in case.rates:
            found = results["open"][str(rate)][case.key]
            low, high = (median(one[name] for one in found) for name in ("p50_ms", "p99_ms"))
            achieved = median(one["achieved"] for one in found)
            note = "" if achieved >= rate * 0.97 else f"carried only {achieved:.0f}/s"
            rows.append([case.label, f"{rate:,}/s", f"{low:.2f} ms", f"{high:.2f} ms", note])
    return table(["", "rate", "p50", "p99", ""], rows)


def start_table(results: Results) -> str:
    rows = []
    for name, took in results["start_ms"].items():
        tenths = quantiles(took, n=10) if len(took) > 1 else took * 9
        rows.append([name, f"{median(took):.1f} ms", f"{tenths[0]:.1f}–{tenths[8]:.1f} ms", str(len(took))])
    return table(["", "median", "8 of 10 within", "starts"], rows)


def memory_table(results: Results) -> str:
    rows = []
    for key, label in MEMORY.items():
        idle, loaded = results["memory"][key]["idle"], results["memory"][key]["loaded"]
        shown = [mb(idle["rss"]), mb(loaded["rss"]), mb(loaded["anon"]), mb(loaded["peak"]), mb(loaded["pss"])]
        rows.append([label, str(idle["processes"]), *shown])
    head = ["", "processes", "RSS idle", "RSS after load", "of it anonymous", "peak RSS", "PSS after load"]
    return table(head, rows)


def hostile_table(results: Results) -> str:
    return table(
        ["clients", "peak RSS", "all let go within", "other callers: p50", "longest", "not 200"],
        [hostile_row(found) for found in results["hostile"]],
    )


def hostile_row(found: dict[str, Any]) -> list[str]:
    if found["mode"] in ("head", "body", "reader", "varied"):
        ended = f"{found['took_s']:.0f} s"
        if found["still_held"]:
            ended = f"{found['still_held']:,} still held after {ended}"
        if found["refused"]:
            ended += f", {found['refused']:,} refused"
    else:
        ended = f"{found['sent']:,} sent in {found['took_s']:.0f} s"
    polite = found["polite"]
    times = [f"{polite[name]:.1f} ms" if polite[name] is not None else "none" for name in ("p50_ms", "max_ms")]
    others = "".join(f"; {status}: {count}" for status, count in polite["others"].items())
    not_200 = f"{sum(polite['others'].values())} of {polite['asked']:,}{others}"
    return [f"{found['count']:,} {ATTACKS[found['mode']]}", mb(found["VmHWM"]), ended, *times, not_200]


def charts(results: Results) -> dict[str, plots.Chart]:
    chosen = [case for case in all_cases() if not case.key.startswith("portal")]
    cpu = [plots.Bar(c.label, middle(results, c.key, "cpu_us"), c.key.startswith(OURS)) for c in chosen]
    slow = []
    for case in all_cases():
        if LOW_RATE in case.rates:
            found = [one["p99_ms"] for one in results["open"][str(LOW_RATE)][case.key]]
            slow.append(plots.Bar(case.label, median(found), case.key.startswith(OURS)))
    held = [
        plots.Bar(label.replace("`", ""), results["memory"][key]["loaded"]["pss"] / 1024, "`" in label)
        for key, label in MEMORY.items()
    ]
    scale = "logarithmic scale; blue: this project"
    return {
        "cpu": plots.Chart("CPU per request", f"user + system, median of the rounds; {scale}", "µs", cpu),
        "latency": plots.Chart(f"p99 at {LOW_RATE} requests a second", f"open loop; {scale}", "ms", slow),
        "memory": plots.Chart("Memory after load", f"PSS of all processes of a service; {scale}", "MB", held),
    }


def commands(results: Results) -> str:
    settings = results["settings"]
    return f"BENCH_SECONDS={settings['seconds']:g} BENCH_ROUNDS={settings['rounds']} make bench"


def conditions(results: Results) -> str:
    machine, data = results["machine"], results["data"]
    versions = " · ".join(f"{name} {value}" for name, value in machine["versions"].items())
    binaries = ", ".join(f"`{name}` {size / 2**20:.1f} MiB" for name, size in results["sizes"]["binaries"].items())
    minutes = f"{results['settings']['took_s'] / 60:.0f} minutes"
    return "\n".join([
        f"`{commands(results)}` on {machine['date']}, commit {machine['commit']}, in {minutes}.",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}. {versions}.",
        f"Data: {data['hardware']:,} hardware of `tests/data`, {data['reservations']:,} reservations of 2 lines on 400 of them.",
        f"Binaries, stripped release: {binaries}. The page of 20 has {results['sizes']['answer_bytes']:,} bytes.",
    ])  # fmt: skip


def misses(results: Results) -> str:
    missed = [target for target in targets(results) if not target.met]
    if not missed:
        return "Every target is met."
    return f"**Missed: {len(missed)} of {len(targets(results))}.**"


def section(results: Results) -> str:
    template = Path(__file__).with_name("performance.template.md").read_text()
    parts = {
        "conditions": conditions(results),
        "misses": misses(results),
        "targets": target_table(results),
        "cpu": cpu_table(results),
        "pairs": pair_table(results),
        "open": open_table(results),
        "start": start_table(results),
        "memory": memory_table(results),
        "hostile": hostile_table(results),
        "rates": f"{LOW_RATE} and {HIGH_RATE:,}",
        **{f"alt_{name}": chart.alt() for name, chart in charts(results).items()},
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def rewrite(page: Path, begin: str, end: str, text: str) -> None:
    """Puts `text` between the two marks of the page; the rest of it is written by others, and stays."""
    whole = page.read_text() if page.exists() else f"# Performance\n\n{begin}\n{end}\n"
    before, opened, rest = whole.partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise SystemExit(f"error: {page} lacks the marks {begin} and {end}, so there is no place to write to")
    page.write_text(f"{before}{opened}\n\n{text}\n{closed}{after}")
    print(f"wrote {page}")


def write(results: Results, docs: Path) -> None:
    """The page's part of `make bench`, and its charts."""
    for name, chart in charts(results).items():
        plots.write(chart, docs / "performance" / f"{name}.svg")
    rewrite(docs / "performance.md", BEGIN, END, section(results))
