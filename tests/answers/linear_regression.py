"""Answers to the exercises of the lesson on linear regression."""

import numpy as np

from helpers.checks.linear_regression import training_points


def count_with_keras(inputs, units):
    import keras

    layer = keras.layers.Dense(units)
    layer.build((None, inputs))
    return layer.count_params()


def line_by_normal_equations(x, y):
    columns = np.column_stack([x, np.ones(len(x))])
    return np.linalg.solve(columns.T @ columns, columns.T @ y)


def line_through_ends(x, y):
    first, last = np.argmin(x), np.argmax(x)
    slope = (y[last] - y[first]) / (x[last] - x[first])
    return slope, y[first] - slope * x[first]


def line_through_zero(x, y):
    return np.sum(x * y) / np.sum(x * x), 0.0


def slope_without_intercept(x, y):
    return np.polyfit(x, y, 1)[0], y[0]


def slope_of_two_kinds(x, y):
    slope = np.cov(x, y)[0, 1] / np.var(x)
    return slope, y.mean() - slope * x.mean()


def mse_that_compares_first(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes differ")
    return np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2)


def mse_that_asserts(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    assert y_true.shape == y_pred.shape
    return np.mean((y_true - y_pred) ** 2)


def mse_of_columns(y_true, y_pred):
    y_true, y_pred = np.reshape(y_true, (-1, 1)), np.reshape(y_pred, (-1, 1))
    if len(y_true) != len(y_pred):
        raise ValueError("the two differ in length")
    return float(((y_true - y_pred) ** 2).mean())


def mse_with_assertion_of_keras(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    if y_true.size != y_pred.size:
        raise ValueError
    import keras

    return keras.losses.mean_squared_error(y_true, y_pred)


def mse_that_returns_the_error(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    if y_true.shape != y_pred.shape:
        return ValueError("lengths differ")
    return np.mean((y_true - y_pred) ** 2)


def mse_that_prints_the_error(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    if y_true.shape != y_pred.shape:
        print("ValueError: lengths differ")
        return None
    return np.mean((y_true - y_pred) ** 2)


def mse_that_refuses_one_number(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    if 1 in (len(y_true), len(y_pred)):
        raise ValueError
    return np.mean((y_true - y_pred) ** 2)


def mse_of_first_40(y_true, y_pred):
    y_true, y_pred = np.stack([np.ravel(y_true), np.ravel(y_pred)])
    return np.mean((y_true[:40] - y_pred[:40]) ** 2)


def mse_that_does_not_flatten(y_true, y_pred):
    if len(y_true) != len(y_pred):
        raise ValueError("lengths differ")
    return np.mean((y_true - y_pred) ** 2)


def step_of_160_points(weight, bias, x, y, rate):
    return step_by_matrices(weight, bias, x[:160], y[:160], rate)


def step_with_x_twice(weight, bias, x, y, rate):
    slope = np.mean(2 * (weight * x + bias - y) * x)
    return weight - rate * slope, bias - rate * slope


def step_of_the_bias_first(weight, bias, x, y, rate):
    bias = bias - rate * np.mean(2 * (weight * x + bias - y))
    return weight - rate * np.mean(2 * (weight * x + bias - y) * x), bias


def slopes_alone(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return np.mean(2 * error * x), np.mean(2 * error)


def forgetful_mse(y_true, y_pred):
    np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2)


def mse_that_raises_for_longer_predictions(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    if len(y_pred) > len(y_true):
        raise ValueError
    return np.mean((y_true - y_pred) ** 2)


def step_of_keras(weight, bias, x, y, rate):
    import keras

    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[weight]]), np.array([bias])])
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    model.train_on_batch(x.reshape(-1, 1), y.reshape(-1, 1))
    return [values.item() for values in model.get_weights()]


def step_by_matrices(weight, bias, x, y, rate):
    columns = np.column_stack([x, np.ones(len(x))])
    line = np.array([weight, bias], dtype=float)
    return line - rate * 2 / len(x) * columns.T @ (columns @ line - y)


def step_in_loops(weight, bias, x, y, rate):
    slope_w = slope_b = 0.0
    for one_x, one_y in zip(x, y, strict=True):
        slope_w += 2 * (weight * one_x + bias - one_y) * one_x / len(x)
        slope_b += 2 * (weight * one_x + bias - one_y) / len(x)
    return weight - rate * slope_w, bias - rate * slope_b


def step_in_place(weight, bias, x, y, rate):
    weight -= rate * np.mean(2 * (weight * x + bias - y) * x)
    bias -= rate * np.mean(2 * (weight * x + bias - y))
    return weight, bias


def step_uphill(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return weight + rate * np.mean(2 * error * x), bias + rate * np.mean(2 * error)


def step_of_reversed_error(weight, bias, x, y, rate):
    error = y - weight * x - bias
    return weight - rate * np.mean(2 * error * x), bias - rate * np.mean(2 * error)


def step_without_two(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return weight - rate * np.mean(error * x), bias - rate * np.mean(error)


def step_of_sums(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return weight - rate * np.sum(2 * error * x), bias - rate * np.sum(2 * error)


def step_without_x(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return weight - rate * np.mean(2 * error), bias - rate * np.mean(2 * error)


def step_without_mean(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return weight - rate * 2 * error * x, bias - rate * 2 * error


def changes_alone(weight, bias, x, y, rate):
    error = weight * x + bias - y
    return rate * np.mean(2 * error * x), rate * np.mean(2 * error)


def weight_alone(weight, bias, x, y, rate):
    return weight - rate * np.mean(2 * (weight * x + bias - y) * x)


def optimizer():
    import keras

    return keras.optimizers.SGD(0.7)


RIGHT = {
    "dense-parameters": [
        lambda inputs, units: inputs * units + units,
        lambda inputs, units: sum(inputs + 1 for _ in range(units)),
        count_with_keras,
    ],
    "step-by-hand": [step_of_keras, step_by_matrices, step_in_loops],
    "best-line": [
        lambda x, y: np.polyfit(x, y, 1),
        line_by_normal_equations,
        lambda x, y: [values.item() for values in line_by_normal_equations(x, y)],
        lambda x, y: np.polyfit(x, y, 1).astype("float32"),
    ],
    "learning-rate": [lambda: 0.6, lambda: 0.75, lambda: np.float32(0.7)],
    "safe-mse": [mse_of_columns, mse_with_assertion_of_keras],
}

WRONG = {
    "dense-parameters": [
        (lambda inputs, units: inputs * units, "Add the biases"),
        (lambda inputs, units: inputs * units + 1, "one bias for the whole layer"),
        (lambda inputs, units: inputs * units + inputs, "it is the units"),
        (lambda inputs, units: 2, "and 6 was expected"),
        (lambda inputs, units: inputs + units, "multiply"),
        (lambda inputs, units: inputs + units + 1, "gives 3, and 2 was expected"),
        (lambda inputs, units: str((inputs + 1) * units), "gives '2', and 2"),
        (lambda inputs: inputs + 1, "TypeError"),
        (7, "A function was expected"),
    ],
    "step-by-hand": [
        (step_in_place, "old weight"),
        (step_uphill, "uphill"),
        (step_of_reversed_error, "uphill"),
        (step_without_two, "factor of 2"),
        (step_of_sums, "Take the mean"),
        (step_without_x, "factor x"),
        (step_without_mean, "a slope for each point"),
        (changes_alone, "These are the changes"),
        (weight_alone, "shape ()"),
        (step_of_160_points, "was expected"),
        (step_with_x_twice, "no factor x"),
        (step_of_the_bias_first, "the old bias"),
        (slopes_alone, "These are the slopes"),
        (lambda weight, bias, x, y, rate: (bias, weight), "was expected"),
        (lambda weight, bias, x, y: (weight, bias), "TypeError"),
    ],
    "best-line": [
        (lambda x, y: np.polyfit(x, y, 1)[::-1], "slope comes first"),
        (lambda x, y: (0.5, 2), "behind the lesson's data"),
        (line_through_zero, "Subtract the means"),
        (slope_without_intercept, "was expected"),
        (line_through_ends, "was expected"),
        (lambda x, y: np.polyfit(x[:160], y[:160], 1), "was expected"),
        (lambda x, y: np.polyfit(x, y, 1)[0], "shape ()"),
        (lambda x, y: np.round(np.polyfit(x, y, 1), 3), "Do not round"),
        (lambda x, y: np.linalg.lstsq(np.stack([x, x**0], axis=1), y), "`[0]`"),
        (lambda x, y: np.polyfit(*training_points(), 1), "use the arguments"),
        (lambda x, y: np.polyfit(y, x, 1), "changed places"),
        (slope_of_two_kinds, "n - 1"),
        (lambda x, y: (np.polyfit(x, y, 1)[0], y.mean()), "slope is right"),
        (
            lambda x, y: (np.cov(x, y)[0, 1], y.mean() - np.cov(x, y)[0, 1] * x.mean()),
            "was expected",
        ),
    ],
    "learning-rate": [
        (lambda: 0.4, "Too small"),
        (lambda: 0.01, "Too small"),
        (lambda: 0.95, "Too large"),
        (lambda: 0.54, "is still 0.01"),
        (lambda: 0.0, "above 0"),
        (lambda: 1.5, "diverges"),
        (lambda: -0.1, "above 0"),
        (lambda: [0.6, 0.7], "one number"),
        (lambda: "0.7", "one number"),
        (lambda: float("nan"), "finite"),
        (optimizer, "This is an optimizer"),
    ],
    "safe-mse": [
        (lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2), "broadcasts to a table"),
        (lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2), "was expected"),
        (lambda y_true, y_pred: np.size(y_true) * mse_of_columns(y_true, y_pred), "Take their"),
        (lambda y_true, y_pred: mse_of_columns(y_true, y_pred) ** 0.5, "square root"),
        (lambda y_true, y_pred: np.mean(np.abs(y_true - y_pred)), "was expected"),
        (lambda y_true, y_pred: (np.ravel(y_true) - np.ravel(y_pred)) ** 2, "shape (12,)"),
        (
            lambda y_true, y_pred: np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2),
            "one number broadcasts",
        ),
        (mse_that_raises_for_longer_predictions, "12 targets and 1 prediction"),
        (forgetful_mse, "return"),
        (mse_that_returns_the_error, "it should raise a ValueError"),
        (mse_that_prints_the_error, "gives None, but it should raise a ValueError"),
        (mse_that_refuses_one_number, "stops with ValueError"),
        (mse_of_first_40, "was expected"),
        (mse_that_does_not_flatten, "still broadcasts"),
        (mse_that_compares_first, "flatten first"),
        (mse_that_asserts, "AssertionError, but it should raise a ValueError"),
    ],
}

# An optimizer is made only when a test asks for it.
MAKE_FIRST = {"learning-rate"}
