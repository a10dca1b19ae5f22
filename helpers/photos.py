"""Photos from folders, as arrays: the course's fruit, or photos of your own."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from helpers.data import DATA
from helpers.errors import CourseError

FRUIT = DATA / "fruit"
FRUIT_CURE = "or get the course's own back with `git checkout data/fruit`."


def load_fruit(size=160, per_class=None, test_per_class=None, folder=None):
    """Load the photos of four kinds of fruit; the test photos are from other stores.

    Args:
        size: height and width of the photos that come back, in pixels; stored are 160.
        per_class: how many training photos of each class, spread evenly over those that
            are there; all 100 if left out.
        test_per_class: the same for the test photos; all 60 if left out.
        folder: a folder with the folders train and test, each with one folder of photos
            for each class; the course's own if left out.

    Returns:
        (x_train, y_train), (x_test, y_test), class_names: as from `load_photos`.

    Raises:
        CourseError: a folder is missing or empty, train and test hold other classes, or a
            file is not a whole photo.
    """
    folder = FRUIT if folder is None else Path(folder)
    x_train, y_train, class_names = load_photos(folder / "train", size, per_class)
    x_test, y_test, test_names = load_photos(folder / "test", size, test_per_class)
    if class_names != test_names:
        raise CourseError(
            f"In {folder}, train and test should hold the same classes, but train holds "
            f"{', '.join(class_names)} and test holds {', '.join(test_names)}: rename or add "
            f"what differs, {FRUIT_CURE}"
        )
    return (x_train, y_train), (x_test, y_test), class_names


def load_photos(folder, size=160, per_class=None):
    """Load the photos of a folder that holds one folder for each class.

    Args:
        folder: the folder. The names of the folders in it are the classes, and all their
            files are photos in a format that Pillow reads; hidden files are passed over.
        size: height and width of the photos that come back, in pixels. What is not square
            loses its ends, so that nothing is stretched.
        per_class: how many photos of each class, spread evenly over the sorted file names,
            so that the same number gives the same photos; all if left out.

    Returns:
        photos: uint8 array of shape (photos, size, size, 3), red, green and blue from 0 to
            255, class after class.
        labels: int64 array of shape (photos,), the places of the classes in class_names.
        class_names: list of str, sorted.

    Raises:
        CourseError: the folder is missing or holds no class, a class has too few photos,
            or a file is not a whole photo.
    """
    folder = Path(folder)
    for name, number in {"size": size, "per_class": per_class}.items():
        if number is not None and number < 1:
            raise CourseError(f"{name}={number} is too small: give 1 or more.")
    if not folder.is_dir():
        raise CourseError(
            f"There is no folder {folder}: give one that holds a folder for each class, "
            f"{FRUIT_CURE}"
        )
    classes = [path for path in visible(folder) if path.is_dir()]
    if not classes:
        raise CourseError(
            f"There is no folder in {folder}: put the photos of each class into a folder "
            f"with its name, {FRUIT_CURE}"
        )
    photos, labels = [], []
    for label, class_folder in enumerate(classes):
        paths = visible(class_folder)
        if not paths:
            raise CourseError(
                f"There is no photo in {class_folder}: put some there, or remove the "
                f"folder, {FRUIT_CURE}"
            )
        if per_class is not None and per_class > len(paths):
            raise CourseError(
                f"In {class_folder} are {len(paths)} photos, fewer than per_class="
                f"{per_class}: give {len(paths)} or less."
            )
        chosen = paths if per_class is None else evenly_spread(paths, per_class)
        photos += [read_photo(path, size) for path in chosen]
        labels += [label] * len(chosen)
    return np.stack(photos), np.array(labels, np.int64), [path.name for path in classes]


def visible(folder):
    """The paths in a folder, sorted, without hidden ones such as .DS_Store."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def evenly_spread(things, count):
    """`count` of the things, from the first on, with gaps as equal as possible."""
    return [things[place * len(things) // count] for place in range(count)]


def read_photo(path, size):
    """Read a photo in colour as a square.

    Args:
        path: a file that Pillow can read.
        size: height and width of what comes back, in pixels.

    Returns:
        uint8 array of shape (size, size, 3).

    Raises:
        CourseError: the file is missing, or is not a whole picture.
    """
    try:
        with Image.open(path) as picture:
            return np.array(square(picture, size))
    except FileNotFoundError:
        raise CourseError(f"There is no photo {path}.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise CourseError(
            f"{path} cannot be read as a photo: save it again as JPEG, or remove it, "
            f"{FRUIT_CURE}"
        ) from None


def square(picture, size):
    """The middle square of a Pillow image, upright, in RGB, `size` pixels high and wide."""
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    return ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
