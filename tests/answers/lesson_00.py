"""Answers to the exercises of lesson 00."""

import numpy as np

ONES = np.ones((3, 2)), np.ones((2, 3))

RIGHT = {
    "00-pixels": [784, 28 * 28, np.zeros((28, 28)).size],
    "00-scale": [
        lambda image: image / 255,
        lambda image: np.asarray(image, "float32") * (1 / 255),
        lambda image: np.interp(image, [0, 255], [0, 1]),
    ],
    "00-shapes": [ONES[0] + ONES[1].T, np.add(ONES[0], np.swapaxes(ONES[1], 0, 1))],
}

WRONG = {
    "00-pixels": [
        (28 + 28, "multiply"),
        (28 * 28 * 3, "grey"),
        (28, "Count the pixels of one row"),
        ("784", "quotation marks"),
        ((28, 28), "One number"),
    ],
    "00-scale": [
        (lambda image: image // 255, "`//`"),
        (lambda image: image / 256, "exactly 1"),
        (lambda image: image / image.max(), "whatever the image holds"),
        (lambda image: image, "Divide them"),
        (lambda image: image.max() / 255, "has shape (16, 16)"),
        (lambda image: image * 255, "between 0 and"),
    ],
    "00-shapes": [
        (ONES[0].T + ONES[1], "Swap those of the second"),
        (ONES[0] @ ONES[1], "matrix product"),
        (ONES[0], "1 + 1"),
        (np.concatenate([ONES[0], ONES[1].T]), "shape (6, 2)"),
    ],
}
