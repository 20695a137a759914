"""`make push` into a real registry (Debian's docker-registry on loopback, without TLS), and `make deploy` by what is there."""

import json
import os
import shutil
import socket
import subprocess
import time
import unittest

from common import ClusterCase, git


def docker(*arguments: str, **more) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True, **more).stdout.strip()


REGISTRY = shutil.which(os.environ.get("DOCKER_REGISTRY") or "docker-registry")


@unittest.skipIf(os.environ.get("TOOLCRIB_SKIP_DOCKER") == "1", "TOOLCRIB_SKIP_DOCKER=1: nothing was pushed")
@unittest.skipUnless(REGISTRY, "there is no docker-registry: nothing was pushed")
class Push(ClusterCase):
    def setUp(self):
        super().setUp()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (self.work / "registry.yml").write_text(
            f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {self.work}/registry}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n")
        registry = subprocess.Popen([REGISTRY, "serve", self.work / "registry.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(registry.wait)
        self.addCleanup(registry.terminate)
        for _ in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        self.registry = f"127.0.0.1:{port}"
        # The daemon's own, whatever the test's home is; and a tag of this test's alone.
        self.env |= {"TAG": f"test-{os.getpid()}-{port}", "REGISTRY": self.registry, "HARDWARE_DIGEST": "", "PORTAL_DIGEST": ""}
        if "DOCKER_HOST" in os.environ:
            self.env["DOCKER_HOST"] = os.environ["DOCKER_HOST"]
        self.addCleanup(self.forget)
        for service in ("hardware", "portal"):
            self.image(service, service)

    def image(self, service: str, content: str) -> None:
        folder = self.work / "image"
        folder.mkdir(exist_ok=True)
        (folder / "file").write_text(content)
        tar = subprocess.run(["tar", "-C", folder, "-c", "file"], check=True, capture_output=True).stdout
        subprocess.run(["docker", "import", "-", f"toolcrib/{service}:{self.env['TAG']}"], input=tar, check=True, capture_output=True)

    def forget(self) -> None:
        names = [f"{where}toolcrib/{service}:{self.env['TAG']}" for where in ("", f"{self.registry}/") for service in ("hardware", "portal")]
        subprocess.run(["docker", "rmi", "--force", *names], capture_output=True, check=False)

    def push(self, **more):
        return self.make("push", **more)

    def test_pushes_once_and_never_moves_a_tag(self):
        first = self.good(self.push())
        lines = first.stdout.splitlines()
        self.assertEqual([line.split("@")[0] for line in lines], [f"{self.registry}/toolcrib/{service}" for service in ("hardware", "portal")])
        for line in lines:
            # The registry has it under this digest.
            docker("manifest", "inspect", "--insecure", line)
        again = self.good(self.push())
        self.assertEqual(again.stdout, first.stdout)
        self.assertEqual(again.stderr.count("nothing to do"), 2)
        self.assertEqual(again.stderr.count("pushed"), 0)

        self.image("portal", "changed")
        self.refused(self.push(), f"{self.registry}/toolcrib/portal:{self.env['TAG']}", "another image", "a tag is never moved")
        found = json.loads(docker("manifest", "inspect", "--insecure", "--verbose", f"{self.registry}/toolcrib/portal:{self.env['TAG']}"))
        self.assertEqual(found["Descriptor"]["digest"], lines[1].split("@")[1])

        # What was pushed is what is deployed, by digest.
        self.good(self.run_it("scripts/deploy.sh", CUSTOMER="a"))
        text = (self.tree / "k8s/.deploy/a/kustomization.yaml").read_text()
        for line in lines:
            self.assertIn(line.split("@")[1], text)
        digest = lines[0].split("sha256:")[1]
        self.assertIn(f"APPLY jobs/migrate-{digest[:8]} customer-a toolcrib-deploy", self.requests())

    def test_without_a_registry_the_nodes_get_this_machines_images(self):
        config = self.stand_in / "config"
        config.write_text(config.read_text().replace("name: test", "name: kind-here").replace("current-context: test", "current-context: kind-here"))
        tools = self.work / "tools"
        tools.mkdir()
        (tools / "kind").write_text('#!/bin/sh\necho "KIND $*" >> "$STAND_IN/requests"\n')
        (tools / "kind").chmod(0o755)
        self.env |= {"REGISTRY": "", "PATH": f"{tools}:{self.env['PATH']}"}
        self.good(self.run_it("scripts/deploy.sh", CUSTOMER="a"))
        lines = self.requests()
        tag = self.env["TAG"]
        self.order(lines, f"KIND load docker-image --name here toolcrib/hardware:{tag} toolcrib/portal:{tag}", "APPLY namespaces/customer-a")
        image = docker("image", "inspect", "--format", "{{.Id}}", f"toolcrib/hardware:{tag}").split(":")[1]
        self.assertIn(f"APPLY jobs/migrate-{image[:8]} customer-a toolcrib-deploy", lines)
        # Built anew under the same tag, as a tree with changes is: it rolls all the same.
        self.image("portal", "changed")
        self.good(self.run_it("scripts/deploy.sh", CUSTOMER="a"))
        self.assertEqual(sorted(line for line in self.requests() if line.startswith("ROLL")), ["ROLL hardware", "ROLL portal"])

    def test_wrong_use(self):
        self.refused(self.push(REGISTRY=""), "REGISTRY is missing: make push REGISTRY=")
        self.refused(self.push(REGISTRY="http://x/"), "REGISTRY is a host")
        self.refused(self.push(TAG="nobody-made-this"), "there is no image toolcrib/hardware:nobody-made-this: make images")
        self.refused(self.push(TAG="-x"), "'-x' is no tag")
        self.refused(self.push(REGISTRY="127.0.0.1:1"), "cannot ask for 127.0.0.1:1/toolcrib/hardware")
        self.refused(self.run_it("scripts/deploy.sh", CUSTOMER="a", TAG="never-pushed"), "has no toolcrib/hardware:never-pushed", "make push")
        self.refused(self.run_it("scripts/deploy.sh", CUSTOMER="a", REGISTRY="127.0.0.1:1"), "cannot ask for")
        self.assertEqual(self.requests(), [])
        self.assertEqual(git(self.tree, "status", "--porcelain"), "")


if __name__ == "__main__":
    unittest.main()
