"""Figures hold what they were given, and refuse what cannot be drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers import CourseError, plots
from helpers.data import DATA
from helpers.plots import image_grid, plot_confusion, plot_history, use_style

HISTORY = {"loss": [3, 2, 1], "val_loss": [3, 2.5, 2.6], "accuracy": [0.1, 0.5, 0.9]}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_style_is_light_in_every_theme():
    plt.style.use("dark_background")
    use_style()
    assert plt.rcParams["figure.facecolor"] == "white"
    assert plt.rcParams["axes.facecolor"] == "white"


@pytest.mark.parametrize("shape", [(7, 5, 5), (7, 5, 5, 1), (7, 5, 5, 3)])
def test_grid_shows_every_image(shape):
    images = np.random.default_rng(0).random(shape)
    figure = image_grid(images, titles=range(7), columns=3, title_colors=["green", "red"])
    shown = [axes for axes in figure.axes if axes.images]
    assert len(shown) == 7
    assert len(figure.axes) == 9
    assert [axes.get_title() for axes in shown] == list("0123456")
    assert shown[1].title.get_color() == "red"
    np.testing.assert_array_equal(shown[3].images[0].get_array(), np.squeeze(images[3]))


@pytest.mark.parametrize("titles", [(), ["one"]])
def test_grid_with_fewer_titles(titles):
    image_grid(np.zeros((3, 4, 4)), titles)


@pytest.mark.parametrize(
    "images", [[], None, 3, "six", np.zeros((28, 28)), np.zeros((2, 4, 4, 2))]
)
def test_grid_refuses_what_is_no_list_of_images(images):
    with pytest.raises(CourseError, match="image"):
        image_grid(images)


def test_rows_of_different_lengths_have_their_names():
    rows = {"one": [np.full((4, 4, 3), 300.0)], "two": [np.zeros((4, 4, 1)), np.eye(4)]}
    figure = plots.image_rows(rows)
    shown = [[len(axes.images) for axes in line] for line in np.reshape(figure.axes, (2, 2))]
    assert shown == [[1, 0], [1, 1]]
    assert [figure.axes[place].get_title(loc="left") for place in (0, 2)] == ["one", "two"]
    assert figure.axes[0].images[0].get_array().max() == 255


def test_rows_with_named_columns():
    figure = plots.image_rows({"row": np.zeros((2, 4, 4, 3))}, columns=["a", "b"])
    assert [axes.get_title() for axes in figure.axes] == ["a", "b"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["row"]


@pytest.mark.parametrize("rows", [{}, {"nothing": []}])
def test_rows_without_images_are_refused(rows):
    with pytest.raises(CourseError, match="at least one image"):
        plots.image_rows(rows)


def test_history_draws_training_and_validation():
    figure = plot_history(HISTORY, ["loss", "accuracy"])
    loss, accuracy = figure.axes
    assert [list(line.get_ydata()) for line in loss.lines] == [[3, 2, 1], [3, 2.5, 2.6]]
    assert len(accuracy.lines) == 1
    assert list(loss.lines[0].get_xdata()) == [1, 2, 3]


def test_history_of_fit_itself():
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(np.ones(4), np.ones(4), epochs=2, verbose=0)
    assert len(plot_history(history).axes) == 1


@pytest.mark.parametrize("history", [None, 3, [1, 2], "loss"])
def test_history_refuses_other_things(history):
    with pytest.raises(CourseError, match="fit"):
        plot_history(history)


def test_history_names_what_it_holds():
    with pytest.raises(CourseError, match="no 'acc'. It holds: loss, val_loss"):
        plot_history(HISTORY, ["acc"])


def test_confusion_counts():
    figure = plot_confusion([0, 0, 1, 2, 2], [0, 1, 1, 2, 2], names=["a", "b", "c"])
    axes = figure.axes[0]
    numbers = {
        (int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in axes.texts
    }
    assert numbers == {(0, 0): "1", (0, 1): "1", (1, 1): "1", (2, 2): "2"}
    assert axes.get_ylabel() == "true"


@pytest.mark.parametrize(
    ("true", "predicted", "words"),
    [
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], "argmax"),
        ([0, 1], [0, 1, 1], "one length"),
        ([0, 1], [0.0, 1.0], "integers"),
        ([], [], "integers"),
        (["a"], ["b"], "integers"),
        ([0, 1], [0, -1], "0 to 1"),
        ([0, 5], [0, 1], "0 to 1"),
        (None, None, "one length"),
    ],
)
def test_confusion_refuses_what_are_no_classes(true, predicted, words):
    names = ["a", "b"]
    with pytest.raises(CourseError, match=words):
        plot_confusion(true, predicted, names)


def luminance(color):
    """Relative luminance of a colour such as "#0072B2", by WCAG 2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("name", ["TEXT_ORANGE", "TEXT_GREEN", "TEXT_RED", "BLUE", "GREY"])
def test_colours_for_words_can_be_read_on_white(name):
    assert 1.05 / (luminance(getattr(plots, name)) + 0.05) >= 4.5


SHOW = """
import matplotlib.pyplot as plt
import numpy as np
from helpers.plots import PhotoFigure, image_grid, use_style

use_style()
"""


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("image_grid(np.zeros((2, 8, 8, 3)));", {"image/jpeg"}),
        ("image_grid(np.zeros((2, 8, 8)));", {"image/png"}),
        ("plt.subplots(FigureClass=PhotoFigure);", {"image/jpeg"}),
        ("plt.subplots();", {"image/png"}),
    ],
)
def test_photos_are_stored_as_jpeg_and_drawings_as_png(line, kinds):
    notebook = new_notebook(cells=[new_code_cell(SHOW), new_code_cell(line)])
    NotebookClient(notebook, resources={"metadata": {"path": str(DATA.parent)}}).execute()
    (output,) = notebook.cells[1].outputs
    assert set(output.data) - {"text/plain"} == kinds


def test_numbers_stand_in_their_squares():
    figure, axes = plt.subplots()
    plots.draw_numbers(axes, [[1, 2.5], [0, 4]], "four", size=(3, 4), frame=(0, 1, 2))
    assert {text.get_text(): text.get_position() for text in axes.texts} == {
        "1": (0, 0),
        "2.5": (1, 0),
        "0": (0, 1),
        "4": (1, 1),
    }
    assert axes.get_title() == "four" and axes.get_xlim() == (-0.5, 3.5)
    assert axes.patches[0].get_xy() == (0.5, -0.5) and axes.patches[0].get_width() == 2
