#!/usr/bin/env bash
# Prints every manifest of one customer, ready for `kubectl apply -f -`: make render CUSTOMER=a PROFILE=local
#   PROFILE      local (default) or aws, with ENV=staging|production (default)
#   --platform   instead: what a cluster on AWS needs once (k8s/platform)
# What is written on the way goes below k8s/.deploy, which git ignores, and is removed.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

case ${1:-} in
  --platform) what=(--platform) ;;
  "") what=("${CUSTOMER:-}" "${PROFILE:-local}")
      [ -n "${CUSTOMER:-}" ] || die "CUSTOMER is missing: make render CUSTOMER=a PROFILE=local" ;;
  *) die "usage: render.sh [--platform], with CUSTOMER, PROFILE and ENV in the environment" ;;
esac
have python3 || die "python3 is missing"
have kubectl || die "kubectl is missing: 1.30 or later, for its kustomize (https://kubernetes.io/docs/tasks/tools/)"
mkdir -p k8s/.deploy
work=$(mktemp -d k8s/.deploy/.render.XXXXXX)
trap 'rm -rf "$work"' EXIT

python3 scripts/k8s_overlay.py "${what[@]}" --env "${ENV:-production}" --to "$work"
kubectl kustomize "$work" > "$work/whole"
if grep -n UNSET "$work/whole" >&2; then die "the lines above say UNSET: nobody filled in what Terraform knows"; fi
cat "$work/whole"
