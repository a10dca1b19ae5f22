"""Answers to the exercises of the lesson on callbacks."""

import math
import time
from functools import cache


def batches_one_by_one(examples, batch_size, epochs):
    return len([start for _ in range(epochs) for start in range(0, examples, batch_size)])


def checkpoint(folder, name="{epoch:02d}.weights.h5", **options):
    import keras

    highest = {"monitor": "val_dice_coef", "mode": "max"}
    settings = {"save_best_only": True, "save_weights_only": True} | highest | options
    return keras.callbacks.ModelCheckpoint(folder / name, **settings)


def records_by_hand(folder, counted_from=1, previous_only=False):
    import keras

    class Keep(keras.callbacks.Callback):
        best = -1

        def on_epoch_end(self, epoch, logs=None):
            better = logs["val_dice_coef"] > self.best
            if better or previous_only:
                self.best = logs["val_dice_coef"]
            if better:
                folder.mkdir(parents=True, exist_ok=True)
                self.model.save_weights(folder / f"epoch-{epoch + counted_from}.weights.h5")

    return Keep()


@cache
def callback_class(kind):
    """A class of callbacks as a learner may write it."""
    import keras

    class Callback(keras.callbacks.Callback):
        def __init__(self, limit):
            super().__init__()
            self.limit = limit

    class ByRatio(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] / logs["loss"] > self.limit:
                self.model.stop_training = True

    class CancelsStop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = logs["val_loss"] / logs["loss"] > self.limit

    class AtRatio(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] >= self.limit * logs["loss"]:
                self.model.stop_training = True

    class StopsItself(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] > self.limit * logs["loss"]:
                self.stop_training = True

    class ByRatioOnce(Callback):
        def on_epoch_end(self, epoch, logs=None):
            apart = logs["val_loss"] - self.limit * logs["loss"]
            if apart > 0:
                self.model.stop_training = True

    class SwappedRatio(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["loss"] > self.limit * logs["val_loss"]:
                self.model.stop_training = True

    class FixedRatio(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] > 1.5 * logs["loss"]:
                self.model.stop_training = True

    class ByDifference(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] - logs["loss"] > self.limit:
                self.model.stop_training = True

    class OfBatches(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if logs["val_loss"] > self.limit * logs["loss"]:
                self.model.stop_training = True

    class ForgetsSuper(keras.callbacks.Callback):
        def __init__(self, limit):
            self.limit = limit

        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] > self.limit * logs["loss"]:
                self.model.stop_training = True

    class Clock(Callback):
        def on_train_begin(self, logs=None):
            self.start = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            if time.perf_counter() - self.start >= self.limit:
                self.model.stop_training = True

    class Deadline(Callback):
        def on_train_begin(self, logs=None):
            self.end = time.monotonic() + self.limit

        def on_batch_end(self, batch, logs=None):
            if time.monotonic() > self.end:
                self.model.stop_training = True

    class ClockOfEpochsToo(Clock):
        def on_train_batch_begin(self, batch, logs=None):
            super().on_train_batch_end(batch)

        def on_epoch_end(self, epoch, logs=None):
            super().on_train_batch_end(0)

    class ClockInNanoseconds(Callback):
        def on_train_begin(self, logs=None):
            self.end = time.time_ns() + self.limit * 1e9

        def on_train_batch_end(self, batch, logs=None):
            if time.time_ns() >= self.end:
                self.model.stop_training = True

    class ClockAtBegin(Clock):
        def on_train_batch_begin(self, batch, logs=None):
            super().on_train_batch_end(batch)

        def on_train_batch_end(self, batch, logs=None):
            pass

    class ClockCancels(Clock):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = time.perf_counter() - self.start >= self.limit

    class ClockOfObject(Clock):
        def __init__(self, limit):
            super().__init__(limit)
            self.start = time.perf_counter()

        def on_train_begin(self, logs=None):
            pass

    class ClockOfEpochs(Clock):
        def on_train_batch_end(self, batch, logs=None):
            pass

        def on_epoch_end(self, epoch, logs=None):
            super().on_train_batch_end(0)

    class ClockOfEachEpoch(Clock):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

    class ForgetsToSubtract(Clock):
        def on_train_batch_end(self, batch, logs=None):
            if time.perf_counter() >= self.limit:
                self.model.stop_training = True

    class ForgetsToStop(Clock):
        def on_train_batch_end(self, batch, logs=None):
            if time.perf_counter() - self.start >= self.limit:
                self.stop_training = True

    class ClockOfBatch(Clock):
        def on_train_batch_begin(self, batch, logs=None):
            self.start = time.perf_counter()

    class StopsAtOnce(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    return {name: value for name, value in locals().items() if isinstance(value, type)}[kind]


def make(kind):
    """A function that makes the class, since Keras is imported when a test asks for it."""
    return lambda: callback_class(kind)


RIGHT = {
    "count-batches": [
        lambda examples, batch_size, epochs: math.ceil(examples / batch_size) * epochs,
        batches_one_by_one,
    ],
    "rate-in-steps": [
        lambda epoch, rate: 0.01 * 0.1 ** (epoch // 5),
        lambda epoch, rate: 0.01 / 10 ** int(epoch / 5),
        lambda epoch, rate: float(f"1e{-2 - epoch // 5}"),
    ],
    "keep-records": [
        checkpoint,
        records_by_hand,
        lambda folder: checkpoint(folder, "{epoch}_{val_dice_coef:.2f}.weights.h5"),
        lambda folder: checkpoint(folder, "{val_loss:.2f}-{epoch:03d}.weights.h5"),
    ],
    "stop-when-apart": [make("ByRatio"), make("ByRatioOnce")],
    "time-budget": [
        make("Clock"),
        make("Deadline"),
        make("ClockOfEpochsToo"),
        make("ClockInNanoseconds"),
    ],
}

WRONG = {
    "count-batches": [
        (lambda examples, batch_size, epochs: examples // batch_size * epochs, "small batch"),
        (lambda examples, batch_size, epochs: examples / batch_size * epochs, "no parts"),
        (lambda examples, batch_size, epochs: math.ceil(examples / batch_size), "one epoch"),
        (
            lambda examples, batch_size, epochs: math.ceil(examples * epochs / batch_size),
            "Round up for each epoch",
        ),
        (
            lambda examples, batch_size, epochs: (examples // batch_size + 1) * epochs,
            "not 21",
        ),
        (lambda examples, batch_size, epochs: examples, "4 was expected"),
    ],
    "rate-in-steps": [
        (lambda epoch, rate: rate * 0.1 ** (epoch // 5), "divided already"),
        (lambda epoch, rate: rate if epoch % 5 or not epoch else rate / 10, "present rate"),
        (lambda epoch, rate: 0.01 * 0.1 ** (epoch / 5), "divide with `//`"),
        (lambda epoch, rate: 0.01 * 0.1 ** ((epoch - 1) // 5), "counted from 0"),
        (lambda epoch, rate: 0.01 * 0.1 ** ((epoch + 1) // 5), "one epoch too soon"),
        (lambda epoch, rate: 0.01 if epoch < 5 else 0.001, "falls again"),
        (lambda epoch, rate: 0.01 * 0.1 ** (epoch % 5), "rest of the division"),
        (lambda epoch, rate: 0.01 * 0.1**epoch, "in each epoch"),
        (lambda epoch, rate: 0.01 * 0.5 ** (epoch // 5), "was expected"),
    ],
    "keep-records": [
        (lambda folder: records_by_hand(folder, previous_only=True), "not than the best so"),
        (lambda folder: records_by_hand(folder, counted_from=0), "yours begin with 0"),
        (lambda folder: checkpoint(folder, save_best_only=False), "Every epoch"),
        (lambda folder: checkpoint(folder, mode="min"), "Only the first epoch"),
        (lambda folder: checkpoint(folder, monitor="dice_coef"), "is the monitored name"),
        (lambda folder: checkpoint(folder, monitor="val_loss", mode="auto"), "Only the first"),
        (lambda folder: checkpoint(folder, mode="auto"), "ValueError"),
        (lambda folder: checkpoint(folder, "best.weights.h5"), "file of its own"),
        (
            lambda folder: checkpoint(folder, "{epoch}.keras", save_weights_only=False),
            "Only the weights",
        ),
        (lambda folder: checkpoint(folder, "{val_loss:.1f}.weights.h5"), "number of the epoch"),
        (lambda folder: checkpoint(folder.parent), "in the folder"),
        (lambda folder: checkpoint(folder, "{epoch}.hdf5"), "ValueError"),
    ],
    "stop-when-apart": [
        (make("SwappedRatio"), "should stop"),
        (make("AtRatio"), "is not more than"),
        (make("StopsItself"), "`self.stop_training` belongs"),
        (make("FixedRatio"), "use the ratio"),
        (make("ByDifference"), "should stop"),
        (make("OfBatches"), "KeyError"),
        (make("ForgetsSuper"), "super().__init__()"),
        (make("CancelsStop"), "to False"),
        (lambda: callback_class("ByRatio")(1.5), "without parentheses"),
    ],
    "time-budget": [
        (make("ClockOfObject"), "too soon"),
        (make("ClockOfEpochs"), "end of the epoch only"),
        (make("ForgetsToStop"), "`self.stop_training` belongs"),
        (make("ClockAtBegin"), "beginning of the next batch"),
        (make("ClockCancels"), "to False"),
        (make("ClockOfBatch"), "was not set"),
        (make("StopsAtOnce"), "at once"),
        (make("ForgetsToSubtract"), "time passed since then"),
        (make("ClockOfEachEpoch"), "anew with each epoch"),
    ],
}

# Classes of callbacks are made only when a test asks for them.
MAKE_FIRST = {"stop-when-apart", "time-budget"}
