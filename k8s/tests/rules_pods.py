"""Rules for pods: what they run, with what rights, and how they come and go."""

import re
from collections.abc import Iterator

import stream as k8s
from rules import Case, boxes, rule


@rule("images have a version or a digest, never latest, and are not pulled anew")
def images(case: Case) -> Iterator[str]:
    for workload, box in boxes(case):
        image = box["image"]
        tag = image.rpartition("/")[2].partition(":")[2]
        if "@sha256:" not in image and tag in ("", "latest"):
            yield f"{k8s.title(workload)}: image {image}"
        if box.get("imagePullPolicy") != "IfNotPresent":
            yield f"{k8s.title(workload)}: imagePullPolicy is not IfNotPresent"


@rule("requests and limits of CPU and memory")
def limits(case: Case) -> Iterator[str]:
    for workload, box in boxes(case):
        for side in ("requests", "limits"):
            for resource in ("cpu", "memory"):
                if resource not in box.get("resources", {}).get(side, {}):
                    yield f"{k8s.title(workload)}: no {side} of {resource}"


@rule("what serves has three probes, and readiness is not what it is killed for")
def probes(case: Case) -> Iterator[str]:
    for workload in case.servers():
        box = k8s.containers(workload)[0]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if probe not in box:
                yield f"{k8s.title(workload)}: no {probe}"
        for probe in ("startupProbe", "livenessProbe"):
            if box.get(probe, {}).get("httpGet", {}).get("path") == "/readyz":
                yield f"{k8s.title(workload)}: {probe} asks /readyz: it would be restarted while it waits for its schema"
        if workload["kind"] == "Deployment" and box.get("readinessProbe", {}).get("httpGet", {}).get("path") != "/readyz":
            yield f"{k8s.title(workload)}: readinessProbe does not ask /readyz"
        for probe in (box[probe] for probe in ("startupProbe", "livenessProbe", "readinessProbe") if probe in box):
            port = probe.get("httpGet", {}).get("port")
            if port is not None and port not in k8s.ports(workload):
                yield f"{k8s.title(workload)}: a probe asks port {port}, which it does not have"


@rule("Pod Security restricted, with a read-only root and no token")
def restricted(case: Case) -> Iterator[str]:
    for workload in case.workloads():
        spec, title = k8s.pod(workload), k8s.title(workload)
        security = spec.get("securityContext", {})
        if not security.get("runAsNonRoot") or security.get("runAsUser", 0) == 0:
            yield f"{title}: may run as root"
        if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{title}: seccomp is not RuntimeDefault"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{title}: gets a token of its ServiceAccount"
        if any(spec.get(host) for host in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{title}: shares a namespace of its host"
        for volume in spec.get("volumes", []):
            if not set(volume) & {"emptyDir", "secret", "configMap", "projected", "persistentVolumeClaim"}:
                yield f"{title}: volume {volume['name']} is of a kind that restricted refuses"
        for box in k8s.containers(workload):
            own = box.get("securityContext", {})
            if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
                yield f"{title}: may gain privileges"
            if own.get("readOnlyRootFilesystem") is not True:
                yield f"{title}: may write to its root"
            if own.get("capabilities", {}).get("drop") != ["ALL"] or own.get("capabilities", {}).get("add"):
                yield f"{title}: keeps capabilities"
            if any(key in own for key in ("runAsUser", "runAsNonRoot", "seccompProfile")):
                yield f"{title}: a container overrides its pod's user or seccomp"


@rule("rollouts take nobody away, nodes can be drained, and pods end in peace")
def rollouts(case: Case) -> Iterator[str]:
    for workload in k8s.kind(case.stream, "Deployment"):
        title, spec = k8s.title(workload), workload["spec"]
        if spec.get("strategy", {}).get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{title}: maxUnavailable is not 0"
        if "replicas" in spec:
            yield f"{title}: `replicas` would undo what the autoscaler did"
        budget = next((b for b in k8s.kind(case.stream, "PodDisruptionBudget") if k8s.is_selected(b["spec"]["selector"], k8s.pod_labels(workload))), None)
        if not budget or budget["spec"].get("maxUnavailable") != 1 or "minAvailable" in budget["spec"]:
            yield f"{title}: no PodDisruptionBudget that lets one pod go"
        scaler = next((h for h in k8s.kind(case.stream, "HorizontalPodAutoscaler") if h["spec"]["scaleTargetRef"]["name"] == k8s.name(workload)), None)
        if not scaler or scaler["spec"].get("minReplicas", 1) < 2:
            yield f"{title}: no autoscaler that keeps two"
        box, pod = k8s.containers(workload)[0], k8s.pod(workload)
        sleep = box.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        delay = int(next((e["value"] for e in box.get("env", []) if e["name"] == "SHUTDOWN__DELAY_S"), 0))
        needed = sleep + delay + case.settings.drain(k8s.name(workload))
        if not sleep or not delay or pod.get("terminationGracePeriodSeconds", 30) <= needed:
            yield f"{title}: it needs {needed} s to end (preStop {sleep}, delay {delay}), and gets {pod.get('terminationGracePeriodSeconds', 30)}"
        if "podAntiAffinity" not in pod.get("affinity", {}) or not pod.get("topologySpreadConstraints"):
            yield f"{title}: not kept apart by host and zone"


@rule("passwords and keys are files, never variables")
def secrets_are_files(case: Case) -> Iterator[str]:
    for workload, box in boxes(case):
        if any("secretRef" in source for source in box.get("envFrom", [])):
            yield f"{k8s.title(workload)}: takes all of a Secret into its variables"
        for entry in box.get("env", []):
            key = entry.get("valueFrom", {}).get("secretKeyRef", {}).get("key", "")
            told = "value" in entry and not entry["name"].endswith("_FILE") and re.search("PASSWORD|SECRET|TOKEN", entry["name"])
            if re.search("PASSWORD|SECRET|TOKEN", key) or told:
                yield f"{k8s.title(workload)}: {entry['name']} is a variable"


@rule("mounted paths are where the settings look for files")
def files(case: Case) -> Iterator[str]:
    for workload, box in boxes(case):
        mounts = {mount["mountPath"] for mount in box.get("volumeMounts", [])}
        for entry in box.get("env", []):
            path = entry.get("value", "")
            if (entry["name"].endswith("_FILE") or entry["name"].endswith("_SSL_CA")) and path.rpartition("/")[0] not in mounts:
                yield f"{k8s.title(workload)}: {entry['name']} is {path}, and nothing is mounted there"
        known = {volume["name"] for volume in k8s.pod(workload).get("volumes", [])}
        known |= {claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])}
        for mount in box.get("volumeMounts", []):
            if mount["name"] not in known:
                yield f"{k8s.title(workload)}: mounts {mount['name']}, which is no volume"


@rule("ports and variables are those of the binaries")
def binaries(case: Case) -> Iterator[str]:
    for workload, box in boxes(case):
        service = next((s for s in ("hardware", "portal") if f"/{s}" in box["image"].partition(":")[0].partition("@")[0]), None)
        if not service:
            continue
        for line in case.settings.wrong(service, box, case.stream):
            yield f"{k8s.title(workload)}: {line}"
