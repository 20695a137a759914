# The builder of the stand-in's derivations: sources the hooks of the inputs, then runs the phases.
# shellcheck shell=bash disable=SC2154  # Nix sets the attributes as variables
set -eo pipefail
export PATH=/usr/bin:/bin TMPDIR=$NIX_BUILD_TOP HOME=/homeless-shelter SOURCE_DATE_EPOCH=1
export NIX_BUILD_CORES=${NIX_BUILD_CORES:-1}
umask 022

# runHook NAME: the attribute or function of that name, then what hooks have added to the list.
runHook() {
  local list="$1Hooks[@]" hook
  if declare -F "$1" >/dev/null; then "$1"; elif [ -n "${!1:-}" ]; then eval "${!1}"; fi
  for hook in "${!list}"; do eval "$hook"; done
}

for input in ${nativeBuildInputs:-}; do
  if [ -d "$input/bin" ]; then PATH=$input/bin:$PATH; fi
done
for input in ${nativeBuildInputs:-}; do
  # shellcheck disable=SC1091
  if [ -e "$input/nix-support/setup-hook" ]; then . "$input/nix-support/setup-hook"; fi
done

# The phases that a derivation does not set itself.
default_unpackPhase() {
  runHook preUnpack
  if [ -n "${src:-}" ]; then
    sourceRoot=${src##*/}
    sourceRoot=${sourceRoot#*-}
    cp -r --preserve=mode,timestamps "$src" "$sourceRoot"
    chmod -R u+w "$sourceRoot"
  fi
  runHook postUnpack
}
default_patchPhase() { runHook prePatch; runHook postPatch; }
default_fixupPhase() { runHook preFixup; runHook postFixup; }
phase() {
  if [ -n "${!1:-}" ]; then eval "${!1}"
  elif declare -F "default_$1" >/dev/null; then "default_$1"; fi
}

cd "$NIX_BUILD_TOP"
for name in ${phases:-unpackPhase patchPhase configurePhase buildPhase checkPhase installPhase fixupPhase}; do
  case $name in
    configurePhase) [ -z "${dontConfigure:-}" ] || continue ;;
    buildPhase) [ -z "${dontBuild:-}" ] || continue ;;
    checkPhase) [ -n "${doCheck:-}" ] || continue ;;
    fixupPhase) [ -z "${dontFixup:-}" ] || continue ;;
  esac
  if [ "$name" = installPhase ]; then for early in ${preInstallPhases:-}; do phase "$early"; done; fi
  phase "$name"
  if [ "$name" = unpackPhase ]; then cd "${sourceRoot:-.}"; fi
done
