# make lab       open the course in JupyterLab
# make test      run every lesson and every test
# make test-lab  open every lesson in JupyterLab, in a real browser, and run some; with ALL=1 all
# The rest is for maintainers: see tools/README.md.

REQUIREMENTS ?= requirements.lock
LESSONS ?= $(wildcard notebooks/*.ipynb)
WORKERS ?= 2
# One thread for each of two workers: on two free cores as fast as TensorFlow's own threads (264 s
# and 265 s for eight lessons), with other work on them faster (306 s against 337 s).
THREADS ?= 1
VENV := .venv

ifeq ($(OS),Windows_NT)
  PYTHON ?= python
  RUN := $(VENV)/Scripts/python
else
  PYTHON ?= python3
  RUN := $(VENV)/bin/python
  ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)
endif
READY := $(VENV)/ready-$(notdir $(REQUIREMENTS))

.PHONY: lab test test-lab env refresh times seeds compare compare-vgg16 speed lock data clean

lab: $(READY)
	$(RUN) -m jupyterlab $(ROOT_FLAG) --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

test test-lab: export OMP_NUM_THREADS = $(THREADS)
test test-lab: export TF_NUM_INTRAOP_THREADS = $(THREADS)
test test-lab: export TF_NUM_INTEROP_THREADS = $(THREADS)

test: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m pytest tests notebooks --nbval -p tools.strict_nbval -n $(WORKERS) --dist loadfile

test-lab: $(READY)
	$(RUN) -m pytest tests/lab $(if $(ALL),--all) -n $(WORKERS) --dist worksteal

env: $(READY)

$(READY): $(REQUIREMENTS) pyproject.toml tools/make_env.py
	$(PYTHON) tools/make_env.py $(VENV) $(REQUIREMENTS)
	@touch $@

refresh: $(READY)
	$(RUN) tools/refresh.py $(LESSONS)

times: $(READY)
	$(RUN) tools/times.py $(LESSONS)

seeds: $(READY)
	$(RUN) tools/other_seeds.py $(LESSONS)

compare: $(READY)
	$(RUN) tools/studies/mnist.py

compare-vgg16: $(READY)
	$(RUN) tools/studies/finetuning_vgg16.py

speed: $(READY)
	$(RUN) tools/studies/image_augmentation.py

data: $(READY)
	$(RUN) data/build.py

lock: $(READY)
	$(RUN) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-package keras-course -o requirements.lock requirements.txt

clean:
	rm -rf $(VENV)
