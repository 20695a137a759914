#!/usr/bin/env bash
# Both services of a customer back to the release before: `make rollback CUSTOMER=a`. A second time goes forward again.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh

need_customer rollback
have python3 || need_apt python3
need_cluster
guard_production "rolling $CUSTOMER back"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
release=$(kubens get deployments,replicasets -o json | python3 scripts/former_release.py "$work") ||
  die "customer $CUSTOMER in context '$context': $release"
say "customer $CUSTOMER in context '$context': back to release $release"
for service in hardware portal; do apply "$work/$service.json" >&2 || die "the API did not take $service as it was, see above"; done
for service in hardware portal; do await_rollout "deployment/$service" || die "customer $CUSTOMER did not come back to release $release"; done
CONTEXT=$context scripts/synthetic.sh || die "customer $CUSTOMER is back at release $release, but does not answer as it should, see above"
say "customer $CUSTOMER runs release $release again"
say "The schema stays as it is: older versions accept a newer one. So do ConfigMap and Secrets; a pod that starts reads them as they are now."
say "The next 'make deploy CUSTOMER=$CUSTOMER' brings what this tree says."
