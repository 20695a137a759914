#!/usr/bin/env bash
# Checks what is neither Rust nor a template: shell, YAML, pipelines, compose, the lists of customers. The checkers come from PyPI into .cache/venv.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

venv=.cache/venv
stamp=$venv/$(cksum < scripts/requirements.txt | tr ' ' -)
if [ ! -e "$stamp" ]; then
  have python3 || need_apt python3
  python3 -m venv "$venv" >/dev/null 2>&1 || { need_apt python3-venv; python3 -m venv "$venv"; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements.txt
  touch "$stamp"
fi
export PATH="$PWD/$venv/bin:$PATH"

# What git tracks or would track: a half-written file is checked before it is committed.
files() { git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r f; do [ ! -f "$f" ] || echo "$f"; done; }

echo "shellcheck"; files '*.sh' .ci/run | xargs shellcheck
echo "tags of images"; scripts/test-tags.sh
echo "yamllint"; files '*.yaml' '*.yml' | xargs yamllint --strict
echo "GitHub workflows"
files '.github/workflows/*.yml' | xargs check-jsonschema --builtin-schema vendor.github-workflows
files '.github/workflows/*.yml' | xargs zizmor --offline --quiet
echo "GitLab pipeline"; check-jsonschema --builtin-schema vendor.gitlab-ci .gitlab-ci.yml
echo "customers of Terraform"
files 'terraform/environments/*/customers.json' terraform/modules/customers/tests/lists/good.json |
  xargs check-jsonschema --schemafile terraform/customers.schema.json
# What the schema is there to refuse, it refuses; hosts of other zones and shared ones are for Terraform to see.
for list in bad-name unknown-key no-host bad-pods a-list; do
  ! check-jsonschema --quiet --schemafile terraform/customers.schema.json "terraform/modules/customers/tests/lists/$list.json" ||
    die "terraform/customers.schema.json takes $list.json"
done
if docker compose version >/dev/null 2>&1 || have docker-compose; then
  echo "compose.yaml"; compose -f compose.yaml config --quiet
fi
