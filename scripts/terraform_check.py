"""Checks of terraform/ that Terraform itself does not do. Called by test-terraform.sh; prints `passed: …` and `FAILED: …`.

  all             tables of the READMEs, validations and their tests, environments alike, providers, outputs that are used
  docs            writes the tables of inputs and outputs into the READMEs
  checkov FILE    what checkov found: nothing failed, and at most 12 skips, each with a reason
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path("terraform")
BEGIN = "<!-- Inputs and outputs: written by `make terraform-docs`, not by hand. -->"
END = "<!-- end -->"
MAX_SKIPS = 12
# Data sources that ask nobody: the provider puts these documents together by itself.
OFFLINE_DATA = {"aws_iam_policy_document"}


def folders():
    return sorted(path.parent for path in ROOT.rglob("versions.tf") if ".terraform" not in path.parts)


def blocks(folder, kind):
    """(name, body) of each block of a kind; relies on terraform fmt: a block ends with `}` in the first column."""
    for path in sorted(folder.glob("*.tf")):
        for match in re.finditer(rf'^{kind} "([^"]+)"(?: "([^"]+)")? \{{\n(.*?)^\}}', path.read_text(), re.M | re.S):
            yield (match[1] if match[2] is None else f"{match[1]}.{match[2]}"), match[3]


def attribute(body, name):
    """An attribute in the first column of a block: its text, over several lines where it has brackets."""
    match = re.search(rf"^  {name} += (.*?)(?=^  \S|\Z)", body, re.M | re.S)
    return match[1].strip() if match else None


def kind_of(body):
    text = attribute(body, "type") or "any"
    return re.sub(r"\s+", " ", text) if len(text) < 40 else re.match(r"[a-z]+(\([a-z]+)?", text)[0] + ("(…))" if "(object" in text else "(…)")


def cell(text):
    return text.replace("|", "\\|")


def described(body):
    return json.loads(attribute(body, "description") or '""')


def tables(folder):
    lines = []
    variables = list(blocks(folder, "variable"))
    if variables:
        lines += ["### Inputs", "", "| name | meaning | type | default |", "|---|---|---|---|"]
        for name, body in sorted(variables):
            default = attribute(body, "default")
            shown = "required" if default is None else "`" + re.sub(r"\s+", " ", default) + "`"
            lines.append(f"| `{name}` | {cell(described(body))} | `{cell(kind_of(body))}` | {cell(shown)} |")
        lines.append("")
    outputs = list(blocks(folder, "output"))
    if outputs:
        lines += ["### Outputs", "", "| name | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {cell(described(body))} |" for name, body in sorted(outputs)]
        lines.append("")
    return "\n".join([BEGIN, ""] + lines + [END])


def documented(folder):
    """The README as it is and as it should be."""
    path = folder / "README.md"
    text = path.read_text() if path.exists() else ""
    if BEGIN not in text or END not in text:
        return path, text, None
    before, rest = text.split(BEGIN, 1)
    return path, text, before + tables(folder) + rest.split(END, 1)[1]


def write_docs():
    for folder in folders():
        path, text, wanted = documented(folder)
        if wanted is None:
            sys.exit(f"error: {path} is missing, or lacks the line {BEGIN} and, below it, {END}")
        if text != wanted:
            path.write_text(wanted)
            print(f"wrote {path}")


def check_docs():
    stale = [str(path) for path, text, wanted in map(documented, folders()) if text != wanted]
    return [f"{path} is not what the code says: make terraform-docs" for path in stale]


def check_inputs():
    found = []
    for folder in folders():
        for name, body in blocks(folder, "variable"):
            if not attribute(body, "type") or not described(body):
                found.append(f"{folder}: variable {name} lacks a type or a description")
            if attribute(body, "nullable") != "false" and attribute(body, "default") != "null":
                found.append(f"{folder}: variable {name} may be null without saying so: nullable = false, or default = null")
        found += [f"{folder}: output {name} lacks a description" for name, body in blocks(folder, "output") if not described(body)]
    return found


def check_secrets():
    """No password goes in or out of a module, whatever its value; ARNs and names of secrets do."""
    found = []
    for folder in folders():
        for kind in ("variable", "output"):
            names = [name for name, _ in blocks(folder, kind) if re.search(r"passw|secret_string|private_key|token|credential", name)]
            found += [f"{folder}: {kind} {name} looks like a secret; secrets are made by AWS and stay there" for name in names]
    return found


def check_validations():
    """As many runs that expect a variable to fail as it has validations; mutations.py shows that they are the right ones."""
    found = []
    for folder in folders():
        tests = folder / "tests" / "unit.tftest.hcl"
        text = tests.read_text() if tests.exists() else ""
        for name, body in blocks(folder, "variable"):
            wanted = len(re.findall(r"^  validation \{", body, re.M))
            runs = len(re.findall(rf"expect_failures = \[[^\]]*\bvar\.{name}\b", text))
            if runs < wanted:
                found.append(f"{tests}: variable {name} has {wanted} validations and {runs} runs that expect it to fail")
    return found


def check_sources():
    found = []
    for folder in folders():
        text = "".join(path.read_text() for path in folder.glob("*.tf"))
        found += [f"{folder}: provider {name} is not hashicorp/aws" for name in re.findall(r'^ +source += "([^".][^"]*)"', text, re.M) if name != "hashicorp/aws"]
        found += [f"{folder}: data source {name} asks an account" for name in re.findall(r'^data "([^"]+)"', text, re.M) if name not in OFFLINE_DATA]
    return found


def shared(folder):
    kept = {"terraform.tfvars", ".terraform.lock.hcl", "README.md"}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in kept and ".auto.tfvars" not in path.name}


def check_environments():
    found = []
    for layer in ("base", "platform"):
        staging, production = (shared(ROOT / "environments" / environment / layer) for environment in ("staging", "production"))
        names = [name for name in sorted(staging.keys() | production.keys()) if staging.get(name) != production.get(name)]
        found += [f"{layer}/{name} differs between staging and production; only terraform.tfvars may" for name in names]
    locks = {path.read_bytes() for path in ROOT.rglob(".terraform.lock.hcl") if "modules" not in path.parts and ".terraform" not in path.parts}
    return found + (["the lock files of the roots differ"] if len(locks) > 1 else [])


def check_outputs():
    """Every output of an environment is read by somebody."""
    reader = Path("scripts/terraform_outputs.py").read_text()
    found = []
    for layer in ("base", "platform"):
        for name, _ in blocks(ROOT / "environments" / "staging" / layer, "output"):
            if f'"{name}"' not in reader:
                found.append(f"output {name} of layer {layer} is read by nobody")
    for name, _ in blocks(ROOT / "bootstrap", "output"):
        if f'"{name}"' not in reader and name not in Path("docs/operations/aws.md").read_text():
            found.append(f"output {name} of the bootstrap is read by nobody, and not told of in docs/operations/aws.md")
    return found


CHECKS = {
    "tables of inputs and outputs are up to date": check_docs,
    "inputs and outputs are typed and described": check_inputs,
    "no input and no output is a secret": check_secrets,
    "every validation has a run that expects it": check_validations,
    "no provider but aws, no foreign module, no data of an account": check_sources,
    "environments differ in terraform.tfvars only": check_environments,
    "every output is used": check_outputs,
}


def check_all():
    for name, check in CHECKS.items():
        found = check()
        print(f"{'FAILED' if found else 'passed'}: {name}")
        for line in found:
            print(f"  {line}")


def checkov(path):
    report = json.loads(Path(path).read_text())
    results, summary = report["results"], report["summary"]
    for check in results["failed_checks"]:
        print(f"  {check['check_id']} {check['file_path']} {check['resource']}: {check['check_name']}")
    # A module that is used five times is skipped five times; what counts is how many comments there are.
    skips = [match for file in ROOT.rglob("*.tf") if ".terraform" not in file.parts for match in re.findall(r"checkov:skip=(\w+):?(.*)", file.read_text())]
    bare = [check for check, reason in skips if len(reason) < 20]
    good = not results["failed_checks"] and summary["parsing_errors"] == 0 and summary["passed"] > 0
    print(f"{'passed' if good else 'FAILED'}: checkov: {summary['passed']} checks passed, {summary['failed']} failed")
    print(f"{'passed' if len(skips) <= MAX_SKIPS and not bare else 'FAILED'}: {len(skips)} inline skips of at most {MAX_SKIPS}, each with a reason {bare or ''}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments == ["all"]:
        check_all()
    elif arguments == ["docs"]:
        write_docs()
    elif arguments[:1] == ["checkov"] and len(arguments) == 2:
        checkov(arguments[1])
    else:
        sys.exit(__doc__)
