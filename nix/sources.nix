# What each build may see. A file that is not in here cannot change a binary, so changing it builds nothing again; a file
# that a binary embeds has to be in here (nix/tests/sources.py compares this with git and with the code).
{ lib }:
let
  inherit (lib.fileset) toList toSource unions;

  root = ../.;
  inherit ((lib.importTOML ../Cargo.toml).workspace) members;

  # Cargo wants the manifests of all members, also of those that are not built; stubs.nix makes up their code.
  manifests = [
    ../Cargo.toml
    ../Cargo.lock
  ]
  ++ map (member: root + "/${member}/Cargo.toml") members;

  # Beside src/: what include_str!, include_bytes! and migrate! read.
  embedded = {
    hardware = [
      ../services/hardware/config.default.toml
      ../services/hardware/migrations
      ../services/hardware/openapi.json
    ];
    portal = [
      ../services/portal/config.default.toml
      ../services/portal/static
      ../services/portal/templates
    ];
  };

  ofService =
    service:
    unions (
      manifests
      ++ [
        ../services/build.rs
        ../services/chassis/src
        ../services/memory/build.rs
        ../services/memory/src
        (root + "/services/${service}/src")
      ]
      ++ embedded.${service}
    );

  # For the checks: all code and whatever its tests and the tools read.
  ofChecks = unions (
    manifests
    ++ [
      ../.config
      ../bench/peers
      ../clippy.toml
      ../deny.toml
      ../rustfmt.toml
      ../services
      ../tests
    ]
  );

  source = fileset: toSource { inherit root fileset; };
in
{
  inherit members;
  manifests = source (unions manifests);
  service = service: source (ofService service);
  checks = source ofChecks;

  # The same as a list of paths, for the tests.
  files = service: toList (ofService service);
}
