# Everything a person does with Sangam. Each target first sees to .venv, which follows requirements.lock.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
export PYTHON
BIN := .venv/bin
PY := $(BIN)/python
LOCAL := $(PY) -m sangam_local
PROMTOOL := $(PY) -m sangam_local.prometheus
UV := $(BIN)/uv
READY := .venv/installed
MEMBERS := libs/common services/enrolment services/scheduling services/notifications deploy/local
IMAGE_MEMBERS := common enrolment scheduling notifications
EXPORT := $(UV) export --quiet --frozen --no-header --no-emit-workspace
# The ignored ones are found at run time, without an import of ours.
DEPTRY := --package-module-name-map sangam-common=common --per-rule-ignores 'DEP002=tzdata|httptools|python-multipart'
CODE := libs services deploy tests benchmarks docs

.PHONY: help up up-three down status urls logs reset demo clock test faults mutants check rules docs bench lock

help: ## say what there is (also plain `make`)
	@echo "Sangam coordinates training across the campuses of one institute. There is:"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

$(READY): requirements.lock deploy/local/uv.lock.txt pyproject.toml $(MEMBERS:%=%/pyproject.toml)
	@deploy/local/venv.sh

up: $(READY) ## start everything, bring in the reference institute, play the story, say where everything is
	@$(LOCAL) up

up-three: $(READY) ## the same with three Kafka brokers and two of each api and worker
	@$(LOCAL) up --three

down: $(READY) ## stop everything; the data stays
	@$(LOCAL) down

status: $(READY) ## which parts run and do their work
	@$(LOCAL) status

urls: $(READY) ## every address and a token per actor, as JSON
	@$(LOCAL) urls

logs: $(READY) ## follow the logs of all parts; PART=enrolment-api: of one
	@$(LOCAL) logs $(PART)

reset: $(READY) ## stop everything and delete all its data
	@$(LOCAL) reset

demo: $(READY) ## play the story on a fresh offering
	@$(LOCAL) demo

clock: $(READY) ## tell the domain clock's offset; BY=+3d moves it, BY=reset returns it
	@$(LOCAL) clock -- $(BY)

test: $(READY) ## run every test; starts the parts it needs on free ports and leaves none running
	@$(BIN)/pytest tests $(ARGS)

faults: $(READY) ## an hour of every fault there is, judged and written to docs/faults.md; SEED=7: another one
	@$(PY) -m tests.faults --seed $(or $(SEED),1) $(ARGS)

mutants: $(READY) ## switch each safeguard off in a copy: a named test must fail by its own assertion; 3 minutes
	@$(PY) -m tests.mutants $(ARGS)

check: $(READY) ## what CI checks before the tests: style, types, imports, dependencies, deployment files, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	@for member in $(MEMBERS); do echo "deptry $$member"; (cd $$member && $(CURDIR)/$(BIN)/deptry src $(DEPTRY)) || exit 1; done
	env $$(sed -n 's/^\([A-Z_]*\)=.*/\1=any/p' .env.example) $(BIN)/docker-compose config --quiet
	$(BIN)/hadolint deploy/Dockerfile
	$(PROMTOOL) check config deploy/otel/prometheus.yaml
	$(PROMTOOL) test rules deploy/otel/alerts.test.yaml
	$(PY) -m docs.generate --check

rules: $(READY) ## which test proves which rule; fails when a finished area lacks one
	@$(PY) -m docs.generate --rules

docs: $(READY) ## write the generated pages and contracts again; refuses an event that changed as it may not
	@$(PY) -m docs.generate

bench: $(READY) ## every benchmark of the architecture's speed table that exists
	@for name in $(BENCHES); do $(MAKE) bench-$$name || exit 1; done

bench-%: $(READY)
	@$(PY) -m benchmarks.$* $(ARGS)

BENCHES := latency consumer hot
bench-latency: ## from request to SMTP hand-over, ours against the floor
bench-consumer: ## events with one durable effect each, ours against FastStream and a bare loop
bench-hot: ## 1,500 requests for 300 seats, ours against a transaction per request

lock: $(READY) ## resolve the dependencies again and write the lock files, with hashes and no registry's name
	$(UV) lock
	$(EXPORT) --all-packages --all-groups --output-file requirements.lock
	$(EXPORT) $(IMAGE_MEMBERS:%=--package sangam-%) --no-default-groups --group build --output-file deploy/requirements.lock
	awk '/^uv==/ { inside = 1; print; next } /^[^ ]/ { inside = 0 } inside && /--hash/' requirements.lock > deploy/local/uv.lock.txt
	@! grep -lE '://' requirements.lock deploy/requirements.lock deploy/local/uv.lock.txt
