"""What is rendered for the tests: a copy of the tree, with made-up answers of Terraform, so that nobody's own are touched."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

DIGEST = "0123456789abcdef" * 4
REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/toolcrib"
# What YAML could take for something else, as `make customer` writes it.
FILLED = {
    "__NAME__": "acme-labs",
    "__TITLE__": "Acme \\\"Labs\\\"",
    "__GREETING__": "Grüß Gott: # 'Sie'!",
    "__HOST__": "tools.acme.parcellab.com",
    "__DATABASE__": "customer_acme_labs",
}
# The components that no customer here asks for.
EXTRA = ("load-balancer-4545", "image-pull-secret")


class Refused(Exception):
    """What a command said on stderr."""


class Tree:
    """A copy of what a render needs, below a folder that goes."""

    def __init__(self, root: Path, copy: Path) -> None:
        self.root = copy
        shutil.copytree(root / "k8s", copy / "k8s", ignore=shutil.ignore_patterns(".deploy", "params.env", "ca.pem", "golden", "__pycache__"))
        for name in ("scripts", "terraform/environments"):
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*", "__pycache__"))
        shutil.copy(root / "Cargo.toml", copy)
        shutil.copy(root / "k8s/tests/params.env", copy / "k8s/profiles/aws/params.env")
        (copy / "k8s/components/mysql-ca/ca.pem").write_text("-----BEGIN CERTIFICATE-----\nmade up for golden files\n-----END CERTIFICATE-----\n")

    def run(self, *command: str, **variables: str) -> str:
        # Without what the caller of the tests may have set for his own work.
        env = {key: value for key, value in os.environ.items() if key not in ("CUSTOMER", "PROFILE", "ENV")}
        done = subprocess.run(command, cwd=self.root, env=env | variables, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(done.stderr.strip())
        return done.stdout

    def render(self, customer: str, profile: str, environment: str = "production") -> str:
        return self.run("scripts/render.sh", CUSTOMER=customer, PROFILE=profile, ENV=environment)

    def platform(self) -> str:
        return self.run("scripts/render.sh", "--platform")

    def kustomize(self, folder: str) -> str:
        return self.run("kubectl", "kustomize", folder)

    def deployed(self, *options: str) -> str:
        """What a GitOps repository commits, built from it."""
        self.run("python3", "scripts/k8s_overlay.py", *options, "--to", "k8s/.deploy/test")
        return self.kustomize("k8s/.deploy/test")

    def customers(self) -> dict[str, str]:
        """Every overlay, with the environment that lists it: a customer may be new, and in staging only."""
        found = {}
        for path in sorted((self.root / "k8s/customers").glob("[a-z]*/kustomization.yaml")):
            name = path.parent.name
            listed = [env for env in ("production", "staging") if name in self.listed(env)]
            if not listed:
                raise Refused(f"k8s/customers/{name} is in no terraform/environments/*/customers.json")
            found[name] = listed[0]
        return found

    def listed(self, environment: str) -> dict:
        return json.loads((self.root / "terraform/environments" / environment / "customers.json").read_text())["customers"]

    def set_environment(self, environment: str) -> None:
        path = self.root / "k8s/profiles/aws/params.env"
        text = path.read_text()
        for other in ("staging", "production"):
            text = text.replace(other, environment)
        path.write_text(text)

    def add_customer(self, name: str, components: tuple[str, ...] = ()) -> None:
        """From the template, as `make customer` does it."""
        target = self.root / "k8s/customers" / name
        shutil.copytree(self.root / "k8s/customers/_template", target)
        for path in target.iterdir():
            text = path.read_text()
            for placeholder, value in FILLED.items():
                text = text.replace(placeholder, value)
            path.write_text(text)
        kustomization = target / "kustomization.yaml"
        added = "".join(f"  - ../../components/{component}\n" for component in components)
        kustomization.write_text(kustomization.read_text().replace("components:\n", f"components:\n{added}"))
        for environment in ("staging", "production"):
            path = self.root / "terraform/environments" / environment / "customers.json"
            listed = json.loads(path.read_text())
            listed["customers"][name] = {"host": FILLED["__HOST__"], "max_pods": 4}
            path.write_text(json.dumps(listed))


def renderings(tree: Tree) -> dict[str, tuple[str, str]]:
    """Golden file's name: profile and text."""
    made: dict[str, tuple[str, str]] = {}

    def add(name: str, profile: str, render: Callable[[], str]) -> None:
        made[name] = profile, render()

    customers = tree.customers()
    for customer, environment in customers.items():
        add(f"{customer}-local", "local", lambda c=customer: tree.render(c, "local"))
        if environment == "production":
            add(f"{customer}-aws", "aws", lambda c=customer: tree.render(c, "aws"))
    images = ["--hardware", f"{REGISTRY}/hardware@sha256:{DIGEST}", "--portal", f"{REGISTRY}/portal@sha256:{DIGEST}"]
    deploy = [*images, "--suffix", DIGEST[:8], "--release", "1a2b3c4d"]
    add("a-aws-deployed", "aws", lambda: tree.deployed("a", "aws", *deploy))
    add("a-local-gitops", "gitops", lambda: tree.deployed("a", "local", *deploy, "--without-secrets"))
    tree.add_customer("acme-labs", EXTRA)
    for profile in ("local", "aws"):
        add(f"template-with-all-components-{profile}", profile, lambda p=profile: tree.render("acme-labs", p))
    add("platform", "platform", tree.platform)
    tree.set_environment("staging")
    add("a-aws-staging", "aws", lambda: tree.render("a", "aws", "staging"))
    for customer in (name for name, environment in customers.items() if environment == "staging"):
        add(f"{customer}-aws", "aws", lambda c=customer: tree.render(c, "aws", "staging"))
    return made
