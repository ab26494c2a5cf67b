# Everything runs from .venv, made from the hashed locks; nothing is installed outside this folder but caches.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
ASSETS := services/frame/assets
VENDOR := services/frame/static/vendor
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help up test lint format bench chaos servers lock assets clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1@/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-16s %s\n", $$1, $$2 }'

up: $(VENV)/.installed ## Kafka, PostgreSQL and the hub with demo counties; ARGS="--port 8080 --empty"
	@echo "The pages' scripts and styles come with the code ($(VENDOR)); Node is not needed, make assets builds them anew."
	@exec $(BIN)/fangpin up $(ARGS)

test: $(VENV)/.installed-dev ## every test, on embedded servers; ARGS="tests/unit -k …"
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/.installed-dev ## ruff, mypy --strict, the import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

format: $(VENV)/.installed-dev ## ruff writes what lint asks for
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## the benchmarks; ARGS names one
	@$(BIN)/python -m bench $(ARGS)

chaos: $(VENV)/.installed-dev ## kill -9 of every part under load, servers away for a minute, crash points, zombies; half an hour long
	@FANGPIN_CHAOS_KILLS=60 FANGPIN_CHAOS_RECORDS=20000 FANGPIN_CHAOS_OUTAGE_S=60 $(BIN)/python -m pytest -s --timeout 1800 tests/integration/chaos $(ARGS)

servers: $(VENV)/.installed-dev ## Kafka and PostgreSQL for many test runs; prints the variables to export
	@exec $(BIN)/python -m tests.keeper

lock: $(VENV)/.installed-dev ## the newest releases that requirements*.in allow, and Kafka's jars, with their hashes
	$(LOCK) --upgrade requirements.in -o requirements.lock
	$(LOCK) --upgrade requirements-dev.in -o requirements-dev.lock
	$(BIN)/python -m deploy.embedded.lock_jars

assets: ## the pages' scripts and styles anew, from the locked npm packages; the one target that needs Node
	@command -v npm >/dev/null || { echo "Node with npm is needed to build the assets; to run the hub it is not." >&2; exit 1; }
	@cd $(ASSETS) && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs

clean: ## removes the virtual environment and the tools' caches; records stay
	rm -rf $(VENV) $(ASSETS)/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info

$(BIN)/python:
	@python=; for one in python3 python3.13 python3.12 python3.11 python3.14; do \
	  if $$one -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$one; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or later with its venv module is needed (Debian: apt-get install python3 python3-venv)." >&2; exit 1; \
	fi; \
	$$python -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the hub into $(VENV) (once; about a minute) …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the tests' tools into $(VENV) …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
