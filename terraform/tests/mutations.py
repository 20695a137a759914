"""Makes terraform/ careless in one place at a time, in a copy, and expects the tests to notice, by the run and in the words
that are meant for it. Called by scripts/test-terraform.sh after `terraform init`; two at once.

Arguments choose by a part of the name; -v shows what Terraform said.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("terraform").resolve()


@dataclass
class Mutation:
    """What is changed (`old` to `new`, in `file`), and what has to fail: a run of a folder's tests, saying `says`."""

    name: str
    file: str
    old: str
    new: str
    folder: str
    run: str
    says: str
    tests: str = "plan"


PRODUCTION = "environments/production/base"
MUTATIONS = [
    Mutation(
        "public endpoint to 0.0.0.0/0, in the module", "modules/cluster/main.tf",
        "endpoint_public_access  = length(var.public_access_cidrs) > 0\n    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null",
        'endpoint_public_access  = true\n    public_access_cidrs     = ["0.0.0.0/0"]',
        "modules/cluster", "the_endpoint_is_private", "the API server can be reached over the internet",
    ),
    Mutation(
        "public endpoint to 0.0.0.0/0, as a setting", f"{PRODUCTION}/terraform.tfvars",
        "public_access_cidrs = []", 'public_access_cidrs = ["0.0.0.0/0"]',
        PRODUCTION, "production_plans_with_its_own_settings", "would open the API server to everybody",
    ),
    Mutation(
        "storage unencrypted, cluster", "modules/database/cluster.tf", "storage_encrypted = true", "storage_encrypted = false",
        "modules/database", "a_cluster_is_encrypted_and_protected", "the storage is not encrypted",
    ),
    Mutation(
        "storage unencrypted, instance", "modules/database/instance.tf", "storage_encrypted     = true", "storage_encrypted     = false",
        "modules/database", "an_instance_is_encrypted_and_protected", "the storage is not encrypted",
    ),
    Mutation(
        "single zone in production", f"{PRODUCTION}/terraform.tfvars",
        'zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]', 'zones = ["eu-central-1a"]',
        PRODUCTION, "production_plans_with_its_own_settings", "production needs three",
    ),
    Mutation(
        "single zone in production, and nobody minds", "modules/network/variables.tf",
        'var.environment != "production" || length(var.zones) >= 3', "length(var.zones) >= 1",
        "modules/network", "production_refuses_two_zones", "Missing expected failure", "unit",
    ),
    Mutation(
        "production called staging", f"{PRODUCTION}/terraform.tfvars", 'environment = "production"', 'environment = "staging"',
        PRODUCTION, "production_plans_with_its_own_settings", "the other environment is made in its own",
    ),
    Mutation(
        "deletion_protection = false in production", f"{PRODUCTION}/terraform.tfvars",
        "deletion_protection   = true", "deletion_protection   = false",
        PRODUCTION, "production_plans_with_its_own_settings", "production does not go without",
    ),
    Mutation(
        "deletion protection off in the module", "modules/database/cluster.tf",
        "= var.deletion_protection", "= false",
        "modules/database", "a_cluster_is_encrypted_and_protected", "it could be deleted",
    ),
    Mutation(
        "3306 open to the VPC", "modules/database/main.tf",
        "referenced_security_group_id = var.client_security_group_id", 'cidr_ipv4                    = "10.30.0.0/16"',
        "modules/database", "only_the_nodes_reach_3306", "somebody else than the cluster's nodes",
    ),
    Mutation(
        "IAM action *", "modules/customer/main.tf",
        'actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]', 'actions   = ["*"]',
        "modules/customer", "pods_put_below_their_own_prefix_and_no_more", "names? their actions",
    ),
    Mutation(
        "IAM action * for pipelines", "modules/ci/deploy.tf", 'actions   = ["eks:DescribeCluster"]', 'actions   = ["*"]',
        "modules/ci", "deploy_pushes_our_images_and_finds_its_cluster", "a statement allows every action",
    ),
    Mutation(
        "missing sts:TagSession, pods", "modules/pod-identity/main.tf",
        'actions = ["sts:AssumeRole", "sts:TagSession"]', 'actions = ["sts:AssumeRole"]',
        "modules/pod-identity", "only_these_pods_take_the_role", "without the second pods get no credentials",
    ),
    Mutation(
        "missing sts:TagSession, Auto Mode", "modules/cluster/iam.tf",
        'actions = ["sts:AssumeRole", "sts:TagSession"]', 'actions = ["sts:AssumeRole"]',
        "modules/cluster", "the_roles_are_eks_and_its_nodes_own", "without the second no node comes up",
    ),
    Mutation(
        "a customer's password in plain text", "modules/customer/main.tf",
        "  secret_string_wo = jsonencode({\n    PORTAL_SECRET = ephemeral.aws_secretsmanager_random_password.portal.random_password\n  })\n\n  secret_string_wo_version = var.secret_version",
        '  secret_string = jsonencode({\n    PORTAL_SECRET = "correct-horse-battery-staple"\n  })',
        "modules/customer", "no_password_is_in_the_plan", "which the plan and the state keep",
    ),
    Mutation(
        "the administrator's password in plain text", "modules/database/instance.tf",
        "  manage_master_user_password   = true\n  master_user_secret_kms_key_id = module.key.arn", '  password                      = "correct-horse"',
        "modules/database", "no_password_passes_through_terraform_on_an_instance", "not RDS's to make and keep",
    ),
    Mutation(
        "S3 public access", "modules/bucket/main.tf", "block_public_policy     = true", "block_public_policy     = false",
        "modules/bucket", "nothing_is_public", "public access is not blocked",
    ),
    Mutation(
        "require_secure_transport off, cluster", "modules/database/cluster.tf",
        'name         = "require_secure_transport"\n    value        = "1"', 'name         = "require_secure_transport"\n    value        = "0"',
        "modules/database", "tls_is_enforced_on_a_cluster", "connections without TLS",
    ),
    Mutation(
        "require_secure_transport off, instance", "modules/database/instance.tf",
        'name         = "require_secure_transport"\n    value        = "1"', 'name         = "require_secure_transport"\n    value        = "0"',
        "modules/database", "tls_is_enforced_on_an_instance", "connections without TLS",
    ),
]


def copy(target):
    """The code with its .terraform folders, which hold links to the provider. Links to modules become those of the copy."""
    shutil.copytree(ROOT, target, symlinks=True, ignore=shutil.ignore_patterns("*.tfstate*", "moto"))


def mutate(mutation, target):
    path = target / mutation.file
    text = path.read_text()
    if mutation.old not in text:
        return f"{mutation.file} has no longer: {mutation.old}"
    path.write_text(text.replace(mutation.old, mutation.new))
    return None


def only(path, run):
    """Leaves the one run that is asked: the others cost seconds each."""
    parts = re.split(r'(?=^run ")', path.read_text(), flags=re.M)
    kept = [part for part in parts if not part.startswith('run "') or part.startswith(f'run "{run}"')]
    path.write_text("".join(kept))


def failing(output):
    return re.findall(r'^  run "([^"]+)"\.\.\. fail', output, re.M)


def attempt(mutation):
    """(what is wrong, or None; what Terraform said)"""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "terraform"
        copy(target)
        wrong = mutate(mutation, target)
        if wrong:
            return wrong, ""
        only(target / mutation.folder / "tests" / f"{mutation.tests}.tftest.hcl", mutation.run)
        command = ["terraform", f"-chdir={target / mutation.folder}", "test", "-no-color", f"-filter=tests/{mutation.tests}.tftest.hcl"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ, check=False)
        said = re.sub(r"\s+", " ", done.stdout)
        if done.returncode == 0:
            return "nobody noticed", said
        if mutation.run not in failing(done.stdout):
            return f"another run failed than {mutation.run}: {', '.join(failing(done.stdout)) or said[-300:]}", said
        if not re.search(mutation.says, said):
            return f"{mutation.run} failed for another reason than '{mutation.says}'", said
        return None, said


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "-v"]
    chosen = [mutation for mutation in MUTATIONS if not arguments or any(part in mutation.name for part in arguments)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for mutation, (wrong, said) in zip(chosen, pool.map(attempt, chosen)):
            print(f"FAILED: {mutation.name}: {wrong}" if wrong else f"passed: {mutation.name}: caught by {mutation.folder}, {mutation.run}", flush=True)
            if wrong or "-v" in sys.argv:
                print(f"    {said[-1500:]}")


if __name__ == "__main__":
    main()
