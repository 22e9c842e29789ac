# Python 3.11 or later and git are all that must be there: every target makes
# its own environment first, and a second call finds it made.

BIN := .venv/bin
# Two workers: the suite is bound by the processor, and the smallest machine it
# is meant for has two cores.
JOBS ?= 2
TESTS ?= tests
EXAMPLE ?= examples/il2-sle

.PHONY: help demo test check coverage journeys docs bench base dev clean

help:
	@echo "make demo      run the example review and say where its report lies"
	@echo "make test      run every test (JOBS=2, TESTS=tests)"
	@echo "make check     lint, format, types and the layers of imports"
	@echo "make coverage  run every test and say which branches none has taken"
	@echo "make journeys  run the tests that open a browser"
	@echo "make docs      build the documentation"
	@echo "make bench     measure speed"
	@echo "make clean     remove the environment and everything built"

base:
	@PYTHON='$(PYTHON)' scripts/environment base

dev:
	@PYTHON='$(PYTHON)' scripts/environment dev

demo: base
	@$(BIN)/synthesist run $(EXAMPLE)

test: dev
	@$(BIN)/python -m pytest -n $(JOBS) $(TESTS)

check: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-logo

coverage: dev
	@$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term $(TESTS)

journeys: dev
	@$(BIN)/python -m pytest -m "browser or journey" $(TESTS)

docs: dev
	@$(BIN)/sphinx-build -W --keep-going -q docs docs/_build/html
	@echo "The documentation is in docs/_build/html/index.html."

bench:
	@PYTHON='$(PYTHON)' scripts/environment bench
	@set -e; for script in benchmarks/*.py; do .venv-bench/bin/python $$script; done

clean:
	rm -rf .venv .venv-bench docs/_build dist build .pytest_cache .ruff_cache .import_linter_cache
