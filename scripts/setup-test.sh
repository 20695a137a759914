#!/usr/bin/env bash
# Makes this machine ready for scripts/test.sh, and prints what is missing where it cannot.
# With TOOLCRIB_SKIP_DOCKER=1 Docker may be absent; the suites that need it are then left out, and test.sh says so.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Docker first: it is what we cannot install ourselves, so the answer should not come after minutes of building.
if [ "${TOOLCRIB_SKIP_DOCKER:-}" != 1 ]; then
  missing=$(docker_missing)
  [ -z "$missing" ] || die "the MySQL and system suites need Docker: $missing. Without them: TOOLCRIB_SKIP_DOCKER=1 make test"
fi

need_rust

# The system suite drives a real browser.
if ! have chromedriver || ! { have chromium || have google-chrome || have google-chrome-stable; }; then
  need_apt chromium chromium-driver fonts-dejavu-core
fi

if ! cargo nextest --version >/dev/null 2>&1; then
  say "cargo-nextest is missing: compiling it once (a few minutes)"
  cargo install --locked --quiet cargo-nextest || die "could not install cargo-nextest (cargo install --locked cargo-nextest)"
fi

# It makes a certificate of its own authority.
have openssl || need_apt openssl

# The system suite's S3. Where it cannot be had, that part of the suite says SKIPPED.
moto_server_path >/dev/null || say "could not install moto: uploads to S3 will NOT be tested"
