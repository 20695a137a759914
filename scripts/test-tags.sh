#!/usr/bin/env bash
# Tests the tags of lib.sh in a repository made for that: `N passed, N failed`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/scripts"
cp "$here/lib.sh" "$here/tag.sh" "$work/scripts/"
cp "$here/../Makefile" "$work/"
cd "$work"
unset GITHUB_HEAD_REF GITHUB_REF_NAME CI_COMMIT_REF_NAME TAG MAKEFLAGS MAKELEVEL

quiet_git() { git -c user.name=t -c user.email=t@example.com -c init.defaultBranch=main -c commit.gpgsign=false "$@" >/dev/null 2>&1; }
passed=0
failed=0
# expect WHAT WANTED [VARIABLE=VALUE...]: the deploy tag with these variables.
expect() {
  local what=$1 wanted=$2 got
  shift 2
  got=$(env "$@" bash -euc '. scripts/lib.sh; deploy_tag')
  if [ "$got" = "$wanted" ]; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED: %s: wanted %s, got %s\n' "$what" "$wanted" "$got"; fi
}
# on BRANCH: the tree is on it, at the same commit.
on() { quiet_git checkout -B "$1"; }
# expect_build WHAT WANTED [VARIABLE=VALUE...]: what `make -n build` would call the images.
expect_build() {
  local what="make -n build: $1" wanted=$2 got
  shift 2
  got=$(env "$@" make -n build | sed -n "s/.*TAG='\([^']*\)'.*/\1/p")
  if [ "$got" = "$wanted" ] && [[ $got =~ ^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$ ]]; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED: %s: wanted %s, got %s\n' "$what" "$wanted" "$got"; fi
}

expect "without a commit" "detached-unknown" GIT_DIR=/nowhere
quiet_git init
printf '[workspace.package]\nversion = "1.2.3"\n' > Cargo.toml
quiet_git add Cargo.toml Makefile scripts
quiet_git commit -m first
sha=$(git rev-parse --short=12 HEAD)

expect "a branch" "main-$sha"
expect "a branch, whatever a pipeline says" "main-$sha" GITHUB_REF_NAME=other
expect_build "main" "main-$sha"
expect_build "a tag of one's own" "v1" TAG=v1
# shellcheck disable=SC2016  # a branch may be called so
for pair in feat/x:feat_x fix#12:fix_12 "a'b:a_b" 'a$(b):a__b_' UPPER.x:UPPER.x; do
  on "${pair%:*}"
  expect "branch ${pair%:*}" "${pair##*:}-$sha"
  expect_build "branch ${pair%:*}" "${pair##*:}-$sha"
  suffix=$(scripts/tag.sh --short)
  if [[ migrate-$suffix =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ && $sha == "$suffix"* && ${#suffix} = 8 ]]; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAILED: a Job's name on ${pair%:*}: migrate-$suffix"; fi
done
on "feature/a+c"
expect "letters that a tag may not have" "feature_a_c-$sha"
on "$(printf 'größe')"
expect "letters that are two bytes" "gr____e-$sha"
on "_.hidden"
expect "a dot later on" "_.hidden-$sha"
long=$(printf 'x%.0s' {1..150})
on "$long"
expect "a long branch" "${long:0:115}-$sha"
touch new
expect "a tree with something new" "${long:0:109}-$sha-dirty"
rm new

quiet_git checkout --detach
expect "no branch, no pipeline" "detached-$sha"
expect_build "a detached HEAD" "detached-$sha"
expect "GitHub, a push" "v1_x-$sha" GITHUB_REF_NAME=v1/x
expect "GitHub, a pull request" "topic-$sha" GITHUB_HEAD_REF=topic GITHUB_REF_NAME=12/merge
expect "GitLab" "topic-$sha" CI_COMMIT_REF_NAME=topic
expect "a dot in front" "_x-$sha" CI_COMMIT_REF_NAME=.x
expect "a dash in front" "_-x-$sha" CI_COMMIT_REF_NAME=--x

arch=$(bash -euc '. scripts/lib.sh; oci_arch')
if [ "$(bash -euc '. scripts/lib.sh; image_tags' )" = "1.2.3 1.2.3-$arch detached-$sha" ]; then passed=$((passed + 1))
else failed=$((failed + 1)); echo "FAILED: the tags of an image: $(bash -euc '. scripts/lib.sh; image_tags')"; fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
