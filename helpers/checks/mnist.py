"""Judges of the lesson on handwritten digits."""

from functools import cache

import numpy as np

from helpers.exercises import call, exercise
from helpers.tables import table_exercise

MOST_PARAMETERS = 20_000
MUCH_ROOM = 3_000  # parameters: a hint tells of no less
GOAL = 0.96
FEWEST_GAPS = 3  # of different sizes, between the rows of a split at random


def transposed(labels, classes):
    return np.eye(classes)[labels].T


def as_many_as_occur(labels, classes):
    return np.eye(labels.max() + 1)[labels]


def one_to_the_left(labels, classes):
    return np.roll(np.eye(classes)[labels], -1, axis=1)


def a_row_for_each_class(labels, classes):
    vectors = np.zeros((len(labels), classes))
    vectors[np.arange(classes), labels] = 1
    return vectors


def whole_rows(labels, classes):
    vectors = np.zeros((len(labels), classes))
    vectors[:, labels] = 1
    return vectors


table_exercise(
    "one-hot",
    "`keras.utils.to_categorical` does the same.",
    reference=lambda labels, classes: np.eye(classes)[labels],
    inputs=[
        (np.array([2, 0, 1, 1]), 3),
        (np.array([0, 3]), 10),
        (np.array([9]), 10),
        (np.array([4, 4, 0]), 7),
    ],
    mistakes=[
        (transposed, "Rows and columns are swapped: every label should have a row of its own."),
        (as_many_as_occur, "Not every class need occur among the labels: use `classes`."),
        (one_to_the_left, "The ones are one place too far to the left: class 0 has column 0."),
        (
            a_row_for_each_class,
            "One row for each label: the rows are `np.arange(len(labels))`.",
        ),
        (
            whole_rows,
            "`[:, labels]` sets these columns in every row. Name one row for each label: "
            "`np.arange(len(labels))`.",
        ),
        (
            lambda labels, classes: np.zeros((len(labels), classes)),
            "These are only zeros: each row should hold a single 1.",
        ),
        (
            lambda labels, classes: labels,
            "These are the labels themselves. Each becomes a row of `classes` numbers.",
        ),
    ],
)


table_exercise(
    "conv-parameters",
    "The image may be as large as it likes: the number stays the same.",
    reference=lambda size, channels, filters: (size * size * channels + 1) * filters,
    inputs=[(5, 1, 32), (5, 32, 64), (3, 64, 128)],
    mistakes=[
        (
            lambda size, channels, filters: (size * size + 1) * filters,
            "For one channel this is right. With more of them, a filter has a window for each.",
        ),
        (
            lambda size, channels, filters: size * size * channels * filters,
            "The weights are right. Each filter has one number more, its bias.",
        ),
        (
            lambda size, channels, filters: size * size * filters,
            "A filter has a window for each channel, and one bias.",
        ),
        (
            lambda size, channels, filters: (size * size + 1) * channels * filters,
            "A filter has one bias, not one for each channel.",
        ),
        (
            lambda size, channels, filters: size * size * channels * filters + 1,
            "Each filter has a bias of its own.",
        ),
        (
            lambda size, channels, filters: size * size * channels * filters + channels,
            "The biases belong to the filters: one for each of them.",
        ),
        (
            lambda size, channels, filters: (size * channels + 1) * filters,
            "A window has `size` times `size` pixels.",
        ),
        (
            lambda size, channels, filters: size * size * channels + 1,
            "That is one filter. How many are there?",
        ),
    ],
)


def split_lengths(parts, held_out):
    """A hint if the four parts of 200 examples have wrong lengths or another order."""
    lengths = [len(part) for part in parts]
    rest = 200 - held_out
    if lengths == [rest, rest, held_out, held_out]:
        return None
    if lengths == [rest, held_out, rest, held_out]:
        return "The order is off: training x, training y, validation x, validation y."
    if lengths == [held_out, held_out, rest, rest]:
        return "Training and validation are swapped: the larger part is for training."
    return f"Of 200 examples, {held_out} should be held out. The lengths are {lengths}."


@exercise("split-data", "With data that are sorted by class, this makes all the difference.")
def judge_split(answer):
    """A function of (x, y, held_out) that splits at random and keeps pairs together."""
    y = np.repeat(np.arange(10), 20)
    x = np.stack([np.arange(200), 1000 + np.arange(200)], axis=1)
    for held_out in (40, 50):
        given = x.copy(), y.copy()
        parts = call(answer, *given, held_out)
        if not (np.array_equal(given[0], x) and np.array_equal(given[1], y)):
            return "Your function changed the arrays it was given. Return new ones."
        if not isinstance(parts, (tuple, list)) or len(parts) != 4:
            return "Return four arrays: training x, training y, validation x, validation y."
        x_train, y_train, x_val, y_val = map(np.asarray, parts)
        if hint := split_lengths((x_train, y_train, x_val, y_val), held_out):
            return hint
        if not np.array_equal(np.sort([*x_train[:, 0], *x_val[:, 0]]), x[:, 0]):
            return "Every example should be in exactly one of the two sets."
        pairs = [
            *zip(x_train[:, 0], y_train, strict=True),
            *zip(x_val[:, 0], y_val, strict=True),
        ]
        if any(y[row] != label for row, label in pairs):
            return "Some x lost its own y. Use one permutation for both."
        if len(np.unique(y_val)) < 7:
            return "The validation set holds only some of the classes: mix before you cut."
        if len(np.unique(np.diff(np.sort(x_val[:, 0])))) < FEWEST_GAPS:
            return (
                "The validation examples stand at equal distances in the data, so they are "
                "not drawn at random. Data in a regular order would fool this split."
            )
    return None


def gaps_of(probabilities, labels):
    """The highest probability minus that of the true class, for each row."""
    return probabilities.max(axis=1) - probabilities[np.arange(len(labels)), labels]


def by_gap(probabilities, labels):
    """Rows of the wrong answers, the smallest gap first."""
    gaps = gaps_of(probabilities, labels)
    wrong = np.flatnonzero(gaps > 0)
    return wrong[np.argsort(gaps[wrong])]


def nearest_to_the_second(probabilities, labels, count):
    wrong = np.flatnonzero(gaps_of(probabilities, labels) > 0)
    ranked = np.sort(probabilities[wrong], axis=1)
    return wrong[np.argsort(ranked[:, -1] - ranked[:, -2])][:count]


def places_in_wrong(probabilities, labels, count):
    gaps = gaps_of(probabilities, labels)
    return np.argsort(gaps[gaps > 0])[:count]


def surest(probabilities, labels, count):
    wrong = np.flatnonzero(gaps_of(probabilities, labels) > 0)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:count]


def least_sure(probabilities, labels, count):
    wrong = np.flatnonzero(gaps_of(probabilities, labels) > 0)
    return wrong[np.argsort(probabilities.max(axis=1)[wrong])][:count]


def by_true_class(probabilities, labels, count):
    true_class = probabilities[np.arange(len(labels)), labels]
    wrong = np.flatnonzero(gaps_of(probabilities, labels) > 0)
    return wrong[np.argsort(-true_class[wrong])][:count]


def cut_before_sorting(probabilities, labels, count):
    gaps = gaps_of(probabilities, labels)
    wrong = np.flatnonzero(gaps > 0)[:count]
    return wrong[np.argsort(gaps[wrong])]


def random_answers(count, seed):
    """Probabilities of five classes, and labels of which about half are the likeliest."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(5), count)
    labels = np.where(
        rng.random(count) < 0.5, probabilities.argmax(axis=1), rng.integers(0, 5, count)
    )
    return probabilities, labels


table_exercise(
    "nearest-digits",
    "These are the digits that a little more training may win.",
    reference=lambda probabilities, labels, count: by_gap(probabilities, labels)[:count],
    inputs=[
        (*random_answers(60, 2), 8),
        (*random_answers(40, 3), 3),
    ],
    mistakes=[
        (
            nearest_to_the_second,
            "This takes the second-highest probability. The gap is to that of the true class.",
        ),
        (
            lambda p, labels, count: by_gap(p, labels)[::-1][:count],
            "These are the widest gaps. The smallest should come first.",
        ),
        (
            lambda p, labels, count: by_gap(p, labels)[:count][::-1],
            "The rows are the right ones, but not in order: the smallest gap first.",
        ),
        (
            lambda p, labels, count: by_gap(p, labels),
            "These are all wrong answers. Only the first `count` are asked for.",
        ),
        *(
            (
                lambda p, labels, count, kind=kind: np.argsort(gaps_of(p, labels), kind=kind)[
                    :count
                ],
                "These rows are answered correctly. Pick out the wrong ones first.",
            )
            for kind in (None, "stable")
        ),
        (
            lambda p, labels, count: np.flatnonzero(gaps_of(p, labels) > 0)[:count],
            "These are the first wrong answers. Sort all of them by their gaps, then cut.",
        ),
        (
            cut_before_sorting,
            "You cut before you sorted: these are the first wrong answers, in order among "
            "themselves. Sort all of them, then cut.",
        ),
        (
            places_in_wrong,
            "These are places within the list of wrong ones. Look up: `wrong[order]`.",
        ),
        (
            surest,
            "These are the surest mistakes. Compare with the true class's probability.",
        ),
        (
            least_sure,
            "These are sorted by the highest probability alone. Subtract that of the true "
            "class.",
        ),
        (
            by_true_class,
            "These are sorted by the probability of the true class alone. Subtract it from "
            "the highest one.",
        ),
        (
            lambda p, labels, count: gaps_of(p, labels)[by_gap(p, labels)][:count],
            "These are the gaps. Return the numbers of their rows.",
        ),
    ],
)


@cache
def digits_set_aside():
    """The 5,000 digits that the lesson trains on and chooses by nowhere: images, labels."""
    from helpers.data import load_mnist

    (images, labels), _ = load_mnist()
    rows = np.random.default_rng(0).permutation(60_000)[55_000:]  # as in the lesson
    return images[rows, ..., None], labels[rows]


@exercise("digit-network", "That is a network of your own design, small and good.")
def judge_own_network(answer):
    """A trained model for digits, small and right on most of the digits set aside."""
    import keras

    if not isinstance(answer, keras.Model):
        return f"A Keras model is asked for, but this is of type {type(answer).__name__}."
    if not answer.built:
        return "The model has no weights yet. Begin it with `keras.Input(shape=(28, 28, 1))`."
    parameters = answer.count_params()
    if parameters > MOST_PARAMETERS:
        return (
            f"The network has {parameters:,} parameters, and {MOST_PARAMETERS:,} are "
            f"allowed. `summary()` shows which layer has the most."
        )
    images, labels = digits_set_aside()
    try:
        outputs = np.asarray(answer.predict(images, batch_size=500, verbose=0))
    except ValueError:
        return f"The network does not take images of shape (28, 28, 1): {answer.input_shape}."
    if outputs.shape != (len(labels), 10):
        return f"For 5,000 digits the output has shape {outputs.shape}, not (5000, 10)."
    if outputs.min() < 0 or not np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        return "The outputs are no probabilities: end with `softmax`."
    accuracy = np.mean(outputs.argmax(axis=1) == labels)
    if accuracy >= GOAL:
        return None
    scaled = answer.predict(images / np.float32(255), batch_size=500, verbose=0)
    if np.mean(scaled.argmax(axis=1) == labels) >= GOAL:
        return (
            "It reads pixels from 0 to 1 well, but they are 0 to 255 here, as in `x_train`. "
            "Let the network begin with `keras.layers.Rescaling(1 / 255)`."
        )
    if accuracy < 0.8:
        return (
            "It misreads more than a fifth of the digits set aside. Was it trained? Its pixels "
            "are 0 to 255, as in `x_train`: scale them within the network."
        )
    if not any("Conv" in type(layer).__name__ for layer in answer._flatten_layers()):
        return (
            "It reads fewer than 96 % of the digits set aside. A dense network of this size "
            "hardly gets there: convolutions do more with as many parameters."
        )
    room = MOST_PARAMETERS - parameters
    wider = f" There is room for {room:,} parameters more." if room >= MUCH_ROOM else ""
    return (
        "It reads fewer than 96 % of the digits set aside. Train it longer, until "
        f"`val_accuracy` is at 0.97, which leaves room for chance.{wider}"
    )
