"""`make deploy` and `make rotate` with profile aws, and what looks like production."""

import json
import unittest

from common import Deployed


class Production(Deployed):
    context = "toolcrib-production"

    def test_production_is_named_by_whoever_changes_it(self):
        for command in ("deploy", "rollback", "rotate", "migrate"):
            for confirm in ({}, {"CONFIRM": "yes"}):
                self.refused(self.make(command, "CUSTOMER=a", **confirm), "would change production", "CONFIRM='toolcrib-production'")
        self.assertEqual(self.requests(), [])
        self.good(self.make("deploy", "CUSTOMER=a", CONFIRM="toolcrib-production"))


class Aws(Deployed):
    def setUp(self):
        super().setUp()
        params = (self.tree / "k8s/tests/params.env").read_text()
        (self.tree / "k8s/profiles/aws/params.env").write_text(params.replace("ENVIRONMENT=production", "ENVIRONMENT=staging"))
        (self.tree / "k8s/components/mysql-ca/ca.pem").write_text("for the test\n")
        # The platform's part, which is there before any customer.
        (self.work / "system.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: toolcrib-system\n")
        self.good(self.run_it("kubectl", "apply", "--server-side", "-f", str(self.work / "system.yaml")))
        self.requests()

    def test_secrets_come_from_aws_and_the_administrators_job_runs_in_toolcrib_system(self):
        self.refused(self.deploy(PROFILE="aws", ENV="production"), "is not of production: make outputs ENV=production")
        self.good(self.deploy(PROFILE="aws", ENV="staging"))
        lines = self.requests()
        self.order(lines, "APPLY namespaces/customer-a", "APPLY configmaps/mysql-ca", "APPLY externalsecrets/hardware", "APPLY jobs/database-ensure-customer-a-aaaaaaaa toolcrib-system",
                   "APPLY jobs/migrate-aaaaaaaa customer-a", "APPLY deployments/hardware")
        self.assertEqual([line for line in lines if line.startswith(("APPLY secrets", "APPLY statefulsets"))], [])
        self.assertEqual(self.stored("Ingress", "portal")["spec"]["rules"][0]["host"], "portal.customer-a.staging.parcellab.com")

    def test_a_secret_that_does_not_come_stops_it(self):
        self.fail("hardware")
        self.refused(self.deploy(PROFILE="aws", ENV="staging", SECRET_TIMEOUT="1"), "stopped")
        self.assertFalse([line for line in self.requests() if line.startswith(("APPLY jobs", "APPLY deployments"))])

    def test_rotate_goes_through_secrets_manager(self):
        self.good(self.deploy(PROFILE="aws", ENV="staging"))
        self.requests()
        folder = self.work / "aws"
        folder.mkdir()
        # Plays Secrets Manager, and External Secrets as far as it would bring the new value.
        (folder / "aws").write_text(f"""#!/usr/bin/env python3
import base64, json, sys, subprocess
kept = {str(folder / 'kept.json')!r}
arguments = sys.argv[1:]
print("AWS", *[a for a in arguments if not a.startswith("file://")], file=open({str(self.stand_in / 'requests')!r}, "a"))
if arguments[1] == "get-secret-value":
    print(open(kept).read())
else:
    value = open(next(a for a in arguments if a.startswith("file://"))[7:]).read()
    open(kept, "w").write(value)
    patch = json.dumps({{"data": {{"MYSQL_PASSWORD": base64.b64encode(json.loads(value)["MYSQL_PASSWORD"].encode()).decode()}}}})
    subprocess.run(["kubectl", "-n", "customer-a", "patch", "secret", "hardware", "--type=merge", "-p", patch], check=True, capture_output=True)
""")
        (folder / "aws").chmod(0o755)
        (folder / "kept.json").write_text(json.dumps({"MYSQL_HOST": "h", "MYSQL_USER": "u", "MYSQL_PASSWORD": "old", "MYSQL_DATABASE": "d"}))
        self.env["PATH"] = f"{folder}:{self.env['PATH']}"
        self.refused(self.run_it("scripts/rotate.sh", CUSTOMER="a", PROFILE="aws"), "ENV is staging or production")
        self.good(self.run_it("scripts/rotate.sh", CUSTOMER="a", PROFILE="aws", ENV="staging", ROTATE_WAIT="0"))
        kept = json.loads((folder / "kept.json").read_text())
        self.assertEqual({**kept, "MYSQL_PASSWORD": ""}, {"MYSQL_HOST": "h", "MYSQL_USER": "u", "MYSQL_PASSWORD": "", "MYSQL_DATABASE": "d"})
        self.assertEqual(self.password(), kept["MYSQL_PASSWORD"])
        self.assertNotEqual(kept["MYSQL_PASSWORD"], "old")
        self.order(self.requests(), "POST secrets/hardware-next-a toolcrib-system", "APPLY jobs/rotate-", "AWS secretsmanager get-secret-value --secret-id toolcrib/staging/customer-a/hardware",
                   "AWS secretsmanager put-secret-value", "PATCH externalsecrets/hardware", "PATCH pods/hardware-0", "APPLY jobs/discard-", "DELETE secrets/hardware-next-a toolcrib-system")


if __name__ == "__main__":
    unittest.main()
