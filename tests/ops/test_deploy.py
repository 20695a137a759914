"""`make deploy`: the order of what it asks of a cluster, and that it stops where it should."""

import base64
import shutil
import unittest

from common import DIGEST, Deployed, git

ORDER = ("APPLY namespaces/customer-a", "APPLY serviceaccounts/hardware", "APPLY networkpolicies/default-deny", "APPLY configmaps/customer",
         "APPLY secrets/hardware", "APPLY statefulsets/mysql", "APPLY jobs/database-ensure-aaaaaaaa", "APPLY jobs/migrate-aaaaaaaa",
         "APPLY services/hardware", "APPLY deployments/hardware", "APPLY deployments/portal")


class Deploy(Deployed):
    def test_in_order_and_the_second_time_nothing_rolls(self):
        done = self.good(self.make("deploy", "CUSTOMER=a", PROFILE="local"))
        self.assertIn("to context 'test'", done.stderr)
        self.assertIn("hardware greets: Hi!", done.stdout)
        first = self.requests()
        self.order(first, *ORDER)
        self.assertEqual(first[0].split()[1], "namespaces/customer-a")
        # What pods need is there before anything runs, and all of it has our name.
        self.assertLess(max(n for n, line in enumerate(first) if line.startswith(("APPLY networkpolicies", "APPLY secrets", "APPLY configmaps"))),
                        first.index("APPLY statefulsets/mysql customer-a toolcrib-deploy"))
        self.assertTrue(all(line.endswith("toolcrib-deploy") for line in first if line.startswith("APPLY")))
        self.assertEqual(sorted(line for line in first if line.startswith("ROLL")), ["ROLL hardware", "ROLL portal"])
        images = [self.stored("Deployment", name)["spec"]["template"]["spec"]["containers"][0]["image"] for name in ("hardware", "portal")]
        self.assertEqual(images, [f"registry.example/toolcrib/hardware@{DIGEST['a']}", f"registry.example/toolcrib/portal@{DIGEST['b']}"])
        # No tracked file, and nothing in the way but what git ignores.
        self.unchanged()
        written = {path.relative_to(self.tree).as_posix() for path in (self.tree / "k8s/.deploy").rglob("*") if path.is_file()}
        self.assertEqual(written, {"k8s/.deploy/a/kustomization.yaml"})
        kustomization = (self.tree / "k8s/.deploy/a/kustomization.yaml").read_bytes()

        password = self.password()
        self.good(self.deploy())
        again = self.requests()
        self.assertEqual([line for line in again if line.startswith(("ROLL", "APPLY secrets", "DELETE", "POST"))], [])
        self.assertEqual((self.tree / "k8s/.deploy/a/kustomization.yaml").read_bytes(), kustomization)
        self.assertEqual(self.password(), password)

        # The profile's passwords are known to everybody: none of them is deployed.
        self.assertNotIn(base64.b64encode(b"for-development").decode()[:18], (self.stand_in / "objects.json").read_text())
        self.assertGreaterEqual(len(password), 32)
        # A greeting is a new release as well: of both, so that they go back together.
        overlay = self.tree / "k8s/customers/a/customer.yaml"
        overlay.write_text(overlay.read_text().replace("Hi!", "Hello!"))
        self.good(self.deploy())
        lines = self.requests()
        self.assertEqual(sorted(line for line in lines if line.startswith("ROLL")), ["ROLL hardware", "ROLL portal"])
        self.assertEqual([line for line in lines if line.startswith("DELETE")], [])

    def test_a_failing_job_stops_it_and_shows_its_log(self):
        self.fail("migrate-")
        done = self.deploy()
        self.refused(done, "stopped")
        self.assertIn('log of migrate-aaaaaaaa-pod: args ["migrate"]', done.stderr)
        self.assertFalse([line for line in self.requests() if line.startswith(("APPLY deployments", "APPLY ingresses"))])
        # Put right, it is tried anew: a failed Job would stand in its own way.
        self.fail("")
        self.good(self.deploy())
        self.order(self.requests(), "DELETE jobs/migrate-aaaaaaaa", "APPLY jobs/migrate-aaaaaaaa", "APPLY deployments/hardware")

    def test_a_changed_job_of_the_same_image_makes_place(self):
        self.good(self.deploy())
        self.requests()
        job = self.tree / "k8s/base/migrate/job.yaml"
        job.write_text(job.read_text().replace("cpu: 50m", "cpu: 60m", 1))
        self.good(self.deploy())
        lines = self.requests()
        self.assertIn("DELETE jobs/migrate-aaaaaaaa customer-a", lines)
        self.assertNotIn("DELETE jobs/database-ensure-aaaaaaaa customer-a", lines)

    def test_a_rollout_that_does_not_end_and_an_answer_that_is_wrong(self):
        self.fail("portal")
        self.refused(self.deploy(ROLLOUT_TIMEOUT="1"), "make rollback CUSTOMER=a")
        self.fail("")
        (self.stand_in / "greeting").write_text("somebody else")
        done = self.deploy()
        self.assertIn("FAILED  hardware greets: Hi!: it says 'somebody else'", done.stderr)
        self.refused(done, "does not answer as it should")

    def test_wrong_use_is_refused_in_one_line_before_anything_is_asked(self):
        for wanted, variables in (
            (["CUSTOMER is missing", "a b c"], {"CUSTOMER": ""}),
            (["no customer 'zz'", "a b c"], {"CUSTOMER": "zz"}),
            (["no customer '../a'"], {"CUSTOMER": "../a"}),
            (["no customer '_template'"], {"CUSTOMER": "_template"}),
            (["PROFILE is local or aws, not 'gcp'"], {"PROFILE": "gcp"}),
            (["ENV is for PROFILE=aws"], {"ENV": "staging"}),
            (["ENV is staging or production"], {"PROFILE": "aws"}),
            (["ENV is staging or production"], {"PROFILE": "aws", "ENV": "test"}),
            (["params.env is missing: make outputs ENV=staging"], {"PROFILE": "aws", "ENV": "staging"}),
            (["sha256:", "for portal"], {"PORTAL_DIGEST": ""}),
            (["sha256:", "'sha256:x' for hardware"], {"HARDWARE_DIGEST": "sha256:x"}),
            (["need REGISTRY"], {"REGISTRY": ""}),
            (["REGISTRY is a host", "'https://x'"], {"REGISTRY": "https://x"}),
            (["'a b' is no tag"], {"TAG": "a b"}),
            (["no current context"], {"KUBECONFIG": "/nowhere"}),
            (["context 'other' does not answer"], {"CONTEXT": "other"}),
            (["kubectl is missing"], {"PATH": str(self.without("kubectl"))}),
        ):
            with self.subTest(wanted):
                self.refused(self.deploy(**variables), *wanted)
        self.assertEqual(self.requests(), [])
        self.assertFalse([path for path in (self.tree / "k8s/.deploy").rglob("*")] if (self.tree / "k8s/.deploy").exists() else [])

    def without(self, tool):
        """A PATH that has what the scripts use, and not that."""
        folder = self.work / f"without-{tool}"
        folder.mkdir()
        for name in ("bash", "git", "sed", "grep", "head", "tr", "dirname", "basename", "mktemp", "rm", "mkdir", "cut", "env", "id", "uname", "timeout", "python3", "cat"):
            if path := shutil.which(name):
                (folder / name).symlink_to(path)
        return folder

    def test_an_overlay_that_cannot_be_rendered_leaves_the_last_deploy_as_it_was(self):
        self.good(self.deploy())
        before = (self.tree / "k8s/.deploy/a/kustomization.yaml").read_bytes()
        self.requests()
        (self.tree / "k8s/customers/a/customer.yaml").write_text("kind: [\n")
        self.refused(self.deploy(HARDWARE_DIGEST=DIGEST["c"]), "cannot be rendered")
        self.assertEqual(self.requests(), [])
        self.assertEqual((self.tree / "k8s/.deploy/a/kustomization.yaml").read_bytes(), before)
        self.assertEqual([path.name for path in (self.tree / "k8s/.deploy").iterdir()], ["a"])

    def test_branches_are_in_no_name(self):
        for branch in ("feat/x", "fix#12"):
            git(self.tree, "checkout", "-b", branch)
        git(self.tree, "checkout", "--detach")
        # No digests, no registry, no Docker: the images lie on the nodes.
        self.good(self.deploy(HARDWARE_DIGEST="", PORTAL_DIGEST="", REGISTRY="", DOCKER_HOST="tcp://127.0.0.1:1"))
        jobs = [line.split()[1] for line in self.requests() if line.startswith("APPLY jobs/")]
        sha = git(self.tree, "rev-parse", "--short=8", "HEAD").strip()
        self.assertEqual(jobs, [f"jobs/database-ensure-{sha}", f"jobs/migrate-{sha}"])

    def test_own_secrets_come_first_and_those_of_another_are_left_aside(self):
        four = {"MYSQL_HOST": "mysql", "MYSQL_USER": "customer_a", "MYSQL_PASSWORD": "s3cr$t", "MYSQL_DATABASE": "customer_a"}
        self.good(self.make("secret", **four | {"MYSQL_DATABASE": "customer_b"}))
        done = self.good(self.deploy())
        self.assertIn("is not for schema customer_a: left aside", done.stderr)
        self.assertNotEqual(self.password(), "s3cr$t")
        self.good(self.make("secret", **four))
        self.good(self.deploy())
        self.assertEqual(self.password(), "s3cr$t")
        self.good(self.make("secret", "CUSTOMER=a", **four | {"MYSQL_PASSWORD": "another"}))
        self.good(self.deploy())
        self.assertEqual(self.password(), "another")


if __name__ == "__main__":
    unittest.main()
