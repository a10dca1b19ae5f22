"""Answers that readers invented from the text of an exercise alone."""

import functools
import math

import keras
import numpy as np
import pandas as pd

from helpers.data import load_mnist

layers = keras.layers
MAKE_FIRST = {"larger-digit"}


# --- weighted-loss, right
def loss_pandas(losses, weights):
    return (pd.Series(losses) * pd.Series(weights)).sum()


def loss_tensor(losses, weights):
    names = sorted(losses)
    rows = [[float(table[name]) for name in names] for table in (losses, weights)]
    return keras.ops.einsum("i,i->", *keras.ops.convert_to_tensor(rows, dtype="float32"))


def loss_recursive(losses, weights):
    if not losses:
        return 0
    (name, loss), *rest = losses.items()
    return math.fsum([loss * weights[name], loss_recursive(dict(rest), weights)])


# --- weighted-loss, wrong
def loss_in_order(losses, weights):
    return sum(a * b for a, b in zip(losses.values(), weights.values(), strict=True))


def loss_mean(losses, weights):
    return sum(losses[name] * weights[name] for name in losses) / sum(weights.values())


def loss_first_only(losses, weights):
    total = 0
    for name in losses:
        total += losses[name] * weights[name]
        return total


def loss_dict(losses, weights):
    return {name: losses[name] * weights[name] for name in losses}


def loss_unweighted(losses, weights):
    return sum(losses.values())


# --- twin-difference, right
def twins_max_minus_min(reader):
    shape = reader.input_shape
    left, right = (keras.Input(batch_shape=shape, name=side) for side in ("left", "right"))
    seen = [reader(left), reader(right)]
    return keras.Model(
        (left, right), layers.subtract([layers.maximum(seen), layers.minimum(seen)])
    )


def twins_one_batch(reader):
    """Both inputs go through the reader at once, as one batch of twice the size."""
    left, right = (keras.Input(reader.inputs[0].shape[1:]) for _ in range(2))
    seen = reader(keras.ops.concatenate([left, right], axis=0))
    a, b = keras.ops.split(seen, 2, axis=0)
    return keras.Model([left, right], keras.ops.relu(a - b) + keras.ops.relu(b - a))


class Twins(keras.Model):
    def __init__(self, reader):
        left, right = (keras.KerasTensor(reader.inputs[0].shape) for _ in range(2))
        left, right = keras.Input(tensor=left), keras.Input(tensor=right)
        super().__init__([left, right], abs(reader(left) - reader(right)))


def twins_class(reader):
    return Twins(reader)


# --- twin-difference, wrong
def twins_cloned(reader):
    other = keras.models.clone_model(reader)
    left, right = (keras.Input(reader.inputs[0].shape[1:]) for _ in range(2))
    return keras.Model([left, right], keras.ops.absolute(reader(left) - other(right)))


def twins_signed(reader):
    left, right = (keras.Input(reader.inputs[0].shape[1:]) for _ in range(2))
    return keras.Model([left, right], layers.subtract([reader(left), reader(right)]))


def twins_distance(reader):
    left, right = (keras.Input(reader.inputs[0].shape[1:]) for _ in range(2))
    gap = keras.ops.absolute(reader(left) - reader(right))
    return keras.Model([left, right], keras.ops.sum(gap, axis=-1, keepdims=True))


def twins_of_pixels(reader):
    """The difference of the images, read, in place of the difference of what was read."""
    left, right = (keras.Input(reader.inputs[0].shape[1:]) for _ in range(2))
    return keras.Model([left, right], reader(keras.ops.absolute(left - right)))


def twins_28_by_28(reader):
    left, right = (keras.Input((28, 28, 1)) for _ in range(2))
    return keras.Model([left, right], keras.ops.absolute(reader(left) - reader(right)))


# --- model-up-to, right
def up_to_dict(model, layer_name):
    ends = {tensor.name: tensor for tensor in model.inputs}
    return keras.Model(ends, {layer_name: model.get_layer(layer_name).output}[layer_name])


class Part(keras.Model):
    pass


def up_to_search(model, layer_name):
    (end,) = [layer.output for layer in model.layers[::-1] if layer.name == layer_name]
    return Part(inputs=tuple(model.inputs), outputs=end)


def up_to_replayed(model, layer_name):
    """Calls the layers of the graph, in its order, on inputs of its own."""
    inputs = [
        keras.Input(batch_shape=t.shape, dtype=t.dtype, name=t.name) for t in model.inputs
    ]
    made = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}
    for layer in model.layers:
        if isinstance(layer, layers.InputLayer):
            continue
        old = layer.input
        given = [made[id(t)] for t in old] if isinstance(old, list) else made[id(old)]
        made[id(layer.output)] = layer(given)
    end = made[id(model.get_layer(layer_name).output)]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], end)


# --- model-up-to, wrong
def up_to_list(model, layer_name):
    names = [layer.name for layer in model.layers]
    return keras.Sequential(model.layers[: names.index(layer_name) + 1])


def up_to_input(model, layer_name):
    return keras.Model(model.inputs, model.get_layer(layer_name).input)


def up_to_clone(model, layer_name):
    model = keras.models.clone_model(model)
    return keras.Model(model.inputs, model.get_layer(layer_name).output)


def up_to_tensor(model, layer_name):
    return model.get_layer(layer_name).output


def up_to_first_input(model, layer_name):
    return keras.Model(model.inputs[0], model.get_layer(layer_name).output)


# --- residual-block, right
def block_operations(x, filters, strides=1):
    main = keras.Sequential(
        [
            layers.Conv2D(filters, (3, 3), strides=(strides, strides), padding="SAME"),
            layers.ReLU(),
            layers.Conv2D(filters, [3, 3], padding="same", activation="linear"),
        ]
    )
    if strides > 1 or x.shape[3] != filters:
        x, shortcut = layers.Conv2D(filters, 1, strides)(x), x
        return keras.ops.relu(main(shortcut) + x)
    return keras.ops.relu(keras.ops.add(x, main(x)))


def block_dense_projection(x, filters, strides=1):
    """A Dense layer on every strides-th pixel is a 1x1 convolution with these strides."""
    y = layers.Conv2D(filters, 3, strides=strides, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    if strides != 1 or x.shape[-1] != filters:
        x = layers.Dense(filters)(x[:, ::strides, ::strides, :])
    return layers.Activation("relu")(layers.Add()([x, y]))


class Residual(layers.Layer):
    def __init__(self, filters, strides, project):
        super().__init__()
        self.first = layers.Conv2D(filters, 3, strides, "same", activation="relu")
        self.second = layers.Conv2D(filters, 3, padding="same")
        self.skip = layers.Conv2D(filters, 1, strides) if project else layers.Identity()

    def call(self, x):
        return keras.ops.relu(self.second(self.first(x)) + self.skip(x))


def block_class(x, filters, strides=1):
    return Residual(filters, strides, strides != 1 or x.shape[-1] != filters)(x)


# --- residual-block, wrong
def _main(x, filters, strides=1, second_strides=1, last=None):
    y = layers.Conv2D(filters, 3, strides=strides, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, strides=second_strides, padding="same", activation=last)(y)


def block_relu_before_add(x, filters, strides=1):
    y = _main(x, filters, strides, last="relu")
    if strides != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=strides, padding="same")(x)
    return layers.add([x, y])


def block_projects_always(x, filters, strides=1):
    skip = layers.Conv2D(filters, 1, strides=strides, padding="same")(x)
    return keras.ops.relu(layers.add([skip, _main(x, filters, strides)]))


def block_asks_strides_only(x, filters, strides=1):
    y = _main(x, filters, strides)
    if strides != 1:
        x = layers.Conv2D(filters, 1, strides=strides, padding="same")(x)
    return keras.ops.relu(layers.add([x, y]))


def block_compares_symbolic_shapes(x, filters, strides=1):
    """Where height and width are free, None == None, whatever the strides."""
    y = _main(x, filters, strides)
    if x.shape != y.shape:
        x = layers.Conv2D(filters, 1, strides=strides, padding="same")(x)
    return keras.ops.relu(layers.add([x, y]))


def block_strides_in_second(x, filters, strides=1):
    y = _main(x, filters, 1, strides)
    if strides != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=strides, padding="same")(x)
    return keras.ops.relu(layers.add([x, y]))


# --- larger-digit
@functools.cache
def _digits():
    (x, y), _ = load_mnist()
    return (x[:6000, ..., None] / 255).astype("float32"), y[:6000]


def _convolutions(*head):
    return keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Conv2D(16, 3, strides=2, activation="relu"),
            layers.Flatten(),
            *head,
        ]
    )


@functools.cache
def _reader():
    """Trained on pairs: one number for an image."""
    keras.utils.set_random_seed(1)
    reader = _convolutions(layers.Dense(16, activation="relu"), layers.Dense(1))
    left, right = _two_inputs()
    model = keras.Model([left, right], keras.ops.sigmoid(reader(left) - reader(right)))
    x, y = _digits()
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, len(y), (2, 9000))
    first, second = first[y[first] != y[second]], second[y[first] != y[second]]
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", steps_per_execution=10)
    model.fit([x[first], x[second]], y[first] > y[second], epochs=5, verbose=0)
    return reader


def _two_inputs(left="left", right="right"):
    return keras.Input((28, 28, 1), name=left), keras.Input((28, 28, 1), name=right)


def larger_from_ten_probabilities():
    """A reader of digits, trained on single digits; the pair is arithmetic."""
    keras.utils.set_random_seed(1)
    reader = _convolutions(layers.Dense(10, activation="softmax"))
    x, y = _digits()
    reader.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=10)
    reader.fit(x, y, epochs=4, verbose=0)
    left, right = _two_inputs()
    a, b = reader(left), reader(right)
    below = keras.ops.convert_to_tensor(np.tril(np.ones((10, 10)), -1).T.astype("float32"))
    more = keras.ops.sum(keras.ops.matmul(b, below) * a, axis=-1, keepdims=True)
    less = keras.ops.sum(keras.ops.matmul(a, below) * b, axis=-1, keepdims=True)
    return keras.Model([left, right], more / (more + less + 1e-7))


def larger_right_comes_first():
    left, right = _two_inputs()
    p = keras.ops.sigmoid(_reader()(left) - _reader()(right))
    return keras.Model({"right": right, "left": left}, p)


class Comparer(keras.Model):
    def __init__(self, reader):
        super().__init__()
        self.reader = reader

    def call(self, images):
        return keras.ops.sigmoid(self.reader(images["left"]) - self.reader(images["right"]))


def larger_subclassed():
    model, (x, _) = Comparer(_reader()), _digits()
    model({"left": x[:2], "right": x[2:4]})  # called, as it would be by fit
    return model


def larger_the_other_way():
    left, right = _two_inputs()
    return keras.Model([left, right], keras.ops.sigmoid(_reader()(right) - _reader()(left)))


def larger_logits():
    left, right = _two_inputs()
    return keras.Model([left, right], layers.subtract([_reader()(left), _reader()(right)]))


def larger_other_names():
    left, right = _two_inputs("first", "second")
    return keras.Model([left, right], keras.ops.sigmoid(_reader()(left) - _reader()(right)))


def larger_two_probabilities():
    left, right = _two_inputs()
    p = keras.ops.sigmoid(_reader()(left) - _reader()(right))
    return keras.Model([left, right], layers.concatenate([1 - p, p]))


def larger_too_big():
    """15,700 parameters more than it needs, all of them frozen and without effect."""
    left, right = _two_inputs()
    p = keras.ops.sigmoid(_reader()(left) - _reader()(right))
    extra = layers.Dense(20, trainable=False)(layers.Flatten()(left))
    extra = keras.ops.mean(extra, axis=-1, keepdims=True)
    return keras.Model([left, right], p + 0 * extra)


RIGHT = {
    "weighted-loss": [loss_pandas, loss_tensor, loss_recursive],
    "twin-difference": [twins_max_minus_min, twins_one_batch, twins_class],
    "model-up-to": [up_to_dict, up_to_search, up_to_replayed],
    "residual-block": [block_operations, block_class, block_compares_symbolic_shapes],
    "larger-digit": [
        larger_from_ten_probabilities,
        larger_right_comes_first,
        larger_subclassed,
    ],
}
WRONG = {
    "weighted-loss": [
        (loss_in_order, "paired by their place"),
        (loss_mean, "weighted mean"),
        (loss_first_only, "gives 0.3, and 0.4"),
        (loss_dict, "{'digit': 0.3, 'larger': 0.1}, and 0.4"),
        (loss_unweighted, "weights are not used"),
    ],
    "twin-difference": [
        (twins_cloned, "Call the reader itself, twice"),
        (twins_signed, "with its sign"),
        (twins_distance, "should be (7, 3), not (7, 1)"),
        (twins_of_pixels, "away from |reader(left)"),
        (twins_28_by_28, "shape"),
    ],
    "model-up-to": [
        (up_to_list, "list"),
        (up_to_input, "should have shape (7, 4)"),
        (up_to_clone, "no new ones"),
        (up_to_tensor, "symbolic tensor"),
        (up_to_first_input, "begin at all of them"),
    ],
    "residual-block": [
        (block_relu_before_add, "`relu` comes after adding"),
        (block_projects_always, "no layer on the skip path"),
        (block_asks_strides_only, "(8, 8, 4) and (8, 8, 6)"),
        (block_dense_projection, "1x1 convolution is missing"),
        (block_strides_in_second, "takes the strides"),
    ],
    "larger-digit": [
        (larger_the_other_way, "swapped"),
        (larger_logits, "no probabilities"),
        (larger_other_names, "Name the two inputs"),
        (larger_two_probabilities, "One number for each pair"),
        (larger_too_big, "15,000 are allowed"),
    ],
}
