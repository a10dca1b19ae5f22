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
    "up-block": [block(), block_that_cuts, block_transposed],
}

WRONG = {
    "repeat-pixels": [
        (lambda images, factor: images.repeat(factor, 0).repeat(factor, 1), "Axis 0"),
        (lambda images, factor: images.repeat(factor, axis=1), "Only the rows"),
        (lambda images, factor: images.repeat(factor, axis=2), "Only the columns"),
        (lambda images, factor: np.tile(images, (1, factor, factor, 1)), "side by side"),
        (lambda images, factor: images.repeat(2, axis=1).repeat(2, axis=2), "factor 3"),
        (lambda images, factor: images, "factor 2"),
        (lambda images, factor: np.zeros_like(repeat_with_kron(images, factor)), "block"),
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
        (lambda signal, kernel, stride: np.repeat(signal, stride + 1), "the length is 5"),
        (lambda signal, kernel, stride: 0 * stamps(signal, kernel, stride), "For [1.0, 2.0]"),
    ],
    "output-padding": [
        (lambda n, m, k, s: m - (n - 1) * s - k, "`valid`"),
        (lambda n, m, k, s: (n - 1) * s + k - 2 * (k // 2) - m, "sign"),
        (lambda n, m, k, s: m - (n - 1) * s - k + k // 2, "has 2 * p"),
        (lambda n, m, k, s: m - ((n - 1) * s + k - 2 * (k / 2)), "rounded down"),
        (lambda n, m, k, s: m - (n - 1) * s - 1, "odd kernels"),
        (lambda n, m, k, s: m - n * s, "without `output_padding`"),
        (lambda n, m, k, s: 1, "From 13 to 25"),
        (lambda n, m, k, s: m - n * s - k + 2 * (k // 2), "(small - 1)"),
        (lambda n, m, k, s: [0], "one number"),
    ],
    "up-block": [
        (block(size=False), "7 by 7"),
        (block(joined=False), "depend on x"),
        (block(skipped=False), "depend on skip"),
        (block(wanted=False), "6 filters"),
        (block(relu=False), "`relu`"),
        (block(convolved=False), "nothing to learn"),
        (block_that_shrinks, "as large"),
        (block_that_adds, "equal channels"),
        (block_of_pixels, "no 3 by 3"),
        (lambda x, skip, filters: np.zeros((1, 8, 8, filters)), "symbolic"),
        (lambda x, skip: x, "TypeError"),
    ],
}
