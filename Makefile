# Loss Functions, Live. `make book` to read it here, `make check` while you change it, `make test` to check everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1

STATIC := losslab/widgets/static
BOOK := _build/html/index.html
PACKAGE := $(shell find losslab -name '*.py')
IN_THE_PAGE := $(shell find losslab/arithmetic losslab/contract losslab/engine losslab/losses losslab/training losslab/widgets -name '*.py')
FRONTEND := $(shell find frontend -path '*/node_modules' -prune -o -type f -print)
PAGES := $(shell find book -path '*/.ipynb_checkpoints' -prune -o -path '*/__pycache__' -prune -o -type f -print)

.PHONY: help book serve lab check test lint bench peers clean assets wheel lock picture pdf lighthouse
.DELETE_ON_ERROR:

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

book: _build/.book ## build the book (sets everything up the first time)
	@echo "The book is built: open $(BOOK), or run \`make serve\`."

serve: _build/.book ## build the book and serve it on this machine
	$(BIN)/python tools/serve.py

lab: _build/.assets ## open the chapters in JupyterLab
	$(BIN)/jupyter lab --notebook-dir book

test: lint _build/.book ## build everything, then run every test (what CI runs)
	LOSSLAB_ALL_TESTS=1 $(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder --durations=25 --durations-min=5

check: _build/.installed ## run in under a minute what the files named by `git status` concern
	$(BIN)/python tools/check.py

lint: _build/.installed ## check style: ruff on Python, no outputs in notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --keep-id --verify $(shell find book -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*')

bench: _build/.assets ## compare speed and accuracy with torch, jax and scikit-learn
	$(BIN)/python -m pip install --quiet -e '.[bench]'
	$(BIN)/python -m benchmarks

peers: _build/.assets ## run the code that the catalogue prints for torch, optax, keras, scikit-learn and others
	$(BIN)/python -m pip install --quiet -e '.[bench]'
	$(BIN)/python -m pytest tests/peers

assets: _build/.assets ## build what the live figures need: WebAssembly and scripts

wheel: _build/.assets ## build dist/losslab-….whl, which brings the live figures along
	$(BIN)/python -m hatchling build -t wheel -d dist

lock: _build/.installed ## resolve requirements.txt anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev pyproject.toml -o requirements.txt

picture: _build/.book ## take the picture of README.md again (needs Chromium)
	$(BIN)/python tools/picture.py

pdf: _build/.book ## print the chapters into _build/loss-functions-live.pdf (needs Chromium)
	$(BIN)/python tools/pdf.py

lighthouse: _build/.book ## measure a chapter page with Lighthouse (needs Chromium)
	$(BIN)/python tools/lighthouse.py

clean: ## remove what was built; keeps .venv
	rm -rf _build $(STATIC) .pytest_cache .ruff_cache .hypothesis
	find losslab tests tools book -name __pycache__ -type d -exec rm -rf {} +

# Stamps: what has been done, and what makes it due again.
_build/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@mkdir -p _build && touch $@

tools/web/node_modules/.package-lock.json: tools/web/package-lock.json | _build/.installed
	cd tools/web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

_build/.assets: _build/.installed tools/build_assets.py tools/build_frontend.py $(IN_THE_PAGE) $(FRONTEND)
	$(BIN)/python tools/build_assets.py
	@touch $@

_build/.book: _build/.assets tools/web/node_modules/.package-lock.json tools/build_book.py _config.yml _toc.yml $(PACKAGE) $(PAGES)
	$(BIN)/python tools/build_book.py
	@touch $@
