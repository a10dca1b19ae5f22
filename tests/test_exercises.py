"""How checks speak, and what they remember."""

import json

import matplotlib.pyplot as plt
import pytest

from helpers import exercises
from helpers.exercises import check, check_solution, judge, plot_progress, record, solved


@pytest.fixture
def progress(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("KERAS_COURSE_PROGRESS", str(path))
    return path


def right(inputs, units):
    return inputs * units + units


def test_right_answer_is_praised_and_remembered(progress, capsys):
    check("01-parameters", right)
    assert "✓ Right. Every unit" in capsys.readouterr().out
    assert json.loads(progress.read_text(encoding="utf-8")) == ["01-parameters"]


def test_remembered_once_and_together_with_others(progress):
    record("01-parameters")
    record("01-best-line")
    record("01-parameters")
    assert solved() == {"01-parameters", "01-best-line"}
    assert [path.name for path in progress.parent.iterdir()] == ["progress.json"]


@pytest.mark.parametrize(
    "answer", [..., None, lambda inputs, units: ..., lambda inputs, units: 5]
)
def test_other_answers_are_not_remembered(progress, answer):
    check("01-parameters", answer)
    assert not progress.exists()


def test_solution_is_not_remembered(progress, capsys):
    check_solution("01-parameters", right)
    assert "✓ This solution passes the check." in capsys.readouterr().out
    assert not progress.exists()


def test_wrong_solution_shows(capsys):
    check_solution("01-parameters", lambda inputs, units: inputs)
    assert "✗" in capsys.readouterr().out


def test_none_is_told():
    assert "compile" in judge("01-parameters", None).text


@pytest.mark.parametrize("name", ["01-no-such", "", None, 3, ["01-parameters"]])
def test_unknown_exercise_is_a_hint(name):
    assert "no exercise of this name" in judge(name, 1).text


def test_function_without_return_is_told():
    assert "return" in judge("01-parameters", lambda inputs, units: None).text


def test_error_of_the_answer_is_told():
    def broken(inputs, units):
        raise KeyError("width")

    assert "KeyError: 'width'" in judge("01-parameters", broken).text


def test_html_is_escaped_and_code_is_marked():
    box = exercises.Verdict("hint", "`a < b` & more")._repr_html_()
    assert "<code>a &lt; b</code> &amp; more" in box


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[1, 2]", "\x00", ""])
def test_unreadable_progress_is_kept(progress, capsys, content):
    progress.write_text(content, encoding="utf-8")
    record("01-parameters")
    assert "is kept as progress.unreadable-" in capsys.readouterr().out
    (kept,) = progress.parent.glob("*unreadable*")
    assert kept.read_text(encoding="utf-8") == content
    assert solved() == {"01-parameters"}


def test_progress_that_cannot_be_saved_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KERAS_COURSE_PROGRESS", str(tmp_path / "missing" / "progress.json"))
    check("01-parameters", right)
    assert "could not be saved" in capsys.readouterr().out


def boxes(figure):
    """Face colours of the boxes in a progress picture."""
    return [box.get_facecolor() for box in figure.axes[0].patches]


def test_progress_picture_has_a_box_for_each_exercise(progress):
    nothing = boxes(plot_progress())
    record("01-best-line")
    one = boxes(plot_progress())
    assert len(nothing) == len(one) == len(exercises.load_judges())
    assert sum(before != after for before, after in zip(nothing, one, strict=True)) == 1
    plt.close("all")


def test_progress_picture_survives_a_broken_file(progress, capsys):
    progress.write_text("{", encoding="utf-8")
    plot_progress()
    plt.close("all")
    assert "could not be read" in capsys.readouterr().out
    assert progress.read_text(encoding="utf-8") == "{"
