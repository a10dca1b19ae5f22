"""Answers that readers invented from the text of an exercise alone."""

import functools
import heapq

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from helpers.data import load_mnist

MAKE_FIRST = {"digit-network"}


# --- one-hot, right
def one_hot_outer_float16(labels, classes):
    return np.equal.outer(labels, range(classes)).astype("float16")


def one_hot_bincount(labels, classes):
    labels = np.asarray(labels, int)
    places = np.arange(len(labels)) * classes + labels
    return np.bincount(places, minlength=len(labels) * classes).reshape(-1, classes)


def one_hot_pandas(labels, classes):
    return pd.get_dummies(
        pd.Categorical(labels, categories=range(classes)), dtype=int
    ).to_numpy()


# --- one-hot, wrong
def one_hot_up_to(labels, classes):
    return (np.arange(classes) <= np.asarray(labels)[:, None]).astype(float)


def one_hot_transposed(labels, classes):
    return np.eye(classes)[labels].T


def one_hot_every_row(labels, classes):
    array = np.zeros((len(labels), classes))
    array[:, labels] = 1
    return array


def one_hot_own_width(labels, classes):
    return keras.utils.to_categorical(labels)


def one_hot_of_unique(labels, classes):
    _, places = np.unique(labels, return_inverse=True)
    return np.eye(classes)[places]


# --- split-data, right
def split_by_mask(x, y, held_out):
    is_val = np.zeros(len(x), bool)
    is_val[np.random.default_rng().choice(len(x), held_out, replace=False)] = True
    return [x[~is_val], y[~is_val], x[is_val], y[is_val]]


def split_tensors(x, y, held_out):
    rows = tf.random.shuffle(tf.range(len(x)))
    val, train = rows[:held_out], rows[held_out:]
    return tf.gather(x, train), tf.gather(y, train), tf.gather(x, val), tf.gather(y, val)


def split_sort_random_keys(x, y, held_out):
    pairs = sorted(zip(x, y, strict=True), key=lambda pair: np.random.random())
    rest = len(pairs) - held_out
    train_x, train_y = zip(*pairs[:rest], strict=True)
    val_x, val_y = zip(*pairs[rest:], strict=True)
    return np.array(train_x), np.array(train_y), np.array(val_x), np.array(val_y)


# --- split-data, wrong
def split_two_permutations(x, y, held_out):
    rng = np.random.default_rng()
    x, y = rng.permutation(x), rng.permutation(y)
    return x[held_out:], y[held_out:], x[:held_out], y[:held_out]


def split_order_of_sklearn(x, y, held_out):
    rows = np.random.default_rng().permutation(len(x))
    train, val = rows[held_out:], rows[:held_out]
    return x[train], x[val], y[train], y[val]


def split_with_replacement(x, y, held_out):
    val = np.random.default_rng().integers(0, len(x), held_out)
    train = np.setdiff1d(np.arange(len(x)), val)
    return x[train], y[train], x[val], y[val]


def split_about_held_out(x, y, held_out):
    val = np.random.default_rng().random(len(x)) < held_out / len(x)
    return x[~val], y[~val], x[val], y[val]


def split_then_mix(x, y, held_out):
    rng = np.random.default_rng()
    cut = len(x) - held_out
    train, val = rng.permutation(cut), cut + rng.permutation(held_out)
    return x[train], y[train], x[val], y[val]


# --- conv-parameters, right
def conv_of_keras(size, channels, filters):
    layer = keras.layers.Conv2D(int(filters), int(size))
    layer.build((None, None, None, int(channels)))
    return layer.count_params()


def conv_recursive(size, channels, filters):
    one = int(size) ** 2 * channels + 1
    return one if filters == 1 else one + conv_recursive(size, channels, filters - 1)


def conv_float64(size, channels, filters):
    return np.float64(filters) * np.polyval([channels, 0.0, 1.0], size)


# --- conv-parameters, wrong
def conv_no_channels(size, channels, filters):
    return (size * size + 1) * filters


def conv_no_bias(size, channels, filters):
    return size * size * channels * filters


def conv_one_bias(size, channels, filters):
    return size * size * channels * filters + 1


def conv_bias_per_window(size, channels, filters):
    return (size * size + 1) * channels * filters


def conv_size_once(size, channels, filters):
    return (size * channels + 1) * filters


# --- nearest-digits, right
def nearest_heap(probabilities, labels, count):
    p = np.asarray(probabilities)
    rows = [i for i in range(len(p)) if p[i].argmax() != labels[i]]
    return heapq.nsmallest(count, rows, key=lambda i: p[i].max() - p[i][labels[i]])


def nearest_pandas(probabilities, labels, count):
    frame = pd.DataFrame(np.asarray(probabilities))
    gap = frame.max(axis=1) - frame.to_numpy()[range(len(labels)), labels]
    return gap[frame.idxmax(axis=1).to_numpy() != labels].nsmallest(count).index


def nearest_tensor(probabilities, labels, count):
    p = keras.ops.convert_to_tensor(probabilities)
    true = keras.ops.take_along_axis(p, keras.ops.cast(labels, "int32")[:, None], axis=1)[:, 0]
    gap = keras.ops.max(p, axis=1) - true
    order = keras.ops.argsort(keras.ops.where(gap > 0, gap, np.inf))
    return order[: min(count, int(keras.ops.sum(gap > 0)))]


# --- nearest-digits, wrong
def _gaps(probabilities, labels):
    gap = probabilities.max(axis=1) - probabilities[np.arange(len(labels)), labels]
    return gap, np.flatnonzero(probabilities.argmax(axis=1) != labels)


def nearest_places_in_wrong(probabilities, labels, count):
    gap, wrong = _gaps(probabilities, labels)
    return np.argsort(gap[wrong])[:count]


def nearest_second_best(probabilities, labels, count):
    _, wrong = _gaps(probabilities, labels)
    ranked = np.sort(probabilities, axis=1)
    return wrong[np.argsort((ranked[:, -1] - ranked[:, -2])[wrong])][:count]


def nearest_largest_first(probabilities, labels, count):
    gap, wrong = _gaps(probabilities, labels)
    return wrong[np.argsort(gap[wrong])][:count][::-1]


def nearest_cut_first(probabilities, labels, count):
    gap, wrong = _gaps(probabilities, labels)
    wrong = wrong[:count]
    return wrong[np.argsort(gap[wrong])]


# --- digit-network
@functools.cache
def _training_data():
    (images, labels), _ = load_mnist()
    rows = np.random.default_rng(0).permutation(60_000)[:50_000]
    images = images[rows]
    return (images if images.ndim == 4 else images[..., None]), labels[rows]


@functools.cache
def _core():
    """Trained convolutions that want pixels from 0 to 1 and give logits: 16,330 parameters."""
    keras.utils.set_random_seed(1)
    core = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    x, y = _training_data()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    core.compile(optimizer=keras.optimizers.Adam(0.002), loss=loss, steps_per_execution=20)
    core.fit(x / np.float32(255), y, epochs=2, batch_size=64, verbose=0)
    return core


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.core = _core()

    def call(self, x):
        return keras.ops.softmax(self.core(keras.ops.cast(x, "float32") / 255))


def network_subclassed():
    model = Subclassed()
    model(_training_data()[0][:2])  # called, as it would be by fit
    return model


def network_uint8_float16():
    image = keras.Input(shape=(28, 28, 1), dtype="uint8")
    x = keras.layers.Rescaling(1 / 255)(image)
    return keras.Model(image, keras.layers.Softmax(dtype="float16")(_core()(x)))


def network_two_views():
    """The mean of what it makes of the image and of the image moved by a pixel."""
    image = keras.Input(shape=(28, 28, 1))
    x = image / 255
    moved = keras.ops.roll(x, 1, axis=2)
    views = [keras.ops.softmax(_core()(view)) for view in (x, moved)]
    return keras.Model({"image": image}, keras.layers.average(views))


def network_scaled_outside():
    """Trained on pixels from 0 to 1; with tanh in place of relu, the scale matters."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(16, 3, strides=2, activation="tanh"),
            keras.layers.Conv2D(32, 3, strides=2, activation="tanh"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    x, y = _training_data()
    model.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=20)
    model.fit(x / np.float32(255), y, epochs=4, batch_size=64, verbose=0)
    return model


def network_logits():
    return keras.Sequential(
        [keras.Input(shape=(28, 28, 1)), keras.layers.Rescaling(1 / 255), _core()]
    )


def network_sigmoid():
    image = keras.Input(shape=(28, 28, 1))
    return keras.Model(image, keras.ops.sigmoid(_core()(image / 255)))


def network_without_channel():
    image = keras.Input(shape=(28, 28))
    x = keras.layers.Reshape((28, 28, 1))(image / 255)
    return keras.Model(image, keras.layers.Softmax()(_core()(x)))


def network_20085_with_moving_means():
    """19,975 trainable parameters and 110 that are not."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(39, 3, strides=2, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    x, y = _training_data()
    model.compile(loss="sparse_categorical_crossentropy", steps_per_execution=20)
    model.fit(x, y, epochs=1, batch_size=128, verbose=0)
    return model


RIGHT = {
    "one-hot": [one_hot_outer_float16, one_hot_bincount, one_hot_pandas],
    "split-data": [split_by_mask, split_tensors, split_sort_random_keys],
    "conv-parameters": [conv_of_keras, conv_recursive, conv_float64],
    "nearest-digits": [nearest_heap, nearest_pandas, nearest_tensor],
    "digit-network": [network_subclassed, network_uint8_float16, network_two_views],
}
WRONG = {
    "one-hot": [
        (one_hot_up_to, "it has 1 there, and 0 was expected"),
        (one_hot_transposed, "Rows and columns are swapped"),
        (one_hot_every_row, "sets these columns in every row"),
        (one_hot_own_width, "use `classes`"),
        (one_hot_of_unique, "For [0, 3], 10"),
    ],
    "split-data": [
        (split_two_permutations, "lost its own y"),
        (split_order_of_sklearn, "The order is off"),
        (split_with_replacement, "should be held out. The lengths"),
        (split_about_held_out, "should be held out. The lengths"),
        (split_then_mix, "mix before you cut"),
    ],
    "conv-parameters": [
        (conv_no_channels, "has a window for each"),
        (conv_no_bias, "one number more, its bias"),
        (conv_one_bias, "has a bias of its own"),
        (conv_bias_per_window, "one bias, not one for each channel"),
        (conv_size_once, "`size` times `size` pixels"),
    ],
    "nearest-digits": [
        (nearest_places_in_wrong, "places within the list"),
        (nearest_second_best, "second-highest"),
        (nearest_largest_first, "not in order"),
        (nearest_cut_first, "cut before you sorted"),
    ],
    "digit-network": [
        (network_scaled_outside, "0 to 255"),
        (network_logits, "no probabilities"),
        (network_sigmoid, "no probabilities"),
        (network_20085_with_moving_means, "20,085 parameters"),
    ],
}
