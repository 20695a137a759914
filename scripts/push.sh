#!/usr/bin/env bash
# Pushes both images of this tree by their deploy tag, and prints them by digest: `make push REGISTRY=registry.example.com`.
# A tag is never moved: the same image again is nothing to do, another one under the same tag is refused. Signing in is
# docker's: `docker login`, for ECR with `aws ecr get-login-password`.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=registry-lib.sh
. scripts/registry-lib.sh

check_registry "make push"
need_docker
have python3 || need_apt python3
tag=${TAG:-$(deploy_tag)}
check_tag "$tag"

for service in hardware portal; do
  docker image inspect "toolcrib/$service:$tag" >/dev/null 2>&1 || die "there is no image toolcrib/$service:$tag: make images"
done
case $tag in *-dirty) say "note: $tag has changes in it that no commit holds" ;; esac

# push SERVICE: prints its reference by digest.
push() {
  local service=$1 name=$REGISTRY/toolcrib/$1 id digest
  id=$(docker image inspect --format '{{.Id}}' "toolcrib/$service:$tag")
  look_up "$name:$tag"
  if [ -z "$found_digest" ]; then
    docker tag "toolcrib/$service:$tag" "$name:$tag"
    docker push "$name:$tag" >&2 || die "$REGISTRY did not take $name:$tag, see above (docker login? does the repository toolcrib/$service exist?)"
    look_up "$name:$tag"
    [ -n "$found_digest" ] || die "$name:$tag was pushed, and $REGISTRY does not have it"
    say "pushed $name:$tag"
  elif [ "$found_image" = "$id" ] || [ "$found_digest" = "$id" ]; then
    say "$name:$tag is there already, the same image: nothing to do"
  else
    die "$name:$tag is there already, and another image ($found_digest): a tag is never moved. Commit, make images, and push that"
  fi
  digest=$found_digest
  echo "$name@$digest"
}

for service in hardware portal; do push "$service"; done
