"""The hardened nbval, in real pytest runs over small notebooks with real kernels."""

import sys
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_output
from small_notebooks import code, displayed, python, result, save, stderr, stdout

WORKERS = ("-n", "2", "--dist", "loadfile")
UNKNOWN_MAGIC = stderr("UsageError: Line magic function `%no_such_magic` not found.\n")
SHOW_SVG = "display({'text/plain': 'drawing', 'image/svg+xml': '<svg>new</svg>'}, raw=True)"
SHOW_PNG = "display({'text/plain': 'photo', 'image/png': 'bmV3'}, raw=True)"
SHOW_TEXT = "display({'text/plain': 'drawing'}, raw=True)"
ZERO_DIVISION = new_output(
    "error", ename="ZeroDivisionError", evalue="division by zero", traceback=["of old"]
)
EXERCISE = ("exercise", "raises-exception")

MUST_FAIL = {  # what is wrong: the cell, the reason given
    "other text": (code("print(2)", stdout("1\n")), "Cell outputs differ"),
    "text gone": (code("x = 1", stdout("1\n")), "Missing output fields"),
    "text new": (code("print(1)"), "Unexpected output fields"),
    "value gone": (code("1;", result("1")), "Missing output fields"),
    "svg gone": (code(SHOW_TEXT, displayed(plain="drawing", svg="<svg/>")), "image/svg+xml"),
    "svg new": (code(SHOW_SVG, displayed(plain="drawing")), "image/svg+xml"),
    "png gone": (code("x = 2", displayed(png="b2xk")), "image/png"),
    "png twice": (
        code(f"for _ in range(2): {SHOW_PNG}", displayed(plain="photo", png="b2xk")),
        "dissimilar number of outputs",
    ),
    "never run": (code("x = 3", run=False), "never run"),
    "never run, ignored": (
        code("print(1)", tags=["nbval-ignore-output"], run=False),
        "never run",
    ),
    "unknown magic": (code("%no_such_magic", UNKNOWN_MAGIC), "UsageError: Line magic"),
    "exercise differs": (
        code("print('waits')", stdout("right\n"), tags=EXERCISE),
        "Cell outputs differ",
    ),
    "exercise raises": (code("1 / 0", tags=EXERCISE), "Unexpected output fields"),
    "error gone": (code("1 / 1;", ZERO_DIVISION, tags=EXERCISE), "Missing output fields"),
}
MUST_PASS = {
    "semicolon": code("x = 3; x;"),
    "value": code("x", result("3")),
    "same exercise": code("print('waits')", stdout("waits\n"), tags=EXERCISE),
    "same error": code("1 / 0", ZERO_DIVISION, tags=EXERCISE),
    "same magic error": code("%no_such_magic", UNKNOWN_MAGIC, tags=EXERCISE),
    "other svg": code(SHOW_SVG, displayed(plain="drawing", svg="<svg>old</svg>")),
    "other png": code(SHOW_PNG, displayed(plain="photo", png="b2xk")),
    "overwritten": code("print('1 %\\r2 %')", stdout("2 %\n")),
    "ignored": code("print(1)", stdout("2\n"), tags=["nbval-ignore-output"]),
    "private files": code(
        "import os, tempfile\n"
        "temporary = os.path.realpath(tempfile.gettempdir())\n"
        "for name in ('KERAS_COURSE_PROGRESS', 'IPYTHONDIR'):\n"
        "    print(os.path.realpath(os.environ[name]).startswith(temporary))",
        stdout("True\nTrue\n"),
    ),
    "empty": code("", run=False),
}
if sys.platform != "win32":  # there, ipykernel leaves the file descriptors alone
    MUST_PASS["from C"] = code(
        "import os, time\nos.write(2, b'from C\\n')\ntime.sleep(0.3)",
        stderr("from C\n"),
    )


def validate(folder, *options):
    """Run pytest with the plugin over the notebooks of a folder.

    Returns:
        The finished process; and for each "notebook.ipynb::Cell n" its outcome (passed,
        failed or skipped), the text that goes with it, and its seconds.
    """
    report = folder / "report.xml"
    done = python(
        *("-m", "pytest", folder, "--nbval", "-p", "tools.strict_nbval"),
        *(f"--rootdir={folder}", f"--junitxml={report}", *options),
    )
    assert report.exists(), done.stdout + done.stderr
    cells = {}
    for case in ElementTree.parse(report).iter("testcase"):
        problem = next(iter(case), None)
        outcome = "passed" if problem is None else problem.tag.replace("failure", "failed")
        text = "" if problem is None else f"{problem.get('message')}\n{problem.text}"
        cells[f"{case.get('classname')}::{case.get('name')}"] = (
            outcome,
            text,
            float(case.get("time")),
        )
    return done, cells


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    """The cells of notebooks in which nearly everything is wrong, with two workers."""
    folder = tmp_path_factory.mktemp("bad")
    save(folder / "wrong.ipynb", *(cell for cell, _ in MUST_FAIL.values()))
    save(folder / "killed.ipynb", code("import os; os.kill(os.getpid(), 9)"), code("x = 1"))
    save(
        folder / "late.ipynb",
        code("import os, threading; threading.Timer(0.5, os._exit, [4]).start()"),
        code("import time; time.sleep(60)"),
    )
    save(folder / "slow.ipynb", code("import time; time.sleep(60)"), code("x = 1"))
    done, cells = validate(folder, "--nbval-cell-timeout=3", *WORKERS)
    assert done.returncode == 1
    return cells


@pytest.mark.parametrize("wrong", MUST_FAIL)
def test_what_is_wrong_fails(bad, wrong):
    number = list(MUST_FAIL).index(wrong)
    outcome, text, _ = bad[f"wrong.ipynb::Cell {number}"]
    assert outcome == "failed"
    assert MUST_FAIL[wrong][1] in text


@pytest.mark.parametrize(
    ("notebook", "cell", "reason"),
    [("killed", 0, "SIGKILL"), ("late", 1, "exit status 4")],
)
def test_dead_kernel_fails_at_once_with_its_reason(bad, notebook, cell, reason):
    if notebook == "killed" and sys.platform == "win32":
        reason = "exit status 9"
    outcome, text, seconds = bad[f"{notebook}.ipynb::Cell {cell}"]
    assert outcome == "failed"
    assert reason in text
    assert seconds < 10


def test_cells_after_the_kernels_death_are_skipped(bad):
    outcome, text, _ = bad["killed.ipynb::Cell 1"]
    assert outcome == "skipped"
    assert "the kernel died in an earlier cell" in text


def test_endless_cell_is_stopped(bad):
    outcome, text, seconds = bad["slow.ipynb::Cell 0"]
    assert outcome == "failed"
    assert "Timeout of 3 seconds" in text
    assert seconds < 15


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A run of two notebooks in which nothing is wrong, with two workers."""
    folder = tmp_path_factory.mktemp("good")
    save(folder / "right.ipynb", *MUST_PASS.values())
    counting = [code("n = 0")] + [code("n += 1\nprint(n)", stdout(f"{n}\n")) for n in (1, 2, 3)]
    save(folder / "in_order.ipynb", *counting)
    return validate(folder, *WORKERS)


@pytest.mark.parametrize("right", MUST_PASS)
def test_what_is_right_passes(good, right):
    number = list(MUST_PASS).index(right)
    assert good[1][f"right.ipynb::Cell {number}"][:2] == ("passed", "")


def test_cells_run_in_order_in_one_worker(good):
    outcomes = [good[1][f"in_order.ipynb::Cell {number}"][0] for number in range(4)]
    assert outcomes == ["passed"] * 4


def test_share_is_printed(good):
    with_output = sum(bool(cell.outputs) for cell in MUST_PASS.values()) + 3
    share = 100 * (with_output - 1) // with_output
    expected = f"{with_output - 1} of {with_output} cells with output ({share} %)"
    assert f"strictly compared: {expected}\n" in good[0].stdout
    assert good[0].returncode == 0


def test_too_small_a_share_fails(tmp_path):
    save(
        tmp_path / "loose.ipynb",
        *[code("print(1)", stdout("1\n")) for _ in range(3)],
        code("# NBVAL_IGNORE_OUTPUT\nprint(1)", stdout("2\n")),
    )
    done, cells = validate(tmp_path)
    assert {outcome for outcome, *_ in cells.values()} == {"passed"}
    line = "strictly compared: 3 of 4 cells with output (75 %), but it must be 80 % or more"
    assert line in done.stdout
    assert done.returncode == 1


def test_scattered_cells_are_refused(tmp_path):
    done = python(*("-m", "pytest", tmp_path, "--nbval", "-p", "tools.strict_nbval", "-n", "2"))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "add --dist loadfile" in done.stderr


def test_unknown_insides_of_nbval_are_refused():
    done = python(
        "-c",
        "from nbval import plugin; del plugin.IPyNbCell.compare_outputs\n"
        "import tools.strict_nbval",
    )
    assert done.returncode == 1
    assert "read what changed in nbval" in done.stderr
