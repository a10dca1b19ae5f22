"""Errors are shown as their type and first sentences, and must really happen."""

import warnings

import pytest

from helpers import CourseError, expected_error, expected_warning
from helpers.errors import first_sentences


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("One. Two. Three.", "One. Two."),
        ("A file /home/me/.cache/x.keras is broken.", "A file x.keras is broken."),
        (r"A file C:\Users\me\x.keras is broken.", "A file x.keras is broken."),
        ("\x1b[1mBold\x1b[0m words", "Bold words"),
        ("Bad shape.\n\nArguments received by Dense.call():\n  x=1", "Bad shape."),
        ("Out of range [Op:GatherV2] name: ", "Out of range"),
        (
            "Graph execution error:\n\nDetected at node a/b defined at (most recent):\n"
            '  File "/x/y.py", line 1, in f\n\n  File "/x/z.py", line 2, in g\n\n'
            "Received a label of 10.  Labels: 10\n\t [[{{node a/b}}]] [Op:__inference_fit_12]",
            "Graph execution error: Received a label of 10. Labels: 10",
        ),
        ("shapes (32, 10) and (32, 1)", "shapes (32, 10) and (32, 1)"),
        ("a ratio 1/2 and loss: 0.5", "a ratio 1/2 and loss: 0.5"),
        ("Unknown path=net/hidden/kernel", "Unknown path=net/hidden/kernel"),
        ("x=<zip object at 0x7f27ffbc72c0> is not known", "x=<zip object> is not known"),
        ("", ""),
    ],
)
def test_first_sentences(message, shown):
    assert first_sentences(message) == shown


def test_long_messages_are_wrapped():
    lines = first_sentences("word " * 60).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= 92


def test_expected_error_is_printed(capsys):
    with expected_error(ValueError, sentences=1):
        raise ValueError("First. Second.")
    assert capsys.readouterr().out == "ValueError: First.\n"


def test_missing_error_fails():
    with pytest.raises(AssertionError, match="the code ran"), expected_error(ValueError):
        pass


def test_other_error_passes_on():
    with pytest.raises(KeyError), expected_error(ValueError):
        raise KeyError("x")


def test_expected_warning_is_printed(capsys):
    with expected_warning():
        warnings.warn("Old name. Use the new one.", UserWarning, stacklevel=1)
    assert capsys.readouterr().out == "UserWarning: Old name. Use the new one.\n"


def test_missing_warning_fails():
    with pytest.raises(AssertionError, match="none came"), expected_warning():
        pass


def test_error_inside_expected_warning_passes_on():
    with pytest.raises(KeyError), expected_warning():
        raise KeyError("x")


def test_course_error_has_no_traceback():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.user_ns["CourseError"] = CourseError
    with capture_output() as shown:
        shell.run_cell("raise CourseError('Run make lab again.')")
    assert (shown.stdout + shown.stderr).strip() == "Run make lab again."
