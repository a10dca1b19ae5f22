"""Every exercise accepts different right answers and gives wrong ones a fitting hint."""

import importlib
import pkgutil

import numpy as np
import pytest

import tests.answers
from helpers.exercises import judge, load_exercises

RIGHT, WRONG, MAKE_FIRST = {}, {}, set()
for module in pkgutil.iter_modules(tests.answers.__path__):
    answers = importlib.import_module(f"tests.answers.{module.name}")
    for listed, found in ((RIGHT, answers.RIGHT), (WRONG, answers.WRONG)):
        for name, of_exercise in found.items():
            listed.setdefault(name, []).extend(of_exercise)
    MAKE_FIRST |= getattr(answers, "MAKE_FIRST", set())


def verdict_on(name, answer):
    """The verdict on a listed answer, which is made first where it is a trained model."""
    return judge(name, answer() if name in MAKE_FIRST else answer)


class Hostile:
    """An object that raises whatever is asked of it."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __eq__ = __len__ = __iter__ = __array__ = __float__ = __bool__ = __repr__
    __hash__ = None


class HostileError(Exception):
    """An error that cannot even be printed."""

    def __str__(self):
        raise RuntimeError("no")


def raise_hostile(*inputs):
    raise HostileError


def leave(*inputs):
    raise SystemExit


ODD = [
    0,
    -1.5,
    True,
    "text",
    b"bytes",
    [],
    (),
    {},
    set(),
    object(),
    Hostile(),
    float("nan"),
    1j,
    np.array([]),
    np.zeros((3, 4, 5)),
    np.array([None, "x"], dtype=object),
    int,
    raise_hostile,
    leave,
    lambda: 1,
    lambda *inputs: "text",
    lambda *inputs: np.nan,
    lambda *inputs: np.zeros((2, 3)),
    lambda *inputs: Hostile(),
    lambda *inputs: {"a": 1},
    lambda *inputs: inputs,
]


@pytest.mark.parametrize("name", load_exercises())
def test_every_exercise_has_answers(name):
    assert len(RIGHT[name]) >= 2
    assert len(WRONG[name]) >= 3


def test_no_answer_without_exercise():
    assert set(RIGHT) | set(WRONG) <= set(load_exercises())


@pytest.mark.parametrize(
    ("name", "number"), [(name, i) for name in RIGHT for i in range(len(RIGHT[name]))]
)
def test_right_answer_passes(name, number):
    verdict = verdict_on(name, RIGHT[name][number])
    assert verdict.kind == "right", verdict.text


@pytest.mark.parametrize(
    ("name", "number"), [(name, i) for name in WRONG for i in range(len(WRONG[name]))]
)
def test_wrong_answer_gets_its_hint(name, number):
    answer, words = WRONG[name][number]
    verdict = verdict_on(name, answer)
    assert verdict.kind == "hint"
    assert words in verdict.text


TABLES = {name: exercise.table for name, exercise in load_exercises().items() if exercise.table}


@pytest.mark.parametrize("name", TABLES)
def test_table_tells_its_rows_apart(name):
    assert TABLES[name].problems() == []


@pytest.mark.parametrize("name", load_exercises())
def test_judge_survives_anything(name):
    for answer in ODD:
        verdict = judge(name, answer)
        assert verdict.kind in ("hint", "waits"), type(answer)
        assert verdict.text


@pytest.mark.parametrize("name", load_exercises())
def test_unfinished_answer_waits(name):
    for answer in (None, ..., (..., ...), [1, ...]):
        assert judge(name, answer).kind == "waits"
