# Each target makes ready what it needs: a fresh machine needs git, make and some Python 3, nothing else.
ROOT := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd)
BIN := .venv/bin
# One more than the smallest machine has processors: a third of what a test takes is waiting.
WORKERS ?= 3
# The order of the tests and the examples that they try: the same each time, so that a failure is repeatable.
# SEED=random draws others.
SEED ?= 20261126
ORDER = $(if $(filter random,$(SEED)),,--randomly-seed=$(SEED) --hypothesis-profile=ci)
BENCHES := seal verify rebuild append durable latency erase read stored import smtp search search_peer \
	rtp signalling playback opus

# Python keeps what it has compiled, also where a shell says otherwise: the tests start thousands of processes.
unexport PYTHONDONTWRITEBYTECODE

# From the top folder: inside this one, pyenv would insist on exactly the version in .python-version.
BOOTSTRAP = cd / && python3 "$(ROOT)/tools/bootstrap.py"
HERE = cd "$(ROOT)" &&

.DEFAULT_GOAL := help
.PHONY: help ready assets demo test check lint types layers bench bench-scale lock clean
.NOTPARALLEL:

help:
	@echo "make demo    Muniment with sample organisations; prints its address and a sign-in link per role"
	@echo "make test    every check and every test"
	@echo "make check   lint, types and layers only"
	@echo "make bench   every ratio, each against its limit in the same run; JSON in bench/results"
	@echo "make bench-scale  the same for a vault of a million records: many minutes, 10 GB of disk"
	@echo "make assets  the pages' styles and scripts"
	@echo "make lock    pin the newest releases, with hashes"
	@echo "make clean   remove what was made here, but no data"

ready assets:
	@$(BOOTSTRAP) run

demo: ready
	@$(HERE) exec $(BIN)/muniment demo

test:
	@$(BOOTSTRAP) test
	@$(MAKE) --no-print-directory -C "$(ROOT)" lint types layers
	@$(HERE) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ORDER) $(PYTEST)

check: ready lint types layers

lint:
	@$(HERE) $(BIN)/ruff check
	@$(HERE) $(BIN)/ruff format --check

types:
	@$(HERE) $(BIN)/mypy

layers:
	@$(HERE) $(BIN)/lint-imports

bench:
	@$(BOOTSTRAP) test
	@$(HERE) mkdir -p bench/results && for name in $(BENCHES); do \
		$(BIN)/muniment bench $$name --json > bench/results/$$name.json || exit 1; \
		cat bench/results/$$name.json; \
	done

bench-scale:
	@$(BOOTSTRAP) test
	@$(HERE) mkdir -p bench/results && $(BIN)/muniment bench scale --json > bench/results/scale.json
	@$(HERE) cat bench/results/scale.json

lock:
	@$(BOOTSTRAP) lock

clean:
	@$(HERE) rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		node_modules dist bench/limits/build bench/results src/muniment/web/static/built
	@$(HERE) find . -name __pycache__ -type d -prune -exec rm -rf {} +
