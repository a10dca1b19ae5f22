"""What is remembered of solved exercises, and how it is drawn."""

import json
import subprocess
import sys

import matplotlib.pyplot as plt
import pytest

from helpers.exercises import check, load_exercises
from helpers.progress import OLD_NAMES, lesson_number, plot_progress, record, solved


@pytest.fixture
def progress(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("KERAS_COURSE_PROGRESS", str(path))
    return path


def test_remembered_once_and_together_with_others(progress):
    record("dense-parameters")
    record("best-line")
    record("dense-parameters")
    assert solved() == {"dense-parameters", "best-line"}
    visible = [path.name for path in progress.parent.glob("[!.]*")]
    assert visible == ["progress.json"]


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[1, 2]", "\x00", ""])
def test_unreadable_progress_is_kept(progress, capsys, content):
    progress.write_text(content, encoding="utf-8")
    record("dense-parameters")
    assert "is kept as progress.unreadable-" in capsys.readouterr().out
    (kept,) = progress.parent.glob("*unreadable*")
    assert kept.read_text(encoding="utf-8") == content
    assert solved() == {"dense-parameters"}


def test_progress_that_cannot_be_saved_is_told(tmp_path, monkeypatch, capsys):
    (tmp_path / "no-folder").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("KERAS_COURSE_PROGRESS", str(tmp_path / "no-folder" / "progress.json"))
    check("dense-parameters", lambda inputs, units: inputs * units + units)
    assert "could not be saved" in capsys.readouterr().out


def boxes(figure):
    """Face colours of the boxes in a progress picture."""
    return [box.get_facecolor() for box in figure.axes[0].patches]


def test_progress_picture_has_a_box_for_each_exercise(progress):
    nothing = boxes(plot_progress())
    record("best-line")
    one = boxes(plot_progress())
    assert len(nothing) == len(one) == len(load_exercises())
    assert sum(before != after for before, after in zip(nothing, one, strict=True)) == 1
    plt.close("all")


def test_progress_picture_survives_a_broken_file(progress, capsys):
    progress.write_text("{", encoding="utf-8")
    plot_progress()
    plt.close("all")
    assert "could not be read" in capsys.readouterr().out
    assert progress.read_text(encoding="utf-8") == "{"


RECORD_MANY = """
import sys
from helpers.progress import record

for number in range(60):
    record(f"{sys.argv[1]}-{number}")
"""


def test_nothing_is_lost_when_lessons_record_at_the_same_moment(progress):
    command = [sys.executable, "-c", RECORD_MANY]
    running = [subprocess.Popen([*command, letter]) for letter in "abcd"]
    assert [process.wait() for process in running] == [0] * 4
    assert solved() == {f"{letter}-{number}" for letter in "abcd" for number in range(60)}


def test_old_names_keep_their_entries(progress):
    progress.write_text(json.dumps(["01-best-line", "13-thaw", "of-another-course"]))
    assert solved() == {"best-line", "thaw-base", "of-another-course"}
    record("one-hot")
    kept = json.loads(progress.read_text(encoding="utf-8"))
    assert kept == ["best-line", "of-another-course", "one-hot", "thaw-base"]


RETIRED = {"flat-head", "most-excited"}  # exercises that the course no longer has


def test_old_names_lead_to_exercises():
    assert set(OLD_NAMES.values()) - set(load_exercises()) == RETIRED
    assert len(set(OLD_NAMES.values())) == len(OLD_NAMES)


def test_names_carry_no_number_and_every_exercise_has_a_lesson():
    for name, exercise in load_exercises().items():
        assert not name[0].isdigit()
        assert lesson_number(exercise.topic), exercise.topic
    assert lesson_number("no_such_topic") == ""
