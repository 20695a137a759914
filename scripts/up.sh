#!/usr/bin/env bash
# Everything in containers, on MySQL: `make up`. Makes the images first where they are missing.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_docker
for image in toolcrib/hardware:dev toolcrib/portal:dev; do
  docker image inspect "$image" >/dev/null 2>&1 || { say "$image is missing: making the images"; scripts/images.sh; break; }
done
# An image of your own choice is compose's to pull; ours is in no registry.
if [ -z "${MYSQL_IMAGE:-}" ]; then tests/mysql-image/build.sh toolcrib/mysql:9.7; fi

compose up -d
portal_port=${PORTAL_PORT:-5000}
deadline=$((SECONDS + 120))
until [ "$(http_status "$portal_port" /readyz)" = 200 ]; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    compose ps >&2
    compose logs --tail=20 >&2
    die "the portal does not answer on port $portal_port after 120 s; the last log lines are above"
  fi
  sleep 0.5
done
cat <<END

  Toolcrib is running in containers.

  portal       http://localhost:$portal_port/
  API          http://localhost:${HARDWARE_PORT:-5001}/hardware
  Swagger UI   http://localhost:${HARDWARE_PORT:-5001}/docs

  make down stops it and keeps the data.

END
