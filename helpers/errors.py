"""Errors as the course shows them: a sentence of ours, or the first words of a real one."""

import re
import warnings
from contextlib import contextmanager

ANSI = re.compile(r"\x1b\[[0-9;]*m")
PATH = re.compile(r"(?<!\w)(?:[A-Za-z]:\\|/)(?:[^\s'\":/\\]+[/\\])+(?=[^\s'\":/\\]+)")
DETAILS = re.compile(r"\n\s*(?:Arguments received by|Call arguments received by)")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")
STACK = re.compile(r"Detected at node .*?(?:\n+ *File .*?(?=\n|$))+", re.DOTALL)
NODE = re.compile(r"\s*(?:\[\[\{\{node [^}]*\}\}\]\]|\[Op:[^\]]*\](?: name: ?\S*)?)")


class CourseError(Exception):
    """Something the learner can put right: one sentence that says what to do.

    Jupyter shows the sentence alone, without a traceback.
    """

    def _render_traceback_(self):
        return [str(self)]


def first_sentences(message, sentences=2, width=92):
    """The beginning of an error message, in one paragraph, without paths and addresses.

    Args:
        message: the text of the error.
        sentences: how many sentences to keep.
        width: characters in a line of what comes back.
    """
    text = DETAILS.split(ANSI.sub("", str(message)))[0]
    text = ADDRESS.sub("", PATH.sub("", NODE.sub("", STACK.sub("", text))))
    text = re.sub(r"\s+", " ", text).strip()
    pieces = re.split(r"(?<=[.!?]) +(?=[A-Z`'\"])", text)
    text = " ".join(pieces[:sentences])
    return re.sub(rf"(.{{1,{width}}})(?: +|$)", r"\1\n", text).rstrip()


@contextmanager
def expected_error(kind=Exception, sentences=2):
    """Run a block that must fail, and print the type and first words of its error.

    Args:
        kind: the exception class that must be raised.
        sentences: how many sentences of the message to show.

    Raises:
        AssertionError: the block ran through; the library has changed.
    """
    try:
        yield
    except kind as error:
        print(f"{type(error).__name__}: {first_sentences(error, sentences)}")
    else:
        raise AssertionError(f"a {kind.__name__} was expected here, but the code ran")


@contextmanager
def expected_warning(kind=UserWarning, sentences=2):
    """Run a block that must warn, and print the type and first words of its warnings.

    Args:
        kind: the warning class that must come up; others pass on as usual.
        sentences: how many sentences of each message to show.

    Raises:
        AssertionError: nothing warned; the library has changed.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", kind)
        yield
    shown = [warning for warning in caught if issubclass(warning.category, kind)]
    for warning in shown:
        print(f"{warning.category.__name__}: {first_sentences(warning.message, sentences)}")
    if not shown:
        raise AssertionError(f"a {kind.__name__} was expected here, but none came")
