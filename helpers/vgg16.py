"""VGG16 with the weights that it learned on ImageNet, without a network."""

import os
from pathlib import Path

import numpy as np

from helpers.data import DATA, content_hash, read_checked
from helpers.errors import CourseError

FILE = "vgg16_notop_float16.npz"
KERAS_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
FLOAT32_HASH = "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"
BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


def shapes():
    """A dict from the name of each kernel and bias to its shape, in the order of Keras."""
    known, channels = {}, 3
    for block, widths in enumerate(BLOCKS, start=1):
        for number, filters in enumerate(widths, start=1):
            known[f"block{block}_conv{number}_kernel"] = (3, 3, channels, filters)
            known[f"block{block}_conv{number}_bias"] = (filters,)
            channels = filters
    return known


def load_vgg16(input_shape=(None, None, 3), cached=None, folder=None):
    """Make `keras.applications.VGG16` without its top, filled with the ImageNet weights.

    The weights come from Keras's own file, if it is in Keras's cache already, and else from
    the course's file, in which they are rounded to float16. One printed sentence says which.
    The network is never asked. Inputs want `keras.applications.vgg16.preprocess_input`.

    Args:
        input_shape: (height, width, 3) of the photos, 32 or more; None means any.
        cached: path of Keras's own file; where Keras keeps it if left out, and False to use
            the course's file in any case.
        folder: the folder of the course's file and its README.md; `data` if left out.

    Returns:
        A Keras model of 14,714,688 parameters in float32, all of them trainable.

    Raises:
        CourseError: the photos are not in colour; or the weights must come from the course's
            file, and it is missing, damaged or altered.
    """
    import keras

    if len(input_shape) != 3 or input_shape[-1] != 3:
        raise CourseError(
            f"VGG16 looks at photos of red, green and blue: the input_shape should be "
            f"(height, width, 3), not {tuple(input_shape)}."
        )
    path = keras_file() if cached is None else cached
    weights = None
    if path and Path(path).exists():
        weights = read_keras_file(path)
        if weights is None:
            print(
                f"{path} is damaged or not Keras's original file: delete it, so that Keras "
                f"can fetch it again; here the course's file takes its place."
            )
        else:
            print("VGG16 is filled from Keras's own file in its cache, in float32.")
    if weights is None:
        folder = DATA if folder is None else folder
        weights = read_checked(folder, FILE, shapes(), np.float16).values()
        print(f"VGG16 is filled from the course's file {FILE}, rounded to float16.")
    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=input_shape)
    for variable, array in zip(model.weights, weights, strict=True):
        variable.assign(array)
    return model


def keras_file():
    """Path where Keras keeps its own file of these weights once it has fetched it."""
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    return home / "models" / KERAS_FILE


def read_keras_file(path):
    """Read Keras's own file.

    Args:
        path: the file, in HDF5 format.

    Returns:
        A list of float32 arrays in the order of `shapes`; None if they are not the original
        ones.
    """
    import h5py

    weights = []
    try:
        with h5py.File(path) as file:
            for name in shapes():
                layer, part = name.rsplit("_", 1)
                kernel, bias = file[layer].attrs["weight_names"]
                stored = file[layer][kernel if part == "kernel" else bias]
                weights.append(np.asarray(stored))
    except Exception:  # damaged bytes fail in many ways
        return None
    return weights if content_hash(*weights) == FLOAT32_HASH else None
