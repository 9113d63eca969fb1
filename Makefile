# Two commands: `make bench` and `make test`. Both set up .venv first; a second call installs nothing.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: bench test lint types setup clean

bench: setup
	$(BIN)/gradmark run --profile quick

test: setup
	$(BIN)/python -m pytest -m "not timed"
	$(BIN)/python -m pytest -m timed

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

setup: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --constraint constraints.txt --editable ".[all]" --group dev
	touch $@

clean:
	rm -rf .venv .cache
