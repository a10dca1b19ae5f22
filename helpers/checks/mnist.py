"""Judges of the lesson on handwritten digits."""

import numpy as np

from helpers.exercises import Hint, call, exercise

MOST_PARAMETERS = 20_000
GOAL = 0.96


@exercise("one-hot", "`keras.utils.to_categorical` does the same.")
def judge_one_hot(answer):
    """A function of (labels, classes) that returns one-hot vectors."""
    for labels, classes in [([2, 0, 1, 1], 3), ([0, 3], 10), ([9], 10), ([4, 4, 0], 7)]:
        labels = np.array(labels)
        try:
            result = np.asarray(call(answer, labels.copy(), classes), dtype=float)
        except Hint as hint:
            if "IndexError" in str(hint):
                return "One row for each label: the rows are `np.arange(len(labels))`."
            raise
        expected = np.eye(classes)[labels]
        if result.shape == expected.T.shape and np.array_equal(result, expected.T):
            return "Rows and columns are swapped: every label should have a row of its own."
        if result.shape != expected.shape:
            return (
                f"{len(labels)} labels of {classes} classes need the shape {expected.shape}, "
                f"but this one is {result.shape}. Not every class need occur."
            )
        if np.array_equal(result, expected):
            continue
        if np.array_equal(result, np.roll(expected, -1, axis=1)):
            return "The ones are one place too far to the left. Class 0 has column 0."
        if np.any(result.sum(axis=1) != 1):
            return "Each row should hold a single 1, and zeros elsewhere."
        return "Some ones are in the wrong column: label 2 has its 1 in column 2."
    return None


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
        lengths = [len(part) for part in (x_train, y_train, x_val, y_val)]
        if lengths == [200 - held_out, held_out, 200 - held_out, held_out]:
            return "The order is off: training x, training y, validation x, validation y."
        if lengths == [held_out, held_out, 200 - held_out, 200 - held_out]:
            return "Training and validation are swapped: the larger part is for training."
        if lengths != [200 - held_out, 200 - held_out, held_out, held_out]:
            return f"Of 200 examples, {held_out} should be held out. The lengths are {lengths}."
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
    return None


@exercise("nearest-digits", "These are the digits that a little more training may win.")
def judge_nearest(answer):
    """A function of (probabilities, labels, count) that returns rows of the nearest misses."""
    rng = np.random.default_rng(2)
    probabilities = rng.dirichlet(np.ones(5), 60)
    labels = np.where(
        rng.random(60) < 0.5, probabilities.argmax(axis=1), rng.integers(0, 5, 60)
    )
    gaps = probabilities.max(axis=1) - probabilities[np.arange(60), labels]
    wrong = np.flatnonzero(gaps > 0)
    expected = wrong[np.argsort(gaps[wrong])]
    surest = wrong[np.argsort(-probabilities.max(axis=1)[wrong])]
    for count in (8, 3):
        rows = np.asarray(call(answer, probabilities.copy(), labels.copy(), count))
        if rows.shape != (count,):
            return f"{count} row numbers are asked for; this has the shape {rows.shape}."
        if rows.dtype.kind not in "iu":
            return "Row numbers are integers. Return the rows, not their gaps."
        if np.array_equal(rows, expected[:count]):
            continue
        if not np.all(np.isin(rows, np.arange(60))):
            return "Some of these rows do not exist."
        if np.array_equal(rows, np.argsort(gaps[wrong])[:count]):
            return "These are places within the list of wrong ones. Look up: `wrong[order]`."
        if np.any(gaps[rows] == 0):
            return "Some of these rows are answered correctly. Pick out the wrong ones first."
        if np.array_equal(rows, expected[::-1][:count]):
            return "These are the widest gaps. The smallest should come first."
        if np.array_equal(rows, surest[:count]):
            return "These are the surest mistakes. Compare with the true class's probability."
        if set(rows) == set(expected[:count]):
            return "The rows are the right ones, but not in order: the smallest gap first."
        return (
            "These are wrong answers, but not those with the smallest gaps. Subtract: the "
            "highest probability minus that of the true class."
        )
    return None


@exercise("digit-network", "That is a network of your own design, small and good.")
def judge_own_network(answer):
    """A trained model for digits, small and right on most test digits."""
    import keras

    from helpers.data import load_mnist

    if not isinstance(answer, keras.Model):
        return f"A Keras model is asked for, but this is of type {type(answer).__name__}."
    if not answer.built:
        return "The model has no weights yet. Begin it with `keras.Input(shape=(28, 28, 1))`."
    if answer.count_params() > MOST_PARAMETERS:
        return (
            f"The network has {answer.count_params():,} parameters, and {MOST_PARAMETERS:,} "
            f"are allowed. `summary()` shows which layer has the most."
        )
    _, (x_test, y_test) = load_mnist()
    images = (x_test[..., None] / 255).astype("float32")
    try:
        outputs = np.asarray(answer.predict(images, batch_size=500, verbose=0))
    except ValueError:
        return f"The network does not take images of shape (28, 28, 1): {answer.input_shape}."
    if outputs.shape != (10_000, 10):
        return f"For 10,000 digits the output has shape {outputs.shape}, not (10000, 10)."
    if outputs.min() < 0 or not np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        return "The outputs are no probabilities: end with `softmax`."
    accuracy = np.mean(outputs.argmax(axis=1) == y_test)
    if accuracy >= GOAL:
        return None
    if accuracy < 0.8:
        return f"It reads {accuracy:.0%} of the digits. Was it trained, and on 0..1 as here?"
    return f"It reads {accuracy:.1%}, short of {GOAL:.0%}. Train longer, or widen it."
