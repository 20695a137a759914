# Everything the flake offers. The parts are in the files beside this one.
{
  self,
  nixpkgs,
  crane,
  rust-overlay,
  ...
}:
let
  systems = [
    "x86_64-linux"
    "aarch64-linux"
  ];

  services = [
    "hardware"
    "portal"
  ];

  forSystem =
    system:
    let
      pkgs = import nixpkgs {
        inherit system;
        overlays = [ (import rust-overlay) ];
      };
      inherit (pkgs) lib;

      workspace = (lib.importTOML ../Cargo.toml).workspace.package;
      release = {
        inherit (workspace) version license repository;
        # What git calls this tree. A flake that is no git checkout does not know.
        revision = self.rev or self.dirtyRev or "unknown";
      };

      sources = import ./sources.nix { inherit lib; };
      platforms = import ./platforms.nix { inherit pkgs system; };
      crates = import ./crates.nix {
        inherit
          pkgs
          crane
          sources
          release
          ;
      };
      images = import ./images.nix {
        inherit pkgs release;
        sbom = import ./sbom.nix { inherit lib release; };
      };

      # hardware, hardware-image and so on for one platform, with a suffix to their names.
      packagesFor =
        suffix: platform:
        builtins.listToAttrs (
          builtins.concatMap (
            service:
            let
              package = crates.package platform service;
            in
            [
              {
                name = service + suffix;
                value = package;
              }
              {
                name = "${service}-image${suffix}";
                value = images.image platform service package;
              }
            ]
          ) services
        );

      packages = packagesFor "" platforms.native // packagesFor "-arm64" platforms.arm64;

      app = service: {
        type = "app";
        program = "${packages.${service}}/bin/${service}";
        meta.description = "Toolcrib's ${service} service";
      };
    in
    {
      packages = packages // {
        default = packages.hardware;
      };
      apps = {
        hardware = app "hardware";
        portal = app "portal";
        default = app "hardware";
      };
      devShells.default = import ./shell.nix { inherit nixpkgs pkgs crates; };
      formatter = pkgs.nixfmt-tree;
      checks = import ./checks.nix {
        inherit
          pkgs
          crates
          sources
          packages
          release
          system
          ;
      };
    };

  bySystem = builtins.listToAttrs (
    map (system: {
      name = system;
      value = forSystem system;
    }) systems
  );
  each = output: builtins.mapAttrs (_: of: of.${output}) bySystem;
in
{
  packages = each "packages";
  apps = each "apps";
  devShells = each "devShells";
  formatter = each "formatter";
  checks = each "checks";
}
