# Every target is one script or one cargo command; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: run demo test test-nix test-images test-terraform test-k8s test-containers test-ops torture customers customer customer-remove bench bench-history fmt check openapi screenshot terraform-docs deny build images push secret up down render deploy check-customer rollback migrate rotate port-forward start backup restore rds-ca plan apply outputs clean help

run: ## both services on SQLite with two sample rows, in the foreground
	@scripts/run.sh

demo: ## the same with a catalogue of some hundred lines
	@scripts/run.sh --demo

test: ## everything: format, clippy, SQLite, MySQL (needs Docker), whole system, races, scripts, the flake, Terraform
	@scripts/test.sh

test-nix: ## the flake alone, evaluated with stubs for its inputs (needs no network; docs/nix.md)
	@nix/tests/run.sh

test-images: ## starts the images that `make images` made last, as strictly as a cluster would, and looks at them
	@scripts/test-images.sh

test-terraform: ## terraform/ without an account: four tiers, mutations, checkov (a part of make test)
	@scripts/test-terraform.sh

test-k8s: ## k8s/ without a cluster: golden files, schemas of three versions, policies, checkov
	@k8s/tests/run.sh

test-containers: ## customer a's containers run by Docker as its manifests say (CONTAINERS=real: the images of make images)
	@scripts/test-containers.sh

test-ops: ## what operators call, against a stand-in for a cluster, a real registry, a real MySQL (a part of make test)
	@scripts/test-ops.sh

torture: ## the concurrency checker at length (TORTURE_SECONDS=300 a scenario and database)
	@scripts/torture.sh

bench: ## the release build beside bare hyper, Flask and FastAPI: ratios, and docs/performance.md (12 minutes)
	@scripts/bench.sh

bench-history: ## up to a million claims on SQLite and MySQL: curves over history in docs/performance.md (half an hour)
	@scripts/bench.sh --history

fmt: ## format the Rust code
	cargo fmt --all

check: ## the quick look before a commit: format, clippy, types
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo check --locked --workspace --all-targets

openapi: ## write services/hardware/openapi.json anew from the code; then look at the difference
	cargo run --locked --quiet -p hardware -- openapi > target/openapi.json
	mv target/openapi.json services/hardware/openapi.json

screenshot: ## write docs/portal.png anew: the demo catalogue in a real browser (needs chromium and chromedriver)
	cargo build --locked -p hardware -p portal
	cargo test --locked -p system-tests --test system -- --ignored screenshot

terraform-docs: ## write the tables of inputs and outputs in the READMEs of terraform/ anew
	@python3 scripts/terraform_check.py docs

deny: ## licenses, bans and sources of the dependencies (ADVISORIES=1: known holes too)
	@scripts/deny.sh

# Make expands `$` in what stands on its command line. Texts and passwords are meant as they were typed; who doubled a `$` for
# make's sake gets one.
as_typed = $(subst $$$$,$$,$(value $(1)))
$(foreach name,NAME HOST GREETING TITLE MYSQL_HOST MYSQL_USER MYSQL_PASSWORD MYSQL_DATABASE,\
  $(if $(filter command,$(origin $(name))),$(eval override export $(name) := $$(call as_typed,$(name)))))

# What this tree's images are called: BRANCH-SHA. Asked for only by the targets that use it.
TAG ?= $(shell scripts/tag.sh)

build: ## release binaries in target/release, and the images, tagged BRANCH-SHA
	cargo build --locked --release -p hardware -p portal
	TAG='$(TAG)' scripts/images.sh

images: ## container images toolcrib/{hardware,portal,mysql}, by Nix or without it (IMAGES=nix, IMAGES=static)
	@TAG='$(TAG)' scripts/images.sh

push: ## both images into REGISTRY= by that tag, which is never moved; prints them by digest
	@TAG='$(TAG)' scripts/push.sh

secret: ## Secrets for Kubernetes from the four MYSQL_*, into k8s/.deploy/secret-{hardware,portal}.yaml (CUSTOMER=a: for that one)
	@python3 scripts/secret.py

up: ## everything in containers on MySQL, portal at localhost:5000
	@scripts/up.sh

customers: ## one blueprint in containers as customers A, B, C and an unknown X on 8080-8083, and asks each
	@scripts/customers.sh

down: ## stop the containers, keep the data
	@scripts/down.sh

render: ## every manifest of a customer: CUSTOMER=a PROFILE=local|aws (ENV=staging|production for aws)
	@scripts/render.sh

deploy: ## CUSTOMER= into the cluster that kubectl points at: PROFILE=local|aws, ENV=, REGISTRY= or digests; waits, then asks it
	@TAG='$(TAG)' scripts/deploy.sh

check-customer: ## ask a deployed CUSTOMER= as its visitors would: ready, salutation, version, first page
	@scripts/synthetic.sh

rollback: ## both services of CUSTOMER= back to the release before; the schema stays
	@scripts/rollback.sh

migrate: ## the schema up to date: of MYSQL_* or DATA_DIR, or of CUSTOMER= in the cluster
	@scripts/migrate.sh

rotate: ## a new MySQL password for CUSTOMER=, without a failed request (aws: PROFILE=aws ENV=)
	@scripts/rotate.sh

port-forward: ## the portal and API of CUSTOMER= on localhost:5000 and 5001, until Ctrl-C
	@scripts/port-forward.sh

start: ## everything: in a local cluster if one is at hand, else in containers; waits until healthy, opens the browser
	@scripts/start.sh

backup: ## the database of `make run` into backups/, or the MySQL of CUSTOMER= in its namespace
	@scripts/backup.sh

restore: ## FILE= over that database, checked by hardware verify; says what it wants before it overwrites (OVERWRITE=)
	@scripts/restore.sh

rds-ca: ## fetch the authorities of RDS for profile aws, and print their sha256
	@scripts/rds-ca.sh

customer: ## add a customer: NAME= HOST= GREETING= [TITLE=] [ENV=] [MAX_PODS=]; an overlay, and an entry in customers.json
	@python3 scripts/customer.py add

customer-remove: ## take customer NAME= out of the overlays and of customers.json
	@python3 scripts/customer.py remove

plan: ## what Terraform would do, saved: ENV=staging|production, LAYER=base|platform (none: both), or LAYER=bootstrap
	@scripts/terraform.sh plan

apply: ## exactly what the saved plan says, with the same ENV and LAYER
	@scripts/terraform.sh apply

outputs: ## ENV's outputs for Kubernetes into k8s/profiles/aws/params.env, and the four MYSQL_* (CUSTOMER=a: that customer's)
	@scripts/terraform-outputs.sh

clean: ## remove what was built, and what deploys wrote (not Secrets, ./data, backups, images, volumes)
	cargo clean
	rm -rf .cache
	@scripts/clean-deploys.sh

help: ## this list
	@sed -n 's/^\([a-z][a-z0-9-]*\): ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24
