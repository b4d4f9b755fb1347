# `make demo` and `make test` are all one needs on a fresh clone; each target installs what it uses.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup fmt lint type test golden fuzz bench demo check clean

help:            ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## a virtual environment with everything in it

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

fmt: $(STAMP)    ## rewrite the sources in the project's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

lint: $(STAMP)   ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: $(STAMP)   ## strict types of the package
	$(BIN)/mypy

test: $(STAMP)   ## every test; `make test ARGS=tests/rules` for some
	$(BIN)/pytest -n auto $(ARGS)

golden: $(STAMP) ## rewrite the golden files; read the diff
	$(BIN)/pytest --golden $(ARGS)

fuzz: $(STAMP)   ## 10,000 random programs
	$(BIN)/pytest tests/fuzz --hypothesis-profile=fuzz $(ARGS)

bench: $(STAMP)  ## gradients against hand-written ones; also benchmarks/results/latest.json
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks $(ARGS)

demo: $(STAMP)   ## the lecture's function, then a fit on real data
	@$(BIN)/python examples/lecture/traces.py
	@$(BIN)/python examples/fit.py

check: lint type test ## what CI runs

clean:           ## remove everything that can be made again
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf examples/output benchmarks/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
