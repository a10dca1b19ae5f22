"""Judges of the lesson on fine-tuning VGG16."""

import numpy as np

from helpers.exercises import Hint, call, exercise

MEAN_BGR = np.array([103.939, 116.779, 123.68], "float32")


def whole_number(value):
    """The value as an int.

    Raises:
        Hint: it is not one whole number.
    """
    value = np.asarray(value)
    if value.ndim or value.dtype.kind not in "iuf" or not np.isfinite(value):
        raise Hint("Return one number.")
    if value != np.round(value):
        raise Hint("A number of parameters is whole: divide with `//`, which rounds down.")
    return int(value)


@exercise("flat-head", "Averaging each map keeps the head small, and free of the size.")
def judge_flat_head(answer):
    """A function of (size, classes) that counts the parameters of Flatten and Dense."""
    sizes = [(96, 4), (32, 10), (224, 2), (100, 3), (150, 7)]
    counts = [whole_number(call(answer, *size)) for size in sizes]
    side = np.array([size // 32 for size, _ in sizes])
    rounded = np.array([size / 32 for size, _ in sizes])
    classes = np.array([number for _, number in sizes])
    expected = side**2 * 512 * classes + classes
    if np.array_equal(counts, expected):
        return None
    if np.array_equal(counts, expected - classes):
        return "These are the weights alone. Every class has a bias, too."
    if np.array_equal(counts, side * 512 * classes + classes):
        return "A map has a height and a width: square the side."
    if np.array_equal(counts, 512 * classes + classes):
        return "That is the head on averaged maps. `Flatten` keeps every place of the maps."
    if np.array_equal(counts, side**2 * 512 + 1):
        return "That is one unit. There is a unit for each class."
    if np.array_equal(counts[:3], expected[:3]):
        return (
            f"Right where 32 divides the size, but 100 pixels make maps of 3 by 3, "
            f"not of {rounded[3]:.2f}: divide with `//`, which rounds down."
        )
    for (size, number), count, right in zip(sizes, counts, expected, strict=True):
        if count != right:
            return f"{size} pixels and {number} classes make {right:,}, not {count:,}."


@exercise("unfeed", "Now you can see what any VGG16 was fed.")
def judge_unfeed(answer):
    """A function that turns what VGG16 is fed back into photos."""
    rng = np.random.default_rng(13)
    every = [rng.permutation(256).astype(np.uint8) for _ in range(3)]
    photos = np.stack(every, axis=-1).reshape(4, 16, 4, 3)
    fed = photos[..., ::-1] - MEAN_BGR
    given = fed.copy()
    result = np.asarray(call(answer, given))
    if not np.array_equal(given, fed):
        return "Your function changed the array it was given. Make a new one: `fed + …`."
    if result.shape != photos.shape:
        return f"The shape should stay {photos.shape}, but it is {result.shape}."
    if result.dtype.kind not in "iuf":
        return "Photos are numbers."
    colours = result.astype(float)
    if np.array_equal(result, photos):
        if result.dtype == np.uint8:
            return None
        return f"The numbers are right, but their type is {result.dtype}: `astype('uint8')`."
    if np.abs(colours - photos).max() < 0.01:
        return "Nearly: round to whole numbers, then `astype('uint8')`."
    if np.abs(colours - photos).max() <= 1:
        return "Some are too small by one. `astype` cuts off: use `np.round` before it."
    if np.abs(colours - photos[..., ::-1]).max() <= 1:
        return "The means are back, but blue is still first: turn the last axis round."
    if np.abs(colours - (fed[..., ::-1] + MEAN_BGR)).max() <= 1.01 or np.array_equal(
        result, np.round(fed[..., ::-1] + MEAN_BGR).astype("uint8")
    ):
        return (
            "Each mean came to the wrong colour. MEAN_BGR begins with blue: add it first, and "
            "turn the colours round after that."
        )
    if any(
        np.abs(colours - bare).max() <= 1
        for bare in (fed[..., ::-1], np.clip(fed, 0, 255)[..., ::-1], fed)
    ):
        return "The means are still missing: add them."
    return (
        "These are not the photos. First add the means, then turn the colours round, along "
        "the last axis: `[..., ::-1]`."
    )


@exercise("most-excited", "Rows of rows: the commonest step with features.")
def judge_most_excited(answer):
    """A function that finds the photos of a class in which a feature is largest."""
    rng = np.random.default_rng(13)
    features, labels = rng.normal(size=(40, 6)), rng.integers(0, 3, 40)
    for label, channel, count in [(1, 4, 5), (2, 0, 3), (0, 5, 4)]:
        rows = np.asarray(call(answer, features.copy(), labels.copy(), label, channel, count))
        of_class = np.flatnonzero(labels == label)
        places = np.argsort(-features[of_class, channel])
        expected = of_class[places][:count]
        if rows.shape != (count,):
            return (
                f"{count} row numbers are asked for; this has the shape {rows.shape}. Choose "
                f"the class first, then the largest."
            )
        if rows.dtype.kind not in "iu":
            return "Row numbers are integers. Return the rows, not their features."
        if np.array_equal(rows, expected):
            continue
        if np.array_equal(rows, places[:count]):
            return "These are places within the class. Look up: `rows[places]`."
        if np.array_equal(rows, np.argsort(-features[:, channel])[:count]):
            return "These are from all classes. Pick out the rows of the class first."
        if np.array_equal(rows, of_class[places[::-1]][:count]):
            return "These have the smallest features. The largest should come first."
        if np.array_equal(np.sort(rows), np.sort(expected)):
            return "The rows are the right ones, but not in order: the largest first."
        if not np.all(np.isin(rows, np.arange(40))):
            return "Some of these rows do not exist."
        if np.any(labels[rows] != label):
            return "Some of these photos are of another class."
        return "These are of the class, but their feature is not the largest. Which column?"
    return None


def stand_in(seed):
    """A small model that is built like the lesson's: a base of four layers, and a head."""
    import keras

    keras.utils.set_random_seed(seed)
    base = keras.Sequential([keras.Input((6,))], name="base")
    for number in range(1, 5):
        base.add(keras.layers.Dense(5, activation="tanh", name=f"part_{number}"))
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
        (freeze_all, "part_3", 2e-4),
        (freeze_each, "part_2", 1e-3),
        (freeze_head, "part_4", 5e-4),
    ]
    for freeze, first, rate in cases:
        model, base = stand_in(13)
        freeze(model, base)
        if freeze is not freeze_head:
            model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
            model.fit(x, y, verbose=0)
        old = getattr(model, "optimizer", None)
        names = [f"part_{number}" for number in range(1, 5)]
        free = names[names.index(first) :] + ["head"] * (freeze is not freeze_head)
        count = call(answer, model, base, first, rate)
        is_free = [layer.name for layer in [*base.layers, model.layers[-1]] if layer.trainable]
        if not base.trainable:
            return (
                "`base.trainable` is `False` at the end, so nothing in the base is trained. "
                "Set it to `True` first, and go through `base.layers`, not `model.layers`."
            )
        if freeze is freeze_head and "head" in is_free:
            return "The head was frozen, and should stay so: leave what is outside of base."
        if freeze is not freeze_head and "head" not in is_free:
            return "The head was free, and should stay so: leave what is outside of base."
        if set(is_free) == {name for name in names if name not in free} | {"head"}:
            return "Turned round: the layers before the first one should be frozen."
        if first not in is_free:
            return f"{first} itself should be free, too: from it on, not after it."
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
        if set(moved) != set(free):
            return "`fit` did not move the layers that are free: set `trainable`, then compile."
        if not np.array_equal(np.asarray(count), len(model.trainable_weights)):
            return (
                f"Return the number of trainable weights of the whole model, here "
                f"{len(model.trainable_weights)}: arrays, not numbers in them."
            )
    return None
