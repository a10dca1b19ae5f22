"""Judges of the start page."""

import numpy as np

from helpers.tables import table_exercise, value_exercise

value_exercise(
    "count-pixels",
    "This is how an exercise works: on to the next one.",
    reference=28 * 28,
    mistakes=[
        (28 + 28, "This adds rows and columns. Each of the 28 rows has 28 pixels: multiply."),
        (28 * 28 * 3, "Three numbers per pixel are for colours, but this image is grey."),
        (28, "These are the pixels of one row. There are 28 rows."),
        (27 * 27, "Python may count from 0, but the rows are 28 all the same, not 27."),
        (255, "255 is the largest grey value. Count pixels: rows times columns."),
    ],
)


def grey_images():
    """A ramp of all grey values, dim images of two types, a large one, and one nearly black."""
    ramp = np.arange(256).reshape(16, 16)
    dim = np.random.default_rng(1).integers(20, 120, (4, 6))
    large = np.random.default_rng(2).integers(0, 256, (40, 30)).astype("uint8")
    black = np.array([[0, 1, 0]], "uint8")
    return [(ramp,), (dim,), (dim.astype("uint8"),), (large,), (black,)]


def divide_in_place(image):
    image /= 255  # NumPy cannot put fractions into an array of whole numbers
    return image


table_exercise(
    "scale-pixels",
    "You will scale images like this in nearly every lesson.",
    reference=lambda image: image / 255,
    inputs=grey_images,
    mistakes=[
        (divide_in_place, "`/=` cannot put fractions into whole numbers: use `/`."),
        (
            lambda image: image // 255,
            "The fractions are cut off: use `/`, and put the result into no array of whole "
            "numbers.",
        ),
        (
            lambda image: image if image.max() <= 1 else image / 255,
            "An image may be nearly black: with 0 and 1 alone it is divided by 255, too.",
        ),
        (lambda image: image / 256, "Nearly: the largest value, 255, is to become 1."),
        (lambda image: np.round(image / 255), "Only 0 and 1 come back: do not round."),
        (lambda image: np.round(image / 255, 1), "Do not round."),
        (lambda image: np.round(image / 255, 2), "Do not round."),
        (lambda image: image, "The grey values come back as they were. Divide them."),
        (lambda image: image / 127.5 - 1, "This scales to -1 to 1. From 0 to 1 is asked for."),
        (lambda image: 255 / image, "This divides 255 by the image: turn it round."),
        (lambda image: image * 255, "This multiplies. Divide instead."),
        (lambda image: 1 - image / 255, "Black and white have changed places: 0 stays 0."),
        (lambda image: image / 28, "255 is to become 1, whatever the size: divide by 255."),
        (lambda image: image / 100, "255 is to become 1: divide by 255."),
        (
            lambda image: image / image.max(),
            "You divide by the largest value of each image. A dim image would become a bright "
            "one: divide by 255, whatever the image holds.",
        ),
        (
            lambda image: (image - image.min()) / (image.max() - image.min()),
            "You stretch each image from its darkest to its brightest value. Divide by 255, "
            "whatever the image holds.",
        ),
    ],
)

FIRST, SECOND = np.ones((3, 2)), np.arange(6).reshape(2, 3)

value_exercise(
    "add-transposed",
    "The message named the shapes, and the shapes told the cure.",
    reference=FIRST + SECOND.T,
    mistakes=[
        (
            FIRST.T + SECOND,
            "This sum lies on its side, in shape (2, 3). Turn the second array, and only that.",
        ),
        (FIRST + SECOND.reshape(3, 2), "`reshape` keeps the order of the numbers: use `.T`."),
        (FIRST + np.rot90(SECOND), "`rot90` turns the array by a quarter turn: use `.T`."),
        (FIRST + np.rot90(SECOND, -1), "`rot90` turns by a quarter turn: use `.T`."),
        (FIRST @ SECOND, "`@` is a matrix product. Add the two arrays with `+`."),
        (SECOND @ FIRST, "`@` is a matrix product. Add the two arrays with `+`."),
        (
            SECOND.T,
            "These are the numbers of the second array alone, on its side. "
            "Add the first with `+`.",
        ),
        (FIRST - SECOND.T, "This subtracts. Add the two arrays with `+`."),
    ],
)
