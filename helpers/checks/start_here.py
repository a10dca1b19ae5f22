"""Judges of the start page."""

import numpy as np

from helpers.exercises import Hint, call, exercise


@exercise("count-pixels", "This is how an exercise works: on to the next one.")
def judge_pixels(answer):
    """The number of pixels of a grey image of 28 rows and 28 columns."""
    if isinstance(answer, (str, bytes)):
        return "This is a text. Leave out the quotation marks, so that it is a number."
    if np.ndim(answer):
        return "One number is asked for: how many pixels are there altogether?"
    number = float(answer)
    if number == 28 * 28:
        return None
    if number == 28 + 28:
        return "This adds rows and columns. Every one of the 28 rows has 28 pixels: multiply."
    if number == 28 * 28 * 3:
        return "An image in colour has three numbers per pixel, but this one is grey."
    return "Count the pixels of one row first. How many rows are there?"


@exercise("scale-pixels", "You will scale images like this in nearly every lesson.")
def judge_scale(answer):
    """A function that scales grey values from 0..255 to 0..1."""
    rng = np.random.default_rng(1)
    ramp = np.arange(256).reshape(16, 16)
    dim = rng.integers(20, 120, (4, 6))
    for image in (ramp, dim, dim.astype("uint8")):
        try:
            scaled = np.asarray(call(answer, image.copy()))
        except Hint as hint:
            if "UFuncTypeError" in str(hint):
                return "`/=` cannot put fractions into an array of whole numbers: use `/`."
            raise
        if scaled.shape != image.shape:
            return f"The image has shape {image.shape}, but what comes back {scaled.shape}."
        scaled = scaled.astype(float)
        if np.allclose(scaled, image / 255, atol=1e-6):
            continue
        if np.array_equal(scaled, image // 255):
            return "Whole-number division cuts off the fraction: use `/` instead of `//`."
        if np.allclose(scaled, image / 256, atol=1e-6):
            return "Nearly: the largest value is 255, and it is to become exactly 1."
        if np.array_equal(scaled, np.round(image / 255)):
            return "Only 0 and 1 come back: do not round."
        if np.array_equal(scaled, image):
            return "The grey values come back as they were. Divide them."
        if image is not ramp and np.isclose(scaled.max(), 1):
            return (
                "You divide by the largest value of each image. A dim image would become a "
                "bright one: divide by 255, whatever the image holds."
            )
        ends = f"{scaled.min():.3g} and {scaled.max():.3g}"
        return f"The values come back between {ends}. Divide them by 255."
    return None


@exercise("add-transposed", "The message named the shapes, and the shapes told the cure.")
def judge_shapes(answer):
    """The sum of an array of shape (3, 2) and one of shape (2, 3) with its axes swapped."""
    if isinstance(answer, (str, bytes)):
        return "This is a text. Leave out the quotation marks, so that Python computes it."
    first, second = np.ones((3, 2)), np.arange(6).reshape(2, 3)
    total = np.asarray(answer, dtype=float)
    if np.array_equal(total, first + second.T):
        return None
    if np.array_equal(total, first.T + second):
        return "You turned the first array. Turn the second one."
    if np.array_equal(total, first + second.reshape(3, 2)):
        return "`reshape` keeps the order of the numbers. Rows should become columns: `T`."
    if total.shape in [(3, 3), (2, 2)]:
        return "This is a matrix product. Add the two arrays with `+`."
    if total.shape == (3, 2):
        return "The shape is right, but not the numbers: add both arrays."
    return f"The sum should have shape (3, 2), but this one has shape {total.shape}."
