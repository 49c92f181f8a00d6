# Absah. Five words to remember: demo, up, test, check, bench. `make help` lists them all.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
PYTHON ?= python3
DATA ?= var/demo
BIN := .venv/bin
UV ?= uv
export PYTHONDONTWRITEBYTECODE ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## This list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

# --- the environment ---------------------------------------------------------------------------------------------------

.venv/bin/pip:
	@tools/system_packages.sh venv
	$(PYTHON) -m venv .venv

# What runs: locked with hashes. The development lock holds all of it, so either satisfies.
.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/pip
	test -e .venv/.dev || $(BIN)/pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/.dev: requirements/dev.txt pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@ .venv/.run

PO := $(wildcard src/absah_site/locale/*/LC_MESSAGES/*.po)
.venv/.catalogues: $(PO) .venv/.run
	$(BIN)/python tools/compile_catalogues.py
	touch $@

.PHONY: install dev lock
install: .venv/.run .venv/.catalogues ## Make .venv with what runs.
dev: .venv/.dev .venv/.catalogues ## Make .venv with what developers need.

# Extras stay in the lock: older pips take `coverage[toml]` for a requirement without a version when only `coverage` is pinned.
lock: ## Lock the requirements again: hashes, no addresses. Needs uv.
	$(UV) pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes --no-header --no-strip-extras \
		--extra site --extra postgres --group build pyproject.toml -o requirements/run.txt
	$(UV) pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes --no-header --no-strip-extras \
		--extra site --extra postgres --extra hsm --group build --group dev pyproject.toml -o requirements/dev.txt
	$(UV) pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes --no-header --no-strip-extras \
		--group soak -o requirements/soak.txt

# --- to use ------------------------------------------------------------------------------------------------------------

.PHONY: demo up
demo: install ## The main job, end to end, on a fresh machine: issue, sign at $ and #, verify. Writes var/demo.
	$(BIN)/absah demo --data $(DATA)

up: install ## Serve what the demo made: http://127.0.0.1:8000
	$(BIN)/absah up --data $(DATA)

# --- to develop --------------------------------------------------------------------------------------------------------

.PHONY: test test-core test-site test-postgres test-browser check format docs
test: dev ## The suite: what needs no database, the site on SQLite and on PostgreSQL, the pages in a browser.
	@tools/system_packages.sh judges postgres hsm
	$(MAKE) --no-print-directory test-core test-site test-postgres test-browser

CORE_TESTS := $(wildcard tests/unit tests/property tests/cases tests/architecture tests/conformance tests/process)
SITE_TESTS := $(wildcard tests/site tests/esign)
test-core: dev
	$(BIN)/pytest $(CORE_TESTS) -n 2 --cov --cov-report=term

test-site: dev
	$(BIN)/pytest $(SITE_TESTS) $(wildcard tests/endtoend) -n 2 --dist loadgroup

test-postgres: dev
	ABSAH_POSTGRES_AUTOVACUUM=off tools/with_postgres.sh $(BIN)/pytest $(SITE_TESTS) -n 2 --dist loadgroup

# Where Chromium cannot be installed, its tests are skipped and say so.
test-browser: dev
	-@tools/system_packages.sh browser
	$(BIN)/pytest tests/browser -n 2 --dist loadgroup --no-loadscope-reorder

check: dev ## Style, types, import contracts, migrations, catalogues, documents.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=absah_site.settings.test $(BIN)/python -m django makemigrations --check --dry-run
	$(BIN)/python tools/check_deploy.py
	$(BIN)/python tools/check_catalogues.py
	$(BIN)/python tools/check_docs.py

format: dev ## Let the tools write what they can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: dev ## Write again what is generated from the code.
	$(BIN)/python tools/render_errors.py
	$(BIN)/python tools/render_matrix.py
	$(BIN)/python tools/render_privacy.py
	$(BIN)/python tools/render_profiles.py
	$(BIN)/python tools/render_report_schema.py
	$(BIN)/python -m tools.render_signing_matrix
	$(BIN)/python tools/render_states.py
	$(BIN)/python tools/render_paths.py
	$(BIN)/python tools/render_agreements.py

# --- to measure, and to look at -----------------------------------------------------------------------------------------

.PHONY: bench conformance soak pictures screenshots
bench: ## One JSON object a line (docs/reference/bench.md). ONLY=name,… limits it.
	@$(MAKE) --no-print-directory dev >&2
	@ONLY='$(ONLY)' $(BIN)/python -m bench

conformance: dev ## Outside judges over what we make; names each judge that is missing.
	@tools/system_packages.sh judges
	-@tools/system_packages.sh office producers
	@tools/fetch_judges.sh
	$(BIN)/pytest tests/conformance -q -rs -m "matrix_full or not matrix_full"
	@tools/missing_judges.sh

.venv/.soak: requirements/soak.txt | .venv/.dev
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements/soak.txt
	touch $@

MINUTES ?= 30
KILLS ?= 50
soak: dev .venv/.soak ## Long runs, not in CI: batches, jobs and servers killed, ten million certificates, parsers fuzzed. MINUTES= KILLS=
	$(BIN)/python -m soak --minutes $(MINUTES) --kills $(KILLS)
	tools/with_postgres.sh $(BIN)/pytest tests/browser/test_whole_life.py
	ABSAH_DESK_DOCUMENTS=200 $(BIN)/pytest tests/browser/test_portal_journeys.py
	tools/with_postgres.sh sh -c '$(BIN)/python -m soak --only wire --database "$$ABSAH_TEST_DATABASE"'
	tools/with_postgres.sh sh -c '$(BIN)/python -m soak --only forms --minutes $(MINUTES) --database "$$ABSAH_TEST_DATABASE"'

pictures: dev ## The pictures of both READMEs, from a fresh demo, in docs/pictures.
	@tools/system_packages.sh browser
	$(BIN)/python -m tools.readme_pictures

screenshots: pictures ## Those, and photographs of every page, both languages, 1280 and 360 px wide, in var/screenshots.
	rm -rf var/screenshots
	$(BIN)/pytest tests/browser -q --pictures var/screenshots

.PHONY: clean
clean: ## Forget the environment and the demo.
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .coverage
