"""Judges of the lesson on linear regression."""

import numpy as np

from helpers.exercises import exercise
from helpers.tables import table_exercise

table_exercise(
    "dense-parameters",
    "Every unit has one weight per input, and one bias.",
    reference=lambda inputs, units: inputs * units + units,
    inputs=[(1, 1), (1, 3), (4, 1), (784, 10)],
    mistakes=[
        (lambda inputs, units: inputs * units, "These are the weights alone. Add the biases."),
        (
            lambda inputs, units: inputs * units + 1,
            "You count one bias for the whole layer, but every unit has its own.",
        ),
        (
            lambda inputs, units: inputs * units + inputs,
            "You count one bias for each input; it is the units that have a bias. Or the two "
            "arguments have changed places.",
        ),
        (
            lambda inputs, units: inputs + units,
            "You add inputs and units. Every unit has a weight for *every* input: multiply.",
        ),
        (lambda inputs, units: inputs + 1, "This is what one unit has. There are `units`."),
        (lambda inputs, units: 2 * units, "This is right for one input only."),
        (
            lambda inputs, units: (inputs + 1) * (units + 1),
            "The biases are counted twice: one for each unit, none for the inputs.",
        ),
    ],
)


def stepper(to_weight, to_bias, sign=1):
    """A step whose slopes are these functions of (error, x)."""

    def step(weight, bias, x, y, rate):
        error = sign * (weight * x + bias - y)
        return weight - rate * to_weight(error, x), bias - rate * to_bias(error, x)

    return step


def slope_in_weight(error, x):
    return np.mean(2 * error * x)


def slope_in_bias(error, x):
    return np.mean(2 * error)


def step_after_step(weight, bias, x, y, rate):
    """The weight moves first, and the bias by the slope at the new weight."""
    weight -= rate * slope_in_weight(weight * x + bias - y, x)
    return weight, bias - rate * slope_in_bias(weight * x + bias - y, x)


def bias_before_weight(weight, bias, x, y, rate):
    """The bias moves first, and the weight by the slope at the new bias."""
    bias -= rate * slope_in_bias(weight * x + bias - y, x)
    return weight - rate * slope_in_weight(weight * x + bias - y, x), bias


one_step = stepper(slope_in_weight, slope_in_bias)


def points_to_step_on():
    """Arguments of a step: lines, batches of points, rates."""
    rng = np.random.default_rng(8)
    return [
        (weight, bias, *rng.normal(1, 1, (2, count)), rate)
        for weight, bias, count, rate in [
            (2.0, -1.0, 3, 0.1),
            (0.5, 2.0, 300, 0.01),
            (0.0, 0.0, 7, 1.0),
        ]
    ]


table_exercise(
    "step-by-hand",
    "This is all that `sgd` does, here for two parameters.",
    reference=one_step,
    inputs=points_to_step_on,
    mistakes=[
        (stepper(slope_in_weight, slope_in_bias, -1), "This walks uphill. Check the signs."),
        (
            step_after_step,
            "The slope in b belongs to the old weight: compute both slopes first.",
        ),
        (
            lambda *given: one_step(*given)[::-1],
            "The numbers are right, but in the wrong order: first the weight.",
        ),
        (
            stepper(lambda e, x: np.mean(e * x), lambda e, x: np.mean(e)),
            "Both slopes lack their factor of 2.",
        ),
        (
            stepper(lambda e, x: np.sum(2 * e * x), lambda e, x: np.sum(2 * e)),
            "These slopes are sums over the points. Take the mean.",
        ),
        (
            stepper(slope_in_bias, slope_in_bias),
            "The slope in W has the factor x, point by point: it is missing.",
        ),
        (stepper(slope_in_bias, slope_in_weight), "The two slopes have changed places."),
        (
            stepper(lambda e, x: np.mean(2 * e) * np.mean(x), slope_in_bias),
            "Multiply error and x point by point first, and take the mean of the products.",
        ),
        (
            stepper(lambda e, x: 2 * e * x, lambda e, x: 2 * e),
            "There is a slope for each point here. Take the mean over the points.",
        ),
        (
            stepper(slope_in_weight, slope_in_weight),
            "The slope in b has no factor x.",
        ),
        (
            bias_before_weight,
            "The slope in W belongs to the old bias: compute both slopes first.",
        ),
        (
            lambda weight, bias, x, y, rate: tuple(
                np.array([weight, bias]) - one_step(weight, bias, x, y, 1)
            ),
            "These are the slopes. Take the rate times each away from weight and bias.",
        ),
        (
            lambda weight, bias, x, y, rate: tuple(
                one_step(weight, bias, x, y, rate) - np.array([weight, bias])
            ),
            "These are the changes. Add them to weight and bias.",
        ),
        (
            lambda weight, bias, x, y, rate: one_step(weight, bias, x, y, 1),
            "The slopes are not multiplied by the learning rate.",
        ),
        (
            lambda weight, bias, x, y, rate: tuple(
                np.array([weight, bias]) - one_step(weight, bias, x, y, rate)
            ),
            "These are the changes. Take them away from weight and bias.",
        ),
        (
            lambda weight, bias, x, y, rate: one_step(weight, bias, x, y, 0.01),
            "This takes 0.01, whatever `rate` is.",
        ),
    ],
)


def points_on_lines():
    """Points about three lines, as pairs (x, y)."""
    rng = np.random.default_rng(5)
    pairs = []
    for slope, intercept, count in [(0.5, 2, 40), (-3, 1, 25), (2, -7, 300)]:
        x = rng.uniform(1, 4, count)
        pairs.append((x, slope * x + intercept + rng.normal(0, 0.3, count)))
    return pairs


def fit(x, y):
    """Slope and intercept by least squares."""
    slope, intercept = np.polyfit(x, y, 1)
    return slope, intercept


def with_mean_of_y(x, y, slope):
    """Slope and intercept of the line of this slope through the point of the means."""
    return slope, y.mean() - slope * x.mean()


def lstsq_of_columns(x, y):
    return np.linalg.lstsq(np.stack([x, np.ones_like(x)], axis=1), y)


def training_points():
    """The lesson's 160 training points, as the learner made them."""
    rng = np.random.default_rng(54)
    x = np.linspace(-1, 1, 200)
    rng.shuffle(x)
    y = 0.5 * x + 2 + rng.normal(0, 0.05, 200)
    return x[:160], y[:160]


table_exercise(
    "best-line",
    "This is the line that training can only come close to.",
    reference=fit,
    inputs=points_on_lines,
    mistakes=[
        (lambda x, y: fit(x, y)[::-1], "The numbers are right, but the slope comes first."),
        (lstsq_of_columns, "`lstsq` returns four things. The solution is the first: `[0]`."),
        (lambda x, y: fit(y, x), "x and y have changed places."),
        (
            lambda x, y: (0.5, 2),
            "These are the numbers behind the lesson's data. Compute the fit to the points.",
        ),
        (
            lambda x, y: fit(*training_points()),
            "This is the line of `x_train` and `y_train`: use the arguments x and y.",
        ),
        (lambda x, y: np.round(fit(x, y), 1), "Nearly. Do not round."),
        (lambda x, y: np.round(fit(x, y), 2), "Nearly. Do not round."),
        (lambda x, y: np.round(fit(x, y), 3), "Nearly. Do not round."),
        (
            lambda x, y: with_mean_of_y(x, y, np.cov(x, y)[0, 1] / np.var(x)),
            "`np.cov` divides by n - 1, `np.var` by n. Use one kind for both.",
        ),
        (
            lambda x, y: with_mean_of_y(x, y, np.mean(x * y) / np.mean(x * x)),
            "Subtract the means from x and y before you multiply.",
        ),
        (
            lambda x, y: (np.mean(x * y) / np.mean(x * x), 0.0),
            "This is a line through zero. Subtract the means first.",
        ),
        (
            lambda x, y: with_mean_of_y(x, y, np.corrcoef(x, y)[0, 1]),
            "The slope is a correlation: divide by the variance of x instead.",
        ),
        (
            lambda x, y: with_mean_of_y(
                x, y, np.sum((x - x.mean()) * (y - y.mean())) / np.var(x)
            ),
            "The slope divides a sum by a mean (the variance): take the mean of both.",
        ),
        (
            lambda x, y: with_mean_of_y(x, y, np.cov(x, y, ddof=0)[0, 1] / np.std(x)),
            "The slope divides by the standard deviation: take the variance, `np.var`.",
        ),
        (
            lambda x, y: (fit(x, y)[0], y.mean()),
            "The slope is right. The line passes through the point of both means: subtract "
            "the slope times the mean of x from the mean of y.",
        ),
        (
            lambda x, y: (fit(x, y)[0], y.mean() + fit(x, y)[0] * x.mean()),
            "The slope is right. For the intercept, subtract; here it is added.",
        ),
        (
            lambda x, y: (fit(x, y)[0], y[0] - fit(x, y)[0] * x[0]),
            "The slope is right, but the line passes through the first point. It should pass "
            "through the point of both means.",
        ),
    ],
)


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
    "Between 0.5 and 1, b overshoots the valley, but less and less.",
)
def judge_learning_rate(answer):
    """A learning rate with which 12 steps end close to the best line."""
    import keras

    if isinstance(answer, keras.optimizers.Optimizer):
        return "This is an optimizer. The number alone is asked for, such as 0.4."
    if np.ndim(answer) or isinstance(answer, (str, bool, np.bool_)):
        return "A learning rate is one number, such as 0.4."
    rate = float(answer)
    if not rate > 0 or not np.isfinite(rate):
        return "A learning rate is a finite number above 0. A negative one would walk uphill."
    distance = distance_after(rate, 12)
    if distance < 0.01:
        return None
    if rate >= 1:
        return "This one diverges: the jumps across the valley grow wider and wider."
    if rate > 0.6:
        return (
            f"Too large: after 12 steps, b still jumps back and forth across the valley, "
            f"{distance:.4f} from the best line."
        )
    return f"Too small: after 12 steps the walk is still {distance:.4f} from the best line."


def mse(y_true, y_pred):
    """The mean squared error of two sets of n numbers; a ValueError if they differ in n."""
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError("the sets differ in length")
    return np.mean((y_true - y_pred) ** 2)


def pairs_of_sets():
    """Two sets of numbers in the shapes (n,) and (n, 1), and sets that do not fit."""
    true, predicted = np.random.default_rng(3).normal(size=(2, 12))
    column, other_column = true[:, None], predicted[:, None]
    return [
        (true, predicted),
        (true, other_column),
        (column, predicted),
        (column, other_column),
        (true[:5], predicted),
        (true, predicted[:5]),
        (true[:1], predicted),
        (column, other_column[:1]),
        (true[:1], other_column[:1]),
        (true, true),
        *np.random.default_rng(4).normal(size=(1, 2, 300)),
    ]


def raise_if(condition):
    """Raise a ValueError if the condition holds."""
    if condition:
        raise ValueError


def mse_if(condition):
    """A score of flat sets that raises where the condition on their lengths holds."""

    def score(y_true, y_pred):
        raise_if(condition(np.size(y_true), np.size(y_pred)))
        return np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2)

    return score


def mse_of_same_shapes(y_true, y_pred):
    raise_if(np.shape(y_true) != np.shape(y_pred))
    return mse(y_true, y_pred)


def mse_of_same_lengths(y_true, y_pred):
    raise_if(len(y_true) != len(y_pred))
    return np.mean((y_true - y_pred) ** 2)


def after_mse(change):
    """An answer that changes the right score."""
    return lambda y_true, y_pred: change(mse(y_true, y_pred), np.size(y_true))


def mean_of(function):
    """A score of flat sets that takes the mean of another function of the difference."""

    def score(y_true, y_pred):
        y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
        raise_if(y_true.shape != y_pred.shape)
        return np.mean(function(y_true - y_pred))

    return score


table_exercise(
    "safe-mse",
    "Shapes that do not fit are noticed before they spoil a score.",
    reference=mse,
    inputs=pairs_of_sets,
    mistakes=[
        (
            lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2),
            "With `(12,)` and `(12, 1)` this broadcasts to a table. Flatten both first.",
        ),
        (
            mse_of_same_shapes,
            "`(12,)` and `(12, 1)` belong together: flatten first, compare the shapes then.",
        ),
        (
            mse_of_same_lengths,
            "With `(12,)` and `(12, 1)` this still broadcasts to a table: flatten both.",
        ),
        (
            mse_if(lambda n, m: n < m),
            "12 targets and 1 prediction give a number here. Test whether the lengths differ.",
        ),
        (
            mse_if(lambda n, m: n > m),
            "1 target and 12 predictions give a number here. Test whether the lengths differ.",
        ),
        (
            mse_if(lambda n, m: False),
            "A set of one number broadcasts without an error. Compare the two lengths.",
        ),
        (after_mse(lambda score, n: n * score), "This is a sum of squares. Take their mean."),
        (after_mse(lambda score, n: np.sqrt(score)), "Leave out the square root."),
        (mean_of(np.abs), "This is the mean absolute error. Square the differences instead."),
        (
            mean_of(lambda d: d),
            "Differences of both signs cancel. Square them before the mean.",
        ),
        (
            mean_of(lambda d: d.mean() ** 2),
            "This is the square of the mean. Square each difference first, then take the mean.",
        ),
    ],
)
