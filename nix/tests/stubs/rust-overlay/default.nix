# Stands in for rust-overlay, with the one function that the flake calls.
_final: _prev:
let
  toolchain =
    given:
    given
    // {
      type = "derivation";
      outPath = "/stub/toolchain";
      override = more: toolchain (given // more);
    };
in
{
  rust-bin.fromRustupToolchainFile = file: toolchain (fromTOML (builtins.readFile file)).toolchain;
}
