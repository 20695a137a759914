"""Rules for what is around pods: namespaces, Services, the network, Secrets and where they come from."""

import re
from collections.abc import Iterator

import stream as k8s
from network import EXCEPTION, allowed_both_ways, edges, open_paths
from rules import Case, rule

BUILT_IN = {
    "Namespace", "ResourceQuota", "LimitRange", "ServiceAccount", "ConfigMap", "Secret", "Service", "Deployment", "StatefulSet", "Job",
    "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy", "Ingress",
}  # fmt: skip
# The administrator's secret, whose name RDS gives: the one key that is not below toolcrib/<env>/<namespace>/.
ADMIN_SECRET = ("toolcrib-system", "mysql-admin")


@rule("namespaces enforce restricted, with a quota, limits and default-deny both ways")
def namespaces(case: Case) -> Iterator[str]:
    for space in k8s.kind(case.stream, "Namespace"):
        called, labels = k8s.name(space), space["metadata"].get("labels", {})
        for mode in ("enforce", "audit", "warn"):
            if labels.get(f"pod-security.kubernetes.io/{mode}") != "restricted":
                yield f"namespace {called}: does not {mode} restricted"
        for wanted in ("ResourceQuota", "LimitRange"):
            if not any(k8s.namespace(thing) == called for thing in k8s.kind(case.stream, wanted)):
                yield f"namespace {called}: no {wanted}"
        deny = k8s.find(case.stream, "NetworkPolicy", "default-deny", called)
        if not deny or deny["spec"] != {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}:
            yield f"namespace {called}: no default-deny both ways"


@rule("everything is in a namespace of its own, and that namespace is there")
def placed(case: Case) -> Iterator[str]:
    there = {k8s.name(space) for space in k8s.kind(case.everything, "Namespace")} | {"kube-system"}
    cluster_wide = {"Namespace", "ClusterRole", "ClusterRoleBinding", "NodePool", "NodeClass", "IngressClass", "IngressClassParams",
                    "ClusterSecretStore", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}  # fmt: skip
    for thing in case.stream:
        if thing["kind"] not in cluster_wide and k8s.namespace(thing) not in there:
            yield f"{k8s.title(thing)}: namespace {k8s.namespace(thing) or '(none)'} is not among {', '.join(sorted(there))}"


@rule("every Service has pods, and the port it leads to")
def services(case: Case) -> Iterator[str]:
    for service in k8s.kind(case.stream, "Service"):
        chosen = [w for w in case.servers() if k8s.namespace(w) == k8s.namespace(service) and k8s.is_selected({"matchLabels": service["spec"]["selector"]}, k8s.pod_labels(w))]
        if len(chosen) != 1:
            yield f"{k8s.title(service)}: selects {len(chosen)} Deployments and StatefulSets"
        for port in service["spec"]["ports"]:
            if any(port["targetPort"] not in k8s.ports(workload) for workload in chosen):
                yield f"{k8s.title(service)}: leads to port {port['targetPort']}, which its pods do not have"
        if service["spec"].get("type", "ClusterIP") != "ClusterIP" and k8s.name(service) != EXCEPTION:
            yield f"{k8s.title(service)}: type {service['spec']['type']} opens it to others"


@rule("what selectors of Deployments, budgets and policies select is there")
def selectors(case: Case) -> Iterator[str]:
    for workload in case.servers():
        if not k8s.is_selected(workload["spec"]["selector"], k8s.pod_labels(workload)):
            yield f"{k8s.title(workload)}: does not select its own pods"
    for policy in k8s.kind(case.stream, "NetworkPolicy", "PodDisruptionBudget"):
        chosen = policy["spec"].get("podSelector", policy["spec"].get("selector", {}))
        pods = [w for w in k8s.kind(case.everything, *k8s.WORKLOADS) if k8s.namespace(w) == k8s.namespace(policy)]
        if chosen and pods and not any(k8s.is_selected(chosen, k8s.pod_labels(w)) for w in pods):
            yield f"{k8s.title(policy)}: selects no pods"


@rule("hardware is reached through the portal, by exact paths of api-host, or by load-balancer-4545")
def behind_the_portal(case: Case) -> Iterator[str]:
    yield from open_paths(case.stream)


@rule("every edge has its network allow on both sides")
def network(case: Case) -> Iterator[str]:
    for edge in edges(case.everything):
        yield from allowed_both_ways(case.everything, edge)


@rule("every Secret and ConfigMap that is named is there, with the key")
def references(case: Case) -> Iterator[str]:
    for workload in case.workloads():
        space, title = k8s.namespace(workload), k8s.title(workload)
        for what, called, key in named(workload):
            if what == "Secret":
                keys = k8s.secret_data(case.everything, called, space)
            else:
                config = k8s.find(case.everything, "ConfigMap", called, space)
                keys = set(config["data"]) if config else None
            if keys is None:
                yield f"{title}: there is no {what} {called}"
            elif key and key not in keys:
                yield f"{title}: {what} {called} has no key {key}"
        account = k8s.pod(workload).get("serviceAccountName", "default")
        if not k8s.find(case.everything, "ServiceAccount", account, space):
            yield f"{title}: there is no ServiceAccount {account}"
    if case.profile == "local":
        wanted = {"MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"}
        for secret in k8s.kind(case.stream, "Secret"):
            if k8s.name(secret) == "hardware" and k8s.secret_data(case.stream, "hardware", k8s.namespace(secret)) != wanted:
                yield f"{k8s.title(secret)}: has other keys than the four MYSQL_*"


def named(workload: k8s.Object) -> Iterator[tuple[str, str, str]]:
    """Kind, name and key (or nothing) of what a pod refers to."""
    for box in k8s.containers(workload):
        for source in box.get("envFrom", []):
            for field, what in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if field in source:
                    yield what, source[field]["name"], ""
        for entry in box.get("env", []):
            for field, what in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                if field in entry.get("valueFrom", {}):
                    yield what, entry["valueFrom"][field]["name"], entry["valueFrom"][field]["key"]
    for volume in k8s.pod(workload).get("volumes", []):
        if "secret" in volume:
            for item in volume["secret"].get("items") or [{"key": ""}]:
                yield "Secret", volume["secret"]["secretName"], item["key"]
        if "configMap" in volume:
            for item in volume["configMap"].get("items") or [{"key": ""}]:
                yield "ConfigMap", volume["configMap"]["name"], item["key"]


@rule("pods of all customers stay within the connection budget")
def connections(case: Case) -> Iterator[str]:
    scaler = k8s.find(case.stream, "HorizontalPodAutoscaler", "hardware")
    hardware = k8s.find(case.stream, "Deployment", "hardware")
    if not scaler or not hardware:
        return
    env = {entry["name"]: entry.get("value", "") for entry in k8s.containers(hardware)[0]["env"]}
    opened = 2 * int(env.get("DATABASE__MAX_CONNECTIONS", "0") or 0)
    if opened != 12:
        yield f"{k8s.title(hardware)}: a pod opens {opened} connections, and the budget counts 12"
    surge = hardware["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    most = case.settings.max_pods(k8s.namespace(hardware), case.stream)
    if scaler["spec"]["maxReplicas"] + surge > most:
        yield f"{k8s.title(scaler)}: {scaler['spec']['maxReplicas']} pods and {surge} of a rollout are more than max_pods, {most}"


@rule("under profile local there are built-in kinds only")
def built_in(case: Case) -> Iterator[str]:
    if case.profile == "local":
        for thing in case.stream:
            if thing["kind"] not in BUILT_IN:
                yield f"{k8s.title(thing)}: a bare cluster does not know it"


@rule("secrets are read below toolcrib/<env>/<namespace>/, but for the administrator's in toolcrib-system")
def remote_keys(case: Case) -> Iterator[str]:
    for external in k8s.kind(case.stream, "ExternalSecret"):
        space, store = k8s.namespace(external), external["spec"]["secretStoreRef"]
        system = space == "toolcrib-system"
        wanted = {"kind": "SecretStore", "name": "toolcrib-system"} if system else {"kind": "ClusterSecretStore", "name": "toolcrib"}
        if store != wanted:
            yield f"{k8s.title(external)}: reads from {store['kind']} {store['name']}"
        for entry in external["spec"].get("data", []):
            key = entry["remoteRef"]["key"]
            if (space, k8s.name(external)) == ADMIN_SECRET:
                if ":secret:rds!" not in key:
                    yield f"{k8s.title(external)}: {key} is not the secret that RDS keeps"
                continue
            within = k8s.name(external) if system else space
            if not re.fullmatch(rf"toolcrib/(staging|production)/{re.escape(within)}/[a-z-]+", key) or not within.startswith("customer-"):
                yield f"{k8s.title(external)}: {key} is not below toolcrib/<env>/{within}/"
        if external["spec"].get("dataFrom"):
            yield f"{k8s.title(external)}: dataFrom takes whatever is there"
