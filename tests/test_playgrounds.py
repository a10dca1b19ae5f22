"""What is drawn changes when a slider is moved."""

import numpy as np
import pytest

from helpers.playgrounds import augmentation_playground, figure_playground


def parts(widget, kind):
    """The widgets of a kind within a widget, by name of class."""
    inner = [found for child in getattr(widget, "children", ()) for found in parts(child, kind)]
    return [widget, *inner] if type(widget).__name__ == kind else inner


def test_figure_is_drawn_anew_with_the_slider():
    drawn = []
    playground = figure_playground(
        lambda axes, rate: drawn.append(axes.plot([0, rate]) and rate), "rate", 0.2, 0, 1, 0.1
    )
    (slider,), (screen,) = parts(playground, "FloatSlider"), parts(playground, "Image")
    before = screen.value
    slider.value = 0.7
    assert drawn == [0.2, 0.7]
    assert bytes(before).startswith(b"\x89PNG") and screen.value != before
    assert repr(playground).startswith("Sliders and a picture")


@pytest.mark.parametrize("name", ["theta", "shear", "tx", "ty", "zx", "zy", "brightness"])
def test_each_slider_moves_the_photo(name):
    photo = np.random.default_rng(1).uniform(0, 255, (24, 24, 3)).astype("float32")
    playground = augmentation_playground(photo)
    (screen,) = parts(playground, "Image")
    before = screen.value
    sliders = {slider.description: slider for slider in parts(playground, "FloatSlider")}
    sliders[name].value += 0.4 if name in ("zx", "zy", "brightness") else 9
    assert screen.value != before
