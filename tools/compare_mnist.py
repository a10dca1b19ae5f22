"""Compare two networks on MNIST by the training time they need to pass 99 % on the test set.

One is the lesson's small CNN, the other keras.io's plain example of two convolutions. Both
train in this process, taking turns; only `fit` is timed: python tools/compare_mnist.py
"""

import argparse
import statistics
import sys
import time

from lessons import at_least_one

from helpers import quiet_import

with quiet_import():
    import keras
from helpers.data import load_mnist

GOAL = 0.99
LARGEST_RATIO = 0.25


def build_small_cnn(steps):
    """The small CNN of lesson 02, compiled.

    Args:
        steps: number of updates over which the learning rate falls to 0.
    """
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(16, 5, strides=2, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Conv2D(64, 5, strides=2, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Conv2D(128, 3, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    rate = keras.optimizers.schedules.CosineDecay(0.005, decay_steps=steps)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def build_keras_io_cnn():
    """The plain CNN of keras.io's "Simple MNIST convnet", compiled."""
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def train_to_goal(model, train, test, batch_size, most_epochs):
    """Train epoch by epoch until the test accuracy passes GOAL.

    Args:
        model: a compiled model.
        train, test: pairs of images in 0 to 1, (n, 28, 28, 1), and labels, (n,).
        batch_size: images in an update.
        most_epochs: where to stop if the goal is out of reach.

    Returns:
        Seconds spent in `fit`, epochs trained, test accuracy after the last one.
    """
    seconds, epochs, accuracy = 0.0, 0, 0.0
    while accuracy <= GOAL and epochs < most_epochs:
        start = time.perf_counter()
        model.fit(*train, batch_size=batch_size, verbose=0)
        seconds += time.perf_counter() - start
        epochs += 1
        accuracy = model.evaluate(*test, batch_size=1000, verbose=0)[1]
    return seconds, epochs, accuracy


def train_recipe(model, train, test, batch_size, epochs):
    """Train for exactly `epochs` in one `fit`. Arguments and result as in train_to_goal."""
    start = time.perf_counter()
    model.fit(*train, batch_size=batch_size, epochs=epochs, verbose=0)
    seconds = time.perf_counter() - start
    return seconds, epochs, model.evaluate(*test, batch_size=1000, verbose=0)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=at_least_one, default=3, help="runs of each network (3)")
    runs = parser.parse_args().runs
    train, test = (
        (images[..., None].astype("float32") / 255, labels) for images, labels in load_mnist()
    )
    small_epochs, small_batch = 2, 128
    small_steps = small_epochs * -(-len(train[0]) // small_batch)
    times = {"keras.io": [], "small CNN": []}
    passed = {"keras.io": True, "small CNN": True}
    print("run  network    seconds  epochs  accuracy")
    for run in range(1, runs + 1):
        for name in times:
            keras.utils.set_random_seed(run)
            if name == "small CNN":
                model = build_small_cnn(small_steps)
                result = train_recipe(model, train, test, small_batch, small_epochs)
            else:
                model = build_keras_io_cnn()
                result = train_to_goal(model, train, test, batch_size=128, most_epochs=15)
            seconds, epochs, accuracy = result
            times[name].append(seconds)
            passed[name] = passed[name] and accuracy > GOAL
            print(f"{run:3}  {name:9}  {seconds:7.1f}  {epochs:6}  {accuracy:8.2%}", flush=True)
    plain, small = (statistics.median(times[name]) for name in ("keras.io", "small CNN"))
    ratio = small / plain
    print(f"Medians: keras.io {plain:.1f} s, small CNN {small:.1f} s; ratio {ratio:.2f}.")
    if not passed["small CNN"]:
        sys.exit("The small CNN did not pass 99 % in every run.")
    if ratio > LARGEST_RATIO:
        sys.exit(f"The small CNN took more than {LARGEST_RATIO} of the other's time.")
    if not passed["keras.io"]:
        print("keras.io's example did not pass 99 % in every run: its time is a lower bound.")


if __name__ == "__main__":
    main()
