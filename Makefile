# Everything that a person, CI or a CodeBuild step does with this project. `make help` lists it.
PYTHON ?= python3
APPROVE ?=
PORT ?=
KEEP ?=
ENV ?= dev
# Tests mostly wait for other processes, so two workers are worth it on two cores.
WORKERS ?= 2
# Where the check of a deployment is: it travels in a folder of the assembly.
CHECK ?= pipeline/check
TRY ?=

# In CodeBuild the container is the isolation, so no virtual environment is made there.
ifdef CODEBUILD_BUILD_ID
BIN :=
VENV :=
ON_PATH :=
PIP := python -m pip install --quiet --disable-pip-version-check
else
BIN := .venv/bin/
VENV := .venv/.installed
ON_PATH := .venv/.on-path
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check
export PATH := $(CURDIR)/.venv/bin:$(PATH)
endif
# Between network namespaces the NAT script runs only as root, with iproute2, nftables and util-linux; elsewhere it is linted.
NAT_TEST ?= $(shell [ "$$(id -u)" = 0 ] && command -v ip >/dev/null && command -v nft >/dev/null && command -v unshare >/dev/null && echo on || echo off)
export NAT_TEST
CDK := node_modules/.bin/cdk
NODE_MODULES := node_modules/.package-lock.json

.PHONY: help install install-synth install-integration install-check format lint types check test test-unit test-rehearsal \
	synth compliance cost changes diff rehearse integration bootstrap preflight deploy verify-aws destroy clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-20s %s\n", $$1, $$2 }'

install: $(VENV) $(ON_PATH) $(NODE_MODULES) ## what everything below needs, into .venv and node_modules

.venv/.installed: requirements.txt requirements-dev.txt integration_tests/requirements.txt pipeline/check/requirements.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("Python 3.11 or newer is needed and $(PYTHON) is %d.%d: run for example make install PYTHON=python3.12" % v[:2])'
	@echo "Installing the Python packages into .venv (a minute or two the first time) ..."
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make a virtual environment: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
	@$(PIP) -r requirements-dev.txt
	@touch $@

# `python -m rehearsal` works from every folder of the project, once its virtual environment is active.
.venv/.on-path: $(VENV)
	@.venv/bin/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "project.pth").write_text("$(CURDIR)\n")'
	@touch $@

$(NODE_MODULES): package.json package-lock.json | $(VENV)
	@echo "Installing the pinned CDK CLI and cdk-assets into node_modules ..."
	@npm ci --no-audit --no-fund --loglevel=error

install-synth: $(NODE_MODULES) ## what a synthesis needs (the pipeline's Build step)
ifdef CODEBUILD_BUILD_ID
	$(PIP) -r requirements.txt
endif

install-integration: $(VENV) ## what the portal's tests need (the pipeline's test steps)
ifdef CODEBUILD_BUILD_ID
	$(PIP) -r integration_tests/requirements.txt
endif

install-check: $(VENV) ## what the check of a deployment needs (the pipeline's Check steps)
ifdef CODEBUILD_BUILD_ID
	$(PIP) -r $(CHECK)/requirements.txt
endif

format: install ## format the Python code
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

lint: install ## formatting and lint
	$(BIN)ruff format --check .
	$(BIN)ruff check .

types: install ## strict type check
	$(BIN)mypy

test: install ## every test: units, invariants of the templates, the rehearsal end to end
	@[ "$(NAT_TEST)" = on ] || echo "Left out on this machine: the NAT script between networks (it takes root, iproute2, nftables and util-linux)."
	$(BIN)python -m pytest tests --numprocesses $(WORKERS)

test-unit: install ## the quick half: units and invariants of the templates
	$(BIN)python -m pytest tests/unit tests/assembly

test-rehearsal: install ## the rehearsal's own tests, end to end included
	$(BIN)python -m pytest tests/rehearsal

check: lint types test ## all of CI

synth: install-synth ## the cloud assembly, into cdk.out; fails at a finding that is neither mended nor acknowledged
	$(CDK) synth --quiet -c compliance=on

compliance: synth ## docs/compliance.md, from that assembly
	$(BIN)python -m compliance cdk.out

cost: synth ## write docs/cost.md from the templates and the prices in cost/
	@$(BIN)python -m cost

changes: install ## write docs/changes.md: what an edit of each field does to an environment that runs
	CDK_VALIDATION=false $(BIN)python -m pipeline.changes

diff: install-check synth ## what a deployment to ENV=dev would change, and what AWS would refuse; only reads
	@$(BIN)python -m pipeline.check $(ENV)

rehearse: install ## run the pipeline on this machine, to the end (APPROVE=all gives every approval, PORT=n fixes the port, KEEP=1 stays up)
	@$(BIN)python -m rehearsal run $(if $(APPROVE),--approve $(APPROVE)) $(if $(PORT),--port $(PORT)) $(if $(KEEP),--keep)

integration: install-integration ## the portal's tests against the environment that the variables name
	@mkdir -p build/reports
	$(BIN)python -m pytest integration_tests --junitxml=build/reports/integration.xml

bootstrap: install ## AWS: once per account, with its credentials: CDK bootstrap, service-linked roles, account baseline
	$(BIN)python -m pipeline.bootstrap

preflight: install synth ## AWS: ask an account, with its credentials, whether it is ready; it only reads
	@$(BIN)python -m pipeline.preflight

deploy: install ## AWS: create the pipeline once; afterwards a push is enough
	$(CDK) deploy pipeline-tools

verify-aws: install synth ## AWS: ask a deployed environment (ENV=dev) for what nobody has yet seen there; it only reads (TRY=name,name changes something, and asks first)
	@$(BIN)python -m verification $(ENV) $(if $(TRY),--try $(TRY))

destroy: install ## AWS: remove every environment and the pipeline
	$(CDK) destroy 'pipeline-tools/**' pipeline-tools

clean: ## remove what is built, keep what is installed
	rm -rf build cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis
