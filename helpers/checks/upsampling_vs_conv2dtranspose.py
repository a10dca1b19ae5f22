"""Judges of the lesson on upsampling."""

import numpy as np

from helpers.exercises import Hint, call, exercise


def as_numbers(answer):
    """An answer as an array of float.

    Raises:
        Hint: it is not made of numbers.
    """
    array = np.asarray(answer)
    if array.dtype.kind not in "iuf":
        raise Hint("Return numbers, as an array of NumPy.")
    return array.astype(float)


@exercise("repeat-pixels", "`UpSampling2D(factor)` does just this.")
def judge_repeat(answer):
    """A function of (images, factor) that repeats rows and columns of a batch."""
    rng = np.random.default_rng(10)
    for shape, factor in [((2, 3, 4, 5), 2), ((1, 2, 2, 1), 3)]:
        images = rng.normal(size=shape)
        result = as_numbers(call(answer, images.copy(), factor))
        rows, columns = (np.repeat(images, factor, axis=axis) for axis in (1, 2))
        expected = np.repeat(rows, factor, axis=2)
        if result.shape != expected.shape:
            if result.shape == np.repeat(np.repeat(images, factor, 0), factor, 1).shape:
                return "You repeat the batch and the height. Axis 0 is the batch: use 1 and 2."
            if result.shape == rows.shape:
                return "Only the rows are repeated. The columns, axis 2, need it as well."
            if result.shape == columns.shape:
                return "Only the columns are repeated. The rows, axis 1, need it as well."
            return (
                f"From {shape} and factor {factor} comes {expected.shape}, not {result.shape}."
            )
        if np.allclose(result, expected):
            continue
        if np.allclose(result, np.tile(images, (1, factor, factor, 1))):
            return "The whole image is repeated side by side. `np.repeat` repeats each pixel."
        return "The shape is right, but not every pixel has become a block of equal numbers."
    return None


@exercise("lay-down", "That is a transposed convolution in one dimension.")
def judge_lay_down(answer):
    """A function of (signal, kernel, stride) that adds up stamps in a row."""
    cases = [([1.0, 2], [1.0, 10, 100], 2), ([3.0, 1, 2], [1.0, -2, 5], 1)]
    cases += [([2.0, 5, 1], [1.0, 4], 3), ([1.0, 1, 4, 2], [2.0, 1, 7, 3], 2)]
    for signal, kernel, stride in cases:
        signal, kernel = np.array(signal), np.array(kernel)
        full = (len(signal) - 1) * stride + len(kernel)
        expected, laid_over = np.zeros(full), np.zeros(full)
        turned = np.zeros(full)
        for place, number in enumerate(signal):
            stamp = slice(place * stride, place * stride + len(kernel))
            expected[stamp] += number * kernel
            turned[stamp] += number * kernel[::-1]
            laid_over[stamp] = number * kernel
        result = as_numbers(call(answer, signal.copy(), kernel.copy(), stride))
        if result.shape == expected.shape and np.allclose(result, expected):
            continue
        if stride > 1 and np.array_equal(result, np.convolve(signal, kernel)):
            return "The stamps lie one step apart. Each begins `stride` after the last one."
        if result.shape == (len(signal) * stride,) != expected.shape:
            return "That is the length of `same`. Here nothing is to be cut away."
        if result.shape != expected.shape:
            return (
                f"For {len(signal)} numbers, a kernel of {len(kernel)} and stride {stride} the "
                f"length is {full}; yours has the shape {result.shape}."
            )
        if np.allclose(result, laid_over):
            return "A stamp overwrites the one before. Where they overlap, add: `+=`."
        if np.allclose(result, turned):
            return "The kernel is turned round. A stamp is the kernel as it stands."
        return (
            f"For {signal.tolist()}, {kernel.tolist()} and {stride} it should be "
            f"{expected.tolist()}, yours is {result.tolist()}."
        )
    return None


@exercise("output-padding", "With it a decoder meets its skip connection to the pixel.")
def judge_output_padding(answer):
    """A function of (small, large, kernel, stride) that returns the output padding."""
    cases = [(13, 25, 3, 2), (13, 26, 3, 2), (7, 14, 5, 2), (5, 14, 3, 3), (5, 13, 4, 3)]
    results = [call(answer, *case) for case in cases]
    if any(np.ndim(result) for result in results):
        return "Return one number."
    results = as_numbers(results)

    def by(formula):
        return np.array([formula(*case) for case in cases])

    expected = by(lambda n, m, k, s: m - (n - 1) * s - k + 2 * (k // 2))
    if np.array_equal(results, expected):
        return None
    if np.array_equal(results, -expected):
        return "The sign is wrong: what is missing up to `large` is added."
    if np.array_equal(results, by(lambda n, m, k, s: m - (n - 1) * s - k)):
        return "This is for `valid`. With `same`, subtract 2 * p, where p = kernel // 2."
    if np.array_equal(results, by(lambda n, m, k, s: m - (n - 1) * s - k + k // 2)):
        return "You subtract p only once: the formula has 2 * p."
    if np.allclose(results, by(lambda n, m, k, s: m - (n - 1) * s)):
        return "With an even kernel this fails: p is kernel // 2, rounded down."
    if np.allclose(results, by(lambda n, m, k, s: m - (n - 1) * s - 1)):
        return "Right for odd kernels. An even one has k - 2 * (k // 2) = 0."
    if np.array_equal(results, expected - by(lambda n, m, k, s: s)):
        return "Is it `(small - 1) * stride`? A stride too much is subtracted."
    if np.array_equal(results, by(lambda n, m, k, s: m - n * s)):
        return "n s is the size without `output_padding`. Begin with (small - 1) * stride."
    for case, result, right in zip(cases, results, expected, strict=True):
        if result != right:
            small, large, kernel, stride = case
            return (
                f"From {small} to {large} with a kernel of {kernel} and stride {stride} it is "
                f"{right}, not {result:g}."
            )


@exercise("up-block", "With such blocks a U-Net can be built for any size, odd ones too.")
def judge_up_block(answer):
    """A function of symbolic (x, skip) and filters that returns a decoder block's output."""
    if not callable(answer):
        return f"A function was expected, but this is of type {type(answer).__name__}."
    import keras

    rng = np.random.default_rng(3)
    for small, large, filters in [
        ((4, 4), (8, 8), 6),
        ((4, 4), (7, 7), 5),
        ((3, 5), (6, 9), 4),
    ]:
        sizes = f"a skip of {large[0]} by {large[1]}"
        x, skip = keras.Input(shape=(*small, 3)), keras.Input(shape=(*large, 2))
        try:
            result = call(answer, x, skip, filters)
        except Hint as hint:
            if "incompatible shapes" in str(hint):
                return "`add` needs equal channels: join x and skip with `concatenate`."
            if "Concatenate" in str(hint):
                return (
                    f"With {sizes}, x has another size when it is joined: cut it or resize it."
                )
            raise
        if not isinstance(result, keras.KerasTensor):
            return "Return a symbolic tensor: the result of calling a layer on x and skip."
        if result.shape[1:3] != large:
            return (
                f"With {sizes}, the result has the shape {result.shape}: it should be as "
                f'large. Does the convolution have `padding="same"`?'
            )
        if result.shape[3:] != (filters,):
            return (
                f"{filters} filters are asked for; the result has the shape {result.shape}. "
                f"Join first, convolve last."
            )
        if hint := behaviour_hint(keras, x, skip, result, rng):
            return hint
    return None


def behaviour_hint(keras, x, skip, result, rng):
    """What is wrong with how the block's result depends on its two inputs, or None."""
    try:
        block = keras.Model([x, skip], result)
    except ValueError:
        return "The result does not come from the x and skip that were given."
    if not block.trainable_weights:
        return "There is nothing to learn in it: end with a convolution."
    if not any(weight.shape[:2] == (3, 3) for weight in block.get_weights()):
        return "There is no 3 by 3 convolution in it."
    block.set_weights([np.abs(weight) + 0.01 for weight in block.get_weights()])
    inputs = [rng.uniform(0.5, 1, (2, *tensor.shape[1:])) for tensor in (x, skip)]

    def run(small, large):
        return np.asarray(block([small, large]))

    base = run(*inputs)
    if np.allclose(base, run(2 * inputs[0], inputs[1])):
        return "The result does not depend on x. Join x and skip."
    if np.allclose(base, run(inputs[0], 2 * inputs[1])):
        return "The result does not depend on skip. Join x and skip."
    block.set_weights([rng.normal(size=weight.shape) for weight in block.get_weights()])
    if run(*inputs).min() < 0:
        return "There are negative numbers in the result: the last convolution needs `relu`."
    return None
