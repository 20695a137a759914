"""Turns `terraform output -json` into what the next step reads. Called by terraform.sh and terraform-outputs.sh.

  platform                                    stdin: base's outputs; prints variables of layer platform, or exits with 1
  bootstrap ROOT                              stdin: the bootstrap's; writes backend.hcl and bootstrap.auto.tfvars.json below ROOT
  params BOOTSTRAP BASE PLATFORM ENVIRONMENT  prints params.env from these files
  mysql BASE PLATFORM CUSTOMER                prints the four MYSQL_*, of the administrator or of a customer
"""

import json
import re
import sys
from pathlib import Path

# Kustomize reads an env file line by line and takes everything behind `=` as it stands: quotes would be part of the value.
PLAIN = re.compile(r"[!#-&(-~]+")


def read(path):
    return {name: output["value"] for name, output in json.loads(Path(path).read_text()).items()}


def pretty(value):
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def write(path, text):
    path.write_text(text)
    print(f"wrote {path}", file=sys.stderr)


def platform():
    outputs = json.load(sys.stdin)
    if "platform" not in outputs:
        return 1
    sys.stdout.write(pretty(outputs["platform"]["value"]))
    return 0


def bootstrap(root):
    outputs = json.load(sys.stdin)
    note = "# Written by `make apply LAYER=bootstrap`. It holds no secret: commit it to your own repository.\n"
    hcl = note + "".join(f"{key} = {json.dumps(value)}\n" for key, value in sorted(outputs["backend"]["value"].items()))
    write(Path(root) / "bootstrap" / "backend.hcl", hcl)
    for environment, layers in outputs["environments"]["value"].items():
        folder = Path(root) / "environments" / environment
        write(folder / "backend.hcl", hcl)
        for layer, variables in layers.items():
            write(folder / layer / "bootstrap.auto.tfvars.json", pretty(variables))
    return 0


def params(bootstrap_file, base_file, platform_file, environment):
    account = json.loads(Path(bootstrap_file).read_text())
    base, layer = read(base_file), read(platform_file)
    if "mysql_host" not in base or "customers" not in layer:
        return 1
    region, account_id = account["region"], account["account_id"]
    values = {
        "ENVIRONMENT": environment,
        "AWS_REGION": region,
        "AWS_ACCOUNT_ID": account_id,
        "REGISTRY": f"{account_id}.dkr.ecr.{region}.amazonaws.com",
        "CLUSTER_NAME": base["cluster_name"],
        "NODE_ROLE_NAME": base["node_role_name"],
        "NODE_SECURITY_GROUP_ID": base["node_security_group_id"],
        "PRIVATE_SUBNET_IDS": ",".join(base["private_subnet_ids"]),
        "ALB_CIDRS": ",".join(base["alb_cidrs"]),
        "ALB_GROUP": layer["alb_group"],
        "CERTIFICATE_ARNS": ",".join(layer["certificate_arns"]),
        "DATABASE_CIDRS": ",".join(base["database_cidrs"]),
        "MYSQL_HOST": base["mysql_host"],
        "MYSQL_READ_HOST": base["mysql_read_host"],
        "MYSQL_PORT": str(base["mysql_port"]),
        "MYSQL_ADMIN_USER": base["mysql_admin_user"],
        "MYSQL_ADMIN_SECRET_ARN": base["mysql_admin_secret_arn"],
        "SECRET_PREFIX": f"toolcrib/{environment}",
        "EXPORT_BUCKET": base["export_bucket"],
    }
    bad = [name for name, value in values.items() if not PLAIN.fullmatch(value)]
    if bad:
        print(f"error: {', '.join(bad)}: empty, or with a space, a quote or a line break in it; params.env knows no quoting", file=sys.stderr)
        return 1
    print(f"# Written by `make outputs ENV={environment}` from Terraform's outputs; no secrets, not for editing.")
    for name, value in values.items():
        print(f"{name}={value}")
    budget = base["connections"]
    print(f"connections to MySQL: pods may open {budget['needed']} of {budget['budget']}", file=sys.stderr)
    return 0


def mysql(base_file, platform_file, customer):
    base, customers = read(base_file), read(platform_file)["customers"]
    if customer and customer not in customers:
        print(f"error: there is no customer {customer}; there are {', '.join(sorted(customers))}", file=sys.stderr)
        return 1
    if customer:
        user = database = customers[customer]["database"]
        arn, member = customers[customer]["secret_arn"], "MYSQL_PASSWORD"
    else:
        user, database, arn, member = base["mysql_admin_user"], "mysql", base["mysql_admin_secret_arn"], "password"
    print(f"MYSQL_HOST={base['mysql_host']}")
    print(f"MYSQL_USER={user}")
    print(f"MYSQL_PASSWORD=$(aws secretsmanager get-secret-value --secret-id '{arn}' --query SecretString --output text | jq -r .{member})")
    print(f"MYSQL_DATABASE={database}")
    return 0


def main():
    commands = {"platform": (platform, 0), "bootstrap": (bootstrap, 1), "params": (params, 4), "mysql": (mysql, 3)}
    command, number = commands.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if command is None or len(sys.argv) != number + 2:
        print(__doc__, file=sys.stderr)
        return 2
    return command(*sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
