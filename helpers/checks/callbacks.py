"""Judges of the lesson on callbacks."""

import tempfile
import time
from pathlib import Path

import numpy as np

from helpers.exercises import Hint, call, exercise

SLACK = 0.05  # seconds around the end of a budget in which both answers are right


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


@exercise("count-batches", "The last batch of an epoch may be small, but it has its call.")
def judge_count_batches(answer):
    """A function of (examples, batch_size, epochs) that returns a number of calls."""
    runs = [(1000, 300, 1), (1000, 50, 1), (1000, 300, 3), (7, 32, 2), (100, 32, 5)]
    counts = [call(answer, *run) for run in runs]
    if any(np.ndim(count) or isinstance(count, str) for count in counts):
        return "Return one number."
    counts = np.array([float(count) for count in counts])
    sizes = np.array(runs, float)
    exact = sizes[:, 0] / sizes[:, 1]
    for right, hint in [
        (np.ceil(exact) * sizes[:, 2], None),
        (np.ceil(exact), "These are the batches of one epoch. The run has several."),
        (np.floor(exact) * sizes[:, 2], "The small batch at the end of an epoch is missing."),
        (exact * sizes[:, 2], "There are no parts of a batch: round up, epoch by epoch."),
        (
            np.ceil(exact * sizes[:, 2]),
            "Round up for each epoch, and multiply afterwards: every epoch has its last batch.",
        ),
        (
            (np.floor(exact) + 1) * sizes[:, 2],
            "1,000 examples in batches of 50 make 20 batches, not 21.",
        ),
    ]:
        if np.array_equal(counts, right):
            return hint
    return f"For 1,000 examples in batches of 300 an epoch has 4 batches, not {counts[0]:g}."


@exercise("keep-records", "Only the records have a file, and the last one is the best.")
def judge_keep_records(answer):
    """A function of a folder that returns a callback which writes files of weights."""
    model = tiny_model()
    scores = [0.2, 0.5, 0.4, 0.6, 0.6, 0.55]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name) / "records"
        callback = made(answer, folder)
        callback.set_params({"epochs": len(scores), "steps": 2, "verbose": 0})
        callback.set_model(model)
        tell(callback.on_train_begin, {})
        written = []
        for epoch, score in enumerate(scores):
            before = {path: path.stat().st_mtime_ns for path in files_below(Path(name))}
            model.set_weights([np.full((1, 1), epoch), np.zeros(1)])
            # The loss rises where the score does not, so that the two cannot be mixed up.
            logs = {"loss": 1.0, "val_loss": 0.1 + epoch, "val_dice_coef": score}
            tell_epoch(callback, epoch, logs)
            after = {path: path.stat().st_mtime_ns for path in files_below(Path(name))}
            written.append(after != before)
        tell(callback.on_train_end, {})
        files = files_below(Path(name))
        if hint := hint_on_epochs(written):
            return hint
        if any(folder not in path.parents for path in files):
            return "The files should be in the folder that your function is given."
        if len(files) < sum(written):
            return "Each record should have a file of its own: put `{epoch}` into the name."
        for path, epoch in zip(files, (0, 1, 3), strict=False):
            if not path.name.endswith(".weights.h5"):
                return "Only the weights: `save_weights_only=True`, and a name to fit."
            model.load_weights(path)
            if model.get_weights()[0].item() != epoch or str(epoch + 1) not in path.name:
                return "The number of the epoch, counted from 1, should be in each name."
    return None


def files_below(folder):
    """All files below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hint_on_epochs(written):
    """A hint on the epochs that wrote a file; None if they are the records."""
    written = [number + 1 for number, wrote in enumerate(written) if wrote]
    known = {
        (1, 2, 4): None,
        (): (
            "No file was written in `folder`. Does your path begin with it, and which name "
            "does your callback monitor?"
        ),
        (1, 2, 3, 4, 5, 6): (
            "Every epoch wrote a file. Is `save_best_only=True` there, and is the monitored "
            "name `val_dice_coef`?"
        ),
        (1,): (
            "Only the first epoch wrote a file. Do you monitor `val_dice_coef`, and with the "
            "`mode` in which higher is better?"
        ),
        (1, 2, 4, 5): "An epoch that is only as good as the best one is no record.",
    }
    default = f"The scores 0.2, 0.5, 0.4, 0.6, 0.6, 0.55 wrote files in the epochs {written}."
    return known.get(tuple(written), default)


@exercise("stop-when-apart", "It stops while there is still something to be saved.")
def judge_stop_when_apart(answer):
    """A class of callbacks that stop the run when the losses are apart."""
    for ratio, epochs in [(1.5, "ok ok stop"), (3.0, "ok ok ok"), (1.2, "ok stop")]:
        callback = made_by_class(answer, ratio)
        model = tiny_model()
        callback.set_model(model)
        callback.set_params({"epochs": 3, "steps": 2, "verbose": 0})
        tell(callback.on_train_begin, {})
        for epoch, (word, val_loss) in enumerate(
            zip(epochs.split(), (1.0, 0.65, 0.8), strict=False)
        ):
            loss = (1.0, 0.5, 0.4)[epoch]
            logs = {"loss": loss, "val_loss": val_loss, "accuracy": 0.5, "val_accuracy": 0.4}
            tell_epoch(callback, epoch, logs)
            stopped = bool(model.stop_training)
            if cancels_stop(callback, model, epoch, logs):
                return (
                    "Your callback sets `stop_training` to False, which would cancel the stop "
                    "of another one. Set it to True, and only under an `if`."
                )
            if stopped == (word == "stop"):
                continue
            told = f"With ratio {ratio}, loss {loss} and val_loss {val_loss} the run should"
            if stopped and ratio == 3.0:
                return f"{told} go on. Does your callback use the ratio that it is given?"
            return f"{told} {'go on' if stopped else 'stop'}, but it does not."
        tell(callback.on_train_end, {})
    return None


def cancels_stop(callback, model, epoch, logs):
    """Whether a callback sets back a stop that another one has asked for."""
    before, model.stop_training = model.stop_training, True
    tell(callback.on_epoch_end, epoch, logs)
    cancelled = not model.stop_training
    model.stop_training = before
    return cancelled


@exercise("time-budget", "It ends in time, wherever it is.")
def judge_time_budget(answer):
    """A class of callbacks that stop a run after some seconds."""
    callback = made_by_class(answer, 0.3)
    set_by_init = any(
        isinstance(value, float) and value > 1 for value in vars(callback).values()
    )
    for run in ("first", "second"):
        time.sleep(0.1)  # the clock must not start when the object is made
        model = tiny_model()
        callback.set_model(model)
        callback.set_params({"epochs": 2, "steps": 50, "verbose": 0})
        hint = follow_clock(callback, model, run, set_by_init)
        if hint:
            return hint
    patient = made_by_class(answer, 1000)
    patient.set_model(model := tiny_model())
    tell(patient.on_train_begin, {})
    tell_epoch(patient, 0, {"loss": 1.0})
    if model.stop_training:
        return "With a budget of 1,000 seconds it stopped at once. Does it use its `seconds`?"
    return None


def follow_clock(callback, model, run, set_by_init):
    """A hint if the callback does not stop a run after 0.3 seconds, or None."""
    start = time.perf_counter()
    tell(callback.on_train_begin, {})
    tell(callback.on_epoch_begin, 0, {})
    for batch in range(50):
        if batch == 5:  # the first epoch is shorter than the budget
            tell(callback.on_epoch_end, 0, {"loss": 1.0})
            if model.stop_training:
                return "It stops too soon, at the end of an epoch."
            tell(callback.on_epoch_begin, 1, {})
        tell(callback.on_train_batch_begin, batch, {})
        time.sleep(0.02)
        before = time.perf_counter() - start
        tell(callback.on_train_batch_end, batch, {"loss": 1.0})
        if model.stop_training and before < 0.3 - SLACK:
            if run == "second":
                return "In a second run it stops too soon: start the clock anew in each run."
            if set_by_init:
                return "It stops too soon. Start the clock in `on_train_begin`."
            return "It stops too soon. Compare the time passed, `now - start`, with `seconds`."
        if model.stop_training:
            return None
        if before > 0.3 + SLACK:
            break
    tell(callback.on_epoch_end, 1, {"loss": 1.0})
    if model.stop_training:
        return (
            "It stops at the end of the epoch only. An epoch can be long: look at each batch."
        )
    return (
        "The budget is used up, but `self.model.stop_training` was not set to True. Does the "
        "clock start once, in `on_train_begin`, and not anew with each epoch or batch?"
    )
