"""Asks hardware and portal of one customer, and compares with its ConfigMap.

  synthetic.py CONFIGMAP.json HARDWARE-PORT PORTAL-PORT [WANTED-VERSION]     ports of loopback; prints a line a question
"""

import html
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

# A service that was just made ready may still be unready to the way in.
PATIENCE_S = 20
KNOWN = {"A": "Hi!", "B": "Dear Sir or Madam!", "C": "Moin!"}


def ask(port: str, path: str) -> tuple[int, str]:
    # No proxy: loopback is meant, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def check(what: str, port: str, path: str, problem) -> bool:
    """One question, until `problem(status, body)` has nothing to say or patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        status, body = ask(port, path)
        why = problem(status, body)
        if why is None:
            print(f"ok      {what}")
            return True
        if time.monotonic() >= deadline:
            print(f"FAILED  {what}: {why}", file=sys.stderr)
            return False
        time.sleep(0.5)


def is_ok(status: int, body: str) -> str | None:
    return None if status == 200 else f"{status or 'no answer'}: {body.strip()[:200]}"


def member(body: str, *path: str):
    try:
        value = json.loads(body)
        for name in path:
            value = value[name]
        return value
    except (ValueError, KeyError, TypeError):
        return None


def main(configmap: str, hardware: str, portal: str, version: str = "") -> int:
    data = json.loads(Path(configmap).read_text()).get("data") or {}
    greeting = data.get("CUSTOMER_GREETING") or KNOWN.get(data.get("CUSTOMER_NAME", ""), "")

    def greets(status: int, body: str) -> str | None:
        got = member(body, "response")
        return is_ok(status, body) or (None if got == greeting else f"it says {got!r}")

    def tells(status: int, body: str) -> str | None:
        got = member(body, "info", "version")
        return is_ok(status, body) or (None if got == version or not version and got else f"it says {got!r}")

    def shows(status: int, body: str) -> str | None:
        return is_ok(status, body) or (None if greeting in html.unescape(body) else "the page does not greet so")

    good = [
        check("hardware is ready", hardware, "/readyz", is_ok),
        check(f"hardware greets: {greeting}", hardware, "/", greets),
        check(f"hardware tells its version{': ' + version if version else ''}", hardware, "/openapi.json", tells),
        check("portal is ready", portal, "/readyz", is_ok),
        check("portal shows its first page, and greets", portal, "/", shows),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
