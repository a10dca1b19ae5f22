"""How checks speak."""

import json

import pytest

from helpers import exercises
from helpers.exercises import check, check_solution, judge


@pytest.fixture
def progress(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("KERAS_COURSE_PROGRESS", str(path))
    return path


def right(inputs, units):
    return inputs * units + units


def test_right_answer_is_praised_and_remembered(progress, capsys):
    check("dense-parameters", right)
    assert "✓ Right. Every unit" in capsys.readouterr().out
    assert json.loads(progress.read_text(encoding="utf-8")) == ["dense-parameters"]


@pytest.mark.parametrize(
    "answer", [..., None, lambda inputs, units: ..., lambda inputs, units: 5]
)
def test_other_answers_are_not_remembered(progress, answer):
    check("dense-parameters", answer)
    assert not progress.exists()


def test_solution_is_not_remembered(progress, capsys):
    check_solution("dense-parameters", right)
    assert "✓ This solution passes the check." in capsys.readouterr().out
    assert not progress.exists()


def test_wrong_solution_shows(capsys):
    check_solution("dense-parameters", lambda inputs, units: inputs)
    assert "✗" in capsys.readouterr().out


def test_none_is_told():
    assert "compile" in judge("dense-parameters", None).text


@pytest.mark.parametrize("name", ["no-such", "", None, 3, ["dense-parameters"]])
def test_unknown_exercise_is_a_hint(name):
    assert "no exercise of this name" in judge(name, 1).text


def test_function_without_return_is_told():
    assert "return" in judge("dense-parameters", lambda inputs, units: None).text


def test_error_of_the_answer_is_told():
    def broken(inputs, units):
        raise KeyError("width")

    assert "KeyError: 'width'" in judge("dense-parameters", broken).text


def test_html_is_escaped_and_code_is_marked():
    box = exercises.Verdict("hint", "`a < b` & more")._repr_html_()
    assert "<code>a &lt; b</code> &amp; more" in box
