#!/usr/bin/env bash
# Brings one customer's deployment to what this tree says: `make deploy CUSTOMER=a`. No tracked file is changed.
#   PROFILE      local (default) or aws
#   ENV          aws: staging or production, which k8s/profiles/aws/params.env has to be of
#   REGISTRY     where `make push` put the images; aws: default from params.env. Without one: the images on this machine
#   HARDWARE_DIGEST, PORTAL_DIGEST   sha256:…, instead of asking the registry for this tree's tag
#   CONTEXT      kubectl's context, default the current one;  CONFIRM=<context> where it looks like production
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh
# shellcheck source=registry-lib.sh
. scripts/registry-lib.sh

need_customer deploy
PROFILE=${PROFILE:-local}
ENV=${ENV:-}
readonly params=k8s/profiles/aws/params.env
case $PROFILE in
  local) [ -z "$ENV" ] || die "ENV is for PROFILE=aws; profile local knows no environments" ;;
  aws)
    case $ENV in staging | production) ;; *) die "ENV is staging or production: make deploy CUSTOMER=$CUSTOMER PROFILE=aws ENV=staging" ;; esac
    [ -e "$params" ] || die "$params is missing: make outputs ENV=$ENV"
    grep -qx "ENVIRONMENT=$ENV" "$params" || die "$params is not of $ENV: make outputs ENV=$ENV"
    REGISTRY=${REGISTRY:-$(sed -n 's/^REGISTRY=//p' "$params")} ;;
  *) die "PROFILE is local or aws, not '$PROFILE'" ;;
esac
have python3 || need_apt python3
need_cluster
guard_production "deploying $CUSTOMER"
work=$(mktemp -d)
trap 'rm -rf "$work" "$DEPLOY_DIR/.$CUSTOMER.$$"' EXIT

# Which images
tag=${TAG:-$(deploy_tag)}
check_tag "$tag"
identity='' wanted_version=$(version)

by_digest() {
  local service digest
  [ -n "${REGISTRY:-}" ] || die "HARDWARE_DIGEST and PORTAL_DIGEST need REGISTRY, where they are"
  check_registry "make deploy CUSTOMER=$CUSTOMER"
  for service in hardware portal; do
    digest=$service; digest=${digest^^}_DIGEST; digest=${!digest:-}
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || die "HARDWARE_DIGEST and PORTAL_DIGEST are sha256: and 64 digits, both (got '$digest' for $service)"
    printf -v "$service" '%s' "$REGISTRY/toolcrib/$service@$digest"
  done
  wanted_version=
}

by_tag() {
  local service
  check_registry "make deploy CUSTOMER=$CUSTOMER"
  have docker || die "docker is missing: it asks $REGISTRY for $tag (or give HARDWARE_DIGEST and PORTAL_DIGEST)"
  for service in hardware portal; do
    look_up "$REGISTRY/toolcrib/$service:$tag"
    [ -n "$found_digest" ] || die "$REGISTRY has no toolcrib/$service:$tag: make images, then make push REGISTRY=$REGISTRY"
    printf -v "$service" '%s' "$REGISTRY/toolcrib/$service@$found_digest"
  done
}

# load IMAGE...: onto the nodes of a cluster on this machine.
load() {
  case $context in
    kind-*) have kind || die "kind is missing, which loads images into '$context'"; kind load docker-image --name "${context#kind-}" "$@" >&2 ;;
    k3d-*) have k3d || die "k3d is missing, which loads images into '$context'"; k3d image import --cluster "${context#k3d-}" "$@" >&2 ;;
    minikube) have minikube || die "minikube is missing, which loads images into '$context'"; minikube image load "$@" >&2 ;;
    *) say "the nodes of '$context' share this machine's images, or have them from elsewhere" ;;
  esac
}

from_here() {
  local images=()
  [ "$PROFILE" = local ] || die "REGISTRY is missing, and $params names none"
  hardware=toolcrib/hardware:$tag portal=toolcrib/portal:$tag
  if [ -z "$(docker_missing)" ] && identity=$(docker image inspect --format '{{.Id}}' "$hardware" "$portal" 2>/dev/null); then
    images=("$hardware" "$portal")
    if docker image inspect toolcrib/mysql:9.7 >/dev/null 2>&1; then images+=(toolcrib/mysql:9.7); fi
    load "${images[@]}"
  else
    hardware=toolcrib/hardware:$(version) portal=toolcrib/portal:$(version) identity=
    say "there are no images of $tag on this machine (make images): the nodes have to have $hardware"
  fi
}

if [ -n "${HARDWARE_DIGEST:-}${PORTAL_DIGEST:-}" ]; then by_digest
elif [ -n "${REGISTRY:-}" ]; then by_tag
else from_here; fi

# Never the branch: 8 digits of the image, or of the commit.
suffix=${identity:-$hardware}
case $suffix in *sha256:*) suffix=${suffix#*sha256:}; suffix=${suffix:0:8} ;; *) suffix=$(object_suffix) ;; esac

# What is deployed: put together beside its place, and moved there once it can be rendered.
draft=$DEPLOY_DIR/.$CUSTOMER.$$
(umask 077; mkdir -p "$draft")
# overlay OPTION...
overlay() {
  python3 scripts/k8s_overlay.py "$CUSTOMER" "$PROFILE" --env "${ENV:-production}" --to "$draft" \
    --hardware "$hardware" --portal "$portal" --suffix "$suffix" "$@" || exit 1
}
if [ "$PROFILE" = local ]; then
  overlay
  render_deploy "$draft" "$work/plain.yaml"
fi
# Secrets are no part of it: whoever applies it again must not set back a password that was rotated.
overlay --without-secrets
render_deploy "$draft" "$work/rendered.yaml"
# A new greeting is a new release as much as a new image is: pods read their settings when they start.
release=$( { cat "$work/rendered.yaml"; echo "$identity"; } | sha256sum | cut -c 1-8)
overlay --without-secrets --release "$release"
render_deploy "$draft" "$work/rendered.yaml"
if [ "$PROFILE" = local ]; then split=("$work/parts" "$work/plain.yaml"); else split=("$work/parts"); fi
mkdir "$work/parts"
python3 scripts/deploy_plan.py split "${split[@]}" < "$work/rendered.yaml" > "$work/steps"
(umask 077; mkdir -p "$DEPLOY_DIR/$CUSTOMER")
mv "$draft/kustomization.yaml" "$DEPLOY_DIR/$CUSTOMER/kustomization.yaml"
say "deploying customer $CUSTOMER (profile $PROFILE${ENV:+, $ENV}, release $release) to context '$context'"
say "  $hardware"
say "  $portal"

# secret NAMESPACE NAME FILE: what `make secret` wrote comes first, then what the cluster has, which `make rotate` may have changed.
secret() {
  local own
  own=$(own_secret "$2")
  kube --namespace "$1" get secret "$2" --ignore-not-found -o json > "$work/there.json" || return 1
  if [ -n "$own" ]; then
    if [ -s "$work/there.json" ] && python3 scripts/rotate.py stale "$own" < "$work/there.json"; then
      say "$own has another password than 'make rotate' left in $1: remove the file, the cluster's Secret then stays"
      return 1
    fi
    kube --namespace "$1" apply --server-side --force-conflicts --field-manager="$FIELD_MANAGER" -f "$own"
  elif [ -s "$work/there.json" ]; then
    echo "secret/$2 is there and stays as it is"
    if grep -q '/development-only"' "$work/there.json"; then
      say "note: secret/$2 came from 'make render', and everybody knows its value: make secret CUSTOMER=$CUSTOMER brings another"
    fi
  else
    apply "$3"
  fi
}

external() {
  kube --namespace "$1" wait --for=condition=Ready "externalsecret/$2" --timeout="${SECRET_TIMEOUT:-120}s" >&2 ||
    { say "ExternalSecret $2 of $1 is not ready: kubectl -n $1 describe externalsecret $2"; return 1; }
}

stopped() { die "stopped, nothing after this was changed: make deploy CUSTOMER=$CUSTOMER ... again, once it is put right"; }

while read -r step one two three <&3; do
  case $step in
    apply) apply "$one" >&2 || stopped ;;
    secret) secret "$one" "$two" "$three" >&2 || stopped ;;
    external) external "$one" "$two" || stopped ;;
    job) say "Job $two"; run_job "$one" "$two" "$three" || stopped ;;
    rollout)
      await_rollout "$one" || case $one in
        deployment/*) die "the former pods still serve; back to the former release: make rollback CUSTOMER=$CUSTOMER" ;;
        *) stopped ;;
      esac ;;
  esac
done 3< "$work/steps"

CONTEXT=$context WANT_VERSION=$wanted_version scripts/synthetic.sh ||
  die "customer $CUSTOMER runs, but does not answer as it should, see above; back to the former release: make rollback CUSTOMER=$CUSTOMER"
say "customer $CUSTOMER runs release $release"
