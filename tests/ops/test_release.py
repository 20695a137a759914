"""`make rollback`, `rotate` and `migrate`, of what was deployed."""

import base64
import json
import time
import unittest

from common import DIGEST, Deployed


class Rollback(Deployed):
    def test_both_go_back_together_and_forward_again(self):
        self.good(self.deploy())
        self.refused(self.make("rollback", "CUSTOMER=a"), "no release before this one")
        # Only hardware's image is new, and still both go back by one release, not the portal by two.
        self.good(self.deploy(PORTAL_DIGEST=DIGEST["c"]))
        self.good(self.deploy(PORTAL_DIGEST=DIGEST["c"], HARDWARE_DIGEST=DIGEST["d"]))
        self.requests()
        done = self.good(self.make("rollback", "CUSTOMER=a"))
        self.assertIn("The schema stays as it is", done.stderr)
        self.assertEqual(self.images(), (DIGEST["a"], DIGEST["c"]))
        # By deploy's own name: as anybody else's, the old fields would outlive the next deploy.
        self.assertEqual([line for line in self.requests() if not line.startswith("ROLL")],
                         [f"APPLY deployments/{name} customer-a toolcrib-deploy" for name in ("hardware", "portal")])
        self.good(self.make("rollback", "CUSTOMER=a"))
        self.assertEqual(self.images(), (DIGEST["d"], DIGEST["c"]))
        # A deploy takes back what the rollback set.
        self.good(self.deploy())
        self.assertEqual(self.images(), (DIGEST["a"], DIGEST["b"]))

    def images(self):
        return tuple(self.stored("Deployment", name)["spec"]["template"]["spec"]["containers"][0]["image"].split("@")[1] for name in ("hardware", "portal"))

    def test_the_autoscalers_number_stays_and_the_former_pods_come_back_whole(self):
        self.good(self.deploy())
        before = self.stored("Deployment", "hardware")["spec"]["template"]
        manifest = self.tree / "k8s/base/hardware/deployment.yaml"
        manifest.write_text(manifest.read_text().replace("- {name: LOG_FORMAT, value: json}", "- {name: LOG_FORMAT, value: text}"))
        self.good(self.deploy())
        self.good(self.run_it("kubectl", "--namespace", "customer-a", "scale", "deployment/hardware", "--replicas=3"))
        self.assertNotEqual(self.stored("Deployment", "hardware")["spec"]["template"], before)
        self.good(self.make("rollback", "CUSTOMER=a"))
        self.assertEqual(self.stored("Deployment", "hardware")["spec"]["template"], before)
        self.assertEqual(self.stored("Deployment", "hardware")["spec"]["replicas"], 3)

    def test_nobody_to_roll_back(self):
        self.refused(self.make("rollback", "CUSTOMER=b"), "no Deployment hardware and no portal: make deploy first")
        self.refused(self.make("rollback"), "CUSTOMER is missing")


class Rotate(Deployed):
    def rotate(self, **more):
        return self.run_it("scripts/rotate.sh", **{"CUSTOMER": "a", "ROTATE_WAIT": "0"} | more)

    def test_new_password_then_pods_then_discard(self):
        self.refused(self.rotate(), "k8s/.deploy/a/kustomization.yaml is missing")
        self.good(self.deploy())
        self.requests()
        old = self.password()
        done = self.good(self.rotate())
        new = self.password()
        self.assertNotEqual(new, old)
        self.assertNotIn(new, done.stdout + done.stderr)
        self.order(self.requests(), "POST secrets/hardware-next-a", "APPLY jobs/rotate-", "PATCH secrets/hardware customer-a", "PATCH pods/hardware-0", "PATCH pods/hardware-1",
                   "APPLY jobs/discard-", "DELETE secrets/hardware-next-a")
        jobs = {item["metadata"]["name"].split("-")[0]: item for item in json.loads((self.stand_in / "objects.json").read_text()) if item["kind"] == "Job"}
        for verb in ("rotate", "discard"):
            container = jobs[verb]["spec"]["template"]["spec"]["containers"][0]
            self.assertEqual(container["args"], ["database", verb, "--user", "$(APP_USER)"])
            given = {entry["name"]: entry for entry in container["env"]}
            self.assertEqual(given["APP_PASSWORD"]["valueFrom"]["secretKeyRef"], {"name": "hardware-next-a", "key": "MYSQL_PASSWORD"})
            self.assertNotIn("APP_PASSWORD_FILE", given)
            self.assertEqual(given["MYSQL_USER"]["valueFrom"]["secretKeyRef"]["name"], "mysql-admin")
        # The next deploy leaves it.
        self.good(self.deploy())
        self.assertEqual(self.password(), new)

    def test_refused_by_mysql_nothing_changes_for_the_pods_and_it_can_go_on(self):
        self.good(self.deploy())
        old = self.password()
        self.requests()
        self.fail("rotate-")
        self.refused(self.rotate(), "MySQL did not take the new password")
        self.assertEqual(self.password(), old)
        self.assertFalse([line for line in self.requests() if line.startswith(("PATCH secrets", "APPLY jobs/discard"))])
        kept = self.stored("Secret", "hardware-next-a")["data"]["MYSQL_PASSWORD"]
        self.fail("discard-")
        self.refused(self.rotate(), "MySQL still takes both passwords")
        # It went on with the password it had begun with: the pods may have it already.
        self.assertEqual(base64.b64decode(kept).decode(), self.password())
        self.fail("")
        self.good(self.rotate())
        self.assertEqual(base64.b64decode(kept).decode(), self.password())
        self.assertIsNone(self.stored("Secret", "hardware-next-a"))

    def test_a_file_of_make_secret_follows_and_an_older_one_is_refused(self):
        four = {"MYSQL_HOST": "mysql", "MYSQL_USER": "customer_a", "MYSQL_PASSWORD": "first", "MYSQL_DATABASE": "customer_a"}
        self.good(self.make("secret", "CUSTOMER=a", **four))
        file = self.tree / "k8s/.deploy/a/secret-hardware.yaml"
        older = file.read_text()
        self.good(self.deploy())
        self.good(self.rotate())
        new = self.password()
        self.assertIn(base64.b64encode(new.encode()).decode(), file.read_text())
        self.good(self.deploy())
        file.write_text(older)
        done = self.deploy()
        self.refused(done, "stopped")
        self.assertIn("has another password than 'make rotate' left in customer-a: remove the file", done.stderr)
        self.assertEqual(self.password(), new)

    def test_wrong_use(self):
        self.refused(self.rotate(ROTATE_WAIT="long"), "ROTATE_WAIT")
        self.refused(self.rotate(PROFILE="gcp"), "PROFILE is local or aws")
        self.refused(self.rotate(ENV="staging"), "ENV is for PROFILE=aws")


class Migrate(Deployed):
    def test_runs_once_more_with_what_was_deployed(self):
        self.refused(self.make("migrate", "CUSTOMER=a"), "make deploy CUSTOMER=a")
        self.good(self.deploy())
        self.requests()
        self.good(self.make("migrate", "CUSTOMER=a"))
        [line] = [line for line in self.requests() if line.startswith("APPLY jobs/")]
        self.assertRegex(line, r"^APPLY jobs/migrate-\d{6}-\d{6} customer-a")
        self.fail("migrate-")
        time.sleep(1.1)
        self.refused(self.make("migrate", "CUSTOMER=a"), "customer a")


if __name__ == "__main__":
    unittest.main()
