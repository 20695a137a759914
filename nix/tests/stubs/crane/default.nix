# Stands in for crane: what it is told to build is kept for the tests to look at.
let
  derivation =
    kind: given:
    given
    // {
      type = "derivation";
      name = given.pname or "vendor";
      outPath = "/stub/${kind}/${given.pname or "vendor"}";
      inherit kind;
    };
  functions = toolchain: {
    inherit toolchain;
    overrideToolchain = functions;
    vendorCargoDeps = { cargoLock }: derivation "vendorCargoDeps" { inherit cargoLock; };
    buildDepsOnly =
      {
        dummySrc,
        pname,
        version,
        ...
      }@given:
      derivation "buildDepsOnly" given;
    buildPackage =
      {
        src,
        cargoArtifacts,
        pname,
        version,
        ...
      }@given:
      derivation "buildPackage" given;
    cargoClippy = { src, cargoArtifacts, ... }@given: derivation "cargoClippy" given;
    cargoNextest = { src, cargoArtifacts, ... }@given: derivation "cargoNextest" given;
    cargoFmt = { src, ... }@given: derivation "cargoFmt" given;
    cargoDeny = { src, ... }@given: derivation "cargoDeny" given;
  };
in
{
  mkLib = _pkgs: functions null;
}
