#!/usr/bin/env bash
# Removes what `make deploy` wrote: the next deploy writes it again. What `make secret` wrote stays, since PORTAL_SECRET is made once.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -d k8s/.deploy ] || exit 0
find k8s/.deploy -type f ! -name 'secret-*.yaml' -delete
find k8s/.deploy -depth -type d -empty -delete
if [ -d k8s/.deploy ]; then say "kept, since they cannot be made again: $(find k8s/.deploy -type f | sort | xargs)"; fi
