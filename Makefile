# Needs Python 3.11 or newer, git and make; everything else goes into .venv, at the versions of the lock files.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
LOCK_TOOLS := build/lock-tools
PIP_COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(LOCK_TOOLS)/bin/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all test-own test-shown lint format long mutants bench docs reference catalogue managed presets tables lock dist clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
		sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

demo: $(VENV)/run ## Show one answer: a boundary with a hole, and the proof once it is closed
	@$(BIN)/python tools/demo.py

test: $(VENV)/dev ## Run the quick tests on all cores: cases, laws, commands
	@VERIFIER_PROFILE=quick $(BIN)/python -m pytest -n logical $$($(BIN)/python -m tests.suites quick)

test-own: $(VENV)/dev ## Run every test but the campaigns and what the documentation shows
	@$(BIN)/python -m pytest -n logical $$($(BIN)/python -m tests.suites own)

test-shown: $(VENV)/dev ## Run the commands and programs that the documentation shows, and the examples
	@$(BIN)/python -m pytest -n logical $$($(BIN)/python -m tests.suites shown)

test-all: test-own test-shown ## Run every test but the campaigns, as CI does

lint: $(VENV)/dev ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/dev ## Bring the code into its one style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

long: $(VENV)/dev ## Run the long campaigns too
	$(BIN)/python -m pytest -n logical -m 'long or not long' --hypothesis-profile=long

mutants: $(VENV)/mutation ## Change the code in thousands of small ways, and show each change that no test notices
	PATH="$(CURDIR)/$(BIN):$$PATH" python -m tools.judge_mutants --processes $(or $(PROCESSES),1) $(if $(ONLY),'$(ONLY)')
	$(BIN)/python -m tools.mutants

bench: $(VENV)/bench ## Run the benchmarks in under a quarter of an hour, and write their table and plots
	$(BIN)/python benchmarks/run.py

docs: $(VENV)/docs ## Build the documentation's site into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@echo 'The site starts at build/site/index.html.'

reference: $(VENV)/dev ## Renew the pages of the documentation that are made from the code
	$(BIN)/python -m tools.make_reference

catalogue: $(VENV)/dev ## Renew the catalogue of actions, resource types and condition keys
	$(BIN)/python tools/make_catalogue.py

managed: $(VENV)/dev ## Renew the copy of AWS's managed policies
	$(BIN)/python tools/make_managed.py

presets: $(VENV)/dev ## Renew the ready-made maxima and their pages
	$(BIN)/python tools/make_presets.py

tables: $(VENV)/dev ## Renew the parse tables of the grammars
	$(BIN)/python tools/make_tables.py

lock: $(LOCK_TOOLS)/made ## Renew the lock files
	$(PIP_COMPILE) --upgrade --output-file=requirements.lock pyproject.toml
	$(PIP_COMPILE) --upgrade --extra=dev --constraint=requirements.lock --output-file=requirements-dev.lock pyproject.toml
	$(PIP_COMPILE) --upgrade --only-build-deps --build-deps-for=wheel --output-file=requirements-build.lock pyproject.toml

dist: $(VENV)/dev ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build

clean: ## Remove everything that these commands made
	rm -rf $(VENV) build dist mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed; name one with make PYTHON=...' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run: $(VENV)/made requirements.lock pyproject.toml
	@echo 'Installing what verifier needs into $(VENV) (once) ...'
	$(BIN)/python -m pip install -q --progress-bar on --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install -qq --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.lock
	$(BIN)/python -m pip install -qq --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(VENV)/bench: $(VENV)/dev pyproject.toml
	$(BIN)/python -m pip install -qq --editable '.[bench]'
	@touch $@

$(VENV)/mutation: $(VENV)/dev pyproject.toml
	$(BIN)/python -m pip install -qq --editable '.[mutation]'
	@touch $@

$(VENV)/docs: $(VENV)/dev pyproject.toml
	$(BIN)/python -m pip install -qq --editable '.[docs]'
	@touch $@

$(LOCK_TOOLS)/made:
	$(PYTHON) -m venv $(LOCK_TOOLS)
	$(LOCK_TOOLS)/bin/python -m pip install -qq pip-tools==7.6.2
	@touch $@
