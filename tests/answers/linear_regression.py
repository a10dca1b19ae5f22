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


def forgetful_mse(y_true, y_pred):
    np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2)


RIGHT = {
    "dense-parameters": [
        lambda inputs, units: inputs * units + units,
        lambda inputs, units: sum(inputs + 1 for _ in range(units)),
        count_with_keras,
    ],
    "best-line": [
        lambda x, y: np.polyfit(x, y, 1),
        line_by_normal_equations,
        lambda x, y: [values.item() for values in line_by_normal_equations(x, y)],
    ],
    "learning-rate": [0.6, 0.75, np.float32(0.7)],
    "safe-mse": [mse_of_columns, mse_with_assertion_of_keras],
}

WRONG = {
    "dense-parameters": [
        (lambda inputs, units: inputs * units, "Every unit has a bias"),
        (lambda inputs, units: inputs * units + 1, "one bias for the whole layer"),
        (lambda inputs, units: inputs * units + inputs, "It is the units"),
        (lambda inputs, units: 2, "3 units on 1 inputs have 6"),
        (lambda inputs, units: inputs + units + 1, "parameters, not 3"),
        (lambda inputs, units: str((inputs + 1) * units), "text"),
        (lambda inputs: inputs + 1, "TypeError"),
        (7, "A function was expected"),
    ],
    "best-line": [
        (lambda x, y: np.polyfit(x, y, 1)[::-1], "wrong order"),
        (lambda x, y: (0.5, 2), "not the line behind"),
        (line_through_zero, "Subtract the means"),
        (slope_without_intercept, "The slope is right"),
        (line_through_ends, "smallest mean squared error"),
        (lambda x, y: np.polyfit(x, y, 1)[0], "two numbers"),
        (lambda x, y: np.round(np.polyfit(x, y, 1), 3), "Do not round"),
        (lambda x, y: np.linalg.lstsq(np.stack([x, x**0], axis=1), y), "`[0]`"),
        (lambda x, y: np.polyfit(*training_points(), 1), "use the arguments"),
        (slope_of_two_kinds, "n - 1"),
        (
            lambda x, y: (np.cov(x, y)[0, 1], y.mean() - np.cov(x, y)[0, 1] * x.mean()),
            "slope is off",
        ),
    ],
    "learning-rate": [
        (0.4, "Too small"),
        (0.01, "Too small"),
        (0.95, "Too large"),
        (1.5, "diverges"),
        (-0.1, "positive"),
        ([0.6, 0.7], "one number"),
        ("0.7", "one number"),
        (float("nan"), "positive"),
    ],
    "safe-mse": [
        (lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2), "With the shapes (12,)"),
        (lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2), "Take their mean"),
        (lambda y_true, y_pred: np.mean(np.abs(y_true - y_pred)), "absolute"),
        (lambda y_true, y_pred: np.mean(y_true - y_pred), "cancel"),
        (lambda y_true, y_pred: (np.ravel(y_true) - np.ravel(y_pred)) ** 2, "one number"),
        (
            lambda y_true, y_pred: np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2),
            "1 and 12 numbers",
        ),
        (forgetful_mse, "return"),
        (mse_that_compares_first, "flatten first"),
        (mse_that_asserts, "not AssertionError"),
    ],
}
