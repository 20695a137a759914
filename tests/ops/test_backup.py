"""`make backup`, `make restore` and `make rds-ca`; the MySQL part runs what is said to the pod in a container of the same image."""

import http.server
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import threading
import time
import unittest
from contextlib import closing
from pathlib import Path

from common import ROOT, ClusterCase, TreeCase

BINARY = Path(os.environ.get("HARDWARE") or next((str(p) for p in (ROOT / "target/debug/hardware", ROOT / "target/release/hardware") if p.exists()), "/nowhere"))
MYSQL = os.environ.get("MYSQL_IMAGE") or "toolcrib/mysql:9.7"


@unittest.skipUnless(BINARY.exists(), "there is no hardware binary: cargo build -p hardware")
class Sqlite(TreeCase):
    def setUp(self):
        super().setUp()
        self.env |= {"HARDWARE": str(BINARY), "DATA_DIR": str(self.work / "data")}
        self.good(self.run_it(str(BINARY), "migrate"))
        self.good(self.run_it(str(BINARY), "seed"))
        self.file = self.work / "data/hardware.db"

    def names(self, file=None):
        with closing(sqlite3.connect(file or self.file)) as database:
            return sorted(name for (name,) in database.execute("SELECT name FROM hardware"))

    def backup(self):
        done = self.good(self.make("backup"))
        return self.tree / done.stdout.strip().splitlines()[-1]

    def rename_all(self, name):
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("UPDATE hardware SET name = ? || id", (name,))
            database.commit()

    def test_there_and_back(self):
        before = self.names()
        # Somebody writes meanwhile, and has not checkpointed: the copy has what was committed.
        writer = sqlite3.connect(self.file)
        self.addCleanup(writer.close)
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE hardware SET name = 'committed' WHERE id = 1")
        writer.commit()
        writer.execute("UPDATE hardware SET name = 'not committed' WHERE id = 2")
        kept = self.backup()
        writer.rollback()
        writer.close()
        self.assertIn("committed", self.names(kept))
        self.assertNotIn("not committed", self.names(kept))
        self.assertEqual(len(self.names(kept)), len(before))
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        self.unchanged()

        wanted = self.names(kept)
        self.rename_all("later")
        self.refused(self.make("restore", f"FILE={kept}"), "would overwrite", "OVERWRITE=hardware.db")
        self.assertNotEqual(self.names(), wanted)
        done = self.good(self.make("restore", f"FILE={kept}", "OVERWRITE=hardware.db"))
        self.assertEqual(self.names(), wanted)
        # What was there is kept.
        aside = self.tree / next(line for line in done.stderr.splitlines() if line.startswith("what was there")).split()[-1]
        self.assertTrue(all(name.startswith("later") for name in self.names(aside)))
        self.assertEqual(sorted(path.name for path in (self.work / "data").iterdir() if path.name.startswith(".")), [])

    def test_what_is_no_sound_database_is_not_restored(self):
        kept = self.backup()
        before = self.file.read_bytes()
        spoilt = self.work / "spoilt.db"
        spoilt.write_bytes(kept.read_bytes()[:5000])
        self.refused(self.make("restore", f"FILE={spoilt}", "OVERWRITE=hardware.db"), "no sound SQLite database")
        spoilt.write_text("not a database, but long enough to be read as one" * 100)
        self.refused(self.make("restore", f"FILE={spoilt}", "OVERWRITE=hardware.db"), "no sound SQLite database")
        self.assertEqual(self.file.read_bytes(), before)

    def test_a_binary_that_finds_violations_stops_it(self):
        kept = self.backup()
        before = self.file.read_bytes()
        careful = self.work / "careful"
        careful.write_text(f'#!/bin/sh\nif [ "$1" = verify ]; then echo "a violation" >&2; exit 1; fi\nexec {BINARY} "$@"\n')
        careful.chmod(0o755)
        self.refused(self.make("restore", f"FILE={kept}", "OVERWRITE=hardware.db", HARDWARE=str(careful)), "does not keep every promise")
        self.assertEqual(self.file.read_bytes(), before)

    def test_not_from_under_a_running_service(self):
        kept = self.backup()
        service = subprocess.Popen([BINARY, "serve"], env=self.env | {"BIND": "127.0.0.1:0"}, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not (self.work / "data/hardware.db-wal").exists():
                time.sleep(0.1)
            self.refused(self.make("restore", f"FILE={kept}", "OVERWRITE=hardware.db"), "is in use: stop the service first")
            # Backing up does not mind.
            self.assertEqual(self.names(self.backup()), self.names(kept))
        finally:
            service.terminate()
            service.wait()

    def test_wrong_use(self):
        self.refused(self.make("backup", DATA_DIR=str(self.work / "none")), "there is no", "to back up")
        self.refused(self.make("restore"), "FILE is missing")
        self.refused(self.make("restore", "FILE=/nowhere"), "there is no file /nowhere")


@unittest.skipIf(os.environ.get("TOOLCRIB_SKIP_DOCKER") == "1", "TOOLCRIB_SKIP_DOCKER=1: no MySQL was backed up")
class InCluster(ClusterCase):
    """exec goes into a real MySQL, started as profile local starts it."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which("docker") or subprocess.run(["docker", "image", "inspect", MYSQL], capture_output=True, check=False).returncode:
            raise unittest.SkipTest(f"there is no image {MYSQL}: make images")
        cls.folder = Path(subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip())
        cls.folder.chmod(0o755)
        (cls.folder / "MYSQL_PASSWORD").write_text("a'd$min\"")
        (cls.folder / "MYSQL_PASSWORD").chmod(0o644)
        cls.container = subprocess.run(
            ["docker", "run", "--detach", "--rm", "--user", "999:999", "--read-only", "--cap-drop", "ALL", "--tmpfs", "/tmp:mode=1777", "--tmpfs", "/run/mysqld:uid=999,gid=999",
             "--tmpfs", "/var/lib/mysql:uid=999,gid=999,size=1g", "--volume", f"{cls.folder}:/run/secrets/mysql-admin:ro", "--label", "toolcrib.test-ops=1",
             "--env", "MYSQL_ROOT_PASSWORD_FILE=/run/secrets/mysql-admin/MYSQL_PASSWORD", MYSQL], check=True, capture_output=True, text=True).stdout.strip()
        deadline = time.monotonic() + 120
        while not cls.sql("SELECT 1", check=False).startswith("1"):
            if time.monotonic() > deadline:
                cls.tearDownClass()
                raise AssertionError("MySQL did not start within 120 s")
            time.sleep(1)

    @classmethod
    def tearDownClass(cls):
        subprocess.run(["docker", "rm", "--force", "--volumes", cls.container], capture_output=True, check=False)
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def sql(cls, statement, check=True):
        # By TCP: during the first start the server answers on its socket before it is the one that stays.
        script = 'MYSQL_PWD=$(cat "$MYSQL_ROOT_PASSWORD_FILE") exec mysql --protocol=tcp --host=127.0.0.1 --user=root --batch --skip-column-names --execute "$1"'
        return subprocess.run(["docker", "exec", cls.container, "sh", "-c", script, "sh", statement], check=check, capture_output=True, text=True).stdout

    def setUp(self):
        super().setUp()
        # What stands behind `--` is what the pod would run.
        (self.stand_in / "exec").write_text(
            'echo "EXEC" >> "$STAND_IN/requests"\nwhile [ "$1" != -- ]; do shift; done\nshift\n'
            f'if [ -e "$STAND_IN/cut" ]; then docker exec --interactive {self.container} "$@" | head -n 5; else exec docker exec --interactive {self.container} "$@"; fi\n')
        self.env["BACKUP_DIR"] = str(self.work / "backups")
        self.sql("DROP DATABASE IF EXISTS customer_a; CREATE DATABASE customer_a; CREATE TABLE customer_a.t (v VARCHAR(99)); INSERT INTO customer_a.t VALUES ('Grüße, \"x\"')")
        self.good(self.run_it("scripts/deploy.sh", CUSTOMER="a"))
        self.requests()

    def backup(self):
        return self.good(self.make("backup", "CUSTOMER=a")).stdout.strip().splitlines()[-1]

    def test_there_and_back_with_hardware_stopped_meanwhile(self):
        kept = self.backup()
        self.assertEqual(stat.S_IMODE(Path(kept).stat().st_mode), 0o600)
        self.sql("DELETE FROM customer_a.t; CREATE TABLE customer_a.later (i INT)")
        self.refused(self.make("restore", "CUSTOMER=a", f"FILE={kept}"), "OVERWRITE=customer-a")
        self.refused(self.make("restore", "CUSTOMER=a", f"FILE={kept}", "OVERWRITE=customer-b"), "OVERWRITE=customer-a")
        self.requests()
        done = self.good(self.make("restore", "CUSTOMER=a", f"FILE={kept}", "OVERWRITE=customer-a"))
        self.assertEqual(self.sql("SELECT v FROM customer_a.t"), 'Grüße, "x"\n')
        self.assertEqual(self.sql("SHOW TABLES FROM customer_a"), "t\n")
        self.order(self.requests(), "PATCH deployments/hardware/scale", "EXEC", "APPLY jobs/migrate-", "APPLY jobs/verify-")
        aside = next(line for line in done.stderr.splitlines() if line.startswith("what was there")).split()[-1]
        self.assertIn("CREATE TABLE `later`", Path(aside).read_text())
        replicas = [item["spec"]["replicas"] for item in json.loads((self.stand_in / "objects.json").read_text()) if item["kind"] == "Deployment"]
        self.assertEqual(replicas, [2, 2])

    def test_a_cut_dump_is_no_backup_and_is_not_restored(self):
        (self.stand_in / "cut").touch()
        self.refused(self.make("backup", "CUSTOMER=a"), "nothing was kept")
        self.assertEqual(list((self.work / "backups").iterdir()), [])
        (self.stand_in / "cut").unlink()
        kept = Path(self.backup())
        kept.write_text(kept.read_text()[:-100])
        self.requests()
        self.refused(self.make("restore", "CUSTOMER=a", f"FILE={kept}", "OVERWRITE=customer-a"), "no whole dump")
        self.assertEqual(self.requests(), [])

    def test_what_verify_refuses_leaves_hardware_stopped_and_says_the_way_back(self):
        kept = self.backup()
        (self.stand_in / "fail").write_text("verify-")
        self.refused(self.make("restore", "CUSTOMER=a", f"FILE={kept}", "OVERWRITE=customer-a"), "hardware is stopped", "goes back", "before-restore")

    def test_without_a_mysql_of_its_own(self):
        self.good(self.run_it("kubectl", "--namespace", "customer-a", "delete", "statefulset", "mysql", "--wait=false"))
        self.refused(self.make("backup", "CUSTOMER=a"), "no MySQL in customer-a", "aws-database.md")


class RdsCa(TreeCase):
    def serve(self, body: bytes) -> str:
        class Page(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(200 if self.path == "/bundle.pem" else 404)
                self.end_headers()
                self.wfile.write(body if self.path == "/bundle.pem" else b"no")

        server = http.server.HTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}/bundle.pem"

    def certificate(self, name: str) -> bytes:
        return subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/dev/null", "-days", "2", "-subj", f"/CN={name}"],
                              check=True, capture_output=True).stdout

    def test_fetches_checks_and_tells_the_sum(self):
        bundle = self.certificate("one") + self.certificate("two")
        done = self.good(self.make("rds-ca", RDS_CA_URL=self.serve(bundle)))
        target = self.tree / "k8s/components/mysql-ca/ca.pem"
        self.assertEqual(target.read_bytes(), bundle)
        self.assertIn("2 certificates", done.stderr)
        self.assertIn(subprocess.run(["sha256sum", target], check=True, capture_output=True, text=True).stdout.split()[0], done.stdout)
        self.unchanged()
        # What is no bundle leaves the last one.
        one = self.certificate("one")
        for bad in (b"<html>", b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", one + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", one[:200]):
            self.refused(self.make("rds-ca", RDS_CA_URL=self.serve(bad)), "no bundle of PEM certificates")
        self.refused(self.make("rds-ca", RDS_CA_URL=self.serve(one) + "x"), "cannot be fetched")
        self.refused(self.make("rds-ca", RDS_CA_URL="http://example.com/x.pem"), "RDS_CA_URL begins with https://")
        self.assertEqual(target.read_bytes(), bundle)
        self.assertEqual([path.name for path in target.parent.iterdir() if path.name.startswith(".")], [])


if __name__ == "__main__":
    unittest.main()
