"""Makes terraform/ careless in one place at a time, in a copy, and expects the tests to notice, by the run and in the words
that are meant for it. Called by scripts/test-terraform.sh after `terraform init`; two at once.

Mutations that the same file of tests catches share a copy and a call of Terraform, as long as one cannot be taken for the
other: each has its own place, and its own run or words.

Arguments choose by a part of the name; -v shows what Terraform said; --apart gives each a copy of its own.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import audit
import tf
from mutation_list import MUTATIONS, Mutation

ROOT = Path("terraform").resolve()


def copy(target: Path) -> None:
    """The code with its .terraform folders. Links to the provider and to modules stay as they are: they are relative."""
    shutil.copytree(ROOT, target, symlinks=True, ignore=shutil.ignore_patterns("*.tfstate*", "moto", "*.md"))


def mutate(mutation: Mutation, target: Path) -> str | None:
    path = target / mutation.file
    text = path.read_text() if path.exists() else ""
    if mutation.old not in text:
        return f"{mutation.file} has no longer: {mutation.old}"
    path.write_text(text.replace(mutation.old, mutation.new, 1) if mutation.old else text + mutation.new)
    return None


def only(path: Path, runs: set[str]) -> None:
    """Leaves the runs that are asked: the others cost a second each."""
    parts = re.split(r'(?=^run ")', path.read_text(), flags=re.M)
    path.write_text("".join(part for part in parts if not part.startswith('run "') or part.split('"')[1] in runs))


def together(mutations: list[Mutation]) -> list[list[Mutation]]:
    """Puts each into the first group where nobody could be taken for it."""
    groups = []
    for mutation in mutations:
        for group in groups:
            first = group[0]
            same = (first.folder, first.tests, first.stops) == (mutation.folder, mutation.tests, mutation.stops)
            alike = any((other.run, other.says) == (mutation.run, mutation.says) or (other.file, other.old) == (mutation.file, mutation.old) for other in group)
            if same and not alike and not mutation.alone and not first.alone and "--apart" not in sys.argv:
                group.append(mutation)
                break
        else:
            groups.append([mutation])
    return groups


def verdict(mutation: Mutation, outcome: tf.Outcome, findings: list[str]) -> str | None:
    """What is wrong, or None."""
    if mutation.by_audit:
        said = " ".join(findings)
    elif mutation.run in outcome.bad:
        said = outcome.words(mutation.run)
    elif not outcome.bad and not findings:
        return "nobody noticed"
    else:
        return f"another run failed than {mutation.run}: {', '.join(outcome.bad)} {findings[:2]}"
    if re.search(mutation.says, re.sub(r"\s+", " ", said)):
        return None
    return f"{'the audit' if mutation.by_audit else mutation.run} did not say '{mutation.says}'" if said or outcome.bad else "nobody noticed"


def attempt(group: list[Mutation], reattach: str | None) -> list[tuple]:
    """(mutation, what is wrong or None, what was said) of each."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "terraform"
        copy(target)
        gone = {mutation.name: mutate(mutation, target) for mutation in group}
        first = group[0]
        file = f"{first.tests}.tftest.hcl"
        only(target / first.folder / "tests" / file, {mutation.run for mutation in group})
        outcome = tf.test(target / first.folder, file, reattach, plans=first.tests == "plan")
        findings = [problem for plan in outcome.plans.values() for problem in audit.judge(plan)[0]]
        said = f"{outcome.words()} {findings}"
        return [(mutation, gone[mutation.name] or verdict(mutation, outcome, findings), said) for mutation in group]


def main():
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    chosen = [mutation for mutation in MUTATIONS if not wanted or any(part in mutation.name for part in wanted)]
    for _, results in tf.everywhere(attempt, together(chosen)):
        for mutation, wrong, said in results:
            caught = f"caught by {'the audit of ' if mutation.by_audit else ''}{mutation.folder}, {mutation.run}"
            print(f"FAILED: {mutation.name}: {wrong}" if wrong else f"passed: {mutation.name}: {caught}", flush=True)
            if wrong or "-v" in sys.argv:
                print(f"    {said[-1500:]}")


if __name__ == "__main__":
    main()
