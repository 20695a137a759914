#!/usr/bin/env python3
"""Writes the two Secrets of a customer's pods from MYSQL_HOST, MYSQL_USER, MYSQL_PASSWORD and MYSQL_DATABASE: `make secret`.

They go to k8s/.deploy/secret-{hardware,portal}.yaml, or, with CUSTOMER=a, to k8s/.deploy/a/. Git ignores that folder. Values come
from the environment and go into the files, and nowhere else: no command line, no output.
"""

import base64
import os
import re
import secrets
import sys
import tempfile
from pathlib import Path

KEYS = ("MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE")
# What examples and images come with. Somebody would meet them in production some day.
PLACEHOLDERS = {b"", b"mysql", b"temp123", b"changeme", b"password"}
CUSTOMER = re.compile(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?")


class Refused(Exception):
    """One line for whoever called."""


def mysql_values() -> dict[str, bytes]:
    """The four as bytes: what is in the environment need not be UTF-8."""
    values = {key: os.environb.get(key.encode(), b"") for key in KEYS}
    missing = [key for key in KEYS if key != "MYSQL_PASSWORD" and not values[key].strip()]
    if os.environb.get(b"MYSQL_PASSWORD") is None:
        missing.append("MYSQL_PASSWORD")
    if missing:
        raise Refused(f"{', '.join(missing)} missing: MYSQL_HOST=h MYSQL_USER=u MYSQL_PASSWORD=p MYSQL_DATABASE=d make secret")
    if values["MYSQL_PASSWORD"].strip().lower() in PLACEHOLDERS:
        raise Refused("MYSQL_PASSWORD is a placeholder (empty, mysql, temp123, changeme, password): give the real one")
    return values


def portal_secret(path: Path) -> bytes:
    """The one that is there; a new one would void what the portal has signed, and differ from what runs."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return secrets.token_urlsafe(48).encode()
    found = re.search(r"^  PORTAL_SECRET: ([A-Za-z0-9+/=]+)$", text, re.M)
    try:
        return base64.b64decode(found[1], validate=True) if found else b""
    except ValueError:
        return b""


def manifest(name: str, namespace: str | None, values: dict[str, bytes]) -> str:
    """`data` and not `stringData`: base64 carries quotes, newlines and `$` without any rule of YAML."""
    lines = ["# Written by `make secret`. It holds secrets: not for git.", "apiVersion: v1", "kind: Secret", "metadata:", f"  name: {name}"]
    lines += [f"  namespace: {namespace}"] if namespace else []
    lines += ["type: Opaque", "data:"] + [f"  {key}: {base64.b64encode(value).decode()}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def prepare(path: Path, text: str) -> Path:
    """The text beside its place: mkstemp makes files that only their owner can read."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def folder_and_namespace(customer: str) -> tuple[Path, str | None]:
    folder = Path(os.environ.get("DEPLOY_DIR", "k8s/.deploy"))
    if not customer:
        return folder, None
    if not CUSTOMER.fullmatch(customer) or not Path("k8s/customers", customer).is_dir():
        raise Refused(f"there is no customer '{customer}' in k8s/customers (leave CUSTOMER out, or make customer NAME={customer} first)")
    return folder / customer, f"customer-{customer}"


def write_secrets(customer: str) -> list[Path]:
    folder, namespace = folder_and_namespace(customer)
    values = mysql_values()
    hardware, portal = folder / "secret-hardware.yaml", folder / "secret-portal.yaml"
    signing = portal_secret(portal)
    if len(signing) < 16:
        raise Refused(f"{portal} holds no PORTAL_SECRET of 16 characters or more: remove the file for a new one, or put it right")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ready: list[tuple[Path, Path]] = []
    try:
        # Both are written before either takes its place, so that nothing is half-new when the disk is full.
        ready.append((prepare(hardware, manifest("hardware", namespace, values)), hardware))
        ready.append((prepare(portal, manifest("portal", namespace, {"PORTAL_SECRET": signing})), portal))
        for new, path in ready:
            new.replace(path)
    finally:
        for new, _ in ready:
            new.unlink(missing_ok=True)
    return [hardware, portal]


def main() -> int:
    os.chdir(Path(__file__).resolve().parent.parent)
    try:
        for path in write_secrets(os.environ.get("CUSTOMER", "")):
            print(f"wrote {path}", file=sys.stderr)
    except Refused as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: cannot write the Secrets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
