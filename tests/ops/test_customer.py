"""`make customer` and `make customer-remove`."""

import json
import re
import unittest

from common import TreeCase, git

GREETING = """Grüß Gott, "Team" $HOME: #1"""
LISTS = {environment: f"terraform/environments/{environment}/customers.json" for environment in ("production", "staging")}


class Customer(TreeCase):
    def listed(self, environment):
        return json.loads((self.tree / LISTS[environment]).read_text())["customers"]

    def greeting(self, name, key="CUSTOMER_GREETING"):
        """As kustomize, and so Kubernetes, reads it."""
        rendered = self.good(self.run_it("kubectl", "kustomize", f"k8s/customers/{name}")).stdout
        value = re.search(rf"^  {key}: (.*)$", rendered, re.M)[1]
        value = re.sub(r"\\U([0-9A-F]{8})", lambda found: chr(int(found[1], 16)), value)
        return value[1:-1].replace("''", "'") if value.startswith("'") else json.loads(value) if value.startswith('"') else value

    def add(self, *more, name="d", host="customer-d.parcellab.com", greeting="Hello!"):
        return self.make("customer", f"NAME={name}", f"HOST={host}", f"GREETING={greeting}", *more)

    def test_adds_at_most_three_files_and_one_line_a_list(self):
        self.good(self.add())
        changed = git(self.tree, "status", "--porcelain", "-uall").splitlines()
        new = [line for line in changed if line.startswith("??")]
        self.assertTrue(1 <= len(new) <= 3 and all(" k8s/customers/d/" in line for line in new), changed)
        self.assertEqual(sorted(line for line in changed if line not in new), sorted(f" M {path}" for path in LISTS.values()))
        for environment, host in (("production", "customer-d.parcellab.com"), ("staging", "customer-d.staging.parcellab.com")):
            self.assertEqual(self.listed(environment)["d"]["host"], host)
            self.assertEqual(git(self.tree, "diff", "--numstat", LISTS[environment]).split()[:2], ["2", "1"])

    def test_differs_from_a_only_in_who_it_is(self):
        self.good(self.add())
        of_a = self.run_it("kubectl", "kustomize", "k8s/customers/a").stdout
        of_d = self.run_it("kubectl", "kustomize", "k8s/customers/d").stdout
        for mine, other in (("customer-d", "customer-a"), ("customer_d", "customer_a"), ("CUSTOMER_NAME: d", "CUSTOMER_NAME: A"), ("Hello!", "Hi!")):
            of_d = of_d.replace(mine, other)
        self.assertEqual(of_d, of_a)

    def test_greetings_arrive_as_they_were_typed(self):
        for number, greeting in enumerate((GREETING, "it's", "yes", "{x: [1]}", "- a", "__TITLE__ __NAME__", "\\n %s", "こんにちは 👋", "a$(id)$$b")):
            name = f"g{number}"
            done = self.run_it("python3", "scripts/customer.py", "add", NAME=name, HOST=f"{name}.parcellab.com", GREETING=greeting)
            self.good(done)
            self.assertEqual(self.greeting(name), greeting)
            self.assertEqual(self.greeting(name, "CUSTOMER_NAME"), name)

    def test_through_make_a_dollar_is_a_dollar(self):
        self.good(self.add(greeting=GREETING))
        self.assertEqual(self.greeting("d"), GREETING)
        self.good(self.make("customer", NAME="e", HOST="e.parcellab.com", GREETING=GREETING, TITLE="E & F: $x"))
        self.assertEqual(self.greeting("e"), GREETING)
        self.assertEqual(self.greeting("e", "CUSTOMER_NAME"), "E & F: $x")
        self.good(self.add(name="f", host="f.parcellab.com", greeting=GREETING.replace("$", "$$")))
        self.assertEqual(self.greeting("f"), GREETING)

    def test_one_environment_and_then_the_other(self):
        self.good(self.add("ENV=staging"))
        self.assertNotIn("d", self.listed("production"))
        self.refused(self.add("ENV=staging"), "there already")
        self.refused(self.add(), "there already")
        self.good(self.add("ENV=production", "MAX_PODS=4"))
        self.assertEqual(self.listed("production")["d"], {"host": "customer-d.parcellab.com", "max_pods": 4})
        # staging's list has a number of pods that all its customers share.
        self.assertEqual(self.listed("staging")["d"], {"host": "customer-d.staging.parcellab.com", "max_pods": 3})

    def test_what_is_wrong_is_refused_and_nothing_is_written(self):
        for name in ("", "A", "1a", "-a", "a-", "a_b", "a.b", "../x", "x" * 23, "größe", "_template", "a b", "a\nb"):
            self.refused(self.make("customer", NAME=name, HOST="x.parcellab.com", GREETING="x"), "NAME")
        for host in ("parcellab.com", "d.example.com", "d.parcellab.com.evil.example", "dparcellab.com", "D.parcellab.com", "-d.parcellab.com", "d..parcellab.com",
                     "http://d.parcellab.com", "d.parcellab.com/x", "x" * 50 + ".parcellab.com", "d.staging.parcellab.com", "x" * 45 + ".parcellab.com", "d.parcellab.com\n"):
            self.refused(self.make("customer", NAME="d", HOST=host, GREETING="x"), "HOST")
        for greeting in ("", " ", "a\nb", "a\tb", "x" * 201, "a\u2028b"):
            self.refused(self.make("customer", NAME="d", HOST="d.parcellab.com", GREETING=greeting), "GREETING")
        self.refused(self.add("ENV=test"), "ENV is staging or production")
        self.refused(self.add("MAX_PODS=2"), "MAX_PODS")
        self.refused(self.add(name="a"), "customer a is there already")
        self.refused(self.add(host="customer-a.parcellab.com"), "is customer a's")
        self.unchanged()

    def test_nothing_is_half_written(self):
        # The second list cannot be read: the first, and the overlay, must not be there either.
        path = self.tree / LISTS["staging"]
        text = path.read_text()
        path.write_text("{")
        self.refused(self.add(), "staging/customers.json cannot be read")
        path.write_text(text)
        self.unchanged()
        # A template that asks for what nobody knows.
        template = self.tree / "k8s/customers/_template/customer.yaml"
        template.write_text(template.read_text() + "# __COLOUR__\n")
        git(self.tree, "commit", "-am", "x")
        self.refused(self.add(), "__COLOUR__")
        self.unchanged()

    def test_a_write_that_fails_half_way_is_taken_back(self):
        script = "import sys; sys.path.insert(0, 'scripts'); import customer; from pathlib import Path\n" \
                 "real, calls = customer.replace, []\n" \
                 "def replace(path, text):\n    calls.append(path)\n    if len(calls) == 2: raise OSError('disk full')\n    real(path, text)\n" \
                 "customer.replace = replace\ntry:\n    {}\nexcept OSError: pass\nelse: sys.exit('it did not fail')\n"
        add = "customer.add({'NAME': 'd', 'HOST': 'd.parcellab.com', 'GREETING': 'x'})"
        for action in (add, "customer.remove({'NAME': 'b'})"):
            self.good(self.run_it("python3", "-B", "-c", script.format(action)))
            self.unchanged()
            self.assertEqual(git(self.tree, "status", "--porcelain", "--ignored", "k8s"), "")

    def test_removing_one_leaves_the_others(self):
        before = {path: (self.tree / path).read_text() for path in LISTS.values()}
        for name in ("a", "b", "c"):
            self.good(self.make("customer-remove", f"NAME={name}"))
            self.assertFalse((self.tree / "k8s/customers" / name).exists())
            for environment in LISTS:
                self.assertEqual(sorted(self.listed(environment)), sorted({"a", "b", "c"} - {name}))
            for other in {"a", "b", "c"} - {name}:
                self.good(self.run_it("kubectl", "kustomize", f"k8s/customers/{other}"))
            git(self.tree, "checkout", ".")
        # Added and removed again, everything is as it was, to the byte.
        self.good(self.add())
        self.good(self.make("customer-remove", "NAME=d"))
        self.assertEqual({path: (self.tree / path).read_text() for path in LISTS.values()}, before)
        self.unchanged()

    def test_the_last_and_the_first_customer(self):
        for name in ("c", "a", "b"):
            self.good(self.make("customer-remove", f"NAME={name}"))
        self.assertEqual((self.listed("production"), self.listed("staging")), ({}, {}))
        self.good(self.add())
        self.assertEqual(list(self.listed("staging")), ["d"])

    def test_nobody_to_remove(self):
        self.refused(self.make("customer-remove", "NAME=zz"), "there is no customer zz")
        self.refused(self.make("customer-remove"), "NAME is missing")
        self.refused(self.make("customer-remove", "NAME=../a"), "NAME is")
        self.unchanged()


if __name__ == "__main__":
    unittest.main()
