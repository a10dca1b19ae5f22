"""Pictures of models, with Graphviz's `dot` from the system or from pygraphviz's wheel."""

import atexit
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from helpers.errors import CourseError

NO_DOT = (
    "No picture: Graphviz is missing. `pip install pygraphviz` brings it along, and so do "
    "your system's packages or `conda install graphviz`. The lesson goes on without it."
)


def ensure_dot():
    """Put a `dot` program on this process's PATH where none is found.

    A `dot` of the system is left in charge. Otherwise the course's own program, which uses
    the libraries in pygraphviz's wheel, is copied under that name to a temporary folder.

    Returns:
        Path of the `dot` program, or None if there is no Graphviz at all.
    """
    if found := shutil.which("dot"):
        return found
    ending = ".exe" if sys.platform == "win32" else ""
    program = Path(sysconfig.get_path("scripts")) / f"keras-course-dot{ending}"
    try:
        import pygraphviz  # noqa: F401
    except ImportError:
        return None
    if not program.exists():
        return None
    folder = tempfile.mkdtemp(prefix="keras-course-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Path(shutil.copy(program, Path(folder) / f"dot{ending}"))
    os.environ["PATH"] = os.pathsep.join([folder, os.environ.get("PATH", "")])
    return str(copy)


def model_picture(model, **options):
    """Draw a model as an inline SVG, layer by layer.

    Args:
        model: a built Keras model.
        **options: passed on to `keras.utils.model_to_dot`, such as `show_shapes=True`.

    Returns:
        The picture, which a notebook shows. Without Graphviz: None, and a printed sentence.

    Raises:
        CourseError: not a Keras model, or one that is not built yet.
    """
    import graphviz
    import keras

    if not isinstance(model, keras.Model):
        raise CourseError(f"model_picture draws a Keras model, not a {type(model).__name__}.")
    if not model.built:
        raise CourseError("This model has no shapes yet: call it on data, then draw it.")
    if ensure_dot() is None:
        print(NO_DOT)
        return None
    options = {"show_shapes": True, "show_layer_names": True, "dpi": None} | options
    return graphviz.Source(keras.utils.model_to_dot(model, **options).to_string())
