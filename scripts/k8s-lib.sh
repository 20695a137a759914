# Shared by the scripts that talk to a cluster: which customer, which context, and waiting for Jobs and rollouts.
# shellcheck shell=bash

# Where `make deploy` and `make secret` write; git ignores it.
DEPLOY_DIR=${DEPLOY_DIR:-k8s/.deploy}
# All that deploy applies is its own, by this name: what others set (an autoscaler's replicas) stays theirs.
readonly FIELD_MANAGER=toolcrib-deploy

# customers: all there are, on one line.
customers() {
  local folder names=()
  for folder in k8s/customers/[a-z]*/; do [ ! -e "$folder/kustomization.yaml" ] || names+=("$(basename "$folder")"); done
  echo "${names[*]:-none}"
}

# need_customer TARGET: CUSTOMER names one that is in k8s/customers; sets namespace.
need_customer() {
  CUSTOMER=${CUSTOMER:-}
  [ -n "$CUSTOMER" ] || die "CUSTOMER is missing: make $1 CUSTOMER=a (there are: $(customers))"
  if ! [[ $CUSTOMER =~ ^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$ ]] || [ ! -e "k8s/customers/$CUSTOMER/kustomization.yaml" ]; then
    die "there is no customer '$CUSTOMER' (there are: $(customers); make customer NAME= adds one)"
  fi
  # shellcheck disable=SC2034  # the scripts that source this read it
  namespace=customer-$CUSTOMER
}

need_kubectl() { have kubectl || die "kubectl is missing: https://kubernetes.io/docs/tasks/tools (or: nix develop)"; }

# need_cluster: pins the context, so that a switch elsewhere in the middle of a deploy changes nothing here.
need_cluster() {
  need_kubectl
  context=${CONTEXT:-$(kubectl config current-context 2>/dev/null || true)}
  [ -n "$context" ] || die "no cluster: kubectl has no current context (kubectl config use-context, or CONTEXT=)"
  local why
  why=$(timeout 20 kubectl --context "$context" --request-timeout=10s get --raw /readyz 2>&1 >/dev/null) ||
    die "the cluster of context '$context' does not answer: $(tail -n 1 <<< "${why:-no answer within 20 s}")"
}

kube() { kubectl --context "$context" "$@"; }
kubens() { kube --namespace "$namespace" "$@"; }

# is_local CONTEXT: a cluster on this machine, as the usual tools name theirs.
is_local() {
  case $1 in
    kind-* | k3d-* | minikube | docker-desktop | rancher-desktop | orbstack | colima | colima-* | microk8s | k3s-default) return 0 ;;
    *) return 1 ;;
  esac
}

# guard_production WHAT: whoever changes production names the context, in full. Looks at the context's name and at ENV.
guard_production() {
  case "${context,,} ${ENV:-}" in
    *prod*) [ "${CONFIRM:-}" = "$context" ] || die "$1 would change production (context '$context'): say so with CONFIRM='$context'" ;;
  esac
}

# own_secret NAME: the file that `make secret` wrote for this customer, or nothing.
own_secret() {
  local database=customer_${CUSTOMER//-/_} folder
  for folder in "$DEPLOY_DIR/$CUSTOMER" "$DEPLOY_DIR"; do
    if [ -e "$folder/secret-$1.yaml" ]; then
      # What was written without CUSTOMER= is for the customer whose schema it names, and for no other.
      if [ "$folder" != "$DEPLOY_DIR" ] || grep -qx "  MYSQL_DATABASE: $(printf %s "$database" | base64 -w 0)" "$DEPLOY_DIR/secret-hardware.yaml" 2>/dev/null; then
        echo "$folder/secret-$1.yaml"
        return
      fi
      say "$folder/secret-$1.yaml is not for schema $database: left aside (make secret CUSTOMER=$CUSTOMER)"
    fi
  done
}

# apply FILE: server-side, so that the cluster keeps who set what. What is in the files counts: a rollback or an edit by hand
# owns fields too, and a deploy takes them back.
apply() { kube apply --server-side --force-conflicts --field-manager="$FIELD_MANAGER" -f "$1"; }

# job_state NAMESPACE NAME: Complete, Failed, Running or nothing.
job_state() {
  local found
  found=$(kube --namespace "$1" get job "$2" --ignore-not-found \
    -o 'jsonpath={.metadata.name} {.status.conditions[?(@.status=="True")].type}')
  case $found in
    *Failed*) echo Failed ;;
    *Complete*) echo Complete ;;
    ?*) echo Running ;;
  esac
}

# await_job NAMESPACE NAME: until it is complete. Where it fails, its log is shown, and its pods where there is none.
await_job() {
  local state deadline=$((SECONDS + ${JOB_TIMEOUT:-960}))
  until state=$(job_state "$1" "$2"); [ "$state" = Complete ]; do
    if [ "$state" = Failed ] || [ "$SECONDS" -ge "$deadline" ]; then
      kube --namespace "$1" get pods --selector "job-name=$2" >&2 || true
      kube --namespace "$1" logs "job/$2" --all-containers --tail=50 >&2 || true
      if [ "$state" = Failed ]; then say "Job $2 in $1 failed; its log is above"
      else say "Job $2 in $1 is not done after ${JOB_TIMEOUT:-960} s; its pods and their log are above"; fi
      return 1
    fi
    sleep "${POLL:-2}"
  done
}

# run_job NAMESPACE NAME FILE: applies it and waits. A failed one of the same name makes place; so does a finished one that was
# made from another template, which Kubernetes cannot change.
run_job() {
  local log
  if [ "$(job_state "$1" "$2")" = Failed ]; then
    say "Job $2 failed before: once more"
    kube --namespace "$1" delete job "$2" --wait=true >&2
  fi
  log=$(mktemp)
  if ! apply "$3" >&2 2>"$log"; then
    if grep -q 'field is immutable' "$log" && [ "$(job_state "$1" "$2")" = Complete ]; then
      rm -f "$log"
      kube --namespace "$1" delete job "$2" --wait=true >&2
      apply "$3" >&2
    else
      cat "$log" >&2
      rm -f "$log"
      return 1
    fi
  fi
  rm -f "$log"
  await_job "$1" "$2"
}

# await_rollout NAME: a Deployment or StatefulSet of the customer; what its pods say where it does not come up.
await_rollout() {
  if ! kubens rollout status "$1" --timeout="${ROLLOUT_TIMEOUT:-300}s" >&2; then
    kubens get pods >&2 || true
    kubens logs "$1" --tail=20 >&2 || true
    say "$1 of $namespace did not come up; its pods and their log are above"
    return 1
  fi
}

# forward TARGET PORT: a free port of this machine to a Service, in the background; sets forward_pid and forward_port.
forward() {
  local log deadline=$((SECONDS + 30))
  log=$(mktemp)
  # Not by kubens: $! would be a shell around it, and what ends the shell would leave kubectl.
  kubectl --context "$context" --namespace "$namespace" port-forward --address 127.0.0.1 "$1" ":$2" >"$log" 2>&1 &
  forward_pid=$!
  until forward_port=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$log" | head -n 1); [ -n "$forward_port" ]; do
    if ! kill -0 "$forward_pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      say "no way to $1 in $namespace: $(tail -n 1 "$log")"
      kill "$forward_pid" 2>/dev/null || true
      rm -f "$log"
      return 1
    fi
    sleep 0.2
  done
  rm -f "$log"
}

# render_deploy FOLDER FILE: what a deploy applies, whole.
render_deploy() {
  kubectl kustomize "$1" > "$2" || die "customer $CUSTOMER cannot be rendered, see above"
  if grep -n UNSET "$2" >&2; then die "the lines above say UNSET: nobody filled in what Terraform knows (make outputs ENV=${ENV:-staging})"; fi
}

# deployed_parts FOLDER: what `make deploy` applied last from this machine, in parts; the steps in FOLDER/steps.
deployed_parts() {
  local file=$DEPLOY_DIR/$CUSTOMER/kustomization.yaml
  [ -e "$file" ] || die "$file is missing: make deploy CUSTOMER=$CUSTOMER from here, or take the file from whoever did"
  mkdir -p "$1"
  render_deploy "$DEPLOY_DIR/$CUSTOMER" "$1/rendered"
  python3 scripts/deploy_plan.py split "$1" < "$1/rendered" > "$1/steps"
}

# job_namespace PARTS BASE: where the deploy's Job `BASE-…` runs.
job_namespace() { awk -v base="$2" '$1 == "job" && index($3, base) == 1 {print $2; exit}' "$1/steps"; }

# one_off PARTS BASE NAME [--next-password SECRET] -- ARGUMENT...: runs Job NAME as the deploy's Job BASE would run, and shows its log.
one_off() {
  local parts=$1 base=$2 name=$3 of file
  shift 2
  of=$(job_namespace "$parts" "$base")
  [ -n "$of" ] || die "profile and customer have no Job $base"
  file=$(awk -v base="$base" '$1 == "job" && index($3, base) == 1 {print $4; exit}' "$parts/steps")
  kube create --dry-run=client -o json -f "$file" | python3 scripts/job_edit.py "$@" > "$parts/$name.json"
  run_job "$of" "$name" "$parts/$name.json" || return 1
  kube --namespace "$of" logs "job/$name" --all-containers --tail=20 >&2
}
