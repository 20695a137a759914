#!/usr/bin/env bash
# Prints the tag of this tree's images, BRANCH-SHA; `make build` and `make images` hand it on.
#   --short   the commit alone, for names of objects: a branch may hold what Kubernetes refuses
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

case ${1:-} in
  '') deploy_tag ;;
  --short) object_suffix ;;
  *) die "usage: tag.sh [--short]" ;;
esac
