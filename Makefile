# make demo: load a generated network, show a feed, serve the page.   make test: everything that must hold.
# make bench: how fast feeds and imports are, beside other ways to do the same, in about half an hour.
PYTHON ?= python3
SERVE ?= yes
BIN := .venv/bin

.PHONY: demo test test-container bench check lock clean
.DEFAULT_GOAL := demo

demo: .venv/ready
	@$(BIN)/graphfeed demo --home .demo $(if $(filter no,$(SERVE)),--no-serve)

test: .venv/ready check
	$(BIN)/pytest $(ARGS)

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-container: .venv/ready
	$(BIN)/pytest -m container $(ARGS)

bench: .venv/ready
	$(BIN)/python -m benchmarks.feeds $(ARGS)
	$(BIN)/python -m benchmarks.imports $(ARGS)

# Resolves the versions in graph/jars.py anew and writes graph/jars.lock with the hash of each jar.
lock: .venv/ready
	$(BIN)/python -m graph.jars

# constraints.txt holds the versions that were tested together; pyproject.toml says which ones may be.
.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "graphfeed needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make a venv; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing graphfeed into .venv"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	-test ! -x $(BIN)/graphfeed || GRAPHFEED_HOME=.demo $(BIN)/graphfeed down
	rm -rf .venv .demo .mypy_cache .pytest_cache .ruff_cache
