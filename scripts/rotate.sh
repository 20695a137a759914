#!/usr/bin/env bash
# A new password for a customer's MySQL user, without a failed request: `make rotate CUSTOMER=a`. Both passwords are good from the first
# step to the last. Stopped in between, it goes on where it was when it is called again.
#   PROFILE        local (default): the new password goes into Secret `hardware`; aws, with ENV: into Secrets Manager, from where
#                  External Secrets brings it
#   ROTATE_WAIT    120: seconds after which every kubelet has renewed the file in its pods
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh

need_customer rotate
PROFILE=${PROFILE:-local}
case $PROFILE in
  local) [ -z "${ENV:-}" ] || die "ENV is for PROFILE=aws; profile local knows no environments" ;;
  aws)
    case ${ENV:-} in staging | production) ;; *) die "ENV is staging or production: make rotate CUSTOMER=$CUSTOMER PROFILE=aws ENV=staging" ;; esac
    have aws || die "aws is missing: https://docs.aws.amazon.com/cli (or: nix develop)" ;;
  *) die "PROFILE is local or aws, not '$PROFILE'" ;;
esac
[[ ${ROTATE_WAIT:=120} =~ ^[0-9]+$ ]] || die "ROTATE_WAIT is a number of seconds, not '$ROTATE_WAIT'"
have python3 || need_apt python3
need_cluster
guard_production "rotating the password of $CUSTOMER"
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deployed_parts "$work/parts"
grep -qx "  - ../../profiles/$PROFILE" "$DEPLOY_DIR/$CUSTOMER/kustomization.yaml" || die "customer $CUSTOMER was not deployed with PROFILE=$PROFILE from here"
of=$(job_namespace "$work/parts" database-ensure)
[ -n "$of" ] || die "profile $PROFILE has no Job database-ensure, whose rights a rotation needs"
kubens get secret hardware -o name >/dev/null || die "there is no Secret hardware in $namespace: make deploy CUSTOMER=$CUSTOMER"

next=hardware-next-$CUSTOMER
say "1. a new password, in Secret $next of $of"
if [ -z "$(kube --namespace "$of" get secret "$next" --ignore-not-found -o name)" ]; then
  python3 scripts/rotate.py next "$of" "$next" > "$work/new.json"
  kube create -f "$work/new.json" >&2
else
  say "   one is there: going on with the rotation that was begun"
fi
kube --namespace "$of" get secret "$next" -o json > "$work/next.json"
# The same rotation has the same Job, so what was done is not done twice.
id=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["metadata"]["uid"].replace("-", "")[:8])' "$work/next.json")

say "2. MySQL takes it beside the one in use"
one_off "$work/parts" database-ensure "rotate-$id" --next-password "$next" -- database rotate --user "\$(APP_USER)" ||
  die "MySQL did not take the new password: nothing has changed for the pods. Put it right and call this again"

say "3. the pods get it"
if [ "$PROFILE" = aws ]; then
  secret=toolcrib/$ENV/$namespace/hardware
  aws secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text > "$work/kept.json"
  python3 scripts/rotate.py merge "$work/next.json" < "$work/kept.json" > "$work/merged.json"
  aws secretsmanager put-secret-value --secret-id "$secret" --secret-string "file://$work/merged.json" >/dev/null
  awk '$1 == "external" {print $2, $3}' "$work/parts/steps" | while read -r where name; do
    kube --namespace "$where" annotate externalsecret "$name" "force-sync=$(date +%s)" --overwrite >&2
  done
  deadline=$((SECONDS + 180))
  until kubens get secret hardware -o json | python3 scripts/rotate.py same "$work/next.json"; do
    [ "$SECONDS" -lt "$deadline" ] || die "External Secrets did not bring the new password within 180 s; both are good: look at it, and call this again"
    sleep "${POLL:-2}"
  done
else
  python3 scripts/rotate.py patch "$work/next.json" > "$work/patch.json"
  kubens patch secret hardware --type=merge --patch-file="$work/patch.json" >&2
  # Or the next deploy would bring the old one back.
  own=$(own_secret hardware)
  if [ -n "$own" ]; then python3 scripts/rotate.py rewrite "$work/next.json" "$own"; fi
fi
# A pod that changes is looked at by its kubelet at once, and its files with it; the others are looked at every minute or so.
kubens annotate pods --selector app.kubernetes.io/name=hardware "toolcrib.parcellab.com/password-of=$(date -u +%FT%TZ)" --overwrite >&2
say "   waiting $ROTATE_WAIT s until every pod's file is renewed; the service reads it when MySQL refuses the old one"
sleep "$ROTATE_WAIT"

say "4. MySQL forgets the old one"
one_off "$work/parts" database-ensure "discard-$id" --next-password "$next" -- database discard --user "\$(APP_USER)" ||
  die "MySQL still takes both passwords. Put it right and call this again"
kube --namespace "$of" delete secret "$next" >&2
await_rollout deployment/hardware || die "hardware of $CUSTOMER is not ready with the new password: kubectl -n $namespace rollout restart deployment/hardware"
say "the password of customer $CUSTOMER is rotated"
