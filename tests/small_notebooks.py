"""Small notebooks for the tests of the tools, and running a tool on them."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

COURSE = Path(__file__).resolve().parent.parent


def code(source, *outputs, tags=(), run=True):
    """A code cell as stored after a run, or before one; `tags` go to its metadata."""
    metadata = {"tags": list(tags)} if tags else {}
    number = 1 if run else None
    return new_code_cell(
        source, outputs=list(outputs), metadata=metadata, execution_count=number
    )


def stdout(text):
    return new_output("stream", name="stdout", text=text)


def stderr(text):
    return new_output("stream", name="stderr", text=text)


def displayed(**kinds):
    """What `display` stores; svg and png stand for their full kinds, the others for text/..."""
    names = {"svg": "image/svg+xml", "png": "image/png"}
    data = {names.get(kind, f"text/{kind}"): text for kind, text in kinds.items()}
    return new_output("display_data", data)


def result(text):
    """The value of a cell's last line, as text."""
    return new_output("execute_result", {"text/plain": text}, execution_count=1)


def save(path, *cells):
    """Write a notebook of these cells to `path`, and return the path."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return path


def python(*arguments):
    """Run Python in the course's folder as a person would; returns the finished process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=COURSE,
        env=environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
