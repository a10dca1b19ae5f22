"""Answers that readers invented from the text of an exercise alone."""

import heapq
import itertools
import math

import keras
import numpy as np
import tensorflow as tf

MEAN_BGR = np.array([103.939, 116.779, 123.68], "float32")


# --- largest-answers, right
def largest_heap(probabilities, count):
    return heapq.nlargest(count, range(len(probabilities)), key=probabilities.__getitem__)


def largest_top_k(probabilities, count):
    return tf.math.top_k(probabilities, count).indices


def largest_one_by_one(probabilities, count):
    left, places = np.array(probabilities, float), []
    while len(places) < count:
        places.append(np.float32(np.nanargmax(left)))
        left[int(places[-1])] = np.nan
    return tuple(places)


# --- largest-answers, wrong
def largest_values(probabilities, count):
    return np.sort(probabilities)[::-1][:count]


def largest_ascending(probabilities, count):
    return np.argsort(probabilities)[-count:]


def largest_by_threshold(probabilities, count):
    return np.flatnonzero(probabilities >= np.sort(probabilities)[-count])


def largest_one_short(probabilities, count):
    return np.argsort(probabilities)[:-count:-1]


def largest_twice_the_first(probabilities, count):
    numbers = list(probabilities)
    return [numbers.index(number) for number in sorted(numbers, reverse=True)[:count]]


# --- unfeed, right
def unfeed_float16(fed):
    return np.rint(np.flip(fed, -1) + np.flip(MEAN_BGR)).astype("float16")


def unfeed_tensor(fed):
    blue_first = tf.round(tf.constant(fed) + MEAN_BGR)
    return tf.cast(tf.stack(tf.unstack(blue_first, axis=-1)[::-1], axis=-1), "uint8")


def unfeed_in_place(fed):
    fed += MEAN_BGR
    np.rint(fed, out=fed)
    return fed[..., [2, 1, 0]].astype(int)


# --- unfeed, wrong
def unfeed_blue_first(fed):
    return np.round(fed + MEAN_BGR).astype("uint8")


def unfeed_turned_first(fed):
    return np.clip(np.round(fed[..., ::-1] + MEAN_BGR), 0, 255).astype("uint8")


def unfeed_third_axis(fed):
    return np.round((fed + MEAN_BGR)[:, :, ::-1]).astype("uint8")


# --- relative-moves, right
def moves_dist(before, after):
    result = []
    for old, new in zip(before, after, strict=True):
        old, new = np.ravel(old).tolist(), np.ravel(new).tolist()
        result.append(math.dist(old, new) / math.hypot(*old))
    return result


def moves_tensors(before, after):
    changes = [tf.norm(tf.subtract(new, old)) for old, new in zip(before, after, strict=True)]
    return [change / tf.norm(old) for change, old in zip(changes, before, strict=True)]


def moves_recursive_float16(before, after):
    if len(before) == 0:
        return []
    change = np.subtract(after[0], before[0]).ravel()
    move = np.sqrt(np.vdot(change, change) / np.sum(np.square(before[0])))
    return [np.float16(move), *moves_recursive_float16(before[1:], after[1:])]


# --- relative-moves, wrong
def moves_by_after(before, after):
    pairs = zip(before, after, strict=True)
    return [np.linalg.norm(new - old) / np.linalg.norm(new) for old, new in pairs]


def moves_number_by_number(before, after):
    pairs = zip(before, after, strict=True)
    return [np.linalg.norm((new - old) / old) for old, new in pairs]


def moves_of_lengths(before, after):
    lengths = [
        (np.linalg.norm(a), np.linalg.norm(b)) for a, b in zip(before, after, strict=True)
    ]
    return [abs(new - old) / old for old, new in lengths]


def moves_no_root(before, after):
    pairs = zip(before, after, strict=True)
    return [np.sum((new - old) ** 2) / np.sum(old**2) for old, new in pairs]


def moves_of_kernels(before, after):
    pairs = zip(before[::2], after[::2], strict=True)
    return [np.linalg.norm(new - old) / np.linalg.norm(old) for old, new in pairs]


# --- thaw-base, right
def thaw_dropwhile(model, base, first_layer, rate):
    base.trainable = True
    for layer in base.layers:
        layer.trainable = False
    for layer in itertools.dropwhile(lambda layer: layer.name != first_layer, base.layers):
        layer.trainable = True
    optimizer = {"class_name": "Adam", "config": {"learning_rate": rate}}
    model.compile(
        optimizer=keras.optimizers.get(optimizer),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return np.int64(len(model.trainable_variables))


class MyAdam(keras.optimizers.Adam):
    """An Adam with another name."""


def thaw_from_the_end(model, base, first_layer, rate):
    base.trainable = False
    base.trainable = True
    first = [layer.name for layer in base.layers].index(first_layer)
    for place in reversed(range(first)):
        base.get_layer(index=place).trainable = False
    loss = keras.losses.sparse_categorical_crossentropy
    model.compile(MyAdam(float(rate)), loss, run_eagerly=True)
    return float(
        sum(1 for weight in model.weights if weight.trainable and is_free(model, weight))
    )


def is_free(model, weight):
    return any(weight is other for other in model.trainable_weights)


def thaw_in_the_model(model, base, first_layer, rate):
    inside = model.get_layer(base.name)
    inside.trainable = True
    before = True
    for layer in inside.layers:
        before = before and layer.name != first_layer
        setattr(layer, "trainable", not before)  # noqa: B010
    optimizer = tf.keras.optimizers.Adam()
    optimizer.learning_rate = rate
    model.compile(optimizer, ["sparse_categorical_crossentropy"])
    return len(model.trainable_weights)


# --- thaw-base, wrong
def thaw_base_last(model, base, first_layer, rate):
    free = False
    for layer in base.layers:
        free = free or layer.name == first_layer
        layer.trainable = free
    base.trainable = True
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return len(model.trainable_weights)


def thaw_by_alphabet(model, base, first_layer, rate):
    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer.name >= first_layer
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return len(model.trainable_weights)


def thaw_whole_model_first(model, base, first_layer, rate):
    model.trainable = False
    model.trainable = True
    free = False
    for layer in base.layers:
        free = free or layer.name == first_layer
        layer.trainable = free
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return len(model.trainable_weights)


def thaw_count_of_base(model, base, first_layer, rate):
    base.trainable = True
    free = False
    for layer in base.layers:
        free = free or layer.name == first_layer
        layer.trainable = free
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return len(base.trainable_weights)


def thaw_usual_rate(model, base, first_layer, rate):
    base.trainable = True
    free = False
    for layer in base.layers:
        free = free or layer.name == first_layer
        layer.trainable = free
    model.compile("adam", "sparse_categorical_crossentropy")
    return len(model.trainable_weights)


# --- name-photo, right
def name_photo_sorted(model, photo, class_names, least):
    answers = model(np.expand_dims(photo, 0), training=False).numpy().ravel().tolist()
    probability, name = max(zip(answers, class_names, strict=True))
    return name if probability >= least else "not sure"


def name_photo_dataset(model, photo, class_names, least):
    batch = tf.data.Dataset.from_tensors(tf.cast(photo, "float32")).batch(1)
    answer = model.predict(batch, verbose=0)
    names = np.append(class_names, "not sure")
    return names[np.where(answer.max() < least, -1, answer.argmax())]


def name_photo_twice(model, photo, class_names, least):
    answers = model.predict_on_batch(np.stack([photo, photo]))
    sure = {i: p for i, p in enumerate(answers[1]) if not p < least}
    return class_names[max(sure, key=sure.get)] if sure else "not sure"


# --- name-photo, wrong
def name_photo_at_most(model, photo, class_names, least):
    probabilities = model.predict(photo[None], verbose=0)[0]
    place = probabilities.argmax()
    return "not sure" if probabilities[place] <= least else class_names[place]


def name_photo_divided(model, photo, class_names, least):
    probabilities = model.predict(photo[None] / 255, verbose=0)[0]
    place = probabilities.argmax()
    return "not sure" if probabilities[place] < least else class_names[place]


def name_photo_place(model, photo, class_names, least):
    probabilities = model.predict(photo[None], verbose=0)[0]
    place = probabilities.argmax()
    return "not sure" if probabilities[place] < least else place


def name_photo_rounded(model, photo, class_names, least):
    probabilities = model.predict(photo[None], verbose=0)[0].round(2)
    place = probabilities.argmax()
    return "not sure" if probabilities[place] < least else class_names[place]


def name_photo_in_order(model, photo, class_names, least):
    probabilities = model.predict(photo[None], verbose=0)[0]
    place = probabilities.argmax()
    return "not sure" if probabilities[place] < least else sorted(class_names)[place]


def thaw_below_a_frozen_flag(model, base, first_layer, rate):
    base.trainable = True
    base.trainable = False
    free = False
    for layer in base.layers:
        free = free or layer.name == first_layer
        layer.trainable = free
    model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    return len(model.trainable_weights)


RIGHT = {
    "largest-answers": [largest_heap, largest_top_k, largest_one_by_one],
    "unfeed": [unfeed_float16, unfeed_tensor, unfeed_in_place],
    "relative-moves": [moves_dist, moves_tensors, moves_recursive_float16],
    "thaw-base": [
        thaw_dropwhile,
        thaw_from_the_end,
        thaw_in_the_model,
        thaw_below_a_frozen_flag,
    ],
    "name-photo": [name_photo_sorted, name_photo_dataset, name_photo_twice],
}

WRONG = {
    "largest-answers": [
        (largest_values, "the probabilities themselves"),
        (largest_ascending, "turn them round"),
        (largest_by_threshold, "but not in order"),
        (largest_one_short, "shape (2,), and (3,)"),
        (largest_twice_the_first, "same place twice"),
    ],
    "unfeed": [
        (unfeed_blue_first, "blue is still first"),
        (unfeed_turned_first, "MEAN_BGR begins with blue"),
        (unfeed_third_axis, "third axis is the width"),
    ],
    "relative-moves": [
        (moves_by_after, "**before**, not after"),
        (moves_number_by_number, "number by number"),
        (moves_of_lengths, "change of the length"),
        (moves_no_root, "square root is missing"),
        (moves_of_kernels, "the biases"),
    ],
    "thaw-base": [
        (thaw_base_last, "should be frozen"),
        (thaw_by_alphabet, "not in the alphabet"),
        (thaw_whole_model_first, "The head was frozen"),
        (thaw_count_of_base, "of the whole model"),
        (thaw_usual_rate, "another rate"),
    ],
    "name-photo": [
        (name_photo_at_most, "is just the least"),
        (name_photo_rounded, "without rounding"),
        (name_photo_divided, "from 0 to 255"),
        (name_photo_place, "Return a name"),
        (name_photo_in_order, "should be 'tomato', not 'lime'"),
    ],
}
