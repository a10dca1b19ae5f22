"""Judges of the lesson on graphs of layers."""

import numpy as np

from helpers.checks.common import is_symbolic
from helpers.exercises import Hint, call, exercise
from helpers.tables import table_exercise

MOST_PARAMETERS = 15_000
GOAL = 0.85

table_exercise(
    "weighted-loss",
    "This is the number that `fit` makes smaller when you give `loss_weights`.",
    reference=lambda losses, weights: sum(losses[name] * weights[name] for name in losses),
    inputs=[
        ({"digit": 0.3, "larger": 0.5}, {"digit": 1.0, "larger": 0.2}),
        ({"left": 2.0, "right": 5.0}, {"right": 0.5, "left": 3.0}),
        ({"a": 1.0, "b": 2.0, "c": 4.0}, {"c": 0.25, "a": 2.0, "b": 0.0}),
    ],
    mistakes=[
        (
            lambda losses, weights: sum(losses.values()),
            "The weights are not used: each loss counts as often as its weight says.",
        ),
        (
            lambda losses, weights: sum(
                loss * weight
                for loss, weight in zip(losses.values(), weights.values(), strict=True)
            ),
            "Losses and weights are paired by their place, but the two dicts may be in "
            "different orders. Look up each weight by its name.",
        ),
        (
            lambda losses, weights: (
                sum(losses[name] * weights[name] for name in losses) / sum(weights.values())
            ),
            "This is the weighted mean. Keras does not divide by the sum of the weights.",
        ),
        (
            lambda losses, weights: sum(losses.values()) * sum(weights.values()),
            "Here each loss is multiplied by all the weights. Multiply it by its own alone, "
            "then add.",
        ),
        (
            lambda losses, weights: {name: losses[name] * weights[name] for name in losses},
            "These are the single parts, in a dict. Add them to one number.",
        ),
    ],
)


def readers():
    """Two models with one input each, and unseen inputs for them."""
    import keras

    row_reader = keras.Sequential(
        [
            keras.Input(shape=(6,)),
            keras.layers.Dense(5, activation="tanh"),
            keras.layers.Dense(3),
        ]
    )
    image = keras.Input(shape=(8, 8, 2))
    x = keras.layers.Conv2D(3, 3, activation="relu")(image)
    image_reader = keras.Model(image, keras.layers.Dense(4)(keras.layers.Flatten()(x)))
    rng = np.random.default_rng(9)
    pairs = [rng.normal(size=(2, 7, *shape)).astype("float32") for shape in [(6,), (8, 8, 2)]]
    return list(zip((row_reader, image_reader), pairs, strict=True))


@exercise("twin-difference", "One reader, two calls: twins need no second set of weights.")
def judge_twins(answer):
    """A function of a reader that returns a model of |reader(left) - reader(right)|."""
    import keras

    for reader, (left, right) in readers():
        size = reader.count_params()
        kept = [weight.copy() for weight in reader.get_weights()]
        try:
            twins = call(answer, reader)
        except Hint as hint:
            if "times in the model" in str(hint):
                raise Hint(f"{hint} Is one a copy? Call the reader itself, twice.") from None
            if "KerasTensor is symbolic" in str(hint):
                raise Hint(f"{hint} NumPy needs numbers: use `keras.ops.absolute`.") from None
            if "KerasTensor cannot be used" in str(hint):
                raise Hint(f"{hint} Use `keras.ops.absolute`.") from None
            if "stopped with ValueError" in str(hint):
                raise Hint(f"{hint} Have the inputs the shape that the reader takes?") from None
            raise
        if not isinstance(twins, keras.Model):
            return describe_no_model(twins)
        inputs = getattr(twins, "inputs", None) or []
        if len(inputs) != 2:
            return f"Two inputs are asked for, but your model has {len(inputs)}."
        try:
            got = twins([left, right])
        except Exception:
            return (
                f"Your model does not take two inputs of shape {left.shape[1:]}, which the "
                f"reader takes: its inputs have the shapes "
                f"{', '.join(str(tuple(tensor.shape[1:])) for tensor in inputs)}."
            )
        if isinstance(got, (list, tuple, dict)):
            return "Your model gives several outputs. One is wanted: the difference."
        if not all(map(np.array_equal, kept, reader.get_weights())):
            return "The weights of the reader have changed. Train nothing here."
        got = np.asarray(got)
        seen_left, seen_right = np.asarray(reader(left)), np.asarray(reader(right))
        difference = seen_left - seen_right
        expected = np.abs(difference)
        if close(got, expected):
            if twins.count_params() > size:
                return (
                    f"The numbers are right, but the reader has {size} parameters and your "
                    f"model {twins.count_params()}. Call the reader twice and make no new one."
                )
            continue
        mistakes = [
            (difference, "This is left minus right, with its sign: `keras.ops.absolute`."),
            (-difference, "This is right minus left, with its sign: `keras.ops.absolute`."),
            (difference**2, "These are the squares of the differences: `keras.ops.absolute`."),
            (expected.sum(-1), "This adds the differences up. They are wanted one by one."),
            (expected.mean(-1), "This is the mean difference. They are wanted one by one."),
            (np.abs(seen_left), "Only the left input is read."),
            (np.abs(seen_right), "Only the right input is read."),
            (
                np.concatenate([seen_left, seen_right], -1),
                "Both readings stand side by side. Subtract one from the other.",
            ),
        ]
        for mistake, hint in mistakes:
            if close(got, mistake):
                return hint
        if twins.count_params() > size:
            return (
                f"The reader has {size} parameters, your model has {twins.count_params()}. "
                f"Call the reader itself, twice, and make no new one."
            )
        if close(got, np.abs(np.asarray(reader(left - right)))):
            return "The inputs are subtracted before they are read. Read first, then subtract."
        if got.shape != expected.shape:
            return f"For {left.shape} the shape should be {expected.shape}, not {got.shape}."
        return (
            f"The shape is right, but the numbers are up to {np.abs(got - expected).max():.2g} "
            f"away from |reader(left) − reader(right)|. Is it the reader itself that is called?"
        )
    return None


def close(got, expected):
    """Whether two arrays agree in shape and, up to float32's rounding, in numbers."""
    return got.shape == expected.shape and np.allclose(got, expected, atol=1e-5)


def describe_no_model(answer):
    """A hint on an answer that should be a Keras model and is none."""
    import keras

    if is_symbolic(answer):
        return "This is a symbolic tensor. Make a `keras.Model` that ends in it."
    if isinstance(answer, keras.Layer):
        return "This is the layer. A model is asked for, from the input to its output."
    return f"A model is asked for, but this is of type {type(answer).__name__}."


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
                    "Keras knows no `input` of this `Sequential`. Use `model.inputs`, which "
                    "sequential and functional models both have."
                ) from None
            if "already been configured" in str(hint):
                raise Hint(
                    "A list of layers is not their graph. Make a `keras.Model` from "
                    "`model.inputs` to the layer's `output`."
                ) from None
            if "not connected to `inputs`" in str(hint):
                raise Hint(f"{hint}. Use `model.inputs`: begin at all of them.") from None
            raise
        if not isinstance(inner, keras.Model):
            return describe_no_model(inner)
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
            return (
                f"For the layer {name!r} the output should have shape {expected.shape}, but "
                f"it has {got.shape}."
            )
        if not close(got, expected):
            return (
                "The shape is right, but the numbers are others. Use the model's own layers, "
                "with their weights, and no new ones."
            )
        if not all(map(np.array_equal, weights, model.get_weights())):
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


BLOCKS = [  # shape of x, arguments, the case in words
    ((8, 8, 4), (4,), "equal shapes"),
    ((8, 8, 4), (6,), "more channels"),
    ((8, 8, 4), (4, 2), "strides of 2"),
    ((9, 7, 3), (8, 2), "strides of 2 and more channels"),
    ((8, 8, 1), (5,), "one channel in `x` and five filters"),
]


@exercise(
    "residual-block",
    "Published ResNets are stacks of such blocks, with `BatchNormalization` behind each "
    "convolution.",
)
def judge_residual_block(answer):
    """A function of (x, filters, strides=1) that returns a residual block's output."""
    import keras

    rng = np.random.default_rng(7)
    for shape, arguments, case in BLOCKS:
        x = keras.Input(shape=shape)
        output = call_block(answer, x, arguments, case)
        if not is_symbolic(output):
            return f"A symbolic tensor should come back, not a {type(output).__name__}."
        filters, strides = (*arguments, 1)[:2]
        expected = (None, -(-shape[0] // strides), -(-shape[1] // strides), filters)
        if tuple(output.shape) != expected:
            return (
                f"With {case}, {shape} should become {expected[1:]}, but yours becomes "
                f"{tuple(output.shape[1:])}. Has each convolution its `padding`, its filters "
                f"and its strides, and are the two paths added, not concatenated?"
            )
        try:
            block = keras.Model(x, output)
        except Exception:
            return "What comes back is not connected to `x`. Call your layers on `x`."
        images = rng.normal(size=(3, *shape)).astype("float32")
        if hint := hint_on_block(block, images, filters, strides, case, rng):
            return hint
    return None


def hint_on_block(block, images, filters, strides, case, rng):
    """A hint if a block does not compute what was asked for with weights at random, or None."""
    import keras

    kernels = [weight for weight in block.weights if len(weight.shape) == 4]
    wide = [kernel for kernel in kernels if tuple(kernel.shape[:2]) == (3, 3)]
    narrow = [kernel for kernel in kernels if tuple(kernel.shape[:2]) == (1, 1)]
    if len(kernels) > len(wide) + len(narrow):
        sizes = {tuple(kernel.shape[:2]) for kernel in kernels} - {(1, 1), (3, 3)}
        return (
            f"A convolution here has a window of {sizes.pop()}; 3 by 3 and 1x1 are asked for."
        )
    if not wide:
        return "There is no 3 by 3 convolution on the main path."
    if len(wide) == 1:
        return "The main path has two convolutions of 3 by 3, one after the other; here is one."
    if len(wide) == 3 and case != "equal shapes":
        return f"With {case}, the skip path should have a 1x1 projection, not one of 3 by 3."
    if len(wide) > 2:
        return f"The main path has two convolutions of 3 by 3, but here are {len(wide)}."
    if case == "equal shapes" and narrow:
        return (
            "Where the shapes agree, add `x` itself: there should be no layer on the skip path."
        )
    if case != "equal shapes" and not narrow:
        return (
            f"With {case}, a 1x1 convolution is missing on the skip path. (Shapes that differ, "
            f"but broadcast, are added without a word.)"
        )
    if len(narrow) > 1:
        return f"One 1x1 projection is enough, here are {len(narrow)}."
    if wide[0].shape[-1] != filters:
        return (
            f"With `filters={filters}`, the first convolution should have {filters} filters, "
            f"but it has {wide[0].shape[-1]}."
        )
    for weight in block.weights:
        if weight.name in ("kernel", "bias"):
            weight.assign(0.4 * rng.normal(size=weight.shape))
    parts = {
        "first": with_bias(block, wide[0]),
        "second": with_bias(block, wide[1]),
        "projection": with_bias(block, narrow[0]) if narrow else None,
    }
    got = np.asarray(keras.ops.convert_to_numpy(block(images, training=False)))
    wanted = residual(images, strides, parts)
    if nearly(got, wanted):
        return None
    for changes, hint in MISTAKES_IN_BLOCK:
        if nearly(got, residual(images, strides, parts, **changes)):
            return hint
    return (
        f"With {case} and weights at random, the output is up to "
        f"{np.abs(got - wanted).max():.2g} away from what was expected (its largest number is "
        f"{wanted.max():.2g}). Compare the order of your layers, their activations and strides "
        f"with the text."
    )


def with_bias(block, kernel):
    """A kernel of a block and the bias that belongs to it, zeros if there is none."""
    places = [weight is kernel for weight in block.weights]
    following = block.weights[places.index(True) + 1 :][:1]
    if following and following[0].name == "bias":
        return np.asarray(kernel), np.asarray(following[0])
    return np.asarray(kernel), np.zeros(kernel.shape[-1], "float32")


MISTAKES_IN_BLOCK = [
    ({"first": "linear"}, "The first convolution has no `relu`."),
    ({"first": "tanh"}, "The first convolution has `tanh` in place of `relu`."),
    ({"first": "sigmoid"}, "The first convolution has `sigmoid` in place of `relu`."),
    (
        {"second": "relu"},
        "The second convolution should have no `relu`: it comes after adding.",
    ),
    ({"second": "relu", "end": "linear"}, "`relu` comes after adding, not before it."),
    ({"end": "linear"}, "The sum may be negative: end with `relu`, after adding."),
    (
        {"first": "linear", "end": "linear"},
        "There is no `relu` yet: one belongs to the first convolution, one to the end.",
    ),
    ({"projection": "relu"}, "The projection should have no activation."),
    (
        {"second": "relu", "projection": "relu"},
        "Only the first convolution and the end have `relu`: none on the second convolution, "
        "none on the projection.",
    ),
    ({"front": "relu"}, "There is a `relu` in front of the main path that was not asked for."),
    ({"front_of_both": "relu"}, "There is a `relu` in front that was not asked for."),
    ({"late": True}, "The first of the two 3 by 3 convolutions takes the strides."),
    ({"skip": False}, "The skip path is not added: nothing of `x` itself comes out."),
    ({"by": "multiply"}, "The two paths are multiplied. Add them."),
    ({"by": "average"}, "This is the mean of the two paths. Add them."),
    ({"by": "subtract"}, "One path is subtracted from the other. Add them."),
]


def residual(
    images,
    strides,
    parts,
    first="relu",
    second="linear",
    projection="linear",
    end="relu",
    front="linear",
    front_of_both="linear",
    late=False,
    skip=True,
    by="add",
):
    """What a residual block computes, with activations and ways that may be changed.

    Args:
        images: input, shape (n, height, width, channels).
        strides: those of the block.
        parts: dict of (kernel, bias) of first, second and projection, which may be None.

    Returns:
        Array of the output.
    """
    import keras

    def convolve(values, part, step, activation):
        kernel, bias = part
        values = keras.ops.conv(values, kernel, strides=step, padding="same") + bias
        return keras.activations.get(activation)(values)

    images = keras.activations.get(front_of_both)(keras.ops.convert_to_tensor(images))
    main = keras.activations.get(front)(images)
    steps = (1, strides) if late else (strides, 1)
    main = convolve(main, parts["first"], steps[0], first)
    main = convolve(main, parts["second"], steps[1], second)
    beside = images
    if parts["projection"]:
        beside = convolve(images, parts["projection"], strides, projection)
    merged = getattr(keras.layers, by)([beside, main]) if skip else main
    return np.asarray(keras.activations.get(end)(merged))


def nearly(got, expected):
    """Whether two arrays agree up to what a fresh BatchNormalization changes, 0.5 %."""
    return got.shape == expected.shape and np.allclose(
        got, expected, rtol=0, atol=5e-3 * np.abs(expected).max()
    )


def call_block(answer, x, arguments, case):
    """Call the learner's function; shapes that do not fit get a hint of their own."""
    import re

    try:
        return call(answer, x, *arguments)
    except Hint as hint:
        text = str(hint)
        whole = str(hint.__cause__)
        if "incompatible shapes" not in text and "broadcast" not in text:
            raise Hint(f"With {case}: {text}") from None
    shapes = re.findall(r"\((\d[\d, ]*)\)", whole)
    shapes = [tuple(int(size) for size in shape.split(",")) for shape in shapes][-2:]
    if case != "equal shapes":
        advice = "the skip path needs a 1x1 projection with the same filters and strides."
    elif len(shapes) == 2 and shapes[0][:2] != shapes[1][:2]:
        advice = 'has each 3 by 3 convolution `padding="same"`, and strides of 1 here?'
    else:
        advice = "has the second convolution as many filters as asked for?"
    met = " and ".join(map(str, shapes))
    raise Hint(f"With {case}, the two paths do not fit{met and f', {met}'}: {advice}") from None


@exercise("larger-digit", "A network with two inputs, of your own design.")
def judge_larger_digit(answer):
    """A trained model with inputs left and right that says which digit is larger."""
    import keras

    if not isinstance(answer, keras.Model):
        return f"A Keras model is asked for, but this is of type {type(answer).__name__}."
    if not answer.built:
        return "The model has no weights yet: it was never called, and so never trained."
    tensors = getattr(answer, "inputs", None) or []  # a subclassed model has none
    names = [tensor.name for tensor in tensors]
    if tensors and len(names) != 2:
        return f"Two inputs are asked for, this model has {len(names)}."
    if tensors and set(names) != {"left", "right"}:
        return f"Name the two inputs left and right. Here they are {names[0]} and {names[1]}."
    if answer.count_params() > MOST_PARAMETERS:
        return (
            f"The network has {answer.count_params():,} parameters, and {MOST_PARAMETERS:,} "
            f"are allowed. `summary()` tells where they are."
        )
    images, left_is_larger = pairs_of_digits()
    try:
        outputs = answer.predict(images, batch_size=500, verbose=0)
    except Exception:
        return (
            "The network does not take a dict of two images, `left` and `right`, of shape "
            "(28, 28, 1)."
        )
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
        swapped = {"left": images["right"], "right": images["left"]}
        swapped = answer.predict(swapped, batch_size=500, verbose=0).ravel()
        if np.ptp(outputs) > 1e-3 and np.allclose(outputs, swapped, rtol=0, atol=1e-5):
            return (
                "It answers the same when left and right change places: it cannot know which "
                "image is left."
            )
        return f"It is right for {right:.0%} of the pairs. Was it trained, on 0..1 as here?"
    return (
        f"It is right for {right:.1%} of the pairs, short of 85 %. Train longer or on more "
        f"pairs, widen it, or let both inputs share one reader, if there are two."
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
