"""Pictures of models: with a system's `dot`, with pygraphviz's libraries, with neither."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import CourseError
from helpers.pictures import model_picture

DRAW = """
import sys
{before}
import keras
from helpers.pictures import ensure_dot, model_picture
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="only")])
print("dot:", ensure_dot())
picture = model_picture(model)
if picture:
    svg = picture._repr_mimebundle_(["image/svg+xml"], [])["image/svg+xml"]
    print("svg:", "<svg" in svg and "only" in svg)
    keras.utils.plot_model(model, sys.argv[1])
"""


def draw(path, target, before=""):
    """Draw a model in a Python of its own that finds programs in `path` alone."""
    return subprocess.run(
        [sys.executable, "-c", DRAW.format(before=before), str(target)],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(path), "KERAS_BACKEND": "tensorflow"},
    )


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_without_a_dot_the_wheel_draws(empty, tmp_path):
    done = draw(empty, tmp_path / "model.png")
    assert "svg: True" in done.stdout, done.stderr
    assert (tmp_path / "model.png").read_bytes()[:4] == b"\x89PNG"
    folder = Path(done.stdout.split("dot: ")[1].splitlines()[0]).parent
    assert folder.name.startswith("keras-course-")
    assert not folder.exists(), "the temporary folder was left behind"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for a system's dot")
def test_a_dot_of_the_system_is_preferred(empty, tmp_path):
    system = tmp_path / "system"
    system.mkdir()
    dot = Path(shutil.which("dot") or Path(sys.executable).with_name("keras-course-dot"))
    used = tmp_path / "used"
    (system / "dot").write_text(f'#!/bin/sh\necho used >> "{used}"\nexec "{dot}" "$@"\n')
    (system / "dot").chmod(0o755)
    done = draw(f"{system}{os.pathsep}/bin{os.pathsep}/usr/bin", tmp_path / "model.png")
    assert f"dot: {system / 'dot'}" in done.stdout, done.stderr
    assert "svg: True" in done.stdout
    assert used.exists()


def test_with_neither_one_sentence_is_printed(empty, tmp_path):
    done = draw(empty, tmp_path / "model.png", before='sys.modules["pygraphviz"] = None')
    assert done.returncode == 0, done.stderr
    assert "dot: None" in done.stdout
    assert "No picture: Graphviz is missing." in done.stdout
    assert not (tmp_path / "model.png").exists()


@pytest.mark.parametrize(
    ("format", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("ps", b"%!PS")]
)
def test_own_dot_speaks_formats(format, start):
    program = Path(sys.executable).with_name("keras-course-dot")
    done = subprocess.run(
        [program, f"-T{format}"], input=b"digraph { a -> b }", capture_output=True
    )
    assert done.stdout.startswith(start), done.stderr


@pytest.mark.parametrize("wrong", [None, "model", 3])
def test_what_is_no_model_gets_a_sentence(wrong):
    with pytest.raises(CourseError, match="draws a Keras model"):
        model_picture(wrong)


def test_unbuilt_model_gets_a_sentence():
    import keras

    with pytest.raises(CourseError, match="no shapes yet"):
        model_picture(keras.Sequential([keras.layers.Dense(1)]))
