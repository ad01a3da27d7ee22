# Everything a fresh machine with Python 3.11, pip and make needs. `make` lists the commands.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
ROLES := contexts schemas vc academics kit issuer wallet verifier registrar satchel
SOURCES := $(wildcard $(ROLES)) tests
# What was compiled once is not compiled again by every process that tests start, and by every worker.
unexport PYTHONDONTWRITEBYTECODE
DATA ?= $(if $(LAN),data-lan,data)
ARGS ?=

.PHONY: help install demo test check bench fuzz peers format browser clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make a private .venv with what Satchel needs

demo: $(INSTALLED) ## start everything with the sample family (LAN=1: HTTPS for phones in the room; DATA=folder)
	@$(BIN)/satchel demo --data $(DATA) $(if $(LAN),--lan) $(ARGS)

# A whole run uses four processes (many tests wait more than they work), a file at a time and the slow files first, and holds the core to the branch coverage that its own tests reach (pyproject.toml, tests/conftest.py).
WHOLE := -n 4 --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered

test: $(INSTALLED_DEV) browser ## run every test (ARGS="-k name" for some of them)
	$(BIN)/python -m pytest $(if $(ARGS),$(ARGS),$(WHOLE))

check: $(INSTALLED_DEV) ## lint, types and dependency contracts
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check --quiet $(SOURCES) || echo "Some files are not in the formatter's layout: make format"
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED_DEV) ## put the files you changed into the formatter's layout
	$(BIN)/ruff format $(SOURCES)

bench: $(INSTALLED_DEV) ## measure the core's speed (never asserted in a test)
	$(BIN)/python -m tests.bench $(ARGS)

fuzz: $(INSTALLED_DEV) ## compare 9,000 generated documents with PyLD and pyoxigraph (ARGS="--seed 2")
	$(BIN)/python -m tests.laws.jsonld.many $(ARGS)

peers: $(INSTALLED_DEV) ## exchange credentials with other people's implementations (npm and pip packages)
	$(BIN)/python -m tests.peers.run $(ARGS)

browser: # Chromium from the system's packages, if it is missing and if this user may install it
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing Chromium from the system's packages for the browser tests ..."; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; } \
	      || echo "Chromium could not be installed: the browser tests cannot run. Install the package 'chromium'."; \
	  else \
	    echo "Chromium is missing: the browser tests cannot run. Install your system's package 'chromium'."; \
	  fi; }

clean: ## remove the environment and caches (never the data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .build .coverage
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# A Python without ensurepip (some distributions split it off) lends its own pip to the new environment.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Satchel needs Python 3.11 or newer. Install it, or say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Satchel needs Python 3.11 or newer; $(PYTHON) is older. Say where a newer one is: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV); }

# The project itself is put on the path, not copied: the packages are imported from this folder.
$(INSTALLED): requirements.lock | $(BIN)/python
	@echo "Installing what Satchel needs into $(VENV) (once; about a minute) ..."
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "satchel-checkout.pth").write_text(str(pathlib.Path.cwd()) + "\n", encoding="utf-8")'
	@printf '#!/bin/sh\nexec "$$(dirname "$$(readlink -f "$$0")")/python" -m satchel "$$@"\n' > $(BIN)/satchel && chmod +x $(BIN)/satchel
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock $(INSTALLED)
	@echo "Installing what the tests and checks need ..."
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@
