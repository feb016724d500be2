# Everything a developer or CI runs. Each target sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
RUNTIME := $(VENV)/.runtime

.PHONY: demo test check setup slow clean

setup: $(STAMP)

# The runtime alone, for the demo: no torch, no test tools.
$(RUNTIME): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "skelp needs $(PYTHON); set PYTHON=... to another 3.11 or newer"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cpu]'
	@touch $@

$(STAMP): $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cpu,dev,train]'
	@touch $@

demo: $(RUNTIME)
	$(BIN)/skelp demo $(ARGS)

test: $(STAMP)
	$(BIN)/python -m pytest

slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

check: $(STAMP)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
