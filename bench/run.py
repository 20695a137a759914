"""`make bench`: sets up, checks the peers, measures in turns, writes the report. scripts/bench.sh calls it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dataset
import load
import measure
import report
from cases import PAGE, Case, cases
from figures import Results
from load import Failed
from polite import Polite
from services import Environment, Mysql, Server, Starter

ROOT = Path(__file__).resolve().parent.parent
CHECKED_ROWS = 100
IDLE_S = 1.5
DAWDLERS = {"head": 10_000, "body": 1_000, "reader": 1_000, "varied": 1_000}
LOOPERS = {"oversized": 16, "deep": 16, "reset": 4}
#: how long dawdlers are waited for, and how long the others go on, as a share of this
HOSTILE_S = 100.0
LOOPING_SHARE = 0.08
CACHED = {"HARDWARE_CACHE_TTL": "2s"}
UNCACHED = {"HARDWARE_CACHE_TTL": "0"}
LOGGED = {"RUST_LOG": "info", "LOG_FORMAT": "json"}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Bench:
    """What runs, and what was found."""

    def __init__(self, options: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self.options, self.folder, self.stack = options, folder, stack
        self.starter = Starter(options.binaries, folder)
        self.servers: dict[str, Server] = {}
        self.mysql_pid = 0
        self.results: dict[str, Any] = {"memory": {}, "hostile": []}

    def keep(self, key: str, server: Server) -> Server:
        """Ready, until the run is over."""
        self.stack.callback(server.stop)
        server.ready()
        time.sleep(IDLE_S)
        self.results["memory"][key] = {"idle": asdict(measure.memory(server.pid))}
        self.servers[key] = server
        return server

    def start_all(self) -> tuple[Mysql, Environment]:
        mysql = Mysql.start(self.options.mysql_image)
        self.stack.callback(mysql.stop)
        mysql_version = mysql.ready()
        self.mysql_pid = mysql.pid()
        sqlite = {"DATA_DIR": str(self.folder / "data")}
        self.fill(mysql.environment(), sqlite)
        say("starting the services and the peers")
        on_mysql = mysql.environment()
        cached = self.keep("cached", self.starter.hardware("hardware cached", on_mysql | CACHED))
        self.keep("cached-log", self.starter.hardware("hardware log", on_mysql | CACHED | LOGGED))
        self.keep("mysql", self.starter.hardware("hardware mysql", on_mysql | UNCACHED))
        self.keep("sqlite", self.starter.hardware("hardware sqlite", sqlite | UNCACHED))
        self.keep("portal", self.starter.portal("portal", cached, {}))
        captured = self.folder / "answer.http"
        captured.write_bytes(load.probe(cached.port, PAGE).wire)
        for peer in ("bare-hyper", "hyper-json"):
            self.keep(peer, self.starter.rust_peer(peer, captured))
        self.keep("flask", self.starter.flask(mysql))
        self.keep("fastapi", self.starter.fastapi(mysql))
        self.results["machine"] = machine(mysql_version, self.options.oha)
        self.results["sizes"] = {
            "answer_bytes": len(load.probe(cached.port, PAGE).body),
            "binaries": {name: (self.options.binaries / name).stat().st_size for name in ("hardware", "portal")},
        }
        return mysql, sqlite

    def fill(self, *databases: Environment) -> None:
        say("filling the databases: catalogue and reservations")
        file, base = self.folder / "catalogue.csv", dataset.quiet_hour(time.time())
        dataset.catalogue(ROOT / "tests/data/ec2-instance-types.csv.gz", file)
        filled = [dataset.fill(self.starter, one, file, base, str(n)) for n, one in enumerate(databases)]
        if any(one != filled[0] for one in filled):
            raise Failed(f"the databases do not hold the same: {filled}")
        self.results["data"] = filled[0]

    def check_peers(self, window: str) -> None:
        """The same answer from every implementation, or nothing is measured."""
        say("checking that all answer the same")
        path = f"/hardware?limit={CHECKED_ROWS}&{window}"
        for name in ("sqlite", "flask", "fastapi"):
            # What is overdue moves with the clock: two answers of one second are the same.
            for _ in range(5):
                expected, got = self.rows("mysql", path), self.rows(name, path)
                if expected == got:
                    break
            else:
                differ = [pair for pair in zip(expected, got, strict=False) if pair[0] != pair[1]]
                raise Failed(f"{name} answers differently from hardware on MySQL: {differ[:1]}")
        if len(expected) != CHECKED_ROWS or all(row["free"] == row["capacity"] for row in expected):
            raise Failed("the check has too few rows, or none of them is booked: it would prove nothing")

    def rows(self, name: str, path: str) -> list[dict[str, Any]]:
        answer = load.probe(self.servers[name].port, path)
        if answer.status != 200:
            raise Failed(f"{name}: {path} is {answer.status}")
        rows: list[dict[str, Any]] = json.loads(answer.body)
        return rows

    def cpu(self, key: str) -> float:
        return measure.cpu_s(self.mysql_pid if key == "mysqld" else self.servers[key].pid)

    def closed(self, case: Case, seconds: float) -> dict[str, float]:
        server = self.servers[case.server]
        expected = load.probe(server.port, case.path, case.headers)
        if expected.status != case.status:
            raise Failed(f"{case.label}: status {expected.status}, expected {case.status}")
        before = [self.cpu(key) for key in (case.server, *case.behind)]
        done = load.closed(server.port, case.path, seconds, case.headers, expected)
        spent = [self.cpu(key) - then for key, then in zip((case.server, *case.behind), before, strict=True)]
        server.alive()
        own, *behind = [seconds_ * 1e6 / done.requests for seconds_ in spent]
        return asdict(done) | {"cpu_us": own, "behind_us": sum(behind)}

    def rounds(self, all_cases: list[Case]) -> None:
        for case in all_cases:
            self.closed(case, 1)
        closed: dict[str, list[dict[str, float]]] = {case.key: [] for case in all_cases}
        opened: dict[str, dict[str, list[dict[str, float]]]] = {}
        for number in range(1, self.options.rounds + 1):
            say(f"round {number} of {self.options.rounds} (load average {measure.load_average():.1f})")
            for case in all_cases:
                closed[case.key].append(self.closed(case, self.options.seconds))
            for case in all_cases:
                for rate in case.rates:
                    port = self.servers[case.server].port
                    done = load.open_loop(self.options.oha, port, case.path, self.options.seconds, rate)
                    opened.setdefault(str(rate), {}).setdefault(case.key, []).append(asdict(done))
        self.results |= {"closed": closed, "open": opened}

    def memory_after_load(self) -> None:
        for key, server in self.servers.items():
            self.results["memory"][key]["loaded"] = asdict(measure.memory(server.pid))

    def starts(self, mysql: Mysql, sqlite: Environment) -> None:
        """From exec to the first 200, in turns."""
        say("starting each again and again")
        copy = self.folder / "data-started"
        shutil.copytree(sqlite["DATA_DIR"], copy)
        cached, captured = self.servers["cached"], self.folder / "answer.http"
        starts = {
            "hardware, SQLite": lambda: self.starter.hardware("start sqlite", {"DATA_DIR": str(copy)}),
            "hardware, MySQL": lambda: self.starter.hardware("start mysql", mysql.environment()),
            "portal": lambda: self.starter.portal("start portal", cached, {}),
            "bare hyper": lambda: self.starter.rust_peer("bare-hyper", captured),
            "Flask + gunicorn": lambda: self.starter.flask(mysql),
            "FastAPI + uvicorn": lambda: self.starter.fastapi(mysql),
        }
        took: dict[str, list[float]] = {name: [] for name in starts}
        for turn in range(self.options.starts):
            for name, start in starts.items():
                if turn % 5 and name.startswith(("Flask", "FastAPI")):
                    continue
                server = start()
                try:
                    took[name].append(server.ready() * 1e3)
                finally:
                    server.stop()
        self.results["start_ms"] = took

    def hostile(self, sqlite: Environment) -> None:
        """Each attack on a service of its own, so that its peak of memory is that attack's."""
        copy = self.folder / "data-attacked"
        shutil.copytree(sqlite["DATA_DIR"], copy)
        script = str(Path(__file__).with_name("hostile.py"))
        for mode, count in (DAWDLERS | LOOPERS).items():
            count = min(count, self.options.attackers)
            share = 1.0 if mode in DAWDLERS else LOOPING_SHARE
            seconds = max(2.0, self.options.hostile_seconds * share)
            say(f"hostile clients: {count} x {mode}, up to {seconds:.0f} s")
            server = self.starter.hardware(f"attacked {mode}", {"DATA_DIR": str(copy)})
            try:
                server.ready()
                attack = [script, str(server.port), str(server.pid), mode, str(count), str(seconds)]
                with Polite(server.port) as polite:
                    done = subprocess.run([sys.executable, *attack], stdout=subprocess.PIPE, text=True, check=False)
                server.alive()
                if done.returncode != 0:
                    raise Failed(f"hostile.py {mode} ended with {done.returncode}")
                self.results["hostile"].append(json.loads(done.stdout) | {"polite": polite.told})
            finally:
                server.stop()

    def run(self) -> Results:
        mysql, sqlite = self.start_all()
        now = int(time.time())
        window = f"from={dataset.rfc3339(now)}&to={dataset.rfc3339(now + dataset.HOUR_S)}"
        self.check_peers(window)
        window_path = f"{PAGE}&{window}"
        etag = load.probe(self.servers["cached"].port, window_path).headers["etag"]
        self.rounds(cases(window_path, etag))
        self.memory_after_load()
        self.starts(mysql, sqlite)
        self.stack.close()
        self.hostile(sqlite)
        return self.results


def first_line(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return (done.stdout or done.stderr).splitlines()[0].strip() if done.stdout or done.stderr else "?"


def machine(mysql_version: str, oha: Path | None = None) -> dict[str, Any]:
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")), "?")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": platform.release().split("-")[0],
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": first_line("git", "rev-parse", "--short", "HEAD"),
        "versions": {
            "rustc": first_line("rustc", "--version").removeprefix("rustc "),
            "MySQL": mysql_version,
            "wrk": first_line("wrk", "-v").removeprefix("wrk ").split(" [")[0].removeprefix("debian/"),
            **({"oha": first_line(str(oha), "--version").removeprefix("oha ")} if oha else {}),
            "Python": platform.python_version(),
            **{name: version(name) for name in ("Flask", "gunicorn", "mysqlclient", "FastAPI", "uvicorn", "uvloop", "asyncmy")},
        },
    }


def allow_files() -> int:
    """10,000 connections need as many files, here and in the service, which inherits the limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = hard if hard != resource.RLIM_INFINITY else 65_536
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, 65_536), hard))
    return min(wanted, 65_536) - 500


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", type=Path, help="folder of the release binaries")
    parser.add_argument("--oha", type=Path, help="the oha binary")
    parser.add_argument("--mysql-image", help="image with MySQL")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--starts", type=int, default=30, help="of each service")
    parser.add_argument("--hostile-seconds", type=float, default=HOSTILE_S)
    parser.add_argument("--out", type=Path, required=True, help="folder for results.json")
    parser.add_argument("--docs", type=Path, required=True, help="folder of performance.md")
    parser.add_argument("--again", action="store_true", help="write the report anew from results.json")
    options = parser.parse_args()
    missing = [f"--{name.replace('_', '-')}" for name in ("binaries", "oha", "mysql_image") if not getattr(options, name)]
    if missing and not options.again:
        parser.error(f"missing: {', '.join(missing)}; scripts/bench.sh knows them")
    return options


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def kept(file: Path, found: Callable[[Path, ExitStack], Results], settings: dict[str, Any]) -> int:
    """Measures, and keeps what was found with how it was asked and how long it took; the exit status."""
    signal.signal(signal.SIGTERM, interrupted)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="toolcrib-bench-") as folder, ExitStack() as stack:
            results = found(Path(folder), stack)
    except Failed as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(results | {"settings": settings | {"took_s": time.monotonic() - began}}, indent=1))
    return 0


def main() -> int:
    options = arguments()
    file = options.out / "results.json"
    if not options.again:
        options.attackers = allow_files()
        settings = {name: getattr(options, name) for name in ("seconds", "rounds", "starts", "hostile_seconds")}
        status = kept(file, lambda folder, stack: Bench(options, folder, stack).run(), settings)
        if status != 0:
            return status
    results = json.loads(file.read_text())
    report.write(results, options.docs)
    print(report.terminal(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
