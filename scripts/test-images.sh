#!/usr/bin/env bash
# Starts the images as strictly as a cluster would (user 65532, read-only, no capabilities) and looks at them. It knows
# nothing of how they were made, so it holds for both ways; `make images` comes first.
#   TAG=dev          which images: toolcrib/{hardware,portal}:TAG
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_docker
have python3 || need_apt python3
tag=${TAG:-dev}
run=toolcrib-test-images-$$
work=$(mktemp -d)
# shellcheck disable=SC2329  # the trap calls it
cleanup() {
  docker ps -aq --filter "label=toolcrib.test-images=$$" | xargs -r docker rm -fv >/dev/null
  docker volume rm -f "$run" >/dev/null
  docker network rm "$run" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
docker volume create "$run" >/dev/null
docker network create "$run" >/dev/null

passed=0
failed=0
# check WHAT COMMAND...: one line, and what the command said where it failed.
check() {
  local what=$1
  shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1)); echo "ok      $what"
  else failed=$((failed + 1)); echo "FAILED  $what"; sed 's/^/          /' "$work/said" | tail -n 8; fi
}

# shellcheck disable=SC2054  # the commas are Docker's
strict=(--label "toolcrib.test-images=$$" --network "$run" --user 65532:65532 --read-only --cap-drop ALL
  --security-opt no-new-privileges:true --tmpfs /tmp:mode=1777,size=16m)
# Without sign-in hardware listens beyond loopback only when told so.
data=(--volume "$run:/data" --env ALLOW_OPEN=true)
# once SERVICE ARGUMENT...: a container that ends by itself.
once() { local service=$1; shift; docker run --rm "${strict[@]}" "${data[@]}" "toolcrib/$service:$tag" "$@"; }
serve() {
  local service=$1
  shift
  docker run --detach --name "$run-$service" "${strict[@]}" "$@" "toolcrib/$service:$tag" >/dev/null
}
# inspect SERVICE TEMPLATE
inspect() { docker image inspect --format "$2" "toolcrib/$1:$tag"; }
is() { local want=$1; shift; local got; got=$("$@"); [ "$got" = "$want" ] || { echo "wanted $want, got $got"; return 1; }; }
has() { local want=$1; shift; local got; got=$("$@") || return 1; [[ $got == *"$want"* ]] || { echo "wanted $want in: $got"; return 1; }; }
# answers SERVICE PORT PATH: with 200, within half a minute. By the container's own address: no port of this machine is taken.
answers() {
  local address deadline=$((SECONDS + 30))
  address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$run-$1")
  until [ "$(http_status "$2" "$3" "$address")" = 200 ]; do
    [ "$SECONDS" -lt "$deadline" ] || { docker logs "$run-$1" 2>&1 | tail -n 5; return 1; }
    sleep 0.2
  done
}
fails() { ! "$@"; }
healthy() {
  local deadline=$((SECONDS + 30))
  until [ "$(docker inspect --format '{{.State.Health.Status}}' "$run-$1")" = healthy ]; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.5
  done
}

# look SERVICE PORT: what is written on the image, and what lies in it.
look() {
  local service=$1 port=$2
  check "$service: entry point" is "[/bin/$service] [serve]" inspect "$service" '{{.Config.Entrypoint}} {{.Config.Cmd}}'
  check "$service: user and folder" is "65532:65532 /data" inspect "$service" '{{.Config.User}} {{.Config.WorkingDir}}'
  check "$service: port" is "map[$port/tcp:{}]" inspect "$service" '{{.Config.ExposedPorts}}'
  check "$service: settings" has "BIND=0.0.0.0:$port DATA_DIR=/data PATH=/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" \
    inspect "$service" '{{join .Config.Env " "}}'
  check "$service: label title" is "Toolcrib $service" inspect "$service" '{{index .Config.Labels "org.opencontainers.image.title"}}'
  check "$service: label version" is "$(version)" inspect "$service" '{{index .Config.Labels "org.opencontainers.image.version"}}'
  check "$service: label licenses" is "MIT OR Apache-2.0" inspect "$service" '{{index .Config.Labels "org.opencontainers.image.licenses"}}'
  check "$service: label revision" has "$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
    inspect "$service" '{{index .Config.Labels "org.opencontainers.image.revision"}}'
  check "$service: architecture" is "$(oci_arch)" inspect "$service" '{{.Architecture}}'

  docker create --name "$run-look-$service" --label "toolcrib.test-images=$$" "toolcrib/$service:$tag" >/dev/null
  docker export "$run-look-$service" > "$work/$service.tar"
  check "$service: files" python3 scripts/look_into_image.py "$service" "$work/$service.tar"
  check "$service: no shell" fails docker run --rm "${strict[@]}" --entrypoint /bin/sh "toolcrib/$service:$tag" -c true
  check "$service: runs and tells its version" has "$service $(version)" once "$service" --version
}

look hardware 5001
look portal 5000

check "hardware: migrations are inside" once hardware migrate
check "hardware: and complete" once hardware migrate --check
check "hardware: seeds" once hardware seed
serve hardware "${data[@]}"
check "hardware: ready" answers hardware 5001 /readyz
check "hardware: lists" answers hardware 5001 /hardware
check "hardware: its own health check" healthy hardware
check "hardware: no root, no capability" is "65532 0000000000000000" bash -c "
  pid=\$(docker inspect --format '{{.State.Pid}}' $run-hardware)
  awk '/^Uid:/ {uid = \$2} /^CapEff:/ {cap = \$2} END {print uid, cap}' /proc/\$pid/status"
serve portal --env "HARDWARE_HOST=$run-hardware:5001"
check "portal: ready" answers portal 5000 /readyz
check "portal: shows what is free" answers portal 5000 /
check "portal: its own health check" healthy portal
docker stop --time 30 "$run-portal" "$run-hardware" >/dev/null
check "both end by themselves on SIGTERM" is "0 0" bash -c "docker inspect --format '{{.State.ExitCode}}' $run-hardware $run-portal | xargs"

echo "$passed passed, $failed failed (toolcrib/{hardware,portal}:$tag)"
[ "$failed" = 0 ]
