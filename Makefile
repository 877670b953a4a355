# Two commands do everything: `make serve` runs the journal, `make test` checks the project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test bench lock words clean

serve: $(VENV)/.serve
	$(BIN)/backmatter serve

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

# For figures of your own articles: make bench CONTENT=dir, or ARGS="--content one --content two --only queries".
bench: $(VENV)/.bench
	$(BIN)/python -m tests.bench $(if $(CONTENT),--content $(CONTENT)) $(ARGS)

$(VENV)/.serve: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.test: requirements-dev.lock $(VENV)/.serve
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.serve
	$(BIN)/pip install --quiet --require-hashes -r requirements-bench.lock
	touch $@

# Needs uv, which only whoever changes a dependency has to have.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml --group dev -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml --group bench -o requirements-bench.lock

# Gathers the words of the interface into the catalogues; what has no translation yet is empty there.
words: $(VENV)/.test
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords later --add-comments Translators: \
		--no-location --omit-header --output-file build/messages.pot app
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		--input-file build/messages.pot --output-dir app/translations
	$(BIN)/pybabel --quiet compile --directory app/translations

clean:
	rm -rf $(VENV) .backmatter dist build
