#!/usr/bin/env python3
"""Adds a customer, or takes one away: the overlay in k8s/customers and the entry in each environment's customers.json.

  customer.py add       NAME= HOST= GREETING= [TITLE=] [ENV=staging|production] [MAX_PODS=]   in the environment
  customer.py remove    NAME=

Everything is checked first, then all of it is written or nothing.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import unicodedata
from pathlib import Path

ENVIRONMENTS = ("production", "staging")
NAME = re.compile(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?")
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(\.{LABEL})+")
# A certificate's common name has 64 characters at most, and `*.` is put in front.
MAX_HOST = 62
MAX_TEXT = 200
GOLDEN = "k8s/tests/run.sh --write (golden files)"


class Refused(Exception):
    """One line for whoever called."""


def list_path(environment: str) -> Path:
    return Path("terraform/environments", environment, "customers.json")


def zones() -> dict[str, str]:
    """The zone of each environment, as the bootstrap has them."""
    path = Path("terraform/bootstrap/terraform.tfvars")
    found = re.search(r"^zones\s*=\s*\{(.*?)^\}", path.read_text(), re.M | re.S)
    known = dict(re.findall(r'^\s*(\w+)\s*=\s*"([^"]+)"', found[1], re.M)) if found else {}
    # Where each environment has an account of its own, the file names one zone alone.
    known.setdefault("production", "parcellab.com")
    known.setdefault("staging", f"staging.{known['production']}")
    return known


def below(host: str, zone: str) -> bool:
    return host.endswith(f".{zone}")


def hosts_of(host: str, environments: tuple[str, ...]) -> dict[str, str]:
    """The host in each environment: production's as given, staging's below staging's zone."""
    if not HOST.fullmatch(host) or len(host) > MAX_HOST:
        raise Refused(f"HOST is a name such as customer-d.parcellab.com, in small letters, up to {MAX_HOST} of them, not '{host}'")
    zone = zones()
    of_staging = below(host, zone["staging"])
    if "production" in environments and (of_staging or not below(host, zone["production"])):
        raise Refused(f"HOST is '{host}', but production's zone is {zone['production']}{' and this is in staging' if of_staging else ''}")
    if not of_staging and not below(host, zone["production"]):
        raise Refused(f"HOST is '{host}', but staging's zone is {zone['staging']}")
    staging = host if of_staging else f"{host.removesuffix(zone['production'])}{zone['staging']}"
    if "staging" in environments and len(staging) > MAX_HOST:
        raise Refused(f"HOST in staging would be '{staging}', longer than {MAX_HOST} characters")
    return {environment: staging if environment == "staging" else host for environment in environments}


def check_text(variable: str, text: str) -> str:
    if not text.strip():
        raise Refused(f"{variable} is empty: {variable}='Good day!'")
    if len(text) > MAX_TEXT or any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise Refused(f"{variable} is one line of up to {MAX_TEXT} characters, without control characters")
    return text


def check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Refused(f"NAME is 1 to 22 small letters, digits and hyphens, with a letter first and no hyphen last, not '{name}'")


def customers_span(text: str) -> tuple[int, int]:
    """Where the object `customers` begins and ends."""
    found = re.search(r'^\s*"customers"\s*:\s*(?=\{)', text, re.M)
    if not found:
        raise Refused("there is no object customers in it")
    return found.end(), json.JSONDecoder().raw_decode(text, found.end())[1]


def read_list(environment: str) -> tuple[str, dict]:
    path = list_path(environment)
    try:
        text = path.read_text()
        return text, json.loads(text)["customers"]
    except (OSError, ValueError, KeyError) as error:
        raise Refused(f"{path} cannot be read: {error}") from None


def checked(path: Path, text: str, wanted: dict) -> str:
    """The text, if it says what is wanted: it was put together by hand, to leave the rest of the file as it is."""
    try:
        good = json.loads(text)["customers"] == wanted
    except ValueError:
        good = False
    if not good:
        raise Refused(f"{path} is written in a way this cannot add to or take from: one customer a line, please")
    return text


def with_entry(environment: str, name: str, host: str, max_pods: str) -> str:
    text, customers = read_list(environment)
    if name in customers:
        raise Refused(f"customer {name} is in {list_path(environment)} already")
    taken = next((other for other, entry in customers.items() if entry.get("host") == host), None)
    if taken:
        raise Refused(f"HOST {host} is customer {taken}'s")
    entry: dict = {"host": host}
    # The budget of connections is shared: a new customer gets as many pods as the others, where these agree.
    usual = {other.get("max_pods") for other in customers.values()}
    pods = int(max_pods) if max_pods else usual.pop() if len(usual) == 1 else None
    if pods is not None:
        entry["max_pods"] = pods
    start, end = customers_span(text)
    inside = text[start + 1 : end - 1].rstrip()
    indent = (re.search(r"\n( +)\"", inside) or ["", "    "])[1]
    added = f"{inside}{',' if inside.strip() else ''}\n{indent}{json.dumps(name)}: {json.dumps(entry)}\n{indent[2:]}"
    return checked(list_path(environment), f"{text[: start + 1]}{added}{text[end - 1 :]}", customers | {name: entry})


def without_entry(environment: str, name: str) -> str | None:
    text, customers = read_list(environment)
    if name not in customers:
        return None
    start, end = customers_span(text)
    found = re.search(rf'\s*"{re.escape(name)}"\s*:\s*(?=\{{)', text[start:end])
    if not found:
        raise Refused(f"{list_path(environment)} is written in a way this cannot take from: one customer a line, please")
    first, last = start + found.start(), json.JSONDecoder().raw_decode(text, start + found.end())[1]
    if comma := re.match(r"\s*,", text[last:]):
        last += comma.end()
    elif text[:first].rstrip().endswith(","):
        first = text[:first].rstrip().rfind(",")
    return checked(list_path(environment), text[:first] + text[last:], {k: v for k, v in customers.items() if k != name})


def filled(template: str, values: dict[str, str]) -> str:
    """`"__KEY__"` becomes a quoted string, as JSON and YAML both read it; a bare `__KEY__` is put in as it is. In one pass: what
    a greeting says is nobody's placeholder."""

    def value(found: re.Match[str]) -> str:
        quoted, bare = found.groups()
        if (quoted or bare) not in values or bare in ("GREETING", "TITLE"):
            raise Refused(f"k8s/customers/_template has {found[0]}, which cannot be filled in")
        return json.dumps(values[quoted], ensure_ascii=False) if quoted else values[bare]

    return re.sub(r'"__([A-Z]+)__"|__([A-Z]+)__', value, template)


def write_all(lists: dict[Path, str], new_overlay: Path | None, overlay: Path) -> None:
    """Puts the overlay and the lists in place, or leaves everything as it was. Without a new overlay the old one goes."""
    before = {path: path.read_text() for path in lists}
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=overlay.parent))
    try:
        try:
            if new_overlay:
                new_overlay.rename(overlay)
            elif overlay.exists():
                overlay.rename(aside / "overlay")
            for path, text in lists.items():
                replace(path, text)
        except BaseException:
            for path, text in before.items():
                if path.read_text() != text:
                    replace(path, text)
            if new_overlay and overlay.exists():
                shutil.rmtree(overlay)
            elif (aside / "overlay").exists():
                (aside / "overlay").rename(overlay)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def add(given: dict[str, str]) -> list[str]:
    name, environment, pods = given.get("NAME", ""), given.get("ENV", ""), given.get("MAX_PODS", "")
    missing = [key for key in ("NAME", "HOST", "GREETING") if not given.get(key)]
    if missing:
        raise Refused(f"{', '.join(missing)} missing: make customer NAME=d HOST=customer-d.parcellab.com GREETING='Good day!'")
    check_name(name)
    if environment not in ("", *ENVIRONMENTS):
        raise Refused(f"ENV is staging or production, or left out for both, not '{environment}'")
    if pods and not (pods.isascii() and pods.isdigit() and 3 <= int(pods) <= 100):
        raise Refused(f"MAX_PODS is a number from 3 to 100, not '{pods}'")
    overlay = Path("k8s/customers", name)
    fresh = not overlay.exists()
    environments = (environment,) if environment else ENVIRONMENTS
    if not fresh and not (environment and name not in read_list(environment)[1]):
        raise Refused(f"customer {name} is there already: {overlay}")
    hosts = hosts_of(given["HOST"], environments)
    values = {"NAME": name, "HOST": given["HOST"], "DATABASE": f"customer_{name.replace('-', '_')}",
              "GREETING": check_text("GREETING", given["GREETING"]), "TITLE": check_text("TITLE", given.get("TITLE") or name)}
    lists = {list_path(env): with_entry(env, name, host, pods) for env, host in hosts.items()}
    files = {path.name: filled(path.read_text(), values) for path in sorted(Path("k8s/customers/_template").iterdir())}
    if not files or len(files) > 3:
        raise Refused(f"k8s/customers/_template has {len(files)} files; a customer has one to three")
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=overlay.parent))
    try:
        new = work / name
        new.mkdir()
        for file, text in files.items():
            (new / file).write_text(text)
        if fresh:
            write_all(lists, new, overlay)
        else:
            for path, text in lists.items():
                replace(path, text)
    finally:
        shutil.rmtree(work)
    done = [f"added {overlay}/{file}" for file in files] if fresh else [f"{overlay} was there already, and stays as it is"]
    done += [f"added {name} ({host}) to {list_path(env)}" for env, host in hosts.items()]
    return [*done, f"next: {GOLDEN}; make plan ENV=staging (it counts the connections to MySQL), make apply, make deploy CUSTOMER={name}"]


def remove(given: dict[str, str]) -> list[str]:
    name = given.get("NAME", "")
    if not name:
        raise Refused("NAME is missing: make customer-remove NAME=d")
    check_name(name)
    overlay = Path("k8s/customers", name)
    lists = {list_path(env): text for env in ENVIRONMENTS if (text := without_entry(env, name)) is not None}
    if not lists and not overlay.exists():
        raise Refused(f"there is no customer {name}")
    write_all(lists, None, overlay)
    done = [f"took {name} out of {path}" for path in lists] + [f"removed {overlay}"]
    return [*done, f"next: {GOLDEN}", "the cluster and the database still have this customer: docs/operations/deploy.md, Remove a customer"]


def main() -> int:
    os.chdir(Path(__file__).resolve().parent.parent)
    actions = {"add": add, "remove": remove}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for line in actions[sys.argv[1]](dict(os.environ)):
            print(line, file=sys.stderr)
    except Refused as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: nothing was changed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
