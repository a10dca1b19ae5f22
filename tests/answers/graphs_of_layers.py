"""Answers to the exercises of the lesson on graphs of layers."""

from functools import cache

import numpy as np


def total_in_a_loop(losses, weights):
    total = 0
    for name, weight in weights.items():
        total += weight * losses[name]
    return total


def total_by_sorted_names(losses, weights):
    names = sorted(losses)
    return np.dot([losses[name] for name in names], [weights[name] for name in names])


def total_by_place(losses, weights):
    return np.dot(list(losses.values()), list(weights.values()))


def pair_model(reader, merge, second=None, shape=None):
    import keras

    shape = shape or reader.inputs[0].shape[1:]
    left, right = keras.Input(shape=shape), keras.Input(shape=shape)
    return keras.Model([left, right], merge(reader(left), (second or reader)(right)))


def twins(reader):
    import keras

    return pair_model(reader, lambda a, b: keras.ops.absolute(a - b))


def twins_with_layers(reader):
    import keras

    left = keras.layers.Input(shape=reader.inputs[0].shape[1:], name="left")
    right = keras.layers.Input(shape=reader.inputs[0].shape[1:], name="right")
    difference = keras.layers.subtract([reader(left), reader(right)])
    absolute = keras.layers.Lambda(lambda values: keras.ops.abs(values))(difference)
    return keras.Model(inputs=[left, right], outputs=absolute)


def twins_by_extremes(reader):
    import keras

    def merge(a, b):
        return keras.layers.maximum([a, b]) - keras.layers.minimum([a, b])

    return pair_model(reader, merge)


def copy_of(reader, with_weights=True, name=None):
    copy = reader.from_config(reader.get_config() | {"name": name or reader.name})
    if with_weights:
        copy.set_weights(reader.get_weights())
    return copy


def twins_of_copies(reader, with_weights=True):
    import keras

    second = copy_of(reader, with_weights, "second")
    return pair_model(reader, lambda a, b: keras.ops.absolute(a - b), second)


def twins_of_one_name(reader):
    return pair_model(reader, lambda a, b: a - b, copy_of(reader))


def twins_of_a_clone(reader):
    return twins(copy_of(reader, with_weights=False))


def twins_subtracted_first(reader):
    import keras

    shape = reader.inputs[0].shape[1:]
    left, right = keras.Input(shape=shape), keras.Input(shape=shape)
    return keras.Model([left, right], keras.ops.absolute(reader(left - right)))


def twins_with_tensorflow(reader):
    import tensorflow as tf

    return pair_model(reader, lambda a, b: tf.abs(a - b))


def twins_of_one_input(reader):
    import keras

    image = keras.Input(shape=reader.inputs[0].shape[1:])
    return keras.Model(image, keras.ops.absolute(reader(image) - reader(image)))


def twins_of_one_side(reader):
    import keras

    return pair_model(reader, lambda a, b: keras.ops.absolute(a) + 0 * b)


def up_to_output(model, layer_name):
    import keras

    return keras.Model(model.inputs, model.get_layer(layer_name).output)


def up_to_by_search(model, layer_name):
    import keras

    for layer in model.layers:
        if layer.name == layer_name:
            inputs = model.inputs if len(model.inputs) > 1 else model.inputs[0]
            return keras.Model(inputs, layer.output)


def up_to_by_popping(model, layer_name):
    while model.layers[-1].name != layer_name:
        model.pop()
    return model


def up_to_by_cloning(model, layer_name):
    import keras

    copy = keras.models.clone_model(model)
    return keras.Model(copy.inputs, copy.get_layer(layer_name).output)


def before_layer(model, layer_name):
    import keras

    return keras.Model(model.inputs, model.get_layer(layer_name).input)


def first_input_only(model, layer_name):
    import keras

    return keras.Model(model.inputs[0], model.get_layer(layer_name).output)


def up_to_from_input(model, layer_name):
    import keras

    return keras.Model(model.input, model.get_layer(layer_name).output)


def up_to_with_typo(model, layer_name):
    import keras

    return keras.Model(model.inputs, model.get_layer(layername).output)  # noqa: F821


def all_outputs(model, layer_name):
    import keras

    outputs = [layer.output for layer in model.layers if layer.name == layer_name]
    return keras.Model(model.inputs, [*outputs, model.outputs[0]])


def convolve(x, filters, size=3, strides=1, activation=None):
    import keras

    layer = keras.layers.Conv2D(
        filters, size, strides=strides, padding="same", activation=activation
    )
    return layer(x)


def block(
    x,
    filters,
    strides=1,
    skip="fitting",
    end="relu",
    main=True,
    first="relu",
    second=None,
    projection=None,
    first_filters=None,
    front=False,
):
    import keras

    skip_path = x
    agrees = strides == 1 and x.shape[-1] == filters
    if skip == "always" or (skip == "fitting" and not agrees):
        skip_path = convolve(x, filters, 1, strides, projection)
    if skip == "three" and not agrees:
        skip_path = convolve(x, filters, 3, strides)
    x = keras.layers.ReLU()(x) if front else x
    x = convolve(x, first_filters or filters, 3, strides, first)
    if main:
        x = convolve(x, filters, activation=second)
    if skip != "none":
        x = keras.layers.add([skip_path, x])
    return keras.layers.Activation(end)(x)


def block_of_models(x, filters, strides=1):
    import keras

    first = keras.layers.Conv2D(
        filters, 3, strides=strides, padding="same", activation="relu", use_bias=False
    )
    second = keras.layers.Conv2D(filters, 3, padding="same", kernel_initializer="zeros")
    main_path = keras.Sequential([first, second])
    if strides > 1 or x.shape[-1] != filters:
        projection = keras.layers.Conv2D(filters, 1, strides=strides, use_bias=False)
        return keras.ops.relu(main_path(x) + projection(x))
    return keras.ops.relu(main_path(x) + x)


def block_by_trying(x, filters, strides=1):
    import keras

    main_path = convolve(convolve(x, filters, 3, strides, "relu"), filters)
    try:
        total = keras.layers.add([x, main_path])
    except ValueError:
        total = keras.layers.add([convolve(x, filters, 1, strides), main_path])
    return keras.layers.ReLU()(total)


def block_changed(**changes):
    return lambda x, filters, strides=1: block(x, filters, strides, **changes)


def block_with_dilation(x, filters, strides=1):
    import keras

    agrees = strides == 1 and x.shape[-1] == filters
    skip_path = x if agrees else convolve(x, filters, 1, strides)
    x = convolve(x, filters, 3, strides, "relu")
    x = keras.layers.Conv2D(filters, 3, padding="same", dilation_rate=2)(x)
    return keras.layers.ReLU()(keras.layers.add([skip_path, x]))


def block_without_padding(x, filters, strides=1):
    import keras

    agrees = strides == 1 and x.shape[-1] == filters
    skip_path = x if agrees else keras.layers.Conv2D(filters, 1, strides=strides)(x)
    x = keras.layers.Conv2D(filters, 3, strides=strides, activation="relu")(x)
    x = keras.layers.Conv2D(filters, 3)(x)
    return keras.layers.ReLU()(keras.layers.add([skip_path, x]))


def block_with_operators(x, filters, strides=1):
    import keras

    y = keras.layers.Conv2D(filters, (3, 3), strides, padding="same")(x)
    y = keras.layers.BatchNormalization()(keras.ops.relu(y))
    y = convolve(y, filters)
    if y.shape != x.shape:
        x = convolve(x, filters, 1, strides)
    return keras.ops.relu(x + y)


def block_for_strides_only(x, filters, strides=1):
    return block(x, filters, strides, skip="fitting" if strides > 1 else "as it is")


def block_with_valid_padding(x, filters, strides=1):
    import keras

    y = keras.layers.Conv2D(filters, 3, strides=strides, activation="relu")(x)
    y = keras.layers.Conv2D(filters, 3)(y)
    return keras.layers.ReLU()(y)


def block_with_relu_before_add(x, filters, strides=1):
    import keras

    agrees = strides == 1 and x.shape[-1] == filters
    skip_path = x if agrees else convolve(x, filters, 1, strides)
    return keras.layers.add([block(x, filters, strides, skip="none"), skip_path])


def block_with_late_strides(x, filters, strides=1):
    import keras

    agrees = strides == 1 and x.shape[-1] == filters
    skip_path = x if agrees else convolve(x, filters, 1, strides)
    x = convolve(convolve(x, filters, 3, 1, "relu"), filters, 3, strides)
    return keras.layers.ReLU()(keras.layers.add([skip_path, x]))


def block_that_concatenates(x, filters, strides=1):
    import keras

    main_path = convolve(convolve(x, filters, 3, strides, "relu"), filters)
    return keras.layers.ReLU()(keras.layers.concatenate([x, main_path]))


def block_of_another_input(x, filters, strides=1):
    import keras

    return block(keras.Input(shape=x.shape[1:]), filters, strides)


@cache
def pair_network(
    kind, epochs=3, size=16, names=("left", "right"), swap=False, dict_output=False
):
    """A network of the given kind, trained on pairs of digits for some epochs."""
    import keras

    keras.utils.set_random_seed(1)
    left, right = (keras.Input(shape=(28, 28, 1), name=name) for name in names)
    flat = keras.layers.Flatten()
    if kind == "dense":
        x = keras.layers.concatenate([flat(left), flat(right)])
        output = keras.layers.Dense(1, activation="sigmoid")(x)
    else:
        readers = [small_reader(size) for _ in range(1 if kind != "unshared" else 2)]
        seen_left, seen_right = readers[0](left), readers[-1](right)
        if kind == "joined":
            x = keras.layers.concatenate([seen_left, seen_right])
            x = keras.layers.Dense(16, activation="relu")(x)
            output = keras.layers.Dense(1, activation="sigmoid")(x)
        elif kind == "symmetric":
            difference = keras.ops.absolute(seen_left - seen_right)
            output = keras.layers.Dense(1, activation="sigmoid")(difference)
        else:
            score = keras.layers.Dense(1)
            output = score(seen_left) - score(seen_right)
            output = output if kind == "scores" else keras.ops.sigmoid(output)
    model = keras.Model([left, right], {"larger": output} if dict_output else output)
    if epochs:
        images, larger = digit_pairs()
        model.compile(keras.optimizers.Adam(0.003), loss="binary_crossentropy")
        model.fit(
            list(images.values()),
            ~larger if swap else larger,
            epochs=epochs,
            batch_size=64,
            verbose=0,
        )
    return model


def small_reader(size):
    import keras

    layers = [
        keras.layers.Conv2D(12, 5, strides=2, activation="relu"),
        keras.layers.Conv2D(24, 3, strides=2, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(size, activation="relu"),
    ]
    return keras.Sequential([keras.Input(shape=(28, 28, 1)), *layers])


def one_input():
    import keras

    image = keras.Input(shape=(28, 28, 1), name="left")
    return keras.Model(image, keras.layers.Dense(1)(keras.layers.Flatten()(image)))


def unbuilt():
    import keras

    return keras.Sequential([keras.layers.Dense(1)])


@cache
def ranker_class():
    import keras

    class Ranker(keras.Model):
        def __init__(self):
            super().__init__()
            self.reader = small_reader(16)
            self.score = keras.layers.Dense(1)

        def call(self, pair):
            left = self.score(self.reader(pair["left"]))
            return keras.ops.sigmoid(left - self.score(self.reader(pair["right"])))

    return Ranker


def digit_pairs():
    """Pairs of different training digits, a dict of images, and whether left is larger."""
    from helpers.data import load_mnist

    (x, y), _ = load_mnist()
    x, y = (x[:12_000, ..., None] / 255).astype("float32"), y[:12_000].astype(int)
    differ = np.flatnonzero(y[:6000] != y[6000:])
    return {"left": x[differ], "right": x[differ + 6000]}, y[differ] > y[differ + 6000]


@cache
def subclassed_ranker(epochs=4):
    import keras

    keras.utils.set_random_seed(1)
    model = ranker_class()()
    if epochs:
        images, larger = digit_pairs()
        model.compile(keras.optimizers.Adam(0.003), loss="binary_crossentropy")
        model.fit(images, larger, epochs=epochs, batch_size=64, verbose=0)
    return model


@cache
def dense_ranker():
    """A shared reader without any convolution."""
    import keras

    keras.utils.set_random_seed(1)
    left, right = (keras.Input(shape=(28, 28, 1), name=name) for name in ("left", "right"))
    layers = [
        keras.layers.Flatten(),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ]
    reader = keras.Sequential([keras.Input(shape=(28, 28, 1)), *layers])
    model = keras.Model([right, left], keras.ops.sigmoid(reader(left) - reader(right)))
    images, larger = digit_pairs()
    model.compile(keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    model.fit(images, larger, epochs=8, batch_size=64, verbose=0)
    return model


RIGHT = {
    "weighted-loss": [total_in_a_loop, total_by_sorted_names],
    "twin-difference": [twins, twins_with_layers, twins_by_extremes],
    "model-up-to": [up_to_output, up_to_by_search],
    "residual-block": [block, block_with_operators, block_of_models],
    "larger-digit": [
        lambda: pair_network("difference", 4),
        lambda: pair_network("joined", 4),
        subclassed_ranker,
        dense_ranker,
    ],
}

WRONG = {
    "weighted-loss": [
        (lambda losses, weights: sum(losses.values()), "weights are not used"),
        (total_by_place, "paired by their place"),
        (lambda losses, weights: np.mean([losses[n] * weights[n] for n in losses]), "expected"),
        (
            lambda losses, weights: total_in_a_loop(losses, weights) / sum(weights.values()),
            "weighted mean",
        ),
        (lambda losses, weights: {n: losses[n] * weights[n] for n in losses}, "was expected"),
        (lambda losses, weights: print(total_in_a_loop(losses, weights)), "returns nothing"),
        (lambda losses, weights: losses * weights, "stops with TypeError"),
        (lambda losses, weights: losses["digit"] * 1.0, "was expected"),
    ],
    "twin-difference": [
        (twins_of_copies, "Call the reader twice"),
        (lambda reader: twins_of_copies(reader, False), "Call the reader itself, twice"),
        (twins_of_one_name, "Is one a copy?"),
        (twins_of_a_clone, "Is it the reader itself"),
        (lambda reader: pair_model(reader, lambda a, b: a - b), "left minus right"),
        (lambda reader: pair_model(reader, lambda a, b: (a - b) ** 2), "squares"),
        (lambda reader: pair_model(reader, lambda a, b: np.abs(a - b)), "NumPy needs numbers"),
        (twins_with_tensorflow, "Use `keras.ops.absolute`"),
        (twins_subtracted_first, "before they are read"),
        (twins_of_one_input, "Two inputs"),
        (twins_of_one_side, "Only the left"),
        (lambda reader: reader, "Two inputs"),
        (lambda reader: reader(reader.inputs[0]), "symbolic tensor"),
        (lambda reader: twins, "of type function"),
        (lambda reader: pair_model(reader, lambda a, b: a - b, shape=(5,)), "stopped with"),
    ],
    "model-up-to": [
        (lambda model, name: model.get_layer(name), "This is the layer"),
        (lambda model, name: model.get_layer(name).output, "symbolic tensor"),
        (lambda model, name: model, "should have shape"),
        (up_to_by_popping, "has changed the model"),
        (up_to_by_cloning, "the numbers are others"),
        (before_layer, "should have shape"),
        (first_input_only, "Use `model.inputs`"),
        (up_to_from_input, "sequential and functional"),
        (up_to_with_typo, "stopped with NameError"),
        (all_outputs, "several outputs"),
        (lambda model, name: name, "returns a text"),
    ],
    "residual-block": [
        (block_changed(skip="none"), "nothing of `x` itself"),
        (block_changed(skip="always"), "add `x` itself"),
        (block_for_strides_only, "1x1 projection with the same filters and strides."),
        (lambda x, filters, strides=1: block(x, filters), "should become"),
        (block_changed(end="linear"), "end with `relu`"),
        (block_changed(skip="three"), "1x1"),
        (block_changed(main=False), "two convolutions"),
        (block_changed(first=None), "The first convolution has no `relu`"),
        (block_changed(first="tanh"), "has `tanh`"),
        (block_changed(first_filters=8), "should have 4 filters, but it has 8"),
        (block_changed(front=True), "in front"),
        (block_changed(second="relu"), "The second convolution should have no `relu`"),
        (block_changed(projection="relu"), "The projection should have no activation"),
        (block_changed(first=None, end="linear"), "There is no `relu` yet"),
        (block_with_relu_before_add, "comes after adding"),
        (block_with_late_strides, "takes the strides"),
        (block_with_dilation, "weights at random"),
        (block_by_trying, "five filters, a 1x1 convolution is missing"),
        (block_that_concatenates, "not concatenated"),
        (block_with_valid_padding, "should become"),
        (block_without_padding, 'padding="same"'),
        (block_of_another_input, "not connected"),
        (lambda x, filters: block(x, filters), "TypeError"),
        (lambda x, filters, strides=1: x.shape[1:], "symbolic tensor should"),
    ],
    "larger-digit": [
        (lambda: pair_network("unshared", 0), "parameters, and 15,000"),
        (lambda: pair_network("dense", 2), "Train longer"),
        (lambda: pair_network("difference", 0, dict_output=True), "a dict of them"),
        (lambda: pair_network("difference", 0), "Was it trained"),
        (lambda: pair_network("symmetric", 0), "when left and right change places"),
        (lambda: pair_network("difference", 3, swap=True), "swapped"),
        (lambda: pair_network("scores", 0), "sigmoid"),
        (lambda: pair_network("difference", 0, names=("a", "b")), "Name the two inputs"),
        (lambda: subclassed_ranker(0), "no weights yet"),
        (one_input, "Two inputs"),
        (unbuilt, "no weights yet"),
        (lambda: "a model", "of type str"),
    ],
}

# Models are trained only when a test asks for them.
MAKE_FIRST = {"larger-digit"}
