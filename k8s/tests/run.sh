#!/usr/bin/env bash
# Proves k8s/ without a cluster: `make test-k8s`, a suite of `make test`.
#   golden      every customer and profile, rendered as in k8s/tests/golden (--write: makes those files anew)
#   schemas     strictly valid for three versions of Kubernetes and for the custom resources' own definitions
#   policies    our own rules; mutations: each broken on purpose; overlays; refusals: what render.sh has to say no to
#   checkov     no failed check; what is skipped has its reason in k8s/tests/checkov.yaml
# K8S_TESTS="manifests checkov" chooses. What is rendered runs in Docker too: `make test-containers`.
set -euo pipefail
# shellcheck source=../../scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

write=()
case ${1:-} in
  "") ;;
  --write) write=(--write) ;;
  *) die "usage: k8s/tests/run.sh [--write]" ;;
esac
chosen=" ${K8S_TESTS:-manifests checkov} "
wants() { [[ $chosen == *" $1 "* ]]; }
have python3 || need_apt python3
have kubectl || die "kubectl is missing: 1.30 or later, for its kustomize (https://kubernetes.io/docs/tasks/tools/)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
venv k8s "$(grep '^kubernetes-validate==' scripts/requirements.txt)"
python=$PWD/.cache/k8s/bin/python
export PYTHONDONTWRITEBYTECODE=1
# Terraform's suite judges with the same one.
checkov=$(sed -n 's/^readonly CHECKOV=//p' scripts/test-terraform.sh)

manifests() { "$python" k8s/tests/main.py "$work" ${write[@]+"${write[@]}"}; }

checkov_run() {
  venv checkov "checkov==$checkov" || { echo "FAILED: checkov $checkov could not be installed"; return 1; }
  .cache/checkov/bin/checkov --directory "$work/rendered" --framework kubernetes --config-file k8s/tests/checkov.yaml \
    --compact --output json > "$work/checkov.json" 2> "$work/checkov.err" || true
  "$python" k8s/tests/checkov_report.py "$work/checkov.json" || { tail -n 5 "$work/checkov.err"; return 1; }
}

# Checkov looks at what was rendered, so the manifests always come first.
manifests > >(tee -a "$work/log") || failed=1
if wants checkov; then checkov_run > >(tee -a "$work/log") || failed=1; fi
wait
passed=$(sed -n 's/^[a-z]*: \([0-9]*\) passed, [0-9]* failed$/\1/p' "$work/log" | awk '{ n += $1 } END { print n + 0 }')
bad=$(sed -n 's/^[a-z]*: [0-9]* passed, \([0-9]*\) failed$/\1/p' "$work/log" | awk '{ n += $1 } END { print n + 0 }')
[ "$bad" = 0 ] && [ "$passed" -gt 0 ] || failed=1
echo "k8s: $passed passed, $bad failed"
[ "$failed" = 0 ] || die "the tests of k8s/ FAILED, see above"
