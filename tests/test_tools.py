"""The measuring of lessons, and running them with other seeds."""

import importlib
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell
from small_notebooks import COURSE, code, python, save

SEEDED = "used = []\ndef set_random_seed(seed):\n    used.append(seed)"
CHILDREN = """
child = "x = b'x' * 200_000_000; import time; time.sleep(1)"
children = [subprocess.Popen([sys.executable, "-c", child]) for _ in "ab"]
"""
TIME = "# Title\n**Time**: about 20 minutes to read and work, {} to run."


@pytest.fixture(scope="module")
def times(tmp_path_factory):
    """The printed lines of one run of tools/times.py, and its exit status."""
    folder = tmp_path_factory.mktemp("times")
    lessons = [
        save(
            folder / "01_right.ipynb",
            new_markdown_cell(TIME.format("1 minute")),
            code("import time\ntime.sleep(1)"),
            code("taken = b'x' * 300_000_000\ndel taken\ntime.sleep(0.5)"),
        ),
        save(
            folder / "02_stated_wrong.ipynb",
            new_markdown_cell(TIME.format("2 minutes")),
            code("x = 1"),
        ),
        save(folder / "03_silent.ipynb", new_markdown_cell("# Title"), code("x = 1")),
        save(folder / "04_broken.ipynb", code("import os; os._exit(3)")),
        save(
            folder / "05_with_children.ipynb",
            new_markdown_cell(TIME.format("1 minute")),
            code("import subprocess, sys"),
            code(CHILDREN),
            code("[child.wait() for child in children]"),
        ),
        save(folder / "topics.ipynb", new_markdown_cell("# An index without code")),
    ]
    done = python("tools/times.py", *lessons)
    return done.stdout.splitlines(), done.returncode


def test_times_of_a_lesson(times):
    lines, _ = times
    assert lines[0].split() == ["lesson", "seconds", "importing", "MB", "run", "stated"]
    name, seconds, importing, megabytes, minutes, stated = lines[1].split()
    assert (name, minutes, stated) == ("01_right", "1", "1")
    assert 1.5 < float(seconds) < 20
    assert 0.05 < int(importing.strip("%")) / 100 < 0.67
    assert 300 < int(megabytes) < 600


def test_what_needs_a_look_is_marked(times):
    lines, status = times
    assert lines[2].startswith("02_stated_wrong ")
    assert lines[2].endswith("  ! states other minutes")
    assert re.search(r" 1 +-  ! states no minutes$", lines[3])
    assert lines[4].startswith("04_broken ")
    assert lines[4].endswith("os._exit(3)': the kernel died with exit status 3")
    assert status == 1


def test_child_processes_count(times):
    lines, _ = times
    name, *_, megabytes, _, _ = lines[5].split()
    assert name == "05_with_children"
    assert 460 < int(megabytes) < 700


@pytest.mark.parametrize(
    ("name", "seconds", "megabytes", "marked"),
    [
        ("01_x.ipynb", 60, 1200, ""),
        ("01_x.ipynb", 61, 1200, "  ! over 60 s"),
        ("14_x.ipynb", 80, 1501, "  ! over 1500 MB"),
        ("16_x.ipynb", 101, 2600, "  ! over 100 s, over 2500 MB"),
        ("topics.ipynb", 61, 100, "  ! over 60 s"),
    ],
)
def test_what_is_over_the_budget_is_marked(name, seconds, megabytes, marked, monkeypatch):
    monkeypatch.syspath_prepend(COURSE / "tools")
    marks = importlib.import_module("times").marks
    assert marks(Path(name), seconds, megabytes, 2, 2) == marked


def test_total_and_alignment(times):
    lines, _ = times
    total = lines[6].split()
    rows = [line.split() for line in [*lines[1:4], lines[5]]]
    assert total[0] == "total"
    assert float(total[1]) == pytest.approx(sum(float(row[1]) for row in rows), abs=0.2)
    assert total[3:] == [max((row[3] for row in rows), key=int), "4", "4"]
    assert len(lines[0]) == len(lines[1]) == len(lines[6])


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """One run of tools/other_seeds.py: the notebooks before and after, and the process."""
    folder = tmp_path_factory.mktemp("seeds")
    numbers = "set_random_seed(0); set_random_seed(seed=7); set_random_seed(0)"
    lessons = [
        save(
            folder / "seeded.ipynb",
            code(SEEDED),
            code(f"%time x = 1\n{numbers}  # set_random_seed(5)"),
            code("class keras: set_random_seed = set_random_seed"),
            code("keras.set_random_seed(3)"),
            code("assert used[0] == used[2] != used[1]\nassert 7 not in used"),
            code("assert used[-1] != 12003, used"),
        ),
        save(
            folder / "by_name.ipynb",
            code(SEEDED),
            code("for n in (3, 4):\n    set_random_seed(n)"),
            code("assert used in ([11003, 11004], [12003, 12004])"),
        ),
        save(folder / "without.ipynb", code(SEEDED), code("set_seed = set_random_seed")),
    ]
    before = [lesson.read_bytes() for lesson in lessons]
    done = python("tools/other_seeds.py", "--seeds=11,12", *lessons)
    return before, [lesson.read_bytes() for lesson in lessons], done


def test_other_seeds(seeds):
    *_, done = seeds
    assert done.stdout.splitlines() == [
        "seeded, seed 11, 4 replaced: holds",
        "seeded, seed 12, 4 replaced: cell [6], 'assert used[-1] != 12003, used': "
        "AssertionError: [12000, 12007, 12000, 12003]",
        "by_name, seed 11, 1 replaced: holds",
        "by_name, seed 12, 1 replaced: holds",
        "without, seed 11, 0 replaced: holds",
        "without, seed 12, 0 replaced: holds",
    ]
    assert done.returncode == 1


def test_other_seeds_write_nothing(seeds):
    before, after, _ = seeds
    assert before == after
