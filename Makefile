# Everything a newcomer runs. Nothing needs to be installed by hand but Python 3.11+, Go 1.26+ and make.
STACK ?= dev
PYTHON ?= python3
export PYTHONDONTWRITEBYTECODE :=

.PHONY: up preview destroy prove down status test check format lock
up preview destroy: .venv/ready
	@.venv/bin/python -m sandbox $@ $(STACK)

prove: .venv/ready
	@.venv/bin/python -m sandbox.proof $(STACK)

down status: .venv/ready
	@.venv/bin/python -m sandbox $@

test: .venv/ready
	.venv/bin/python -m pytest

check: .venv/ready
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/pyright

format: .venv/ready
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

# The environment is exactly what locks/ says, and is made again when a lock changes.
.venv/ready: locks/development.txt locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement locks/uv.txt
	.venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python locks/development.txt
	@touch $@

# Universal locks with hashes and without index addresses.
lock: .venv/ready
	for name in development ministack uv; do \
	  .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	    --custom-compile-command "make lock" --output-file locks/$$name.txt locks/$$name.in || exit 1; \
	done
