# Stands in for nixpkgs where it is not to be had: nothing can be built with it. Each function checks the names of what it
# is given and keeps it for the tests to look at; a name that is not in here is an error, as a misspelt one is in nixpkgs.
{
  system,
  overlays ? [ ],
  config ? { },
}:
let
  lib = import ./lib.nix;

  recorded =
    name: given:
    given
    // {
      type = "derivation";
      inherit name;
      outPath = "/stub/${name}";
    };

  tools = builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = recorded name { };
      })
      [
        "awscli2"
        "cargo-deny"
        "cargo-nextest"
        "chromedriver"
        "chromium"
        "curl"
        "deadnix"
        "docker-client"
        "docker-compose"
        "gnumake"
        "jq"
        "kubectl"
        "mysql84"
        "nixfmt"
        "nixfmt-tree"
        "python3"
        "shellcheck"
        "skopeo"
        "sqlite"
        "wrk"
      ]
  );

  stdenvFor = targetPrefix: {
    hostPlatform = { inherit system; };
    cc = recorded "${targetPrefix}cc" { inherit targetPrefix; };
  };

  pkgs = tools // {
    inherit lib;
    stdenv = stdenvFor "";
    pkgsStatic.stdenv = stdenvFor "static-";
    pkgsCross.aarch64-multiplatform-musl.stdenv = stdenvFor "cross-";
    mkShell = { packages }: recorded "shell" { inherit packages; };
    writeText = name: text: recorded name { inherit text; };
    linkFarm = name: entries: recorded name { inherit entries; };
    dockerTools = {
      caCertificates = recorded "ca-certificates" { };
      buildLayeredImage =
        {
          name,
          tag,
          architecture,
          created,
          contents,
          config,
          extraCommands,
          fakeRootCommands,
        }@given:
        recorded "image" given;
    };
    # Of the one package that is not free.
    ${if config ? allowUnfreePredicate then "terraform" else null} = recorded "terraform" { };
  };
in
builtins.foldl' (before: overlay: before // overlay pkgs before) pkgs overlays
