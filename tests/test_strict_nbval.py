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
SAID = "classic: 1,946 parameters, 99.2 %, loss 2.3e-05, gain -0.25\n"
BAR = "\x1b[1m94/94\x1b[0m \x1b[32m━━━━\x1b[0m \x1b[1m{}\x1b[0m {}/step - loss: {}\n"
BACK = "\b" * 40 + "\r"


def printed(new, stored=SAID, tag="within-2%"):
    """A cell that prints one text, has another one stored, and has this tag."""
    return code(f"print({new!r}, end='')", stdout(stored), tags=[tag] if tag else [])


def said(old, new, tag="within-2%"):
    """A cell that prints SAID with one part replaced."""
    assert old in SAID
    return printed(SAID.replace(old, new), tag=tag)


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
    "too far": (said("99.2", "96.0"), "96.0: stored is 99.2, 3.23 % apart, but 2 % are"),
    "nan": (said("99.2", "nan"), "Other words"),
    "another word": (said("loss", "rate"), "Other words"),
    "a number too many": (said("-0.25", "-0.25 0.5"), "Other words"),
    "a number missing": (said(" 99.2", ""), "Other words"),
    "another order": (printed("0.9 0.1\n", "0.1 0.9\n"), "0.9: stored is 0.1"),
    "a minus sign": (said("99.2", "-99.2"), "200 % apart"),
    "no minus sign": (said("-0.25", "0.25"), "200 % apart"),
    "another whole number": (said("1,946", "1,947"), "whole numbers must be the same"),
    "another power": (said("e-05", "e-04"), "900 % apart"),
    "no tolerance": (said("99.2", "99.1", tag=""), "Cell outputs differ"),
    "too far as a value": (code("1.5", result("1.0"), tags=["within-2%"]), "50 % apart"),
    "too far as html": (
        code(
            "display({'text/html': '<b>1.5</b>', 'text/plain': ''}, raw=True)",
            displayed(html="<b>1.0</b>", plain=""),
            tags=["within-2%"],
        ),
        "50 % apart",
    ),
    "too far on stderr": (
        code("import sys; print(1.5, file=sys.stderr)", stderr("1.0\n"), tags=["within-2%"]),
        "50 % apart",
    ),
    "png gone within": (
        code(SHOW_TEXT, displayed(plain="drawing", png="b2xk"), tags=["within-2%"]),
        "image/png",
    ),
    "text twice within": (
        code("display(0.5); display(0.5)", displayed(plain="0.5"), tags=["within-2%"]),
        "dissimilar number of outputs",
    ),
    "wrong tag": (printed(SAID, tag="within-2"), "must look like 'within-2%'"),
    "wrong tag and text": (said("99.2", "0.1", tag="within-%"), "must look like"),
    "wide tag": (printed(SAID, tag="within-12%"), "needs a reason in WIDE"),
    "two tags": (
        code("1.0", result("1.0"), tags=["within-2%", "within-3%"]),
        "one tolerance at most",
    ),
    "ignored within": (
        code("1.0", result("1.0"), tags=["within-2%", "nbval-ignore-output"]),
        "contradict",
    ),
    "metric": (printed(BAR.format("1s", "2ms", 0.3), BAR.format("1s", "2ms", 0.2), ""), "0.3"),
    "metric within": (
        printed(BAR.format("1s", "2ms", "0.2600"), BAR.format("0s", "3ms", "0.2500")),
        "4 % apart",
    ),
    "time that is no bar's": (printed("9/9 1s 3ms/step", "9/9 1s 2ms/step"), "Other words"),
}
MUST_PASS = {
    "semicolon": code("import sys; x = 3; x;"),
    "value": code("x", result("3")),
    "same exercise": code("print('waits')", stdout("waits\n"), tags=EXERCISE),
    "same error": code("1 / 0", ZERO_DIVISION, tags=EXERCISE),
    "same magic error": code("%no_such_magic", UNKNOWN_MAGIC, tags=EXERCISE),
    "other svg": code(SHOW_SVG, displayed(plain="drawing", svg="<svg>old</svg>")),
    "other png": code(SHOW_PNG, displayed(plain="photo", png="b2xk")),
    "overwritten": code("print('1 %\\r2 %')", stdout("2 %\n")),
    "close": said("99.2", "99.0"),
    "close and as words": said("2.3e-05", "2.31e-05"),
    "close value": code("0.505", result("0.5"), tags=["within-2%"]),
    "close on both": code(
        "print(1.01)\ndisplay({'text/html': '<b>1.01</b>', 'text/plain': ''}, raw=True)\n"
        "print(2.02, file=sys.stderr)",
        displayed(html="<b>1.00</b>", plain=""),
        stderr("2.00\n"),
        stdout("1.00\n"),
        tags=["within-2%"],
    ),
    "close with a picture": code(
        "print(1.01); " + SHOW_PNG,
        stdout("1.00\n"),
        displayed(plain="photo", png="b2xk"),
        tags=["within-2%"],
    ),
    "bar": printed(
        BAR.format("12s", "873us", "0.2500"), BAR.format("0s", "3ms", "0.2500"), tag=""
    ),
    "bar within": printed(
        BAR.format("12s", "873us", "0.2501"), BAR.format("0s", "3ms", "0.2500")
    ),
    "bar drawn again": printed(
        f"\r{BAR.format('9s', '9ms', '0.9000')[:-1]}\nsaid\n{BACK}"
        + BAR.format("12s", "873us", "0.2500"),
        "\nsaid\n" + BAR.format("0s", "3ms", "0.2500"),
        tag="",
    ),
    "lines of two epochs": printed(
        "9/9 - 0s - 873us/step - loss: 0.2500\n9/9 - 0s - 1ms/step - loss: 0.1251\n",
        "9/9 - 1s - 100ms/step - loss: 0.2500\n9/9 - 0s - 9ms/step - loss: 0.1250\n",
    ),
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
    cells = [cell for cell in MUST_PASS.values() if cell.outputs]
    total = len(cells) + 3
    within = sum("within-2%" in cell.metadata.get("tags", []) for cell in cells)
    line = (
        f"cells with output: {total}; compared exactly: {total - within - 1}, "
        f"within a tolerance: {within}, not compared: 1 ({100 / total:.1f} %)\n"
    )
    assert line in good[0].stdout
    assert good[0].returncode == 0


@pytest.mark.parametrize(("others", "returncode"), [(19, 1), (20, 0)])
def test_too_many_uncompared_cells_of_the_course_fail(tmp_path, others, returncode):
    lessons = tmp_path / "notebooks"
    lessons.mkdir()
    save(lessons / "loose.ipynb", code("# NBVAL_IGNORE_OUTPUT\nprint(1)", stdout("2\n")))
    save(lessons / "strict.ipynb", *[code("print(1)", stdout("1\n")) for _ in range(others)])
    done, cells = validate(tmp_path)
    assert {outcome for outcome, *_ in cells.values()} == {"passed"}
    limit = "(5.0 %), but these must be under 5 %" if returncode else "(4.8 %)\n"
    assert f"not compared: 1 {limit}" in done.stdout
    assert done.returncode == returncode


def test_uncompared_cells_of_one_lesson_are_only_counted(tmp_path):
    lessons = tmp_path / "notebooks"
    lessons.mkdir()
    save(lessons / "loose.ipynb", code("print(1)", stdout("2\n"), tags=["nbval-ignore-output"]))
    save(lessons / "strict.ipynb", code("print(1)", stdout("1\n")))
    done, _ = validate(tmp_path, "--ignore", lessons / "strict.ipynb")
    assert "not compared: 1 (100.0 %)\n" in done.stdout
    assert done.returncode == 0


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
