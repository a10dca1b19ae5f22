"""Judges of the lesson on upsampling."""

import numpy as np

from helpers.exercises import Hint, call, exercise
from helpers.tables import table_exercise


def repeated(images, factor):
    """A batch (n, height, width, channels) with its rows and columns repeated."""
    return np.repeat(np.repeat(images, factor, axis=1), factor, axis=2)


def batches():
    """Arguments of `repeat`: batches in which no two axes are alike."""
    rng = np.random.default_rng(10)
    return [(rng.normal(size=(2, 3, 4, 5)), 2), (rng.normal(size=(1, 2, 3, 1)), 3)]


table_exercise(
    "repeat-pixels",
    "`UpSampling2D(factor)` does just this.",
    reference=repeated,
    inputs=batches,
    mistakes=[
        (
            lambda images, factor: np.repeat(np.repeat(images, factor, 0), factor, 1),
            "You repeat the batch and the height. Axis 0 is the batch: use 1 and 2.",
        ),
        (
            lambda images, factor: np.repeat(np.repeat(images, factor, 2), factor, 3),
            "You repeat the width and the channels. Axis 1 is the height: use 1 and 2.",
        ),
        (
            lambda images, factor: np.repeat(images, factor, axis=1),
            "Only the rows are repeated. The columns, axis 2, need it as well.",
        ),
        (
            lambda images, factor: np.repeat(images, factor, axis=2),
            "Only the columns are repeated. The rows, axis 1, need it as well.",
        ),
        (
            lambda images, factor: np.tile(images, (1, factor, factor, 1)),
            "The whole image is repeated side by side. `np.repeat` repeats each pixel.",
        ),
        (
            lambda images, factor: repeated(images, 2),
            "This always doubles. Use `factor`.",
        ),
    ],
)


def add_stamps(signal, kernel, stride):
    """The sum of all stamps in a row, in full length."""
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for place, number in enumerate(signal):
        result[place * stride : place * stride + len(kernel)] += number * np.asarray(kernel)
    return result


def overwrite_stamps(signal, kernel, stride):
    """Each stamp in its place, the last one on top."""
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for place, number in enumerate(signal):
        result[place * stride : place * stride + len(kernel)] = number * np.asarray(kernel)
    return result


def stamps_side_by_side(signal, kernel, stride):
    """Stamps that lie one step apart, in a result of the right length."""
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    result[: len(signal) + len(kernel) - 1] = np.convolve(signal, kernel)
    return result


table_exercise(
    "lay-down",
    "That is a transposed convolution in one dimension.",
    reference=add_stamps,
    inputs=[
        (np.array([1, 2]), np.array([1, 10, 100]), 2),
        (np.array([3.0, 1, 2]), np.array([1.0, -2, 5]), 1),
        (np.array([2.0, 5, 1]), np.array([1.0, 4]), 3),
        (np.array([1.0, 1, 4, 2]), np.array([0.5, 1, 0.25, 3]), 2),
    ],
    mistakes=[
        (
            overwrite_stamps,
            "A stamp overwrites the one before. Where they overlap, add: `+=`.",
        ),
        (
            lambda signal, kernel, stride: np.convolve(signal, kernel),
            "The stamps lie one step apart. Each begins `stride` after the last one.",
        ),
        (
            stamps_side_by_side,
            "The next stamp begins `stride` further on: `i * stride`.",
        ),
        (
            lambda signal, kernel, stride: add_stamps(signal, kernel[::-1], stride),
            "The kernel is turned round. A stamp is the kernel as it stands.",
        ),
        (
            lambda signal, kernel, stride: add_stamps(signal, kernel, stride)[
                : len(signal) * stride
            ],
            "The end is cut away, as with `same`. Here nothing is to be cut away.",
        ),
        (
            lambda signal, kernel, stride: np.trunc(add_stamps(signal, kernel, stride)),
            "The results are cut to whole numbers. `np.zeros(length)` without a `dtype` keeps "
            "what comes after the point.",
        ),
        (
            lambda signal, kernel, stride: add_stamps(
                signal, np.trunc(kernel).astype(int), stride
            ),
            "The numbers of the kernel are cut to whole numbers.",
        ),
    ],
)

table_exercise(
    "output-padding",
    "With it a decoder meets its skip connection to the pixel.",
    reference=lambda n, m, k, s: m - ((n - 1) * s + k - 2 * (k // 2)),
    inputs=[(13, 25, 3, 2), (13, 26, 3, 2), (7, 14, 5, 2), (5, 14, 3, 3), (5, 13, 4, 3)],
    mistakes=[
        (
            lambda n, m, k, s: (n - 1) * s + k - 2 * (k // 2) - m,
            "The sign is wrong: what is missing up to `large` is added.",
        ),
        (
            lambda n, m, k, s: m - (n - 1) * s - k,
            "This is for `valid`. With `same`, subtract 2 * p, where p = kernel // 2.",
        ),
        (
            lambda n, m, k, s: m - (n - 1) * s - k + k // 2,
            "You subtract p only once: the formula has 2 * p.",
        ),
        (
            lambda n, m, k, s: m - (n - 1) * s - k - 2 * (k // 2),
            "2 * p is subtracted from the size, so for `op` it is added.",
        ),
        (
            lambda n, m, k, s: m - (n - 1) * s,
            "With odd kernels this is one too much: kernel - 2 * p is 1 for odd kernels and 0 "
            "for even ones, as p = kernel // 2 is rounded down.",
        ),
        (
            lambda n, m, k, s: m - (n - 1) * s - 1,
            "Right for odd kernels. An even one has kernel - 2 * p = 0.",
        ),
        (
            lambda n, m, k, s: m - n * s - k + 2 * (k // 2),
            "Is it `(small - 1) * stride`? A stride too much is subtracted.",
        ),
        (
            lambda n, m, k, s: m - n * s,
            "n s is the size without `output_padding`. Begin with (small - 1) * stride.",
        ),
    ],
)


def sums_of_every_stride(kernel, stride):
    """What a row of ones becomes: `stride` numbers that repeat."""
    return np.array([np.sum(kernel[place::stride]) for place in range(stride)])


def sums_of_pieces(kernel, stride):
    """Sums of `stride` pieces of neighbours, as equal in length as can be."""
    return np.array([piece.sum() for piece in np.array_split(kernel, stride)])


table_exercise(
    "white-row",
    "A kernel of [1, 3, 3, 1] is even for stride 2, though its numbers differ.",
    reference=sums_of_every_stride,
    inputs=[
        (np.array([1, 10, 100]), 2),
        (np.array([1, 3, 3, 1]), 2),
        (np.array([0.5, -1, 2, 4, 7]), 3),
        (np.array([2.0, 1, 4, 3, 5, 8]), 2),
        (np.array([1.0, 2, 4]), 1),
        (np.array([2.0, 5]), 3),
    ],
    mistakes=[
        (
            sums_of_pieces,
            "You add up neighbours. On one pixel fall numbers that lie `stride` apart.",
        ),
        (
            lambda kernel, stride: np.array(
                [len(kernel[place::stride]) for place in range(stride)]
            ),
            "You count the stamps. Add up the kernel's numbers that fall on the pixel.",
        ),
        (
            lambda kernel, stride: sums_of_every_stride(kernel[::-1], stride),
            "You begin at the kernel's last number. Begin at its first.",
        ),
        (
            lambda kernel, stride: sums_of_every_stride(kernel, stride)[::-1],
            "The sums are right, but in the wrong order: begin at the kernel's first number.",
        ),
        (
            lambda kernel, stride: sums_of_every_stride(kernel, 2),
            "Right for stride 2. For other strides step by `stride`, and return `stride` sums.",
        ),
        (
            lambda kernel, stride: np.sum(kernel),
            "This is the sum of the whole kernel. Return `stride` numbers.",
        ),
        (
            lambda kernel, stride: sums_of_every_stride(kernel, stride)[: len(kernel)],
            "With a kernel shorter than the stride, some pixels get no stamp: a 0 belongs "
            "there.",
        ),
    ],
)


SIZES = [((4, 4), (8, 8), 6), ((4, 4), (7, 7), 5), ((3, 5), (6, 9), 4)]


@exercise("up-block", "With such blocks a U-Net can be built for any size, odd ones too.")
def judge_up_block(answer):
    """A function of symbolic (x, skip) and filters that returns a decoder block's output."""
    if not callable(answer):
        return f"A function was expected, but this is of type {type(answer).__name__}."
    import keras

    rng = np.random.default_rng(3)
    for small, large, filters in SIZES:
        x, skip = keras.Input(shape=(*small, 3)), keras.Input(shape=(*large, 2))
        try:
            result = call(answer, x, skip, filters)
        except Hint as hint:
            if "incompatible shapes" in str(hint):
                return "`add` needs equal channels: join x and skip with `concatenate`."
            if "Concatenate" in str(hint):
                return (
                    f"With a skip of {large[0]} by {large[1]}, x and skip differ in size when "
                    f"they are joined. Bring x to the size of skip first."
                )
            raise
        if not isinstance(result, keras.KerasTensor):
            return "Return a symbolic tensor: the result of calling a layer on x and skip."
        hint = shape_hint(small, large, filters, result) or behaviour_hint(
            keras, x, skip, result, rng
        )
        if hint:
            return hint
    return None


def shape_hint(small, large, filters, result):
    """What is wrong with the shape of the block's result, or None."""
    size, told = result.shape[1:3], f"With a skip of {large[0]} by {large[1]}"
    if size == small:
        return f"{told}, the result is as small as x. Enlarge x, and leave skip as it is."
    if size == (large[0] - 2, large[1] - 2):
        return (
            f"{told}, the result has the shape {result.shape}: it should be as large. Does "
            f'the convolution have `padding="same"`?'
        )
    if size != large:
        return f"{told}, the result has the shape {result.shape}: it should be as large."
    if result.shape[3:] != (filters,):
        return (
            f"{filters} filters are asked for; the result has the shape {result.shape}. "
            f"Join first, convolve last."
        )
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
    inputs = [rng.uniform(0.5, 1, (1, *tensor.shape[1:])) for tensor in (x, skip)]

    def run(small, large):
        return np.asarray(block([small, large]))[0]

    base = run(*inputs)
    if np.allclose(base, run(2 * inputs[0], inputs[1])):
        return "The result does not depend on x. Join x and skip."
    if np.allclose(base, run(inputs[0], 2 * inputs[1])):
        return "The result does not depend on skip. Join x and skip."
    if not stays_in_place(run, inputs, base):
        return (
            "The corners of x do not end up in the corners of the result. Is x enlarged, or "
            "padded or repeated as a whole? `UpSampling2D` and `Resizing` enlarge."
        )
    if not keeps_detail(run, inputs, base):
        return "Details of skip get lost. Enlarge x, and join skip as it is."
    block.set_weights([rng.normal(size=weight.shape) for weight in block.get_weights()])
    if run(*inputs).min() < 0:
        return "There are negative numbers in the result: the last convolution needs `relu`."
    if run(*inputs).min() > 0:
        return "No number in the result is 0. Does the last convolution have `relu`?"
    return None


def stays_in_place(run, inputs, base):
    """Whether each corner pixel of x acts most on its own quarter, up to the corner."""
    height, width = base.shape[:2]
    for row in (0, -1):
        for column in (0, -1):
            changed = inputs[0].copy()
            changed[0, row, column] += 1
            effect = np.abs(run(changed, inputs[1]) - base).sum(axis=-1)
            rows = slice(0, -(-height // 2)) if row == 0 else slice(height // 2, None)
            columns = slice(0, -(-width // 2)) if column == 0 else slice(width // 2, None)
            if effect[row, column] < 1e-4 or effect[rows, columns].sum() < effect.sum() / 2:
                return False
    return True


def keeps_detail(run, inputs, base):
    """Whether each pixel of a square of skip acts on the result, and a fine pattern does."""
    square = np.s_[0, 2:4, 2:4]
    patterns = [*np.eye(4).reshape(4, 2, 2), np.array([[1, -1], [-1, 1]])]
    for pattern in patterns:
        changed = inputs[1].copy()
        changed[square] += pattern[..., None]
        if np.allclose(run(inputs[0], changed), base, atol=1e-5):
            return False
    return True
