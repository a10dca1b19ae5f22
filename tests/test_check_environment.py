"""The start page's check names what is wrong, here with several things truly broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHECK = "from helpers.environment import check_environment; print(check_environment())"


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """What the check prints, line by line, where data, backend and Graphviz are broken."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "helpers", course / "helpers")
    shutil.copytree(ROOT / "data", course / "data")
    whole = (course / "data" / "mnist.npz").read_bytes()
    (course / "data" / "mnist.npz").write_bytes(whole[: len(whole) // 2])
    (course / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['pygraphviz'] = None; {CHECK}"],
        cwd=course,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            "KERAS_BACKEND": "no_such_backend",
            "PATH": str(course / "empty"),
            "PYTHONPATH": str(course),
            "PYTHONIOENCODING": "utf-8",
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("Keras on TensorFlow", "remove KERAS_BACKEND"),
        ("data", "mnist.npz"),
        ("pictures of models", "pip install pygraphviz"),
    ],
)
def test_broken_part_is_named(broken, part, words):
    (line,) = [line for line in broken if line[2:].startswith(part)]
    assert line.startswith("✗")
    assert words in line


@pytest.mark.parametrize("part", ["Python", "packages", "room to work"])
def test_other_parts_stay_ready(broken, part):
    (line,) = [line for line in broken if line[2:].startswith(part)]
    assert line.startswith("✓")
    assert line.endswith("ready")


def test_the_whole_is_not_ready(broken):
    assert broken[-1] == "False"
