"""Answers to the exercises of the start page."""

from fractions import Fraction

import numpy as np


def in_place(image):
    image /= 255
    return image


def in_place_on_floats(image):
    scaled = image.astype("float32")
    scaled /= 255
    return scaled


def by_keras(image):
    import keras

    return keras.layers.Rescaling(1 / 255)(image)


def pixel_by_pixel(image):
    return [[pixel / 255 for pixel in row] for row in image.tolist()]


def stretch(image):
    return (image - image.min()) / np.ptp(image)


FIRST, SECOND = np.ones((3, 2)), np.arange(6).reshape(2, 3)

RIGHT = {
    "count-pixels": [784, 784.0, Fraction(784), 28**2, np.zeros((28, 28)).size, np.int64(784)],
    "scale-pixels": [
        lambda image: image / 255,
        lambda image: image * (1 / 255),
        lambda image: (image / 255).astype("float16"),
        lambda image: image.astype("float32") / 255.0,
        in_place_on_floats,
        by_keras,
        pixel_by_pixel,
    ],
    "add-transposed": [
        FIRST + SECOND.T,
        (FIRST + SECOND.T).tolist(),
        np.swapaxes(SECOND, 0, 1) + 1,
        (FIRST.T + SECOND).T,
        np.array([[1, 4], [2, 5], [3, 6]]),
    ],
}

WRONG = {
    "count-pixels": [
        (56, "multiply"),
        (2352, "grey"),
        (28, "one row"),
        (729, "not 27"),
        (783, "This is 783"),
        ("784", "quotation marks"),
        ((28, 28), "shape (2,)"),
        (-784, "This is -784"),
        (1j, "of type complex"),
    ],
    "scale-pixels": [
        (lambda image: image / 256, "255, is to become 1"),
        (lambda image: image // 255, "cut off"),
        (lambda image: (image / 255).astype(int), "cut off"),
        (lambda image: image if image.max() <= 1 else image / 255, "nearly black"),
        (lambda image: image[:28, :28] / 255, "shape (28, 28)"),
        (lambda image: image / image.max(), "largest value of each image"),
        (lambda image: np.round(image / 255), "do not round"),
        (lambda image: np.round(image / 255, 2), "Do not round"),
        (lambda image: image, "as they were"),
        (in_place, "whole numbers"),
        (stretch, "stretch each image"),
        (lambda image: image / 127.5 - 1, "-1 to 1"),
        (lambda image: image / 128, "differs most at"),
        (lambda image: image[0] / 255, "has shape (16,)"),
        (lambda image: (image / 255).max(), "has shape ()"),
        (lambda image: np.clip(image, 0, 1), "differs most"),
        (lambda image: int(image) / 255, "stops with TypeError"),
        (lambda image: print(image / 255), "returns nothing"),
        (lambda: 1, "stops with TypeError"),
        (np.ones(3), "function was expected"),
    ],
    "add-transposed": [
        ((FIRST + SECOND.T).T, "lies on its side"),
        (FIRST.T + SECOND, "only that"),
        (FIRST + SECOND.reshape(3, 2), "keeps the order"),
        (FIRST + np.rot90(SECOND), "quarter turn"),
        (FIRST @ SECOND, "matrix product"),
        (SECOND.T, "second array alone"),
        (FIRST * SECOND.T, "Add the first"),
        (FIRST, "not yet right"),
        (np.zeros((3, 2)), "not yet right"),
        (np.zeros((6,)), "shape (6,)"),
        ("FIRST + SECOND.T", "quotation marks"),
    ],
}
