"""Writes the kustomization that makes a customer's manifests whole: overlay, profile, and what only a deploy or Terraform knows.

  k8s_overlay.py CUSTOMER PROFILE --to FOLDER [--env staging|production] [--hardware IMAGE] [--portal IMAGE]
                 [--suffix S] [--release R] [--without-secrets]
  k8s_overlay.py --platform --to FOLDER [--env staging|production]

FOLDER gets kustomization.yaml. IMAGE is NAME:TAG or NAME@sha256:DIGEST. --suffix goes behind the names of Jobs, whose pod templates
cannot be changed; --release is noted at the Deployments, so that pods start anew with new settings. --without-secrets leaves out
profile local's Secrets, for a repository that keeps its own. With profile aws and for the platform k8s/profiles/aws/params.env has
to be there, and be of --env. k8s/README.md shows a result.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import kustomization as kust

ROOT = Path(__file__).resolve().parent.parent
K8S = ROOT / "k8s"
ENVIRONMENTS = ("staging", "production")


class Wrong(Exception):
    """One line for whoever called."""


def one_of(what: str, name: str, known: list[str]) -> str:
    if name not in known:
        raise Wrong(f"there is no {what} '{name}'; there are {', '.join(known)}")
    return name


def folders(kind: str) -> list[str]:
    names = (path.parent.name for path in (K8S / kind).glob("*/kustomization.yaml"))
    return sorted(name for name in names if not name.startswith("_"))


def image(service: str, given: str) -> dict:
    name, at, digest = given.partition("@")
    if at:
        if not name or not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise Wrong(f"--{service} {given}: behind @ stands sha256: and 64 hexadecimal digits")
        return {"name": f"toolcrib/{service}", "newName": name, "digest": digest}
    name, _, tag = given.rpartition(":")
    if not name or "/" in tag or tag in ("", "latest"):
        raise Wrong(f"--{service} {given}: give NAME:TAG or NAME@sha256:DIGEST, and not latest")
    return {"name": f"toolcrib/{service}", "newName": name, "newTag": tag}


def params(environment: str) -> dict[str, str]:
    """What Terraform told `make outputs`, if it is of this environment."""
    path = K8S / "profiles/aws/params.env"
    advice = f"make outputs ENV={environment}"
    if not path.is_file():
        raise Wrong(f"k8s/profiles/aws/params.env is missing: {advice}")
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    missing = [key for key in kust.PARAMS if not values.get(key)]
    if missing:
        raise Wrong(f"k8s/profiles/aws/params.env lacks {', '.join(missing)}: {advice}")
    if values["ENVIRONMENT"] != environment:
        raise Wrong(f"k8s/profiles/aws/params.env is of {values['ENVIRONMENT']}, not of {environment}: {advice}")
    return values


def listed(name: str, environment: str) -> dict:
    path = ROOT / "terraform/environments" / environment / "customers.json"
    customers = json.loads(path.read_text())["customers"]
    if name not in customers:
        raise Wrong(f"customer {name} is not in {path.relative_to(ROOT)}: there are {', '.join(sorted(customers))}")
    pods = customers[name].get("max_pods", 6)
    if pods < 3:
        raise Wrong(f"customer {name} has max_pods {pods} in {path.relative_to(ROOT)}: 3 at least, for two pods and a rollout's third")
    return customers[name]


def need_authority() -> None:
    if not (K8S / "components/mysql-ca/ca.pem").is_file():
        raise Wrong("k8s/components/mysql-ca/ca.pem is missing: make rds-ca")


def customer(given: argparse.Namespace, up: str) -> dict:
    name = one_of("customer", given.customer, folders("customers"))
    profile = one_of("profile", given.profile, folders("profiles"))
    images = [image(service, reference) for service, reference in (("hardware", given.hardware), ("portal", given.portal)) if reference]
    whole = kust.head([f"{up}/customers/{name}"], [f"{up}/profiles/{profile}"])
    patches = []
    if profile == "aws":
        need_authority()
        entry = listed(name, given.env)
        patches += kust.aws_patches(f"customer-{name}", entry, params(given.env))
        whole["replacements"] = kust.REPLACEMENTS
    elif given.without_secrets:
        patches += [kust.left_out("Secret", secret) for secret in ("hardware", "portal", "mysql-admin")]
    if given.release:
        patches += kust.released(given.release)
    if given.suffix:
        ensure = f"database-ensure-customer-{name}" if profile == "aws" else "database-ensure"
        patches += [kust.renamed(job, given.suffix) for job in (ensure, "migrate")]
    return whole | ({"images": images} if images else {}) | ({"patches": patches} if patches else {})


def platform(given: argparse.Namespace, up: str) -> dict:
    need_authority()
    return kust.head([f"{up}/platform"], []) | {"patches": kust.platform_patches(params(given.env))}


def command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("customer", nargs="?")
    parser.add_argument("profile", nargs="?")
    parser.add_argument("--platform", action="store_true")
    parser.add_argument("--to", required=True)
    parser.add_argument("--env", default="production")
    for option in ("hardware", "portal", "suffix", "release"):
        parser.add_argument(f"--{option}", default="")
    parser.add_argument("--without-secrets", action="store_true")
    given = parser.parse_args()
    if given.platform == bool(given.profile):
        parser.error("a customer and a profile, or --platform")
    return given


def check(given: argparse.Namespace) -> None:
    one_of("environment", given.env, list(ENVIRONMENTS))
    for option in ("suffix", "release"):
        value = getattr(given, option)
        if value and not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", value):
            raise Wrong(f"--{option} {value}: 1 to 12 small letters, digits and hyphens, such as 1a2b3c4d")


def main() -> int:
    given = command_line()
    try:
        check(given)
        folder = Path(given.to)
        up = os.path.relpath(K8S, folder.resolve())
        whole = platform(given, up) if given.platform else customer(given, up)
    except Wrong as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(kust.NOTE + kust.yaml(whole) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
