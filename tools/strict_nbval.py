"""A pytest plugin that makes nbval as strict as a person who reads and runs the lesson.

Use: python -m pytest tests notebooks --nbval -p tools.strict_nbval -n 2 --dist loadfile

nbval executes every cell and compares its output with the stored one. This plugin puts
three classes of its own under nbval's, so that nothing passes unseen, and ends the run with
the share of cells whose output was compared; under 80 % the run fails.
"""

import tempfile
import time
from importlib.metadata import version
from queue import Empty

import nbformat
import pytest
from nbval import plugin as nbval

from tools.lessons import CELL_TIMEOUT, code_cells, how_it_ended, kernel_environment, read

ENOUGH = 0.8  # of all cells with output must be compared
KNOWN = "0.11."  # the versions of nbval whose insides were read for this plugin
INSIDES = {
    nbval: ["find_comment_markers", "find_metadata_tags", "RunningKernel"],
    nbval.RunningKernel: ["await_reply", "execute_cell_input", "get_message", "is_alive"],
    nbval.IPyNbFile: ["collect", "setup", "teardown"],
    nbval.IPyNbCell: ["compare_outputs", "raise_cell_error", "runtest"],
}

if not version("nbval").startswith(KNOWN) or any(
    not hasattr(owner, name) for owner, names in INSIDES.items() for name in names
):
    raise ImportError(
        f"tools/strict_nbval.py was written for nbval {KNOWN}x, and this is "
        f"{version('nbval')}: read what changed in nbval, then adapt the plugin."
    )


class StrictKernel(nbval.RunningKernel):
    """A kernel that executes as Jupyter does and whose death is noticed at once."""

    reply = None  # the content of the latest one

    def execute_cell_input(self, cell_input, allow_stdin=None):
        # With history: without it IPython shows the value of a line that ends in a semicolon.
        return self.kc.execute(
            cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
        )

    def get_message(self, stream, timeout=None):
        # nbval throws the reply away, and with it the only trace of an unknown magic.
        message = super().get_message(stream, timeout)
        if stream == "shell":
            self.reply = message["content"]
        return message

    def await_reply(self, msg_id, timeout=None):
        # nbval would wait for the reply of a dead kernel until the cell's time is over.
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return super().await_reply(msg_id, min(1, max(0, end - time.monotonic())))
            except Empty:
                if not self.is_alive():
                    raise RuntimeError(how_it_ended(self.km)) from None
                if time.monotonic() >= end:
                    raise


class StrictNotebook(nbval.IPyNbFile):
    """A notebook with a kernel of its own, started as Jupyter starts one."""

    kernel_died = False

    def collect(self):
        for cell in super().collect():
            yield StrictCell.from_parent(
                self,
                name=cell.name,
                cell_num=cell.cell_num,
                cell=cell.cell,
                options=cell.options,
            )

    def setup(self):
        self.kernel_files = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        with pytest.MonkeyPatch.context() as environment:
            # ipykernel sees this variable and leaves file descriptors 1 and 2 alone.
            environment.delenv("PYTEST_CURRENT_TEST", raising=False)
            for name, value in kernel_environment(self.kernel_files.name).items():
                environment.setenv(name, value)
            super().setup()

    def teardown(self):
        super().teardown()
        self.kernel_files.cleanup()


class StrictCell(nbval.IPyNbCell):
    """A cell that must have been run and must give again what is stored, pictures included."""

    def runtest(self):
        if self.options["skip"]:
            pytest.skip("tagged nbval-skip")
        if self.parent.kernel_died:
            pytest.skip("the kernel died in an earlier cell")
        # nbval compares nothing in a notebook that was never run.
        if self.cell.execution_count is None and self.cell.source.strip():
            self.raise_cell_error("The stored cell was never run: python tools/refresh.py")
        kernel = self.parent.kernel
        try:
            super().runtest()
        except RuntimeError:
            if kernel.is_alive() or self.parent.timed_out:
                raise
            self.parent.kernel_died = True
            self.raise_cell_error(how_it_ended(kernel.km))
        # An unknown magic ends in an error without the message that nbval looks for.
        if kernel.reply["status"] == "error" and not self.options["check_exception"]:
            self.raise_cell_error("{ename}: {evalue}".format(**kernel.reply))

    def compare_outputs(self, test, ref, skip_compare=None):
        # nbval does not look at pictures at all: one that is missing would pass.
        compared = [key for key in self.parent.skip_compare if not key.startswith("image/")]
        return super().compare_outputs(without_pixels(test), without_pixels(ref), compared)


class Share:
    """Counts the cells with stored output in the notebooks of a run, and those compared."""

    def __init__(self, config):
        self.config = config
        self.notebooks = set()
        self.cells = self.compared = 0

    def pytest_runtest_logreport(self, report):
        # With workers, reports are all that reaches the process that prints the summary.
        file = self.config.rootpath / report.location[0]
        if file.suffix == ".ipynb":
            self.notebooks.add(file)

    def pytest_sessionfinish(self, session):
        for notebook in self.notebooks:
            with_output = [cell for cell in code_cells(read(notebook).cells) if cell.outputs]
            self.cells += len(with_output)
            self.compared += sum(is_compared(cell, self.config) for cell in with_output)
        if self.too_small() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if not self.cells:
            return
        percent = 100 * self.compared // self.cells
        line = (
            f"strictly compared: {self.compared} of {self.cells} cells with output "
            f"({percent} %)"
        )
        if self.too_small():
            line += f", but it must be {100 * ENOUGH:.0f} % or more"
        terminalreporter.write_line(line, red=self.too_small())

    def too_small(self):
        """Whether too few cells are compared."""
        return self.compared < ENOUGH * self.cells


def without_pixels(outputs):
    """Copies of outputs in which the content of a picture no longer counts, only its kind."""
    copies = [nbformat.from_dict(output) for output in outputs]
    for output in copies:
        for kind in output.get("data", {}):
            if kind.startswith("image/"):
                output.data[kind] = "a picture"
    return copies


def is_compared(cell, config):
    """Whether nbval compares the output of a cell, going by its tags and comments."""
    options = {"check": not config.option.nbval_lax, "skip": False}
    options |= dict(nbval.find_metadata_tags(cell.metadata))
    options |= dict(nbval.find_comment_markers(cell.source))
    return options["check"] and not options["skip"]


def pytest_configure(config):
    nbval.RunningKernel = StrictKernel
    # nbval's own limit, 2000 seconds, is far more than any cell of a lesson may take.
    config.option.nbval_cell_timeout = min(config.option.nbval_cell_timeout, CELL_TIMEOUT)
    if config.option.nbval and config.option.dist in {"load", "loadgroup", "worksteal"}:
        raise pytest.UsageError("the cells of a notebook belong together: add --dist loadfile")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Share(config))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    collectors = yield
    return [
        StrictNotebook.from_parent(parent, path=file_path)
        if isinstance(collector, nbval.IPyNbFile)
        else collector
        for collector in collectors
    ]
