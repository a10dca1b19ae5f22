"""A pytest plugin that makes nbval as strict as a person who reads and runs the lesson.

Use: python -m pytest tests notebooks --nbval -p tools.strict_nbval -n 2 --dist loadfile

nbval executes every cell and compares its output with the stored one. This plugin puts
three classes of its own under nbval's, so that nothing passes unseen. Numbers are compared
within the tolerance of a cell's tag, and Keras's bars without their times: see tolerance.py.
The run ends with how many cells were compared exactly, within a tolerance, and not at all; a
run of all lessons fails if the last are 5 % or more.
"""

import tempfile
import time
from collections import Counter, defaultdict
from importlib.metadata import version
from queue import Empty

import nbformat
import pytest
from nbval import plugin as nbval

from tools.lessons import CELL_TIMEOUT, code_cells, how_it_ended, kernel_environment, read
from tools.tolerance import (
    ToleranceError,
    differences,
    final_bars,
    texts,
    tolerance,
    without_times,
)

LIMIT = 5  # percent of the cells with output: fewer may go uncompared
KNOWN = "0.11."  # the versions of nbval whose insides were read for this plugin
INSIDES = {
    nbval: ["find_comment_markers", "find_metadata_tags", "RunningKernel", "coalesce_streams"],
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

merge_streams = nbval.coalesce_streams


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
        try:
            self.tolerance, self.wrong_tag = tolerance(self.cell, self.path.stem), None
        except ToleranceError as error:
            self.wrong_tag = str(error)
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

        if self.wrong_tag:
            self.raise_cell_error(self.wrong_tag)

    def compare_outputs(self, test, ref, skip_compare=None):
        if self.wrong_tag:  # told after the run
            return True
        test, ref = without_pixels(test), without_pixels(ref)
        wrong = self.settle(test, ref)
        # nbval does not look at pictures at all: one that is missing would pass.
        compared = [key for key in self.parent.skip_compare if not key.startswith("image/")]
        same = super().compare_outputs(test, ref, compared)
        self.comparison_traceback[:0] = wrong
        return same

    def settle(self, test, ref):
        """Make texts that agree within the tolerance the same; say why others do not agree."""
        # nbval compares the texts of each kind with each other.
        new, stored = (
            sorted(texts(outputs), key=lambda text: text[0]) for outputs in (test, ref)
        )
        wrong = []
        for (kind, one, key), (other_kind, other, _) in zip(new, stored, strict=False):
            one[key], other[key] = without_times(one[key]), without_times(other[key])
            if self.tolerance and kind == other_kind:
                found = differences(one[key], other[key], self.tolerance, kind)
                wrong += found
                if not found:
                    one[key] = other[key]
        return wrong


class Share:
    """Counts the cells with output in the notebooks of a run, by how they are compared."""

    def __init__(self, config):
        self.config = config
        self.notebooks = set()
        self.cells = Counter()

    def pytest_runtest_logreport(self, report):
        # With workers, reports are all that reaches the process that prints the summary.
        file = self.config.rootpath / report.location[0]
        if file.suffix == ".ipynb":
            self.notebooks.add(file)

    def pytest_sessionfinish(self, session):
        for notebook in self.notebooks:
            for cell in code_cells(read(notebook).cells):
                if cell.outputs:
                    self.cells[how_compared(cell, self.config)] += 1
        if self.too_many() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        total = self.cells.total()
        if not total:
            return
        line = (
            f"cells with output: {total}; compared exactly: {self.cells['exactly']}, "
            f"within a tolerance: {self.cells['within']}, "
            f"not compared: {self.cells['not']} ({100 * self.cells['not'] / total:.1f} %)"
        )
        if self.too_many():
            line += f", but these must be under {LIMIT} %"
        terminalreporter.write_line(line, red=self.too_many())

    def too_many(self):
        """Whether too many cells go uncompared; counts only if all lessons were run."""
        lessons = set(self.config.rootpath.glob("notebooks/*.ipynb"))
        whole_course = lessons and lessons <= self.notebooks
        return bool(whole_course) and 100 * self.cells["not"] >= LIMIT * self.cells.total()


def without_pixels(outputs):
    """Copies of outputs in which the content of a picture no longer counts, only its kind."""
    copies = [nbformat.from_dict(output) for output in outputs]
    for output in copies:
        for kind in output.get("data", {}):
            if kind.startswith("image/"):
                output.data[kind] = "a picture"
    return copies


def how_compared(cell, config):
    """How the output of a cell is compared, by its tags and comments."""
    options = {"check": not config.option.nbval_lax, "skip": False}
    options |= dict(nbval.find_metadata_tags(cell.metadata))
    options |= dict(nbval.find_comment_markers(cell.source))
    if options["skip"] or not options["check"]:
        return "not"
    tags = cell.metadata.get("tags", [])
    return "within" if any(tag.startswith("within") for tag in tags) else "exactly"


def coalesce_streams(outputs):
    """Merge streams as nbval does, but first take out the bars that were drawn again later."""
    streams = defaultdict(list)
    for output in outputs:
        if output.output_type == "stream":
            streams[output.name].append(output)
    for first, *others in streams.values():
        first.text = final_bars("".join(output.text for output in [first, *others]))
        for output in others:
            output.text = ""
    return merge_streams(outputs)


def pytest_configure(config):
    nbval.RunningKernel = StrictKernel
    nbval.coalesce_streams = coalesce_streams
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
