"""Lesson 11's transposed convolution against SciPy, on random shapes."""

import ast
from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

LESSON = (
    Path(__file__).resolve().parent.parent / "notebooks/11_upsampling_vs_conv2dtranspose.ipynb"
)
NAME = "transposed_convolution"


def function_of_the_lesson():
    """The function as the lesson writes it out, made by running its cell."""
    sources = []
    for cell in nbformat.read(LESSON, as_version=4).cells:
        if cell.cell_type == "code" and f"def {NAME}(" in cell.source:
            sources.append(cell.source)
    assert len(sources) == 1, "the lesson defines the function in one cell"
    functions = [
        node for node in ast.parse(sources[0]).body if isinstance(node, ast.FunctionDef)
    ]
    names = {"np": np}
    exec(compile(ast.Module(functions, []), LESSON.name, "exec"), names)
    return names[NAME]


transposed_convolution = function_of_the_lesson()


def random_case(seed):
    """A random image (h, w, in), kernel (kh, kw, out, in) and stride."""
    rng = np.random.default_rng(seed)
    height, width, kh, kw = rng.integers(1, 7, 4)
    inputs, outputs, stride = rng.integers(1, 5, 3)
    image = rng.normal(size=(height, width, inputs))
    return image, rng.normal(size=(kh, kw, outputs, inputs)), stride


def spread_out(channel, stride):
    """A channel of shape (h, w) with stride - 1 zeros between its numbers."""
    corner = np.zeros((stride, stride))
    corner[0, 0] = 1
    height, width = channel.shape
    return np.kron(channel, corner)[: (height - 1) * stride + 1, : (width - 1) * stride + 1]


def by_scipy(image, kernel, stride):
    """The full transposed convolution, (rows, columns, out), by scipy.signal.convolve2d."""
    _, _, outputs, inputs = kernel.shape
    planes = [
        sum(
            convolve2d(spread_out(image[:, :, i], stride), kernel[:, :, o, i])
            for i in range(inputs)
        )
        for o in range(outputs)
    ]
    return np.stack(planes, axis=-1)


def forward(large, kernel, stride, padding):
    """A strided convolution (h, w, out) to (h', w', in) with the kernel (kh, kw, out, in)."""
    if padding == "same":
        gaps = []
        for size, k in zip(large.shape, kernel.shape[:2], strict=False):
            total = max(0, (-(-size // stride) - 1) * stride + k - size)
            gaps.append((total // 2, total - total // 2))
        large = np.pad(large, (*gaps, (0, 0)))
    _, _, outputs, inputs = kernel.shape
    planes = [
        sum(
            correlate2d(large[:, :, o], kernel[:, :, o, i], mode="valid")[::stride, ::stride]
            for o in range(outputs)
        )
        for i in range(inputs)
    ]
    return np.stack(planes, axis=-1)


@pytest.mark.parametrize("seed", range(40))
def test_full_result_agrees_with_scipy(seed):
    image, kernel, stride = random_case(seed)
    expected = by_scipy(image, kernel, stride)
    result = transposed_convolution(image, kernel, stride, expected.shape[:2])
    np.testing.assert_allclose(result, expected, atol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_transpose_of_scipys_convolution(seed, padding):
    """For all x and y, the products <conv(x), y> and <x, transposed(y)> are equal."""
    image, kernel, stride = random_case(seed)
    rng = np.random.default_rng(1000 + seed)
    size = []
    for n, k in zip(image.shape[:2], kernel.shape[:2], strict=True):
        least = (n - 1) * stride + (1 if padding == "same" else k)
        size.append(least + rng.integers(stride))  # the convolution makes n pixels of each
    large = rng.normal(size=(*size, kernel.shape[2]))
    small = forward(large, kernel, stride, padding)
    assert small.shape == image.shape
    back = transposed_convolution(image, kernel, stride, size)
    assert back.shape == large.shape
    np.testing.assert_allclose(
        np.sum(small * image), np.sum(large * back), rtol=1e-9, atol=1e-9
    )


def test_the_worked_example():
    image, ones = np.array([[1.0, 1], [2, 2]])[..., None], np.ones((3, 3, 1, 1))
    result = transposed_convolution(image, ones, 2, (4, 4))[..., 0]
    np.testing.assert_array_equal(
        result, [[1, 1, 2, 1], [1, 1, 2, 1], [3, 3, 6, 3], [2, 2, 4, 2]]
    )
