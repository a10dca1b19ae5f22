"""Answers that readers invented from the text of an exercise alone."""

import dataclasses
import datetime
import threading
import time
from decimal import ROUND_CEILING, Decimal

import keras
import numpy as np

Callback = keras.callbacks.Callback
MAKE_FIRST = {"stop-when-apart", "time-budget"}

# --- count-batches


def count_by_range(examples, batch_size, epochs):
    return len(range(0, examples, batch_size)) * epochs


def count_in_float32(examples, batch_size, epochs):
    """A float32 tensor."""
    return keras.ops.ceil(keras.ops.divide(float(examples), float(batch_size))) * float(epochs)


def count_in_decimals(examples, batch_size, epochs):
    batches = (Decimal(examples) / Decimal(batch_size)).to_integral_value(ROUND_CEILING)
    return sum([batches] * epochs)


def count_whole_batches(examples, batch_size, epochs):
    return examples // batch_size * epochs


def count_one_more(examples, batch_size, epochs):
    return (examples // batch_size + 1) * epochs


def count_over_epochs(examples, batch_size, epochs):
    return -(-examples * epochs // batch_size)


def count_rounded(examples, batch_size, epochs):
    return round(examples / batch_size) * epochs


def count_one_epoch(examples, batch_size, epochs):
    return -(-examples // batch_size)


# --- keep-records


def records_with_value_in_name(folder):
    class Records(keras.callbacks.ModelCheckpoint):
        """Its name holds a second number."""

    return Records(
        str(folder / "dice{val_dice_coef:.3f}-epoch{epoch}.weights.h5"),
        "val_dice_coef",
        save_best_only=True,
        save_weights_only=True,
        mode="max",
    )


def records_by_lambda(folder):
    best = [-np.inf]

    def keep(epoch, logs):
        if logs["val_dice_coef"] > best[-1]:
            best.append(logs["val_dice_coef"])
            callback.model.save_weights(folder / f"{epoch + 1:03d}.weights.h5")

    callback = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    return callback


def records_in_numpy_files(folder):
    class Records(Callback):
        best = float("-inf")

        def on_epoch_end(self, epoch, logs=None):
            if logs["val_dice_coef"] > self.best:
                self.best = logs["val_dice_coef"]
                folder.mkdir(parents=True, exist_ok=True)
                np.savez(folder / f"weights_{epoch + 1}.npz", *self.model.get_weights())

    return Records()


def _checkpoint(path, monitor="val_dice_coef", weights_only=True):
    return keras.callbacks.ModelCheckpoint(
        path, monitor=monitor, mode="max", save_best_only=True, save_weights_only=weights_only
    )


def records_of_training(folder):
    return _checkpoint(folder / "{epoch:02d}.weights.h5", monitor="dice_coef")


def records_whole_model(folder):
    return _checkpoint(folder / "{epoch:02d}.keras", weights_only=False)


def records_one_file(folder):
    return _checkpoint(folder / "best.weights.h5")


def records_against_last_epoch(folder):
    class Records(Callback):
        last = -np.inf

        def on_epoch_end(self, epoch, logs=None):
            if logs["val_dice_coef"] > self.last:
                folder.mkdir(parents=True, exist_ok=True)
                self.model.save_weights(folder / f"{epoch + 1:02d}.weights.h5")
            self.last = logs["val_dice_coef"]

    return Records()


def records_from_zero(folder):
    class Records(Callback):
        best = -np.inf

        def on_epoch_end(self, epoch, logs=None):
            if logs["val_dice_coef"] > self.best:
                self.best = logs["val_dice_coef"]
                folder.mkdir(parents=True, exist_ok=True)
                self.model.save_weights(folder / f"{epoch:02d}.weights.h5")

    return Records()


# --- stop-when-apart


@dataclasses.dataclass(eq=False)
class ApartDataclass(Callback):
    ratio: float

    def __post_init__(self):
        super().__init__()

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training |= bool(logs["val_loss"] > self.ratio * logs["loss"])


class ApartLambda(keras.callbacks.LambdaCallback):
    def __init__(self, ratio):
        super().__init__(on_epoch_end=self.look)
        self.ratio = ratio

    def look(self, epoch, logs):
        match logs:
            case {"loss": loss, "val_loss": val_loss} if val_loss > self.ratio * loss:
                setattr(self.model, "stop_training", True)  # noqa: B010


def _set_ratio(self, ratio):
    Callback.__init__(self)
    self.allowed = lambda logs: ratio * logs["loss"] - logs["val_loss"]


def _look(self, epoch, logs=None):
    if np.signbit(self.allowed(logs)):
        self.model.stop_training = True


ApartByType = type("ApartByType", (Callback,), {"__init__": _set_ratio, "on_epoch_end": _look})


class _Ratio(Callback):
    def __init__(self, ratio):
        super().__init__()
        self.ratio = ratio


class ApartTrueOrFalse(_Ratio):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["val_loss"] > self.ratio * logs["loss"]


class ApartByDifference(_Ratio):
    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] - logs["loss"] > self.ratio:
            self.model.stop_training = True


class ApartStopsItself(_Ratio):
    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] > self.ratio * logs["loss"]:
            self.stop_training = True


class ApartAlsoWhenEqual(_Ratio):
    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] >= self.ratio * logs["loss"]:
            self.model.stop_training = True


class ApartAfterBatches(_Ratio):
    def on_train_batch_end(self, batch, logs=None):
        if logs.get("val_loss", 0) > self.ratio * logs["loss"]:
            self.model.stop_training = True


# --- rate-in-steps


def steps_by_schedule(epoch, rate):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.1, staircase=True)
    return float(schedule(epoch))


def steps_by_text(epoch, rate):
    return float(f"1e-{2 + epoch // 5}")


def steps_recursive_float32(epoch, rate):
    return (
        np.float32(0.01)
        if epoch < 5
        else steps_recursive_float32(epoch - 5, rate) / np.float32(10)
    )


def steps_from_rate(epoch, rate):
    return rate * 0.1 if epoch and epoch % 5 == 0 else rate


def steps_smooth(epoch, rate):
    return 0.01 * 0.1 ** (epoch / 5)


def steps_from_one(epoch, rate):
    return 0.01 * 0.1 ** ((epoch + 1) // 5)


def steps_three_only(epoch, rate):
    if epoch < 5:
        return 0.01
    return 0.001 if epoch < 10 else 0.0001


def steps_ten_times_number(epoch, rate):
    return 0.01 / (10 * (epoch // 5) or 1)


# --- time-budget


class BudgetByDate(Callback):
    def __init__(self, seconds):
        super().__init__()
        self.budget = datetime.timedelta(seconds=seconds)

    def on_train_begin(self, logs=None):
        self.until = datetime.datetime.now() + self.budget

    def on_train_batch_end(self, batch, logs=None):
        if datetime.datetime.now() >= self.until:
            self.model.stop_training = True


class BudgetOldHook(Callback):
    """`on_batch_end` is the old name, and still called; the clock counts nanoseconds."""

    def __init__(self, seconds):
        super().__init__()
        self.nanoseconds = int(seconds * 1e9)

    def on_train_begin(self, logs=None):
        self.end = time.monotonic_ns() + self.nanoseconds

    def on_batch_end(self, batch, logs=None):
        self.model.stop_training |= time.monotonic_ns() >= self.end


class BudgetByTimer(Callback):
    """A thread rings when the time is over."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        self.over = threading.Event()
        self.timer = threading.Timer(self.seconds, self.over.set)
        self.timer.daemon = True
        self.timer.start()

    def on_train_batch_end(self, batch, logs=None):
        if self.over.is_set():
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.timer.cancel()


class _Budget(Callback):
    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        if time.perf_counter() - self.start >= self.seconds:
            self.model.stop_training = True


class BudgetFromMaking(_Budget):
    def __init__(self, seconds):
        super().__init__(seconds)
        self.start = time.perf_counter()

    def on_train_begin(self, logs=None):
        pass


class BudgetAtEpochs(_Budget):
    def on_train_batch_end(self, batch, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        if time.perf_counter() - self.start >= self.seconds:
            self.model.stop_training = True


class BudgetPerEpoch(_Budget):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()


class BudgetTrueOrFalse(_Budget):
    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = time.perf_counter() - self.start >= self.seconds


class BudgetOfBatchesNeverReset(_Budget):
    """Adds up the time of the batches, over all runs."""

    def __init__(self, seconds):
        super().__init__(seconds)
        self.used = 0

    def on_train_batch_begin(self, batch, logs=None):
        self.begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.used += time.perf_counter() - self.begun
        if self.used >= self.seconds:
            self.model.stop_training = True


RIGHT = {
    "count-batches": [count_by_range, count_in_float32, count_in_decimals],
    "keep-records": [records_with_value_in_name, records_by_lambda],
    "stop-when-apart": [lambda: ApartDataclass, lambda: ApartLambda, lambda: ApartByType],
    "rate-in-steps": [steps_by_schedule, steps_by_text, steps_recursive_float32],
    "time-budget": [lambda: BudgetByDate, lambda: BudgetOldHook, lambda: BudgetByTimer],
}
WRONG = {
    "count-batches": [
        (count_whole_batches, "small batch at the end"),
        (count_one_more, "20 batches, not 21"),
        (count_over_epochs, "Round up for each epoch"),
        (count_rounded, "small batch at the end"),
        (count_one_epoch, "batches of one epoch"),
    ],
    "keep-records": [
        (records_of_training, "monitored name"),
        (records_whole_model, "Only the weights"),
        (records_one_file, "a file of its own"),
        (records_against_last_epoch, "the best so far"),
        (records_from_zero, "counted from 1"),
        (records_in_numpy_files, "a name that ends in"),
    ],
    "stop-when-apart": [
        (lambda: ApartTrueOrFalse, "to False"),
        (lambda: ApartByDifference, "should stop"),
        (lambda: ApartStopsItself, "belongs to the callback"),
        (lambda: ApartAlsoWhenEqual, "not more than"),
        (lambda: ApartAfterBatches, "should stop"),
    ],
    "rate-in-steps": [
        (steps_from_rate, "depends on the present rate"),
        (steps_smooth, "Within five epochs"),
        (steps_from_one, "one epoch too soon"),
        (steps_three_only, "1e-06 was expected"),
        (steps_ten_times_number, "0.0001 was expected"),
    ],
    "time-budget": [
        (lambda: BudgetFromMaking, "stops too soon"),
        (lambda: BudgetAtEpochs, "end of the epoch only"),
        (lambda: BudgetPerEpoch, "anew with each epoch"),
        (lambda: BudgetTrueOrFalse, "to False"),
        (lambda: BudgetOfBatchesNeverReset, "second run"),
    ],
}
