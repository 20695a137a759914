# A package set that is just large enough for crane, rust-overlay and the flake, and that really builds: with the programs of
# the machine it runs on instead of nixpkgs'. It shows that the flake's derivations work; not that nixpkgs' do.
# nix/tests/build.sh calls it and says what it needs.
{
  libPath, # `lib` of nixpkgs
  cargoHome, # crates are taken from here, by their checksums
  toolchainPath, # a Rust toolchain with the musl targets
}:
let
  lib = import libPath;

  packagesOf =
    system: overlays:
    let
      platform = lib.systems.elaborate system;

      base = self: {
        inherit lib;
        pkgs = self;
        inherit (self.stdenv) mkDerivation;
        path = "/nixpkgs"; # a string: rust-overlay names files in it, which nobody reads here

        callPackage = self.newScope { };
        newScope = extra: lib.callPackageWith (self // extra);
        makeScopeWithSplicing' = { f, ... }: lib.makeScope self.newScope f;
        splicePackages = splices: splices.pkgsBuildHost;
        pkgsBuildBuild = self;
        pkgsBuildHost = self;
        pkgsBuildTarget = self;
        pkgsHostHost = self;
        pkgsHostTarget = self;
        pkgsTargetTarget = self;

        stdenv = import ./stdenv.nix {
          inherit lib platform;
          cc = self.compiler "" "gcc";
        };
        stdenvNoCC = import ./stdenv.nix {
          inherit lib platform;
          cc = null;
        };
        pkgsStatic.stdenv = self.stdenv // {
          cc = self.compiler "${platform.parsed.cpu.name}-unknown-linux-musl-" "musl-gcc";
        };
        pkgsCross.aarch64-multiplatform-musl.stdenv = self.stdenv // {
          cc = self.compiler "aarch64-unknown-linux-musl-" "aarch64-linux-musl-gcc";
        };

        # A folder of programs under other names.
        programs =
          name: links:
          self.runCommand name { } (
            "mkdir -p $out/bin\n"
            + lib.concatStrings (
              lib.mapAttrsToList (link: target: "ln -s \"$(command -v ${target})\" $out/bin/${link}\n") links
            )
          );
        compiler =
          targetPrefix: gcc:
          self.programs "${targetPrefix}cc" {
            "${targetPrefix}cc" = gcc;
            "${targetPrefix}ar" = "ar";
          }
          // {
            inherit targetPrefix;
            # rust-overlay wraps the linker that comes with Rust, and asks for these.
            bintools = lib.genAttrs [
              "expandResponseParams"
              "shell"
              "suffixSalt"
              "wrapperName"
              "coreutils_bin"
            ] (_: "");
          };
        jq = self.programs "jq" { jq = "jq"; };
        rsync = self.programs "rsync" { rsync = "rsync"; };
        zstd = self.programs "zstd" { zstd = "zstd"; };
        gnutar = self.programs "tar" { tar = "tar"; };

        runCommand =
          name: attributes: command:
          self.stdenvNoCC.mkDerivation (
            attributes
            // {
              inherit name;
              phases = [ "buildPhase" ];
              buildPhase = command;
            }
          );
        runCommandLocal = self.runCommand;
        writeText =
          name: text:
          self.runCommand name {
            inherit text;
            passAsFile = [ "text" ];
          } "cp \"$textPath\" $out";
        linkFarm =
          name: entries:
          self.runCommand name { } (
            lib.concatMapStrings (entry: ''
              mkdir -p "$(dirname "$out/${entry.name}")"
              ln -s ${entry.path} "$out/${entry.name}"
            '') entries
          );
        makeSetupHook =
          {
            name,
            substitutions ? { },
            ...
          }:
          script:
          self.runCommand name { } (
            "mkdir -p $out/nix-support\nsed ${
              lib.concatStringsSep " " (
                lib.mapAttrsToList (key: value: "-e ${lib.escapeShellArg "s|@${key}@|${value}|g"}") substitutions
              )
            } -e '' ${script} > $out/nix-support/setup-hook\n"
          );

        # By checksum alone, so what is found is what was asked for.
        fetchurl =
          {
            name ? baseNameOf url,
            url,
            sha256,
            ...
          }:
          self.stdenv.mkDerivation {
            inherit name;
            phases = [ "buildPhase" ];
            outputHash = sha256;
            outputHashAlgo = "sha256";
            outputHashMode = "flat";
            buildPhase = "cp ${cargoHome}/registry/cache/*/${lib.removePrefix "cargo-src-" name}.crate $out";
          };

        # rust-overlay joins the parts of a toolchain by this. All of them are evaluated, none is fetched.
        symlinkJoin =
          { name, paths, ... }:
          builtins.deepSeq (map (part: part.drvPath) paths) (
            self.runCommand name { } "mkdir -p $out\ncp -r ${toolchainPath}/. $out/\nchmod -R u+w $out"
          );
        # Asked for by name, and needed only by what nobody builds here.
        cargo-deny = null;
        cargo-llvm-cov = null;
        cargo-nextest = null;
        makeWrapper = null;
        autoPatchelfHook = null;
        bintools = null;
        bash = null;
        curl = null;
        lndir = null;
        zlib = null;
        gccForLibs.lib = null;
        patchelf = null;
        cargo = null;
        rustc = { };

        dockerTools = {
          caCertificates = self.runCommand "ca-certificates" { } ''
            mkdir -p $out/etc/ssl/certs
            cp /etc/ssl/certs/ca-certificates.crt $out/etc/ssl/certs/ca-bundle.crt
          '';
          buildLayeredImage = import ./image.nix self;
        };
      };
    in
    lib.fix (lib.foldl' (lib.flip lib.extends) base overlays);
in
{
  system,
  overlays ? [ ],
  ...
}:
packagesOf system overlays
