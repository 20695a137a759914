"""What `make rotate` does with the password of a customer's MySQL user. Secrets come by stdin or by file, never as arguments.

  next NAMESPACE NAME       prints Secret NAME with a new password
  patch NEXT.json           prints the patch that gives Secret `hardware` the password of NEXT.json
  merge NEXT.json           stdin: the four MYSQL_* as AWS Secrets Manager keeps them; prints them with the new password
  same NEXT.json            stdin: Secret `hardware` as JSON; exit status 0 if it has the password of NEXT.json
  rewrite NEXT.json FILE    puts it into the file that `make secret` wrote
  stale FILE                stdin: Secret `hardware` as JSON; exit status 0 if it was rotated, and FILE has another password
"""

import base64
import json
import os
import re
import secrets
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

ROTATED = "toolcrib.parcellab.com/rotated"


def next_secret(namespace: str, name: str) -> dict:
    password = base64.b64encode(secrets.token_urlsafe(30).encode()).decode()
    metadata = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "toolcrib"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": {"MYSQL_PASSWORD": password}}


def encoded(path: str) -> str:
    return json.loads(Path(path).read_text())["data"]["MYSQL_PASSWORD"]


def patch(password: str) -> dict:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"metadata": {"annotations": {ROTATED: now}}, "data": {"MYSQL_PASSWORD": password}}


def merged(values: dict, password: str) -> dict:
    return values | {"MYSQL_PASSWORD": base64.b64decode(password).decode()}


def stale(secret: dict, file: Path) -> bool:
    rotated = ROTATED in (secret["metadata"].get("annotations") or {})
    return rotated and f"\n  MYSQL_PASSWORD: {secret['data'].get('MYSQL_PASSWORD')}\n" not in file.read_text()


def rewrite(path: Path, password: str) -> None:
    text, count = re.subn(r"^  MYSQL_PASSWORD: .*$", f"  MYSQL_PASSWORD: {password}", path.read_text(), flags=re.M)
    if count != 1:
        sys.exit(f"error: {path} is not what make secret wrote; its password is the old one now")
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.replace(name, path)


def main(command: str = "", *arguments: str) -> int:
    if command == "next" and len(arguments) == 2:
        json.dump(next_secret(*arguments), sys.stdout)
    elif command == "patch" and len(arguments) == 1:
        json.dump(patch(encoded(*arguments)), sys.stdout)
    elif command == "merge" and len(arguments) == 1:
        json.dump(merged(json.load(sys.stdin), encoded(*arguments)), sys.stdout)
    elif command == "same" and len(arguments) == 1:
        return 0 if json.load(sys.stdin)["data"].get("MYSQL_PASSWORD") == encoded(*arguments) else 1
    elif command == "stale" and len(arguments) == 1:
        return 0 if stale(json.load(sys.stdin), Path(arguments[0])) else 1
    elif command == "rewrite" and len(arguments) == 2:
        rewrite(Path(arguments[1]), encoded(arguments[0]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
