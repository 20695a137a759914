#!/usr/bin/env bash
# Starts everything and opens the portal; scripts/start.sh says how.
set -euo pipefail
exec make --no-print-directory -C "$(dirname "$0")" start
