"""The course's data: MNIST and the course's own digits, read from the folder `data`."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.errors import CourseError

DATA = Path(__file__).resolve().parent.parent / "data"
MNIST_SHAPES = {
    "x_train": (60_000, 28, 28),
    "y_train": (60_000,),
    "x_test": (10_000, 28, 28),
    "y_test": (10_000,),
}
FILE_LINE = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)
CONTENT_LINE = re.compile(r"^content of (\S+): ([0-9a-f]{64})$", re.MULTILINE)


def cure(name):
    """What to do about a file of `data` that is missing or broken."""
    return (
        f"get it back with `git checkout data/{name}` or rebuild it with "
        f"`python data/build.py`."
    )


def load_mnist(folder=None):
    """Load the handwritten digits of MNIST, as `keras.datasets.mnist.load_data` does.

    Args:
        folder: the folder of mnist.npz and its README.md; the course's own if left out.

    Returns:
        (x_train, y_train), (x_test, y_test): images of shape (60000, 28, 28) and
        (10000, 28, 28), from 0 for background to 255 for ink, and their labels 0 to 9, of
        shape (60000,) and (10000,). All are uint8.

    Raises:
        CourseError: the file is missing, damaged, or holds anything but MNIST.
    """
    folder = DATA if folder is None else folder
    arrays = read_checked(folder, "mnist.npz", MNIST_SHAPES, np.uint8)
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def load_own_digits(folder=None):
    """Load the digits that are not from MNIST: photos of dark strokes on white paper.

    Args:
        folder: a folder of PNG pictures with one digit in each name, such as 7.png or
            my_7.png; the course's own if left out.

    Returns:
        The photos, a list of uint8 arrays of shape (height, width), from 0 for black to
        255 for white, in sizes of their own; and their labels, a list of int. Both are in
        the order of the labels.

    Raises:
        CourseError: no such folder, no picture in it, or one that cannot be used.
    """
    folder = DATA / "own_digits" if folder is None else Path(folder)
    if not folder.is_dir():
        raise CourseError(
            f"There is no folder {folder}: give the folder of your pictures, or get the "
            f"course's own back with `git checkout data/own_digits`."
        )
    paths = [path for path in folder.iterdir() if path.suffix.lower() == ".png"]
    if not paths:
        raise CourseError(
            f"There is no PNG picture in {folder}: put yours there, or get the course's own "
            f"back with `git checkout data/own_digits`."
        )
    labelled = sorted((label_in_name(path), path) for path in paths)
    return [read_picture(path) for _, path in labelled], [label for label, _ in labelled]


def label_in_name(path):
    """The one digit in a picture's file name, as an int.

    Raises:
        CourseError: there is no digit in the name, or more than one.
    """
    digits = re.findall("[0-9]", path.stem)
    if len(digits) != 1:
        raise CourseError(
            f"The name of {path} should hold one digit, the one that the picture shows: "
            f"rename it to something like 7.png."
        )
    return int(digits[0])


def read_picture(path):
    """Read a picture in grey.

    Args:
        path: a file that Pillow can read, in grey or colour. Where it is transparent, it
            counts as white.

    Returns:
        uint8 array of shape (height, width), from 0 for black to 255 for white.

    Raises:
        CourseError: the file is missing, or is not a whole picture.
    """
    try:
        with Image.open(path) as picture:
            picture = picture.convert("RGBA")
    except FileNotFoundError:
        raise CourseError(f"There is no picture {path}.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise CourseError(
            f"{path} cannot be read as a picture: save it again as PNG, or remove it."
        ) from None
    white = Image.new("RGBA", picture.size, "white")
    return np.array(Image.alpha_composite(white, picture).convert("L"))


def read_checked(folder, name, shapes, kind):
    """Read an .npz file of `data` that must hold exactly what README.md says.

    Args:
        folder: the folder of the file and of README.md.
        name: the file's name.
        shapes: a dict from each array's name to its shape, in the order of the hash.
        kind: the type of all arrays, such as `numpy.uint8`.

    Returns:
        A dict from each array's name to the array, in the order of `shapes`.

    Raises:
        CourseError: the file is missing or damaged, or holds anything else.
    """
    path = Path(folder) / name
    arrays = read_npz(path, cure(name))
    if set(arrays) != set(shapes):
        raise CourseError(
            f"{path} should hold {first_names(shapes)}, "
            f"but holds {first_names(arrays)}: {cure(name)}"
        )
    for key, shape in shapes.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != kind:
            raise CourseError(
                f"In {path}, {key} should have shape {shape} and type {np.dtype(kind)}, "
                f"but has shape {array.shape} and type {array.dtype}: {cure(name)}"
            )
    readme = path.with_name("README.md")
    _, contents = read_hashes(readme)
    if name not in contents:
        raise CourseError(
            f"{readme} holds no hash for the content of {name}: "
            f"get it back with `git checkout data/README.md`."
        )
    if content_hash(*(arrays[key] for key in shapes)) != contents[name]:
        raise CourseError(
            f"{path} has been altered, since its content does not have the hash "
            f"that README.md gives: {cure(name)}"
        )
    return {key: arrays[key] for key in shapes}


def first_names(names):
    """The first four names in words, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more or "nothing"


def read_npz(path, advice):
    """Read all arrays of a file that `numpy.savez` wrote, without unpickling anything.

    Args:
        path: the file.
        advice: what to do if it cannot be read.

    Returns:
        A dict from each array's name to the array.

    Raises:
        CourseError: the file is missing, cut short, damaged or not an .npz file.
    """
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"{path} is missing: {advice}") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}): {advice}") from None
    if not zipfile.is_zipfile(io.BytesIO(stored)):
        fault = "is cut short" if stored[:4] in (b"", b"PK\3\4") else "is not an .npz file"
        raise CourseError(f"{path} {fault}: {advice}")
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name]) for name in arrays}
    except Exception as error:  # damaged bytes fail in many ways
        kind = type(error).__name__
        raise CourseError(f"{path} is damaged ({kind}): {advice}") from None


def read_hashes(readme):
    """Read the sha256 hashes that data/README.md gives.

    Args:
        readme: path of the README.md.

    Returns:
        Two dicts from a file's name to its hash: that of the file itself, and that of its
        content, which stays the same when the file is compressed in another way.

    Raises:
        CourseError: the README.md is missing.
    """
    try:
        text = Path(readme).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise CourseError(
            f"{readme}, which holds the hashes of the data, cannot be read: "
            f"get it back with `git checkout data/README.md`."
        ) from None
    files = {name: digest for digest, name in FILE_LINE.findall(text)}
    return files, dict(CONTENT_LINE.findall(text))


def content_hash(*arrays):
    """The sha256 of the arrays' bytes, one array after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()
