"""`make start`, `make port-forward`, `make clean`."""

import os
import signal
import socket
import subprocess
import unittest

from common import ClusterCase, git


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


class Start(ClusterCase):
    context = "kind-here"

    def setUp(self):
        super().setUp()
        tools = self.work / "tools"
        tools.mkdir()
        (tools / "xdg-open").write_text('#!/bin/sh\necho "OPEN $1" >> "$STAND_IN/requests"\n')
        (tools / "xdg-open").chmod(0o755)
        (self.tree / "scripts/up.sh").write_text('#!/bin/sh\necho "UP" >> "$STAND_IN/requests"\n')
        self.env |= {"PATH": f"{tools}:{self.env['PATH']}", "DISPLAY": ":1", "PORTAL_PORT": free_port(), "HARDWARE_PORT": free_port()}

    def start(self, *command, **more):
        """Until it says that it stays; then Ctrl-C."""
        process = subprocess.Popen(command or ("./start.sh",), cwd=self.tree, env=self.env | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
        return "".join(said)

    def test_a_local_cluster_gets_customer_a_and_the_browser_opens_when_it_answers(self):
        said = self.start()
        self.assertIn(f"http://localhost:{self.env['PORTAL_PORT']}/", said)
        self.assertIn("Customer a, in context 'kind-here'", said)
        lines = self.requests()
        self.order(lines, "APPLY namespaces/customer-a", "APPLY deployments/hardware")
        self.assertNotIn("UP", lines)

    def test_compose_where_no_local_cluster_answers(self):
        url = f"OPEN http://localhost:{self.env['PORTAL_PORT']}/"
        for more in ({"START": "compose"}, {"KUBECONFIG": "/nowhere"}, {"CONTEXT": "minikube"}):
            self.good(self.make("start", **more))
            self.assertEqual(self.requests(), ["UP", url], more)

    def test_a_foreign_cluster_is_never_started_in_by_chance(self):
        config = self.stand_in / "config"
        config.write_text(config.read_text().replace("kind-here", "somebodys"))
        self.good(self.make("start"))
        self.assertEqual([line for line in self.requests() if line.startswith("APPLY")], [])
        self.refused(self.make("start", START="x"), "START is cluster or compose")

    def test_without_a_screen_the_address_is_printed(self):
        done = self.good(self.make("start", START="compose", DISPLAY=""))
        self.assertIn(f"open http://localhost:{self.env['PORTAL_PORT']}/", done.stderr)
        self.assertEqual(self.requests(), ["UP"])

    def test_port_forward(self):
        self.refused(self.make("port-forward", "CUSTOMER=a"), "is not deployed")
        self.good(self.run_it("scripts/deploy.sh", CUSTOMER="a"))
        self.assertIn("portal ", self.start("make", "port-forward", "CUSTOMER=a"))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            self.refused(self.make("port-forward", "CUSTOMER=a", PORTAL_PORT=port), f"port {port} is taken: set PORTAL_PORT")
        self.refused(self.make("port-forward"), "CUSTOMER is missing")

    def test_clean_keeps_secrets(self):
        self.good(self.run_it("scripts/deploy.sh", CUSTOMER="a"))
        self.good(self.make("secret", MYSQL_HOST="h", MYSQL_USER="u", MYSQL_PASSWORD="p", MYSQL_DATABASE="d"))
        (self.work / "tools/cargo").write_text("#!/bin/sh\n")
        (self.work / "tools/cargo").chmod(0o755)
        done = self.good(self.make("clean"))
        left = sorted(path.relative_to(self.tree).as_posix() for path in (self.tree / "k8s/.deploy").rglob("*"))
        self.assertEqual(left, ["k8s/.deploy/secret-hardware.yaml", "k8s/.deploy/secret-portal.yaml"])
        self.assertIn("k8s/.deploy/secret-", done.stdout + done.stderr)
        self.good(self.make("clean"))
        self.assertNotIn("k8s", git(self.tree, "status", "--porcelain"))


if __name__ == "__main__":
    unittest.main()
