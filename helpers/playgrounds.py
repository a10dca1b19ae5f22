"""Sliders beside a picture, for lessons in which a number can be turned."""

import io

import ipywidgets as widgets
import matplotlib.pyplot as plt


class Playground(widgets.VBox):
    """Sliders and a picture; a stored notebook shows a sentence in their place."""

    def __repr__(self):
        return "Sliders and a picture, once this cell is run in JupyterLab."


def augmentation_playground(photo):
    """Sliders that set what an ImageDataGenerator would draw for a photo.

    Args:
        photo: array of shape (height, width, 3) with values from 0 to 255.

    Returns:
        The sliders and the moved photo, which Jupyter shows.
    """
    from PIL import Image
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    limits = {"theta": 180, "shear": 60, "tx": 48, "ty": 48}
    controls = {name: widgets.FloatSlider(0, min=-n, max=n) for name, n in limits.items()}
    for name in ("zx", "zy", "brightness"):
        controls[name] = widgets.FloatSlider(1, min=0.2, max=2, step=0.05)
    controls["flip_horizontal"] = widgets.Checkbox()
    screen = widgets.Image(width=288)

    def redraw(change=None):
        numbers = {name: control.value for name, control in controls.items()}
        values = ImageDataGenerator().apply_transform(photo, numbers)
        file = io.BytesIO()
        Image.fromarray(values.clip(0, 255).astype("uint8")).save(file, "png")
        screen.value = file.getvalue()

    for name, control in controls.items():
        control.description = name
        control.observe(redraw, names="value")
    redraw()
    return Playground([widgets.HBox([widgets.VBox([*controls.values()]), screen])])


def figure_playground(draw, name, value, least, most, step):
    """A slider that sets one number of a drawing.

    Args:
        draw: function of (axes, number) that draws.
        name: what stands beside the slider.
        value: the number at the beginning; least, most, step: those of the slider.

    Returns:
        The slider and the drawing, which is made anew when the slider is let go.
    """
    slider = widgets.FloatSlider(
        value, min=least, max=most, step=step, description=name, continuous_update=False
    )
    screen = widgets.Image(width=400)

    def redraw(change=None):
        figure, axes = plt.subplots(figsize=(4.5, 4))
        draw(axes, slider.value)
        file = io.BytesIO()
        figure.savefig(file, format="png")
        plt.close(figure)  # or Jupyter would show it a second time
        screen.value = file.getvalue()

    slider.observe(redraw, names="value")
    redraw()
    return Playground([slider, screen])
