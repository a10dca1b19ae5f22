"""Scenes hold what they promise: digits on textures, and masks that fit them."""

import numpy as np

from helpers.scenes import digit_scenes

SQUARE = np.zeros((1, 28, 28), "uint8")
SQUARE[0, 10:15, 10:15] = 255


def test_scenes_have_pictures_and_masks():
    pictures, masks = digit_scenes(SQUARE, 20, np.random.default_rng(1), size=36)
    assert pictures.shape == masks.shape == (20, 36, 36, 1)
    assert pictures.dtype == masks.dtype == np.float32
    assert pictures.min() >= 0 and pictures.max() <= 1
    assert set(np.unique(masks)) == {0, 1}
    ink = masks.sum(axis=(1, 2, 3))
    assert ((ink >= 25) & (ink <= 50)).all()
    assert (pictures[masks == 1] >= 0.6).all()
    assert (pictures[masks == 0] <= 0.85).all()


def test_scenes_repeat_and_differ():
    first, _ = digit_scenes(SQUARE, 3, np.random.default_rng(2))
    again, _ = digit_scenes(SQUARE, 3, np.random.default_rng(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], first[1])


def test_digits_fit_in_exactly():
    pictures, masks = digit_scenes(SQUARE, 2, np.random.default_rng(3), size=28)
    assert masks[:, 10:15, 10:15].all() and masks.sum() == 50
