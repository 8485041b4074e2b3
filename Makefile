# The commands of the repository. Each installs what it needs (scripts/install) and says what it cannot.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export CARGO_TERM_PROGRESS_WHEN ?= never
# What incremental builds keep is several times the size of what they build; only who edits has something of it.
check test bench build: export CARGO_INCREMENTAL ?= 0

.PHONY: help build demo test check bench docs screenshots fmt

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

build: ## the program with its pages, optimised: target/release/rollcall
	@scripts/install build
	scripts/pages build
	cargo build --release --locked -p rollcall

demo: build ## the whole story on a simulated site; nothing outside this machine is touched
	target/release/rollcall demo

test: ## everything: both databases, a real SMTP server, a certified sign-on provider, killed processes, the API, traces, the package
	@scripts/install test
	scripts/with-postgres env ROLLCALL_REQUIRE_POSTGRES=1 ROLLCALL_REQUIRE_SMTP=1 ROLLCALL_REQUIRE_OIDC=1 \
		scripts/with-mail-venv scripts/with-oidc-provider cargo nextest run --locked --workspace --no-fail-fast
	cargo test --locked --workspace --doc --quiet
	scripts/test-api
	scripts/pages test
	ROLLCALL_BIN=$(abspath target/debug/rollcall) scripts/pages e2e
	ROLLCALL_REQUIRE_DEB=$${ROLLCALL_REQUIRE_DEB:-possible} scripts/test-deb
	cargo nextest run --locked --workspace --features rollcall/otel --test traces

check: ## format, lints, dependency rules, licences, generated files; types and size of the pages
	@scripts/install check
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked --workspace --all-targets --features rollcall/otel -- -D warnings
	cargo test --locked --quiet -p rollcall --test house
	cargo test --locked --quiet -p rollcall --test generated
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet
	cargo deny --offline check bans licenses sources
	scripts/pages check

bench: ## the measurements of docs/benchmarks.md, as tables
	@scripts/install test
	scripts/bench

docs: ## writes the generated files again (CLI reference, policy schema, API document, the pages' types)
	cargo run --quiet -p rollcall -- docs
	scripts/pages api

screenshots: build ## pictures of every page, light and dark, from the demo into docs/images
	@scripts/install screenshots
	ROLLCALL_BIN=$(CURDIR)/target/release/rollcall scripts/pages screenshots

fmt: ## formats everything
	cargo fmt --all
