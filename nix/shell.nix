# `nix develop`: what a person and CI call, all of it from the lock.
{
  nixpkgs,
  pkgs,
  crates,
}:
let
  # Its licence (BUSL) is not a free one, and nixpkgs wants to be told that somebody knows. Nothing else needs that.
  inherit
    (import nixpkgs {
      inherit (pkgs.stdenv.hostPlatform) system;
      config.allowUnfreePredicate = package: pkgs.lib.getName package == "terraform";
    })
    terraform
    ;
in
pkgs.mkShell {
  packages = [
    crates.toolchain
    pkgs.awscli2
    pkgs.cargo-deny
    pkgs.cargo-nextest
    pkgs.chromedriver
    pkgs.chromium
    pkgs.curl
    pkgs.deadnix
    pkgs.docker-client
    pkgs.docker-compose
    pkgs.gnumake
    pkgs.jq
    pkgs.kubectl
    pkgs.mysql84
    pkgs.nixfmt
    pkgs.python3
    pkgs.shellcheck
    pkgs.skopeo
    pkgs.sqlite
    terraform
    pkgs.wrk
  ];
}
