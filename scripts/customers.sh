#!/usr/bin/env bash
# One blueprint, four customers side by side in containers (compose's profile `customers`): starts them, asks each how it
# greets, and stops them. KEEP=1 leaves them running.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_docker
docker image inspect toolcrib/hardware:dev >/dev/null 2>&1 || { say "toolcrib/hardware:dev is missing: making the images"; scripts/images.sh; }

services=(customer-a customer-b customer-c customer-x)
# shellcheck disable=SC2329  # the trap calls it
stop() { [ "${KEEP:-}" = 1 ] || compose --profile customers rm --stop --force "${services[@]}" >/dev/null 2>&1; }
trap stop EXIT
compose --profile customers up -d "${services[@]}"

failed=0
# ask NAME PORT STATUS TEXT: what / answers, once /health does.
ask() {
  local name=$1 port=$2 status=$3 text=$4 deadline=$((SECONDS + 60)) answer
  until [ "$(http_status "$port" /health)" = 200 ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then say "customer $name: port $port does not answer"; failed=1; return; fi
    sleep 0.2
  done
  # shellcheck disable=SC2016  # the inner shell expands these
  answer=$(timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3; cat <&3' _ "$port" || true)
  if [[ $answer == "HTTP/1."?" $status "* && $answer == *"$text"* ]]; then
    printf 'customer %s on port %s: %s, %s\n' "$name" "$port" "$status" "$text"
  else
    say "customer $name on port $port: wanted $status with $text, and got:"
    say "$answer"
    failed=1
  fi
}
ask A "${CUSTOMER_A_PORT:-8080}" 200 '{"response":"Hi!"}'
ask B "${CUSTOMER_B_PORT:-8081}" 200 '{"response":"Dear Sir or Madam!"}'
ask C "${CUSTOMER_C_PORT:-8082}" 200 '{"response":"Moin!"}'
ask X "${CUSTOMER_X_PORT:-8083}" 404 'customer is unknown'
exit "$failed"
