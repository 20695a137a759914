"""Walks over every resource that a plan would make, and says what no bank would let pass, whoever wrote it and wherever. The
plans are those of the tests (`terraform test -json -verbose`), of every module and of both environments' own settings.

What is not in RULES or PLAIN is refused: a new kind of thing needs a line here that says what it has to fulfil.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import policies

UNKNOWN = "(known after apply)"
LOGS = {"error", "slowquery"}
AWS_POLICIES = {
    "AmazonEC2ContainerRegistryPullOnly", "AmazonEKSBlockStoragePolicy", "AmazonEKSClusterPolicy", "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy", "AmazonEKSWorkerNodeMinimalPolicy", "PowerUserAccess",
    "service-role/AmazonRDSEnhancedMonitoringRole",
}
SECRET = re.compile(r"(password|secret_string|secret_binary|secret_access_key|private_key|auth_token|user_data)(_wo)?$")
ENCRYPTED = re.compile(r"^(storage_|at_rest_)?encrypted$|^encryption_enabled$")


@dataclass
class Thing:
    address: str
    kind: str
    module: str
    after: dict
    unknown: dict

    def get(self, name: str):
        return UNKNOWN if self.unknown.get(name) is True else self.after.get(name)

    def block(self, name: str) -> "Thing":
        """The one block of that name, or an empty one."""
        after, unknown = ((part.get(name) or [{}]) for part in (self.after, self.unknown))
        return Thing(self.address, self.kind, self.module, *(part[0] if isinstance(part, list) else {} for part in (after, unknown)))


def wants(thing: Thing, **values) -> list[str]:
    return [f"{name} is {thing.get(name)!r}, not {value!r}" for name, value in values.items() if thing.get(name) != value]


def has(thing: Thing, *names: str) -> list[str]:
    return [f"{name} is missing" for name in names if thing.get(name) in (None, "", 0, False, [])]


def has_key(thing: Thing, *names: str) -> list[str]:
    """As `has`; the tests give every key's ARN, so what is not known is AWS's own choice of a key."""
    return [f"{name} is missing" for name in names if thing.get(name) in (None, "", UNKNOWN)]


def document(thing: Thing, name: str, judge: Callable[[dict], list[str]]) -> list[str]:
    text = thing.get(name)
    if text == UNKNOWN:
        return [f"{name} is known only after apply: the test has to give what it names (override_resource)"]
    try:
        return judge(json.loads(text))
    except (TypeError, ValueError):
        return [f"{name} is no policy document"]


def in_production(thing: Thing, names: list[str]) -> bool:
    return any("production" in str(thing.after.get(name)) for name in names)


# --- identities


def iam_role(thing: Thing) -> list[str]:
    found = document(thing, "assume_role_policy", policies.trust)
    found += [f"{name} hides rights in the role" for name in ("inline_policy", "managed_policy_arns") if thing.after.get(name)]
    # Pipelines' roles are made by the bootstrap and nobody else; all others are made by those.
    return found + ([] if str(thing.after.get("name")).startswith("toolcrib-ci-") else has(thing, "permissions_boundary"))


def iam_policy(thing: Thing) -> list[str]:
    return document(thing, "policy", policies.boundary if thing.after.get("name") == "toolcrib-boundary" else policies.identity)


def iam_attachment(thing: Thing) -> list[str]:
    name = str(thing.get("policy_arn")).removeprefix("arn:aws:iam::aws:policy/")
    return [] if name in AWS_POLICIES else [f"{name} is none of AWS's policies that are agreed on"]


def access_policy(thing: Thing) -> list[str]:
    found = [] if str(thing.get("policy_arn")).startswith("arn:aws:eks::aws:cluster-access-policy/AmazonEKS") else ["is no access policy of EKS"]
    deploys = str(thing.get("principal_arn")).endswith("deploy")
    return found + (["pipelines get no access policy; what their group may do is Kubernetes' business"] if deploys else [])


# --- data


def kms_key(thing: Thing) -> list[str]:
    days = thing.get("deletion_window_in_days")
    found = wants(thing, enable_key_rotation=True, deletion_window_in_days=30) if days != 30 else wants(thing, enable_key_rotation=True)
    return found + (["the key is off"] if thing.get("is_enabled") is False else []) + document(thing, "policy", policies.resource)


def parameters(thing: Thing) -> list[str]:
    """As MySQL reads them; the names are all small letters."""
    values = {each["name"]: each["value"] for each in thing.after.get("parameter", [])}
    found = [] if str(values.get("require_secure_transport")).lower() in ("1", "on") else ["connections without TLS: require_secure_transport"]
    return found + ([] if values.get("local_infile") == "0" else ["files of clients are read: local_infile"])


def database(thing: Thing) -> list[str]:
    found = wants(thing, storage_encrypted=True, manage_master_user_password=True, skip_final_snapshot=False, copy_tags_to_snapshot=True,
                  allow_major_version_upgrade=False, apply_immediately=False)
    found += has_key(thing, "kms_key_id", "master_user_secret_kms_key_id") + has(thing, "vpc_security_group_ids", "db_subnet_group_name", "monitoring_interval")
    if thing.get("performance_insights_enabled"):
        found += has_key(thing, "performance_insights_kms_key_id")
    days, production = thing.get("backup_retention_period") or 0, in_production(thing, ["identifier", "cluster_identifier"])
    if days < (7 if production else 1):
        found.append(f"backups are kept for {days} days")
    if production:
        found += wants(thing, deletion_protection=True)
    missing = LOGS - set(thing.get("enabled_cloudwatch_logs_exports") or [])
    return found + [f"log {name} is not exported" for name in sorted(missing)]


def db_instance(thing: Thing) -> list[str]:
    standby = wants(thing, multi_az=True) if in_production(thing, ["identifier"]) else []
    return database(thing) + standby + wants(thing, publicly_accessible=False, delete_automated_backups=False)


def rds_cluster(thing: Thing) -> list[str]:
    return database(thing) + wants(thing, engine="mysql") + has(thing, "db_cluster_instance_class")


def bucket(thing: Thing) -> list[str]:
    return wants(thing, force_destroy=False)


def bucket_encryption(thing: Thing) -> list[str]:
    default = thing.block("rule").block("apply_server_side_encryption_by_default")
    if default.get("sse_algorithm") == "AES256" and "-access-logs" in str(thing.after.get("bucket") or thing.address + "-access-logs"):
        return []
    return wants(default, sse_algorithm="aws:kms") + has_key(default, "kms_master_key_id")


def bucket_policy(thing: Thing) -> list[str]:
    return document(thing, "policy", lambda text: policies.resource(text) + policies.tls_only(text))


def secret_version(thing: Thing) -> list[str]:
    return has(thing, "secret_string_wo_version")


def repository(thing: Thing) -> list[str]:
    found = wants(thing, image_tag_mutability="IMMUTABLE", force_delete=False)
    return found + wants(thing.block("image_scanning_configuration"), scan_on_push=True) + wants(thing.block("encryption_configuration"), encryption_type="KMS") + has_key(thing.block("encryption_configuration"), "kms_key")


# --- network


def ingress_rule(thing: Thing) -> list[str]:
    found = [f"addresses are let in by {name}" for name in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id") if thing.get(name)]
    found += has(thing, "referenced_security_group_id") + wants(thing, ip_protocol="tcp")
    return found + ([] if thing.get("from_port") == thing.get("to_port") is not None else ["more than one port is open"])


def security_group(thing: Thing) -> list[str]:
    return [f"rules within the group ({name}); they are resources of their own" for name in ("ingress", "egress") if thing.after.get(name)]


def subnet(thing: Thing) -> list[str]:
    return wants(thing, map_public_ip_on_launch=False)


def route(thing: Thing) -> list[str]:
    if thing.get("destination_cidr_block") == "0.0.0.0/0" and thing.get("gateway_id") and "aws_route.public" not in thing.address:
        return ["a subnet that is not public gets a way to and from the internet"]
    return []


def flow_log(thing: Thing) -> list[str]:
    return wants(thing, traffic_type="ALL")


def endpoint(thing: Thing) -> list[str]:
    return document(thing, "policy", policies.endpoint)


# --- the cluster, and who is told


def eks_cluster(thing: Thing) -> list[str]:
    network, access = thing.block("vpc_config"), thing.block("access_config")
    found = wants(thing, bootstrap_self_managed_addons=False) + has(thing, "enabled_cluster_log_types")
    found += wants(access, authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False) + wants(network, endpoint_private_access=True)
    for part in (thing.block("compute_config"), thing.block("storage_config").block("block_storage"), thing.block("kubernetes_network_config").block("elastic_load_balancing")):
        found += [f"Auto Mode is not on as a whole: {problem}" for problem in wants(part, enabled=True)]
    missing = {"api", "audit", "authenticator", "controllerManager", "scheduler"} - set(thing.get("enabled_cluster_log_types") or [])
    found += [f"log {name} is off" for name in sorted(missing)]
    if network.get("endpoint_public_access") is not False:
        wide = [cidr for cidr in network.after.get("public_access_cidrs") or ["0.0.0.0/0"] if int(cidr.split("/")[1]) < 20]
        found += [f"the API server is open to {cidr}" for cidr in wide]
        found += ["the API server of production is on the internet"] if in_production(thing, ["name"]) else []
    secrets = thing.block("encryption_config")
    return found + ([] if secrets.get("resources") == ["secrets"] else ["Kubernetes Secrets are not encrypted"]) + has_key(secrets.block("provider"), "key_arn")


def log_group(thing: Thing) -> list[str]:
    return has(thing, "retention_in_days") + has_key(thing, "kms_key_id")


def alarm(thing: Thing) -> list[str]:
    return has(thing, "alarm_actions", "dimensions") + (["the alarm is off"] if thing.get("actions_enabled") is False else [])


RULES = {
    "aws_cloudwatch_log_group": log_group, "aws_cloudwatch_metric_alarm": alarm, "aws_db_instance": db_instance,
    "aws_db_parameter_group": parameters, "aws_default_security_group": security_group, "aws_ecr_repository": repository,
    "aws_eks_access_policy_association": access_policy, "aws_eks_cluster": eks_cluster, "aws_flow_log": flow_log, "aws_iam_policy": iam_policy,
    "aws_iam_role": iam_role, "aws_iam_role_policy": iam_policy, "aws_iam_role_policy_attachment": iam_attachment, "aws_kms_key": kms_key,
    "aws_rds_cluster": rds_cluster, "aws_rds_cluster_parameter_group": parameters, "aws_route": route,
    "aws_route53_zone": lambda thing: wants(thing, force_destroy=False), "aws_s3_bucket": bucket,
    "aws_s3_bucket_ownership_controls": lambda thing: wants(thing.block("rule"), object_ownership="BucketOwnerEnforced"),
    "aws_s3_bucket_policy": bucket_policy,
    "aws_s3_bucket_public_access_block": lambda thing: wants(thing, block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True),
    "aws_s3_bucket_server_side_encryption_configuration": bucket_encryption,
    "aws_s3_bucket_versioning": lambda thing: wants(thing.block("versioning_configuration"), status="Enabled"),
    "aws_secretsmanager_secret": lambda thing: has_key(thing, "kms_key_id") + ([] if (thing.get("recovery_window_in_days") or 0) >= 7 else ["a deleted secret is gone at once"]),
    "aws_secretsmanager_secret_version": secret_version, "aws_security_group": security_group,
    "aws_sns_topic": lambda thing: has_key(thing, "kms_master_key_id"), "aws_sns_topic_policy": bucket_policy,
    "aws_sns_topic_subscription": lambda thing: wants(thing, protocol="email"), "aws_subnet": subnet, "aws_vpc_endpoint": endpoint,
    "aws_vpc_security_group_ingress_rule": ingress_rule,
}
# Nothing about these can be careless by itself.
PLAIN = {
    "aws_acm_certificate", "aws_acm_certificate_validation", "aws_db_event_subscription", "aws_db_subnet_group", "aws_ecr_lifecycle_policy",
    "aws_eip", "aws_eks_access_entry", "aws_eks_addon", "aws_eks_pod_identity_association", "aws_iam_openid_connect_provider",
    "aws_iam_service_linked_role", "aws_internet_gateway", "aws_kms_alias", "aws_nat_gateway", "aws_route53_record", "aws_route_table",
    "aws_route_table_association", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_logging", "aws_vpc",
}
# What a thing never comes without, in the same module.
COMPANIONS = {
    "aws_s3_bucket": [f"aws_s3_bucket_{part}" for part in (
        "lifecycle_configuration", "ownership_controls", "policy", "public_access_block", "server_side_encryption_configuration", "versioning")],
    "aws_vpc": ["aws_flow_log", "aws_default_security_group"],
    "aws_sns_topic": ["aws_sns_topic_policy"],
    "aws_ecr_repository": ["aws_ecr_lifecycle_policy"],
    "aws_db_instance": ["aws_db_parameter_group"],
    "aws_rds_cluster": ["aws_rds_cluster_parameter_group"],
}


def members(value) -> Iterator[tuple]:
    """Every (name, value) within, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


def everywhere(thing: Thing) -> list[str]:
    """What holds for every kind: no secret has a value, what can be encrypted is."""
    found = [f"{name} has a value, which plan and state keep" for name, value in members(thing.after) if SECRET.search(name) and isinstance(value, str) and value]
    found += [f"{name} is {value!r}" for name, value in members(thing.after) if ENCRYPTED.match(name) and value is not True and not thing.unknown.get(name)]
    return found


def things(plan: dict) -> Iterator[Thing]:
    for change in plan.get("resource_changes", []):
        if change["mode"] == "managed" and change["change"]["after"] is not None:
            yield Thing(change["address"], change["type"], change.get("module_address", ""), change["change"]["after"], change["change"]["after_unknown"] or {})


def judge(plan: dict) -> tuple[list[str], int]:
    """Every problem of a plan, each with the address it is about; and how many resources it has."""
    made, found = list(things(plan)), []
    for thing in made:
        rule = RULES.get(thing.kind)
        if rule is None and thing.kind not in PLAIN:
            found.append(f"{thing.address}: nothing of this kind is made here; tests/audit.py would have to say what it has to fulfil")
        problems = (rule(thing) if rule else []) + everywhere(thing)
        for companion in COMPANIONS.get(thing.kind, []):
            if not any(other.kind == companion and other.module == thing.module for other in made):
                problems.append(f"comes without {companion}")
        found += [f"{thing.address}: {problem}" for problem in problems]
    found += [f"output {name}: passwords are not handed around" for name in plan.get("output_changes", {}) if SECRET.search(name)]
    return found, len(made)
