"""`make secret`."""

import base64
import os
import re
import stat
import subprocess
import unittest

from common import TreeCase, git

FOUR = {"MYSQL_HOST": "h", "MYSQL_USER": "u", "MYSQL_PASSWORD": "p", "MYSQL_DATABASE": "d"}


class Secret(TreeCase):
    def data(self, name="hardware", folder="k8s/.deploy"):
        text = (self.tree / folder / f"secret-{name}.yaml").read_text()
        return {key: base64.b64decode(value) for key, value in re.findall(r"^  ([A-Z_]+): (\S*)$", text.split("\ndata:\n")[1], re.M)}

    def test_exactly_four_keys_for_the_owner_alone_and_not_for_git(self):
        done = self.good(self.make("secret", **FOUR))
        self.assertEqual(self.data(), {key: value.encode() for key, value in FOUR.items()})
        self.assertEqual(list(self.data("portal")), ["PORTAL_SECRET"])
        for name in ("hardware", "portal"):
            path = self.tree / f"k8s/.deploy/secret-{name}.yaml"
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(git(self.tree, "check-ignore", str(path)).strip(), str(path))
        self.assertNotIn("\np\n", done.stdout + done.stderr)
        self.unchanged()

    def test_values_survive_quotes_newlines_dollars_and_bytes(self):
        for value in ['"', "'", "a\nb\n", "$HOME $(id) ${x} $$", "a: b #c", "Grüße 🔑", " two  blanks ", "\\n\t|-", "%s", "---"]:
            self.good(self.make("secret", **FOUR | {"MYSQL_PASSWORD": value}))
            self.assertEqual(self.data()["MYSQL_PASSWORD"], value.encode(), value)
        environment = {key.encode(): value.encode() for key, value in (self.env | FOUR).items()} | {b"MYSQL_PASSWORD": b"\xff\xfe"}
        subprocess.run(["python3", "scripts/secret.py"], cwd=self.tree, env=environment, check=True, capture_output=True)
        self.assertEqual(self.data()["MYSQL_PASSWORD"], b"\xff\xfe")

    def test_kubectl_reads_what_was_written(self):
        self.good(self.make("secret", **FOUR | {"MYSQL_PASSWORD": "a\n\"$b': #"}))
        (self.tree / "k8s/.deploy/kustomization.yaml").write_text("resources: [secret-hardware.yaml, secret-portal.yaml]\n")
        text = self.good(self.run_it("kubectl", "kustomize", "k8s/.deploy")).stdout
        self.assertIn(base64.b64encode(b"a\n\"$b': #").decode(), text)
        self.assertEqual(len(re.findall(r"^  MYSQL_", text, re.M)), 4)

    def test_on_makes_command_line_a_dollar_is_a_dollar(self):
        self.good(self.make("secret", "MYSQL_HOST=h", "MYSQL_USER=u", "MYSQL_DATABASE=d", "MYSQL_PASSWORD=a$b#c $(id)"))
        self.assertEqual(self.data()["MYSQL_PASSWORD"], b"a$b#c $(id)")

    def test_the_signing_secret_is_made_once(self):
        self.good(self.make("secret", **FOUR))
        first = self.data("portal")
        self.assertGreaterEqual(len(first["PORTAL_SECRET"]), 32)
        self.good(self.make("secret", **FOUR | {"MYSQL_PASSWORD": "q"}))
        self.assertEqual(self.data("portal"), first)
        self.assertEqual(self.data()["MYSQL_PASSWORD"], b"q")

    def test_placeholders_are_refused_in_any_case(self):
        for password in ("", " ", "mysql", "MySQL", "temp123", "TEMP123", "ChangeMe", "password", "PassWord "):
            self.refused(self.make("secret", **FOUR | {"MYSQL_PASSWORD": password}), "placeholder")
        self.assertFalse((self.tree / "k8s/.deploy").exists())

    def test_what_is_missing_is_named(self):
        self.refused(self.make("secret"), "MYSQL_HOST, MYSQL_USER, MYSQL_DATABASE, MYSQL_PASSWORD missing")
        self.refused(self.make("secret", **{key: value for key, value in FOUR.items() if key != "MYSQL_USER"}), "MYSQL_USER missing")

    def test_a_spoilt_signing_secret_is_not_overwritten_and_nothing_is_half_new(self):
        self.good(self.make("secret", **FOUR))
        (self.tree / "k8s/.deploy/secret-portal.yaml").write_text("spoilt\n")
        self.refused(self.make("secret", **FOUR | {"MYSQL_PASSWORD": "q"}), "secret-portal.yaml holds no PORTAL_SECRET")
        self.assertEqual(self.data()["MYSQL_PASSWORD"], b"p")
        self.assertEqual(sorted(os.listdir(self.tree / "k8s/.deploy")), ["secret-hardware.yaml", "secret-portal.yaml"])

    def test_with_a_customer_it_is_that_ones(self):
        self.good(self.make("secret", "CUSTOMER=a", **FOUR))
        self.assertEqual(self.data(folder="k8s/.deploy/a")["MYSQL_HOST"], b"h")
        self.assertIn("\n  namespace: customer-a\n", (self.tree / "k8s/.deploy/a/secret-hardware.yaml").read_text())
        for customer in ("zz", "../a", "_template"):
            self.refused(self.make("secret", f"CUSTOMER={customer}", **FOUR), f"no customer '{customer}'")


if __name__ == "__main__":
    unittest.main()
