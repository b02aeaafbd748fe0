# Each target only calls run.py, where every check has its one definition.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help flights setup format format-check lint types imports spelling tests docs docs-serve \
	bench peers sweep nightly lock check test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

flights: ## run the example: New York's flights of 2013
	$(PYTHON) run.py flights

setup: ## make .venv, or bring it up to date
	$(PYTHON) run.py setup

format: ## format the code, with the fixes that are safe
	$(PYTHON) run.py format

format-check: ## is everything formatted?
	$(PYTHON) run.py format-check

lint: ## ruff's rules
	$(PYTHON) run.py lint

types: ## mypy, strict
	$(PYTHON) run.py types

imports: ## who may import whom
	$(PYTHON) run.py imports

spelling: ## codespell
	$(PYTHON) run.py spelling

tests: ## the tests
	$(PYTHON) run.py tests

docs: ## build the documentation
	$(PYTHON) run.py docs

docs-serve: ## the documentation, live
	$(PYTHON) run.py docs-serve

bench: ## measure against the budgets
	$(PYTHON) run.py bench

peers: ## measure the same work with other tools, from PyPI
	$(PYTHON) run.py peers

sweep: ## stop and fail the product at every point in turn
	$(PYTHON) run.py sweep

nightly: ## the long tests in full size
	$(PYTHON) run.py nightly

lock: ## write requirements.lock again from pyproject.toml
	$(PYTHON) run.py lock

check: ## all that needs no test run
	$(PYTHON) run.py check

test: ## every check
	$(PYTHON) run.py test
