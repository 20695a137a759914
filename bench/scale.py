"""`make bench-history`: what is asked of long histories, on both databases, in turns. scripts/bench.sh calls it.

Histories are made by history.py, and checked by `hardware verify` after everything else has been done to them.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import history
import history_rows
import load
import measure
import questions
import scale_report
import shapes
from figures import Results
from history import DAY_S, QUARTER_S, Spec
from load import Failed
from places import Place, asked_of, same_answer, span_of
from questions import BOOKINGS, READS, Asker, Question
from run import UNCACHED, kept, machine, say
from services import Mysql, Starter

SCRIPT = Path(__file__).with_name("walk.lua")
MYSQL_OPTIONS = ("--innodb-buffer-pool-size=2G", "--innodb-redo-log-capacity=1G")
CLIENTS = 32
HOT = 100_000
COMPARED = 10
#: of each length with the same density; the last has as much ahead as the first, and all the rest behind
SPECS = {
    "10^4": Spec(10_000, 2_000),
    "10^5": Spec(100_000, 2_000),
    "10^6": Spec(1_000_000, 2_000, hot=HOT),
    "10^6 on 10,000": Spec(1_000_000, 10_000),
    "10^6, past only": Spec(1_000_000, 2_000, past=0.9985),
}
QUICK = {"10^4": SPECS["10^4"], "10^5": Spec(100_000, 2_000, hot=10_000)}


class Scale:
    """What runs, and what was found."""

    def __init__(self, options: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self.options, self.folder, self.stack = options, folder, stack
        self.starter = Starter(options.binaries, folder)
        self.mysql = Mysql.start(options.mysql_image, *MYSQL_OPTIONS)
        stack.callback(self.mysql.stop)
        self.mysql_version = self.mysql.ready()
        self.mysql_pid = self.mysql.pid()
        self.specs = QUICK if options.quick else SPECS
        self.places: list[Place] = []
        self.results: dict[str, Any] = {"reads": {}, "bookings": {}, "shapes": {}, "fill": {}, "verify": {}}
        self.results["clients"] = CLIENTS

    def fill(self) -> None:
        """Each history is made once, and written into both databases."""
        for number, (name, spec) in enumerate(self.specs.items()):
            self.now_s = int(time.time())
            say(f"{name}: making {spec.claims:,} claims on {spec.hardware:,} hardware")
            bookings = history.history(spec, self.now_s)
            places = (self.sqlite(number, name, spec), self.on_mysql(number, name, spec))
            with ThreadPoolExecutor(2) as pool:
                writing = [pool.submit(self.write, place, bookings) for place in places]
            took = {place.kind: done.result() for place, done in zip(places, writing, strict=True)}
            self.places += places
            self.results["fill"][name] = took | span_of(spec, bookings, self.now_s)
        self.base_s = self.now_s // QUARTER_S * QUARTER_S + 2 * 3_600

    def sqlite(self, number: int, name: str, spec: Spec) -> Place:
        folder = self.folder / f"history-{number}"
        return Place("sqlite", name, spec, {"DATA_DIR": str(folder)}, file=str(folder / "hardware.db"))

    def on_mysql(self, number: int, name: str, spec: Spec) -> Place:
        mysql = self.mysql.another(f"history_{number}")
        return Place("mysql", name, spec, mysql.environment(), mysql=mysql)

    def write(self, place: Place, bookings: list[history.Booking]) -> float:
        self.starter.run("migrate", environment=place.environment)
        began = time.monotonic()
        if place.mysql is None:
            history_rows.into_sqlite(place.file, place.spec, bookings, self.now_s)
        else:
            connection = place.mysql.connect("root")
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION sql_log_bin = 0")
            history_rows.into_mysql(connection, place.spec, bookings, self.now_s)
            connection.close()
        took = time.monotonic() - began
        say(f"  {place.kind}: {took:.0f} s")
        return took

    def compare_shapes(self) -> None:
        say("the fleet's SQL beside the overlap predicate")
        chosen = random.Random(1)
        windows = [self.base_s + chosen.randrange(0, DAY_S, QUARTER_S) for _ in range(COMPARED + 1)]
        for place in self.places:
            if place.mysql is None:
                compared = shapes.on_sqlite(place.file, f"{place.file}.overlap")
            else:
                apart = self.mysql.another(f"overlap_{place.mysql.database}")
                compared = shapes.on_mysql(apart.connect("root"), place.mysql.database)
            self.results["shapes"][place.key] = compared.compare(windows, self.now_s)

    def start(self) -> None:
        for place in self.places:
            place.server = self.starter.hardware(f"hardware {place.key}", place.environment | UNCACHED)
            self.stack.callback(place.server.stop)
            place.server.ready()
        self.has_next = load.probe(self.places[0].port, questions.NEXT).status != 404
        self.results["next"] = questions.NEXT if self.has_next else "next_free_at of the list"

    def ask_for(self, place: Place, all_questions: tuple[Question, ...], seed: int) -> None:
        """The same seed for both databases: they are asked the same."""
        for question in asked_of(place, all_questions):
            asker = Asker(place.spec, place.port, self.base_s, random.Random(seed), self.has_next)
            name = place.key.replace(" ", "-")
            place.files[question.key] = questions.write(question, asker, self.folder, name)

    def check_answers(self) -> None:
        """Both databases answer the same: on the windows of the questions, and without what depends on now."""
        for left, right in zip(self.places[::2], self.places[1::2], strict=True):
            for question in asked_of(left, READS):
                for path in left.files[question.key].read_text().splitlines()[:3]:
                    same_answer(left, right, path)

    def walk(self, place: Place, question: Question, seconds: int, connections: int = 1) -> dict[str, float]:
        server = place.running()
        url, count = f"http://127.0.0.1:{server.port}", ["count"] if connections > 1 else []
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT), url, "--"]
        behind = self.mysql_pid if place.kind == "mysql" else 0
        before = [measure.cpu_s(server.pid), measure.cpu_s(behind) if behind else 0.0]
        done = subprocess.run(
            [*command, str(place.files[question.key]), *count], capture_output=True, text=True, check=False
        )
        spent = [measure.cpu_s(server.pid) - before[0], (measure.cpu_s(behind) if behind else 0.0) - before[1]]
        server.alive()
        if done.returncode != 0:
            raise Failed(f"wrk: {done.stderr or done.stdout}")
        said: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
        bad = said["others"] if count else said["bad_status"]
        if bad or said["broken"] or not said["requests"]:
            raise Failed(f"{place.key}, {question.label}: not every request was answered well: {said}")
        own, other = (seconds_ * 1e6 / said["requests"] for seconds_ in spent)
        return said | {"cpu_us": own, "behind_us": other}

    def rounds(self) -> None:
        say("warming up")
        for place in self.places:
            self.ask_for(place, READS, seed=7)
        self.check_answers()
        for number in range(self.options.rounds + 1):
            say(f"round {number} of {self.options.rounds} (load average {measure.load_average():.1f})")
            for question in READS:
                for place in self.places:
                    if question in asked_of(place, READS):
                        found = self.walk(place, question, self.options.seconds if number else 1)
                        if number:
                            self.results["reads"].setdefault(place.key, {}).setdefault(question.key, []).append(found)

    def bookings(self) -> None:
        for number in range(self.options.rounds):
            say(f"bookings, round {number + 1} of {self.options.rounds}")
            for place in self.places:
                self.ask_for(place, BOOKINGS, seed=100 + number)
            for question in BOOKINGS:
                for place in self.places:
                    if question in asked_of(place, BOOKINGS):
                        found = self.walk(place, question, self.options.seconds, CLIENTS)
                        self.results["bookings"].setdefault(place.key, {}).setdefault(question.key, []).append(found)

    def verify(self) -> None:
        """After everything: so it speaks of the generator's rows and of what was booked beside them."""
        say("hardware verify, on all of them")

        def one(place: Place) -> tuple[str, dict[str, Any]]:
            began = time.monotonic()
            said = json.loads(self.starter.run("verify", environment=place.environment).splitlines()[-1])
            if said["violations"]:
                raise Failed(f"{place.key}: {said}")
            return place.key, said | {"took_s": time.monotonic() - began}

        with ThreadPoolExecutor(2) as pool:
            self.results["verify"] = dict(pool.map(one, self.places))

    def run(self) -> Results:
        self.fill()
        self.compare_shapes()
        self.start()
        self.rounds()
        self.results["memory"] = {p.key: measure.memory(p.running().pid).rss for p in self.places}
        self.bookings()
        self.verify()
        return self.results | {"machine": machine(self.mysql_version)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", type=Path, help="folder of the release binaries")
    parser.add_argument("--mysql-image", help="image with MySQL")
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="short histories only")
    parser.add_argument("--out", type=Path, required=True, help="folder for history.json")
    parser.add_argument("--docs", type=Path, required=True, help="folder of performance.md")
    parser.add_argument("--again", action="store_true", help="write the report anew from history.json")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    file = options.out / "history.json"
    if not options.again:
        settings = {"seconds": options.seconds, "rounds": options.rounds}
        status = kept(file, lambda folder, stack: Scale(options, folder, stack).run(), settings)
        if status != 0:
            return status
    results = json.loads(file.read_text())
    scale_report.write(results, options.docs)
    print(scale_report.terminal(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
