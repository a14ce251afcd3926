# make demo: load a generated network, show a feed, serve the page.   make test: what must hold, in half an hour to an hour on two cores.
# make evaluate DATA=DIR: how good the lists are, on likes held out of the files in DIR; without DATA, of a generated network.
#   It also writes an ablation of the ranking into docs/ablation.md; without DATA, docs/ablation-generated.md.
# make bench: how fast feeds and imports are, beside other ways to do the same, in about half an hour.
PYTHON ?= python3
SERVE ?= yes
BIN := .venv/bin
MACHINE := $(subst arm64,aarch64,$(shell uname -m))
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
# Wheels alone: what building another kind of package would fetch is in no lock.
LOCKED := --require-hashes --only-binary :all: --requirement
# make lock-python UPGRADE= keeps the versions that still do.
UPGRADE ?= --upgrade

.PHONY: demo test test-long whale bounded test-container compose-smoke image-files bench soak evaluate check static lock lock-python lock-jars clean
.DEFAULT_GOAL := demo

demo: .venv/installed
	@$(BIN)/graphfeed demo --home .demo $(if $(filter no,$(SERVE)),--no-serve)

# Two processes, each with a server of its own; on a server that is lent, there can be but one. With more cores:
# make test ARGS='--numprocesses 4'.
PYTEST = $(BIN)/pytest $(if $(GRAPHFEED_TEST_URI),,--numprocesses 2 --dist loadfile --no-loadscope-reorder)
test: .venv/ready static
	$(PYTEST) $(ARGS)

# The tests that take five seconds or more, in about half an hour: kills, real data, evaluations, whole demos.
test-long: .venv/ready
	$(PYTEST) -m "long and not container and not compose and not whale" $(ARGS)

# The checks that take half a minute and no server.
check: .venv/ready static
	$(BIN)/pytest -m "not live and not slow and not whale and not container and not compose" $(ARGS)

static: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m cypher --check

# Half a million people, and what each statement takes on them, in about a quarter of an hour; `make test-long` has a tenth.
whale: .venv/ready
	$(BIN)/pytest -m whale $(ARGS)

# Measures a tenth of them and the whole, and writes docs/bounded.md.
bounded: .venv/ready
	GRAPHFEED_TEST_RENEW_BOUNDED=yes $(BIN)/pytest -m "whale or not whale" tests/test_whale.py $(ARGS)

test-container: .venv/ready
	$(BIN)/pytest -m container $(ARGS)

# The whole stack in containers, from nothing: PYTHON_IMAGE and NEO4J_IMAGE name other images than the official ones.
compose-smoke: image-files .venv/ready
	$(BIN)/pytest -m compose $(ARGS)

# What the image of the service holds, for the Python 3.11 of Linux: so that nothing is fetched while it is built.
image-files: .venv/installed
	rm -rf build
	$(PIP_INSTALL) --target build/site $(LOCKED) requirements-image.lock --python-version 3.11 \
	  --platform manylinux_2_28_$(MACHINE) --platform manylinux_2_17_$(MACHINE) --platform manylinux2014_$(MACHINE)
	@mkdir build/site/openmp # implicit's wheel brings none; if this machine has none either, the image fetches it
	@openmp=$$(/sbin/ldconfig -p 2>/dev/null | awk '/libgomp\.so\.1 .*(x86-64|AArch64)/ {print $$NF; exit}'); \
	  test -z "$$openmp" || cp -L "$$openmp" build/site/openmp/libgomp.so.1

bench: .venv/ready
	$(BIN)/python -m benchmarks.feeds $(ARGS)
	$(BIN)/python -m benchmarks.service $(ARGS)
	$(BIN)/python -m benchmarks.imports $(ARGS)
	$(BIN)/python -m benchmarks.looks
	$(BIN)/python -m benchmarks.missed
	GRAPHFEED_TEST_CHROMIUM=$${GRAPHFEED_TEST_CHROMIUM:-chromium} $(BIN)/python -m benchmarks.page

# Ten minutes of load on the service, while Neo4j and workers are killed and frozen.
soak: .venv/ready
	$(BIN)/python -m benchmarks.soak $(ARGS)

# Holds out the likes of a file `validation` beside the network's own, if there is one in a format that imports take.
HOLDOUT = $(firstword $(wildcard $(addprefix $(DATA)/validation,.csv .csv.gz .jsonl .jsonl.gz .parquet)))
PAGE = docs/ablation$(if $(DATA),,-generated).md
evaluate: .venv/installed
ifdef DATA
	$(BIN)/graphfeed evaluate $(DATA) $(if $(HOLDOUT),--holdout $(HOLDOUT)) --tune --parts $(PAGE) $(ARGS)
else
	@rm -rf build/network
	@$(BIN)/graphfeed generate --out build/network --users 2000 --until 2024-06-01
	$(BIN)/graphfeed evaluate build/network --tune --parts $(PAGE) $(ARGS)
endif

lock: lock-python lock-jars

# Resolves what pyproject.toml declares to its newest versions, for every Python and machine at once, and writes
# requirements.lock (to run graphfeed), requirements-image.lock (what the image holds: the same, and the dictionaries) and
# requirements-dev.lock (to work on it: the same, and more) with hashes.
lock-python: .venv/ready
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra nlp --constraint requirements.lock --output-file requirements-image.lock
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --no-build --generate-hashes \
  --custom-compile-command "make lock-python" --group build $(UPGRADE) pyproject.toml

# Resolves the versions in graph/embedded/jars.py anew and writes graph/embedded/jars.lock with the hash of each jar.
lock-jars: .venv/installed
	$(BIN)/python -m graph.embedded.jars

# The demo waits for what graphfeed runs with; the other targets for the tools as well.
.venv/ready: .venv/installed requirements-dev.lock
	@echo "Installing the tools of development into .venv"
	@$(PIP_INSTALL) $(LOCKED) requirements-dev.lock
	@touch $@

.venv/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "graphfeed needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make a venv; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing graphfeed into .venv"
	@$(PIP_INSTALL) $(LOCKED) requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	-test ! -x $(BIN)/graphfeed || GRAPHFEED_HOME=.demo $(BIN)/graphfeed down
	rm -rf .venv .demo .mypy_cache .pytest_cache .ruff_cache
