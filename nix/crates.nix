# The binaries, by crane: dependencies are one derivation and our own code another, so a change of code compiles code only.
{
  pkgs,
  crane,
  sources,
  release,
}:
let
  inherit (pkgs) lib;

  # rust-toolchain.toml is the pin. The targets are named here and not in it: rustup would fetch them for everybody who
  # only wants `make run`, and refuse to start cargo where it cannot.
  toolchain = (pkgs.rust-bin.fromRustupToolchainFile ../rust-toolchain.toml).override {
    targets = [
      "x86_64-unknown-linux-musl"
      "aarch64-unknown-linux-musl"
    ];
  };
  craneLib = (crane.mkLib pkgs).overrideToolchain toolchain;

  cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = ../Cargo.lock; };
  stubs = import ./stubs.nix {
    inherit lib;
    inherit (sources) members;
  };

  # The tools of a compiler are named with what it makes code for in front.
  tool = cc: name: "${cc}/bin/${cc.targetPrefix or ""}${name}";

  # Environment of a build for one platform.
  environment =
    platform:
    let
      name = builtins.replaceStrings [ "-" ] [ "_" ] platform.target;
      compiler = tool platform.cc "cc";
    in
    {
      CARGO_BUILD_TARGET = platform.target;
      # C code is compiled against musl. Rust's own musl is what everything is linked with.
      "CC_${name}" = compiler;
      # Build scripts and macros run on the building machine.
      HOST_CC = tool pkgs.stdenv.cc "cc";
      # Panics name files; they need not name the store.
      CARGO_BUILD_RUSTFLAGS = "-C target-feature=+crt-static --remap-path-prefix=${cargoVendorDir}=/cargo";
      # Debugging information would name the store as well.
      CFLAGS = "-g0";
    }
    // (
      if platform.cross or false then
        {
          # The building machine's linker and `ar` know no other architecture.
          "CARGO_TARGET_${lib.toUpper name}_LINKER" = compiler;
          "AR_${name}" = tool platform.cc "ar";
        }
      else
        { }
    );

  common = {
    inherit (release) version;
    inherit cargoVendorDir;
    strictDeps = true;
  };

  # One binary. It shares no dependencies with the other: cargo compiles them with the features that one package asks for.
  package =
    platform: service:
    let
      args =
        common
        // environment platform
        // {
          pname = service;
          cargoExtraArgs = "--locked --package ${service}";
          # The tests are in checks.nix.
          doCheck = false;
        };
    in
    craneLib.buildPackage (
      args
      // {
        src = sources.service service;
        cargoArtifacts = craneLib.buildDepsOnly (
          args
          // {
            # Not crane's own: to make that, it compiles a tool with a second toolchain.
            dummySrc = sources.manifests;
            postPatch = stubs;
            # Only the build is wanted, not a `cargo check` before it.
            cargoCheckCommand = "true";
          }
        );
        # The store's files are all of the same age. Ours have to be younger than what was compiled from the stubs.
        postPatch = ''
          ${stubs}
          find services -type f -exec touch {} +
        '';
        # Cargo has stripped it, and the building machine's tools may not know the architecture.
        dontStrip = true;
        dontPatchELF = true;
        # No path of a compiler or of a source may be left in it, and no dynamic linker: nothing but it is in the image.
        allowedReferences = [ ];
        postInstall = ''
          if grep --quiet --text '/ld-\(linux\|musl\)' "$out/bin/${service}"; then
            echo "${service} asks for a dynamic linker: it is not static" >&2
            exit 1
          fi
        '';
        meta = {
          description = "Toolcrib's ${service} service";
          homepage = release.repository;
          mainProgram = service;
          platforms = [
            "x86_64-linux"
            "aarch64-linux"
          ];
        };
      }
    );
in
{
  inherit
    craneLib
    toolchain
    common
    package
    stubs
    ;
}
