"""Exercises as tables: what is right, which hint comes, and what is shown otherwise."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from helpers.exercises import EXERCISES, judge
from helpers.tables import Raised, Table, same, table_exercise, value_exercise


@pytest.fixture(autouse=True)
def exercises(monkeypatch):
    """The two exercises of this module, and afterwards the course's alone again."""
    monkeypatch.setattr("helpers.exercises.load_exercises", lambda: EXERCISES)
    known = dict(EXERCISES)
    table_exercise(
        "one-hot-test",
        "So it is.",
        reference=one_hot,
        inputs=[(np.array([2, 0, 1, 1]), 3), (np.array([0, 3]), 10), (np.array([4, 4, 0]), 7)],
        mistakes=[
            (lambda labels, classes: one_hot(labels, classes).T, "Rows and columns."),
            (lambda labels, classes: np.eye(labels.max() + 1)[labels], "Too few columns."),
        ],
    )
    value_exercise("pixels-test", "So it is.", reference=784, mistakes=[(56, "This adds.")])
    yield
    EXERCISES.clear()
    EXERCISES.update(known)


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def by_comparison(labels, classes):
    return labels[:, None] == np.arange(classes)


def in_half_precision(labels, classes):
    return one_hot(labels, classes).astype("float16")


def as_lists(labels, classes):
    return one_hot(labels, classes).tolist()


def in_place(labels, classes):
    labels %= classes
    return one_hot(labels, classes)


def by_keras(labels, classes):
    import keras

    return keras.ops.one_hot(labels, classes)


@pytest.mark.parametrize(
    "answer", [one_hot, by_comparison, in_half_precision, as_lists, in_place, by_keras]
)
def test_what_equals_the_reference_is_right(answer):
    assert judge("one-hot-test", answer).kind == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda labels, classes: one_hot(labels, classes).T.tolist(), "Rows and columns."),
        (lambda labels, classes: np.eye(max(labels) + 1)[labels], "Too few columns."),
        (
            lambda labels, classes: 2 * one_hot(labels, classes),
            "differs most at [0, 2]: it has 2 there, and 1 was expected",
        ),
        (lambda labels, classes: np.eye(4)[labels], "shape (4, 4), and (4, 3) was expected"),
        (lambda labels, classes: labels[9], "stops with IndexError"),
        (lambda labels, classes: None, "returns nothing"),
        (lambda labels, classes: {"a": 1}, "gives {'a': 1}, and"),
        (lambda labels: labels, "stops with TypeError"),
        (np.eye(3), "A function was expected"),
    ],
)
def test_what_differs_gets_a_fitting_hint(answer, words):
    verdict = judge("one-hot-test", answer)
    assert verdict.kind == "hint"
    assert words in verdict.text


@pytest.mark.parametrize(
    "answer",
    [lambda labels, classes: ..., lambda labels, classes: np.eye(classes)[...] / ..., ...],
)
def test_what_is_unfinished_waits(answer):
    assert judge("one-hot-test", answer).kind == "waits"


def safe_ratio(a, b):
    if b == 0:
        raise ValueError("no")
    return a / b


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (safe_ratio, None),
        (lambda a, b: a / b, "stops with ZeroDivisionError: division by zero, but"),
        (lambda a, b: a / b if b else 0.0, "gives 0, but it should raise a ValueError"),
        (lambda a, b: a / (b or 1), "but it should raise a ValueError"),
        (lambda a, b: a / b if b else ValueError("no"), "but it should raise a ValueError"),
        (lambda a, b: a / b if b else None, "gives None, but it should raise a ValueError"),
    ],
)
def test_a_reference_may_raise(answer, words):
    hint = Table(safe_ratio, [(1, 2), (3, 0)]).judge(answer)
    assert hint is None if words is None else words in hint


def test_large_results_are_compared_at_one_place():
    hint = Table(lambda n: np.zeros((n, n)), [(5,)]).judge(lambda n: np.eye(n)[:, ::-1] * 3)
    assert hint == (
        "For 5 your result differs most at [0, 4]: it has 3 there, and 0 was expected."
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ([np.ones(3), np.ones((2, 2))], [np.ones(3), np.ones((2, 2))]),
            "two lists of 2 arrays",
        ),
        (([np.ones(3)], 5), "a list of 1 array, 5"),
        (((np.ones(3), np.ones(3)),), "a tuple of 2 arrays"),
        (([np.float32(1), np.float32(2)],), "[1., 2.]"),
        (([1, 2], [3, 4]), "[1, 2], [3, 4]"),
    ],
)
def test_lists_of_arrays_are_told_in_words(arguments, words):
    hint = Table(lambda *inputs: 1, [arguments]).judge(lambda *inputs: 2)
    assert hint == f"For {words} your function gives 2, and 1 was expected."


def test_a_table_whose_rows_are_alike_is_told():
    alike = Table(np.sum, [(np.ones(2),)], [(np.size, "counts"), (np.prod, "multiplies")])
    assert alike.problems() == ["no input tells these two apart: 'the reference', 'counts'"]
    alike.inputs.append((np.zeros(3),))
    assert alike.problems() == []


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (784, "right", "So it is."),
        (np.float16(784), "right", "So it is."),
        (56.0, "hint", "This adds."),
        (785, "hint", "This is 785"),
        (np.array([784]), "hint", "shape (1,)"),
        ("784", "hint", "quotation marks"),
        ({7}, "hint", "of type set"),
        (..., "waits", "waits"),
    ],
)
def test_one_value_is_judged(answer, kind, words):
    verdict = judge("pixels-test", answer)
    assert (verdict.kind, words in verdict.text) == (kind, True)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1.0, 1, True),
        (1.00001, 1.0, True),
        (1.0001, 1.0, False),
        (np.float16(1.001), 1.0, True),
        (np.float16(1.01), 1.0, False),
        ([1e-9, 1.0], [0.0, 1.0], True),
        ([1e-9], [0.0], False),
        (float("nan"), 1.0, False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("inf"), True),
        ((1, [2, 3]), (1, [2, 3]), True),
        ((1, [2, 4]), (1, [2, 3]), False),
        ((1, 2), (1, 2, 3), False),
        (True, 1, True),
        ("a", "a", True),
        ("1", 1, False),
        (Raised(ValueError("a")), Raised(ValueError("b")), True),
        (Raised(ValueError()), Raised(KeyError()), False),
        (ValueError("returned"), Raised(ValueError()), False),
        (None, Raised(ValueError()), False),
        (Fraction(1, 4), 0.25, True),
        ([Decimal("0.5"), Fraction(1, 3)], [0.5, 1 / 3], True),
        ([Fraction(1, 4), "a"], [0.25, 1.0], False),
        (np.ones((2, 1)), np.ones(2), False),
    ],
)
def test_when_results_are_the_same(one, other, expected):
    assert same(one, other) == expected


def test_two_lessons_cannot_share_a_name(monkeypatch):
    from helpers.exercises import exercise

    def another(answer):
        return None

    monkeypatch.setattr(another, "__module__", "helpers.checks.another_lesson")
    with pytest.raises(ValueError, match="both have 'pixels-test'"):
        exercise("pixels-test", "praise")(another)
