"""What the maintainers' tools share: lessons as files, and running one in a fresh kernel."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
CELL_TIMEOUT = 300  # seconds

# What a lesson may take, alone on two free cores: seconds, and MB with its child processes.
BUDGET = (60, 1200)
OTHER_BUDGETS = {  # by the lesson's two digits
    "02": (80, 1500),
    "14": (80, 1500),
    "16": (100, 2500),
    **dict.fromkeys(("19", "20", "21", "22"), (80, 1500)),  # projects
}


class LessonError(Exception):
    """A lesson cannot be read or one of its cells failed; the text says where and why."""


def at_least_one(text):
    """A whole number given on the command line, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"give a whole number of at least 1, not {text!r}")
    return int(text)


def command_line(description):
    """The parser of a tool: any number of lessons, by default all of them."""
    # Where the output goes to a file or a pipe, Windows may not have every sign of a message.
    sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "lessons",
        nargs="*",
        type=Path,
        default=sorted(NOTEBOOKS.glob("*.ipynb")),
        help="notebooks; all lessons if none is named",
    )
    return parser


def read(path):
    """The notebook at `path`, in notebook format 4.5.

    Raises:
        LessonError: the file is missing or no notebook.
    """
    try:
        text = path.read_text(encoding="utf-8")
        with warnings.catch_warnings():
            # Missing and repeated cell ids, both of which get a new id.
            warnings.simplefilter("ignore", FutureWarning)
            return nbformat.v4.upgrade(nbformat.reads(text, as_version=4))
    except OSError as error:
        raise LessonError(f"it cannot be read: {error.strerror}") from error
    except (ValueError, nbformat.ValidationError) as error:
        raise LessonError("the file is not a notebook") from error


def budget(path):
    """The seconds and the MB that a lesson may take."""
    return OTHER_BUDGETS.get(path.name[:2], BUDGET)


def kernel_environment(folder):
    """Environment variables that let a kernel keep its files in `folder`.

    Neither the learner's progress nor a person's own IPython settings are seen or touched.
    """
    return {
        "KERAS_COURSE_PROGRESS": str(Path(folder, "progress.json")),
        "IPYTHONDIR": str(Path(folder, "ipython")),
    }


@contextmanager
def fresh_kernel(notebook, folder):
    """Start a kernel for a notebook, and stop it in the end.

    Args:
        notebook: what `read` returns.
        folder: the working folder of the kernel.

    Yields:
        The client to give to `execute`.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as files:
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        # What the kernel's own program writes to stderr is not for the lesson's reader.
        with client.setup_kernel(
            env=os.environ | kernel_environment(files), stderr=subprocess.DEVNULL
        ):
            yield client


def execute(client, index):
    """Execute the cell at `index` and store its outputs; a cell of text is passed over.

    Raises:
        LessonError: the cell failed and is not tagged raises-exception.
    """
    cells = client.nb.cells
    try:
        client.execute_cell(cells[index], index)
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        reason = f"it took more than {CELL_TIMEOUT} seconds"
    except DeadKernelError:
        reason = how_it_ended(client.km)
    else:
        return
    number = len(code_cells(cells[: index + 1]))
    first_line = cells[index].source.strip().splitlines()[0]
    raise LessonError(f"cell [{number}], {first_line!r}: {reason}")


def run(notebook, folder):
    """Execute a whole notebook in a fresh kernel; its outputs are the new ones afterwards.

    Raises:
        LessonError: a cell failed that is not tagged raises-exception.
    """
    with fresh_kernel(notebook, folder) as client:
        for index in range(len(notebook.cells)):
            execute(client, index)


def how_it_ended(manager):
    """A sentence on the kernel of a jupyter_client manager, once it is no longer alive."""
    status = manager.provisioner.process.poll()
    if status < 0:
        return f"the kernel died by {signal.Signals(-status).name}, perhaps for want of memory"
    return f"the kernel died with exit status {status}"


def code_cells(cells):
    """The cells with code in them, in order: Jupyter numbers them [1], [2], ..."""
    return [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def tagged_code(notebook, tag):
    """The code of the cells with this tag, one text for each, in their order."""
    cells = code_cells(notebook.cells)
    return [cell.source for cell in cells if tag in cell.metadata.get("tags", [])]
