"""Is this computer ready for the course? Each line names what is wrong and what to do."""

import importlib.metadata
import os
import shutil
import sys
import tempfile

from helpers.data import load_mnist, load_own_digits
from helpers.errors import CourseError, first_sentences
from helpers.pictures import NO_DOT, ensure_dot
from helpers.quiet import quiet_import

OLDEST = {
    "tensorflow": (2, 21),
    "keras": (3, 15),
    "matplotlib": (3, 10),
    "jupyterlab": (4, 6),
}
FREE_DISK = 1  # GB
MEMORY = 3  # GB


def check_python():
    """Python is one of those that TensorFlow's wheels are made for."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        version = ".".join(map(str, sys.version_info[:2]))
        return f"this kernel runs Python {version}: make the environment with 3.11 to 3.13"


def check_packages():
    """The packages are there and new enough."""
    for name, oldest in OLDEST.items():
        wanted = ".".join(map(str, oldest))
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return (
                f"{name} is missing from this kernel's Python ({sys.prefix}): close JupyterLab "
                f"and start it with `make lab`"
            )
        if tuple(int(part) for part in version.split(".")[:2]) < oldest:
            return f"{name} is {version}, the course needs {wanted} or newer: run `make lab`"


def check_backend():
    """Keras can be imported and computes with TensorFlow, which the lessons are written for."""
    cure = "remove KERAS_BACKEND from the environment and the file ~/.keras/keras.json"
    try:
        with quiet_import():
            import keras
            import tensorflow  # noqa: F401
    except Exception as error:
        reason = first_sentences(error, 1)
        return f"they cannot be imported ({reason}): {cure}, or run `make lab` again"
    if keras.backend.backend() != "tensorflow":
        return f"Keras computes with {keras.backend.backend()}: {cure}"
    if keras.config.image_data_format() != "channels_last":
        return f"Keras puts colours first: {cure}"


def check_data():
    """The files in data/ are whole."""
    try:
        load_mnist()
        load_own_digits()
    except CourseError as error:
        return str(error)


def check_pictures():
    """Graphviz is there for pictures of models."""
    return None if ensure_dot() else NO_DOT


def check_room():
    """There is memory, disk space and a folder to write to."""
    try:
        with tempfile.NamedTemporaryFile():
            free = shutil.disk_usage(tempfile.gettempdir()).free / 1e9
    except OSError as error:
        return f"no temporary file can be written ({error.strerror}): set TMPDIR to a folder"
    if free < FREE_DISK:
        return f"only {free:.1f} GB of disk are free, lessons write up to {FREE_DISK} GB"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
        if memory < MEMORY:
            return f"this computer has {memory:.1f} GB of memory, lessons need about 1.5 GB"


CHECKS = {
    "Python": check_python,
    "packages": check_packages,
    "Keras on TensorFlow": check_backend,
    "data": check_data,
    "pictures of models": check_pictures,
    "room to work": check_room,
}


def check_environment():
    """Print one line for each part of the environment.

    Returns:
        True if everything is ready.
    """
    problems = {part: check() for part, check in CHECKS.items()}
    for part, problem in problems.items():
        print(f"{'✗' if problem else '✓'} {part:20}", problem or "ready")
    return not any(problems.values())


def describe_machine():
    """One line that says what this is: versions, processor cores, graphics cards."""
    import keras
    import tensorflow as tf

    python = ".".join(map(str, sys.version_info[:3]))
    gpus = len(tf.config.list_physical_devices("GPU")) or "no"
    versions = f"Python {python}, TensorFlow {tf.__version__}, Keras {keras.__version__}"
    return f"{versions}, {os.cpu_count()} cores, {gpus} GPU"
