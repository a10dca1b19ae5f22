"""VGG16 with its ImageNet weights, and the one sentence that each broken file ends in."""

import gc
import shutil
import socket
import subprocess
import sys

import h5py
import numpy as np
import pytest
from test_data import build, sentence

from helpers import vgg16
from helpers.data import DATA, content_hash, read_npz
from helpers.vgg16 import FILE, KERAS_FILE, load_vgg16, shapes


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
def model():
    return load_vgg16(cached=False)


@pytest.fixture
def load():
    """`load_vgg16`, and no model left in memory; they refer to themselves, so they stay."""
    yield load_vgg16
    gc.collect()


@pytest.fixture
def folder(tmp_path):
    """A data folder with nothing but README.md in it."""
    shutil.copy(DATA / "README.md", tmp_path)
    yield tmp_path
    shutil.rmtree(tmp_path)  # or pytest would keep many copies of the weights


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """An empty home of Keras."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "models").mkdir(parents=True)
    yield tmp_path / "home"
    shutil.rmtree(tmp_path)


def write_keras_file(path, weights):
    """Write weights in the layout of Keras's own file.

    That layout, layer by layer with names in the attributes, is older than Keras 3, which
    reads it but no longer writes it with `save_weights`.
    """
    layers = ["input_1"]
    for block, widths in enumerate(vgg16.BLOCKS, start=1):
        layers += [f"block{block}_conv{number}" for number in range(1, len(widths) + 1)]
        layers.append(f"block{block}_pool")
    kept = iter(weights)
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        for name in layers:
            group = file.create_group(name)
            names = [f"{name}_W_1:0", f"{name}_b_1:0"] if "conv" in name else []
            group.attrs["weight_names"] = [part.encode() for part in names]
            for part in names:
                group[part] = next(kept)


# the weights as they should be


def test_all_parameters_are_there(model):
    assert model.count_params() == 14_714_688
    assert sum(np.prod(shape) for shape in shapes().values()) == 14_714_688
    assert len(model.trainable_weights) == 26
    assert {variable.dtype for variable in model.weights} == {"float32"}


def test_names_and_shapes_are_those_of_keras(model, arrays):
    names = {
        f"{layer.name}_{variable.name}": tuple(variable.shape)
        for layer in model.layers
        for variable in layer.weights
    }
    assert list(names.items()) == list(shapes().items())
    assert {name: array.shape for name, array in arrays.items()} == shapes()
    assert {array.dtype for array in arrays.values()} == {np.dtype("float16")}


def test_the_model_holds_the_numbers_of_the_file(model, arrays):
    for weight, array in zip(model.get_weights(), arrays.values(), strict=True):
        assert np.array_equal(weight, array)
        assert np.isfinite(weight).all()
        assert weight.std() > 0.003


def test_first_numbers_are_the_well_known_ones(arrays):
    first = arrays["block1_conv1_kernel"][0, 0, 0, :3].astype(float)
    assert first == pytest.approx([0.42947057, 0.11727387, 0.03401296], abs=1e-4)


def test_any_size_or_a_fixed_one(load, model):
    assert model.output_shape == (None, None, None, 512)
    assert load((64, 96, 3), cached=False).output_shape == (None, 2, 3, 512)


def test_it_says_that_the_course_file_is_used(load, capsys):
    load(cached=False)
    said = capsys.readouterr().out
    assert said == f"VGG16 is filled from the course's file {FILE}, rounded to float16.\n"


def test_import_is_light():
    code = "import sys, helpers.vgg16; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# Keras's own file


def test_keras_file_in_its_cache_gives_the_same_model(
    load, model, keras_home, monkeypatch, capsys
):
    weights = model.get_weights()
    # Only the rounded weights are here to write; the original ones have another hash.
    monkeypatch.setattr(vgg16, "FLOAT32_HASH", content_hash(*weights))
    write_keras_file(keras_home / "models" / KERAS_FILE, weights)
    filled = load(folder=keras_home)  # where the course's file is missing
    said = capsys.readouterr().out
    assert said == "VGG16 is filled from Keras's own file in its cache, in float32.\n"
    assert all(map(np.array_equal, filled.get_weights(), weights))


def test_keras_reads_the_file_that_these_tests_write(load, model, keras_home):
    path = keras_home / "models" / KERAS_FILE
    write_keras_file(path, [weight + 1 for weight in model.get_weights()])
    filled = load((32, 32, 3))
    filled.load_weights(path)
    differences = map(np.subtract, filled.get_weights(), model.get_weights())
    assert all(np.allclose(difference, 1, atol=1e-6) for difference in differences)


def test_empty_cache_leaves_the_course_file(load, keras_home, capsys):
    load()
    assert "filled from the course's file" in capsys.readouterr().out


def test_keras_file_with_other_numbers_is_not_used(load, model, keras_home, capsys):
    path = keras_home / "models" / KERAS_FILE
    write_keras_file(path, [weight + 1 for weight in model.get_weights()])
    filled = load()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{path} is damaged or not Keras's original file: delete it")
    assert "filled from the course's file" in second
    assert all(map(np.array_equal, filled.get_weights(), model.get_weights()))


@pytest.mark.parametrize("kept", [0, 1000, 30_000_000])
def test_keras_file_cut_short_is_not_used(load, model, tmp_path, kept, capsys):
    path = tmp_path / KERAS_FILE
    write_keras_file(path, model.get_weights())
    with path.open("r+b") as file:
        file.truncate(kept)
    load(cached=path)
    path.unlink()
    assert "is damaged or not Keras's original file" in capsys.readouterr().out


@pytest.mark.parametrize("home", [None, "", "somewhere"])
def test_where_keras_keeps_its_file(monkeypatch, tmp_path, home):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    if home is None:
        monkeypatch.delenv("KERAS_HOME", raising=False)
    else:
        monkeypatch.setenv("KERAS_HOME", home and str(tmp_path / home))
    expected = tmp_path / (home or ".keras") / "models" / KERAS_FILE
    assert vgg16.keras_file() == expected


# the course's file as it should not be


def test_missing_file(folder):
    text = sentence(load_vgg16, (32, 32, 3), False, folder)
    assert f"{folder / FILE} is missing" in text
    assert f"`git checkout data/{FILE}`" in text
    assert "`python data/build.py`" in text


@pytest.mark.parametrize("kept", [0, 1000, 20_000_000, -1])
def test_truncated_file(folder, kept):
    (folder / FILE).write_bytes((DATA / FILE).read_bytes()[:kept])
    text = sentence(load_vgg16, (32, 32, 3), False, folder)
    assert f"{FILE} is cut short: get it back" in text


def test_damaged_file(folder):
    stored = bytearray((DATA / FILE).read_bytes())
    stored[20_000_000] ^= 255
    (folder / FILE).write_bytes(stored)
    assert f"{FILE} is damaged (" in sentence(load_vgg16, (32, 32, 3), False, folder)


def test_one_altered_number(folder, arrays):
    bias = arrays["block5_conv3_bias"].copy()
    bias[-1] += 1
    np.savez(folder / FILE, **arrays | {"block5_conv3_bias": bias})
    assert f"{FILE} has been altered" in sentence(load_vgg16, (32, 32, 3), False, folder)


def test_other_arrays(folder):
    np.savez(folder / FILE, kernel=np.zeros(3))
    text = sentence(load_vgg16, (32, 32, 3), False, folder)
    assert "should hold block1_conv1_kernel, block1_conv1_bias, " in text
    assert "and 22 more, but holds kernel: " in text


def test_wrong_type(folder, arrays):
    wrong = {"block1_conv1_bias": np.zeros(64, np.float32)}
    np.savez(folder / FILE, **arrays | wrong)
    text = sentence(load_vgg16, (32, 32, 3), False, folder)
    assert "block1_conv1_bias should have shape (64,) and type float16" in text


@pytest.mark.parametrize("input_shape", [(64, 64), (64, 64, 1), (None, 64, 64, 3)])
def test_photos_that_are_not_in_colour(input_shape):
    text = sentence(load_vgg16, input_shape)
    assert "(height, width, 3), not (" in text


# build.py


def field(number, stored):
    """A field of a message in the format of Protocol Buffers; an int or bytes."""

    def varint(value):
        tail = b""
        while value > 127:
            tail += bytes([value & 127 | 128])
            value >>= 7
        return tail + bytes([value])

    if isinstance(stored, int):
        return varint(number * 8) + varint(stored)
    return varint(number * 8 + 2) + varint(len(stored)) + stored


def make_onnx(tensors):
    """A model as an ONNX file has it, with no more than its tensors in it."""
    parts = [
        field(5, field(1, 300) + field(8, name.encode()) + field(9, stored))
        for name, stored in tensors.items()
    ]
    nodes = field(1, b"a node") + bytes([21, 1, 2, 3, 4]) + bytes([25, *range(8)])
    return field(1, 7) + field(7, nodes + b"".join(parts)) + field(2, b"a program")


def test_onnx_is_read():
    tensors = {"first": bytes(range(200)) * 99, "second": b""}
    read = build.onnx_tensors(make_onnx(tensors))
    assert {name: bytes(stored) for name, stored in read.items()} == tensors


def test_weights_are_turned_round_and_checked(arrays, monkeypatch):
    tensors = {}
    for name, array in arrays.items():
        layer, part = name.rsplit("_", 1)
        turned = array.transpose(3, 2, 0, 1) if part == "kernel" else array
        tensors[build.VGG16_PARTS[part].format(layer)] = turned.astype("<f4").tobytes()
    assert "are not the original ones" in sentence(build.vgg16_arrays, tensors)
    digest = content_hash(*(array.astype("<f4") for array in arrays.values()))
    monkeypatch.setattr(build, "FLOAT32_HASH", digest)
    built = build.vgg16_arrays(tensors)
    assert all(map(np.array_equal, built.values(), arrays.values()))
    assert list(built) == list(arrays)
