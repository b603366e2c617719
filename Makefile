# Two commands: `make run` and `make test`. Both make what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# One more than the cores of a small machine, since some tests wait: 134 s on two cores, 143 s with two workers. Each
# collects all tests first, which would be most of the work of many.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))
# Modules are compiled once, not by each worker and by each program that a test starts.
TESTED := env PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
BESIDE := -n $(WORKERS) --dist worksteal
QUICKLY := -m "not slow" $(BESIDE)
# Pytest ends with 5 where ARGS name tests, but none of the kind.
OR_NONE = $(if $(ARGS),|| [ $$? -eq 5 ])
# What `make check` runs last: `coverage`, or `test`, which tests the same in less time and counts nothing.
TESTS ?= coverage
# The first of some Pythons that runs here, or the usual one.
first_python = $(shell for name in $(1) $(PYTHON); do \
    $$name -c 'import sys; print(sys.executable)' 2>/dev/null && break; done)

# The compiled core is built when riskcalc is installed, where there is a C compiler.
CORE := hatch_build.py $(wildcard riskcalc/pricing/compiled/*.[ch])

.DEFAULT_GOAL := help
.PHONY: help run test test-slow test-lowest test-newest coverage check fuzz format bench docs picture clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# pip talks to stderr, so that `make -s run ARGS="... --json"` is clean JSON.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "riskcalc needs Python >= 3.11; try: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >&2

$(VENV)/.run: $(BIN)/python pyproject.toml $(CORE)
	@echo "installing riskcalc into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . >&2
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml $(CORE)
	@echo "installing riskcalc and its test tools into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]" >&2
	@touch $@ $(VENV)/.run

$(VENV)/.docs: $(BIN)/python pyproject.toml
	@echo "installing riskcalc and its documentation tools into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]" >&2
	@touch $@ $(VENV)/.run

run: $(VENV)/.run  ## the calculator: make run ARGS="plan tna-momentum --json"
	@$(BIN)/riskcalc $(ARGS)

test: $(VENV)/.dev  ## the tests
	$(TESTED) $(QUICKLY) $(ARGS)

test-slow: $(VENV)/.dev  ## heavy tests, every row of the tables, and properties on many examples
	$(TESTED) -m "slow and not alone" $(BESIDE) $(ARGS) $(OR_NONE)
	$(TESTED) -m "slow and alone" $(ARGS) $(OR_NONE)
	$(TESTED) -m "hypothesis and not slow" --hypothesis-profile thorough $(BESIDE) $(ARGS) $(OR_NONE)

$(VENV)/lowest/.dev: pyproject.toml tests/lowest.py
	@echo "installing the lowest versions into $(VENV)/lowest ..." >&2
	@$(call first_python,python3.11) -m venv $(VENV)/lowest >&2
	@$(VENV)/lowest/bin/python tests/lowest.py > $(VENV)/lowest/constraints.txt
	@$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check \
	    --constraint $(VENV)/lowest/constraints.txt --editable ".[dev]" >&2
	@touch $@

test-lowest: $(VENV)/lowest/.dev  ## the tests with the lowest versions that pyproject.toml allows
	@$(MAKE) --no-print-directory test VENV=$(VENV)/lowest

test-newest:  ## the tests with the newest Python here and the newest versions there are
	@echo "installing the newest versions into $(VENV)/newest ..." >&2
	@$(call first_python,$(addprefix python3.,$(shell seq 30 -1 11))) -m venv --clear $(VENV)/newest >&2
	@$(VENV)/newest/bin/python -m pip install --quiet --disable-pip-version-check --upgrade \
	    --upgrade-strategy eager --editable ".[dev]" >&2
	@touch $(VENV)/newest/.dev
	@$(MAKE) --no-print-directory test VENV=$(VENV)/newest

# Some of the tests reach some of the code: the least that pyproject.toml asks for is asked of all of them.
coverage: $(VENV)/.dev  ## the tests, and the branches they reach
	$(TESTED) $(QUICKLY) --cov --cov-report=term $(if $(ARGS),--cov-fail-under=0) $(ARGS)

check: $(VENV)/.dev  ## format, lint, types, import contracts, the tests and what they reach; TESTS=test without the last
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory $(TESTS)

fuzz: $(VENV)/.dev  ## damaged files and odd arguments for every reader: make fuzz ARGS="--seconds 600 --seed 7"
	@$(BIN)/python -m tests.fuzz $(ARGS)

format: $(VENV)/.dev  ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## speed and error beside the peers, in one run
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.tui_latency
	$(BIN)/python -m benchmarks.cold_start
	$(BIN)/python -m benchmarks.desk

# Strict: a broken link, a page outside the menu or an unknown name in the reference ends the build.
docs: $(VENV)/.docs  ## the documentation in site/, with a reference page for every public name
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@! grep -rhoE '(src="|<link[^>]*rel="(stylesheet|preconnect)"[^>]*href=")https?://[^"]*' site --include='*.html' \
	    || { echo "site/ must load nothing from elsewhere" >&2; exit 1; }
	@echo "open site/index.html, or: python -m http.server --directory site"

picture: $(VENV)/.run  ## the pictures of the screen in docs anew; needs Chromium
	@$(BIN)/python -m docs.picture

clean:  ## remove what make made
	rm -rf $(VENV) .coverage* build dist site riskcalc/pricing/compiled/libcore.* *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
