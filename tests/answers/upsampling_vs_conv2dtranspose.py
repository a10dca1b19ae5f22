"""Answers to the exercises of the lesson on upsampling."""

import numpy as np


def repeat_with_kron(images, factor):
    return np.kron(images, np.ones((1, factor, factor, 1)))


def repeat_with_indices(images, factor):
    rows, columns = (np.arange(size * factor) // factor for size in images.shape[1:3])
    return images[:, rows][:, :, columns]


def repeat_with_keras(images, factor):
    import keras

    return keras.layers.UpSampling2D(factor)(images)


def stamps(signal, kernel, stride):
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for place, number in enumerate(signal):
        for offset, weight in enumerate(kernel):
            result[place * stride + offset] += number * weight
    return result


def spread_and_convolve(signal, kernel, stride):
    spread = np.zeros((len(signal) - 1) * stride + 1)
    spread[::stride] = signal
    return np.convolve(spread, kernel)


def stamps_that_overwrite(signal, kernel, stride):
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for place, number in enumerate(signal):
        result[place * stride : place * stride + len(kernel)] = number * kernel
    return result


def block_that_cuts(x, skip, filters):
    import keras

    height, width = skip.shape[1:3]
    x = keras.layers.UpSampling2D(2)(x)[:, :height, :width]
    x = keras.layers.Concatenate()([x, skip])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def block_transposed(x, skip, filters):
    import keras

    x = keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(x)
    x = keras.ops.image.resize(x, skip.shape[1:3], interpolation="bilinear")
    x = keras.layers.Conv2D(filters, 3, padding="same")(keras.layers.concatenate([skip, x]))
    return keras.layers.ReLU()(x)


def even_sums(kernel, stride):
    sums = np.zeros(stride)
    for place, number in enumerate(kernel):
        sums[place % stride] += number
    return sums


def middle_of_a_row(kernel, stride):
    row = stamps(np.ones(2 * len(kernel)), kernel, stride)
    return row[len(kernel) * stride : (len(kernel) + 1) * stride]


def whole_stamps(signal, kernel, stride):
    result = np.zeros((len(signal) - 1) * stride + len(kernel), dtype=int)
    for place, number in enumerate(signal):
        window = slice(place * stride, place * stride + len(kernel))
        result[window] = result[window] + number * kernel
    return result


def block(size=True, joined=True, skipped=True, wanted=True, relu=True, convolved=True):
    """A block with one mistake, the argument that is False."""

    def up_block(x, skip, filters):
        import keras

        if size:
            x = keras.layers.Resizing(*skip.shape[1:3])(x)
        else:
            x = keras.layers.UpSampling2D(2)(x)
        parts = ([skip] if skipped else []) + ([x] if joined else [])
        x = keras.layers.concatenate(parts) if len(parts) == 2 else parts[0]
        if not convolved:
            return keras.ops.repeat(keras.ops.mean(x, axis=-1, keepdims=True), filters, axis=-1)
        activation = "relu" if relu else None
        filters = filters if wanted else 8
        return keras.layers.Conv2D(filters, 3, padding="same", activation=activation)(x)

    return up_block


def block_that_shrinks(x, skip, filters):
    import keras

    x = keras.layers.Resizing(*skip.shape[1:3])(x)
    x = keras.layers.concatenate([skip, x])
    return keras.layers.Conv2D(filters, 3, activation="relu")(x)


def block_that_adds(x, skip, filters):
    import keras

    x = keras.layers.Resizing(*skip.shape[1:3])(x)
    return keras.layers.Conv2D(filters, 3, padding="same")(keras.layers.add([skip, x]))


def block_that_pads(x, skip, filters):
    import keras

    more = [skip.shape[axis] - x.shape[axis] for axis in (1, 2)]
    x = keras.layers.ZeroPadding2D([(size // 2, size - size // 2) for size in more])(x)
    joined = keras.layers.concatenate([skip, x])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(joined)


def block_that_pads_below(x, skip, filters):
    import keras

    more = [skip.shape[axis] - x.shape[axis] for axis in (1, 2)]
    x = keras.layers.ZeroPadding2D([(0, size) for size in more])(x)
    joined = keras.layers.concatenate([skip, x])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(joined)


def block_that_tiles(x, skip, filters):
    import keras

    x = keras.ops.tile(x, (1, 2, 2, 1))[:, : skip.shape[1], : skip.shape[2]]
    joined = keras.layers.concatenate([skip, x])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(joined)


def block_that_shrinks_skip(x, skip, filters):
    import keras

    skip = keras.layers.Resizing(*x.shape[1:3])(skip)
    joined = keras.layers.concatenate([skip, x])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(joined)


def block_that_shrinks_and_enlarges(interpolation):
    """A block that joins at the size of x, and enlarges both together."""

    def up_block(x, skip, filters):
        import keras

        size = skip.shape[1:3]
        skip = keras.layers.Resizing(*x.shape[1:3], interpolation=interpolation)(skip)
        joined = keras.layers.Resizing(*size)(keras.layers.concatenate([skip, x]))
        return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(joined)

    return up_block


def block_with(activation):
    """A block that ends with another activation."""

    def up_block(x, skip, filters):
        import keras

        x = keras.layers.Resizing(*skip.shape[1:3])(x)
        joined = keras.layers.concatenate([skip, x])
        return keras.layers.Conv2D(filters, 3, padding="same", activation=activation)(joined)

    return up_block


def block_of_depth(x, skip, filters):
    import keras

    x = keras.layers.Conv2D(4 * filters, 3, padding="same")(x)
    x = keras.ops.depth_to_space(x, 2)[:, : skip.shape[1], : skip.shape[2]]
    x = keras.layers.concatenate([x, skip])
    x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def block_of_pixels(x, skip, filters):
    import keras

    x = keras.layers.Resizing(*skip.shape[1:3])(x)
    joined = keras.layers.concatenate([skip, x])
    return keras.layers.Conv2D(filters, 1, activation="relu")(joined)


RIGHT = {
    "repeat-pixels": [
        lambda images, factor: images.repeat(factor, axis=1).repeat(factor, axis=2),
        repeat_with_kron,
        repeat_with_indices,
        repeat_with_keras,
    ],
    "lay-down": [
        stamps,
        spread_and_convolve,
        lambda signal, kernel, stride: stamps(signal, kernel, stride).tolist(),
    ],
    "output-padding": [
        lambda small, large, kernel, stride: large - (small - 1) * stride - kernel % 2,
        lambda n, m, k, s: np.int64(m) - ((n - 1) * s + k - 2 * (k // 2)),
    ],
    "white-row": [
        even_sums,
        middle_of_a_row,
        lambda kernel, stride: [sum(kernel[place::stride]) for place in range(stride)],
    ],
    "up-block": [block(), block_that_cuts, block_transposed, block_of_depth],
}

WRONG = {
    "repeat-pixels": [
        (lambda images, factor: images.repeat(factor, 0).repeat(factor, 1), "Axis 0"),
        (lambda images, factor: images.repeat(factor, 2).repeat(factor, 3), "Axis 1"),
        (lambda images, factor: images.repeat(factor, axis=1), "Only the rows"),
        (lambda images, factor: images.repeat(factor, axis=2), "Only the columns"),
        (lambda images, factor: np.tile(images, (1, factor, factor, 1)), "side by side"),
        (lambda images, factor: images.repeat(2, axis=1).repeat(2, axis=2), "Use `factor`"),
        (lambda images, factor: images, "(2, 6, 8, 5) was expected"),
        (lambda images, factor: np.zeros_like(repeat_with_kron(images, factor)), "differs"),
    ],
    "lay-down": [
        (stamps_that_overwrite, "`+=`"),
        (lambda signal, kernel, stride: np.convolve(signal, kernel), "one step apart"),
        (lambda signal, kernel, stride: stamps(signal, kernel[::-1], stride), "turned round"),
        (
            lambda signal, kernel, stride: stamps(signal, kernel, stride)[
                : len(signal) * stride
            ],
            "cut away",
        ),
        (lambda signal, kernel, stride: np.repeat(signal, stride + 1), "(5,) was expected"),
        (
            lambda signal, kernel, stride: 0 * stamps(signal, kernel, stride),
            "gives [0., 0., 0., 0., 0.]",
        ),
        (lambda signal, kernel, stride: stamps(signal, kernel, stride).astype(int), "whole"),
        (whole_stamps, "whole numbers"),
    ],
    "output-padding": [
        (lambda n, m, k, s: m - (n - 1) * s - k, "`valid`"),
        (lambda n, m, k, s: (n - 1) * s + k - 2 * (k // 2) - m, "sign"),
        (lambda n, m, k, s: m - (n - 1) * s - k + k // 2, "has 2 * p"),
        (lambda n, m, k, s: m - (n - 1) * s - k - 2 * (k // 2), "it is added"),
        (lambda n, m, k, s: m - ((n - 1) * s + k - 2 * (k / 2)), "rounded down"),
        (lambda n, m, k, s: m - (n - 1) * s - 1, "odd kernels"),
        (lambda n, m, k, s: m - n * s, "without `output_padding`"),
        (lambda n, m, k, s: 1, "For 13, 25, 3, 2"),
        (lambda n, m, k, s: m - n * s - k + 2 * (k // 2), "(small - 1)"),
        (lambda n, m, k, s: [0], "shape (1,)"),
    ],
    "white-row": [
        (lambda kernel, stride: kernel[:stride], "For [  1,  10, 100], 2"),
        (lambda kernel, stride: even_sums(kernel[::-1], stride), "last number"),
        (lambda kernel, stride: even_sums(kernel, stride)[::-1], "order"),
        (lambda kernel, stride: [kernel[0::2].sum(), kernel[1::2].sum()], "Right for stride 2"),
        (lambda kernel, stride: kernel.sum(), "whole kernel"),
        (
            lambda kernel, stride: [p.sum() for p in np.array_split(kernel, stride)],
            "neighbours",
        ),
        (lambda kernel, stride: even_sums(np.ones_like(kernel), stride), "count"),
        (lambda kernel, stride: np.ptp(even_sums(kernel, stride)) == 0, "was expected"),
    ],
    "up-block": [
        (block(size=False), "7 by 7"),
        (block(joined=False), "depend on x"),
        (block(skipped=False), "depend on skip"),
        (block(wanted=False), "6 filters"),
        (block(relu=False), "`relu`"),
        (block(convolved=False), "nothing to learn"),
        (block_with("softplus"), "is 0"),
        (block_with("sigmoid"), "is 0"),
        (block_that_shrinks, "as large"),
        (block_that_adds, "equal channels"),
        (block_of_pixels, "no 3 by 3"),
        (block_that_pads, "padded"),
        (block_that_pads_below, "padded"),
        (block_that_tiles, "repeated as a whole"),
        (block_that_shrinks_skip, "as small as x"),
        (block_that_shrinks_and_enlarges("bilinear"), "Details of skip"),
        (block_that_shrinks_and_enlarges("nearest"), "Details of skip"),
        (lambda x, skip, filters: np.zeros((1, 8, 8, filters)), "symbolic"),
        (lambda x, skip: x, "TypeError"),
    ],
}
