# Everything a developer or CI runs. Each target sets up what it needs.
ifndef PYTHON
PYTHON := $(shell tools/python)
endif
# OpenVINO's plug-in for ONNX Runtime admits Intel's CPUs only; other x86-64 CPUs get the build that has it inside.
ENGINE ?= $(shell grep -q AuthenticAMD /proc/cpuinfo 2>/dev/null && echo openvino || echo cpu)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
RUNTIME := $(VENV)/.runtime
# Every pip below, and what builds packages for it, takes the versions of constraints.txt.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(PIP_CONSTRAINT)

.PHONY: demo test check setup slow clean web wire

setup: $(STAMP)

# The runtime alone, for the demo: no torch, no test tools.
$(RUNTIME): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "skelp needs Python 3.11 or newer with venv, and tools/python finds none here; set PYTHON=..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(ENGINE)]'
	@touch $@

$(STAMP): $(RUNTIME) src/client/pyproject.toml src/languages/pyproject.toml training/pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(ENGINE),dev]' --editable src/client --editable 'src/languages[mqtt,opcua]' --editable training
	@touch $@

# The operator's console: Node of the system or of PyPI, packages as the lock file has them, built into the package.
NPM := tools/npm --prefix web
CONSOLE := src/skelp/api/static/index.html
web/node_modules/.ready: web/package-lock.json $(RUNTIME)
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CONSOLE): web/node_modules/.ready web/index.html web/plant.html web/vite.config.ts $(wildcard web/src/* web/src/*/* src/skelp/render/words.*.json)
	$(NPM) run --silent build -- --logLevel error

web: $(CONSOLE)

# The console's wire types, from the station's OpenAPI document; make check fails where they are out of date.
OPENAPI := $(BIN)/python -m skelp.api.document
wire: $(STAMP) web/node_modules/.ready
	$(OPENAPI) | $(NPM) run --silent wire
	$(OPENAPI) plant | $(NPM) run --silent wire-plant

demo: $(RUNTIME) $(CONSOLE)
	$(BIN)/skelp demo $(ARGS)

# PostgreSQL, GigE Vision, a proxy, an MQTT broker, curl and the console in a browser are tested where their programs can be had; as root on Debian they are installed, elsewhere those tests are skipped.
PACKAGES := curl postgresql aravis-tools libaravis-dev libusb-1.0-0-dev libxml2-dev pkg-config iproute2 nginx-light mosquitto chromium fonts-noto-cjk
.PHONY: system
system:
	@{ ls /usr/lib/postgresql/*/bin/initdb && command -v arv-fake-gv-camera-0.8 && pkg-config --exists aravis-0.8 && command -v curl && command -v ip && command -v chromium && PATH=$$PATH:/usr/sbin command -v nginx && PATH=$$PATH:/usr/sbin command -v mosquitto; } >/dev/null 2>&1 \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; } || true

# Two processes, each with whole files, and one thread each for training. Then the tests that are marked `alone`: what they see depends on
# time, so they get the machine to themselves. The longest files come first, so that the processes end together. Three, because many wait for a server or a browser.
test: $(STAMP) $(CONSOLE) system
	$(NPM) run --silent test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m 'not slow and not alone' tests/e2e tests/unit
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile tests/training
	$(BIN)/python -m pytest -m 'not slow and alone' tests/unit/capture/genicam tests/contract tests/e2e

# The unit tests once more, on the newest Python that this machine has.
.PHONY: test-newest constraints
test-newest: $(STAMP) $(CONSOLE)
	ENGINE=$(ENGINE) tools/test-newest

constraints: $(RUNTIME)
	PIP_CONSTRAINT= PIP_BUILD_CONSTRAINT= tools/constraints $(ARGS)

slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

check: $(STAMP) web/node_modules/.ready
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/dead_code.py
	@$(OPENAPI) | $(NPM) run --silent wire -- --check >/dev/null || { echo "web/src/wire.ts differs from the station's OpenAPI document: run make wire"; exit 1; }
	@$(OPENAPI) plant | $(NPM) run --silent wire-plant -- --check >/dev/null || { echo "web/src/wire-plant.ts differs from the plant's: run make wire"; exit 1; }
	$(NPM) run --silent check

clean:
	rm -rf $(VENV) .venv-newest .venv-basyx web/node_modules src/skelp/api/static .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
