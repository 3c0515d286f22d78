PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(VENV)/.demo
DEV := $(VENV)/.dev
CATALOGUE := engine/locale/vi/LC_MESSAGES/kh.po
SCHEMA := plans/.schema/plan.json

.PHONY: demo test check bench fuzz format catalogue clean

demo: $(DEMO) $(SCHEMA)
	$(BIN)/kh demo

test: $(DEV)
	$(BIN)/pytest

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV)
	$(BIN)/python bench/delivery.py

# Guided by coverage, a target a time: make fuzz SECONDS=3600. What it finds stays in .fuzz/.
SECONDS ?= 60
fuzz: $(DEV)
	$(BIN)/python -m pip install -q atheris
	for target in plan table phrase moment selector command contact letter; do \
		$(BIN)/python tests/fuzz.py $$target $(SECONDS) || exit 1; \
	done

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Bring the catalogue up to the source; then translate what is new. Its header names no person, tool or date.
catalogue: $(DEV)
	$(BIN)/pybabel -q extract -k N_ --omit-header --no-location --sort-output -o $(CATALOGUE)t engine
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

$(DEV): pyproject.toml $(CATALOGUE) | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[dev]'
	touch $@ $(DEMO)

clean:
	rm -rf $(VENV) plans/.schema dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz
