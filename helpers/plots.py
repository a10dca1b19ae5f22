"""Figures in the course's one style."""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure

from helpers.errors import CourseError

# Okabe and Ito's colours, which colour-blind readers can tell apart.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#666666"
# The same hues, dark enough for words on white (a contrast of 4.5:1 or more).
TEXT_ORANGE, TEXT_GREEN, TEXT_RED = "#8A5F00", "#00724F", "#B04A00"
JPEG_QUALITY = 85


class PhotoFigure(Figure):
    """A figure with photos in it: a notebook stores it as JPEG, far smaller than as PNG.

    Use: `plt.subplots(2, 5, FigureClass=PhotoFigure)`
    """


def jpeg(figure):
    """The bytes of a figure as JPEG."""
    options = {"quality": JPEG_QUALITY, "optimize": True}
    return print_figure(figure, fmt="jpeg", base64=True, pil_kwargs=options)


def store_photos_as_jpeg():
    """Have Jupyter show a PhotoFigure as JPEG, and not as PNG."""
    if shell := get_ipython():
        formatters = shell.display_formatter.formatters
        formatters["image/png"].for_type(PhotoFigure, lambda figure: None)
        formatters["image/jpeg"].for_type(PhotoFigure, jpeg)


def use_style():
    """Set the course's look: light background in every theme, readable sizes."""
    store_photos_as_jpeg()
    plt.rcdefaults()
    plt.rcParams.update(
        {
            "axes.prop_cycle": plt.cycler(
                color=[BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW, GREY]
            ),
            "axes.grid": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": 12,
            "figure.constrained_layout.use": True,
            "figure.dpi": 96,
            "figure.facecolor": "white",
            "figure.figsize": (7, 4),
            "font.size": 11,
            "grid.alpha": 0.3,
            "image.cmap": "gray",
            "legend.frameon": False,
            "lines.linewidth": 2,
        }
    )


def image_grid(images, titles=(), columns=10, size=1.1, title_colors=(), **imshow):
    """Show images side by side, row after row.

    Args:
        images: array or list of images, each (height, width) or (height, width, 3).
        titles: a title for each image, or none at all.
        columns: images in a row.
        size: width and height of one image, in inches.
        title_colors: a colour for each title, or none at all.
        **imshow: passed on to `Axes.imshow`, such as `vmin` and `vmax`.

    Returns:
        The figure.

    Raises:
        CourseError: no image, or one that is not an image.
    """
    if not np.iterable(images) or len(images) == 0:
        raise CourseError("image_grid needs a list of images with at least one image in it.")
    images = [np.squeeze(image) for image in images]
    for image in images:
        if image.ndim != 2 and image.shape[2:] not in [(3,), (4,)]:
            raise CourseError(
                f"An image has shape (height, width) or (height, width, 3), "
                f"but one here has shape {image.shape}."
            )
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height = size + (0.3 if len(titles) else 0)
    in_colour = any(image.ndim == 3 for image in images)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(columns * size, rows * height),
        squeeze=False,
        FigureClass=PhotoFigure if in_colour else Figure,
    )
    for axes in grid.flat:
        axes.axis("off")
    titles = [*titles, *[""] * (len(images) - len(titles))]
    colors = cycle(title_colors if len(title_colors) else ["black"])
    for axes, image, title, color in zip(grid.flat, images, titles, colors, strict=False):
        axes.imshow(image, **imshow)
        axes.set_title(title, fontsize=10, color=color)
    return figure


def image_rows(rows, columns=(), size=1.0):
    """Show rows of photos, each with its name above its first photo.

    Args:
        rows: dict of names and lists of images, each (height, width), (height, width, 1) or
            (height, width, 3), with values from 0 to 255. What lies outside is cut off.
        columns: a name for each column, above the first row; the rows' names then stand at
            the left.
        size: width and height of one image, in inches.

    Returns:
        The figure.

    Raises:
        CourseError: no row, or a row without an image.
    """
    if not rows or not all(len(images) for images in rows.values()):
        raise CourseError("image_rows needs rows with at least one image in each.")
    width = max(len(images) for images in rows.values())
    figure, grid = plt.subplots(
        len(rows),
        width,
        figsize=(width * size, len(rows) * (size + (0.08 if len(columns) else 0.3))),
        squeeze=False,
        FigureClass=PhotoFigure,
        layout="none",  # a long name would push the second column to the right
    )
    figure.subplots_adjust(
        left=0,
        right=1,
        bottom=0,
        top=1,
        wspace=0.08 / size,
        hspace=(0.08 if len(columns) else 0.3) / size,
    )
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        for axes in line:
            axes.axis("off")
        if len(columns):
            place = {"transform": line[0].transAxes, "rotation": 90, "fontsize": 10}
            line[0].text(-0.05, 0.5, name, ha="right", va="center", **place)
        else:
            line[0].set_title(name, loc="left", fontsize=10)
        for axes, image in zip(line, images, strict=False):
            values = np.clip(np.squeeze(np.asarray(image, float)), 0, 255)
            axes.imshow(values.astype("uint8"), vmin=0, vmax=255)
    for axes, name in zip(grid[0], columns, strict=False):
        axes.set_title(name, fontsize=10)
    return figure


def draw_numbers(axes, array, title="", darkest=None, size=None, frame=None):
    """Draw a small array as coloured squares with their numbers in them.

    Args:
        axes: where to draw.
        array: numbers, shape (rows, columns).
        title: the title.
        darkest: the number that gets the darkest blue; twice the largest if left out.
        size: room for (rows, columns), where it is to be more than the array has.
        frame: (row, column, side) of a square to frame in red.
    """
    array = np.asarray(array)
    axes.imshow(array, cmap="Blues", vmin=0, vmax=darkest or 2 * max(1, array.max()))
    rows, columns = size or array.shape
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    for (row, column), number in np.ndenumerate(array):
        axes.text(column, row, f"{number:g}", ha="center", va="center", fontsize=10)
    if frame:
        row, column, side = frame
        corner = (column - 0.5, row - 0.5)
        axes.add_patch(
            plt.Rectangle(corner, side, side, fill=False, color=RED, lw=3, clip_on=False)
        )
    axes.set_title(title, fontsize=10)
    axes.axis("off")


def plot_history(history, metrics=("loss",), size=(5, 3.5)):
    """Draw training and validation curves, one panel for each metric.

    Args:
        history: what `fit` returned, or its `history` dict of lists.
        metrics: names as they stand in the history, without `val_`.
        size: width and height of one panel, in inches.

    Returns:
        The figure.

    Raises:
        CourseError: a metric that the history does not hold.
    """
    values = getattr(history, "history", history)
    if not isinstance(values, dict):
        raise CourseError("plot_history draws what `fit` returned, or its history dict.")
    for name in metrics:
        if name not in values:
            raise CourseError(f"The history has no {name!r}. It holds: {', '.join(values)}.")
    figure, panels = plt.subplots(
        1, len(metrics), figsize=(size[0] * len(metrics), size[1]), squeeze=False
    )
    for axes, name in zip(panels.flat, metrics, strict=True):
        epochs = range(1, len(values[name]) + 1)
        axes.plot(epochs, values[name], "o-", color=BLUE, label="training")
        if f"val_{name}" in values:
            axes.plot(epochs, values[f"val_{name}"], "s--", color=ORANGE, label="validation")
            axes.legend()
        axes.set(xlabel="epoch", ylabel=name, title=name)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def plot_confusion(true, predicted, names=None):
    """Draw a confusion matrix: one row per true class, one column per answer.

    Args:
        true: true class numbers, shape (n,).
        predicted: predicted class numbers, shape (n,).
        names: a name for each class; the class numbers if left out.

    Returns:
        The figure.

    Raises:
        CourseError: the two do not belong together, or are not class numbers.
    """
    true, predicted = np.asarray(true), np.asarray(predicted)
    if true.shape != predicted.shape or true.ndim != 1:
        raise CourseError(
            f"plot_confusion needs two lists of class numbers of one length, but got the "
            f"shapes {true.shape} and {predicted.shape}. Did you forget argmax(axis=1)?"
        )
    if not true.size or true.dtype.kind not in "iu" or predicted.dtype.kind not in "iu":
        raise CourseError(
            "plot_confusion needs class numbers, which are integers. "
            "Take argmax(axis=1) of probabilities."
        )
    classes = max(true.max(), predicted.max()) + 1 if names is None else len(names)
    if min(true.min(), predicted.min()) < 0 or max(true.max(), predicted.max()) >= classes:
        raise CourseError(f"A class number is outside 0 to {classes - 1}.")
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (true, predicted), 1)
    names = range(classes) if names is None else names
    figure, axes = plt.subplots(figsize=(1.5 + 0.5 * classes, 1 + 0.45 * classes))
    # Only the mistakes are coloured, since the diagonal would drown them.
    mistakes = np.where(np.eye(classes, dtype=bool), 0, counts)
    axes.imshow(mistakes, cmap="Oranges", vmax=max(2 * mistakes.max(), 1))
    for (row, column), count in np.ndenumerate(counts):
        weight = "bold" if row == column else "normal"
        if count:
            axes.text(column, row, count, ha="center", va="center", fontsize=9, weight=weight)
    axes.set_xticks(range(classes), names)
    axes.set_yticks(range(classes), names)
    axes.set(xlabel="predicted", ylabel="true")
    axes.grid(False)
    return figure
