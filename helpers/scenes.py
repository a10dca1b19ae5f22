"""Scenes to train a segmenting network on: digits on textures, with their masks."""

import numpy as np
from scipy.ndimage import gaussian_filter

PATCH = 28  # pixels, the side of a digit


def digit_scenes(digits, count, rng, size=40):
    """Digits on noisy textures.

    One or two of the digits lie on a texture of noise on three scales, each somewhere and of
    some brightness from 0.6 to 1. Where two overlap, the later one lies on top.

    Args:
        digits: images of shape (n, 28, 28), 0 to 255.
        count: number of scenes.
        rng: NumPy's random generator.
        size: height and width of a scene, in pixels, at least 28.

    Returns:
        Pictures, from 0 to 1, and masks, 1 for ink and 0 for texture, both of shape
        (count, size, size, 1) and type float32.
    """
    pictures = np.zeros((count, size, size), "float32")
    masks = np.zeros_like(pictures)
    for picture, mask in zip(pictures, masks, strict=True):
        picture[:] = texture(rng, size)
        for digit in digits[rng.integers(len(digits), size=rng.integers(1, 3))] / 255:
            top, left = rng.integers(0, size - PATCH + 1, 2)
            window = np.s_[top : top + PATCH, left : left + PATCH]
            ink = rng.uniform(0.6, 1) * digit
            picture[window] = picture[window] * (1 - digit) + ink
            mask[window] = np.maximum(mask[window], digit > 0.5)
    return pictures[..., None], masks[..., None]


def texture(rng, size):
    """Noise on three scales, (size, size), from 0 to 0.85."""
    pattern = np.zeros((size, size))
    for scale in (1, 3, 8):
        noise = gaussian_filter(rng.normal(size=(size, size)), scale)
        pattern += noise / noise.std() * rng.uniform(0.2, 1)
    return 0.85 * (pattern - pattern.min()) / np.ptp(pattern)
