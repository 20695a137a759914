"""Everything about k8s/ that needs no cluster; run.sh calls it.

  main.py FOLDER [--write]    renderings are left in FOLDER; --write makes the golden files anew
"""

import re
import sys
from pathlib import Path

import mutations
import policy
import stream as k8s
from cases import DIGEST, Refused, Tree, renderings
from schemas import VERSIONS, Schemas
from settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "k8s/tests/golden"


class Tally:
    """What passed and what failed, of one tier."""

    def __init__(self, name: str) -> None:
        self.name, self.passed, self.failed = name, 0, 0

    def see(self, what: str, wrong: list[str]) -> None:
        self.passed, self.failed = self.passed + (not wrong), self.failed + bool(wrong)
        if wrong:
            print(f"FAILED: {what}")
        for line in wrong[:20]:
            print(f"  {line}")

    def close(self) -> bool:
        print(f"{self.name}: {self.passed} passed, {self.failed} failed", flush=True)
        return not self.failed


def first_difference(golden: str, rendered: str) -> list[str]:
    pairs = zip(golden.splitlines() + ["(end)"], rendered.splitlines() + ["(end)"], strict=False)
    line = next((f"line {n}: golden `{old}`, rendered `{new}`" for n, (old, new) in enumerate(pairs, 1) if old != new), "lengths differ")
    return [line, "if that is meant: k8s/tests/run.sh --write, and look at git diff"]


def golden(made: dict[str, tuple[str, str]], again: str, write: bool) -> bool:
    tally = Tally("golden")
    tally.see("a second rendering is the same", [] if again == made["a-local"][1] else first_difference(again, made["a-local"][1])[:1])
    files = {f"{name}.yaml.golden" for name in made}
    if write:
        GOLDEN.mkdir(exist_ok=True)
        for path in GOLDEN.iterdir():
            path.unlink()
        for name, (_, text) in made.items():
            (GOLDEN / f"{name}.yaml.golden").write_text(text)
    for name, (_, text) in made.items():
        path = GOLDEN / f"{name}.yaml.golden"
        old = path.read_text() if path.is_file() else ""
        tally.see(f"{name} is as its golden file", [] if old == text else first_difference(old, text))
    stray = sorted({path.name for path in GOLDEN.iterdir()} - files) if GOLDEN.is_dir() else ["there are no golden files"]
    tally.see("nothing else is among the golden files", stray)
    return tally.close()


def schemas(streams: dict[str, list[dict]]) -> bool:
    tally, judge = Tally("schemas"), Schemas(ROOT)
    for name, stream in streams.items():
        tally.see(f"{name} by the schemas of Kubernetes {', '.join(VERSIONS)}", [line for thing in stream for line in judge.wrong(thing)])
    # A judge who lets everything pass would be no judge.
    for what, kind, change in (
        ("an unknown field", "Deployment", lambda thing: thing["spec"].update(replica=2)),
        ("text where a number belongs", "HorizontalPodAutoscaler", lambda thing: thing["spec"].update(maxReplicas="5")),
        ("an unknown field of Auto Mode", "NodeClass", lambda thing: thing["spec"].update(subnets=[])),
        ("a certificate that is none", "IngressClassParams", lambda thing: thing["spec"].update(certificateARNs=["UNSET"])),
    ):
        thing = k8s.kind(streams["platform"] + streams["a-local"], kind)[0]
        changed = mutations.broken([thing], lambda s, change=change: change(s[0]))[0]
        tally.see(f"{what} is refused", [] if list(judge.wrong(changed)) else ["it was not"])
    if judge.skipped:
        print(f"SKIPPED: {', '.join(sorted(judge.skipped))} were not validated: no ../shared/k8s-schemas beside the repository (or CRD_SCHEMAS=folder)")
    return tally.close()


def profile_of(name: str) -> str:
    return "local" if name.endswith("-local") else "platform" if name == "platform" else "aws" if "-aws" in name else "gitops"


def case(name: str, stream: list[dict], streams: dict[str, list[dict]], settings: Settings) -> policy.Case:
    profile = profile_of(name)
    # A GitOps repository keeps Secrets of its own.
    besides = streams["platform"] if profile == "aws" else k8s.kind(streams["a-local"], "Secret") if profile == "gitops" else []
    return policy.Case(stream, profile, settings, besides)


def policies(streams: dict[str, list[dict]], settings: Settings) -> bool:
    tally = Tally("policies")
    for name, stream in streams.items():
        for rule, wrong in policy.check(case(name, stream, streams, settings)).items():
            tally.see(f"{name}: {rule}", wrong)
    return tally.close()


def mutants(streams: dict[str, list[dict]], settings: Settings) -> bool:
    tally = Tally("mutations")
    tally.see("every rule is broken at least once", sorted(set(policy.RULES) ^ set(mutations.MUTATIONS)))
    for rule, changes in mutations.MUTATIONS.items():
        for what, name, change in changes:
            changed = mutations.broken(streams[name], change)
            noticed = list(policy.RULES[rule](case(name, changed, streams, settings)))
            tally.see(f"`{rule}` notices: {what}", [] if noticed else ["it did not"])
    return tally.close()


def neutral(text: str, customer: str, greeting: str) -> list[str]:
    """Without namespace, host, name, greeting and database."""
    text = text.replace(f"CUSTOMER_GREETING: {greeting}", "CUSTOMER_GREETING: @")
    return re.sub(rf"customer([-_]){customer}\b", r"customer\1@", text.replace(f"CUSTOMER_NAME: {customer.upper()}\n", "CUSTOMER_NAME: @\n")).splitlines()


def overlays(tree: Tree, deployed: list[str]) -> bool:
    tally = Tally("overlays")
    for text in deployed:
        images = set(re.findall(r"image: (\S+)", text))
        tally.see("a deploy names both images by digest", [image for image in images if not image.endswith(DIGEST) and "/mysql:" not in image])
        jobs = [k8s.name(job) for job in k8s.kind(k8s.load(text), "Job")]
        tally.see("and its Jobs by suffix", [job for job in jobs if not job.endswith(f"-{DIGEST[:8]}")] if len(jobs) == 2 else jobs)
    greetings = {"a": "Hi!", "b": "Dear Sir or Madam!", "c": "Moin!"}
    texts = {name: tree.kustomize(f"k8s/customers/{name}") for name in greetings}
    plain = {name: neutral(text, name, greetings[name]) for name, text in texts.items()}
    for name in ("b", "c"):
        different = [f"`{old}` became `{new}`" for old, new in zip(plain["a"], plain[name], strict=False) if old != new]
        length = [] if len(plain["a"]) == len(plain[name]) else ["they have different numbers of lines"]
        tally.see(f"{name} differs from a only in namespace, host, name, greeting and database", different + length)
        raw = [line for line in texts[name].splitlines() if line not in set(texts["a"].splitlines())]
        tally.see(f"and does differ there ({len(set(raw))} lines)", [] if len(set(raw)) == 8 else sorted(set(raw)))
    for folder in sorted((ROOT / "k8s/customers").iterdir()):
        files = [path.name for path in folder.iterdir()]
        tally.see(f"customers/{folder.name} has three files at most", files if len(files) > 3 else [])
    version = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    images = set(re.findall(r"image: (\S+)", "".join(texts.values()) + tree.kustomize("k8s/base/database-ensure")))
    wanted = {f"toolcrib/{service}:{version}" for service in ("hardware", "portal")}
    tally.see("tracked manifests name this version's images", sorted(images ^ wanted))
    return tally.close()


def refusals(tree: Tree) -> bool:
    """Each: what is asked for, and what the one line has to say."""
    tally = Tally("refusals")
    writer = ("python3", "scripts/k8s_overlay.py")
    params = tree.root / "k8s/profiles/aws/params.env"
    for what, said, command, variables in (
        ("no customer", "CUSTOMER is missing", ("scripts/render.sh",), {}),
        ("an unknown customer", "there is no customer 'q'", ("scripts/render.sh",), {"CUSTOMER": "q"}),
        ("the template", "there is no customer '_template'", ("scripts/render.sh",), {"CUSTOMER": "_template"}),
        ("a way out of the folder", "there is no customer '../a'", ("scripts/render.sh",), {"CUSTOMER": "../a"}),
        ("an unknown profile", "there is no profile 'gcp'", ("scripts/render.sh",), {"CUSTOMER": "a", "PROFILE": "gcp"}),
        ("an unknown environment", "there is no environment 'test'", ("scripts/render.sh",), {"CUSTOMER": "a", "ENV": "test"}),
        ("another environment's params", "is of staging, not of production", ("scripts/render.sh",), {"CUSTOMER": "a", "PROFILE": "aws"}),
        ("latest", "and not latest", (*writer, "a", "local", "--to", "x", "--hardware", "x/hardware:latest"), {}),
        ("half a digest", "64 hexadecimal digits", (*writer, "a", "local", "--to", "x", "--portal", "x/portal@sha256:12"), {}),
        ("a branch as suffix", "1 to 12 small letters", (*writer, "a", "local", "--to", "x", "--suffix", "feat/x"), {}),
    ):
        tally.see(f"{what} is refused in one line", refused(tree, said, command, variables))
    text = params.read_text()
    params.write_text(text.replace("ALB_CIDRS=", "#"))
    tally.see("a missing value is named", refused(tree, "lacks ALB_CIDRS", ("scripts/render.sh", "--platform"), {"ENV": "staging"}))
    params.write_text(text)
    listed = tree.root / "terraform/environments/staging/customers.json"
    listed.write_text(listed.read_text().replace('"max_pods": 3', '"max_pods": 2'))
    staging = {"CUSTOMER": "a", "PROFILE": "aws", "ENV": "staging"}
    tally.see("too few pods for a rollout are refused", refused(tree, "max_pods 2", ("scripts/render.sh",), staging))
    listed.write_text(listed.read_text().replace('"b": ', '"z": '))
    tally.see("a customer that is not listed is told", refused(tree, "customer b is not in", ("scripts/render.sh",), staging | {"CUSTOMER": "b"}))
    (tree.root / "k8s/components/mysql-ca/ca.pem").unlink()
    tally.see("a missing authority is told", refused(tree, "make rds-ca", ("scripts/render.sh",), staging))
    return tally.close()


def refused(tree: Tree, said: str, command: tuple[str, ...], variables: dict[str, str]) -> list[str]:
    try:
        tree.run(*command, **variables)
    except Refused as refusal:
        line = str(refusal)
        return [] if said in line and line.startswith("error: ") and "\n" not in line else [f"it says: {line}"]
    return ["it was taken"]


def main(arguments: list[str]) -> int:
    if not arguments or set(arguments[1:]) - {"--write"}:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    tree, settings = Tree(ROOT, folder / "tree"), Settings(ROOT)
    again = tree.render("a", "local")
    try:
        made = renderings(tree)
    except Refused as refusal:
        print(f"FAILED: a rendering ended with: {refusal}")
        return 1
    (folder / "rendered").mkdir()
    for name, (_, text) in made.items():
        (folder / "rendered" / f"{name}.yaml").write_text(text)
    streams = {name: k8s.load(text) for name, (_, text) in made.items()}
    results = [
        golden(made, again, "--write" in arguments),
        schemas(streams),
        policies(streams, settings),
        mutants(streams, settings),
        overlays(tree, [made[name][1] for name in ("a-aws-deployed", "a-local-gitops")]),
        refusals(tree),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
