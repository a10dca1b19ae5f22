"""Judges of the lesson on graphs of layers."""

import numpy as np

from helpers.checks.common import is_symbolic
from helpers.exercises import Hint, call, exercise

MOST_PARAMETERS = 15_000
GOAL = 0.85


def models_to_cut():
    """Models with the names of layers to cut at: a chain, a graph with two inputs."""
    import keras

    chain = keras.Sequential(
        [
            keras.Input(shape=(6,)),
            keras.layers.Dense(5, activation="relu", name="low"),
            keras.layers.Dense(4, activation="tanh", name="middle"),
            keras.layers.Dense(3, name="high"),
        ]
    )
    left, right = keras.Input(shape=(4,)), keras.Input(shape=(2,))
    both = keras.layers.Concatenate(name="both")([left, right])
    x = keras.layers.Dense(3, name="inner")(both)
    graph = keras.Model([left, right], keras.layers.Dense(1)(x))
    return [(chain, "middle"), (chain, "low"), (chain, "high"), (graph, "inner")]


@exercise("model-up-to", "This is how features are taken from the inside of a trained network.")
def judge_up_to(answer):
    """A function of (model, layer_name) that returns the model up to that layer."""
    import keras

    rng = np.random.default_rng(6)
    for model, name in models_to_cut():
        layers = len(model.layers)
        weights = [weight.copy() for weight in model.get_weights()]
        try:
            inner = call(answer, model, name)
        except Hint as hint:
            if "never been called" in str(hint):
                raise Hint(
                    "A `Sequential` has no `input` here. Use `model.inputs`, which every built "
                    "model has."
                ) from None
            if "stopped with" in str(hint):
                hint = f"{hint} Use `model.inputs` and the layer's `output`."
            raise Hint(str(hint)) from None
        if is_symbolic(inner):
            return "This is a symbolic tensor. Make a `keras.Model` that ends in it."
        if isinstance(inner, keras.Layer) and not isinstance(inner, keras.Model):
            return "This is the layer. A model is asked for, from the input to its output."
        if not isinstance(inner, keras.Model):
            return f"A model is asked for, but this is of type {type(inner).__name__}."
        if len(model.layers) != layers:
            return "Your function has changed the model that it was given. Make a new one."
        inputs = [rng.normal(size=(7, tensor.shape[-1])) for tensor in model.inputs]
        inputs = [array.astype("float32") for array in inputs]
        expected = outputs_up_to(model, name, inputs)
        try:
            got = inner(inputs if len(inputs) > 1 else inputs[0])
        except Exception:
            return (
                f"Your model does not take what the given one takes, here {len(inputs)} "
                f"input(s). Use `model.inputs`."
            )
        if isinstance(got, (list, tuple, dict)):
            return "Your model gives several outputs. Only that of the named layer is wanted."
        got = np.asarray(got)
        if got.shape != expected.shape:
            return f"For the layer {name!r} the shape should be {expected.shape}: {got.shape}."
        if not np.allclose(got, expected, atol=1e-5):
            return (
                "The shape is right, but the numbers are others. Use the model's own layers, "
                "with their weights, and no new ones."
            )
        if any(
            not np.array_equal(*pair) for pair in zip(weights, model.get_weights(), strict=True)
        ):
            return "The weights of the given model have changed. Train nothing here."
    return None


def outputs_up_to(model, name, inputs):
    """What a layer of one of models_to_cut gives, layer by layer."""
    if len(inputs) > 1:
        return np.asarray(model.get_layer(name)(np.concatenate(inputs, axis=1)))
    values = inputs[0]
    for layer in model.layers:
        values = layer(values)
        if layer.name == name:
            break
    return np.asarray(values)


@exercise("residual-block", "Stack a few dozen of these, and you have a ResNet.")
def judge_residual_block(answer):
    """A function of (x, filters, strides=1) that returns a residual block's output."""
    import keras

    rng = np.random.default_rng(7)
    cases = [
        ((8, 8, 4), (4,), "equal shapes"),
        ((8, 8, 4), (6,), "more channels"),
        ((8, 8, 4), (4, 2), "strides of 2"),
        ((9, 7, 3), (8, 2), "strides of 2 and more channels"),
    ]
    for shape, arguments, case in cases:
        x = keras.Input(shape=shape)
        output = call_block(answer, x, arguments, case)
        if not is_symbolic(output):
            return f"A symbolic tensor should come back, not a {type(output).__name__}."
        stride = arguments[1] if len(arguments) > 1 else 1
        expected = (None, -(-shape[0] // stride), -(-shape[1] // stride), arguments[0])
        if tuple(output.shape) != expected:
            return (
                f"With {case}, {shape} should become {expected[1:]}, but yours becomes "
                f"{tuple(output.shape[1:])}. Are the two paths added, not concatenated?"
            )
        try:
            block = keras.Model(x, output)
        except Exception:
            return "What comes back is not connected to `x`. Call your layers on `x`."
        images = rng.normal(size=(2, *shape)).astype("float32")
        weights = block.get_weights()
        if not any(w.ndim == 4 and w.shape[:2] == (3, 3) for w in weights):
            return "There is no 3 by 3 convolution on the main path."
        if hint := hint_on_layers(block, stride):
            return hint
        if np.asarray(block(images)).min() < 0:
            return "The sum may be negative: end with `relu`, after adding."
        block.set_weights([np.zeros_like(weight) for weight in weights])
        through = np.asarray(block(images))
        if case == "equal shapes" and not np.allclose(
            through, np.maximum(images, 0), atol=1e-5
        ):
            if np.allclose(through, 0):
                return (
                    "With all weights at zero, nothing of `x` comes out. Where the shapes "
                    "agree, add `x` itself, with no layer on the skip path."
                )
            return "With all weights at zero, `relu` of `x` should come out, and nothing else."
        ones = [w for w in weights if w.ndim == 4 and w.shape[:2] == (1, 1)]
        if case != "equal shapes" and not ones:
            return f"With {case}, a 1x1 projection is missing on the skip path."
        if sum(w.ndim == 4 and w.shape[:2] == (3, 3) for w in weights) < 2:
            return "The main path has two convolutions of 3 by 3, one after the other."
    return None


def hint_on_layers(block, stride):
    """A hint if a convolution of the block has the wrong strides or activation, or None."""
    import keras

    convolutions = [layer for layer in block.layers if isinstance(layer, keras.layers.Conv2D)]
    wide = [layer for layer in convolutions if layer.kernel_size == (3, 3)]
    if len(wide) == 2 and stride > 1 and wide[0].strides == (1, 1):
        return "The first of the two 3 by 3 convolutions takes the strides, not the second."
    linear = [*wide[1:], *(layer for layer in convolutions if layer.kernel_size == (1, 1))]
    if any(layer.activation is not keras.activations.linear for layer in linear):
        return (
            "Only the first convolution and the end have `relu`: none on the second "
            "convolution, none on the projection."
        )
    return None


def call_block(answer, x, arguments, case):
    """Call the learner's function; shapes that do not fit get a hint of their own."""
    try:
        return call(answer, x, *arguments)
    except Hint as hint:
        if "incompatible shapes" in str(hint) or "broadcast" in str(hint):
            raise Hint(
                f"With {case}, the two paths do not fit: the skip path needs a 1x1 projection "
                f"with the same filters and strides."
            ) from None
        raise Hint(f"With {case}: {hint}") from None


@exercise("larger-digit", "A network with two inputs, of your own design.")
def judge_larger_digit(answer):
    """A trained model with inputs left and right that says which digit is larger."""
    import keras

    if not isinstance(answer, keras.Model):
        return f"A Keras model is asked for, but this is of type {type(answer).__name__}."
    if not answer.built:
        return "The model has no weights yet. Build it the functional way."
    if not hasattr(answer, "inputs") or not answer.inputs:
        return "Build it the functional way, from two `keras.Input`s named left and right."
    names = [tensor.name for tensor in answer.inputs]
    if len(names) != 2:
        return f"Two inputs are asked for, this model has {len(names)}."
    if set(names) != {"left", "right"}:
        return f"Name the two inputs left and right. Here they are {names[0]} and {names[1]}."
    if answer.count_params() > MOST_PARAMETERS:
        return (
            f"The network has {answer.count_params():,} parameters, and {MOST_PARAMETERS:,} "
            f"are allowed. Is the reader shared, or are there two? `summary()` tells."
        )
    images, left_is_larger = pairs_of_digits()
    try:
        outputs = answer.predict(images, batch_size=500, verbose=0)
    except Exception:
        return f"The network does not take two images of shape (28, 28, 1): {names}."
    if isinstance(outputs, (dict, list)):
        return "The model has several outputs, or a dict of them. One tensor is asked for."
    if outputs.size != len(left_is_larger):
        return f"One number for each pair is asked for, but here the shape is {outputs.shape}."
    outputs = outputs.ravel()
    if outputs.min() < 0 or outputs.max() > 1:
        return "The outputs are no probabilities: end with `sigmoid`."
    right = np.mean((outputs > 0.5) == left_is_larger)
    if right >= GOAL:
        return None
    if right < 1 - GOAL:
        return "It is wrong nearly always: left and right, or the two answers, are swapped."
    if right < 0.7:
        return f"It is right for {right:.0%} of the pairs. Was it trained, on 0..1 as here?"
    return (
        f"It is right for {right:.1%} of the pairs, short of 85 %. Share one reader between "
        f"both inputs, if there are two; train longer, or widen it."
    )


def pairs_of_digits(count=2000):
    """Test digits in pairs of different ones.

    Returns:
        A dict of left and right, arrays of shape (count, 28, 28, 1) from 0 to 1, and whether
        the left digit is the larger one.
    """
    from helpers.data import load_mnist

    _, (x_test, y_test) = load_mnist()
    rows = np.random.default_rng(8).permutation(len(y_test))
    left, right = rows[:5000], rows[5000:]
    differ = np.flatnonzero(y_test[left] != y_test[right])[:count]
    left, right = left[differ], right[differ]
    images = [(x_test[side][..., None] / 255).astype("float32") for side in (left, right)]
    return dict(zip(("left", "right"), images, strict=True)), y_test[left] > y_test[right]
