# The flake with stubs for its inputs, as JSON: nix-instantiate --eval --strict --json nix/tests/eval.nix
{
  flake ? ../../flake.nix,
}:
let
  # The outputs as Nix computes them, for a tree that git calls so.
  outputs =
    git:
    (import flake).outputs {
      self = git // {
        outPath = dirOf flake;
      };
      nixpkgs.outPath = toString ./stubs/nixpkgs;
      crane = import ./stubs/crane;
      rust-overlay.outPath = toString ./stubs/rust-overlay;
    };

  rev = "0123456789abcdef0123456789abcdef01234567";
  clean = outputs { inherit rev; };
  systems = builtins.attrNames clean.packages;

  sources = import (dirOf flake + "/nix/sources.nix") { lib = import ./stubs/nixpkgs/lib.nix; };
  revisionOf =
    git:
    (outputs git)
    .packages.x86_64-linux.hardware-image.given.config.Labels."org.opencontainers.image.revision";
  bySystem =
    f:
    builtins.listToAttrs (
      map (system: {
        name = system;
        value = f system;
      }) systems
    );
in
{
  outputs = builtins.mapAttrs (
    _: perSystem:
    builtins.mapAttrs (_: value: if value ? type then "one" else builtins.attrNames value) perSystem
  ) clean;

  assertions = builtins.concatMap (
    system:
    import (dirOf flake + "/nix/tests/assertions.nix") {
      inherit system;
      packages = clean.packages.${system};
      release = {
        version = (fromTOML (builtins.readFile (dirOf flake + "/Cargo.toml"))).workspace.package.version;
        revision = rev;
      };
    }
  ) systems;

  # Whatever a look at each output needs is evaluated, down to the tools of the shell and the environment of a check.
  everything = builtins.deepSeq (map (system: [
    (map (check: check.outPath) (builtins.attrValues clean.checks.${system}))
    (map (app: app.program) (builtins.attrValues clean.apps.${system}))
    (map (tool: tool.outPath) clean.devShells.${system}.default.packages)
    clean.formatter.${system}.outPath
  ]) systems) true;

  revisions = {
    clean = revisionOf { inherit rev; };
    dirty = revisionOf { dirtyRev = "${rev}-dirty"; };
    none = revisionOf { };
  };

  configs = bySystem (
    system: builtins.mapAttrs (_: package: package.given.config or null) clean.packages.${system}
  );

  sboms = {
    hardware = clean.packages.x86_64-linux.hardware-image.sbom;
    portal = clean.packages.x86_64-linux.portal-image.sbom;
  };

  files = {
    hardware = map toString (sources.files "hardware");
    portal = map toString (sources.files "portal");
    root = toString (dirOf flake);
  };

}
