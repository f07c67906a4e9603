# FeedHub: everything a person types. `make` alone lists the targets.
#
# All of Python lives in .venv, which is made once; stamps in it say what it holds, so a second
# `make` does nothing. Only make, Python 3.11 or newer and a package index are needed.

VENV    := .venv
BIN     := $(VENV)/bin
WORKERS ?= 2

MADE    := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
TEST    := $(VENV)/.test
LOCKER  := .venv-tools/.made

PO  := $(wildcard feedhub/web/translations/*/LC_MESSAGES/messages.po)
MO  := $(PO:.po=.mo)
# Python compiles what is really imported by itself: --no-compile halves the time of installing.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet --quiet install --no-compile
UV   = .venv-tools/bin/uv pip compile --quiet --universal --python-version 3.11 \
       --generate-hashes --no-emit-index-url --no-emit-find-links \
       --custom-compile-command 'make lock'

.DELETE_ON_ERROR:
.PHONY: help demo run test check bench gold fuzz soak lock translations chromium clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

demo: $(RUNTIME) $(MO) ## sample agencies on this machine and a service that reads them; Ctrl-C ends all
	@$(BIN)/feedhub demo

run: $(RUNTIME) $(MO) ## the service on config.yaml
	@$(BIN)/feedhub serve

test: $(TEST) $(MO) chromium ## every test, PostgreSQL and browser included
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

check: $(TEST) ## format, lint, types, who may import whom
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }
	@echo 'check: format, lint, types and imports are in order'

bench: $(TEST) $(MO) ## speed and size, side by side with other programs
	@$(BIN)/python -m bench

gold: $(TEST) $(MO) ## scores on annotated entries, dates, encodings and addresses
	@$(BIN)/python -m bench.gold

fuzz: $(TEST) $(MO) ## the property tests with many more examples; some ten minutes at most
	@$(BIN)/python -m pytest -p tests.project.many_examples --numprocesses $(WORKERS) \
	    --timeout=300 -m 'fuzz or hypothesis'

soak: $(TEST) $(MO) ## the service under a steady load for some minutes
	@$(BIN)/python -m pytest --timeout=1200 -m soak

lock: $(LOCKER) ## choose the newest fitting versions and pin them with their hashes
	@rm -f requirements.txt requirements-build.txt requirements-test.txt
	@$(UV) pyproject.toml --output-file requirements.txt
	@$(UV) --group build --constraint requirements.txt --output-file requirements-build.txt
	@$(UV) pyproject.toml --extra test --constraint requirements.txt \
	    --output-file requirements-test.txt

translations: $(TEST) ## take new words of pages into the catalogues, and compile them
	@$(BIN)/pybabel --quiet extract --mapping-file=babel.cfg --keyword=_ --no-location \
	    --sort-output --output-file=$(VENV)/messages.pot .
	@$(BIN)/pybabel --quiet update --input-file=$(VENV)/messages.pot --no-fuzzy-matching \
	    --output-dir=feedhub/web/translations
	@$(BIN)/pybabel --quiet compile --directory=feedhub/web/translations

chromium:
	@sh tests/ensure_chromium.sh

clean: ## remove everything that was made
	@rm -rf $(VENV) .venv-tools build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache $(MO)
	@find feedhub tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# -- what the targets stand on ------------------------------------------------------------------

define FIND_PYTHON
for python in python3 python3.13 python3.12 python3.11 python3.14; do \
    if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1; then break; fi; \
    python=; \
done; \
if [ -z "$$python" ]; then \
    echo 'FeedHub needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv).' >&2; \
    exit 1; \
fi
endef

$(MADE):
	@$(FIND_PYTHON); $$python -m venv $(VENV)
	@touch $@

# Nothing is built in an environment of its own: what builds is pinned and hashed like the rest.
$(RUNTIME): requirements-build.txt requirements.txt pyproject.toml hatch_build.py | $(MADE)
	@echo 'Installing what FeedHub needs into $(VENV) ...'
	@$(PIP) --require-hashes --requirement requirements-build.txt
	@$(PIP) --require-hashes --no-build-isolation --requirement requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST): requirements-test.txt $(RUNTIME)
	@echo 'Installing what the tests need into $(VENV) ...'
	@$(PIP) --require-hashes --no-build-isolation --requirement requirements-test.txt
	@touch $@

# The editable install compiles the catalogues too: wait for it, then only changed ones are left.
%.mo: %.po | $(RUNTIME)
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@ \
	    --locale=$(notdir $(patsubst %/LC_MESSAGES/messages.po,%,$<))

$(LOCKER):
	@$(FIND_PYTHON); $$python -m venv .venv-tools
	@.venv-tools/bin/python -m pip --disable-pip-version-check --no-input --quiet --quiet install uv
	@touch $@
