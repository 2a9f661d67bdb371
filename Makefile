# The daily commands. Each is complete by itself: it creates .venv when there is none.
#
#   make demo      run heroin_withdrawal, print the table, write results/heroin_withdrawal/report.html
#   make test      ruff, mypy and the tests
#   make validate  the slow tests, and the model against published findings: writes docs/validation.md
#   make bench     how fast, beside other simulators: writes docs/benchmarks.md (about twenty minutes)
#   make docs      write the generated pages and pictures again

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test validate bench docs clean

help:
	@sed -n 's/^#  *make/make/p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Enkephalin needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/plain.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/test.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/plain.stamp

demo: $(VENV)/plain.stamp
	$(BIN)/enkephalin simulate heroin_withdrawal --influence --out results/heroin_withdrawal

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadfile tests qc

validate: $(VENV)/test.stamp
	$(BIN)/pytest -m '' -n auto --dist loadfile tests qc validation
	$(BIN)/python -m validation

bench: $(VENV)/test.stamp
	$(PIP) --editable '.[bench]'
	$(BIN)/python -m benchmarks

docs: $(VENV)/plain.stamp
	$(BIN)/python docs/generate.py
	$(BIN)/python -m qc.questions
	$(BIN)/python -m qc.page

clean:
	rm -rf $(VENV) results dist build
