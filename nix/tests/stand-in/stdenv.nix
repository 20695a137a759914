# mkDerivation, as far as crane uses it: phases, hooks, and the programs of the machine.
{
  lib,
  platform,
  cc,
}:
{
  inherit cc;
  buildPlatform = platform;
  hostPlatform = platform;
  targetPlatform = platform;

  mkDerivation =
    given:
    let
      attributes = if lib.isFunction given then lib.fix given else given;
      passthru = attributes.passthru or { };
      env = attributes.env or { };
    in
    derivation (
      builtins.removeAttrs attributes [
        "env"
        "meta"
        "passthru"
      ]
      // env
      // {
        name = attributes.name or "${attributes.pname}-${attributes.version}";
        inherit (platform) system;
        builder = "/bin/bash";
        args = [ ./builder.sh ];
        nativeBuildInputs = lib.optional (cc != null) cc ++ attributes.nativeBuildInputs or [ ];
      }
    )
    // passthru
    // {
      meta = attributes.meta or { };
    };
}
