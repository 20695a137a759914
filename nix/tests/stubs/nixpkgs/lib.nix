# The few functions of nixpkgs' lib that the flake calls.
let
  importTOML = path: fromTOML (builtins.readFile path);

  # A set of files is the list of their paths. A path that is not there is an error, as it is in nixpkgs.
  filesOf =
    it:
    if builtins.isList it then
      it
    else if !builtins.pathExists it then
      throw "lib.fileset: ${toString it} does not exist"
    else if isDirectory it then
      builtins.concatMap (name: filesOf (it + "/${name}")) (builtins.attrNames (builtins.readDir it))
    else
      [ it ];
  lettersOf = text: builtins.genList (at: builtins.substring at 1 text) (builtins.stringLength text);
  isDirectory = path: (builtins.readDir (dirOf path)).${baseNameOf path} == "directory";
in
{
  inherit importTOML;
  getName = package: package.name;
  toUpper = builtins.replaceStrings (lettersOf "abcdefghijklmnopqrstuvwxyz") (
    lettersOf "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  );
  fileset = {
    unions = builtins.concatMap filesOf;
    toList = filesOf;
    toSource =
      { root, fileset }:
      {
        outPath = "/stub/source";
        inherit root;
        files = filesOf fileset;
      };
  };
}
