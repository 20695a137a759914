"""What is wrong with a flake is noticed, and named."""

import unittest

from common import Copy, TRACKED, evaluate, failed_assertions, impurities, sbom_problems, source_problems


class Caught(unittest.TestCase):
    def caught(self, file, before, after):
        """Everything that test_flake.py would say of a tree with this change."""
        with Copy() as copy:
            copy.replace(file, before, after)
            return self.said(copy.tree)

    def said(self, tree):
        report, error = evaluate(tree)
        if error:
            return error
        said = failed_assertions(report) + source_problems(tree, report, TRACKED) + sbom_problems(tree, report)
        return "\n".join(said + list(impurities(tree, [file for file in TRACKED if (tree / file).is_file()])))

    def test_nothing_where_nothing_was_changed(self):
        with Copy() as copy:
            self.assertEqual(self.said(copy.tree), "")

    def test_a_migration_that_is_gone(self):
        with Copy() as copy:
            gone = "services/hardware/migrations/sqlite/20261121000002_claim.sql"
            (copy.tree / gone).unlink()
            self.assertIn(f"embeds {gone}, which its build does not see", self.said(copy.tree))

    def test_an_attribute_that_nixpkgs_does_not_have(self):
        said = self.caught("nix/images.nix", "dockerTools.buildLayeredImage", "dockerTools.buildLayerdImage")
        self.assertIn("buildLayerdImage", said)

    def test_an_argument_that_the_image_does_not_take(self):
        self.assertIn("fakeRootCommand", self.caught("nix/images.nix", "fakeRootCommands =", "fakeRootCommand ="))

    def test_a_wrong_label(self):
        said = self.caught("nix/images.nix", '.version" = release.version', '.version" = "0.0.0"')
        self.assertIn("hardware-image: label version", said)
        self.assertIn("portal-image-arm64: label version", said)

    def test_another_user(self):
        self.assertIn("portal-image: user", self.caught("nix/images.nix", 'User = "${user}:${user}"', 'User = "root"'))

    def test_a_shell_in_the_image(self):
        said = self.caught("nix/images.nix", "      package\n", "      package\n      pkgs.sqlite\n")
        self.assertIn("hardware-image: contents", said)

    def test_migrations_that_no_build_sees(self):
        said = self.caught("nix/sources.nix", "services/hardware/migrations\n", "services/hardware/migrations/sqlite\n")
        self.assertIn("embeds services/hardware/migrations/mysql/20261121000001_hardware.sql", said)

    def test_templates_that_no_build_sees(self):
        said = self.caught("nix/sources.nix", "      ../services/portal/templates\n", "")
        self.assertIn("embeds services/portal/templates/layout.hbs", said)

    def test_c_code_that_no_build_sees(self):
        said = self.caught("nix/sources.nix", "        ../services/memory/src\n", "")
        self.assertIn("services/memory/src/memory.c is in neither", said)

    def test_a_folder_that_is_not_there(self):
        self.assertIn("services/portal/statik", self.caught("nix/sources.nix", "services/portal/static", "services/portal/statik"))

    def test_sources_that_no_binary_needs(self):
        said = self.caught("nix/sources.nix", "        ../services/build.rs\n", "        ../services/build.rs\n        ../services/hardware/tests\n")
        self.assertIn("portal: its build sees services/hardware/tests/it/main.rs", said)

    def test_a_list_of_parts_without_checksums(self):
        self.assertIn("has the checksum None", self.caught("nix/sbom.nix", "crate ? checksum", "crate ? sha256"))

    def test_a_look_at_the_environment(self):
        said = self.caught("nix/default.nix", 'self.dirtyRev or "unknown"', 'self.dirtyRev or (builtins.getEnv "REV")')
        self.assertIn("nix/default.nix:", said)
