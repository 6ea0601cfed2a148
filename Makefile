# kcflow: two commands are enough on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
UVC    := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
.DEFAULT_GOAL := help

$(VENV)/.run: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	$(PIP) install --require-hashes --requirement requirements-bench.lock
	@touch $@

.PHONY: run test quick check lock bench docs messages help
run: $(VENV)/.run  ## Open the application (the first use installs it; ARGS="..." passes options)
	@$(BIN)/kcflow $(ARGS)
test: $(VENV)/.dev  ## Run every test
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)
quick: $(VENV)/.dev  ## Run the tests without the slow ones
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow" $(ARGS)
check: $(VENV)/.dev  ## Lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
bench: $(VENV)/.bench  ## Print the benchmarks' ratios
	$(BIN)/python -m benchmarks $(ARGS)
messages: $(VENV)/.dev  ## Extract, merge and compile the texts of both languages (kcflow/locale)
	$(BIN)/python -m scripts.messages
docs: $(VENV)/.dev  ## Regenerate the generated documents and pictures
	$(BIN)/python -m scripts.docs
lock:  ## Re-resolve the lock files: exact versions, hashes, no addresses (the only target that needs uv)
	$(UVC) pyproject.toml --group build --output-file requirements.lock
	$(UVC) --constraint requirements.lock --group dev --output-file requirements-dev.lock
	$(UVC) --constraint requirements-dev.lock --constraint requirements.lock --group bench --group pictures --output-file requirements-bench.lock
help:  ## Show this help
	@awk 'BEGIN {FS = ":.*##"} /^[a-z-]+:.*##/ {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
