"""Judges of the lesson on fine-tuning VGG16."""

import re
from functools import cache

import numpy as np

from helpers.errors import first_sentences
from helpers.exercises import Hint, Unfinished, call, exercise
from helpers.tables import Table, describe, table_exercise

MEAN_BGR = np.array([103.939, 116.779, 123.68], "float32")


def some_probabilities():
    """Arguments (probabilities, count); the largest ones are neither first nor last."""
    rng = np.random.default_rng(14)
    calls = []
    for classes, count in [(7, 3), (12, 5), (1000, 4), (5, 1)]:
        scores = rng.permutation(classes) + 1.0
        calls.append((scores / scores.sum(), count))
    return calls


LARGEST = Table(
    reference=lambda probabilities, count: np.argsort(-probabilities)[:count],
    inputs=some_probabilities,
    mistakes=[
        (
            lambda p, count: np.argsort(p)[:count],
            "These are the smallest. `np.argsort` begins with them: sort `-probabilities`.",
        ),
        (
            lambda p, count: np.argsort(p)[-count:],
            "These are the right places, but the largest should come first: turn them round.",
        ),
        (
            lambda p, count: np.sort(np.argsort(-p)[:count]),
            "These are the right places, but not in order: the largest probability first.",
        ),
        (
            lambda p, count: np.sort(p)[::-1][:count],
            "These are the probabilities themselves. Return their places: `np.argsort`.",
        ),
        (lambda p, count: np.argsort(-p), "That is all of them: cut the list to `count`."),
        (lambda p, count: np.argmax(p), "That is the largest alone, as a single number."),
    ],
)
TIED, TIED_COUNT = np.array([0.125, 0.25, 0.125, 0.25, 0.1875, 0.0625]), 4


@exercise(
    "largest-answers",
    "With a list of names at hand, `names[place]` puts them into words.",
    LARGEST,
)
def judge_largest(answer):
    """A function of (probabilities, count) that returns the places of the largest ones."""
    if hint := LARGEST.judge(answer):
        return hint
    places = np.asarray(call(answer, TIED.copy(), TIED_COUNT))
    told = f"For {describe(TIED)}, {TIED_COUNT} your function gives {describe(places)}"
    if places.shape != (TIED_COUNT,):
        return f"{told}, and {TIED_COUNT} places were expected."
    places = places.astype(int)
    if len(set(places.tolist())) < TIED_COUNT:
        return (
            f"{told}: the same place twice. Probabilities may be equal, and a search for the "
            f"number, as by `index`, finds the first of them alone. Sort the places."
        )
    if not np.array_equal(TIED[places], np.sort(TIED)[::-1][:TIED_COUNT]):
        return f"{told}, and [1, 3, 4, 0] or the like was expected."
    return None


def some_photos():
    """What VGG16 is fed, made from photos of middle brightness (so that no mistake is cut)."""
    rng = np.random.default_rng(13)
    shapes = [(4, 16, 5, 3), (1, 2, 3, 3)]
    photos = [rng.integers(30, 226, shape).astype("uint8") for shape in shapes]
    return [(photo[..., ::-1] - MEAN_BGR,) for photo in photos]


table_exercise(
    "unfeed",
    "Now you can see what any VGG16 was fed.",
    reference=lambda fed: np.round((fed + MEAN_BGR)[..., ::-1]).astype("uint8"),
    inputs=some_photos,
    mistakes=[
        (
            lambda fed: (fed + np.array([103.939, 116.779, 123.68]))[..., ::-1].astype("uint8"),
            "Some are too small by one. `astype` cuts off: use `np.round` before it.",
        ),
        (
            lambda fed: np.round(fed + MEAN_BGR),
            "The means are back, but blue is still first: turn the last axis round.",
        ),
        (
            lambda fed: np.round(fed[..., ::-1] + MEAN_BGR),
            "Each mean came to the wrong colour. MEAN_BGR begins with blue: add it first, and "
            "turn the colours round after that.",
        ),
        (lambda fed: fed[..., ::-1], "The means are still missing: add them."),
        (
            lambda fed: np.round((fed - MEAN_BGR)[..., ::-1]),
            "The means were subtracted once more. Add them.",
        ),
        (
            lambda fed: np.round(fed + MEAN_BGR)[::-1],
            "`[::-1]` turns the order of the photos round. Colours are the last axis: "
            "`[..., ::-1]`.",
        ),
        (
            lambda fed: np.round(fed + MEAN_BGR)[:, ::-1],
            "`[:, ::-1]` turns the photos upside down. Colours are the last axis: "
            "`[..., ::-1]`.",
        ),
        (
            lambda fed: np.round(fed + MEAN_BGR)[:, :, ::-1],
            "In a batch the third axis is the width. Colours are the last: `[..., ::-1]`.",
        ),
    ],
)


def some_weights():
    """Arguments (before, after): lists of arrays as `get_weights` gives them."""
    rng = np.random.default_rng(14)
    calls = []
    for shapes in ([(3, 3, 2, 4), (4,), (8, 5)], [(6, 2), (2,)]):
        before = [rng.normal(1, 2, shape) for shape in shapes]
        calls.append((before, [old + rng.normal(0, 0.5, old.shape) for old in before]))
    before, after = calls[0]
    return [*calls, (before, [after[0], *before[1:]])]


def each(measure):
    """A function that measures each pair of arrays."""
    return lambda before, after: list(map(measure, before, after))


def length(array):
    return np.sqrt(np.sum(np.square(array)))


table_exercise(
    "relative-moves",
    "0 says that an array has not moved, 1 that it has moved as far as it is long.",
    reference=each(lambda old, new: length(new - old) / length(old)),
    inputs=some_weights,
    mistakes=[
        (each(lambda old, new: length(new - old)), "Divide by the length of the old array."),
        (
            each(lambda old, new: length(new - old) / length(new)),
            "Divide by the length of the array **before**, not after.",
        ),
        (
            each(lambda old, new: (length(new) - length(old)) / length(old)),
            "That is how much longer the array is. It can move without that: take the length "
            "of the difference, not the difference of the lengths.",
        ),
        (
            each(lambda old, new: abs(length(new) - length(old)) / length(old)),
            "That is the change of the length. An array can move without that: take the length "
            "of the difference, not the difference of the lengths.",
        ),
        (
            each(lambda old, new: (length(new - old) / length(old)) ** 2),
            "These are the squares: the square root is missing, which `np.linalg.norm` takes.",
        ),
        (
            each(lambda old, new: np.mean(np.abs(new - old)) / np.mean(np.abs(old))),
            "That compares mean distances. Take `np.linalg.norm` of both.",
        ),
        (
            each(lambda old, new: float(not np.array_equal(old, new))),
            "That says whether an array has moved. How far?",
        ),
        (
            lambda before, after: length(after[0] - before[0]) / length(before[0]),
            "That is the first array alone: return a list, a number for each array.",
        ),
        (
            lambda before, after: [
                length(new - old) / length(old)
                for old, new in zip(before, after, strict=True)
                if old.ndim > 1
            ],
            "Arrays of one axis are left out, the biases. Return a number for each array.",
        ),
        (
            each(lambda old, new: length((new - old) / old)),
            "That divides number by number. Take the length of the change first, and divide it "
            "by the length of the old array.",
        ),
    ],
)


# The names of the base's layers; the alphabet has another order.
PARTS = ["wide", "even", "small", "deep"]


def stand_in(seed):
    """A small model that is built like the lesson's: a base of four layers, and a head."""
    import keras

    keras.utils.set_random_seed(seed)
    base = keras.Sequential([keras.Input((6,))], name="base")
    for name in PARTS:
        base.add(keras.layers.Dense(5, activation="tanh", name=name))
    head = keras.layers.Dense(3, activation="softmax", name="head")
    model = keras.Sequential([keras.Input((6,)), base, head])
    return model, base


def freeze_all(model, base):
    base.trainable = False


def freeze_each(model, base):
    for layer in base.layers:
        layer.trainable = False


def freeze_head(model, base):
    base.trainable = False
    model.layers[-1].trainable = False


def fit_briefly(model, x, y):
    """Train for a step, and return the names of the layers whose weights have moved."""
    base = model.layers[0]
    layers = [*base.layers, model.layers[-1]]
    before = [layer.get_weights() for layer in layers]
    model.fit(x, y, batch_size=len(x), epochs=1, verbose=0)
    return [
        layer.name
        for layer, old in zip(layers, before, strict=True)
        if any(not np.array_equal(a, b) for a, b in zip(old, layer.get_weights(), strict=True))
    ]


@exercise("thaw-base", "This function will serve you in every project with a pretrained base.")
def judge_thaw(answer):
    """A function that sets a part of a base free and compiles the model anew."""
    import keras

    if not callable(answer):
        raise Hint(f"A function was expected, but this is of type {type(answer).__name__}.")
    rng = np.random.default_rng(13)
    x, y = rng.normal(size=(12, 6)).astype("float32"), np.arange(12) % 3
    cases = [
        (freeze_all, "small", 2e-4),
        (freeze_each, "even", 1e-3),
        (freeze_head, "deep", 5e-4),
    ]
    for freeze, first, rate in cases:
        model, base = stand_in(13)
        freeze(model, base)
        if freeze is not freeze_head:
            model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
            model.fit(x, y, verbose=0)
        old = getattr(model, "optimizer", None)
        names = PARTS
        free = names[names.index(first) :] + ["head"] * (freeze is not freeze_head)
        count = call(answer, model, base, first, rate)
        is_free = [layer.name for layer in [*base.layers, model.layers[-1]] if layer.trainable]
        if freeze is freeze_head and "head" in is_free:
            return "The head was frozen, and should stay so: leave what is outside of base."
        if freeze is not freeze_head and "head" not in is_free:
            return "The head was free, and should stay so: leave what is outside of base."
        by_alphabet = {name for name in names if name >= first} | {"head"}
        if freeze is freeze_all and set(is_free) == by_alphabet:
            return "Layers follow each other in `base.layers`, not in the alphabet."
        if set(is_free) == {name for name in names if name not in free} | {"head"}:
            return "Turned round: the layers before the first one should be frozen."
        after = names[names.index(first) + 1 :]
        if first not in is_free and after and set(after) <= set(is_free):
            return f"{first} itself should be free, too: from it on, not after it."
        if first not in is_free and freeze is freeze_each:
            return (
                "Layers that were frozen one by one are still frozen: `base.trainable` was "
                "`True` all the time, and setting it to `True` once more does nothing. Set "
                "`trainable` of each layer, or of the base to `False` and then to `True`."
            )
        if first not in is_free:
            return f"{first} should be free: from it on, all layers of the base are trained."
        if any(name in is_free for name in names[: names.index(first)]):
            return (
                f"Layers before {first} should be frozen: set their `trainable` to False, and "
                f"`base.trainable` before that, since it reaches into every layer."
            )
        if set(is_free) != set(free):
            return f"All layers from {first} on should be free, whatever was frozen before."
        if getattr(model, "optimizer", None) is None or model.optimizer is old:
            return "Compile the model, with a new optimizer: the old step stays as it was."
        if not isinstance(model.optimizer, keras.optimizers.Adam):
            return "Compile with Adam: `keras.optimizers.Adam(rate)`."
        if not np.isclose(float(np.asarray(model.optimizer.learning_rate)), rate):
            return "The optimizer has another rate than `rate`."
        right_loss = -np.mean(np.log(np.asarray(model(x))[np.arange(12), y]))
        try:
            loss = np.ravel(model.evaluate(x, y, verbose=0))[0]
            moved = fit_briefly(model, x, y)
        except Exception as error:
            return f"`fit` fails after it, with {type(error).__name__}. Compare the loss."
        if not np.isclose(loss, right_loss, rtol=1e-3):
            return 'Compile with the loss `"sparse_categorical_crossentropy"`.'
        if set(moved) != set(free) and not base.trainable:
            return (
                "`base.trainable` is `False` at the end, and the free layers did not move. Set "
                "it to `True` first, and go through `base.layers`, not `model.layers`."
            )
        if set(moved) != set(free):
            return "`fit` did not move the layers that are free: set `trainable`, then compile."
        if not np.array_equal(np.asarray(count), len(model.trainable_weights)):
            return (
                f"Return the number of trainable weights of the whole model, here "
                f"{len(model.trainable_weights)}: arrays, not numbers in them."
            )
    return None


SURE, UNSURE = 0.9, "not sure"


@cache
def colour_model(boldness):
    """A small model that sees whether a photo of 4 by 4 pixels is red, green or blue.

    A bold one answers 1 and 0, exactly, where the colours are far apart.
    """
    import keras

    photo = keras.Input((4, 4, 3))
    colours = keras.layers.GlobalAveragePooling2D()(photo)
    answer = keras.layers.Dense(3, activation="softmax")(colours)
    model = keras.Model(photo, answer)
    model.set_weights([boldness * np.eye(3, dtype="float32"), np.zeros(3, "float32")])
    return model


def one_photo(red, green, blue):
    """A photo of one colour, of shape (4, 4, 3)."""
    return np.broadcast_to(np.array([red, green, blue], "uint8"), (4, 4, 3)).copy()


@exercise("name-photo", "Photo in, answer out: this is what a user of your network needs.")
def judge_name_photo(answer):
    """A function of (model, photo, class_names, least) that names a photo, or is not sure."""
    if not callable(answer):
        raise Hint(f"A function was expected, but this is of type {type(answer).__name__}.")
    names, model, bold = ["tomato", "lime", "plum"], colour_model(0.05), colour_model(1.0)
    cases = [  # model, photo, least, what is right
        (model, one_photo(200, 20, 30), SURE, "tomato"),
        (model, one_photo(20, 30, 220), SURE, "plum"),
        (model, one_photo(90, 120, 100), SURE, UNSURE),
        (model, one_photo(90, 120, 100), 0.5, "lime"),
        (model, one_photo(100, 100, 110), 0.3, "plum"),
        (model, one_photo(100, 100, 110), 0.5, UNSURE),
        (bold, one_photo(255, 0, 0), 1.0, "tomato"),
        (model, one_photo(90, 120, 100), 0.629, UNSURE),  # the probability is 0.6285
    ]
    for number, (model, photo, least, right) in enumerate(cases):
        try:
            said = answer(model, photo.copy(), list(names), least)
        except Exception as error:
            text = first_sentences(error, 1)
            if "ellipsis" in text:
                raise Unfinished from error
            if re.search("shape|dimension", str(error), re.IGNORECASE):
                return (
                    f"It stops with {type(error).__name__}: {text} A model wants a batch of "
                    f"photos, of shape (1, height, width, 3) for one: `photo[None]`."
                )
            return f"It stops with {type(error).__name__}: {text}"
        if said is ...:
            raise Unfinished
        if said is None:
            return "Your function returns nothing in some case. Does each way end in `return`?"
        if not isinstance(said, str):
            return f"Return a name, a text; this is {said!r:.60}."
        if said == right:
            continue
        probabilities = np.asarray(model(photo[None].astype("float32")))[0]
        likeliest = names[int(np.argmax(probabilities))]
        if said == likeliest and round(probabilities.max().item(), 2) >= least:
            return (
                f"The largest probability, {probabilities.max():.4f}, is below the least, "
                f"{least}: compare it as it is, without rounding."
            )
        if said == UNSURE and probabilities.max() == least:
            return (
                f"The largest probability, {probabilities.max():.2f}, is just the least, and "
                f"not below it: the answer should be {right!r}. Compare with `<`."
            )
        if said == likeliest:
            return (
                f"Where the largest probability, {probabilities.max():.2f}, is below the "
                f"least, {least}, the answer should be {UNSURE!r}."
            )
        if said == UNSURE and number < 2:
            return (
                f"The model is sure of this photo, {probabilities.max():.2f}, but you say "
                f"{UNSURE!r}. Give it the photo as it is, from 0 to 255: it feeds itself. Or "
                f"do you compare the largest probability with `least` the wrong way round?"
            )
        return (
            f"The probabilities of {', '.join(names)} are {np.round(probabilities, 2)}, and "
            f"the least is {least}: the answer should be {right!r}, not {said!r:.40}."
        )
    return None
