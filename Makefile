# Every target is one script or one cargo command; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: run demo test test-nix test-images test-terraform torture customers bench bench-history fmt check openapi screenshot terraform-docs deny build images up down plan apply outputs clean help

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

build: ## release binaries in target/release
	cargo build --locked --release -p hardware -p portal

images: ## container images toolcrib/{hardware,portal,mysql}, by Nix or without it (IMAGES=nix, IMAGES=static)
	@scripts/images.sh

up: ## everything in containers on MySQL, portal at localhost:5000
	@scripts/up.sh

customers: ## one blueprint in containers as customers A, B, C and an unknown X on 8080-8083, and asks each
	@scripts/customers.sh

down: ## stop the containers, keep the data
	@scripts/down.sh

plan: ## what Terraform would do, saved: ENV=staging|production, LAYER=base|platform (none: both), or LAYER=bootstrap
	@scripts/terraform.sh plan

apply: ## exactly what the saved plan says, with the same ENV and LAYER
	@scripts/terraform.sh apply

outputs: ## ENV's outputs for Kubernetes into k8s/profiles/aws/params.env, and the four MYSQL_* (CUSTOMER=a: that customer's)
	@scripts/terraform-outputs.sh

clean: ## remove what was built (not ./data, no images, no volumes)
	cargo clean
	rm -rf .cache

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\): ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22
