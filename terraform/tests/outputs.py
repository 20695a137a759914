"""What `make outputs` writes for Kubernetes, from outputs made up here: exact text, readable by kustomize, refused where it
could not be read. Called by scripts/test-terraform.sh.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = Path("scripts/terraform_outputs.py").resolve()
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-1-AbCdEf"
BASE = {
    "cluster_name": "toolcrib-staging", "node_role_name": "toolcrib-staging-node", "node_security_group_id": "sg-1", "private_subnet_ids": ["subnet-a", "subnet-b"],
    "alb_cidrs": ["10.20.192.0/24", "10.20.193.0/24"], "database_cidrs": ["10.20.208.0/24"], "mysql_host": "db.example", "mysql_read_host": "db-ro.example",
    "mysql_port": 3306, "mysql_admin_user": "toolcrib_admin", "mysql_admin_secret_arn": SECRET, "export_bucket": "exports", "connections": {"budget": 224, "needed": 180},
}
PLATFORM = {
    "alb_group": "toolcrib-staging", "certificate_arns": ["arn:aws:acm:eu-central-1:123456789012:certificate/1", "arn:aws:acm:eu-central-1:123456789012:certificate/2"],
    "customers": {"a": {"database": "customer_a", "secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:toolcrib/staging/customer-a/hardware-AbCdEf"}},
}
PARAMS = """\
# Written by `make outputs ENV=staging` from Terraform's outputs; no secrets, not for editing.
ENVIRONMENT=staging
AWS_REGION=eu-central-1
AWS_ACCOUNT_ID=123456789012
REGISTRY=123456789012.dkr.ecr.eu-central-1.amazonaws.com
CLUSTER_NAME=toolcrib-staging
NODE_ROLE_NAME=toolcrib-staging-node
NODE_SECURITY_GROUP_ID=sg-1
PRIVATE_SUBNET_IDS=subnet-a,subnet-b
ALB_CIDRS=10.20.192.0/24,10.20.193.0/24
ALB_GROUP=toolcrib-staging
CERTIFICATE_ARNS=arn:aws:acm:eu-central-1:123456789012:certificate/1,arn:aws:acm:eu-central-1:123456789012:certificate/2
DATABASE_CIDRS=10.20.208.0/24
MYSQL_HOST=db.example
MYSQL_READ_HOST=db-ro.example
MYSQL_PORT=3306
MYSQL_ADMIN_USER=toolcrib_admin
MYSQL_ADMIN_SECRET_ARN=arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-1-AbCdEf
SECRET_PREFIX=toolcrib/staging
EXPORT_BUCKET=exports
"""


def check(name, good, detail=""):
    print(f"{'passed' if good else 'FAILED'}: {name}" + ("" if good else f": {detail}"))


def run(folder, command, *rest, base=None, platform=None):
    for name, values in (("base", base or BASE), ("platform", platform or PLATFORM)):
        (folder / f"{name}.json").write_text(json.dumps({key: {"value": value} for key, value in values.items()}))
    (folder / "bootstrap.json").write_text(json.dumps({"region": "eu-central-1", "account_id": "123456789012"}))
    files = [str(folder / f"{name}.json") for name in (("bootstrap", "base", "platform") if command == "params" else ("base", "platform"))]
    return subprocess.run([sys.executable, str(SCRIPT), command, *files, *rest], capture_output=True, text=True, check=False)


def generated(folder):
    """What kustomize makes of the file, or None where there is no kustomize."""
    command = [["kustomize", "build"], ["kubectl", "kustomize"]][0 if shutil.which("kustomize") else 1]
    if not shutil.which(command[0]):
        return None
    (folder / "params.env").write_text(PARAMS)
    (folder / "kustomization.yaml").write_text("configMapGenerator:\n- name: params\n  envs: [params.env]\n")
    return subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False).stdout


def as_kustomize_prints(line):
    name, value = line.split("=", 1)
    return f"  {name}: " + (f'"{value}"' if value.isdigit() else value)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        done = run(folder, "params", "staging")
        check("params.env is exactly what docs/operations/aws.md lists", done.stdout == PARAMS, done.stdout + done.stderr)
        text = generated(folder)
        if text is not None:
            missing = [line for line in PARAMS.splitlines()[1:] if as_kustomize_prints(line) not in text]
            check("kustomize reads every value as it stands", not missing, missing)
        documented = Path("docs/operations/aws.md").read_text()
        names = [line.split("=")[0] for line in PARAMS.splitlines()[1:]]
        check("each of its keys is documented", all(f"`{name}`" in documented for name in names), [name for name in names if f"`{name}`" not in documented])
        for bad in ("a b", "a\nB=c", 'a"', "a'", ""):
            done = run(folder, "params", "staging", base={**BASE, "export_bucket": bad})
            check(f"a value {bad!r} is refused", done.returncode == 1 and "EXPORT_BUCKET" in done.stderr and not done.stdout, done.stdout + done.stderr)
        admin, customer, nobody = run(folder, "mysql", ""), run(folder, "mysql", "a"), run(folder, "mysql", "b")
        check("the administrator's password is a command, not a value", f"get-secret-value --secret-id '{SECRET}'" in admin.stdout and "jq -r .password" in admin.stdout, admin.stdout)
        lines = [line.split("=")[0] for line in customer.stdout.splitlines()]
        check("a customer gets the four MYSQL_*", lines == ["MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"] and "MYSQL_USER=customer_a" in customer.stdout, customer.stdout)
        check("an unknown customer is named, and those that there are", nobody.returncode == 1 and "there is no customer b; there are a" in nobody.stderr, nobody.stderr)


if __name__ == "__main__":
    main()
