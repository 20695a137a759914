# `nix flake check`: what can be judged without Docker, and the tests of the flake itself. Dependencies are compiled once.
{
  pkgs,
  crates,
  sources,
  packages,
  release,
  system,
}:
let
  inherit (crates) craneLib;

  args = crates.common // {
    pname = "toolcrib";
    cargoExtraArgs = "--locked --workspace";
    CARGO_PROFILE = "dev";
  };
  cargoArtifacts = craneLib.buildDepsOnly (
    args
    // {
      dummySrc = sources.manifests;
      postPatch = crates.stubs;
    }
  );
  code = args // {
    inherit cargoArtifacts;
    src = sources.checks;
    postPatch = "find services tests bench -type f -exec touch {} +";
  };
in
{
  clippy = craneLib.cargoClippy (code // { cargoClippyExtraArgs = "--all-targets -- -D warnings"; });

  fmt = craneLib.cargoFmt {
    inherit (args) pname version;
    src = sources.checks;
  };

  # Embedded SQLite, as scripts/test.sh runs it; MySQL and the browser need more than a sandbox has.
  nextest = craneLib.cargoNextest (
    code
    // {
      cargoNextestExtraArgs = "--profile ci -E 'not package(system-tests) and not test(/(^|::)mysql(::|$)/)'";
    }
  );

  deny = craneLib.cargoDeny {
    inherit (args) pname version cargoVendorDir;
    src = sources.checks;
  };

  eval =
    let
      assertions = import ./tests/assertions.nix { inherit packages release system; };
      failed = map (it: it.name) (builtins.filter (it: !it.ok) assertions);
    in
    if failed == [ ] then
      pkgs.writeText "eval-tests" "${toString (builtins.length assertions)} passed\n"
    else
      throw "the flake is not as it should be: ${builtins.concatStringsSep "; " failed}";
}
