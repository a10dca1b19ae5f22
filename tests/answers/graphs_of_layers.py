"""Answers to the exercises of the lesson on graphs of layers."""

from functools import cache

import numpy as np


def up_to_output(model, layer_name):
    import keras

    return keras.Model(model.inputs, model.get_layer(layer_name).output)


def up_to_by_search(model, layer_name):
    import keras

    for layer in model.layers:
        if layer.name == layer_name:
            inputs = model.inputs if len(model.inputs) > 1 else model.inputs[0]
            return keras.Sequential() if inputs is None else keras.Model(inputs, layer.output)


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


def block(x, filters, strides=1, skip="fitting", end="relu", main=True):
    import keras

    skip_path = x
    agrees = strides == 1 and x.shape[-1] == filters
    if skip == "always" or (skip == "fitting" and not agrees):
        skip_path = convolve(x, filters, 1, strides)
    if skip == "three" and not agrees:
        skip_path = convolve(x, filters, 3, strides)
    x = convolve(x, filters, 3, strides, "relu")
    if main:
        x = convolve(x, filters)
    if skip != "none":
        x = keras.layers.add([skip_path, x])
    return keras.layers.Activation(end)(x)


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

    return keras.layers.add([block(x, filters, strides, skip="none"), x])


def block_with_late_strides(x, filters, strides=1):
    import keras

    agrees = strides == 1 and x.shape[-1] == filters
    skip_path = x if agrees else convolve(x, filters, 1, strides)
    x = convolve(convolve(x, filters, 3, 1, "relu"), filters, 3, strides)
    return keras.layers.ReLU()(keras.layers.add([skip_path, x]))


def block_with_relu_twice(x, filters, strides=1):
    import keras

    agrees = strides == 1 and x.shape[-1] == filters
    skip_path = x if agrees else convolve(x, filters, 1, strides)
    x = convolve(convolve(x, filters, 3, strides, "relu"), filters, activation="relu")
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

    from helpers.data import load_mnist

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
        else:
            score = keras.layers.Dense(1)
            output = score(seen_left) - score(seen_right)
            output = output if kind == "scores" else keras.ops.sigmoid(output)
    model = keras.Model([left, right], {"larger": output} if dict_output else output)
    if epochs:
        (x, y), _ = load_mnist()
        x = (x[:12_000, ..., None] / 255).astype("float32")
        y = y[:12_000].astype(int)
        differ = np.flatnonzero(y[:6000] != y[6000:])
        larger = y[differ] > y[differ + 6000]
        model.compile(keras.optimizers.Adam(0.003), loss="binary_crossentropy")
        model.fit(
            [x[differ], x[differ + 6000]],
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


RIGHT = {
    "model-up-to": [up_to_output, up_to_by_search],
    "residual-block": [block, block_with_operators],
    "larger-digit": [
        lambda: pair_network("difference", 4),
        lambda: pair_network("joined", 4),
    ],
}

WRONG = {
    "model-up-to": [
        (lambda model, name: model.get_layer(name), "This is the layer"),
        (lambda model, name: model.get_layer(name).output, "symbolic tensor"),
        (lambda model, name: model, "the shape should be"),
        (up_to_by_popping, "has changed the model"),
        (up_to_by_cloning, "the numbers are others"),
        (before_layer, "the shape should be"),
        (first_input_only, "Use `model.inputs`"),
        (up_to_from_input, "every built model has"),
        (all_outputs, "several outputs"),
        (lambda model, name: name, "returns a text"),
    ],
    "residual-block": [
        (lambda x, filters, strides=1: block(x, filters, strides, "none"), "add `x` itself"),
        (lambda x, filters, strides=1: block(x, filters, strides, "always"), "add `x` itself"),
        (block_for_strides_only, "With more channels, the two paths do not fit"),
        (lambda x, filters, strides=1: block(x, filters), "should become"),
        (lambda x, filters, strides=1: block(x, filters, strides, end="linear"), "relu"),
        (lambda x, filters, strides=1: block(x, filters, strides, "three"), "1x1 projection"),
        (
            lambda x, filters, strides=1: block(x, filters, strides, main=False),
            "two convolutions",
        ),
        (block_with_relu_before_add, "after adding"),
        (block_with_late_strides, "takes the strides"),
        (block_with_relu_twice, "none on the second"),
        (block_that_concatenates, "not concatenated"),
        (block_with_valid_padding, "should become"),
        (block_of_another_input, "not connected"),
        (lambda x, filters: block(x, filters), "TypeError"),
        (lambda x, filters, strides=1: x.shape[1:], "symbolic tensor should"),
    ],
    "larger-digit": [
        (lambda: pair_network("unshared", 0), "or are there two"),
        (lambda: pair_network("dense", 2), "Share one reader"),
        (lambda: pair_network("difference", 0, dict_output=True), "a dict of them"),
        (lambda: pair_network("difference", 0), "Was it trained"),
        (lambda: pair_network("difference", 3, swap=True), "swapped"),
        (lambda: pair_network("scores", 0), "sigmoid"),
        (lambda: pair_network("difference", 0, names=("a", "b")), "Name the two inputs"),
        (one_input, "Two inputs"),
        (unbuilt, "no weights yet"),
        (lambda: "a model", "of type str"),
    ],
}

# Models are trained only when a test asks for them.
MAKE_FIRST = {"larger-digit"}
