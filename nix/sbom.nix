# The list of parts of an image (CycloneDX), from Cargo.lock alone. So it is the list of the whole workspace, with what only
# tests and benchmarks use, and without the CA bundle and the C library. scripts/sbom.py writes the same text without Nix.
{ lib, release }:
let
  lock = lib.importTOML ../Cargo.lock;

  component =
    crate:
    let
      # A crate without a source is ours, and none of crates.io's of the same name.
      qualifier = if crate ? source then "" else "?vcs_url=git%2B${release.repository}";
      purl = "pkg:cargo/${crate.name}@${crate.version}${qualifier}";
    in
    {
      type = "library";
      inherit (crate) name version;
      inherit purl;
      bom-ref = purl;
    }
    // (
      if crate ? checksum then
        {
          hashes = [
            {
              alg = "SHA-256";
              content = crate.checksum;
            }
          ];
        }
      else
        { }
    );
in
service:
builtins.toJSON {
  bomFormat = "CycloneDX";
  specVersion = "1.5";
  version = 1;
  metadata = {
    component = {
      type = "container";
      bom-ref = "toolcrib/${service}";
      name = "toolcrib/${service}";
      inherit (release) version;
    };
    properties = [
      {
        name = "toolcrib:scope";
        value = "every package of Cargo.lock, also those that only tests, benchmarks and the other service use";
      }
    ];
  };
  components = map component lock.package;
}
