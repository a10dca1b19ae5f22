"""Judges of the lesson on sequential and functional models."""

import numpy as np

from helpers.checks.common import is_symbolic, model_or_hint, run_model
from helpers.exercises import call, exercise
from helpers.tables import table_exercise

MOST_PARAMETERS = 20_000


@exercise("list-to-graph", "Now you hold each tensor of it in your hands.")
def judge_list_to_graph(answer):
    """A functional model: Flatten, Dense(32, relu), Dense(10, softmax) on (28, 28, 1)."""
    import keras

    if hint := model_or_hint(answer):
        return hint
    if isinstance(answer, keras.Sequential):
        return "This is a `Sequential` again. Begin with `keras.Input`, end with `keras.Model`."
    if not answer.built or not getattr(answer, "inputs", None):
        return "This model was not made from an input and an output: `keras.Model(image, …)`."
    if answer.input_shape != (None, 28, 28, 1):
        return f"The input of the chain is (None, 28, 28, 1), and yours {answer.input_shape}."
    if len(answer.outputs) != 1 or answer.outputs[0].shape != (None, 10):
        shapes = [tuple(tensor.shape) for tensor in answer.outputs]
        return f"The chain ends in ten numbers, (None, 10). Your model gives {shapes}."
    shapes = [weight.shape for weight in answer.get_weights()]
    if shapes != [(784, 32), (32,), (32, 10), (10,)]:
        return f"The chain has weights of (784, 32), (32,), (32, 10), (10,), yours of {shapes}."
    rng = np.random.default_rng(4)
    weights = [rng.normal(0, 0.3, shape).astype("float32") for shape in shapes]
    images = rng.random((6, 28, 28, 1)).astype("float32")
    kept = answer.get_weights()
    answer.set_weights(weights)
    outputs = run_model(answer, images)
    answer.set_weights(kept)
    return hint_on_outputs(images, weights, outputs)


def hint_on_outputs(images, weights, outputs):
    """A hint if the outputs are not those of the chain with these weights, or None."""
    row = images.reshape(len(images), -1)
    hidden = {"relu": lambda x: np.maximum(x, 0), "no activation": lambda x: x}
    hidden |= {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}
    ends = {"softmax": softmax, "no activation": lambda x: x}
    ends |= {"sigmoid": hidden["sigmoid"], "relu": hidden["relu"]}
    for first, inner in hidden.items():
        for last, outer in ends.items():
            expected = outer(inner(row @ weights[0] + weights[1]) @ weights[2] + weights[3])
            if not np.allclose(outputs, expected, atol=1e-4):
                continue
            if (first, last) == ("relu", "softmax"):
                return None
            return (
                f"Your first Dense layer has {first}, and the second {last}: relu and softmax."
            )
    return "With equal weights your model gives other numbers than the chain."


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def chains():
    """Sequential models that end in a Dense layer, built, some of them compiled and used."""
    import keras

    digits = keras.Sequential(
        [
            keras.Input(shape=(8, 8, 1)),
            keras.layers.Conv2D(3, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    digits.compile("sgd", loss="sparse_categorical_crossentropy")
    digits.predict(np.zeros((2, 8, 8, 1)), verbose=0)
    rows = keras.Sequential(
        [
            keras.Input(shape=(5,)),
            keras.layers.Dense(6, activation="tanh", name="inner"),
            keras.layers.Dense(1, activation="sigmoid", name="head"),
        ]
    )
    return [(digits, 4), (rows, 7)]


@exercise("change-head", "So a trained network gets another task.")
def judge_change_head(answer):
    """A function of (model, classes) that gives a Sequential another head."""
    import keras

    rng = np.random.default_rng(5)
    for model, classes in chains():
        kept = model.get_weights()[:-2]
        inputs = rng.normal(size=(9, *model.input_shape[1:])).astype("float32")
        before = np.asarray(keras.Model(model.inputs, model.layers[-2].output)(inputs))
        number_of_layers = len(model.layers)
        given = model
        result = call(answer, model, classes)
        if not isinstance(result, keras.Model):
            return f"The model should come back, and not a {type(result).__name__}."
        if result is not given:
            return "The same model should come back, changed. This is another one."
        if len(result.layers) != number_of_layers:
            return (
                f"The model had {number_of_layers} layers, should have as many again, and has "
                f"{len(result.layers)}. Is the old head off, and one new layer on?"
            )
        head = result.layers[-1]
        if not isinstance(head, keras.layers.Dense) or head.units != classes:
            return (
                f"For {classes} classes, the last layer should be a Dense of {classes} units."
            )
        if not result.compiled or result.loss is None:
            return "The model that comes back is not compiled."
        if not head.trainable or len(result.trainable_weights) == 0:
            return "The new head cannot train: freeze what is below, not the head or the model."
        if len(result.trainable_weights) != 2:
            return "Not all layers below the head are frozen."
        inner = [
            np.array_equal(*pair) for pair in zip(kept, result.get_weights(), strict=False)
        ]
        if not all(inner):
            return "The weights of the layers that stay should not change."
        outputs = result.predict(inputs, verbose=0)
        if outputs.shape != (9, classes):
            return f"`predict` gives shape {outputs.shape}. Compile after the new head is on."
        kernel, bias = head.get_weights()
        if not np.allclose(outputs, softmax(before @ kernel + bias), atol=1e-4):
            return "The outputs are not a softmax of the new head: give it that activation."
        if hint := hint_on_training(result, inputs, classes):
            return hint
    return None


def hint_on_training(model, inputs, classes):
    """A hint if the model does not train on whole-number labels, or None."""
    labels = np.arange(len(inputs)) % classes
    probabilities = model.predict(inputs, verbose=0)[np.arange(len(inputs)), labels]
    expected = -np.log(probabilities).mean()
    try:
        loss = model.evaluate(inputs, labels, verbose=0)
        loss = loss[0] if isinstance(loss, list) else loss
        head = model.layers[-1].get_weights()
        model.fit(inputs, labels, verbose=0)
    except Exception:
        return "It does not train on labels 0, 1, 2, …: use `sparse_categorical_crossentropy`."
    if not np.isclose(loss, expected, rtol=1e-3):
        return f"The loss is {loss:.3f}, and that of sparse cross-entropy is {expected:.3f}."
    if all(map(np.array_equal, head, model.layers[-1].get_weights())):
        return "After `fit` the new head is as before. Is it frozen?"
    return None


@exercise("photo-input", "A model that begins like this takes photos of any size.")
def judge_photo_input(answer):
    """A `keras.Input` of shape (None, None, None, 3), named photo."""
    import keras

    if isinstance(answer, keras.Model):
        return "This is a whole model. Its input alone is asked for: `keras.Input(…)`."
    if isinstance(answer, (tuple, list)):
        return "This is a shape. Give it to `keras.Input(shape=…, name=…)`."
    if not is_symbolic(answer):
        return f"A `keras.Input` is asked for, but this is of type {type(answer).__name__}."
    shape = tuple(answer.shape)
    if shape == (None, None, None, 3):
        if answer.name == "photo":
            return None
        return f"The shape is right, but the name is {answer.name!r}. Pass `name`."
    if shape == (None, None, None, None):
        return "The three channels are not free: only height and width are."
    if shape in [(None, None, None), (None, None, 3)]:
        return "One size is missing: a photo has height, width and three channels."
    if shape == (None, None, None, None, 3):
        return "One size too many: `shape` leaves the number of photos out."
    if shape == (None, None, None, 1):
        return "One channel is a grey photo; colours have three."
    if shape == (None, 3, None, None):
        return "The channels come last in this course: height, width, channels."
    if shape[-1:] == (3,) and len(shape) == 4 and shape[0] is not None:
        return "The number of photos is fixed: leave out `batch_size` or `batch_shape`."
    if shape[-1:] == (3,) and len(shape) == 4:
        return f"Height and width are to be free, so both are None. Here they are {shape[1:3]}."
    return f"With the number of photos in front, its shape is {shape}."


def joined(first, second, axis):
    """The shape of two arrays of these shapes, joined along an axis."""
    first, second = list(first), list(second)
    size = first.pop(axis) + second.pop(axis)
    if first != second:
        raise ValueError("they differ along another axis")
    place = axis % (len(first) + 1)
    return (*first[:place], size, *first[place:])


def unchecked(first, second, axis):
    """As `joined`, but without a look at the other axes."""
    result = list(first)
    result[axis] += second[axis]
    return tuple(result)


def compared_by_number(first, second, axis):
    """As `joined`, but -1 is no place in the comparison."""
    if any(first[k] != second[k] for k in range(len(first)) if k != axis):
        raise ValueError("they differ along another axis")
    return unchecked(first, second, axis)


table_exercise(
    "joined-shape",
    "With it you can check a graph on paper before you build it.",
    reference=joined,
    inputs=[
        ((2, 2, 2), (2, 2, 2), -1),
        ((8, 5, 3), (8, 7, 3), 1),
        ((32, 14, 14, 64), (32, 14, 14, 16), -1),
        ((4, 3, 9), (4, 3, 2), 2),
        ((10**6, 10**6), (10**6, 10**6), -2),
        ((4, 3), (5, 3), -1),
        ((4, 3), (4, 2), 0),
        ((4, 3), (4, 3), 0),
    ],
    mistakes=[
        (
            unchecked,
            "Sizes along the other axes must agree: raise a `ValueError` if they differ.",
        ),
        (
            compared_by_number,
            "A negative axis counts from the end, and your comparison of the other axes never "
            "meets it.",
        ),
        (
            lambda first, second, axis: joined(first, second, -1),
            "This joins along the last axis, whatever `axis` is.",
        ),
        (
            lambda first, second, axis: list(np.add(first, second)),
            "All sizes are added. Only the one at `axis` is.",
        ),
        (
            lambda first, second, axis: (*first[:axis], first[axis] + second[axis]),
            "What stands behind `axis` is lost.",
        ),
        (
            lambda first, second, axis: (
                *first[:axis],
                first[axis] + second[axis],
                *first[axis + 1 :],
            ),
            "With axis -1, `axis + 1` is 0, and the slice begins at the front. The other axes "
            "are not compared, either.",
        ),
        (
            lambda first, second, axis: (
                np.concatenate([np.zeros(first, bool), np.zeros(second, bool)], axis).shape
            ),
            "This makes the arrays, and arrays of 10**12 numbers fit in no memory. Compute "
            "with the shapes.",
        ),
    ],
)


@exercise("two-looks", "One tensor, two looks at it, and one answer.")
def judge_two_looks(answer):
    """A functional model on photos of any size: convolutions, two branches, four classes."""
    if hint := model_or_hint(answer):
        return hint
    if not answer.built or not getattr(answer, "inputs", None):
        return "This model was not made from an input and an output: `keras.Model(photo, …)`."
    if len(answer.inputs) != 1:
        return f"One input is asked for, and this model has {len(answer.inputs)}."
    shape = tuple(answer.inputs[0].shape)
    if len(shape) != 4 or shape[-1] != 3:
        return f"A photo has height, width and three channels; your input has shape {shape}."
    if shape[0] is not None or shape[1] is not None or shape[2] is not None:
        return f"Height and width are to be free: None. Your input has shape {shape}."
    if not any("Conv" in type(layer).__name__ for layer in all_layers(answer)):
        return "There is no convolution in it."
    if answer.count_params() > MOST_PARAMETERS:
        return (
            f"It has {answer.count_params():,} parameters, and {MOST_PARAMETERS:,} are allowed."
        )
    rng = np.random.default_rng(9)
    for height, width in [(32, 32), (50, 70), (96, 33)]:
        photos = rng.random((2, height, width, 3)).astype("float32")
        try:
            outputs = answer.predict(photos, verbose=0)
        except Exception as error:
            return (
                f"Photos of {height} by {width} stop it with {type(error).__name__}. Do the "
                f"maps get smaller than a window?"
            )
        if not hasattr(outputs, "shape"):
            return "One output is asked for: the four probabilities."
        if outputs.shape != (2, 4):
            return f"Four probabilities are asked for; 2 photos give shape {outputs.shape}."
        if outputs.min() < 0 or not np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
            return "The four numbers do not add up to 1: end with softmax."
    return hint_on_branches(answer)


def all_layers(model):
    """The layers of a model, with those of the models within it."""
    import keras

    inner = [
        layer
        for nested in model.layers
        if isinstance(nested, keras.Model)
        for layer in all_layers(nested)
    ]
    return [*model.layers, *inner]


def hint_on_branches(model):
    """A hint if the model does not fork and join as asked, or None."""
    import keras

    layers = all_layers(model)
    inputs = [layer.input for layer in layers]
    if not any(isinstance(tensors, (list, tuple)) and len(tensors) > 1 for tensors in inputs):
        return "Nothing in it joins two paths: a merge layer such as `concatenate` is missing."
    largest, mean = (
        [layer for layer in layers if isinstance(layer, kind)]
        for kind in (keras.layers.GlobalMaxPooling2D, keras.layers.GlobalAveragePooling2D)
    )
    if bool(largest) != bool(mean):
        missing = "the mean" if largest else "the largest value"
        return f"One branch keeps {missing} of each channel: it is missing."
    if largest and largest[0].input is not mean[0].input:
        return "The two branches do not begin at the same tensor."
    return None
