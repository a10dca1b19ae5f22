"""Exercises: an answer is judged by what it does, and right ones are remembered.

The judges of lesson `NN_topic` stand in `helpers/checks/topic.py`. A judge is a function that
is given the learner's answer and returns a hint that fits the mistake, or None if the answer
is right. Whatever it raises, a check tells in a sentence; it never raises itself. Where an
answer is a function of numbers or arrays, `helpers.tables` makes the judge.
"""

import html
import importlib
import pkgutil
import re
import warnings
from dataclasses import dataclass
from typing import Any

from IPython.display import display

from helpers import checks
from helpers.errors import first_sentences
from helpers.progress import plot_progress, record

__all__ = ["check", "check_solution", "plot_progress"]

EXERCISES = {}
COLORS = {"waits": "#56B4E9", "hint": "#E69F00", "right": "#009E73"}
NOTHING = (
    "Your answer is None, so there is nothing to judge yet. Some calls, such as `compile`, "
    "return None: give the object itself."
)
SIGNS = {"waits": "…", "hint": "✗", "right": "✓"}


class Hint(Exception):  # noqa: N818
    """Raised by a judge to end with a hint; the text is the hint."""


class Unfinished(Exception):  # noqa: N818
    """Raised by a judge when the answer is not there yet."""


class Verdict:
    """What a check says: a coloured box in Jupyter, a line of text elsewhere."""

    def __init__(self, kind, text):
        self.kind, self.text = kind, text

    def __repr__(self):
        return f"{SIGNS[self.kind]} {self.text}"

    def _repr_html_(self):
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(repr(self)))
        style = f"border-left: 5px solid {COLORS[self.kind]}; padding: 0.4em 0.8em"
        return f'<div style="{style}">{text}</div>'


@dataclass(frozen=True)
class Exercise:
    """An exercise of the course.

    Attributes:
        judge: function of an answer that returns a hint, or None if the answer is right.
        praise: the one line that a right answer earns.
        topic: the lesson, such as "linear_regression".
        table: the `helpers.tables.Table` that judges it, or None.
    """

    judge: Any
    praise: str
    topic: str
    table: Any = None


def exercise(name, praise, table=None):
    """Register the decorated function as the judge of an exercise.

    Args:
        name: the exercise's name, which no other bears: "best-line".
        praise: the one line that a right answer earns.
        table: the table behind the judge, if there is one.

    Raises:
        ValueError: another exercise has this name.
    """

    def register(judge):
        topic = judge.__module__.rpartition(".")[2]
        if name in EXERCISES and EXERCISES[name].topic != topic:
            raise ValueError(f"{EXERCISES[name].topic} and {topic} both have {name!r}")
        EXERCISES[name] = Exercise(judge, praise, topic, table)
        return judge

    return register


def load_exercises():
    """Import every lesson's judges; returns all exercises by name, lesson by lesson."""
    for name in sorted(module.name for module in pkgutil.iter_modules(checks.__path__)):
        importlib.import_module(f"{checks.__name__}.{name}")
    return EXERCISES


def unfinished(answer):
    """Whether an answer, or one part of it, is still `...`."""
    parts = answer if isinstance(answer, (tuple, list)) else [answer]
    return any(part is ... for part in parts)


def call(answer, *inputs):
    """Call the learner's function; tell in a hint if it cannot be done.

    Returns:
        What the function returned.

    Raises:
        Unfinished: what it returned is still `...`, or a part of it is.
        Hint: it is not a function, it raised, or it returned nothing or a text.
    """
    if not callable(answer):
        raise Hint(f"A function was expected, but this is of type {type(answer).__name__}.")
    try:
        result = answer(*inputs)
    except Exception as error:
        if "ellipsis" in str(error):
            raise Hint("There is still a `...` in your answer.") from error
        reason = f"{type(error).__name__}: {first_sentences(error, 1)}"
        raise Hint(f"Your function stopped with {reason}") from error
    if result is None:
        raise Hint("Your function returns nothing. Does it end with `return`?")
    if unfinished(result):
        raise Unfinished
    if isinstance(result, str):
        raise Hint("Your function returns a text. Return numbers, without quotation marks.")
    return result


def judge(name, answer):
    """The verdict on an answer, without showing or remembering it."""
    waits = Verdict("waits", "This exercise waits for your answer.")
    if not isinstance(name, str) or name not in load_exercises():
        return Verdict("hint", "There is no exercise of this name: restore the last line.")
    asked = EXERCISES[name]
    try:
        if unfinished(answer):
            return waits
        if answer is None:
            return Verdict("waits", NOTHING)
        with warnings.catch_warnings(action="ignore"):
            hint = asked.judge(answer)
    except Unfinished:
        return waits
    except Hint as reason:
        hint = str(reason)
    except BaseException as error:
        hint = (
            f"This cannot be judged: {type(error).__name__} came up while it was tried. "
            f"Compare its type and its shape with what the exercise asks for."
        )
    return Verdict("right", f"Right. {asked.praise}") if hint is None else Verdict("hint", hint)


def check(name, answer):
    """Judge the learner's answer, show the verdict, and remember a right one.

    Args:
        name: the exercise's name, as it stands in the cell.
        answer: whatever the exercise asks for; `...` while it is unfinished.
    """
    verdict = judge(name, answer)
    display(verdict)
    if verdict.kind == "right":
        record(name)


def check_solution(name, answer):
    """Judge the course's own solution, show the verdict, and remember nothing."""
    verdict = judge(name, answer)
    text = "This solution passes the check." if verdict.kind == "right" else verdict.text
    display(Verdict(verdict.kind, text))
