# What the README names, and nothing more. Needs make and Python 3.11 or later.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo call office office-call test test-migrations test-asterisk lint format docs bench wheel clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 18

demo: $(VENV)/.runtime ## Make a database with a Twilio trunk, and Asterisk's files (SQLite, nothing else)
	@$(BIN)/python examples/demo.py

call: $(VENV)/.runtime ## Show calls through a real Asterisk on the demo's database (Debian-like hosts)
	@PYTHONPATH=. $(BIN)/python examples/call.py

office: $(VENV)/.runtime ## Make a small office: ten phones, a queue, mailboxes, Twilio (SQLite, nothing else)
	@PYTHONPATH=. $(BIN)/python examples/small_office.py

office-call: $(VENV)/.runtime ## Show a call that waits in the office's queue, by a real Asterisk (Debian-like hosts)
	@PYTHONPATH=. $(BIN)/python examples/office_call.py

test: $(VENV)/.test ## Run the tests, except those that take minutes; what the host lacks is skipped with its reason
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup $(TESTS)

test-migrations: $(VENV)/.test ## The same for the schema, with every kill point and every old database (minutes)
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup -m "long or not long" tests/migrations

test-asterisk: $(VENV)/.test ## Only the tests with a real Asterisk, all of them (minutes)
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup -m "long or not long" tests/asterisk

lint: $(VENV)/.dev ## Check style, types, which module imports which, and the list of public names
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python -m tools.import_circles
	$(BIN)/python -m tools.root_names

format: $(VENV)/.dev ## Put the source into its form
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

docs: $(VENV)/.dev ## Build docs/_build/html and run the examples in the docstrings
	$(BIN)/sphinx-build -E -n -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/sphinx-build -n -W --keep-going -q -b doctest docs docs/_build/doctest

bench: $(VENV)/.test ## Measure, and print one table of ratios
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.runtime ## Build dist/*.whl
	rm -rf dist
	$(PIP) wheel --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## Remove everything that make has made
	rm -rf $(VENV) dist demo office docs/_build .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- The environment: made once, brought up to date when pyproject.toml changes --------------------
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later found; name one: make PYTHON=..."; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "The module venv is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: pyproject.toml | $(BIN)/python
	@echo "installing this library and what it needs"
	@$(PIP) install --editable .
	@touch $@

# pip reads dependency groups since 25.1, which Python 3.11 does not bring.
$(VENV)/.test: pyproject.toml | $(VENV)/.runtime
	@echo "installing what the tests need"
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --editable . --group test
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/.test
	@echo "installing what linting and documentation need"
	@$(PIP) install --editable . --group dev
	@touch $@
