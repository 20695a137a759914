# What the binaries are built for: always static musl, so that an image needs no C library beside the binary.
{ pkgs, system }:
let
  amd64 = {
    arch = "amd64"; # as OCI calls it
    target = "x86_64-unknown-linux-musl"; # as Rust calls it
  };
  arm64 = {
    arch = "arm64";
    target = "aarch64-unknown-linux-musl";
  };

  # The C compiler that comes from pkgsStatic makes code for the building machine's own architecture.
  own = platform: platform // { inherit (pkgs.pkgsStatic.stdenv) cc; };
in
{
  x86_64-linux = {
    native = own amd64;
    arm64 = arm64 // {
      inherit (pkgs.pkgsCross.aarch64-multiplatform-musl.stdenv) cc;
      cross = true;
    };
  };
  # Here both names mean the same derivation, so that a pipeline may ask for `-arm64` on either machine.
  aarch64-linux = {
    native = own arm64;
    arm64 = own arm64;
  };
}
.${system}
