"""Run lessons and write them in one normal form: python tools/refresh.py [notebooks...]

Writing a lesson twice changes no byte: a text that still agrees with the stored one as
tolerance.py compares them is not stored anew, and a cell tagged nbval-ignore-output, whose
text really varies, keeps its stored output until its code is changed. Only pictures may
change that show numbers from training. With --check nothing is run or written: the command
only says which files are not in normal form.

Normal form: notebook format 4.5 with unique cell ids, cells numbered 1, 2, ... as run, no
metadata but what is listed here, no widget state, one stdout and one stderr output at most
between two other outputs, in which progress bars are in their last state; JSON with sorted
keys, indented by one space, lines ending in LF.
"""

import copy
import itertools
import re
import subprocess
import sys
import time

import nbformat
from lessons import LessonError, code_cells, command_line, read, run
from nbval.plugin import carriagereturn_pat as overwritten
from tolerance import ToleranceError, differences, final_bars, texts, tolerance

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
ERASED = re.compile(r"[^\n\b]\x08")
WIDGET = "application/vnd.jupyter.widget-view+json"


def normal_form(notebook):
    """The bytes of a notebook file in normal form.

    Args:
        notebook: as executed; it is changed.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        cell.metadata = normal_metadata(cell.metadata)
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, normal_outputs(cell)
    for number, cell in enumerate(code_cells(notebook.cells), start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    return f"{nbformat.writes(notebook)}\n".encode()


def normal_metadata(metadata):
    """What is kept of a cell's metadata: tags, collapsed code, and its part in a slide show."""
    hidden = metadata.get("jupyter", {}).get("source_hidden")
    kept = {
        "tags": metadata.get("tags"),
        "jupyter": {"source_hidden": True} if hidden else None,
        "slideshow": metadata.get("slideshow"),
    }
    return nbformat.from_dict({name: value for name, value in kept.items() if value})


def normal_outputs(cell):
    """A cell's outputs with streams merged as nbval merges them, but only between others.

    What is printed to stdout and stderr arrives in no fixed order: stdout is put first.
    """
    if not cell.source.strip():
        return []
    stretches = [
        (kind, list(each)) for kind, each in itertools.groupby(cell.outputs, is_stream)
    ]
    streams = [stretch for are_streams, stretch in stretches if are_streams]
    stdout, stderr = streamed(streams, "stdout"), streamed(streams, "stderr")
    outputs, begun = [], set()
    for are_streams, stretch in stretches:
        if not are_streams:
            outputs += stretch
            continue
        for name, text in (("stdout", next(stdout)), ("stderr", next(stderr))):
            # A line that goes on from an earlier stretch must go on overwriting it.
            goes_on = name in begun and overwritten.match(text)
            text = ("\r" if goes_on else "") + overwritten.sub("", text)
            if text:
                outputs.append(nbformat.v4.new_output("stream", name=name, text=text))
                begun.add(name)
    for output in outputs:
        output.get("data", {}).pop(WIDGET, None)
    return outputs


def streamed(stretches, name):
    """What each stretch of outputs has of one stream, without erased bars and characters."""
    whole = "\0".join(
        "".join(output.text for output in stretch if output.name == name)
        for stretch in stretches
    )
    for text in final_bars(whole).split("\0"):
        erased = 1
        while erased:
            text, erased = ERASED.subn("", text)
        yield text


def is_stream(output):
    return output.output_type == "stream"


def keep_varying(notebook, name, stored, committed):
    """Give back to the cells whose output varies the output that was stored for them.

    A text that agrees with the stored one is kept. The picture of a cell that has a tolerance
    goes with its text: both are kept, or both are new if code up to there was changed since
    the last commit. The whole output of
    a cell tagged nbval-ignore-output is out of date if it is still that of the last commit and
    the cell's code is not.

    Args:
        notebook: as executed; it is changed.
        name: name of its file, without .ipynb.
        stored: the same notebook as it was before.
        committed: the same notebook as last committed, or None.

    Raises:
        LessonError: the tags of a cell state no tolerance that may be used.
    """
    before = cells_by_id(stored)
    at_commit = cells_by_id(committed) if committed else {}
    code_is_old = True
    for number, cell in enumerate(code_cells(notebook.cells), start=1):
        outputs = before[cell.id].outputs
        then = at_commit.get(cell.id)
        code_is_old = code_is_old and then is not None and then.source == cell.source
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            old = then and then.source != cell.source and then.outputs == outputs
            if outputs and not old:
                cell.outputs = outputs
            continue
        try:
            percent = tolerance(cell, name)
        except ToleranceError as error:
            raise LessonError(f"cell [{number}]: {error}") from error
        cell.outputs = normal_outputs(cell)
        outputs_before = normal_outputs(before[cell.id])
        if agree(cell.outputs, outputs_before, percent):
            if percent and code_is_old and then.outputs == outputs:
                cell.outputs = outputs_before
            elif percent and any("image/" in str(kinds(output)) for output in cell.outputs):
                continue  # a new picture comes with the text of its own run
            for (_, new, key), (_, old, _) in zip(
                texts(cell.outputs), texts(outputs_before), strict=True
            ):
                new[key] = old[key]


def agree(outputs, stored, percent):
    """Whether outputs are as many and of the same kinds as stored, with texts that agree."""
    return [kinds(output) for output in outputs] == [
        kinds(output) for output in stored
    ] and all(
        not differences(new[key], old[key], percent, kind)
        for (kind, new, key), (_, old, _) in zip(texts(outputs), texts(stored), strict=True)
    )


def kinds(output):
    return output.output_type, output.get("name"), sorted(output.get("data", {}))


def last_commit(path):
    """The notebook at `path` as last committed; None if it was not, or without git."""
    command = ["git", "show", f"HEAD:./{path.name}"]
    try:
        shown = subprocess.run(command, cwd=path.parent, capture_output=True)
    except FileNotFoundError:
        return None
    if shown.returncode:
        return None
    return nbformat.reads(shown.stdout.decode(), as_version=4)


def cells_by_id(notebook):
    return {cell.get("id"): cell for cell in notebook.cells}


def refresh(path, keep=True):
    """Run the lesson at `path` and write it in normal form, all at once or not at all.

    Args:
        keep: whether cells whose output varies keep the stored one.

    Returns:
        Whether the file has changed.

    Raises:
        LessonError: a cell failed; the file is as it was.
    """
    notebook = read(path)
    stored = copy.deepcopy(notebook)
    run(notebook, path.parent)
    if keep:
        keep_varying(notebook, path.stem, stored, last_commit(path))
    content = normal_form(notebook)
    if content == path.read_bytes():
        return False
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.replace(path)
    return True


def check(path):
    """Whether the lesson at `path` was run and is in normal form.

    Raises:
        LessonError: it is not.
    """
    notebook = read(path)
    for number, cell in enumerate(code_cells(notebook.cells), start=1):
        if cell.execution_count is None:
            raise LessonError(f"cell [{number}] was never run")
    if normal_form(notebook) != path.read_bytes():
        raise LessonError("it is not in normal form: python tools/refresh.py")


def main():
    parser = command_line(__doc__.partition(":")[0])
    parser.add_argument("--check", action="store_true", help="only look, run nothing")
    parser.add_argument(
        "--all", action="store_true", help="new outputs for cells that vary as well"
    )
    arguments = parser.parse_args()
    failed = False
    for path in arguments.lessons:
        start = time.perf_counter()
        try:
            if arguments.check:
                check(path)
                continue
            word = "written" if refresh(path, keep=not arguments.all) else "unchanged"
            print(f"{path.name}: {word}, {time.perf_counter() - start:.1f} s", flush=True)
        except LessonError as error:
            failed = True
            print(f"{path.name}: {error}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
