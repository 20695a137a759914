"""The parts of a kustomization that k8s_overlay.py writes: patches with what Terraform knows, and YAML without a library."""

import json
import re

NOTE = "# Written by scripts/k8s_overlay.py. It holds no secret: a GitOps repository commits it as it is.\n"

# What is read of params.env.
PARAMS = (
    "ENVIRONMENT", "AWS_REGION", "AWS_ACCOUNT_ID", "NODE_ROLE_NAME", "NODE_SECURITY_GROUP_ID", "PRIVATE_SUBNET_IDS", "ALB_CIDRS",
    "ALB_GROUP", "CERTIFICATE_ARNS", "DATABASE_CIDRS", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_ADMIN_SECRET_ARN", "EXPORT_BUCKET",
)  # fmt: skip

# From ConfigMap `site`, which the patches have changed by then.
REPLACEMENTS = [
    {
        "source": {"kind": "ConfigMap", "name": "site", "fieldPath": "data.ENVIRONMENT"},
        "targets": [
            {
                "select": {"kind": "ExternalSecret"},
                "fieldPaths": ["spec.data.*.remoteRef.key"],
                "options": {"delimiter": "/", "index": 1},
            }
        ],
    },
]

APIS = {"Deployment": "apps/v1", "Job": "batch/v1", "ConfigMap": "v1", "Secret": "v1"}


def head(resources: list[str], components: list[str]) -> dict:
    whole = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "sortOptions": {"order": "legacy"}}
    return whole | {"resources": resources} | ({"components": components} if components else {})


def operations(kind: str, name: str, values: dict[str, object]) -> dict:
    """Replaces by path."""
    body = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
    return {"target": {"kind": kind, "name": name}, "patch": body}


def merged(kind: str, name: str, **content: object) -> dict:
    """Merges. With a target: by the patch's own name alone nothing in another namespace is found."""
    return {"target": {"kind": kind, "name": name}, "patch": {"apiVersion": APIS[kind], "kind": kind, "metadata": {"name": name}} | content}


def targeted(kind: str, name: str, **content: object) -> dict:
    """By target: in a namespace the name alone would not be found."""
    return {"target": {"kind": kind, "name": name}} | merged(kind, name, **content)


def environment(kind: str, name: str, container: str, variables: dict[str, str]) -> dict:
    env = [{"name": variable, "value": value} for variable, value in variables.items()]
    containers = {"containers": [{"name": container, "env": env}]}
    return merged(kind, name, spec={"template": {"spec": containers}})


def renamed(job: str, suffix: str) -> dict:
    return operations("Job", job, {"/metadata/name": f"{job}-{suffix}"}) | {"options": {"allowNameChange": True}}


def released(release: str) -> list[dict]:
    annotations = {"metadata": {"annotations": {"toolcrib.parcellab.com/release": release}}}
    return [targeted("Deployment", service, spec={"template": annotations}) for service in ("hardware", "portal")]


def left_out(kind: str, name: str) -> dict:
    return targeted(kind, name, **{"$patch": "delete"})


def blocks(cidrs: str) -> list[dict]:
    return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs.split(",")]


def aws_patches(namespace: str, entry: dict, params: dict[str, str]) -> list[dict]:
    """`entry` is the customer's in customers.json."""
    port = params["MYSQL_PORT"]
    hardware = {
        "MYSQL_PORT": port,
        "AWS_REGION": params["AWS_REGION"],
        "STORAGE_URL": f"s3://{params['EXPORT_BUCKET']}/{namespace}",
    }
    database = {"/spec/egress/0/to": blocks(params["DATABASE_CIDRS"]), "/spec/egress/0/ports/0/port": int(port)}
    balancer = {"/spec/ingress/0/from": blocks(params["ALB_CIDRS"])}
    return [
        merged("ConfigMap", "site", data={"ENVIRONMENT": params["ENVIRONMENT"], "HOST": entry["host"]}),
        operations("Ingress", "api-host", {"/spec/rules/0/host": entry["host"]}),
        operations("Ingress", "portal", {"/spec/rules/0/host": f"portal.{entry['host']}"}),
        # A rollout starts one before it stops one: together they are max_pods.
        operations("HorizontalPodAutoscaler", "hardware", {"/spec/maxReplicas": entry.get("max_pods", 6) - 1}),
        environment("Deployment", "hardware", "hardware", hardware),
        environment("Deployment", "portal", "portal", {"TRUSTED_PROXIES": params["ALB_CIDRS"]}),
        environment("Job", "migrate", "migrate", {"MYSQL_PORT": port}),
        environment("Job", f"database-ensure-{namespace}", "database-ensure", {"MYSQL_PORT": port}),
        operations("NetworkPolicy", "database-clients", database),
        operations("NetworkPolicy", "portal-ingress", balancer),
        operations("NetworkPolicy", "api-host", balancer),
    ]


def platform_patches(params: dict[str, str]) -> list[dict]:
    region, port = params["AWS_REGION"], int(params["MYSQL_PORT"])
    role = f"arn:aws:iam::{params['AWS_ACCOUNT_ID']}:role/toolcrib-{params['ENVIRONMENT']}-system"
    secret = params["MYSQL_ADMIN_SECRET_ARN"]
    nodes = {
        "/spec/role": params["NODE_ROLE_NAME"],
        "/spec/subnetSelectorTerms": [{"id": subnet} for subnet in params["PRIVATE_SUBNET_IDS"].split(",")],
        "/spec/securityGroupSelectorTerms": [{"id": params["NODE_SECURITY_GROUP_ID"]}],
    }
    balancer = {"/spec/group/name": params["ALB_GROUP"], "/spec/certificateARNs": params["CERTIFICATE_ARNS"].split(",")}
    admin = {
        "/spec/target/template/data/MYSQL_HOST": params["MYSQL_HOST"],
        "/spec/data/0/remoteRef/key": secret,
        "/spec/data/1/remoteRef/key": secret,
    }
    database = {"/spec/egress/0/to": blocks(params["DATABASE_CIDRS"]), "/spec/egress/0/ports/0/port": port}
    return [
        operations("NodeClass", "toolcrib", nodes),
        operations("IngressClassParams", "alb", balancer),
        operations("ClusterSecretStore", "toolcrib", {"/spec/provider/aws/region": region}),
        operations("SecretStore", "toolcrib-system", {"/spec/provider/aws/region": region, "/spec/provider/aws/role": role}),
        operations("ExternalSecret", "mysql-admin", admin),
        operations("NetworkPolicy", "database-clients", database),
    ]


def scalar(value: object) -> str:
    """Bare only where no reader of YAML could take it for something else."""
    text = value if isinstance(value, str) else json.dumps(value)
    bare = re.fullmatch(r"[A-Za-z./$][A-Za-z0-9./_$-]*", text) and text.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
    return text if bare or not isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def member(key: str, value: object, pad: str) -> str:
    if key == "patch":
        body = yaml(value).replace("\n", f"\n{pad}  ")
        return f"{pad}patch: |-\n{pad}  {body}"
    if isinstance(value, (dict, list)):
        return f"{pad}{scalar(key)}:\n{yaml(value, len(pad) + 2)}"
    return f"{pad}{scalar(key)}: {scalar(value)}"


def yaml(value: object, indent: int = 0) -> str:
    """What a kustomization needs of YAML: maps, lists, text, numbers."""
    pad = " " * indent
    if isinstance(value, dict):
        return "\n".join(member(key, item, pad) for key, item in value.items())
    if isinstance(value, list):
        return "\n".join(f"{pad}- {yaml(item, indent + 2).lstrip()}" for item in value)
    return pad + scalar(value)
