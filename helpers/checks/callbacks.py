"""Judges of the lesson on callbacks."""

import re
import tempfile
import time
from pathlib import Path

import numpy as np

from helpers.exercises import Hint, call, exercise
from helpers.tables import table_exercise

BUDGET = 0.3  # seconds given to a callback that ends a run by the clock
SLACK = 0.005  # seconds by which two clocks may differ
BATCH = 0.02  # seconds that a batch takes
STALL = 0.1  # seconds; a batch that took longer was held up by the machine
START_THE_CLOCK = (
    "Start the clock anew in `on_train_begin`, and compare the time passed since then with "
    "`seconds`."
)
LATE = (
    "It stops at the beginning of the next batch, which would still be trained. Look at the "
    "clock in `on_train_batch_end`."
)


def tiny_model():
    """A compiled model of two weights, for callbacks to work on."""
    import keras

    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.stop_training = False
    return model


def made(maker, *inputs):
    """The callback that a function or a class makes; told in a hint if it is none."""
    import keras

    callback = call(maker, *inputs)
    if isinstance(callback, type) and issubclass(callback, keras.callbacks.Callback):
        raise Hint("This is a class. Return an object of it: put parentheses behind it.")
    if not isinstance(callback, keras.callbacks.Callback):
        raise Hint(
            f"A callback is asked for, derived from `keras.callbacks.Callback`, but this is "
            f"of type {type(callback).__name__}."
        )
    return callback


def made_by_class(answer, *inputs):
    """A callback of the learner's class; told in a hint if it cannot be made."""
    import keras

    if isinstance(answer, keras.callbacks.Callback):
        raise Hint("This is an object. Give the class itself, without parentheses.")
    callback = made(answer, *inputs)
    if not hasattr(callback, "params"):
        raise Hint("Call `super().__init__()` in `__init__`.")
    return callback


def put_to_work(callback, epochs, steps):
    """A tiny model at whose training the callback is at work, as `fit` prepares it."""
    model = tiny_model()
    callback.set_params({"epochs": epochs, "steps": steps, "verbose": 0})
    callback.set_model(model)
    return model


def tell(hook, *inputs):
    """Call a hook; tell in a hint if it cannot be done."""
    try:
        hook(*inputs)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        if isinstance(error, KeyError):
            reason += ". Only `on_epoch_end` is told the keys that begin with `val_`."
        raise Hint(f"`{hook.__name__}` stopped with {reason}") from error


def tell_epoch(callback, epoch, logs):
    """Call the hooks of an epoch as `fit` does: of its batches, then of its end."""
    tell(callback.on_epoch_begin, epoch, {})
    for batch in range(2):
        tell(callback.on_train_batch_begin, batch, {})
        tell(callback.on_train_batch_end, batch, {"loss": logs["loss"]})
    tell(callback.on_test_begin, {})
    tell(callback.on_test_end, {})
    tell(callback.on_epoch_end, epoch, logs)


def refuse_own_stop(callback):
    """Tell in a hint if the callback sets `stop_training` in itself, not in the model."""
    if "stop_training" in vars(callback):
        raise Hint(
            "`self.stop_training` belongs to the callback, and `fit` does not look at it. The "
            "run is stopped by `self.model.stop_training`."
        )


def refuse_cancelling(callback, model, epoch, logs):
    """Tell in a hint if an epoch's hooks set back a stop that another callback asked for."""
    before, model.stop_training = model.stop_training, True
    tell_epoch(callback, epoch, logs)
    cancelled = not model.stop_training
    model.stop_training = before
    if cancelled:
        raise Hint(
            "Your callback sets `stop_training` to False, which would cancel the stop of "
            "another one. Set it to True, and only under an `if`."
        )


table_exercise(
    "count-batches",
    "The last batch of an epoch may be small, but it has its call.",
    reference=lambda examples, batch_size, epochs: -(-examples // batch_size) * epochs,
    inputs=[(1000, 300, 1), (1000, 50, 1), (1000, 300, 3), (7, 32, 2), (100, 32, 5)],
    mistakes=[
        (
            lambda examples, batch_size, epochs: -(-examples // batch_size),
            "These are the batches of one epoch. The run has several.",
        ),
        (
            lambda examples, batch_size, epochs: examples // batch_size * epochs,
            "The small batch at the end of an epoch is missing.",
        ),
        (
            lambda examples, batch_size, epochs: examples / batch_size * epochs,
            "There are no parts of a batch: round up, epoch by epoch.",
        ),
        (
            lambda examples, batch_size, epochs: -(-examples * epochs // batch_size),
            "Round up for each epoch, and multiply afterwards: each epoch has its last batch.",
        ),
        (
            lambda examples, batch_size, epochs: (examples // batch_size + 1) * epochs,
            "1,000 examples in batches of 50 make 20 batches, not 21.",
        ),
    ],
)


table_exercise(
    "rate-in-steps",
    "It depends on the epoch alone, so a run may begin anywhere.",
    reference=lambda epoch, rate: 0.01 * 0.1 ** (epoch // 5),
    inputs=[(epoch, rate) for epoch in (0, 1, 4, 5, 9, 10, 22) for rate in (0.01, 0.5)],
    mistakes=[
        (
            lambda epoch, rate: rate * 0.1 ** (epoch // 5),
            "The present rate has been divided already: begin with 0.01, and leave `rate` out.",
        ),
        (
            lambda epoch, rate: rate / 10 if epoch and epoch % 5 == 0 else rate,
            "This depends on the present rate. A run that begins at epoch 7 would be wrong: "
            "work it out from `epoch` alone.",
        ),
        (
            lambda epoch, rate: 0.01 * 0.1 ** (epoch / 5),
            "Within five epochs the rate stays as it is: divide with `//`, which cuts off.",
        ),
        (
            lambda epoch, rate: 0.01 * 0.1 ** ((epoch - 1) // 5),
            "Epochs are counted from 0 here: epoch 5 is the first with the smaller rate.",
        ),
        (
            lambda epoch, rate: 0.01 * 0.1 ** ((epoch + 1) // 5),
            "The rate falls one epoch too soon: epoch 4 still has 0.01.",
        ),
        (
            lambda epoch, rate: 0.01 if epoch < 5 else 0.001,
            "In epoch 10 the rate falls again.",
        ),
        (
            lambda epoch, rate: 0.01 * 0.1 ** (epoch % 5),
            "`%` is the rest of the division. How many times 5 fits into `epoch` is `//`.",
        ),
        (
            lambda epoch, rate: 0.01 * 0.1**epoch,
            "The rate falls in each epoch. It should fall after five of them.",
        ),
    ],
)


SCORES = (0.2, 0.5, 0.3, 0.4, 0.6, 0.6, 0.55)
RECORDS = (1, 2, 5)  # epochs, counted from 1


@exercise("keep-records", "Only the records have a file, and the last one is the best.")
def judge_keep_records(answer):
    """A function of a folder that returns a callback which writes files of weights."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name) / "records"
        folder.mkdir()
        callback = made(answer, folder)
        model = put_to_work(callback, epochs=len(SCORES), steps=2)
        tell(callback.on_train_begin, {})
        written = []  # the epochs that wrote a file, counted from 1
        own_file = {}  # the file that an epoch has added, by epoch
        for epoch, score in enumerate(SCORES):
            before = {path: path.stat().st_mtime_ns for path in files_below(Path(name))}
            model.set_weights([np.full((1, 1), epoch), np.zeros(1)])
            # The loss rises where the score does not, so that the two cannot be mixed up.
            logs = {"loss": 1.0, "val_loss": 0.37 + 3 * epoch, "val_dice_coef": score}
            tell_epoch(callback, epoch, logs)
            after = {path: path.stat().st_mtime_ns for path in files_below(Path(name))}
            if after != before:
                written.append(epoch + 1)
            for path in after.keys() - before.keys():
                own_file[epoch + 1] = path
        tell(callback.on_train_end, {})
        if hint := hint_on_epochs(tuple(written)):
            return hint
        if any(folder not in path.parents for path in files_below(Path(name))):
            return "The files should be in the folder that your function is given."
        if len(own_file) < len(written):
            return "Each record should have a file of its own: put `{epoch}` into the name."
        return hint_on_files(model, own_file)


def files_below(folder):
    """All files below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hint_on_epochs(written):
    """A hint on the epochs that wrote a file, counted from 1; None if they are the records."""
    known = {
        RECORDS: None,
        (): (
            "No file was written in `folder`. Does your path begin with it, and which name "
            "does your callback monitor?"
        ),
        tuple(range(1, len(SCORES) + 1)): (
            "Every epoch wrote a file. Is `save_best_only=True` there, and is the monitored "
            "name `val_dice_coef`?"
        ),
        (1,): (
            "Only the first epoch wrote a file. Do you monitor `val_dice_coef`, and with the "
            "`mode` in which higher is better?"
        ),
        (1, 2, 5, 6): "An epoch that is only as good as the best one is no record.",
        (1, 2, 4, 5): (
            "With the scores 0.2, 0.5, 0.3, 0.4 the fourth epoch wrote a file. It is better "
            "than the one before, but not than the best so far."
        ),
    }
    scores = ", ".join(map(str, SCORES))
    default = f"The scores {scores} wrote files in the epochs {[*written]}, not {[*RECORDS]}."
    return known.get(written, default)


def hint_on_files(model, own_file):
    """A hint on the files of the records, given by epoch; None if they are as asked."""
    if not all(path.name.endswith(".weights.h5") for path in own_file.values()):
        return (
            "Only the weights: `save_weights_only=True`, and a name that ends in `.weights.h5`."
        )
    counted_from = []  # 0 or 1 for each file whose name has its epoch
    for epoch, path in own_file.items():
        model.load_weights(path)
        if model.get_weights()[0].item() != epoch - 1:
            return "A file does not hold the weights of the epoch that wrote it."
        numbers = map(int, re.findall(r"\d+", path.name.removesuffix(".weights.h5")))
        counted_from += [number - epoch + 1 for number in numbers if epoch - number in (0, 1)]
    if counted_from.count(1) >= len(own_file):
        return None
    if counted_from == [0] * len(own_file):
        return "The epochs in the names should be counted from 1; yours begin with 0."
    return "The number of the epoch, counted from 1, should be in each name."


@exercise("stop-when-apart", "It stops while there is still something to be saved.")
def judge_stop_when_apart(answer):
    """A class of callbacks that stop the run when the losses are apart."""
    losses = [(1.0, 1.0), (0.5, 0.65), (0.5, 0.75), (0.4, 0.8)]
    for ratio, words in [(1.5, "on on on stop"), (3.0, "on on on on"), (1.2, "on stop")]:
        callback = made_by_class(answer, ratio)
        model = put_to_work(callback, epochs=4, steps=2)
        tell(callback.on_train_begin, {})
        for epoch, (word, (loss, val_loss)) in enumerate(
            zip(words.split(), losses, strict=False)
        ):
            logs = {"loss": loss, "val_loss": val_loss, "accuracy": 0.5, "val_accuracy": 0.4}
            tell_epoch(callback, epoch, logs)
            stopped = bool(model.stop_training)
            refuse_own_stop(callback)
            refuse_cancelling(callback, model, epoch, logs)
            if stopped == (word == "stop"):
                continue
            told = f"With ratio {ratio}, loss {loss} and val_loss {val_loss} the run should"
            if stopped and ratio == 3.0:
                return f"{told} go on. Does your callback use the ratio that it is given?"
            if stopped and val_loss == ratio * loss:
                return f"{told} go on: `val_loss` is not more than `ratio` times `loss`."
            return f"{told} {'go on' if stopped else 'stop'}, but it does not."
        tell(callback.on_train_end, {})
    return None


@exercise("time-budget", "It ends in time, wherever it is.")
def judge_time_budget(answer):
    """A class of callbacks that stop a run after some seconds."""
    patient = made_by_class(answer, 1000)
    model = put_to_work(patient, epochs=2, steps=2)
    tell(patient.on_train_begin, {})
    tell_epoch(patient, 0, {"loss": 1.0})
    refuse_own_stop(patient)
    if model.stop_training:
        return f"With a budget of 1,000 seconds it stops at once. {START_THE_CLOCK}"
    refuse_cancelling(patient, model, 1, {"loss": 1.0})
    callback = made_by_class(answer, BUDGET)
    for run in ("first", "second"):
        time.sleep(BUDGET / 2)  # the clock must not start when the object is made
        for _ in range(5):
            hint, stalled = follow_clock(callback, run)
            if not stalled:
                break
        if hint:
            return hint
    return None


def follow_clock(callback, run):
    """Lead a callback through a run that is longer than its budget.

    Whatever the machine does, two bounds on the time passed are known at each call of a hook:
    `least` since `on_train_begin` returned, `most` since it was called. A stop is too soon
    only if even `most` is below the budget, and overdue only if `least` is above it.

    Returns:
        A hint or None, and whether the machine held the run up, so that another is due.
    """
    model = put_to_work(callback, epochs=2, steps=50)
    called = time.perf_counter()
    tell(callback.on_train_begin, {})
    returned = last = time.perf_counter()
    stalled, least = False, 0
    tell(callback.on_epoch_begin, 0, {})
    while least < BUDGET + SLACK:
        for batch in range(9):  # an epoch takes more than half of the budget
            tell(callback.on_train_batch_begin, batch, {})
            in_begin = bool(model.stop_training)
            time.sleep(BATCH)
            least = time.perf_counter() - returned
            tell(callback.on_train_batch_end, batch, {"loss": 1.0})
            now = time.perf_counter()
            stalled |= now - last > STALL
            most, last = now - called, now
            if model.stop_training and most < BUDGET - SLACK:
                again = "In a second run it" if run == "second" else "It"
                return f"{again} stops too soon. {START_THE_CLOCK}", stalled
            if model.stop_training:
                return (LATE if in_begin else None), stalled
            if least > BUDGET + SLACK:
                break
        else:
            tell(callback.on_epoch_end, 0, {"loss": 1.0})
            tell(callback.on_epoch_begin, 1, {})
    tell(callback.on_train_batch_begin, 0, {})
    if model.stop_training:
        return LATE, stalled
    tell(callback.on_epoch_end, 1, {"loss": 1.0})
    refuse_own_stop(callback)
    if model.stop_training:
        return (
            "It stops at the end of the epoch only. An epoch can be long: look at each batch."
        ), stalled
    return (
        "The budget is used up, but `self.model.stop_training` was not set to True. Does the "
        "clock start once, in `on_train_begin`, and not anew with each epoch or batch?"
    ), stalled
