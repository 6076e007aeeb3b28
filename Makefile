# Two commands set up everything: make demo, make test.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all test-rest wheel lint bench nightly fuzz field drawing examples clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(VENV)/.ready
	@$(BIN)/auditor check examples --out reports_out --fail-on never
	@echo "报告 / report: $(CURDIR)/reports_out/index.html"

RARE := slow or browser or office

# All that protects a change, in minutes.
test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 -m 'not ($(RARE))'

# What test leaves out.
test-rest: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 -m '$(RARE)'

test-all: test test-rest

# The wheel, built only of rules whose examples hold.
wheel: $(VENV)/.ready-dev
	$(BIN)/auditor rules test
	$(BIN)/auditor rules lint
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/command.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/localise.py
	$(BIN)/python benchmarks/alike.py
	$(BIN)/python benchmarks/screening.py
	$(BIN)/python benchmarks/province.py
	$(BIN)/python benchmarks/stored.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python benchmarks/beside.py
	$(BIN)/auditor rules score

nightly: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/generated.py

fuzz: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/fuzz.py

field: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/field.py '$(FOLDER)' $(OPTIONS)

drawing: $(VENV)/.ready-dev
	$(BIN)/python docs/drawing.py

examples: $(VENV)/.ready-dev
	$(BIN)/python -m auditor.testing.examples examples

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
