# `make help` lists the targets. Everything is installed into .venv at locked versions; nothing else is touched.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# MWAA runs Python 3.12; 3.11 (stock Debian 12) works as well.
PYTHON ?= $(shell for python in python3.12 "$$(pyenv prefix 3.12.1 2>/dev/null)/bin/python3.12" python3; do \
  "$$python" -c '' 2>/dev/null && command -v "$$python" && break; done)
# The Airflow that everything runs with. Each has a lock and an environment of its own.
AIRFLOW ?= 3.3.1
ifeq ($(AIRFLOW),3.3.1)
VENV := .venv
LOCKED := requirements/dev.lock
else
VENV := .venv-$(AIRFLOW)
LOCKED := requirements/dev-$(AIRFLOW).lock
# What older libraries say of themselves is no failure of ours.
OF_THEIR_OWN := -W ignore::DeprecationWarning
ifeq ($(wildcard $(LOCKED)),)
$(error AIRFLOW=$(AIRFLOW) has no lock; there are 3.3.1 and $(patsubst requirements/dev-%.lock,%,$(wildcard requirements/dev-*.lock)))
endif
endif
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Our own modules are compiled once, and not by each process anew, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: install Python 3.12 or 3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "installing python3-venv, which Debian keeps apart from python3"; \
	  $$([ $$(id -u) = 0 ] || echo sudo) sh -c 'apt-get update -qq && apt-get install -y -qq python3-venv' >/dev/null; }
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)

# pip installs uv, by its hash in the lock as everything else.
$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install -qq --no-deps --require-hashes -r <(awk '/^[a-z0-9]/ {uv = /^uv==/} uv' $(LOCKED))

# A changed lock is installed over what is there: nobody's running command loses its packages. uv takes seconds, and half a minute
# for the bytecode, which every worker and every part of Airflow would else make for itself. Where it finds no package index,
# because only pip has been told of one, pip takes two minutes.
INSTALL = --no-deps --require-hashes -r
$(READY): $(LOCKED) pyproject.toml | $(BIN)/uv
	@echo "installing the locked packages into $(VENV)"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(INSTALL) $(LOCKED) \
	  || $(BIN)/python -m pip install -qq $(INSTALL) $(LOCKED)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup mariadb run airflow under-change fleet bench-fleet fleet-figures browser screenshots check test quick quick-linter quick-factory quick-others whole stories endtoend regen beside lint format lock bench clean help

setup: $(READY) ## install what is missing into .venv

run: $(READY) ## the main job on the embedded stand-ins: Salesforce org, S3, Airflow, all sample DAGs; AIRFLOW=3.0.6 for that one, ENVIRONMENT=dev for the group's dev
	@$(BIN)/python -m sandbox run $(if $(ENVIRONMENT),--environment $(ENVIRONMENT))

airflow: $(READY) ## the same Airflow, left up for browsing
	@$(BIN)/python -m sandbox airflow $(ARGS)

under-change: $(READY) ## fifty incremental runs of a table of each database that is written to meanwhile, while connections are killed; their union is the table
	@RUNS_UNDER_CHANGE=50 $(BIN)/python -m pytest -q tests/runtime/sources/sql/test_under_change.py

fleet: $(READY) ## a day of 50 DAGs in two minutes, in an Airflow with PostgreSQL, Redis and two Celery workers, one of which is killed
	@$(BIN)/python -m sandbox fleet

# A day in an hour on an idle machine; `make bench-fleet DAY="--speed 10 --hours 4"` plays its first four hours, slowly, and
# `make bench-fleet LARGE="--dags 300 --workers 3 --slots 4 --kills 2 --speed 60 --lead 300"` a whole day in 24 minutes a side.
DAY ?= --speed 24
LARGE = --dags 2500 --workers 4 --slots 4 --kills 2 $(DAY)
FIGURES := docs/fleet-figures
bench-fleet: $(READY) ## 2,500 DAGs in that Airflow, beside as many written by hand, hours; the figures go into docs/fleet.md
	@$(BIN)/python -m sandbox fleet $(LARGE) --figures $(FIGURES)/ours.json
	@$(BIN)/python -m sandbox fleet $(LARGE) --by-hand --figures $(FIGURES)/by-hand.json
	@$(MAKE) --no-print-directory fleet-figures

fleet-figures: $(READY) ## the table and the chart of docs/fleet.md again, out of docs/fleet-figures
	@$(BIN)/python -m benchmarks.fleet $(FIGURES)/ours.json $(FIGURES)/by-hand.json --document docs/fleet.md --chart docs/fleet.svg

# Debian's, which the tests of Airflow's pages need; without it they are skipped.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  [ $$(id -u) = 0 ] && command -v apt-get >/dev/null && echo "installing chromium" && \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; } || \
	  echo "no Chromium here, and no right to install it: the tests of Airflow's pages are skipped"

# The server of the tests of MySQL, and of a sample unit, is Debian's package.
mariadb:
	@command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || { \
	  [ $$(id -u) = 0 ] && command -v apt-get >/dev/null && echo "installing mariadb-server-core" && \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends mariadb-server-core mariadb-client-core >/dev/null; } || \
	  echo "no MariaDB here, and no right to install it: the tests of MySQL are skipped"

screenshots: $(READY) browser ## the pictures of docs/, taken in a browser
	@$(BIN)/python -m sandbox screenshots

# Two cores are kept busy by four workers: with three, which wait for their servers and for time to pass, a quarter of the processor time
# was left. tests/conftest.py says which test goes to which worker, and in what order.
WORKERS ?= 4
PYTEST = $(BIN)/python -m pytest --dist loadscope --no-loadscope-reorder --numprocesses

check: $(READY) ## lint, and every test that starts no server: what to run again and again
	@$(MAKE) --no-print-directory --jobs 4 --output-sync --keep-going lint quick

test: $(READY) browser mariadb ## lint, and the whole suite
	@$(MAKE) --no-print-directory --jobs 2 lint whole

# Short tests cost less than to collect them: so each part collects its own folders only, and no worker collects all. Each part is a
# third of the work; of tests/e2e all have a server.
QUICK = $(BIN)/python -m pytest -q -m "not server"
APART = tests/factory tests/e2e tests/runtime/airflow tests/runtime/rows tests/runtime/spec tests/sandbox $(wildcard tests/test_*.py)
quick: quick-others quick-factory quick-linter
quick-linter: $(READY)
	@$(QUICK) tests/factory/linter tests/runtime/rows tests/sandbox $(wildcard tests/test_*.py)
quick-factory: $(READY)
	@$(QUICK) tests/factory tests/runtime/airflow tests/runtime/spec --ignore tests/factory/linter
quick-others: $(READY)
	@$(QUICK) tests $(addprefix --ignore ,$(APART))

whole: $(READY)
	@$(PYTEST) $(WORKERS) -m "not story"

stories: $(READY) browser mariadb ## the tests that rehearse the whole platform at length; CI runs them after the suite
	@$(PYTEST) 2 -m story

TESTS ?= tests/e2e tests/runtime
endtoend: $(READY) ## the end-to-end tests and those of the runtime; AIRFLOW=3.0.6 for that one
	@$(PYTEST) $(WORKERS) -q $(OF_THEIR_OWN) $(TESTS)

# What needs an Airflow, an account or a fleet of its own, and would cost the suite its time. `make run` leaves the calls that `audit` evaluates.
beside: $(READY) ## what CI runs after the suite: a fleet, the main job and the end-to-end tests under the other Airflow, the audit
	@$(MAKE) --no-print-directory fleet
	@$(MAKE) --no-print-directory run AIRFLOW=3.0.6
	@$(MAKE) --no-print-directory endtoend AIRFLOW=3.0.6 TESTS=tests/e2e WORKERS=0
	@$(MAKE) --no-print-directory audit

lint: $(READY) ## style, types, import contracts, the sample specs
	@echo "ruff check";   $(BIN)/ruff check --quiet .
	@echo "ruff format";  $(BIN)/ruff format --quiet --check .
	@echo "mypy";         $(BIN)/mypy --no-error-summary
	@echo "lint-imports"; report=$$($(BIN)/lint-imports --no-cache) || { echo "$$report"; exit 1; }
	@echo "factory lint"; $(BIN)/factory lint configs

regen: $(READY) ## write every golden file again, generated documents included; read what changed before you commit it
	@$(PYTEST) 2 -q -m golden --regen
	@git --no-pager diff --stat

format: $(READY) ## rewrite the code in the project's style
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format .

LOCK = ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links
# Airflow's constraints are for Python 3.12: 3.11 cannot have that numpy.
FOR_3.12 = <(sed 's/^numpy==.*/&; python_version >= "3.12"/' constraints-3.3.1-py3.12.txt)
lock: | $(BIN)/uv ## resolve requirements/*.in again, the runtime once for each Airflow
	@cd requirements && for name in runtime:runtime-3.3.1 dev:dev release:release; do \
	  $(LOCK) --constraint $(FOR_3.12) $${name%:*}.in --output-file $${name#*:}.lock; done
	@cd requirements && $(LOCK) audit.in --output-file audit.lock
	@cd requirements && $(LOCK) --constraint constraints-3.0.6-py3.12.txt --override override-3.0.6.txt \
	  runtime-3.0.6.in --output-file runtime-3.0.6.lock
	@cd requirements && cp dev.lock dev-3.0.6.lock && $(LOCK) --constraint runtime-3.0.6.lock --override override-3.0.6.txt \
	  dev.in --output-file dev-3.0.6.lock

bench: $(READY) ## measurements beside named rivals
	@$(BIN)/python -m benchmarks

clean: ## remove what the targets above made
	rm -rf .venv .venv-* build .sandbox

include infra/infra.mk
include tests/clients/clients.mk

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'
