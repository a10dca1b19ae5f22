"""SqueezeNet 1.1 with the 1,000 classes that it learned on ImageNet, without a network."""

import hashlib
from pathlib import Path

import numpy as np

from helpers.data import DATA, cure, read_checked, read_hashes
from helpers.errors import CourseError

FILE = "squeezenet_float16.npz"
NAMES_FILE = "imagenet_classes.txt"
SIZE = 227  # height and width of its photos, in pixels
FIRES = {  # filters of the layers squeeze1x1, and of expand1x1 and expand3x3 each
    **{2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)},
    **{6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)},
}


def shapes():
    """A dict from the name of each kernel and bias to its shape, layer after layer."""
    layers, channels = {"conv1": (3, 3, 3, 64)}, 64
    for number, (few, many) in FIRES.items():
        layers[f"fire{number}_squeeze1x1"] = (1, 1, channels, few)
        layers[f"fire{number}_expand1x1"] = (1, 1, few, many)
        layers[f"fire{number}_expand3x3"] = (3, 3, few, many)
        channels = 2 * many
    layers["conv10"] = (1, 1, channels, 1000)
    known = {}
    for name, shape in layers.items():
        known |= {f"{name}_kernel": shape, f"{name}_bias": shape[-1:]}
    return known


def load_squeezenet(folder=None):
    """Make SqueezeNet 1.1, filled with its ImageNet weights rounded to float16.

    Photos want `keras.applications.vgg16.preprocess_input`, as for VGG16: blue first, the mean
    colour subtracted.

    Args:
        folder: the folder of the course's files and their README.md; `data` if left out.

    Returns:
        model: a Keras model of 1,235,496 parameters in float32, from photos of shape
            (photos, 227, 227, 3) to probabilities of shape (photos, 1000).
        class_names: list of str, the 1,000 classes in the order of the probabilities.

    Raises:
        CourseError: a file is missing, damaged or altered.
    """
    import keras

    folder = DATA if folder is None else Path(folder)
    weights = read_checked(folder, FILE, shapes(), np.float16)
    class_names = read_class_names(folder)

    def convolution(inputs, name, **options):
        height, width, _, filters = shapes()[f"{name}_kernel"]
        layer = keras.layers.Conv2D(
            filters, (height, width), activation="relu", name=name, **options
        )
        return layer(inputs)

    photo = keras.Input((SIZE, SIZE, 3))
    maps = convolution(photo, "conv1", strides=2)
    for number in FIRES:
        if number in (2, 4, 6):
            maps = keras.layers.MaxPooling2D(3, strides=2)(maps)
        few = convolution(maps, f"fire{number}_squeeze1x1")
        one = convolution(few, f"fire{number}_expand1x1")
        three = convolution(few, f"fire{number}_expand3x3", padding="same")
        maps = keras.layers.Concatenate(name=f"fire{number}")([one, three])
    scores = keras.layers.GlobalAveragePooling2D()(convolution(maps, "conv10"))
    model = keras.Model(photo, keras.layers.Softmax()(scores), name="squeezenet")
    for name, array in weights.items():
        layer, part = name.rsplit("_", 1)
        getattr(model.get_layer(layer), part).assign(array)
    return model, class_names


def read_class_names(folder):
    """The names of ImageNet's 1,000 classes, in their order.

    Raises:
        CourseError: the file is missing or altered.
    """
    path = Path(folder) / NAMES_FILE
    try:
        stored = path.read_bytes().replace(b"\r\n", b"\n")
    except FileNotFoundError:
        raise CourseError(f"{path} is missing: {cure(NAMES_FILE)}") from None
    except OSError as error:
        raise CourseError(
            f"{path} cannot be read ({error.strerror}): {cure(NAMES_FILE)}"
        ) from None
    files, _ = read_hashes(path.with_name("README.md"))
    if hashlib.sha256(stored).hexdigest() != files.get(NAMES_FILE):
        raise CourseError(
            f"{path} has been altered, since it does not have the hash that README.md gives: "
            f"{cure(NAMES_FILE)}"
        )
    return stored.decode().splitlines()
