"""Exercises: an answer is judged by what it does, and right ones are remembered.

Each lesson's judges stand in `helpers/checks/lesson_NN.py`. A judge is a function that is
given the learner's answer and returns a hint that fits the mistake, or None if the answer
is right. Whatever it raises, a check tells in a sentence; it never raises itself.
"""

import html
import importlib
import json
import os
import pkgutil
import re
import time
import warnings
from pathlib import Path

from IPython.display import display

from helpers import checks
from helpers.errors import first_sentences

JUDGES = {}
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


def exercise(name, praise):
    """Register the decorated function as the judge of an exercise.

    Args:
        name: the exercise's name, which begins with its lesson's number: "01-mse".
        praise: the one line that a right answer earns.
    """

    def register(judge):
        JUDGES[name] = (judge, praise)
        return judge

    return register


def load_judges():
    """Import every lesson's judges, so that JUDGES holds all exercises in order."""
    for name in sorted(module.name for module in pkgutil.iter_modules(checks.__path__)):
        importlib.import_module(f"{checks.__name__}.{name}")
    return JUDGES


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
    if not isinstance(name, str) or name not in load_judges():
        return Verdict("hint", "There is no exercise of this name: restore the last line.")
    judge_answer, praise = JUDGES[name]
    try:
        if unfinished(answer):
            return waits
        if answer is None:
            return Verdict("waits", NOTHING)
        with warnings.catch_warnings(action="ignore"):
            hint = judge_answer(answer)
    except Unfinished:
        return waits
    except Hint as reason:
        hint = str(reason)
    except BaseException as error:
        hint = (
            f"This cannot be judged: {type(error).__name__} came up while it was tried. "
            f"Compare its type and its shape with what the exercise asks for."
        )
    return Verdict("right", f"Right. {praise}") if hint is None else Verdict("hint", hint)


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


def progress_file():
    """Where right answers are remembered: a file on the learner's machine only."""
    default = Path(__file__).resolve().parent.parent / "progress.json"
    return Path(os.environ.get("KERAS_COURSE_PROGRESS", default))


def solved():
    """Names of the exercises solved so far, as a set.

    Raises:
        ValueError: the file holds something else.
    """
    path = progress_file()
    names = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("not a list of names")
    return set(names)


def record(name):
    """Remember a solved exercise; a file that cannot be read is kept under another name."""
    path = progress_file()
    try:
        try:
            names = solved() | {name}
        except ValueError:
            names = {name}
            kept = path.with_name(f"{path.stem}.unreadable-{time.time_ns()}{path.suffix}")
            path.replace(kept)
            print(f"{path.name} could not be read; it is kept as {kept.name}.")
        partial = path.with_name(f"{path.name}.{os.getpid()}.part")
        partial.write_text(json.dumps(sorted(names)), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        print(f"Your progress could not be saved: {error.strerror}.")


def plot_progress():
    """Draw one row of boxes per lesson, filled where an exercise is solved.

    Returns:
        The figure.
    """
    import matplotlib.pyplot as plt

    from helpers.plots import GREEN

    try:
        done = solved()
    except (OSError, ValueError):
        done = set()
        print("The file with your progress could not be read.")
    lessons = {}
    for name in load_judges():
        lessons.setdefault(name.split("-")[0], []).append(name)
    longest = max(map(len, lessons.values()))
    figure, axes = plt.subplots(figsize=(7, 0.6 + 0.4 * len(lessons)))
    for row, names in enumerate(lessons.values()):
        left = range(len(names))
        colors = [GREEN if name in done else "white" for name in names]
        axes.barh([row] * len(names), 0.85, 0.7, left, color=colors, edgecolor=GREEN)
    axes.set_yticks(range(len(lessons)), [f"lesson {number}" for number in lessons])
    axes.set(xlim=(-0.2, longest + 0.2), xticks=[])
    axes.invert_yaxis()
    axes.set_title("Exercises solved so far", loc="left")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return figure
