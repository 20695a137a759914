"""How the tests run Terraform: two at a time, each with a provider that stays up.

Terraform starts the provider anew for every walk through a plan, half a second of computing each time, and there are some 600
walks. scripts/test-terraform.sh starts it twice and says in REATTACH (two files) how it is reached, by the provider's own way
for debugging. Without REATTACH everything works as well, and takes twice as long.
"""

import concurrent.futures
import json
import os
import queue
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

WORKERS = 2


@dataclass
class Outcome:
    """What `terraform test -json` said. `runs`: how each ended; `plans`: what each would make; `said`: why one failed."""

    runs: dict = field(default_factory=dict)
    plans: dict = field(default_factory=dict)
    said: dict = field(default_factory=dict)

    @property
    def passed(self) -> list[str]:
        return [run for run, status in self.runs.items() if status == "pass"]

    @property
    def bad(self) -> list[str]:
        return [run for run, status in self.runs.items() if status != "pass"] or ([] if self.runs else ["no run at all"])

    def words(self, run: str | None = None) -> str:
        """In one line: Terraform breaks them at 78 columns."""
        texts = self.said.get(run, []) if run else [text for each in self.said.values() for text in each]
        return re.sub(r"\s+", " ", " ".join(texts))


def plan_of(line: str) -> dict:
    """The plan in a message, without the provider's schemas, which are 13 MB of it and come last."""
    begin, end = line.index('"test_plan":') + len('"test_plan":'), line.find(',"provider_format_version":')
    return json.loads(line[begin:end] + "}")


def read(lines: Iterable[str]) -> Outcome:
    outcome = Outcome()
    for line in lines:
        if not line.startswith("{"):
            outcome.said.setdefault("", []).append(line)
        elif ',"test_plan":' in line:
            outcome.plans[re.search(r'"@testrun":"([^"]+)"', line)[1]] = plan_of(line)
        else:
            message = json.loads(line)
            run = message.get("@testrun", "")
            if message["type"] == "test_run" and message["test_run"]["progress"] == "complete":
                outcome.runs[run] = message["test_run"]["status"]
            elif message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error":
                outcome.said.setdefault(run, []).append(f"{message['diagnostic']['summary']}: {message['diagnostic'].get('detail', '')}")
    return outcome


def terraform(folder: Path, *arguments: str, reattach: str | None = None) -> subprocess.Popen:
    environment = dict(os.environ)
    if reattach:
        environment["TF_REATTACH_PROVIDERS"] = reattach
    return subprocess.Popen(["terraform", f"-chdir={folder}", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def test(folder: Path, file: str, reattach: str | None = None, plans: bool = False) -> Outcome:
    """Runs one file of tests; `plans`: with what each run would make."""
    process = terraform(folder, "test", "-json", *(["-verbose"] if plans else []), f"-filter=tests/{file}", reattach=reattach)
    outcome = read(process.stdout)
    process.wait()
    return outcome


def everywhere(work: Callable, jobs: list) -> Iterator[tuple]:
    """work(job, reattach) of each job, two at a time; yields (job, result) in the order of the jobs."""
    providers = queue.Queue()
    files = [Path(name) for name in os.environ.get("REATTACH", "").split()]
    for number in range(WORKERS):
        providers.put(files[number].read_text().strip() if number < len(files) else None)

    def one(job):
        provider = providers.get()
        try:
            return work(job, provider)
        finally:
            providers.put(provider)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        yield from zip(jobs, pool.map(one, jobs), strict=True)
