"""Makes a one-off Job of one that a deploy has. stdin: that Job as JSON; stdout: the new one.

  job_edit.py NAME [--next-password SECRET] -- ARGUMENT...    the same image, rights and settings, with other arguments

With --next-password the Job gets APP_PASSWORD from that Secret's MYSQL_PASSWORD, instead of the password in use.
"""

import json
import sys


def edited(job: dict, name: str, arguments: list[str], secret: str) -> dict:
    metadata = {"name": name, "namespace": job["metadata"]["namespace"], "labels": job["metadata"].get("labels", {})}
    spec = {key: value for key, value in job["spec"].items() if key not in ("selector", "suspend", "manualSelector")}
    container = spec["template"]["spec"]["containers"][0]
    container["args"] = arguments
    environment = [entry for entry in container.get("env", []) if entry["name"] not in ("APP_PASSWORD", "APP_PASSWORD_FILE")]
    if secret:
        environment.append({"name": "APP_PASSWORD", "valueFrom": {"secretKeyRef": {"name": secret, "key": "MYSQL_PASSWORD"}}})
    container["env"] = environment
    return {"apiVersion": job["apiVersion"], "kind": "Job", "metadata": metadata, "spec": spec}


def main(arguments: list[str]) -> int:
    if "--" not in arguments or len(before := arguments[: arguments.index("--")]) not in (1, 3) or before[1:2] not in ([], ["--next-password"]):
        print(__doc__, file=sys.stderr)
        return 2
    secret = before[2] if len(before) == 3 else ""
    json.dump(edited(json.load(sys.stdin), before[0], arguments[arguments.index("--") + 1 :], secret), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
