PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(VENV)/.demo
DEV := $(VENV)/.dev
CATALOGUE := engine/locale/vi/LC_MESSAGES/kh.po
SCHEMA := plans/.schema/plan.json

.PHONY: demo test quick coverage mutation check bench bench-morning bench-peers fuzz faults faults-pg lock audit sbom format catalogue clean

demo: $(DEMO) $(SCHEMA)
	$(BIN)/kh demo

test: $(DEV)
	$(BIN)/pytest

# While one works: all but what takes long and seldom breaks.
quick: $(DEV)
	$(BIN)/pytest -m "not slow"

# Which branches of engine/ no test goes through; what is killed in forked children does not count.
coverage: $(DEV)
	$(BIN)/python -m pip install -q pytest-cov
	$(BIN)/pytest --cov --cov-fail-under=95 --ignore tests/faults

# Which small changes of the state machine, the ladders and the deadlines no test notices: make mutation SHARE=0.1.
MODULES ?=
SHARE ?= 1
mutation: $(DEV)
	$(BIN)/python -m pip install -q mutmut
	$(BIN)/python tests/mutation.py --share $(SHARE) $(MODULES)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/lint-imports

# Beside raw twins; what needs PostgreSQL is left out, with a word, without KH_BENCH_POSTGRESQL=postgresql+psycopg://….
bench: $(DEV)
	$(BIN)/python -m benchmarks --save
	$(BIN)/python -m benchmarks.growth

# A million rungs falling due on one morning, with four workers: takes an hour or so, and KH_BENCH_POSTGRESQL.
bench-morning: $(DEV)
	$(BIN)/python -m benchmarks.country --provinces 1 --communes 3322 --plans 301 --workers 4

# The same work by what a user might take instead, each in an environment of its own. Those that need PostgreSQL are
# left out without KH_BENCH_POSTGRESQL=postgresql://….
bench-peers: $(DEV)
	$(BIN)/python -m benchmarks.peers

# Guided by coverage, a target a time: make fuzz SECONDS=3600. What it finds stays in .fuzz/.
SECONDS ?= 60
fuzz: $(DEV)
	$(BIN)/python -m pip install -q atheris
	for target in plan table phrase moment selector command contact letter; do \
		$(BIN)/python tests/fuzz.py $$target $(SECONDS) || exit 1; \
	done

# Kill the process at every point of every scenario, for a night: make faults KILLS=100000.
KILLS ?= 5000
faults: $(DEV)
	PYTHONPATH=tests:tests/faults:. $(BIN)/python tests/faults/harness.py $(KILLS)

# On a PostgreSQL server of our own: restart it at once, again and again, under moves; kill workers while many rungs fall
# due; cut one's line to the database (as root, for it takes network namespaces).
RESTARTS ?= 50
MOVES ?= 5000
RUNGS ?= 100000
BLOWS ?= 20
faults-pg: $(DEV)
	PYTHONPATH=. $(BIN)/python tests/faults/restarts.py $(RESTARTS) $(MOVES)
	PYTHONPATH=. $(BIN)/python tests/faults/morning.py kill $(RUNGS) $(BLOWS)
	PYTHONPATH=. $(BIN)/python tests/faults/morning.py cut 4000 $(BLOWS)

# Lock what development and CI install, with hashes and without the address of any index.
lock: | $(BIN)/python
	$(BIN)/python -m pip install -q pip-tools
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--strip-extras --allow-unsafe --all-build-deps --extra dev --no-header -o requirements-dev.txt pyproject.toml

# Known weaknesses of what is locked.
audit: | $(BIN)/python
	$(BIN)/python -m pip install -q pip-audit
	$(BIN)/pip-audit --disable-pip --require-hashes -r requirements-dev.txt

# What is in it, as CycloneDX.
sbom: | $(BIN)/python
	$(BIN)/python -m pip install -q cyclonedx-bom
	$(BIN)/cyclonedx-py requirements requirements-dev.txt --pyproject pyproject.toml --output-reproducible -o sbom.json

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Bring the catalogue up to the source; then translate what is new. Its header names no person, tool or date.
catalogue: $(DEV)
	$(BIN)/pybabel -q extract -k N_ -k counted:1,2 --omit-header --no-location --sort-output -o $(CATALOGUE)t engine
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete -D kh -l vi -i $(CATALOGUE)t -o $(CATALOGUE)
	sed -E -e '1{/^$$/d;}' -e '/^"(Project|Report|POT|PO|Last|Language-Team|Generated)[A-Za-z-]*: /d' \
		$(CATALOGUE) > $(CATALOGUE)~ && mv $(CATALOGUE)~ $(CATALOGUE)
	$(BIN)/pybabel -q compile -D kh -l vi -i $(CATALOGUE) -o $(CATALOGUE:.po=.mo)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# For editors: the first line of each plan names this file.
$(SCHEMA): $(wildcard engine/plan/*.py) $(CATALOGUE) | $(DEMO)
	$(BIN)/kh schema --save plans

$(DEMO): pyproject.toml $(CATALOGUE) | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[demo]'
	touch $@

# What the lock names comes as it was when it was locked; what pyproject.toml asks for beyond it comes as it is today.
$(DEV): pyproject.toml requirements-dev.txt $(CATALOGUE) | $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install -q --no-build-isolation -e '.[dev]'
	touch $@ $(DEMO)

clean:
	rm -rf $(VENV) sbom.json plans/.schema dist build .pytest_cache .mypy_cache .ruff_cache mutants .hypothesis .fuzz
