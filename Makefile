# Three commands do everything: `make serve` runs the journal, `make check` checks a change by the fast tests, `make
# test` checks the project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Four workers, on two cores, too, since half of the time tests wait for browsers, servers and clusters; more are not worth
# it, as the longest module then takes as long as all others.
PYTEST_OPTIONS := --numprocesses 4 --max-worker-restart 0 --dist loadfile --no-loadscope-reorder
# What runs fast, and in one process of Python: tests/parts.py says of which part a test is.
FAST := not cluster and not browser and not disk and not process and not slow

# The tests start the command hundreds of times, which then compiles it each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve check style types fast test torture lowest bench lock words clean

serve: $(VENV)/.serve
	$(BIN)/backmatter serve

check: style types fast

style: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

fast: $(VENV)/.test
	$(BIN)/pytest $(PYTEST_OPTIONS) -m "$(FAST)"

test: style types
	$(BIN)/pytest $(PYTEST_OPTIONS)

# The fast tests with the lowest versions that pyproject.toml allows, in an environment of their own.
lowest: $(VENV)/.test
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/lowest
	$(BIN)/uv pip install --quiet --python $(VENV)/lowest/bin/python --resolution lowest-direct --editable . --group dev
	$(VENV)/lowest/bin/pytest $(PYTEST_OPTIONS) -m "$(FAST)"

# Every failure, power loss, damage and mutation, of which `make test` tries a fixed sample; it takes hours.
torture: $(VENV)/.test
	TORTURE=1 $(BIN)/pytest $(PYTEST_OPTIONS) --dist load -o faulthandler_timeout=0 tests/torture

# For figures of your own articles: make bench CONTENT=dir, or ARGS="--content one --content two --only queries".
bench: $(VENV)/.bench
	$(BIN)/python -m tests.bench $(if $(CONTENT),--content $(CONTENT)) $(ARGS)

$(VENV)/.serve: requirements.lock pyproject.toml index/kernels/kernels.c
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	$(BIN)/python -c "from backmatter.index import kernels, terminal; kernels.library() or terminal.say(kernels.WITHOUT)"
	touch $@

$(VENV)/.test: requirements-dev.lock $(VENV)/.serve
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.serve
	$(BIN)/pip install --quiet --require-hashes -r requirements-bench.lock
	touch $@

# After a change of a dependency in pyproject.toml.
lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml --group bench -o requirements-bench.lock

# Gathers the words of the interface into the catalogues; what has no translation yet is empty there.
words: $(VENV)/.test
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords later --keywords message --add-comments Translators: \
		--no-location --omit-header --output-file build/messages.pot app index/insights
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		--input-file build/messages.pot --output-dir app/translations
	$(BIN)/pybabel --quiet compile --directory app/translations

clean:
	rm -rf $(VENV) .backmatter dist build
