# Everything a newcomer runs. Only Python 3.11+, Go 1.26+ and make have to be installed by hand.
STACK ?= dev
PYTHON ?= python3
WORKERS ?= 2
export PYTHONDONTWRITEBYTECODE :=

.PHONY: up preview destroy prove down status test test-quick test-engine test-lowest test-pythons release-check check format lock
up preview destroy: .venv/ready
	@.venv/bin/python -m sandbox $@ $(STACK) $(if $(VERBOSE),--verbose)

prove: .venv/ready
	@.venv/bin/python -m sandbox.proof $(STACK) $(if $(VERBOSE),--verbose)

down status: .venv/ready
	@.venv/bin/python -m sandbox $@

test: test-quick test-engine

# The tests that need no engine, in parallel, with the coverage floor of pyproject.toml.
test-quick: .venv/ready
	.venv/bin/python -m pytest -m "not engine" -n $(WORKERS) --cov --cov-report=
	.venv/bin/coverage report --skip-covered

# The tests on the real engine; they share one sandbox.
test-engine: .venv/ready
	.venv/bin/python -m pytest -m engine

# The tests that need no engine, with the lowest versions that requirements.txt and the policy pack allow.
test-lowest: .venv-lowest/ready
	.venv-lowest/bin/python -m pytest -m "not engine" -n $(WORKERS) --ignore tests/docs --ignore tests/release --ignore tests/repository

# What users import or run, on every other supported Python of this machine.
test-pythons: .venv/ready
	.ci/test-pythons $(WORKERS)

# Build the packages and try them as a user gets them; with TAG=vX.Y.Z, check that the tag names the version.
TAG ?=
release-check: .venv/ready
	.venv/bin/python -m release --tag "$(TAG)"

check: .venv/ready
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/pyright
	PYTHONPATH=components:policies:. .venv/bin/lint-imports --no-logo

format: .venv/ready
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

# The environment has exactly the versions of locks/. It is updated when a lock changes.
.venv/ready: locks/development.txt locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement locks/uv.txt
	.venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python locks/development.txt
	@touch $@

.venv-lowest/ready: locks/lowest.txt .venv/ready
	$(PYTHON) -m venv .venv-lowest
	.venv/bin/uv pip sync --quiet --require-hashes --python .venv-lowest/bin/python locks/lowest.txt
	@touch $@

# Universal locks with hashes and without index addresses. The lowest versions are resolved without the old lock, whose
# versions uv would prefer.
COMPILE = .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
    --custom-compile-command "make lock"
lock: .venv/ready
	for name in development ministack uv; do \
	  $(COMPILE) --output-file locks/$$name.txt locks/$$name.in || exit 1; \
	done
	$(COMPILE) --upgrade --resolution lowest-direct --output-file locks/lowest.txt locks/lowest.in
