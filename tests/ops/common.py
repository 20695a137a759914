"""What the tests of operators' scripts share: a copy of the tree in git, so that nothing here is changed, and a stand-in for a cluster."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PARTS = ("scripts", "k8s", "terraform/environments", "terraform/bootstrap", "tests/ops", "Makefile", "start.sh", "Cargo.toml", ".gitignore", "compose.yaml")
DIGEST = {letter: "sha256:" + letter * 64 for letter in "abcdef"}


def git(tree: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *arguments], cwd=tree, check=True, capture_output=True, text=True).stdout


class TreeCase(unittest.TestCase):
    """Each test has a fresh tree, committed on branch main."""

    def setUp(self):
        self.work = Path(tempfile.mkdtemp(prefix="toolcrib-ops-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.tree = self.work / "tree"
        self.tree.mkdir()
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", "--", *PARTS], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in filter(None, files.split("\0")):
            if (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        git(self.tree, "init")
        git(self.tree, "add", "-A")
        git(self.tree, "commit", "-m", "first")
        (self.work / "home").mkdir()
        # Nothing of whoever runs the tests: no cluster, no registry, no variables of make.
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.work / "home"), "LANG": "C.UTF-8", "KUBECONFIG": "/nowhere"}

    def run_it(self, *command: str, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, cwd=self.tree, env=self.env | variables, capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL)

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        return self.run_it("make", "--no-print-directory", *arguments, **variables)

    def good(self, done: subprocess.CompletedProcess) -> subprocess.CompletedProcess:
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def refused(self, done: subprocess.CompletedProcess, *words: str) -> None:
        """It failed, in one line of its own that says these words."""
        self.assertNotEqual(done.returncode, 0, done.stdout + done.stderr)
        # kubectl has a word of its own where it waited in vain.
        lines = [line for line in done.stderr.splitlines() if line.startswith("error: ") and not line.startswith("error: timed out waiting")]
        self.assertEqual(len(lines), 1, done.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def unchanged(self) -> None:
        self.assertEqual(git(self.tree, "status", "--porcelain"), "")


class ClusterCase(TreeCase):
    """With a stand-in for the API server, which the real kubectl talks to."""

    context = "test"

    def setUp(self):
        super().setUp()
        if not shutil.which("kubectl"):
            self.skipTest("kubectl is not installed")
        self.stand_in = self.work / "stand-in"
        self.stand_in.mkdir()
        version = next(line.split('"')[1] for line in (ROOT / "Cargo.toml").read_text().splitlines() if line.startswith("version = "))
        (self.stand_in / "version").write_text(version)
        server = subprocess.Popen([sys.executable, HERE / "stand_in.py", self.stand_in], stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        port = server.stdout.readline().strip()
        self.env |= {"STAND_IN": str(self.stand_in), "REAL_KUBECTL": shutil.which("kubectl"), "PATH": f"{HERE}:{os.environ['PATH']}",
                     "KUBECONFIG": str(self.stand_in / "config"), "POLL": "0.1", "REGISTRY": "registry.example",
                     "HARDWARE_DIGEST": DIGEST["a"], "PORTAL_DIGEST": DIGEST["b"]}
        self.use_context(self.context, port)

    def tearDown(self):
        """Nothing that a script started is left."""
        left = ""
        if not shutil.which("pgrep"):
            return
        for _ in range(20):
            left = subprocess.run(["pgrep", "-af", f"pages.py {self.work}"], capture_output=True, text=True, check=False).stdout
            if not left:
                break
            time.sleep(0.1)
        self.assertEqual(left, "")

    def use_context(self, name: str, port: str) -> None:
        (self.stand_in / "config").write_text(
            f'apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{port}"}}}}]\n'
            f"contexts: [{{name: {name}, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{}}}}]\ncurrent-context: {name}\n")

    def requests(self) -> list[str]:
        """What changed something since this was last asked."""
        path = self.stand_in / "requests"
        time.sleep(0.05)
        lines = path.read_text().splitlines() if path.exists() else []
        path.write_text("")
        return lines

    def order(self, lines: list[str], *wanted: str) -> None:
        """Each of `wanted` begins a line, in this order."""
        places = []
        for begin in wanted:
            found = [number for number, line in enumerate(lines) if line.startswith(begin)]
            self.assertTrue(found, f"no {begin} in {lines}")
            places.append(found[0])
        self.assertEqual(places, sorted(places), f"{wanted} in {lines}")


class Deployed(ClusterCase):
    def deploy(self, *more, **variables):
        return self.run_it("scripts/deploy.sh", *more, **{"CUSTOMER": "a"} | variables)

    def stored(self, kind, name, namespace="customer-a"):
        for item in json.loads((self.stand_in / "objects.json").read_text()):
            if (item["kind"], item["metadata"]["name"], item["metadata"].get("namespace")) == (kind, name, namespace):
                return item
        return None

    def password(self):
        return base64.b64decode(self.stored("Secret", "hardware")["data"]["MYSQL_PASSWORD"]).decode()

    def fail(self, *names):
        (self.stand_in / "fail").write_text("\n".join(names))
