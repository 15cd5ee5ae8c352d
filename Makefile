# make help lists every target. Everything runs from .venv, which make sets up by itself.
SHELL := /bin/sh
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
GENERATORS := egate_tools.pages egate_sim.scenarios.page egate_sim.forgery_page egate_sim.inspection_page egate_sim.door.hazards.page egate_sim.people.attacks.page egate_models.report
.DEFAULT_GOAL := help
.PHONY: help setup setup-chip setup-test demo chip-server test contracts coverage test-kernel fuzz campaign check format lint types layers generate generate-check models models-check train-pad models-rebuild-check eval fit-pad pad-campaign heads pictures face-pictures bench wheel lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  \033[1m%-20s\033[0m %s\n", $$1, $$2}'

setup: ## virtual environment and, where root allows, Debian packages
	@PYTHON="$(PYTHON)" tools/setup.sh

setup-chip: ## the same, with a PC/SC service and its virtual reader
	@PYTHON="$(PYTHON)" tools/setup.sh chip

setup-test: ## the same, with what only the tests need
	@PYTHON="$(PYTHON)" tools/setup.sh test

demo: setup ## let simulated travellers pass: broker, controller, lane, dashboard (ARGS="--once --json" runs once)
	@$(BIN)/python -m egate_sim demo $(ARGS)

chip-server: setup-chip ## a simulated passport in a PC/SC reader, for other programs (ARGS="--profile NAME", "--list")
	@$(BIN)/python -m egate_sim chip-server $(ARGS)

check: setup lint types layers generate-check models-check ## format, lint, types, layers, generated files

lint: ## ruff
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check . || { echo "run: make format"; exit 1; }

format: setup ## put the code into its format
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

types: ## mypy, strict
	@$(BIN)/mypy --no-error-summary

layers: ## import-linter, no ignores
	@$(BIN)/lint-imports --no-logo >.venv/layers.log 2>&1 || { cat .venv/layers.log; exit 1; }

# One line a generated file; each command takes --check.
generate: setup ## write generated files anew (schemas, AsyncAPI, diagrams, fault list)
	@set -e; for tool in $(GENERATORS); do $(BIN)/python -m $$tool; done

generate-check: ## fail where a generated file has drifted
	@set -e; for tool in $(GENERATORS); do $(BIN)/python -m $$tool --check; done

models: setup ## rebuild the face models from their packages (network, some minutes, 2 GB in models/.build)
	@$(BIN)/python -m egate_models.build

models-check: ## the models in place are those that model.toml describes
	@$(BIN)/python -m egate_models.build --check

eval: setup ## measure the face models on labelled pictures (ARGS="pad --csv FILE --out DIR", "verify --csv FILE")
	@$(BIN)/python -m egate_models.evaluate $(ARGS)

fit-pad: setup ## fit how the attack cues become one score (ARGS="--csv TRAIN --csv DEVEL --out models/pad.toml")
	@$(BIN)/python -m egate_models.fit $(ARGS)

models-rebuild-check: setup ## a rebuild from the packages says what the models in place say (as make models, changes nothing)
	@$(BIN)/python -m egate_models.build --check-rebuild

train-pad: setup ## train the project's own PAD network on rendered samples (under an hour on two cores; 2 GB)
	@mkdir -p models/.build
	@$(BIN)/python -m egate_sim.training --out models/.build/samples.npz
	@$(BIN)/python -m egate_models.training --samples models/.build/samples.npz $(ARGS)

test: setup-test ## every test
	@$(BIN)/pytest $(ARGS)

bench: setup-test ## measure the lane, some six minutes (ARGS="--json", "--only NAME", "--write-docs")
	@$(BIN)/python tests/bench/run.py $(ARGS)

fuzz: setup-test ## mutate what chips, lists, seals and portraits hold (ARGS="--seconds 60 --target sod"; --help tells more)
	@$(BIN)/python tests/fuzz/run.py $(ARGS)

contracts: setup-test ## run the contract tests and write docs/contracts.md, which driver keeps which promise
	@EGATE_WRITE_CONTRACTS=1 $(BIN)/pytest tests/contract

coverage: setup-test ## branch coverage of the door's firmware and link: all of it, or this fails (two minutes)
	@$(BIN)/coverage run --branch --source=firmware/egate_door,firmware/egate_doorlink -m pytest -q tests/micropython \
		$(wildcard tests/unit/test_door_*.py tests/unit/test_doorlink_*.py tests/property/test_door*.py) tests/unit/test_tools_door.py
	@$(BIN)/coverage report --fail-under=100 -m --skip-covered

test-kernel: setup-test ## the GPIO and camera drivers on a real kernel in a virtual machine (Debian x86-64, root, some minutes)
	@tests/kernel/run.sh $(ARGS)

campaign: setup-test ## make each outside operation fail in turn, the first, the second, and so on (many minutes)
	@EGATE_CAMPAIGN=1 $(BIN)/pytest tests/system/test_campaign.py

pad-campaign: setup ## try 32 artefacts of presentation attacks on the gate's own pipeline, TR-03122-3 (half an hour; ARGS="--help")
	@nice $(BIN)/python -m egate_sim.people.attacks.campaign --json sim/egate_sim/people/attacks/campaign.json $(ARGS)

heads: setup ## bake the mesh of the simulated people anew, and compare it with the record
	@$(BIN)/python -m egate_sim.people.bake

pictures: setup-test ## take the pictures of the documentation from the running demo (Chromium, three minutes)
	@$(BIN)/python -m egate_tools.pictures docs/pictures

face-pictures: setup ## draw the pictures of docs/face.md from rendered people (two minutes)
	@nice $(BIN)/python -m egate_sim.people.explained docs/pictures $(ARGS)

wheel: setup ## what a gate and its technician install, in dist/: egate with its models, egate-tools
	@rm -rf dist
	@for part in . tools; do $(BIN)/python -m build --wheel --no-isolation --outdir dist $$part >.venv/wheel.log 2>&1 \
		|| { tail -n 20 .venv/wheel.log; exit 1; }; done; ls dist

lock: setup ## write the lock files anew
	@UV=$${UV:-uv} tools/lock.sh

clean: ## remove what make made
	@rm -rf .venv .cache run dist models/.build .mypy_cache .ruff_cache .pytest_cache .hypothesis
