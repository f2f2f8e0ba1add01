# Makes the workbook's own environment in .venv and hands over to `python -m helpers`.
# Variables are set with `=`, so only what is given after `make` counts (make run LESSON=05), never the
# shell's environment. Where there is no make: README, "Without make".

PYTHON = python3
LESSON =
LOCALE =
TARGET =
PREFIX =

BIN = .venv/bin
INSTALLED = .venv/installed

.DEFAULT_GOAL = help
.PHONY: help install lab run test bench build lock

help:
	@echo 'make install                                   make the environment in .venv (the others do it too)'
	@echo 'make lab   [LOCALE=es|en]                      open the lessons in JupyterLab'
	@echo 'make run   [LESSON=05] [LOCALE=es|en] [TARGET=local] [PREFIX=f1-vote]'
	@echo '                                               run the lessons with their solutions, reports in build/run'
	@echo 'make test                                      lint, format, notebooks in step, every test'
	@echo 'make bench                                     measure the region, beside a peer'
	@echo 'make build                                     write the notebooks from notebooks/source'
	@echo 'make lock                                      recompile requirements.lock from environment.yml'

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || { \
	  echo "The workbook needs Python 3.11 to 3.14; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Install one of them and name it:  make install PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	@touch $(INSTALLED)

lab: install
	$(BIN)/python -m helpers lab $(if $(LOCALE),--locale $(LOCALE))

run: install
	$(BIN)/python -m helpers run $(if $(LESSON),--lesson $(LESSON)) $(if $(LOCALE),--locale $(LOCALE)) \
	  $(if $(TARGET),--target $(TARGET)) $(if $(PREFIX),--prefix $(PREFIX))

test: install
	$(BIN)/python -m helpers test

bench: install
	$(BIN)/python -m helpers bench

build: install
	$(BIN)/python -m helpers build

lock: install
	$(BIN)/python -m helpers lock
