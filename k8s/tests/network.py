"""Who talks to whom, and which network policies let them: an edge needs a way out of its source and a way into its target."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

import stream as k8s

EXCEPTION = "hardware-4545"
API_PATHS = {"/", "/health", "/api/health", "/api/mirror"}
DNS = {"k8s-app": "kube-dns"}


@dataclass
class Peer:
    """One end: pods (a namespace and labels), or addresses."""

    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    cidr: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    inside: bool = False  # rendered here, so that a policy here has to let it

    def __str__(self) -> str:
        return self.cidr or f"{self.namespace}/{self.labels.get('app.kubernetes.io/name', self.labels.get('k8s-app', '?'))}"


@dataclass
class Edge:
    why: str
    source: Peer
    target: Peer
    port: int
    protocol: str = "TCP"


def of(workload: k8s.Object) -> Peer:
    return Peer(k8s.namespace(workload), k8s.pod_labels(workload), ports=k8s.ports(workload), inside=True)


def matches(peer: Peer, entry: dict, own_namespace: str) -> bool:
    """Whether an entry of `from` or `to` means this peer."""
    if "ipBlock" in entry:
        if not peer.cidr:
            return False
        whole, block = ipaddress.ip_network(peer.cidr), ipaddress.ip_network(entry["ipBlock"]["cidr"])
        excepted = (ipaddress.ip_network(cidr) for cidr in entry["ipBlock"].get("except", []))
        return whole.subnet_of(block) and not any(whole.overlaps(cidr) for cidr in excepted)
    if peer.cidr:
        return False
    if "namespaceSelector" in entry:
        if not k8s.is_selected(entry["namespaceSelector"], {"kubernetes.io/metadata.name": peer.namespace}):
            return False
    elif peer.namespace != own_namespace:
        return False
    return k8s.is_selected(entry.get("podSelector", {}), peer.labels)


def has_port(rule: dict, edge: Edge) -> bool:
    def number(port: int | str) -> int | None:
        return port if isinstance(port, int) else edge.target.ports.get(port)

    if "ports" not in rule:
        return True
    return any(entry.get("protocol", "TCP") == edge.protocol and number(entry["port"]) == edge.port for entry in rule["ports"])


def lets(stream: list[k8s.Object], edge: Edge, direction: str) -> bool:
    own, other = (edge.target, edge.source) if direction == "Ingress" else (edge.source, edge.target)
    side = "from" if direction == "Ingress" else "to"
    for policy in k8s.kind(stream, "NetworkPolicy"):
        spec = policy["spec"]
        if k8s.namespace(policy) != own.namespace or direction not in spec["policyTypes"] or not k8s.is_selected(spec["podSelector"], own.labels):
            continue
        for rule in spec.get(direction.lower(), []):
            if has_port(rule, edge) and (side not in rule or any(matches(other, entry, own.namespace) for entry in rule[side])):
                return True
    return False


def allowed_both_ways(stream: list[k8s.Object], edge: Edge) -> Iterator[str]:
    if edge.source.inside and not lets(stream, edge, "Egress"):
        yield f"{edge.why}: nothing lets {edge.source} out to {edge.target}, port {edge.port}"
    if edge.target.inside and not lets(stream, edge, "Ingress"):
        yield f"{edge.why}: nothing lets {edge.source} in to {edge.target}, port {edge.port}"


def behind(stream: list[k8s.Object], service: k8s.Object) -> list[k8s.Object]:
    pods = k8s.kind(stream, "Deployment", "StatefulSet")
    selector = {"matchLabels": service["spec"]["selector"]}
    return [w for w in pods if k8s.namespace(w) == k8s.namespace(service) and k8s.is_selected(selector, k8s.pod_labels(w))]


def through(stream: list[k8s.Object], why: str, source: Peer, service: k8s.Object, port: int | str) -> Iterator[Edge]:
    """Edges through a Service's port, by number or name, to its pods."""
    for entry in service["spec"]["ports"]:
        if port in (entry["port"], entry["name"]):
            for workload in behind(stream, service):
                yield Edge(why, source, of(workload), k8s.ports(workload).get(entry["targetPort"], 0))


def variables(workload: k8s.Object) -> dict[str, str]:
    return {entry["name"]: entry.get("value", "") for box in k8s.containers(workload) for entry in box.get("env", [])}


def controllers(stream: list[k8s.Object], ingress: k8s.Object) -> list[Peer]:
    """Where requests of this Ingress come from."""
    if ingress["spec"].get("ingressClassName") == "alb":
        portal = k8s.find(stream, "Deployment", "portal", k8s.namespace(ingress))
        believed = variables(portal)["TRUSTED_PROXIES"] if portal else ""
        return [Peer(cidr=cidr) for cidr in believed.split(",") if cidr]
    return [Peer(namespace, {"app.kubernetes.io/name": "traefik"}) for namespace in ("traefik", "kube-system")]


def edges(stream: list[k8s.Object]) -> Iterator[Edge]:
    for workload in k8s.kind(stream, *k8s.WORKLOADS):
        yield from of_workload(stream, workload)
    for ingress in k8s.kind(stream, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                service = k8s.find(stream, "Service", backend["name"], k8s.namespace(ingress))
                for source in controllers(stream, ingress) if service else []:
                    yield from through(stream, k8s.title(ingress), source, service, backend["port"].get("name", backend["port"].get("number")))
    for service in k8s.kind(stream, "Service"):
        for cidr in service["spec"].get("loadBalancerSourceRanges", []):
            for port in service["spec"]["ports"]:
                yield from through(stream, k8s.title(service), Peer(cidr=cidr), service, port["port"])


def of_workload(stream: list[k8s.Object], workload: k8s.Object) -> Iterator[Edge]:
    title, values, own = k8s.title(workload), variables(workload), of(workload)
    if "metrics" in own.ports:
        prometheus = Peer("monitoring", {"app.kubernetes.io/name": "prometheus"})
        yield Edge(f"{title}: metrics", prometheus, own, own.ports["metrics"])
    if "HARDWARE_HOST" in values:
        host, _, port = values["HARDWARE_HOST"].partition(":")
        service = k8s.find(stream, "Service", host, own.namespace)
        found = list(through(stream, f"{title}: HARDWARE_HOST", own, service, int(port or 5001))) if service else []
        # A name that nothing answers to: an edge without a way.
        yield from found or [Edge(f"{title}: HARDWARE_HOST={values['HARDWARE_HOST']} is no Service", own, Peer(host), 0)]
    if "MYSQL_HOST" in values:
        yield from to_database(stream, workload, own)
    if values.get("STORAGE_URL", "").startswith("s3://"):
        yield Edge(f"{title}: storage", own, Peer(cidr="52.219.0.0/16"), 443)
        yield Edge(f"{title}: Pod Identity", own, Peer(cidr="169.254.170.23/32"), 80)
    if set(values) & {"HARDWARE_HOST", "MYSQL_HOST"}:
        for protocol in ("UDP", "TCP"):
            yield Edge(f"{title}: names", own, Peer("kube-system", DNS), 53, protocol)


def to_database(stream: list[k8s.Object], workload: k8s.Object, own: Peer) -> Iterator[Edge]:
    title = f"{k8s.title(workload)}: MySQL"
    service = k8s.find(stream, "Service", "mysql", own.namespace)
    if service:
        yield from through(stream, title, own, service, "mysql")
        return
    # Outside: wherever the policies of clients lead, every one of them has to be let out to the same addresses.
    for policy in k8s.kind(stream, "NetworkPolicy"):
        if k8s.name(policy) == "database-clients" and k8s.namespace(policy) == own.namespace:
            for rule in policy["spec"]["egress"]:
                for entry in rule["to"]:
                    yield Edge(title, own, Peer(cidr=entry["ipBlock"]["cidr"]), int(variables(workload)["MYSQL_PORT"]))
            if not policy["spec"]["egress"]:
                yield Edge(title, own, Peer(cidr="10.0.0.0/8"), 3306)


def open_paths(stream: list[k8s.Object]) -> Iterator[str]:
    """Ways to hardware that are neither the portal's, nor one of api-host's paths, nor the one exception."""
    for hardware in (w for w in k8s.kind(stream, "Deployment") if k8s.name(w) == "hardware"):
        yield from by_ingress(stream, hardware)
        yield from by_service(stream, hardware)
        yield from by_policy(stream, hardware)


def by_ingress(stream: list[k8s.Object], hardware: k8s.Object) -> Iterator[str]:
    services = {k8s.name(s) for s in k8s.kind(stream, "Service") if hardware in behind(stream, s)}
    for ingress in k8s.kind(stream, "Ingress"):
        if ingress["spec"].get("defaultBackend", {}).get("service", {}).get("name") in services:
            yield f"{k8s.title(ingress)}: everything that no path matches leads to hardware"
        for path in (p for rule in ingress["spec"]["rules"] for p in rule["http"]["paths"]):
            exact = path["pathType"] == "Exact" and path["path"] in API_PATHS and k8s.name(ingress) == "api-host"
            if path["backend"]["service"]["name"] in services and not exact:
                yield f"{k8s.title(ingress)}: {path['pathType']} {path['path']} leads to hardware"


def by_service(stream: list[k8s.Object], hardware: k8s.Object) -> Iterator[str]:
    for service in k8s.kind(stream, "Service"):
        if hardware not in behind(stream, service) or service["spec"].get("type", "ClusterIP") == "ClusterIP":
            continue
        ranges = [ipaddress.ip_network(cidr) for cidr in service["spec"].get("loadBalancerSourceRanges", [])]
        scheme = service["metadata"].get("annotations", {}).get("service.beta.kubernetes.io/aws-load-balancer-scheme")
        if k8s.name(service) != EXCEPTION or scheme != "internal":
            yield f"{k8s.title(service)}: only an internal load balancer called {EXCEPTION} may lead to hardware"
        if not ranges or any(not cidr.is_private for cidr in ranges):
            yield f"{k8s.title(service)}: its source ranges are not private ones"


def by_policy(stream: list[k8s.Object], hardware: k8s.Object) -> Iterator[str]:
    own, api_host = of(hardware), k8s.find(stream, "Ingress", "api-host", k8s.namespace(hardware))
    exception = k8s.find(stream, "Service", EXCEPTION, own.namespace)
    sources = controllers(stream, api_host) if api_host else []
    portal, prometheus = {"app.kubernetes.io/name": "portal"}, {"app.kubernetes.io/name": "prometheus"}
    for policy in k8s.kind(stream, "NetworkPolicy"):
        if k8s.namespace(policy) != own.namespace or not k8s.is_selected(policy["spec"]["podSelector"], own.labels):
            continue
        for rule in policy["spec"].get("ingress", []):
            names = {entry.get("port") for entry in rule.get("ports", [])}
            for entry in rule.get("from") or [{}]:
                fine = {
                    "http": entry == {"podSelector": {"matchLabels": portal}} or any(matches(source, entry, own.namespace) for source in sources),
                    "metrics": entry.get("podSelector") == {"matchLabels": prometheus},
                    "http-4545": bool(exception) and entry.get("ipBlock", {}).get("cidr") in exception["spec"]["loadBalancerSourceRanges"],
                }
                if not names or not entry or any(not fine.get(port) for port in names):
                    yield f"{k8s.title(policy)}: lets {entry or 'everybody'} in to hardware, port {', '.join(map(str, names)) or 'any'}"
