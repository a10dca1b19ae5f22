"""Answers to the exercises of the start page."""

import numpy as np

FIRST, SECOND = np.ones((3, 2)), np.arange(6).reshape(2, 3)

RIGHT = {
    "count-pixels": [784, 28 * 28, np.zeros((28, 28)).size],
    "scale-pixels": [
        lambda image: image / 255,
        lambda image: np.asarray(image, "float32") * (1 / 255),
        lambda image: np.interp(image, [0, 255], [0, 1]),
    ],
    "add-transposed": [FIRST + SECOND.T, np.add(np.swapaxes(SECOND, 0, 1), 1).tolist()],
}

WRONG = {
    "count-pixels": [
        (28 + 28, "multiply"),
        (28 * 28 * 3, "grey"),
        (28, "Count the pixels of one row"),
        ("784", "quotation marks"),
        ((28, 28), "One number"),
    ],
    "scale-pixels": [
        (lambda image: image // 255, "`//`"),
        (lambda image: image / 256, "exactly 1"),
        (lambda image: image / image.max(), "whatever the image holds"),
        (lambda image: image, "Divide them"),
        (lambda image: image.max() / 255, "has shape (16, 16)"),
        (lambda image: image * 255, "between 0 and"),
        (lambda image: np.round(image / 255), "do not round"),
        (lambda image: np.divide(image, 255, out=image), "`/=`"),
        (lambda image: image / ..., "still a `...`"),
        (lambda image: str(image / 255), "text"),
    ],
    "add-transposed": [
        (FIRST.T + SECOND, "Turn the second one"),
        (FIRST + SECOND.reshape(3, 2), "`reshape` keeps"),
        (FIRST @ SECOND, "matrix product"),
        (FIRST, "not the numbers"),
        (np.concatenate([FIRST, SECOND.T]), "shape (6, 2)"),
        ("np.ones((3, 2))", "quotation marks"),
    ],
}
