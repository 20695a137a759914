"""What is shown, in the order of a customer's life. Each step stands on those before it."""

from __future__ import annotations

import dataclasses
import secrets
import urllib.parse

from engine import call
from manifests import Pod
from pods import until
from scene import Scene
from traffic import Request, ask

WORKLOADS = [("Deployment", "hardware"), ("Deployment", "portal"), ("Job", "database-ensure"), ("Job", "migrate"), ("StatefulSet", "mysql")]
CALLERS = 4
# These come on top, and need connections that nobody has opened yet.
MORE_CALLERS = 20
# In the image; whoever signed the database's certificate is not among them.
OTHER_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
# What a migration of the next version may do: make more, and say that it was there.
NEXT_VERSION = (
    "ALTER TABLE hardware ADD COLUMN of_the_next_version VARCHAR(20) NOT NULL DEFAULT 'x'",
    "ALTER TABLE hardware ADD INDEX of_the_next_version (of_the_next_version)",
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)"
    " VALUES (99991231235959, 'of the next version', TRUE, '', 0)",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def services_without_a_database(scene: Scene) -> str:
    """Pods of both Deployments start before their database exists: alive, and those of hardware not ready."""
    for name in ("hardware", "portal"):
        for _ in range(scene.manifests.replicas(name)):
            scene.start("Deployment", name)
    for hardware in scene.running("hardware"):
        hardware.becomes_unready("")
        if hardware.get("/livez")[0] != 200:
            raise AssertionError("hardware is not alive without its database")
    for portal in scene.running("portal"):
        portal.becomes_ready()
    return f"{len(scene.running('hardware'))} of hardware, {len(scene.running('portal'))} of portal"


def is_as_strict_as_said(scene: Scene) -> str:
    """What the kernel says of the processes."""
    wanted = {"Uid": "65532", "CapEff": "0000000000000000", "CapBnd": "0000000000000000", "NoNewPrivs": "1", "Seccomp": "2"}
    for running in scene.running("hardware") + scene.running("portal"):
        status = f"/proc/{running.inspect('{{.State.Pid}}')}/status"
        with open(status, encoding="ascii") as lines:
            found = {key: rest.split()[0] for key, _, rest in (line.partition(":") for line in lines) if rest.split()}
        if wrong := {key: found.get(key) for key, value in wanted.items() if found.get(key) != value}:
            raise AssertionError(f"{running.name}: {wrong}, not as in {wanted}")
        if running.inspect("{{.HostConfig.ReadonlyRootfs}}") != "true":
            raise AssertionError(f"{running.name} can write its root file system")
    return "user 65532, no capability, no new privileges, seccomp, root read-only"


def mysql_starts(scene: Scene) -> None:
    scene.start_mysql().becomes_ready()
    for hardware in scene.running("hardware"):
        hardware.becomes_unready("refuses the password")


def ensure_twice(scene: Scene) -> None:
    first, second = scene.job("database-ensure"), scene.job("database-ensure")
    if first.count(": created") != 2 or second.count("there already") < 3:
        raise AssertionError(f"{first}\n{second}")


def schema_is_missed(scene: Scene) -> str:
    words = [hardware.becomes_unready("schema behind") for hardware in scene.running("hardware")]
    if not all("run `hardware migrate`" in text for text in words):
        raise AssertionError(str(words))
    return words[0]


def migrate_twice(scene: Scene) -> None:
    scene.job("migrate")
    scene.job("migrate")


def turns_ready_by_itself(scene: Scene) -> None:
    began = [hardware.inspect("{{.State.StartedAt}} {{.RestartCount}}") for hardware in scene.running("hardware")]
    scene.is_behind("hardware")
    scene.is_behind("portal")
    if began != [hardware.inspect("{{.State.StartedAt}} {{.RestartCount}}") for hardware in scene.running("hardware")]:
        raise AssertionError("hardware was restarted")


def salutes(scene: Scene) -> str:
    text, _ = ask(*scene.address("hardware"), Request("GET", "/"))
    greeting = scene.manifests.data("ConfigMap", "customer")["CUSTOMER_GREETING"]
    if greeting not in text:
        raise AssertionError(f"`{greeting}` is not in: {text}")
    return text.strip()


def metrics_are_elsewhere(scene: Scene) -> None:
    for running in scene.running("hardware") + scene.running("portal"):
        status, text = running.get("/metrics", "metrics")
        if status != 200 or "http_requests_total" not in text:
            raise AssertionError(f"{running.name}: no metrics on their port: {status}")
        if running.get("/metrics")[0] != 404:
            raise AssertionError(f"{running.name}: metrics on the port that everybody reaches")


def books_through_the_portal(scene: Scene) -> str:
    rig = '{"provider": "Lab", "name": "rig 1", "capacity": 2}'
    ask(*scene.address("hardware"), Request("POST", "/hardware", rig, 201), {"Content-Type": "application/json"})
    window = {"starts_at": "2027-01-11T14:00", "ends_at": "2027-01-11T16:00"}
    form = {"key": secrets.token_hex(8), "hardware": "1", **window, "qty": "1", "user": "ada", "purpose": "calibration"}
    _, headers = ask(*scene.address("portal"), Request("POST", "/reservations", urllib.parse.urlencode(form), 303), FORM)
    page, _ = ask(*scene.address("portal"), Request("GET", headers["location"]))
    booked, _ = ask(*scene.address("hardware"), Request("GET", "/reservations"))
    if "rig 1" not in page or '"ada"' not in booked:
        raise AssertionError(f"{headers['location']}: {page[:300]} {booked[:300]}")
    return headers["location"]


def rolls_out_without_a_lost_request(scene: Scene) -> str:
    """As a rollout goes: one pod more, and once it is ready one of the old ones ends. Both Deployments at once."""
    traffic = {name: scene.traffic(name, CALLERS) for name in ("hardware", "portal")}
    for name in traffic:
        scene.start("Deployment", name)
    ending = {name: scene.running(name)[0] for name in traffic}
    for name in traffic:
        scene.is_behind(name)
    threads = {name: running.terminates() for name, running in ending.items()}
    for name, thread in threads.items():
        thread.join(120)
        if thread.status != 0:
            raise AssertionError(f"{name} ended with {thread.status}: {ending[name].logs()[-1000:]}")
        traffic[name].goes_on()
        scene.forget(name, ending[name])
    return ", ".join(f"{callers.ends()} requests to {name}" for name, callers in traffic.items()) + ", none lost"


def a_newer_schema_comes_under_load(scene: Scene) -> str:
    """The next version's migration expands the schema while this version serves. It is played by hand: a column, an index, and
    the row that says that it was applied. What it shows: this version reads, writes, starts and migrates on a schema that it
    does not know, and a pod that starts then serves beside those from before. What the next version does, its own tests say."""
    traffic = scene.traffic("hardware", CALLERS)
    traffic.goes_on()
    scene.sql(*NEXT_VERSION)
    traffic.goes_on()
    scene.job("migrate")
    late = scene.start("Deployment", "hardware")
    scene.is_behind("hardware")
    traffic.goes_on(300)
    answered = traffic.ends()
    if late.get("/hardware/1")[0] != 200 or any(not hardware.passes("readinessProbe") for hardware in scene.running("hardware")):
        raise AssertionError("a pod is not ready on the newer schema")
    return f"{answered} requests, none lost"


def a_password_is_rotated_under_load(scene: Scene) -> str:
    secret = scene.manifests.data("Secret", "hardware")
    user, former, fresh = secret["MYSQL_USER"], secret["MYSQL_PASSWORD"], secrets.token_urlsafe(24) + "'\\\"$"
    traffic = scene.traffic("hardware", CALLERS)
    traffic.goes_on()
    scene.manifests.set_secret("hardware", "MYSQL_PASSWORD", fresh)
    for _ in range(2):
        scene.job("database-ensure", ("database", "rotate", "--user", user))
    traffic.goes_on()
    for hardware in scene.running("hardware"):
        hardware.refresh()
    for _ in range(2):
        scene.job("database-ensure", ("database", "discard", "--user", user))
    more = scene.traffic("hardware", MORE_CALLERS)
    for hardware in scene.running("hardware"):
        until(f"{hardware.name} to read the password again", lambda hardware=hardware: "password read again" in hardware.logs(), 60)
    more.goes_on(300)
    answered = traffic.ends() + more.ends()
    for hardware in scene.running("hardware"):
        if any(password in hardware.logs() for password in (former, fresh)):
            raise AssertionError(f"{hardware.name} has printed a password")
    return f"{answered} requests, none lost; {len(scene.running('hardware'))} pods have read it again"


def with_authority(scene: Scene, pod: Pod, mode: str, path: str) -> Pod:
    """As profile aws sets it."""
    return dataclasses.replace(pod, extra_env={"MYSQL_SSL_MODE": mode, "MYSQL_SSL_CA": path})


def another_authority_is_refused(scene: Scene) -> str:
    pod = scene.manifests.pod("Deployment", "hardware")
    told = []
    for mode in ("VERIFY_CA", "VERIFY_IDENTITY"):
        hardware = scene.run(with_authority(scene, pod, mode, OTHER_AUTHORITIES))
        told.append(hardware.becomes_unready("MYSQL_SSL_CA must hold the authority that signed the server's certificate"))
        lines = [line for line in hardware.logs().splitlines() if "not ready" in line]
        if len(lines) != 1 or "UnknownIssuer" not in lines[0]:
            raise AssertionError(f"not one line: {lines}")
        call("kill", hardware.container)
    # Neither of these holds a certificate; the first is not there.
    for path, words in (("/nowhere/ca.pem", "cannot read"), ("/etc/hosts", "holds no certificate")):
        hardware = scene.run(with_authority(scene, pod, "VERIFY_IDENTITY", path))
        status, lines = hardware.ends(), hardware.logs().splitlines()
        if status != 3 or len(lines) != 1 or "MYSQL_SSL_CA" not in lines[0] or words not in lines[0]:
            raise AssertionError(f"{path}: {status} {lines}")
    return told[0]


def the_right_authority_is_believed(scene: Scene) -> None:
    """The authority that MySQL made for itself, in a ConfigMap as profile aws mounts one."""
    authority = call("exec", scene.mysql.container, "cat", "/var/lib/mysql/ca.pem")
    scene.manifests.all.append({"kind": "ConfigMap", "metadata": {"name": "mysql-ca"}, "data": {"ca.pem": authority + "\n"}})
    pod = scene.manifests.pod("Deployment", "hardware")
    spec = pod.spec | {"volumes": [*pod.spec["volumes"], {"name": "mysql-ca", "configMap": {"name": "mysql-ca"}}]}
    mounts = [*pod.container["volumeMounts"], {"name": "mysql-ca", "mountPath": "/etc/mysql-ca", "readOnly": True}]
    pod = dataclasses.replace(pod, spec=spec, container=pod.container | {"volumeMounts": mounts})
    hardware = scene.run(with_authority(scene, pod, "VERIFY_CA", "/etc/mysql-ca/ca.pem"))
    hardware.becomes_ready()
    call("kill", hardware.container)


def all_end_by_themselves(scene: Scene) -> None:
    """The services at once, and then the database."""
    threads = {running.name: running.terminates() for running in scene.running("portal") + scene.running("hardware")}
    for name, thread in threads.items():
        thread.join(120)
        if thread.status != 0:
            raise AssertionError(f"{name} ended with {thread.status}")
    if status := scene.mysql.terminate():
        raise AssertionError(f"mysql ended with {status}: {scene.mysql.logs()[-1000:]}")


STEPS = [
    ("hardware and portal start before their database", services_without_a_database),
    ("their processes are as strict as the manifests", is_as_strict_as_said),
    ("MySQL starts as its StatefulSet says", mysql_starts),
    ("database-ensure, twice in a row", ensure_twice),
    ("hardware says which step is missing", schema_is_missed),
    ("migrate, twice in a row", migrate_twice),
    ("hardware turns ready by itself", turns_ready_by_itself),
    ("GET / salutes as the customer", salutes),
    ("metrics are on their own port", metrics_are_elsewhere),
    ("a booking through the portal", books_through_the_portal),
    ("a rollout under load (preStop, SIGTERM)", rolls_out_without_a_lost_request),
    ("the next version's schema under load", a_newer_schema_comes_under_load),
    ("a password rotated under load", a_password_is_rotated_under_load),
    ("another database authority is refused", another_authority_is_refused),
    ("the right database authority is believed", the_right_authority_is_believed),
    ("all end by themselves on SIGTERM", all_end_by_themselves),
]
