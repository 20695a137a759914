"""Runs a tier of tests in every folder that has it, two folders at a time. Called by scripts/test-terraform.sh.

  init | validate        of each module and root
  unit                   tests/unit.tftest.hcl
  plan FILE              tests/plan.tftest.hcl; what audit.py finds in the plans goes to FILE

What passes is one line for each folder, what fails is told in full.
"""

import sys
from pathlib import Path
from typing import TextIO

import audit
import tf

ROOT = Path("terraform")


def folders(having: str) -> list[Path]:
    return sorted(path.parents[len(Path(having).parts) - 1] for path in ROOT.rglob(having) if ".terraform" not in path.parts)


def show(name: str, good: bool, text: str) -> None:
    print(f"{'passed' if good else 'FAILED'}: {name}", flush=True)
    if not good:
        print(text, flush=True)


def simply(*arguments: str) -> bool:
    """A command of Terraform in every folder, which passes or not."""

    def work(folder, provider):
        process = tf.terraform(folder, *arguments, reattach=provider)
        text = process.communicate()[0]
        return process.returncode == 0, text

    clean = True
    for folder, (good, text) in tf.everywhere(work, folders("versions.tf")):
        show(f"{arguments[0]} {folder}", good, text)
        clean = clean and good
    return clean


def tell(folder: Path, outcome: tf.Outcome) -> None:
    for run in outcome.bad:
        print(f"FAILED: {folder}, {run} ({outcome.runs.get(run, 'not run')}): {outcome.words(run if run in outcome.said else None)}")
    print(f"-- {folder}: {len(outcome.passed)} passed, {len(outcome.bad)} failed", flush=True)


def tests(name: str, findings: TextIO | None = None) -> None:
    file = f"{name}.tftest.hcl"

    def work(folder, provider):
        return tf.test(folder, file, provider, plans=findings is not None)

    for folder, outcome in tf.everywhere(work, folders(f"tests/{file}")):
        tell(folder, outcome)
        if findings is not None:
            findings.write(audited(folder, outcome))


def audited(folder: Path, outcome: tf.Outcome) -> str:
    """One line for each folder; each problem once, however many plans have it."""
    judged = [audit.judge(plan) for plan in outcome.plans.values()]
    problems = list(dict.fromkeys(problem for found, _ in judged for problem in found))
    if len(judged) < len(outcome.runs):
        problems.append(f"{len(outcome.runs) - len(judged)} runs have no plan to look at")
    good = f"passed: {folder}: {sum(number for _, number in judged)} resources in {len(judged)} plans\n"
    return "".join(f"FAILED: {folder}: {problem}\n" for problem in problems) or good


def main() -> None:
    """Ends with 1 only where nothing after it makes sense; failed tests are told by their lines."""
    command, *rest = sys.argv[1:] or [""]
    if command == "init":
        sys.exit(0 if simply("init", "-backend=false", "-input=false", "-no-color") else 1)
    elif command == "validate":
        simply("validate", "-no-color")
    elif command == "unit":
        tests("unit")
    elif command == "plan" and rest:
        with open(rest[0], "w", encoding="utf-8") as findings:
            tests("plan", findings)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
