"""Puts a deploy in order, for deploy.sh. It reads what kustomize prints, which is regular: one key a line, two blanks a level.

  split FOLDER [PLAIN]    stdin: the rendering; writes what is applied together into one file each, and prints the steps in the order
                          of a deploy: `apply FILE`, `secret NAMESPACE NAME FILE`, `external NAMESPACE NAME`, `rollout KIND/NAME`,
                          `job NAMESPACE NAME FILE`. PLAIN is the rendering with profile local's Secrets, which get passwords here
"""

import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

# What pods need before they start, in this order. Kinds that are named nowhere come last, with the Deployments.
FIRST = ("Namespace", "ResourceQuota", "LimitRange", "ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "ConfigMap")
EXTERNAL = ("SecretStore", "ExternalSecret")
# In place of what everybody can read in profile local.
DEVELOPMENT = re.compile(r"for-development-only-[a-z]+")
MARK = re.compile(r'^  annotations:\n    toolcrib\.parcellab\.com/development-only: "true"\n', re.M)


@dataclass
class Document:
    kind: str
    name: str
    namespace: str
    text: str


def field(text: str, pattern: str) -> str:
    found = re.search(pattern, text, re.M)
    return found[1].strip("'\"") if found else ""


def documents(rendering: str) -> list[Document]:
    found = []
    for text in re.split(r"^---\n", rendering, flags=re.M):
        if text.strip():
            metadata = field(text, r"^metadata:\n((?:  .*\n)+)") + "\n"
            found.append(Document(field(text, r"^kind: (.+)$"), field(metadata, r"^  name: (.+)$"), field(metadata, r"^  namespace: (.+)$"), text))
    return found


def of_kinds(everything: list[Document], kinds: tuple[str, ...]) -> list[Document]:
    return sorted((d for d in everything if d.kind in kinds), key=lambda d: kinds.index(d.kind))


def own_passwords(text: str) -> str:
    return DEVELOPMENT.sub(lambda _: secrets.token_urlsafe(30), MARK.sub("", text))


def ensure_first(document: Document) -> tuple[bool, str]:
    """The schema and its user before the tables."""
    return not document.name.startswith("database-ensure"), document.name


def split(rendering: str, plain: str, folder: Path) -> list[str]:
    everything = documents(rendering)
    steps = []

    def part(name: str, chosen: list[Document]) -> Path:
        path = folder / f"{name}.yaml"
        path.write_text("---\n".join(document.text for document in chosen))
        return path

    first = of_kinds(everything, FIRST)
    steps.append(f"apply {part('1-first', first)}")
    for document in of_kinds(documents(plain or rendering), ("Secret",)):
        document.text = own_passwords(document.text)
        steps.append(f"secret {document.namespace} {document.name} {part(f'2-secret-{document.name}', [document])}")
    external = of_kinds(everything, EXTERNAL)
    if external:
        steps.append(f"apply {part('2-external', external)}")
        steps += [f"external {d.namespace} {d.name}" for d in external if d.kind == "ExternalSecret"]
    databases = of_kinds(everything, ("StatefulSet",))
    # The Service of the same name gives it its address.
    database = [d for d in everything if d.kind == "Service" and d.name in {d.name for d in databases}] + databases
    if database:
        steps.append(f"apply {part('3-database', database)}")
        steps += [f"rollout statefulset/{d.name}" for d in databases]
    jobs = sorted(of_kinds(everything, ("Job",)), key=ensure_first)
    steps += [f"job {d.namespace} {d.name} {part(f'4-job-{d.name}', [d])}" for d in jobs]
    before = {id(d) for d in first + external + database + jobs}
    rest = [d for d in everything if id(d) not in before and d.kind != "Secret"]
    steps.append(f"apply {part('5-rest', rest)}")
    return steps + [f"rollout deployment/{d.name}" for d in rest if d.kind == "Deployment"]


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["split"] and len(arguments) in (2, 3):
        plain = Path(arguments[2]).read_text() if len(arguments) == 3 else ""
        print("\n".join(split(sys.stdin.read(), plain, Path(arguments[1]))))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
