# Everything a person or CI runs. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := shared/ekkyo services/events/ekkyo_events services/members/ekkyo_members \
            services/notify/ekkyo_notify services/surveys/ekkyo_surveys frontends/common/ekkyo_common \
            frontends/portal/ekkyo_portal frontends/cli/ekkyo_cli
WORKERS ?= 6
unexport PYTHONDONTWRITEBYTECODE  # every process would compile all it imports anew, and there are hundreds

.DEFAULT_GOAL := help
.PHONY: help setup demo up down test fuzz fast browser lint format bench docs docs-check dashboards nats-conf pictures secrets images lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Install everything into .venv (every other target does this first)

$(VENV)/.installed: requirements-dev.txt constraints.txt shared/pyproject.toml $(wildcard services/*/pyproject.toml frontends/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Ekkyo needs Python 3.11 or later; $(PYTHON) is `$(PYTHON) -V`. Say which one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@

demo: setup ## Play a community's first season on the local stack; writes its report to .ekkyo/demo
	@$(BIN)/python -m ekkyo_cli.demo

up: setup ## Start the local stack: NATS, database, catchers, four services, portal (Ctrl-C stops it)
	@$(BIN)/ekkyo up

down: setup ## Stop a local stack that was started with `ekkyo up --detach`
	@$(BIN)/ekkyo down

test: setup ## Run all tests on real servers
	@$(BIN)/pytest -n $(WORKERS)

fuzz: setup ## Abuse every command and question at full size, by NATS and HTTP: some twenty minutes; EKKYO_FUZZ says how many examples each
	@EKKYO_FUZZ=$${EKKYO_FUZZ:-1000} $(BIN)/pytest tests/abuse tests/portal/test_api_real.py -n $(WORKERS) --dist worksteal

fast: setup ## Run the tests that need no servers
	@$(BIN)/pytest -n $(WORKERS) -m "not real"

browser: tests/journeys/oidc/node_modules tests/journeys/icaljs/node_modules ## Install what journeys are played with: Debian's Chromium without windows, fonts for Japanese, an OpenID provider, a reader of calendars
	@{ command -v chromium-headless-shell && fc-list :lang=ja | grep -q .; } >/dev/null \
	|| { apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell fonts-noto-cjk; } \
	|| command -v chromium  # the whole browser does as well, and takes longer

tests/journeys/%/node_modules: tests/journeys/%/package-lock.json
	@command -v npm >/dev/null || (apt-get update && apt-get install -y --no-install-recommends nodejs npm)
	@npm ci --silent --prefix $(@D) && touch $@

lint: setup ## Check style, types, import rules and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(PACKAGES)
	@$(BIN)/lint-imports
	@$(BIN)/pytest tests/contract/test_layout.py

format: setup ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## Run the benchmarks and write bench/results/
	@$(BIN)/python -m bench

docs: setup ## Generate docs/: schemas, AsyncAPI, flow diagram, samples of new facts
	@$(BIN)/python -m ekkyo.docs --out docs

docs-check: setup ## Fail if the generated documents differ from the code
	@$(BIN)/python -m ekkyo.docs --out docs --check

dashboards: setup ## Generate Grafana's dashboards, and the alerts for Kubernetes
	@$(BIN)/python deploy/observability/make_dashboards.py

pictures: setup ## Take the pictures of the READMEs and the guides, of what `make demo` left
	@$(BIN)/python docs/pictures/make_pictures.py

nats-conf: setup ## Generate deploy/nats/nats.conf from the table of permissions
	@$(BIN)/python -m ekkyo.installation.permissions > deploy/nats/nats.conf

secrets: setup ## Generate a deployment's keys and passwords in deploy/keys/
	@$(BIN)/ekkyo secrets --dir deploy/keys

images: setup ## Build the images with buildah and start each (root; needs Debian's buildah and debootstrap)
	@$(BIN)/python deploy/build_images.py --debootstrap

lock: ## Pin the installed versions in constraints.txt
	@$(BIN)/python -m pip freeze --exclude-editable | grep -v '@' | LC_ALL=C sort -f > constraints.txt

clean: ## Remove everything that was built or installed
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
