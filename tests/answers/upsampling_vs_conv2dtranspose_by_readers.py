"""Answers that readers invented from the text of an exercise alone."""

import keras
import numpy as np
from scipy.signal import upfirdn


# --- repeat-pixels, right
def repeat_kron(images, factor):
    return np.kron(images, np.ones((1, factor, factor, 1), "float32"))


def repeat_by_places(images, factor):
    n, height, width, channels = np.shape(images)
    rows, columns = np.arange(height * factor) // factor, np.arange(width * factor) // factor
    return np.asarray(images)[:, rows[:, None], columns]


def repeat_lists(images, factor):
    result = []
    for image in images:
        rows = []
        for row in image:
            wide = [list(pixel) for pixel in row for _ in range(factor)]
            rows.extend([wide] * factor)
        result.append(rows)
    return result


# --- repeat-pixels, wrong
def repeat_tile(images, factor):
    return np.tile(images, (1, factor, factor, 1))


def repeat_first_axes(images, factor):
    return np.repeat(np.repeat(images, factor, axis=0), factor, axis=1)


def repeat_always_two(images, factor):
    return np.repeat(np.repeat(images, 2, axis=1), 2, axis=2)


def repeat_with_gaps(images, factor):
    n, height, width, channels = images.shape
    result = np.zeros((n, height * factor, width * factor, channels))
    result[:, ::factor, ::factor] = images
    return result


def repeat_flat(images, factor):
    n, height, width, channels = images.shape
    flat = np.repeat(images, factor**2)
    return flat.reshape(n, height * factor, width * factor, channels)


# --- lay-down, right
def lay_down_upfirdn(signal, kernel, stride):
    return upfirdn(np.float32(kernel), np.float32(signal), up=stride)


def lay_down_recursive(signal, kernel, stride):
    first, *rest = list(signal)
    stamp = [first * number for number in kernel]
    if not rest:
        return stamp
    behind = [0] * stride + list(lay_down_recursive(rest, kernel, stride))
    stamp += [0] * (len(behind) - len(stamp))
    return [a + b for a, b in zip(stamp, behind, strict=True)]


def lay_down_bincount(signal, kernel, stride):
    places = np.add.outer(np.arange(len(signal)) * stride, np.arange(len(kernel)))
    return np.bincount(places.ravel(), weights=np.outer(signal, kernel).ravel())


# --- lay-down, wrong
def lay_down_overwrite(signal, kernel, stride):
    kernel = np.asarray(kernel)
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for i, number in enumerate(signal):
        result[i * stride : i * stride + len(kernel)] = number * kernel
    return result


def lay_down_without_stride(signal, kernel, stride):
    kernel = np.asarray(kernel)
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for i, number in enumerate(signal):
        result[i : i + len(kernel)] += number * kernel
    return result


def lay_down_size_of_valid(signal, kernel, stride):
    kernel = np.asarray(kernel)
    result = np.zeros((len(signal) - 1) * stride + max(len(kernel), stride))
    for i, number in enumerate(signal):
        result[i * stride : i * stride + len(kernel)] += number * kernel
    return result


def lay_down_whole_numbers(signal, kernel, stride):
    result = np.zeros((len(signal) - 1) * stride + len(kernel), dtype=int)
    for i, number in enumerate(signal):
        for j, weight in enumerate(kernel):
            result[i * stride + j] = result[i * stride + j] + number * weight
    return result


def lay_down_turned(signal, kernel, stride):
    kernel = np.asarray(kernel)[::-1]
    result = np.zeros((len(signal) - 1) * stride + len(kernel))
    for i, number in enumerate(signal):
        result[i * stride : i * stride + len(kernel)] += number * kernel
    return result


# --- output-padding, right
def op_remainder_float32(small, large, kernel, stride):
    return np.float32(large - (small - 1) * stride - kernel % 2)


def op_counted(small, large, kernel, stride):
    op, size = 0, (small - 1) * stride + kernel - kernel // 2 * 2
    while size + op < large:
        op += 1
    while size + op > large:
        op -= 1
    return np.array([op], "int8")[0]


def op_asked_of_keras(small, large, kernel, stride):
    for op in range(stride):
        layer = keras.layers.Conv2DTranspose(
            1, kernel, strides=stride, padding="same", output_padding=op
        )
        if layer.compute_output_shape((1, small, small, 1))[1] == large:
            return op


# --- output-padding, wrong
def op_half_kernel(small, large, kernel, stride):
    return large - ((small - 1) * stride + kernel - 2 * (kernel / 2))


def op_odd_kernels(small, large, kernel, stride):
    return large - (small - 1) * stride - 1


def op_stride_two(small, large, kernel, stride):
    return large - small * stride + 1


def op_rounded_wrongly(small, large, kernel, stride):
    return large - ((small - 1) * stride + kernel - 2 * ((kernel - 1) // 2))


def op_valid(small, large, kernel, stride):
    return large - ((small - 1) * stride + kernel)


# --- white-row, right
def white_row_bincount(kernel, stride):
    places = np.arange(len(kernel)) % stride
    return tuple(np.bincount(places, weights=kernel, minlength=stride).tolist())


def white_row_convolved(kernel, stride):
    many = len(kernel) + 2
    ones = np.zeros(2 * many * stride, "float32")
    ones[::stride] = 1
    return np.convolve(ones, np.float32(kernel))[many * stride : (many + 1) * stride]


def white_row_fourier(kernel, stride):
    many = -(-len(kernel) // stride)
    return np.fft.ifft(np.fft.fft(kernel, many * stride)[::many]).real


# --- white-row, wrong
def white_row_short(kernel, stride):
    result = list(kernel[:stride])
    for i in range(stride, len(kernel)):
        result[i % stride] += kernel[i]
    return result


def white_row_mean(kernel, stride):
    return [np.mean(kernel[place::stride]) for place in range(stride)]


def white_row_padded_in_front(kernel, stride):
    return np.pad(kernel, (-len(kernel) % stride, 0)).reshape(-1, stride).sum(axis=0)


def white_row_rest_dropped(kernel, stride):
    whole = len(kernel) // stride * stride
    return np.reshape(kernel[:whole], (-1, stride)).sum(axis=0)


def white_row_neighbours(kernel, stride):
    return [np.sum(kernel[i : i + stride]) for i in range(0, len(kernel), stride)]


# --- up-block, right
def up_block_transposed_and_cut(x, skip, filters):
    x = keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(x)
    x = x[:, : skip.shape[1], : skip.shape[2]]
    x = keras.ops.concatenate([skip, x], axis=-1)
    return keras.ops.relu(keras.layers.Conv2D(filters, (3, 3), padding="SAME")(x))


def up_block_nested_model(x, skip, filters):
    small, large = keras.Input(x.shape[1:]), keras.Input(skip.shape[1:])
    y = keras.ops.image.resize(small, large.shape[1:3], interpolation="bilinear")
    y = keras.layers.Concatenate()([y, large])
    y = keras.layers.Conv2D(filters, 3, padding="same")(y)
    return keras.Model([small, large], keras.layers.ReLU()(y))([x, skip])


class Block(keras.layers.Layer):
    """A whole decoder block as a layer of its own."""

    def __init__(self, filters):
        super().__init__()
        self.filters = filters
        self.convolve = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")

    def build(self, shapes):
        (*_, first), (n, height, width, second) = shapes
        self.convolve.build((n, height, width, first + second))

    def call(self, inputs):
        x, skip = inputs
        rows = np.arange(skip.shape[1]) * x.shape[1] // skip.shape[1]
        columns = np.arange(skip.shape[2]) * x.shape[2] // skip.shape[2]
        x = keras.ops.take(keras.ops.take(x, rows, axis=1), columns, axis=2)
        return self.convolve(keras.ops.concatenate([x, skip], axis=-1))


def up_block_own_layer(x, skip, filters):
    return Block(filters)([x, skip])


# --- up-block, wrong
def up_block_square(x, skip, filters):
    x = keras.layers.Resizing(skip.shape[1], skip.shape[1])(x)
    x = keras.layers.concatenate([x, skip])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def up_block_no_relu(x, skip, filters):
    x = keras.layers.Resizing(*skip.shape[1:3])(x)
    x = keras.layers.concatenate([x, skip])
    return keras.layers.Conv2D(filters, 3, padding="same")(x)


def up_block_skip_enlarged(x, skip, filters):
    x = keras.layers.UpSampling2D(2)(x)
    skip = keras.layers.Resizing(x.shape[1], x.shape[2])(skip)
    x = keras.layers.concatenate([x, skip])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def up_block_joined_last(x, skip, filters):
    x = keras.layers.Resizing(*skip.shape[1:3])(x)
    x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.layers.concatenate([x, skip])


def up_block_without_skip(x, skip, filters):
    x = keras.layers.Resizing(*skip.shape[1:3])(x)
    x = keras.layers.concatenate([x, x])
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


RIGHT = {
    "repeat-pixels": [repeat_kron, repeat_by_places, repeat_lists],
    "lay-down": [lay_down_upfirdn, lay_down_recursive, lay_down_bincount],
    "output-padding": [op_remainder_float32, op_counted, op_asked_of_keras],
    "white-row": [white_row_bincount, white_row_convolved, white_row_fourier],
    "up-block": [up_block_transposed_and_cut, up_block_nested_model, up_block_own_layer],
}

WRONG = {
    "repeat-pixels": [
        (repeat_tile, "repeated side by side"),
        (repeat_first_axes, "You repeat the batch and the height"),
        (repeat_always_two, "Use `factor`"),
        (repeat_with_gaps, "it has 0 there"),
        (repeat_flat, "differs most at"),
    ],
    "lay-down": [
        (lay_down_overwrite, "overwrites the one before"),
        (lay_down_without_stride, "`i * stride`"),
        (lay_down_size_of_valid, "shape (9,), and (8,)"),
        (lay_down_whole_numbers, "cut to whole numbers"),
        (lay_down_turned, "turned round"),
    ],
    "output-padding": [
        (op_half_kernel, "one too much"),
        (op_odd_kernels, "Right for odd kernels"),
        (op_stride_two, "For 5, 14, 3, 3"),
        (op_rounded_wrongly, "For 5, 13, 4, 3"),
        (op_valid, "This is for `valid`"),
    ],
    "white-row": [
        (white_row_short, "a 0 belongs there"),
        (white_row_mean, "[50.5, 10. ]"),
        (white_row_padded_in_front, "[ 10, 101]"),
        (white_row_rest_dropped, "gives [ 1, 10]"),
        (white_row_neighbours, "[ 11, 100]"),
    ],
    "up-block": [
        (up_block_square, "skip of 6 by 9"),
        (up_block_no_relu, "negative numbers"),
        (up_block_skip_enlarged, "should be as large"),
        (up_block_joined_last, "Join first, convolve last"),
        (up_block_without_skip, "does not depend on skip"),
    ],
}
