# buildLayeredImage with the arguments that nixpkgs' has, as far as the flake gives any. Another one is an error.
self:
{
  name,
  tag,
  contents,
  config,
  architecture,
  created,
  extraCommands,
  fakeRootCommands,
}:
self.stdenv.mkDerivation {
  name = "${builtins.replaceStrings [ "/" ] [ "-" ] name}.tar.gz";
  phases = [ "buildPhase" ];
  inherit contents extraCommands fakeRootCommands;
  # The paths that the contents need, as Nix knows them.
  exportReferencesGraph = builtins.concatMap (path: [
    "closure-${builtins.unsafeDiscardStringContext (baseNameOf path)}"
    path
  ]) contents;
  description = builtins.toJSON {
    inherit
      name
      tag
      config
      architecture
      created
      ;
  };
  passAsFile = [ "description" ];
  buildPhase = ''
    mkdir root
    for path in $contents; do cp -rs --no-preserve=mode "$path/." root/; done
    find root -type l -exec sh -c 'for link; do ln -sfn "$(readlink "$link")" "$link"; done' _ {} +
    cd root
    eval "$extraCommands"
    cd ..
    export fakeRootCommands
    fakeroot bash -ec 'cd root; eval "$fakeRootCommands"; cd ..; python3 ${./image.py} root closure-* "$descriptionPath" "$out"'
  '';
}
