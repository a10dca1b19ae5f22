"""Answers to the exercises of the lesson on handwritten digits."""

from functools import cache

import numpy as np


def one_hot_by_assignment(labels, classes):
    vectors = np.zeros((len(labels), classes), dtype=int)
    vectors[np.arange(len(labels)), labels] = 1
    return vectors


def one_hot_of_classes(labels, classes):
    vectors = np.zeros((len(labels), classes))
    vectors[np.arange(classes), labels] = 1
    return vectors


def one_hot_by_keras(labels, classes):
    import keras

    return keras.utils.to_categorical(labels, classes)


def one_hot_from_one(labels, classes):
    return np.roll(np.eye(classes)[labels], -1, axis=1)


def split(x, y, held_out, y_rows=None, rows=None):
    rows = np.random.permutation(len(x)) if rows is None else rows
    y_rows = rows if y_rows is None else y_rows
    return x[rows[held_out:]], y[y_rows[held_out:]], x[rows[:held_out]], y[y_rows[:held_out]]


def split_by_choice(x, y, held_out):
    chosen = np.zeros(len(x), bool)
    chosen[np.random.default_rng().choice(len(x), held_out, replace=False)] = True
    return [x[~chosen], y[~chosen], x[chosen], y[chosen]]


def split_last(x, y, held_out):
    return x[:-held_out], y[:-held_out], x[-held_out:], y[-held_out:]


def split_evenly(x, y, held_out):
    chosen = np.zeros(len(x), bool)
    chosen[:: len(x) // held_out] = True
    return x[~chosen], y[~chosen], x[chosen], y[chosen]


def split_each_class(x, y, held_out):
    """As many of each class, drawn at random; the text does not forbid it."""
    rows = np.concatenate(
        [
            np.random.permutation(np.flatnonzero(y == digit))[: held_out // 10]
            for digit in range(10)
        ]
    )
    rest = np.setdiff1d(np.arange(len(x)), rows)
    return x[rest], y[rest], x[rows], y[rows]


def split_torn(x, y, held_out):
    return split(x, y, held_out, y_rows=np.random.permutation(len(x)))


def split_seeded(x, y, held_out):
    return split(x, y, held_out, rows=np.random.default_rng(0).permutation(len(x)))


def split_in_place(x, y, held_out):
    rows = np.random.permutation(len(x))
    x[:], y[:] = x[rows], y[rows]
    return split_last(x, y, held_out)


def split_with_overlap(x, y, held_out):
    rows = np.random.permutation(len(x))
    return x[rows[:-held_out]], y[rows[:-held_out]], x[rows[:held_out]], y[rows[:held_out]]


def split_in_sklearn_order(x, y, held_out):
    x_train, y_train, x_val, y_val = split(x, y, held_out)
    return x_train, x_val, y_train, y_val


def gaps_of(probabilities, labels):
    return probabilities.max(axis=1) - probabilities[np.arange(len(labels)), labels]


def narrowest_by_sorting(probabilities, labels, count):
    gaps = gaps_of(probabilities, labels)
    wrong = [row for row in range(len(labels)) if gaps[row] > 0]
    return sorted(wrong, key=lambda row: gaps[row])[:count]


def narrowest_by_masking(probabilities, labels, count):
    gaps = gaps_of(probabilities, labels)
    return np.argsort(np.where(gaps > 0, gaps, np.inf))[:count]


def widest(probabilities, labels, count):
    return np.argsort(-gaps_of(probabilities, labels))[:count]


def narrowest_of_all(probabilities, labels, count):
    return np.argsort(gaps_of(probabilities, labels))[:count]


def surest(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:count]


def places_among_wrong(probabilities, labels, count):
    gaps = gaps_of(probabilities, labels)
    return np.argsort(gaps[gaps > 0])[:count]


def nearest_by_ratio(probabilities, labels, count):
    true_class = probabilities[np.arange(len(labels)), labels]
    wrong = np.flatnonzero(gaps_of(probabilities, labels) > 0)
    return wrong[np.argsort(-true_class[wrong])][:count]


def gaps_instead_of_rows(probabilities, labels, count):
    gaps = gaps_of(probabilities, labels)
    return np.sort(gaps[gaps > 0])[:count]


def cut_before_sorting(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)[:count]
    return wrong[np.argsort(gaps_of(probabilities, labels)[wrong])]


def parameters_by_keras(size, channels, filters):
    import keras

    layer = keras.layers.Conv2D(filters, size)
    layer.build((None, 28, 28, channels))
    return layer.count_params()


@cache
def network(kind, epochs=1, input_shape=(28, 28, 1), end="softmax"):
    """A small network, trained on a third of the digits for some epochs."""
    import keras

    from helpers.data import load_mnist

    (x, y), _ = load_mnist()
    x, y = x[:20_000].reshape(-1, *input_shape), y[:20_000]
    keras.utils.set_random_seed(1)
    layers = {
        "strided": [
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
        ],
        "pooled": [
            keras.layers.Conv2D(16, 5, activation="relu"),
            keras.layers.MaxPooling2D(3),
            keras.layers.Flatten(),
        ],
        "dense": [keras.layers.Flatten(), keras.layers.Dense(20, activation="relu")],
        "full": [keras.layers.Flatten(), keras.layers.Dense(25, activation="relu")],
        "wide": [keras.layers.Flatten(), keras.layers.Dense(100, activation="relu")],
    }[kind]
    model = keras.Sequential(
        [keras.Input(input_shape), keras.layers.Rescaling(1 / 255), *layers]
    )
    model.add(keras.layers.Dense(10, activation=end))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=end is None)
    model.compile("adam", loss, steps_per_execution=20)
    if epochs:
        model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    return model


def unbuilt():
    import keras

    return keras.Sequential([keras.layers.Dense(10)])


RIGHT = {
    "one-hot": [
        one_hot_by_assignment,
        one_hot_by_keras,
        lambda y, n: y[:, None] == range(n),
    ],
    "split-data": [split, split_by_choice, split_seeded, split_each_class],
    "conv-parameters": [
        lambda size, channels, filters: size**2 * channels * filters + filters,
        lambda size, channels, filters: (size**2 * channels + 1) * filters,
        parameters_by_keras,
    ],
    "nearest-digits": [narrowest_by_sorting, narrowest_by_masking],
    "digit-network": [lambda: network("strided", 3), lambda: network("pooled", 3)],
}

WRONG = {
    "one-hot": [
        (lambda labels, classes: np.eye(classes)[labels].T, "swapped"),
        (lambda labels, classes: np.eye(labels.max() + 1)[labels], "Not every class"),
        (one_hot_from_one, "too far to the left"),
        (lambda labels, classes: np.zeros((len(labels), classes)), "a single 1"),
        (lambda labels, classes: labels, "labels themselves"),
        (one_hot_of_classes, "np.arange(len(labels))"),
        (lambda labels, classes: np.eye(classes), "(4, 3) was expected"),
        (lambda labels, classes: 2 * np.eye(classes)[labels], "was expected"),
    ],
    "split-data": [
        (split_last, "mix before you cut"),
        (split_evenly, "not drawn at random"),
        (split_torn, "lost its own y"),
        (split_in_place, "changed the arrays"),
        (split_with_overlap, "exactly one"),
        (split_in_sklearn_order, "order is off"),
        (lambda x, y, held_out: split(x, y, 200 - held_out), "swapped"),
        (lambda x, y, held_out: split(x, y, 20), "held out"),
        (lambda x, y, held_out: (x, y), "four arrays"),
    ],
    "conv-parameters": [
        (lambda size, channels, filters: (size**2 + 1) * filters, "a window for each"),
        (lambda size, channels, filters: size**2 * channels * filters, "its bias"),
        (lambda size, channels, filters: size**2 * filters, "and one bias"),
        (lambda size, channels, filters: (size**2 + 1) * channels * filters, "one bias, not"),
        (lambda size, channels, filters: size**2 * channels * filters + 1, "of its own"),
        (lambda size, channels, filters: (channels + 1) * filters, "was expected"),
    ],
    "nearest-digits": [
        (widest, "widest"),
        (narrowest_of_all, "answered correctly"),
        (surest, "surest"),
        (places_among_wrong, "wrong[order]"),
        (nearest_by_ratio, "true class alone"),
        (gaps_instead_of_rows, "numbers of their rows"),
        (cut_before_sorting, "cut before you sorted"),
        (lambda p, y, count: narrowest_by_sorting(p, y, 60), "first `count`"),
        (lambda p, y, count: narrowest_by_sorting(p, y, count)[::-1], "not in order"),
    ],
    "digit-network": [
        (lambda: network("wide", 0), "parameters"),
        (lambda: network("strided", 0), "Was it trained"),
        (lambda: network("dense", 1), "A dense network of this size"),
        (lambda: network("full", 1), "A dense network of this size"),
        (lambda: network("strided", 0, end=None), "softmax"),
        (lambda: network("dense", 0, input_shape=(784,)), "does not take images"),
        (unbuilt, "no weights yet"),
    ],
}

# Models are made only when a test asks for them.
MAKE_FIRST = {"digit-network"}
