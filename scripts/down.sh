#!/usr/bin/env bash
# Stops what up.sh started. The database's volume stays.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_docker
compose down
say "stopped; the data is kept. To throw it away too: docker compose down --volumes"
