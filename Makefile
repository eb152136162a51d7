# Everything a person types. `make run` and `make test` need nothing but Python and make.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
SOURCES := accounts indicators targets programs qdpolicy
# The tests that reach every branch of the modules that know no Django.
PURE_TESTS := tests/targets/progress tests/targets/extraction tests/targets/findings tests/targets/projection tests/indicators/test_periods.py tests/indicators/test_quantities.py tests/indicators/plausibility tests/indicators/test_pasting.py tests/indicators/test_forms.py tests/programs/test_caps.py tests/programs/test_creditcode.py tests/programs/test_money.py tests/programs/test_masking.py tests/programs/test_drafting_content.py tests/programs/test_drafting_differences.py tests/programs/test_drafting_history.py tests/programs/test_drafting_problems.py tests/programs/test_drafting_spans.py
# Without .venv/bin on the PATH: every tool is called by its place.
.PHONY: setup run practice worker test check fix coverage golden mutants bench soak lock messages clean

setup: .venv/.installed .env
	@$(BIN)/python -m qdpolicy.catalogues compile
	@$(MANAGE) collectstatic --noinput --verbosity 0

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更新版本 (Python 3.11 or newer is needed)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "正在安装依赖包，约需一分钟 … (installing the packages, about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.env:
	@$(BIN)/python -m qdpolicy.secrets_file .env

run: setup
	@$(MANAGE) serve --port $(PORT)

# The made-up city: a database, a cache and a broker of its own, whatever .env names for the real one.
practice: setup
	@PRACTICE=true PRODUCTION=false DATABASE_URL=$(PRACTICE_DATABASE_URL) CELERY_BROKER_URL= CACHE_URL= EMAIL_URL= SITE_URL= $(MANAGE) serve --port $(PORT)

worker: setup
	@$(MANAGE) prepare
	$(BIN)/celery --app qdpolicy worker --beat --schedule .venv/celerybeat-schedule --loglevel warning --concurrency 1

test: setup .venv/.installed-dev
	$(BIN)/python -m pytest -m "not soak" --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-cache
	$(MANAGE) makemigrations --check --dry-run --verbosity 0
	$(BIN)/python -m pytest -q tests/house

fix: setup .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: setup .venv/.installed-dev
	$(BIN)/python -m pytest -q --cov --cov-report=term-missing:skip-covered --cov-fail-under=100 $(PURE_TESTS) $(ARGS)

golden: setup .venv/.installed-dev
	@$(BIN)/python -m tests.targets.progress.golden

mutants: setup .venv/.installed-dev
	$(BIN)/mutmut run --max-children 1 $(ARGS)
	@$(BIN)/python -m tests.targets.progress.mutants

bench: setup .venv/.installed-dev
	$(BIN)/python -m tests.bench

soak: setup .venv/.installed-dev
	$(BIN)/python -m pytest -m soak $(ARGS)

lock: .venv/.installed-dev
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	sed -i '/^# The following packages are considered/d' requirements.lock requirements-dev.lock

messages: setup .venv/.installed-dev
	$(BIN)/python -m qdpolicy.catalogues update

clean:
	rm -rf .venv staticfiles mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name '*.mo' -delete -o -name '__pycache__' -prune -exec rm -rf {} +
