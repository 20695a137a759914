"""Turns `terraform output -json` (stdin) into the files that the next step reads. Called by terraform.sh and
terraform-outputs.sh.

  platform             base's output `platform`, as variables of layer platform, to stdout; exit 1 if it is not there
  bootstrap ROOT       backend.hcl and bootstrap.auto.tfvars.json below ROOT (the folder `terraform`)
"""

import json
import sys
from pathlib import Path


def pretty(value):
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def write(path, text):
    path.write_text(text)
    print(f"wrote {path}", file=sys.stderr)


def bootstrap(outputs, root):
    backend = outputs["backend"]["value"]
    hcl = "# Written by `make apply LAYER=bootstrap`. It holds no secret: commit it to your own repository.\n" + "".join(
        f"{key} = {json.dumps(value)}\n" for key, value in sorted(backend.items())
    )
    write(root / "bootstrap" / "backend.hcl", hcl)
    for environment, layers in outputs["environments"]["value"].items():
        folder = root / "environments" / environment
        write(folder / "backend.hcl", hcl)
        for layer, variables in layers.items():
            write(folder / layer / "bootstrap.auto.tfvars.json", pretty(variables))


def main():
    outputs = json.load(sys.stdin)
    if sys.argv[1:] == ["platform"]:
        if "platform" not in outputs:
            return 1
        sys.stdout.write(pretty(outputs["platform"]["value"]))
    elif sys.argv[1:2] == ["bootstrap"] and len(sys.argv) == 3:
        bootstrap(outputs, Path(sys.argv[2]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
