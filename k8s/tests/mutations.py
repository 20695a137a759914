"""Breaks every rule on purpose. A rule that does not notice proves nothing."""

import copy
from collections.abc import Callable

import stream as k8s

Stream = list[k8s.Object]
LOCAL, AWS, PLATFORM, ALL = "a-local", "a-aws", "platform", "template-with-all-components-aws"


def box(stream: Stream, name: str = "hardware", kind: str = "Deployment") -> k8s.Object:
    return k8s.containers(k8s.find(stream, kind, name))[0]


def pod(stream: Stream, name: str = "hardware", kind: str = "Deployment") -> k8s.Object:
    return k8s.pod(k8s.find(stream, kind, name))


def spec(stream: Stream, kind: str, name: str) -> k8s.Object:
    return k8s.find(stream, kind, name)["spec"]


def drop(stream: Stream, kind: str, name: str) -> None:
    stream.remove(k8s.find(stream, kind, name))


def variable(stream: Stream, variable_name: str, value: str, name: str = "hardware") -> None:
    entry = next(e for e in box(stream, name)["env"] if e["name"] == variable_name)
    entry.update(value=value)


def remote(stream: Stream, external: str) -> k8s.Object:
    return spec(stream, "ExternalSecret", external)["data"][0]["remoteRef"]


def path_of(stream: Stream, ingress: str, number: int = 0) -> k8s.Object:
    return spec(stream, "Ingress", ingress)["rules"][0]["http"]["paths"][number]


def allow(stream: Stream, policy: str) -> list:
    return spec(stream, "NetworkPolicy", policy)["ingress"]


# Rule: (what is broken, in which rendering, how).
MUTATIONS: dict[str, list[tuple[str, str, Callable[[Stream], object]]]] = {
    "images have a version or a digest, never latest, and are not pulled anew": [
        ("latest", LOCAL, lambda s: box(s).update(image="toolcrib/hardware:latest")),
        ("no tag, but a registry's port", LOCAL, lambda s: box(s).update(image="registry:5000/toolcrib/hardware")),
        ("always pulled", LOCAL, lambda s: box(s, "mysql", "StatefulSet").update(imagePullPolicy="Always")),
    ],
    "requests and limits of CPU and memory": [
        ("no limit of memory", LOCAL, lambda s: box(s)["resources"]["limits"].pop("memory")),
        ("no resources of a Job", LOCAL, lambda s: box(s, "migrate", "Job").pop("resources")),
    ],
    "what serves has three probes, and readiness is not what it is killed for": [
        ("no startup probe", LOCAL, lambda s: box(s, "portal").pop("startupProbe")),
        ("liveness asks readiness", LOCAL, lambda s: box(s)["livenessProbe"]["httpGet"].update(path="/readyz")),
        ("readiness asks liveness", LOCAL, lambda s: box(s)["readinessProbe"]["httpGet"].update(path="/livez")),
        ("a port that is not there", LOCAL, lambda s: box(s)["livenessProbe"]["httpGet"].update(port="web")),
    ],
    "Pod Security restricted, with a read-only root and no token": [
        ("root", LOCAL, lambda s: pod(s)["securityContext"].update(runAsUser=0)),
        ("no seccomp", LOCAL, lambda s: pod(s, "mysql", "StatefulSet")["securityContext"].pop("seccompProfile")),
        ("token", LOCAL, lambda s: pod(s).update(automountServiceAccountToken=True)),
        ("the host's network", LOCAL, lambda s: pod(s).update(hostNetwork=True)),
        ("the host's files", LOCAL, lambda s: pod(s)["volumes"].append({"name": "host", "hostPath": {"path": "/"}})),
        ("privileges", LOCAL, lambda s: box(s, "database-ensure", "Job")["securityContext"].update(allowPrivilegeEscalation=True)),
        ("a root to write to", LOCAL, lambda s: box(s)["securityContext"].pop("readOnlyRootFilesystem")),
        ("a capability", LOCAL, lambda s: box(s)["securityContext"]["capabilities"].update(add=["NET_ADMIN"])),
        ("a container as root", LOCAL, lambda s: box(s)["securityContext"].update(runAsUser=0)),
    ],
    "namespaces enforce restricted, with a quota, limits and default-deny both ways": [
        ("baseline", LOCAL, lambda s: s[0]["metadata"]["labels"].update({"pod-security.kubernetes.io/enforce": "baseline"})),
        ("no quota", PLATFORM, lambda s: drop(s, "ResourceQuota", "defaults")),
        ("deny one way", LOCAL, lambda s: spec(s, "NetworkPolicy", "default-deny").update(policyTypes=["Ingress"])),
    ],
    "everything is in a namespace of its own, and that namespace is there": [
        ("no namespace", LOCAL, lambda s: k8s.find(s, "Secret", "mysql-admin")["metadata"].pop("namespace")),
        ("another customer's", AWS, lambda s: k8s.find(s, "ConfigMap", "mysql-ca")["metadata"].update(namespace="customer-b")),
    ],
    "rollouts take nobody away, nodes can be drained, and pods end in peace": [
        ("one may be away", LOCAL, lambda s: spec(s, "Deployment", "portal")["strategy"]["rollingUpdate"].update(maxUnavailable=1)),
        ("replicas", LOCAL, lambda s: spec(s, "Deployment", "portal").update(replicas=2)),
        ("a budget that lets no node go", LOCAL, lambda s: spec(s, "PodDisruptionBudget", "hardware").update(maxUnavailable=0)),
        ("no budget", LOCAL, lambda s: drop(s, "PodDisruptionBudget", "hardware")),
        ("one pod", LOCAL, lambda s: spec(s, "HorizontalPodAutoscaler", "hardware").update(minReplicas=1)),
        ("too little time", LOCAL, lambda s: pod(s).update(terminationGracePeriodSeconds=40)),
        ("no pause before the end", LOCAL, lambda s: box(s).pop("lifecycle")),
        ("all in one zone", LOCAL, lambda s: pod(s).pop("topologySpreadConstraints")),
        ("all on one host", LOCAL, lambda s: pod(s).pop("affinity")),
    ],
    "every Service has pods, and the port it leads to": [
        ("a typing error", LOCAL, lambda s: spec(s, "Service", "portal").update(selector={"app.kubernetes.io/name": "portals"})),
        ("both services", LOCAL, lambda s: spec(s, "Service", "portal").update(selector={"app.kubernetes.io/part-of": "toolcrib"})),
        ("another port", LOCAL, lambda s: spec(s, "Service", "mysql")["ports"][0].update(targetPort="http")),
        ("a NodePort", LOCAL, lambda s: spec(s, "Service", "portal").update(type="NodePort")),
    ],
    "what selectors of Deployments, budgets and policies select is there": [
        ("a Deployment", LOCAL, lambda s: spec(s, "Deployment", "portal").update(selector={"matchLabels": {"app": "portal"}})),
        ("a budget", LOCAL, lambda s: spec(s, "PodDisruptionBudget", "portal")["selector"].update(matchLabels={"app": "portal"})),
        ("a policy", LOCAL, lambda s: spec(s, "NetworkPolicy", "mysql")["podSelector"].update(matchLabels={"app": "mysql"})),
    ],
    "hardware is reached through the portal, by exact paths of api-host, or by load-balancer-4545": [
        ("another path", LOCAL, lambda s: path_of(s, "api-host").update(path="/hardware")),
        ("everything below a path", LOCAL, lambda s: path_of(s, "api-host").update(pathType="Prefix")),
        ("the portal's Ingress", AWS, lambda s: path_of(s, "portal")["backend"]["service"].update(name="hardware")),
        ("a default", LOCAL, lambda s: spec(s, "Ingress", "portal").update(defaultBackend={"service": {"name": "hardware"}})),
        ("a load balancer", LOCAL, lambda s: spec(s, "Service", "hardware").update(type="LoadBalancer")),
        ("the exception, open to the internet", ALL, lambda s: spec(s, "Service", "hardware-4545").update(loadBalancerSourceRanges=["0.0.0.0/0"])),
        ("the exception, not internal", ALL, lambda s: k8s.find(s, "Service", "hardware-4545")["metadata"].pop("annotations")),
        ("port 4545 for others", ALL, lambda s: allow(s, "load-balancer-4545")[0].update({"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]})),
        ("pods of anybody", LOCAL, lambda s: allow(s, "hardware")[0]["from"][0].update(podSelector={})),
        ("everybody", LOCAL, lambda s: allow(s, "hardware")[0].pop("from")),
        ("any port", LOCAL, lambda s: allow(s, "hardware")[0].pop("ports")),
        ("an allow without its Ingress", LOCAL, lambda s: drop(s, "Ingress", "api-host")),
    ],
    "every edge has its network allow on both sides": [
        ("hardware lets the portal in", LOCAL, lambda s: allow(s, "hardware").pop(0)),
        ("the portal is let out", LOCAL, lambda s: spec(s, "NetworkPolicy", "portal").update(egress=[])),
        ("monitoring", LOCAL, lambda s: allow(s, "portal").pop(0)),
        ("Traefik to the portal", LOCAL, lambda s: drop(s, "NetworkPolicy", "portal-ingress")),
        ("Traefik to hardware", LOCAL, lambda s: drop(s, "NetworkPolicy", "api-host")),
        ("one of the load balancer's subnets", AWS, lambda s: allow(s, "portal-ingress")[0]["from"].pop()),
        ("names", LOCAL, lambda s: drop(s, "NetworkPolicy", "dns")),
        ("to MySQL", LOCAL, lambda s: spec(s, "NetworkPolicy", "database-clients").update(egress=[])),
        ("into MySQL", LOCAL, lambda s: allow(s, "mysql").pop()),
        ("a Job that is no client of the database", LOCAL, lambda s: k8s.pod_labels(k8s.find(s, "Job", "migrate")).pop("toolcrib.parcellab.com/database-client")),
        ("another port of RDS", AWS, lambda s: spec(s, "NetworkPolicy", "database-clients")["egress"][0]["ports"][0].update(port=3307)),
        ("no way to RDS", AWS, lambda s: spec(s, "NetworkPolicy", "database-clients").update(egress=[])),
        ("the bucket", AWS, lambda s: spec(s, "NetworkPolicy", "object-store")["egress"].pop(0)),
        ("Pod Identity", AWS, lambda s: spec(s, "NetworkPolicy", "object-store")["egress"].pop(1)),
        ("port 4545", ALL, lambda s: drop(s, "NetworkPolicy", "load-balancer-4545")),
        ("a Service that is not there", LOCAL, lambda s: variable(s, "HARDWARE_HOST", "api:5001", "portal")),
        ("a port that the Service does not have", LOCAL, lambda s: variable(s, "HARDWARE_HOST", "hardware:80", "portal")),
    ],
    "every Secret and ConfigMap that is named is there, with the key": [
        ("no ConfigMap", LOCAL, lambda s: drop(s, "ConfigMap", "customer")),
        ("a Secret's key", LOCAL, lambda s: k8s.find(s, "Secret", "mysql-admin")["stringData"].pop("MYSQL_HOST")),
        ("a fifth key", LOCAL, lambda s: k8s.find(s, "Secret", "hardware")["stringData"].update(MYSQL_PORT="3306")),
        ("a key of an ExternalSecret", AWS, lambda s: spec(s, "ExternalSecret", "hardware")["data"].pop()),
        ("a file of a Secret", LOCAL, lambda s: pod(s, "portal")["volumes"][0]["secret"]["items"][0].update(key="SECRET")),
        ("no ServiceAccount", LOCAL, lambda s: drop(s, "ServiceAccount", "migrate")),
        ("no authority", AWS, lambda s: drop(s, "ConfigMap", "mysql-ca")),
    ],
    "passwords and keys are files, never variables": [
        ("a password", LOCAL, lambda s: box(s)["env"].append({"name": "MYSQL_PASSWORD", "value": "x"})),
        ("a key of a Secret", LOCAL, lambda s: box(s, "portal")["env"].append({"name": "S", "valueFrom": {"secretKeyRef": {"name": "portal", "key": "PORTAL_SECRET"}}})),
        ("a whole Secret", LOCAL, lambda s: box(s).update(envFrom=[{"secretRef": {"name": "hardware"}}])),
    ],
    "mounted paths are where the settings look for files": [
        ("another path", LOCAL, lambda s: variable(s, "MYSQL_PASSWORD_FILE", "/etc/secrets/MYSQL_PASSWORD")),
        ("a volume that is not there", LOCAL, lambda s: pod(s)["volumes"].pop(0)),
    ],
    "ports and variables are those of the binaries": [
        ("a typing error", LOCAL, lambda s: box(s)["env"].append({"name": "SHUTDOWN__DELAYS", "value": "1"})),
        ("another service's", LOCAL, lambda s: box(s, "portal")["env"].append({"name": "ALLOW_OPEN", "value": "true"})),
        ("a typing error of a customer", LOCAL, lambda s: k8s.find(s, "ConfigMap", "customer")["data"].update(CUSTOMER__TITEL="x")),
        ("another port", LOCAL, lambda s: box(s)["ports"][0].update(containerPort=8080)),
        ("a port that nobody listens on", LOCAL, lambda s: box(s)["ports"].append({"name": "http-4545", "containerPort": 4545})),
        ("loopback", LOCAL, lambda s: variable(s, "BIND", "127.0.0.1:5000", "portal")),
    ],
    "pods of all customers stay within the connection budget": [
        ("larger pools", LOCAL, lambda s: variable(s, "DATABASE__MAX_CONNECTIONS", "20")),
        ("more pods", LOCAL, lambda s: spec(s, "HorizontalPodAutoscaler", "hardware").update(maxReplicas=6)),
        ("a larger surge", AWS, lambda s: spec(s, "Deployment", "hardware")["strategy"]["rollingUpdate"].update(maxSurge=2)),
    ],
    "under profile local there are built-in kinds only": [
        ("a ServiceMonitor", LOCAL, lambda s: s.append({"kind": "ServiceMonitor", "metadata": {"name": "x", "namespace": "customer-a"}})),
    ],
    "secrets are read below toolcrib/<env>/<namespace>/, but for the administrator's in toolcrib-system": [
        ("another customer's", AWS, lambda s: remote(s, "portal").update(key="toolcrib/production/customer-b/portal")),
        ("the administrator's", AWS, lambda s: remote(s, "hardware").update(key="arn:aws:secretsmanager:x:1:secret:rds!cluster-1")),
        ("the store of toolcrib-system", AWS, lambda s: spec(s, "ExternalSecret", "hardware").update(secretStoreRef={"kind": "SecretStore", "name": "toolcrib-system"})),
        ("everything there is", AWS, lambda s: spec(s, "ExternalSecret", "portal").update(dataFrom=[{"find": {"path": "toolcrib"}}])),
        ("another environment's name", AWS, lambda s: remote(s, "customer-a").update(key="toolcrib/test/customer-a/hardware")),
        ("the exception for something else", PLATFORM, lambda s: remote(s, "mysql-admin").update(key="toolcrib/production/customer-a/hardware")),
    ],
}


def broken(stream: Stream, change: Callable[[Stream], object]) -> Stream:
    changed = copy.deepcopy(stream)
    change(changed)
    return changed
