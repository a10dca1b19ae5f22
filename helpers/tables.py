"""Exercises as tables: a reference, inputs, and known mistakes, each with its hint.

The learner's function is run on the inputs. If it gives what the reference gives on all of
them, it is right. If it gives what a known mistake gives on all of them, it gets that
mistake's hint. Otherwise the first input on which it differs from the reference is shown, with
what came out and what was expected. So a hint never tells of a mistake that was not made.

Results are compared in double precision: shapes must agree, and numbers up to a relative
difference of 1e-5, or four units in the last place of the answer's own type where that is
more (so a float16 answer to a float64 reference is right). Close to zero, the largest number
of the expected result counts as the measure. Whole numbers given as floats, and truth values
given as 0 and 1, are right as well. An error is equal to an error of the same type.
"""

import copy
import sys
import warnings
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from helpers.errors import first_sentences
from helpers.exercises import Hint, Unfinished, exercise, unfinished

TOLERANCE = 1e-5
EXACT = (Real, Decimal)  # fractions and their like are numbers, too
MOST_SHOWN = 8  # numbers of an array that are shown one by one
NOTHING = "Your function returns nothing. Does it end with `return`?"


@dataclass
class Table:
    """What judges an exercise.

    Attributes:
        reference: the right answer, a function.
        inputs: list of tuples, the arguments of each call; or a function that returns it,
            where making it takes long.
        mistakes: list of (function, hint).
    """

    reference: Any
    inputs: Any
    mistakes: list = field(default_factory=list)

    def calls(self):
        """The arguments of each call."""
        if callable(self.inputs):
            self.inputs = self.inputs()
        return self.inputs

    def outcomes(self, function):
        """What a function makes of each input."""
        return [outcome(function, arguments) for arguments in self.calls()]

    def judge(self, answer):
        """A hint that fits the answer, or None if it is right."""
        if not callable(answer):
            raise Hint(f"A function was expected, but this is of type {type(answer).__name__}.")
        got, wanted = self.outcomes(answer), self.outcomes(self.reference)
        if any(unfinished(result) or has_ellipsis(result) for result in got):
            raise Unfinished
        if all(map(same, got, wanted)):
            return None
        for mistake, hint in self.mistakes:
            if all(map(same, got, self.outcomes(mistake))):
                return hint
        place = [same(*pair) for pair in zip(got, wanted, strict=True)].index(False)
        if got[place] is None and not isinstance(wanted[place], Raised):
            return NOTHING
        return difference(self.calls()[place], got[place], wanted[place])

    def problems(self):
        """What is wrong with the table itself: rows that no input tells apart, in words."""
        rows = [("the reference", self.outcomes(self.reference))]
        rows += [(hint, self.outcomes(mistake)) for mistake, hint in self.mistakes]
        return [
            f"no input tells these two apart: {first!r}, {second!r}"
            for number, (first, one) in enumerate(rows)
            for second, other in rows[number + 1 :]
            if all(map(same, one, other))
        ]


@dataclass
class Raised:
    """What became of a call that raised an error; a returned error is a result like others."""

    error: Exception


def outcome(function, arguments):
    """What a function makes of copies of the arguments: its result, or what it raised."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return function(*copy.deepcopy(arguments))
    except Exception as error:
        return Raised(error)


def has_ellipsis(result):
    """Whether a function stopped because it still has a `...` in it."""
    return isinstance(result, Raised) and "ellipsis" in first_sentences(result.error, 1)


def as_array(result):
    """A result as an array of numbers, or None if it is something else."""
    try:
        array = np.asarray(result)
        if array.dtype == object and all(isinstance(n, EXACT) for n in array.flat):
            array = array.astype(float)
    except Exception:
        return None
    return array if array.dtype.kind in "biuf" or array.dtype.name == "bfloat16" else None


def same(one, other):
    """Whether two outcomes are equal, within the tolerance of this module; `one` is judged."""
    if isinstance(one, Raised) or isinstance(other, Raised):
        both = isinstance(one, Raised) and isinstance(other, Raised)
        return both and isinstance(one.error, type(other.error))
    if isinstance(other, str) or other is None:
        return type(one) is type(other) and one == other
    array, expected = as_array(one), as_array(other)
    if array is None or expected is None:
        parts = isinstance(one, (tuple, list)) and isinstance(other, (tuple, list))
        return parts and len(one) == len(other) and all(map(same, one, other))
    if array.shape != expected.shape:
        return False
    tolerance = TOLERANCE
    if array.dtype.kind not in "biu":
        import ml_dtypes

        tolerance = max(tolerance, 4 * float(ml_dtypes.finfo(array.dtype).eps))
    array, expected = array.astype(float), expected.astype(float)
    finite = np.abs(expected[np.isfinite(expected)])
    near_zero = tolerance * finite.max(initial=0)
    return bool(np.allclose(array, expected, tolerance, near_zero, equal_nan=True))


def arrays_in(parts):
    """The parts of a list, if all of them are arrays or tensors; else none."""
    return parts if all(hasattr(part, "shape") for part in parts) else []


def describe(value):
    """A value in a few words: small ones whole, large arrays by their shape."""
    if isinstance(value, (list, tuple)) and any(map(np.ndim, arrays_in(value))):
        kind = "list" if isinstance(value, list) else "tuple"
        return f"a {kind} of {len(value)} array{'s' * (len(value) > 1)}"
    array = as_array(value)
    if isinstance(value, Raised):
        words = first_sentences(value.error, 1, width=10_000)
        name = type(value.error).__name__
        return f"{name}: {words}" if words else name
    if array is None:
        text = repr(value)
        return text if len(text) <= 80 else f"{text[:77]}…"
    if array.ndim == 0:
        return f"{array.astype(float):.6g}" if array.dtype.kind not in "biu" else str(array)
    if array.size > MOST_SHOWN:
        return f"an array of shape {array.shape}"
    return np.array2string(array, separator=", ", precision=6).replace("\n", "")


def difference(arguments, got, wanted):
    """A sentence on the first input on which an answer is wrong."""
    words = [describe(argument) for argument in arguments]
    if len(words) == 2 and words[0] == words[1] and words[0].startswith("a list of "):
        words = [words[0].replace("a list", "two lists")]
    given = ", ".join(words)
    one, other = as_array(got), as_array(wanted)
    if isinstance(got, Raised):
        result = f"your function stops with {describe(got)}"
    elif other is not None and one is not None and one.shape != other.shape:
        return f"For {given} your result has shape {one.shape}, and {other.shape} was expected."
    elif other is not None and one is not None and one.size > MOST_SHOWN:
        apart = np.abs(one.astype(float) - other.astype(float))
        place = np.unravel_index(np.argmax(np.nan_to_num(apart, nan=np.inf)), apart.shape)
        index = ", ".join(map(str, place))
        return (
            f"For {given} your result differs most at [{index}]: it has {describe(one[place])} "
            f"there, and {describe(other[place])} was expected."
        )
    else:
        result = f"your function gives {describe(got)}"
    if isinstance(wanted, Raised):
        return f"For {given} {result}, but it should raise a {type(wanted.error).__name__}."
    return f"For {given} {result}, and {describe(wanted)} was expected."


def table_exercise(name, praise, reference, inputs, mistakes=()):
    """Register an exercise whose answer is a function of numbers or arrays.

    Args:
        name: the exercise's name, which no other bears: "one-hot".
        praise: the one line that a right answer earns.
        reference: the right answer, a function. Where it raises, an answer must raise an
            error of the same type.
        inputs: list of tuples of arguments, or a function that returns it.
        mistakes: list of (function, hint). Some input must tell each from the reference and
            from every other one.

    Returns:
        The table.
    """
    table = Table(reference, inputs, list(mistakes))
    return register(name, praise, table, table.judge)


def value_exercise(name, praise, reference, mistakes=()):
    """Register an exercise whose answer is one value: a number or an array.

    Args:
        name: the exercise's name, which no other bears.
        praise: the one line that a right answer earns.
        reference: the right value.
        mistakes: list of (value, hint).

    Returns:
        The table.
    """
    table = Table(
        lambda: reference, [()], [(lambda value=value: value, hint) for value, hint in mistakes]
    )

    def judge(answer):
        if isinstance(answer, (str, bytes)):
            return "This is a text. Leave out the quotation marks, so that Python computes it."
        if as_array(answer) is None:
            return f"A number was expected, but this is of type {type(answer).__name__}."
        wanted = table.reference()
        got, other = as_array(answer), as_array(wanted)
        for mistake, hint in table.mistakes:
            if same(answer, mistake()):
                return hint
        if got.shape != other.shape:
            return f"This has shape {got.shape}, and {other.shape} was expected."
        return None if same(answer, wanted) else f"This is {describe(answer)}: not yet right."

    return register(name, praise, table, judge)


def register(name, praise, table, judge):
    """Register a table's judge for the module two calls up, the lesson's."""

    def judge_answer(answer):
        return judge(answer)

    judge_answer.__module__ = sys._getframe(2).f_globals["__name__"]
    exercise(name, praise, table)(judge_answer)
    return table
