# The flake with the real crane and rust-overlay, and the stand-in for nixpkgs: what build.sh builds. Paths are strings.
{
  crane,
  rustOverlay,
  nixpkgs,
  revision,
}:
(import ../../flake.nix).outputs {
  self = {
    outPath = toString ../..;
    rev = revision;
  };
  nixpkgs.outPath = nixpkgs;
  crane = (import (crane + "/flake.nix")).outputs { };
  rust-overlay.outPath = rustOverlay;
}
