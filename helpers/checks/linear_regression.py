"""Judges of the lesson on linear regression."""

import numpy as np

from helpers.exercises import Hint, call, exercise


def close(answer, expected, tolerance=1e-6):
    """Whether an answer is numbers of the expected shape and value."""
    answer = np.asarray(answer)
    if answer.dtype.kind not in "iuf":
        return False
    return answer.shape == np.shape(expected) and np.allclose(answer, expected, atol=tolerance)


def training_points():
    """The lesson's 160 training points, as the learner made them."""
    rng = np.random.default_rng(54)
    x = np.linspace(-1, 1, 200)
    rng.shuffle(x)
    y = 0.5 * x + 2 + rng.normal(0, 0.05, 200)
    return x[:160], y[:160]


@exercise("dense-parameters", "Every unit has one weight per input, and one bias.")
def judge_parameters(answer):
    """A function of (inputs, units) that returns the number of parameters of `Dense`."""
    sizes = [(1, 1), (1, 3), (4, 1), (784, 10)]
    counts = [call(answer, *size) for size in sizes]
    if close(counts, [inputs * units + units for inputs, units in sizes]):
        return None
    if close(counts, [inputs * units for inputs, units in sizes]):
        return "These are the weights alone. Every unit has a bias, too."
    if close(counts, [inputs * units + 1 for inputs, units in sizes]):
        return "You count one bias for the whole layer, but every unit has its own."
    if close(counts, [inputs * units + inputs for inputs, units in sizes]):
        return "You count one bias for each input. It is the units that have a bias."
    for (inputs, units), count in zip(sizes, counts, strict=True):
        right = inputs * units + units
        if count != right:
            return f"{units} units on {inputs} inputs have {right} parameters, not {count}."


@exercise("best-line", "This is the line that training can only come close to.")
def judge_best_line(answer):
    """A function of (x, y) that returns slope and intercept by least squares."""
    rng = np.random.default_rng(5)
    for slope, intercept, count in [(0.5, 2, 40), (-3, 1, 25), (2, -7, 60)]:
        x = rng.uniform(1, 4, count)
        y = slope * x + intercept + rng.normal(0, 0.3, count)
        result = call(answer, x.copy(), y.copy())
        best = np.polyfit(x, y, 1)
        if isinstance(result, tuple) and len(result) == 4:
            return "`lstsq` returns four things. The first one is the solution: take `[0]`."
        if np.size(result) != 2:
            return "Return two numbers, the slope and the intercept."
        result = np.ravel(np.asarray(result, dtype=float))
        if close(result, best):
            continue
        if close(result, best[::-1]):
            return "The two numbers are right, but in the wrong order: first the slope."
        if close(result, (slope, intercept)) or close(result, (0.5, 2)):
            return "Least squares finds the best fit to the points, not the line behind them."
        if close(result, np.polyfit(*training_points(), 1)):
            return "This is the line of x_train and y_train: use the arguments x and y."
        if close(result, best, 0.01):
            return "Nearly. Do not round."
        if close(result[0], best[0] * count / (count - 1)):
            return "`np.cov` divides by n - 1, `np.var` by n. Use one kind for both."
        if close(result[0], np.mean(x * y) / np.mean(x * x)):
            return "This is the slope of a line through zero. Subtract the means first."
        if close(result[0], best[0]):
            return "The slope is right. The line must also pass through the point of the means."
        if close(result[1], y.mean() - result[0] * x.mean()):
            return "The line passes through the means, as it should, but its slope is off."
        return "This line is not the one with the smallest mean squared error on the points."
    return None


def distance_after(rate, steps):
    """How far gradient descent on the lesson's points ends from the best line."""
    x, y = training_points()
    weight, bias = -1.5, 0.0
    for _ in range(steps):
        residual = weight * x + bias - y
        weight -= rate * 2 * np.mean(residual * x)
        bias -= rate * 2 * np.mean(residual)
    return np.hypot(*(np.polyfit(x, y, 1) - (weight, bias)))


@exercise(
    "learning-rate",
    "Above 0.5, b jumps across the valley, but each jump is shorter than the last.",
)
def judge_learning_rate(answer):
    """A learning rate with which 12 steps end close to the best line."""
    if np.ndim(answer) or isinstance(answer, (str, bool, np.bool_)):
        return "A learning rate is one number, such as 0.4."
    rate = float(answer)
    if not rate > 0 or not np.isfinite(rate):
        return "A learning rate is a positive number: with a negative one you walk uphill."
    if distance_after(rate, 12) < 0.01:
        return None
    if rate >= 1:
        return "This one diverges: each jump across the valley is wider than the one before."
    if rate > 0.6:
        return "Too large: b jumps back and forth across the valley and has not settled yet."
    return (
        "Too small: after 12 steps the walk is still on its way. Take a larger learning rate."
    )


@exercise("safe-mse", "Shapes that do not fit are noticed before they spoil a score.")
def judge_safe_mse(answer):
    """A function of (y_true, y_pred) that gives the mean squared error of n numbers."""
    rng = np.random.default_rng(3)
    true, predicted = rng.normal(size=(2, 12))
    expected = np.mean((true - predicted) ** 2)
    flat = call(answer, true.copy(), predicted.copy())
    if close(flat, 12 * expected):
        return "This is the sum of the squared errors. Take their mean."
    if close(flat, np.sqrt(expected)):
        return "This is the square root of the mean squared error. Leave out the root."
    if close(flat, np.mean(np.abs(true - predicted))):
        return "This is the mean absolute error. Square the differences instead."
    if close(flat, np.mean(true - predicted)):
        return "Differences of both signs cancel. Square them before you take the mean."
    if np.ndim(flat):
        return f"Return one number. This is an array of shape {np.shape(flat)}."
    if not close(flat, expected):
        return "For two sets of shape (12,) this is not the mean squared error."
    columns = true[:, None], predicted[:, None]
    for pair in [(true, columns[1]), (columns[0], predicted), columns]:
        shapes = " and ".join(str(part.shape) for part in pair)
        try:
            mixed = call(answer, *(part.copy() for part in pair))
        except Hint as hint:
            if "ValueError" in str(hint):
                return f"The shapes {shapes} belong together: flatten first, compare then."
            raise
        if not close(mixed, expected):
            return f"With the shapes {shapes} the score is wrong: bring both to one shape."
    for shorter in (true[:5], true[:1]):
        numbers = f"{shorter.size} and 12 numbers do not belong together"
        try:
            answer(shorter.copy(), predicted.copy())
        except ValueError:
            continue
        except Exception as error:
            return f"{numbers}, but raise a ValueError, not {type(error).__name__}."
        return f"{numbers}, but no ValueError was raised."
    return None
