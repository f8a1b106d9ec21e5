# `make help` lists what can be done here. Nothing but Python >= 3.11, Node >= 20 with npm, and make is needed beforehand.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# A list is whole (tests/test_locks.py), so pip looks for nothing beside it and builds nothing of it: what is published later never comes in.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
LISTED = $(INSTALL) --require-hashes --only-binary :all:
STYLES := $(wildcard static/css/*.css static/css/*/*.css)
NAMING_ICONS := $(shell find templates portal -name '*.html' -o -name '*.py')
FAILED = { echo "The libraries could not be installed; pip says why above. All of them are there for Python 3.11 to 3.14 on Linux (glibc)" \
  "and macOS (Apple silicon): make clean, then PYTHON=/path/to/python3.13 make ... names another."; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test coverage check fix lock sbom audit asvs bench lighthouse soak mutants pictures words clean

help: ## what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: .venv/installed static/vendor/built ## install what the portal needs to run

setup-test: .venv/installed-test static/vendor/built ## install what the tests need as well
	@$(BIN)/python -m tests.install

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 make ... names one." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.txt requirements-build.txt pyproject.toml
	@echo "Installing the portal into .venv ..."
	@$(LISTED) -r requirements.txt || $(FAILED)
	@$(LISTED) -r requirements-build.txt || $(FAILED)
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/installed-test: .venv/installed requirements-test.txt
	@echo "Installing what the tests need into .venv ..."
	@$(LISTED) -r requirements-test.txt || $(FAILED)
	@$(BIN)/python -m tests.locks check
	@touch $@

node_modules/installed: package.json package-lock.json .npmrc
	@echo "Fetching the browser files ..."
	@npm ci --silent
	@touch $@

static/vendor/built: node_modules/installed static/build.mjs $(STYLES) $(NAMING_ICONS)
	@npm run --silent build
	@touch $@

demo: setup ## start the portal with demo data, and the test bank: http://localhost:8000
	@PORTAL_ENV=demo $(BIN)/portal demo $(ARGS)

test: setup-test ## run every test: SQLite and PostgreSQL, unit to browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

coverage: setup-test ## run every test and say which lines and branches none of them reaches; twice as slow
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term $(ARGS)

check: .venv/installed-test static/vendor/built ## format, lint, types, arrows, templates, words; seconds
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: make fix"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports > .lint-imports.log 2>&1 || { cat .lint-imports.log; exit 1; }
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python -m tests.words check
	@echo "check: ok"

fix: .venv/installed-test ## format, mend what tools can, renew docs/feeds.md
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python -m portal.feeds.docs docs/feeds.md

lock: ## write the lists of libraries anew, with uv; ARGS=--upgrade takes the newest
	@command -v uv > /dev/null || { echo "uv is needed to write the lists: https://docs.astral.sh/uv says how to install it."; exit 1; }
	@uv run --quiet --no-project --with packaging python -m tests.locks write $(ARGS)

sbom: .venv/installed-test ## print what the production image is made of (CycloneDX)
	@$(BIN)/python -m tests.sbom

audit: .venv/installed-test ## ask whether what the portal runs on has known weaknesses; needs uv and the network
	@command -v uvx > /dev/null || { echo "uv is needed to ask: https://docs.astral.sh/uv says how to install it."; exit 1; }
	@$(BIN)/python -m tests.locks audit $(ARGS)

asvs: .venv/installed-test ## judge docs/asvs.toml, what of OWASP ASVS 5.0 is shown; ARGS=run.xml also by a full run, ARGS=--strict
	@$(BIN)/python -m tests.asvs $(ARGS)

pictures: setup-test ## take the README's pictures from the demo
	@$(BIN)/python -m tests.pictures

words: .venv/installed-test ## list the texts that lack a translation, and those no longer used
	@$(BIN)/python -m tests.words list

bench: setup-test ## measure: number, what, value, goal, ok or short
	@$(BIN)/python -m tests.bench $(ARGS)

tests/lighthouse/node_modules/installed: tests/lighthouse/package.json tests/lighthouse/package-lock.json
	@echo "Fetching Lighthouse ..."
	@npm ci --silent --prefix tests/lighthouse
	@touch $@

lighthouse: setup-test tests/lighthouse/node_modules/installed ## Lighthouse's scores of the first pages; ARGS="/sites /help" names others
	@$(BIN)/python -m tests.lighthouse $(ARGS)

soak: setup-test ## the long proofs: every combination for axe, kill -9 in the middle of everything, cut and reordered imports; PORTAL_SOAK_SECONDS for each
	@PORTAL_SOAK=1 $(BIN)/python -m pytest -s -p no:randomly tests/soak tests/journeys/test_accessibility.py tests/journeys/test_stretched.py $(ARGS)

mutants: setup-test ## make each policy of PostgreSQL wrong in turn, and see that a test notices; a minute
	@$(BIN)/python -m tests.mutants $(ARGS)

clean: ## remove what was installed and built
	rm -rf .venv node_modules tests/lighthouse/node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* htmlcov .lint-imports.log
