# `make help` says what there is. Everything happens in .venv; nothing is installed elsewhere
# but Chromium and Tesseract for tests (tools/install-*.sh).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
DEMO ?= demo
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev hooks build check reports demo docs test test-slow lint lab lock clean distclean

help: ## what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "parstudy needs Python 3.11 or newer, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.installed ## put the environment into .venv
setup-dev: $(VENV)/.installed-dev

hooks: setup-dev ## from now on git commits only what is formatted, lints, and has no outputs
	$(BIN)/pre-commit install

build: setup ## data/raw -> data/processed
	$(BIN)/parstudy build

check: setup ## what the cross-checks say of the raw releases
	$(BIN)/parstudy check

reports: setup ## build the data and make all reports on the real figures
	$(BIN)/parstudy build
	$(BIN)/parstudy reports --jobs $(JOBS)

demo: setup ## the same on a complete SYNTHETIC release, in ./demo
	rm -rf $(DEMO)
	$(BIN)/parstudy demo $(DEMO)
	$(BIN)/parstudy --project $(DEMO) build
	$(BIN)/parstudy --project $(DEMO) reports --jobs $(JOBS)

docs: setup-dev ## the documentation as a site, in docs/_site
	$(BIN)/python -m sphinx -W --keep-going -q -j auto docs docs/_site
	@echo docs/_site/index.html

test: setup-dev ## all checks: format, lint, types, tests (also in a browser, and in docstrings)
	sh tools/install-chromium.sh
	sh tools/install-tesseract.sh
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet --doctest-modules src
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow"

test-slow: setup-dev ## the long ones too: files made by LibreOffice, more simulations
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m slow

lint: setup-dev ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy

lab: setup ## open notebooks, data and reports in JupyterLab
	$(BIN)/parstudy lab

lock: ## renew the lock files (needs uv)
	uv pip compile pyproject.toml --extra build --extra fetch --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra fetch --extra ocr --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements.lock -o requirements-dev.lock

clean: ## remove what was built, keep the environment
	find data/processed reports -mindepth 1 ! -name README.md -delete
	rm -rf $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

distclean: clean
	rm -rf $(VENV)
