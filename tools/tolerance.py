"""Comparing a text with the stored one: numbers within a tolerance, bars without times.

A cell tagged `within-2%` must print its stored text word for word, but each number may differ:

- A number with a decimal point or an exponent may differ by 2 % of the stored one. Without an
  exponent it may also differ by one unit of the stored one's last digit: that is what holds
  near zero, where a percentage allows nothing.
- A whole number must be the same: 10,000 is one number, and a sign belongs to its number.
- All else is words: nan and inf, %, the numbers in names, versions and units without a space
  (dense_1, 2.21.0, 12ms), a number that ends in a point (`[1. 0.]`), the tags of HTML. Spaces
  and line breaks are words, too.

The times and speeds in Keras's progress bars are left out in every cell; their metrics are
numbers like all others. A tolerance of more than 10 % needs a reason in WIDE.
"""

import re
from decimal import Decimal
from itertools import zip_longest
from os.path import commonprefix

WIDEST = 10  # percent without a reason
WIDE = {}  # (notebook without .ipynb, first line of the cell): why its tolerance is wider

NUMBER = re.compile(
    r"(?<![\w.])([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\w|\.\d)"
)
HTML_TAG = re.compile(r"(<[^>]*>)")

# A bar has its colours in Jupyter. While it has no total it says "Unknown" in place of one.
CODE = r"\x1b\[[\d;]*m"
COLOUR = rf"(?:{CODE})*"
TIME = rf" {COLOUR}\d+(?:s|:\d\d(?::\d\d)?){COLOUR} \d+[mu]?s/step"
METRICS = r"(?: - [^:\r\n\b]+: (?:-?\d+\.\d{4}(?:e[-+]\d\d)?|-?inf|nan))*"
COUNT = rf"{COLOUR} *\d+/"
LINE = rf"{COLOUR}━(?:━|{CODE})*"
BAR = re.compile(rf"({COUNT}\d+{COLOUR} {LINE}){TIME}({METRICS})(?: +$)?", re.MULTILINE)
VERBOSE_2 = re.compile(rf"^( *\d+/\d+) - \d+s - \d+[mu]?s/step({METRICS})$", re.MULTILINE)
REDRAWN = re.compile(
    rf"\r?{COUNT}(?:Unknown|(?P<total>\d+){COLOUR} {LINE}){TIME}{METRICS} *"
    rf"(?P<between>[^\b\r]*)\x08+\r(?(total)(?={COUNT}(?P=total)\D))"
)


class ToleranceError(Exception):
    """A cell's tags do not state a tolerance that may be used; the text says why."""


def tolerance(cell, notebook, wide=WIDE):
    """The tolerance that a cell's tags state.

    Args:
        notebook: name of its file, without .ipynb.
        wide: reasons for wide tolerances, as in WIDE.

    Returns:
        Percent, as a Decimal; None for a cell that is compared exactly.

    Raises:
        ToleranceError: the tags are wrong.
    """
    all_tags = cell.metadata.get("tags", [])
    tags = [tag for tag in all_tags if tag.startswith("within")]
    if not tags:
        return None
    if len(tags) > 1:
        raise ToleranceError(f"A cell has one tolerance at most, not {', '.join(tags)}.")
    stated = re.fullmatch(r"within-(\d+(?:\.\d+)?)%", tags[0])
    if not stated or not Decimal(stated[1]):
        raise ToleranceError(
            f"The tag {tags[0]!r} must look like 'within-2%' or 'within-0.5%'."
        )
    if "nbval-ignore-output" in all_tags:
        raise ToleranceError(f"'nbval-ignore-output' and {tags[0]!r} contradict each other.")
    percent = Decimal(stated[1])
    if percent > WIDEST and not wide.get(key(cell, notebook)):
        raise ToleranceError(
            f"{tags[0]!r} is wider than {WIDEST} %: this needs a reason in WIDE, in "
            f"tools/tolerance.py, for {key(cell, notebook)}."
        )
    return percent


def key(cell, notebook):
    """The key of a cell in WIDE."""
    return notebook, cell.source.strip().partition("\n")[0]


def final_bars(text):
    """The text of a stream without the states of Keras's bars that were drawn again later.

    A bar that a message or a picture interrupts is drawn anew below it. What had been drawn
    until then depends on the time.
    """
    return REDRAWN.sub(r"\g<between>", text)


def without_times(text):
    """The text without the times and speeds in Keras's bars."""
    return VERBOSE_2.sub(r"\1\2", BAR.sub(r"\1\2", text))


def texts(outputs):
    """The texts of outputs: for each its kind, the dictionary that holds it, and the key there.

    The kind is stdout, stderr, text/plain, text/html, ...
    """
    found = []
    for output in outputs:
        if output.output_type == "stream":
            found.append((output.name, output, "text"))
        for kind in sorted(output.get("data", {})):
            if kind.startswith("text/"):
                found.append((kind, output.data, kind))
    return found


def differences(new, stored, percent, kind="text/plain"):
    """What keeps a new text from agreeing with the stored one, a sentence each.

    Args:
        percent: the tolerance; None compares exactly, but for the times in bars.
        kind: as in `texts`.
    """
    new, stored = without_times(new), without_times(stored)
    if new == stored:
        return []
    if percent is None:
        return ["The texts differ."]
    new_parts, stored_parts = words_and_numbers(new, kind), words_and_numbers(stored, kind)
    position, wrong = 0, []
    for index, (one, other) in enumerate(zip_longest(new_parts, stored_parts)):
        if index % 2 and one and other:
            problem = too_far(one, other, percent)
            if problem:
                before = re.sub(CODE, "", new[:position].rpartition("\n")[2])[-30:]
                wrong.append(f"{before}{one}: {problem}")
        elif one != other:
            # From here on the numbers are not each other's any more.
            rests = ["".join(parts[index:]) for parts in (new_parts, stored_parts)]
            start = max(0, len(commonprefix(rests)) - 20)
            one, other = (rest[start:][:60] for rest in rests)
            return [*wrong, f"Other words: {one!r}, but stored is {other!r}."]
        position += len(one)
    return wrong


def words_and_numbers(text, kind):
    """Words, number, words, ..., number, words."""
    if kind != "text/html":
        return NUMBER.split(text)
    found = [""]
    for index, part in enumerate(HTML_TAG.split(text)):
        first, *rest = [part] if index % 2 else NUMBER.split(part)
        found = [*found[:-1], found[-1] + first, *rest]
    return found


def too_far(new, stored, percent):
    """In what a new number differs too much from the stored one; None if it does not."""
    if new == stored:
        return None
    if is_whole(new) or is_whole(stored):
        return f"stored is {stored}, and whole numbers must be the same."
    one, other = (Decimal(number.replace(",", "")) for number in (new, stored))
    apart = abs(one - other)
    unit = 0 if "e" in stored.lower() else Decimal(1).scaleb(other.as_tuple().exponent)
    if apart <= max(percent / 100 * abs(other), unit):
        return None
    if not other:
        return f"stored is {stored}, of which no percentage can be taken."
    return (
        f"stored is {stored}, {100 * apart / abs(other):.3g} % apart, "
        f"but {percent.normalize():f} % are allowed."
    )


def is_whole(number):
    return not re.search("[.eE]", number)
