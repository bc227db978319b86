# All commands of the project. They need Python >= 3.11 with venv, and nothing else.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
EXAMPLES ?= 20
BIN := .venv/bin
export PORT ATTACHE_DATA
# With it each process would compile all modules anew, and pytest rewrite all tests: 8 s of each.
unexport PYTHONDONTWRITEBYTECODE

TOO_OLD := Attaché needs Python 3.11 or newer. Name one: make PYTHON=python3.12 run
INSTALL := @command -v $(PYTHON) >/dev/null && \
  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(TOO_OLD)" >&2; exit 1; }; \
  $(PYTHON) -I config/runtime/install.py
# The checks read the settings, but need no data.
GATES := DEBUG=on DATABASE_URL=sqlite://:memory: PYTHONWARNINGS=error::RuntimeWarning
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup

.PHONY: help run test test-all faults search count-queries bench bench-sqlite bench-feeds \
  bench-feeds-sqlite bench-reminders bench-reminders-sqlite effort handbook check format lock \
  queries feeds reminders

help: ## Show this list (the default)
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile

run: ## Start Attaché: web server, worker, beat, embedded broker; PORT=8000 ATTACHE_DATA=var
	$(INSTALL) requirements.txt && exec $(BIN)/python manage.py runall

# The tables are made from the models, because running the migrations takes each process ten seconds;
# `make test-all` makes those of PostgreSQL by them, and tests/project migrates former versions on both.
define TESTS
@if command -v npm >/dev/null; then for folder in calendars accessibility; do \
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
    --cache $(CURDIR)/.venv/npm --prefix tests/$$folder || exit 1; done; fi
$(PYTEST) --no-migrations -m "$(1)" $(ARGS)
$(BIN)/python -m tests.postgres -- $(PYTEST) $(3) -m "$(2)" $(ARGS) || [ $$? -eq 5 ]
endef

# Journeys pass through screens, which are the same on both; what lies beneath is tested on both.
# Tests with generated examples (hypothesis) have the same result on both databases; `make test`
# draws a third of them. What takes long and seldom fails alone (`thorough`), and faults on
# PostgreSQL, are left to `make test-all`.
QUICK := both_databases and not sqlite_only and not hypothesis and not thorough and not faults
test: export FEW := on
test: dev ## Run all tests on SQLite, and on PostgreSQL what may differ; ARGS="-k feeds" picks some
	$(call TESTS,not thorough,$(QUICK),--no-migrations)

test-all: dev ## Run all tests, on SQLite and on PostgreSQL
	$(call TESTS,,not sqlite_only)

faults: dev ## Kill workers 1,000 times on each database, restart servers, send to 10,000, race
	FAULTS=all EXAMPLES=40 $(BIN)/python -m pytest -s tests/faults $(ARGS)
	FAULTS=all EXAMPLES=40 $(BIN)/python -m tests.postgres -- \
	  $(BIN)/python -m pytest -s tests/faults $(ARGS)
	ROUNDS=20 $(PYTEST) --no-migrations -m race $(ARGS)
	ROUNDS=20 $(BIN)/python -m tests.postgres -- $(PYTEST) -m race $(ARGS)

search: dev ## Draw generated examples at random, 20 times as many; EXAMPLES=100 ARGS="-k edits"
	EXAMPLES=$(EXAMPLES) $(PYTEST) --no-migrations -m hypothesis $(ARGS)
	EXAMPLES=$(EXAMPLES) $(BIN)/python -m tests.postgres -- \
	  $(PYTEST) -m "hypothesis and not sqlite_only" $(ARGS) || [ $$? -eq 5 ]

count-queries: dev ## Count the queries of every page of the admin with 1, 3 and 100 rows
	ROWS=100 $(PYTEST) tests/events/admin tests/events/domain/pages/test_itineraries.py -k many

bench: dev ## Measure the screens with 10,000 events on PostgreSQL; ARGS="--rounds 1" is quicker
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m tests.bench.domain $(ARGS)

bench-sqlite: dev ## The same on SQLite
	env -u DATABASE_URL $(BIN)/python -m tests.bench.domain $(ARGS)

bench-grid: dev ## Measure the grid of a programme of 120 parts on PostgreSQL
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m tests.bench.grids

bench-feeds: dev ## Measure polls of calendar feeds on PostgreSQL; ARGS="--rounds 10" is quicker
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m tests.bench.feeds $(ARGS)

bench-feeds-sqlite: dev ## The same on SQLite
	env -u DATABASE_URL $(BIN)/python -m tests.bench.feeds $(ARGS)

bench-reminders: dev ## Measure how many mails a worker sends, on PostgreSQL
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m tests.bench.reminders $(ARGS)

bench-reminders-sqlite: dev ## The same on SQLite
	env -u DATABASE_URL $(BIN)/python -m tests.bench.reminders $(ARGS)

# The names of 0.1.0.
queries: count-queries
feeds: bench-feeds
reminders: bench-reminders

effort: dev ## Count what a conference and a mission cost in clicks, keys and minutes
	EFFORT=on $(BIN)/python -m pytest --no-migrations -q -s tests/browser/effort $(ARGS)

handbook: dev ## Take the pictures of docs/handbook anew, from the sample
	$(BIN)/python -m tests.browser.handbook

check: dev ## Check style, types, layers, templates, settings and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(GATES) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/djlint --lint --quiet $(TEMPLATES)
	$(GATES) $(BIN)/python manage.py check
	$(GATES) $(BIN)/python manage.py makemigrations --check --dry-run

format: dev ## Let the tools put the code and the templates in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)

lock: dev ## Pin anew what requirements.txt and requirements-dev.txt draw in
	@: > requirements-lock.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
	  --strip-extras --custom-compile-command "make lock" \
	  requirements-dev.txt --output-file requirements-lock.txt

.PHONY: dev
dev:
	$(INSTALL) requirements-dev.txt
TEMPLATES = $(shell find config events delegations seeds -path '*/templates/*' -name '*.html')
