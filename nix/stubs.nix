# Shell code that gives every member of the workspace the files that its manifest names, where they are missing: cargo loads
# no workspace that lacks one, and a build of dependencies has no code at all.
{ lib, members }:
let
  # The paths of a member's targets. Cargo finds others (src/main.rs) by itself, if they are there.
  targets =
    member:
    let
      manifest = lib.importTOML (../. + "/${member}/Cargo.toml");
      named = kind: folder: map (it: it.path or "${folder}/${it.name}.rs") (manifest.${kind} or [ ]);
      build = manifest.package.build or null;
    in
    map (path: "${member}/${path}") (
      [ (manifest.lib.path or "src/lib.rs") ]
      ++ named "bin" "src/bin"
      ++ named "test" "tests"
      ++ named "bench" "benches"
      ++ (if build == null then [ ] else [ build ])
    );
in
''
  for file in ${toString (builtins.concatMap targets members)}; do
    if [ ! -e "$file" ]; then
      mkdir -p "$(dirname "$file")"
      printf '//! Nothing.\npub fn main() {}\n' > "$file"
    fi
  done
''
