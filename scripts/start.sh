#!/usr/bin/env bash
# Starts everything, waits until it is healthy, and opens the portal: `make start`. In a cluster on this machine where one is at
# hand, else in containers by compose.
#   START      cluster or compose, instead of looking which
#   CUSTOMER   a: whom the cluster gets
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh

# local_cluster: prints kubectl's current context where it is a cluster of this machine that answers. Another one is nobody's to
# be started in by chance.
local_cluster() {
  local found
  have kubectl || return 0
  found=${CONTEXT:-$(kubectl config current-context 2>/dev/null || true)}
  if [ -n "$found" ] && is_local "$found" && timeout 8 kubectl --context "$found" --request-timeout=5s get --raw /readyz >/dev/null 2>&1; then
    echo "$found"
  fi
}

case ${START:-} in
  '') CONTEXT=$(local_cluster); if [ -n "$CONTEXT" ]; then way=cluster; else way=compose; fi ;;
  cluster) need_cluster; CONTEXT=$context; way=cluster ;;
  compose) way=compose ;;
  *) die "START is cluster or compose, not '$START'" ;;
esac

if [ "$way" = compose ]; then
  say "starting in containers (no cluster of this machine answers)"
  scripts/up.sh
  open_browser "http://localhost:${PORTAL_PORT:-5000}/"
  exit
fi

export CONTEXT CUSTOMER=${CUSTOMER:-a}
need_customer start
say "starting customer $CUSTOMER in context '$CONTEXT' (START=compose for containers instead)"
if [ -z "${REGISTRY:-}" ]; then
  need_docker
  TAG=${TAG:-$(deploy_tag)}
  export TAG
  # Those of a tree with changes may be of yesterday's changes.
  if ! docker image inspect "toolcrib/hardware:$TAG" "toolcrib/portal:$TAG" >/dev/null 2>&1 || [[ $TAG == *-dirty ]]; then scripts/images.sh; fi
fi
PROFILE=local ENV='' scripts/deploy.sh
OPEN_BROWSER=1 exec scripts/port-forward.sh
