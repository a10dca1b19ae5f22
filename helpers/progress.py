"""Which exercises the learner has solved: remembered in a file on their computer, and drawn."""

import json
import os
import time
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
# Exercises were once named after their lesson's number; a progress file may still say so.
OLD_NAMES = {
    "00-pixels": "count-pixels",
    "00-scale": "scale-pixels",
    "00-shapes": "add-transposed",
    "01-parameters": "dense-parameters",
    "01-best-line": "best-line",
    "01-learning-rate": "learning-rate",
    "01-safe-mse": "safe-mse",
    "02-one-hot": "one-hot",
    "02-split": "split-data",
    "02-nearest": "nearest-digits",
    "02-own-network": "digit-network",
    "03-photo-input": "photo-input",
    "03-up-to": "model-up-to",
    "03-residual-block": "residual-block",
    "03-larger-digit": "larger-digit",
    "05-digits": "augment-digits",
    "05-take": "take-batches",
    "05-turns": "turns",
    "05-own-augmentation": "own-augmentation",
    "08-count-batches": "count-batches",
    "08-keep-records": "keep-records",
    "08-stop-when-apart": "stop-when-apart",
    "08-time-budget": "time-budget",
    "10-repeat": "repeat-pixels",
    "10-lay-down": "lay-down",
    "10-output-padding": "output-padding",
    "10-up-block": "up-block",
    "13-flat-head": "flat-head",
    "13-unfeed": "unfeed",
    "13-most-excited": "most-excited",
    "13-thaw": "thaw-base",
}
LOCK_SECONDS = 10  # to wait for another lesson that records at the same moment


def progress_file():
    """Where right answers are remembered: a file on the learner's machine only."""
    return Path(os.environ.get("KERAS_COURSE_PROGRESS", ROOT / "progress.json"))


def solved():
    """Names of the exercises solved so far, as a set; old names are given as today's.

    Raises:
        ValueError: the file holds something else.
    """
    path = progress_file()
    names = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("not a list of names")
    return {OLD_NAMES.get(name, name) for name in names}


def record(name):
    """Remember a solved exercise; a file that cannot be read is kept under another name.

    Several lessons may record at the same moment: each waits for the others.
    """
    path = progress_file()
    try:
        # A file that is only a lock; it may be deleted at any time, but not by us: another
        # process could be waiting for it.
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=LOCK_SECONDS):
            write_names(path, name)
    except OSError as error:
        print(f"Your progress could not be saved: {error.strerror or error}.")


def write_names(path, name):
    """Add a name to the file, all at once or not at all."""
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


def lesson_number(topic):
    """The two digits of the lesson whose judges are in `helpers/checks/<topic>.py`.

    Returns:
        "01" for "linear_regression"; "" if there is no such notebook.
    """
    found = sorted((ROOT / "notebooks").glob(f"[0-9][0-9]_{topic}.ipynb"))
    return found[0].name[:2] if found else ""


def plot_progress():
    """Draw one row of boxes per lesson, filled where an exercise is solved.

    Returns:
        The figure.
    """
    import matplotlib.pyplot as plt

    from helpers.exercises import load_exercises
    from helpers.plots import GREEN

    try:
        done = solved()
    except (OSError, ValueError):
        done = set()
        print("The file with your progress could not be read.")
    lessons = {}
    for name, exercise in load_exercises().items():
        lessons.setdefault(lesson_number(exercise.topic), []).append(name)
    lessons = dict(sorted(lessons.items()))
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
