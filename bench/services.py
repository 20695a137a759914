"""Everything that is started here, and ended: MySQL in a container, the services, the peers."""

from __future__ import annotations

import os
import random
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import MySQLdb

import measure
from load import Failed

PEERS = Path(__file__).with_name("peers")
LABEL = "toolcrib.bench"
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")

Environment = dict[str, str]


def free_port() -> int:
    """Below the ports that the system gives to outgoing connections, so that none of those takes it meanwhile."""
    for _ in range(1_000):
        port = random.randrange(12_000, 32_000)
        with socket.socket() as attempt:
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Failed("no port is free between 12000 and 32000")


@dataclass
class Server:
    """A running process that answers on a port."""

    name: str
    port: int
    popen: subprocess.Popen[bytes]
    log: Path
    began: float = field(default_factory=time.perf_counter)

    @classmethod
    def start(cls, name: str, port: int, command: list[str], environment: Environment, folder: Path) -> Server:
        log = folder / f"{name.replace(' ', '-')}.log"
        passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        began = time.perf_counter()
        with log.open("ab") as out:
            # No session of its own: what a terminal's Ctrl-C ends, it ends here too.
            popen = subprocess.Popen(
                command, env=passed | environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        return cls(name, port, popen, log, began)

    def ready(self, path: str = "/readyz") -> float:
        """Seconds from exec to the first 200."""
        try:
            return measure.first_200(self.port, path, self.began)
        except TimeoutError as error:
            raise Failed(f"{self.name}: {error}\n{self.log.read_text()[-2000:]}") from error

    @property
    def pid(self) -> int:
        return self.popen.pid

    def alive(self) -> None:
        if self.popen.poll() is not None:
            raise Failed(f"{self.name} ended by itself:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            self.popen.wait(timeout=10)
        except subprocess.TimeoutExpired:
            for pid in reversed(measure.tree(self.pid)):
                os.kill(pid, 9)
            self.popen.wait()


@dataclass
class Mysql:
    """A container of our own, its data in memory."""

    container: str
    port: int
    password: str
    database: str = "bench"

    @classmethod
    def start(cls, image: str, *options: str) -> Mysql:
        sweep()
        port, password = free_port(), secrets.token_hex(12)
        # On the host's loopback: Docker's own proxy in between would take CPU that nobody counts.
        container = docker(
            "run", "--detach", "--label", f"{LABEL}=1", "--label", f"{LABEL}.pid={os.getpid()}",
            "--network", "host", "--tmpfs", "/var/lib/mysql",
            "--env", f"MYSQL_ROOT_PASSWORD={password}", "--env", "MYSQL_DATABASE=bench",
            "--env", "MYSQL_USER=bench", "--env", f"MYSQL_PASSWORD={password}", image,
            f"--port={port}", "--bind-address=127.0.0.1", "--mysqlx=OFF", *options,
        )  # fmt: skip
        return cls(container, port, password)

    def environment(self) -> Environment:
        return {
            "MYSQL_HOST": "127.0.0.1",
            "MYSQL_PORT": str(self.port),
            "MYSQL_USER": "bench",
            "MYSQL_PASSWORD": self.password,
            "MYSQL_DATABASE": self.database,
        }

    def another(self, database: str) -> Mysql:
        """A second database in the same server."""
        with self.connect("root", "mysql").cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database}")
            cursor.execute(f"GRANT ALL ON {database}.* TO bench")
        return replace(self, database=database)

    def ready(self) -> str:
        """Its version, once it answers."""
        deadline = time.monotonic() + 90
        while True:
            try:
                connection = self.connect()
                break
            except MySQLdb.Error as error:
                if time.monotonic() > deadline:
                    raise Failed(f"MySQL did not start: {error}\n{docker('logs', self.container)}") from error
                time.sleep(0.3)
        with connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            version: str = cursor.fetchone()[0]
        connection.close()
        return version

    def connect(self, user: str = "bench", database: str = "") -> Any:
        return MySQLdb.connect(
            host="127.0.0.1", port=self.port, user=user, password=self.password, database=database or self.database,
            ssl_mode="REQUIRED", connect_timeout=5,
        )  # fmt: skip

    def pid(self) -> int:
        return int(docker("inspect", "--format", "{{.State.Pid}}", self.container))

    def stop(self) -> None:
        docker("rm", "--force", "--volumes", self.container)


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"docker {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def sweep() -> None:
    """Removes containers of runs that were killed."""
    shown = '{{.ID}} {{.Label "' + LABEL + '.pid"}}'
    for line in docker("ps", "--all", "--filter", f"label={LABEL}=1", "--format", shown).splitlines():
        container, _, pid = line.partition(" ")
        if not Path(f"/proc/{pid}").exists():
            docker("rm", "--force", "--volumes", container)


@dataclass(frozen=True)
class Starter:
    """Starts what is measured, each with its logs in one folder."""

    binaries: Path
    folder: Path

    def hardware(self, name: str, environment: Environment) -> Server:
        port = free_port()
        common = {"BIND": f"127.0.0.1:{port}", "RATE_LIMIT__PER_SECOND": "0", "RUST_LOG": "warn"}
        command = [str(self.binaries / "hardware"), "serve"]
        return Server.start(name, port, command, common | environment, self.folder)

    def portal(self, name: str, hardware: Server, environment: Environment) -> Server:
        port = free_port()
        common = {
            "BIND": f"127.0.0.1:{port}",
            "HARDWARE_HOST": f"127.0.0.1:{hardware.port}",
            "PORTAL_SECRET": secrets.token_hex(16),
            "RATE_LIMIT__PER_SECOND": "0",
            "RUST_LOG": "warn",
        }
        command = [str(self.binaries / "portal"), "serve"]
        return Server.start(name, port, command, common | environment, self.folder)

    def rust_peer(self, name: str, captured: Path) -> Server:
        port = free_port()
        return Server.start(name, port, [str(self.binaries / name), str(port), str(captured)], {}, self.folder)

    def flask(self, mysql: Mysql) -> Server:
        port = free_port()
        command = [
            sys.executable, "-m", "gunicorn", "--chdir", str(PEERS), "--bind", f"127.0.0.1:{port}",
            "--workers", str(os.cpu_count()), "--worker-class", "gthread", "--threads", "4",
            "--keep-alive", "75", "flask_app:app",
        ]  # fmt: skip
        return Server.start("flask", port, command, mysql.environment(), self.folder)

    def fastapi(self, mysql: Mysql) -> Server:
        port = free_port()
        command = [
            sys.executable, "-m", "uvicorn", "--app-dir", str(PEERS), "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(os.cpu_count()), "--loop", "uvloop", "--http", "httptools",
            "--no-access-log", "--log-level", "warning", "fastapi_app:app",
        ]  # fmt: skip
        return Server.start("fastapi", port, command, mysql.environment(), self.folder)

    def run(self, *arguments: str, environment: Environment) -> str:
        """`hardware ARGUMENTS`, to its end."""
        passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        command = [str(self.binaries / "hardware"), *arguments]
        done = subprocess.run(command, env=passed | environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"hardware {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout
