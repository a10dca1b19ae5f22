"""Answers that readers invented from the text of an exercise alone."""

import itertools

import keras
import numpy as np
import scipy.linalg
from tensorflow.keras.preprocessing.image import ImageDataGenerator

MAKE_FIRST = {"augment-digits", "turns", "own-augmentation"}

# --- augment-digits


def digits_by_pixels_and_pair():
    """28 pixels: a tenth are 2.8 pixels, which is what a float of 1 or more means."""
    return ImageDataGenerator(
        rotation_range=15,
        width_shift_range=2.8,
        height_shift_range=2.8,
        zoom_range=np.array([0.9, 1.1]),
    )


def digits_by_attributes():
    generator = ImageDataGenerator(fill_mode="constant", cval=0, dtype="float16")
    generator.rotation_range = np.int8(15)
    generator.width_shift_range = generator.height_shift_range = np.float32(0.1)
    generator.zoom_range = (0.9, 1.1)
    return generator


class DigitGenerator(ImageDataGenerator):
    """Draws by itself, with settings of its own."""

    def __init__(self, angle=15, share=0.1):
        super().__init__(
            rotation_range=angle,
            **dict.fromkeys(("width_shift_range", "height_shift_range", "zoom_range"), share),
        )


def digits_angle_in_radians():
    return ImageDataGenerator(
        rotation_range=np.deg2rad(15),
        width_shift_range=0.1,
        height_shift_range=0.1,
        zoom_range=0.1,
    )


def digits_zoom_is_the_largest_factor():
    return ImageDataGenerator(
        rotation_range=15, width_shift_range=0.1, height_shift_range=0.1, zoom_range=1.1
    )


def digits_shift_in_percent():
    return ImageDataGenerator(
        rotation_range=15, width_shift_range=10, height_shift_range=10, zoom_range=0.1
    )


def digits_one_direction():
    return ImageDataGenerator(rotation_range=15, width_shift_range=0.1, zoom_range=0.1)


def digits_rescaled():
    return ImageDataGenerator(
        rotation_range=15,
        width_shift_range=0.1,
        height_shift_range=0.1,
        zoom_range=0.1,
        rescale=1 / 255,
    )


# --- take-batches


def take_by_map(flow, count):
    return [*map(next, itertools.repeat(flow, count))]


def take_recursively(flow, count):
    return [next(flow), *take_recursively(flow, count - 1)] if count else []


def take_by_zip_in_a_list_of_its_own(flow, count):
    class Batches(list):
        pass

    return Batches(batch for _, batch in zip(range(count), flow, strict=False))


def take_by_index(flow, count):
    return [flow[number] for number in range(count)]


def take_zip_flow_first(flow, count):
    return [batch for batch, _ in zip(flow, range(count), strict=False)]


def take_at_most_an_epoch(flow, count):
    return [next(flow) for _ in range(min(count, len(flow)))]


def take_photos_only(flow, count):
    return [next(flow)[0] for _ in range(count)]


def take_from_the_start(flow, count):
    flow.reset()
    return [next(flow) for _ in range(count)]


# --- turns


def turns_pair_float16():
    eighth = np.float32(0.125)
    return keras.layers.RandomRotation(
        factor=(-eighth, eighth), fill_mode="nearest", dtype="float16", seed=7
    )


class EighthTurn(keras.layers.RandomRotation):
    def __init__(self, degrees=45, **options):
        super().__init__(degrees / 360, fill_mode="nearest", **options)


def turns_in_a_sequential():
    return keras.Sequential([keras.layers.RandomRotation(1 / 8, "nearest")])


def turns_of_a_half():
    return keras.layers.RandomRotation(45 / 180, fill_mode="nearest")


def turns_radians():
    return keras.layers.RandomRotation(np.deg2rad(45), fill_mode="nearest")


def turns_reflecting():
    return keras.layers.RandomRotation(45 / 360)


def turns_one_way():
    return keras.layers.RandomRotation((0, 45 / 360), fill_mode="nearest")


def turns_old_generator():
    return ImageDataGenerator(rotation_range=45, fill_mode="nearest")


# --- turn-about


def _rotation(degrees):
    angle = np.deg2rad(degrees)
    sin, cos = np.sin(angle), np.cos(angle)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def _shift(x, y):
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def turn_by_complex_numbers(degrees, x, y):
    """A list of lists."""
    unit, point = np.exp(1j * np.deg2rad(degrees)), complex(x, y)
    rest = point - unit * point
    return [[unit.real, -unit.imag, rest.real], [unit.imag, unit.real, rest.imag], [0, 0, 1]]


def turn_by_exponential(degrees, x, y):
    """An `np.matrix`."""
    return np.matrix(
        scipy.linalg.expm(np.deg2rad(degrees) * np.array([[0, -1, y], [1, 0, -x], [0, 0, 0]]))
    )


def turn_as_tensor(degrees, x, y):
    """A float32 tensor, made by shifting a matrix in place."""
    moved = _rotation(degrees)
    moved[:2, 2] = (np.eye(2) - moved[:2, :2]) @ (x, y)
    return keras.ops.convert_to_tensor(moved, "float32")


def turn_shifts_exchanged(degrees, x, y):
    return _shift(-x, -y) @ _rotation(degrees) @ _shift(x, y)


def turn_row_first(degrees, x, y):
    return _shift(y, x) @ _rotation(degrees) @ _shift(-y, -x)


def turn_in_radians(degrees, x, y):
    return _shift(x, y) @ _rotation(np.rad2deg(degrees)) @ _shift(-x, -y)


def turn_without_shift_back(degrees, x, y):
    return _rotation(degrees) @ _shift(-x, -y)


def turn_the_other_way(degrees, x, y):
    return _shift(x, y) @ _rotation(-degrees) @ _shift(-x, -y)


# --- own-augmentation

layers = keras.layers


def own_colours_any_size():
    return keras.Sequential(
        [
            keras.Input(shape=(None, None, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomHue(0.1, value_range=(0, 255)),
            layers.RandomSaturation((0.3, 0.7), value_range=(0, 255)),
            layers.RandomBrightness((0.05, 0.15), value_range=(0, 255)),
        ]
    )


def own_nested():
    moves = keras.Sequential([layers.RandomTranslation(0.1, 0.1), layers.RandomShear(0.1, 0.1)])
    return keras.Sequential([moves, keras.Sequential([layers.RandomZoom(0.1)])])


class OwnAugmentation(keras.Sequential):
    """Adds its layers one by one; float16 results."""

    def __init__(self):
        super().__init__(name="own")
        for layer in (layers.RandomRotation, layers.RandomZoom, layers.RandomBrightness):
            self.add(layer(0.08, dtype="float16"))


def own_rescaled():
    return keras.Sequential(
        [
            layers.Rescaling(1 / 255),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.05),
            layers.RandomZoom(0.1),
        ]
    )


def own_three_flips():
    return keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomFlip("vertical"), layers.RandomFlip()]
    )


def own_one_size():
    return keras.Sequential(
        [
            keras.Input(shape=(48, 48, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.05),
            layers.RandomZoom(0.1),
        ]
    )


def own_cropped():
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.05),
            layers.RandomCrop(40, 40),
        ]
    )


def own_noisy():
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.05),
            layers.RandomZoom(0.1),
            layers.GaussianNoise(1.0),
        ]
    )


RIGHT = {
    "augment-digits": [digits_by_pixels_and_pair, digits_by_attributes, DigitGenerator],
    "take-batches": [take_by_map, take_recursively, take_by_zip_in_a_list_of_its_own],
    "turns": [turns_pair_float16, EighthTurn, turns_in_a_sequential],
    "turn-about": [turn_by_complex_numbers, turn_by_exponential, turn_as_tensor],
    "own-augmentation": [own_colours_any_size, own_nested, OwnAugmentation],
}
WRONG = {
    "augment-digits": [
        (digits_angle_in_radians, "is given in degrees"),
        (digits_zoom_is_the_largest_factor, "from 0.9 to 1.1"),
        (digits_shift_in_percent, "a share below 1"),
        (digits_one_direction, "one of the two directions"),
        (digits_rescaled, "by `rescale`"),
    ],
    "take-batches": [
        (take_by_index, "does not move the generator on"),
        (take_zip_flow_first, "4 were drawn"),
        (take_at_most_an_epoch, "8 batches were asked for"),
        (take_photos_only, "only one of the two"),
        (take_from_the_start, "do not set the flow back"),
    ],
    "turns": [
        (turns_of_a_half, "more than 45 degrees"),
        (turns_radians, "more than 45 degrees"),
        (turns_reflecting, "gaps should be filled"),
        (turns_one_way, "same side"),
        (turns_old_generator, "A layer is asked for"),
    ],
    "turn-about": [
        (turn_shifts_exchanged, "two shifts have changed places"),
        (turn_row_first, "Column and row"),
        (turn_in_radians, "takes it as radians"),
        (turn_without_shift_back, "shift back is missing"),
        (turn_the_other_way, "to the other side"),
    ],
    "own-augmentation": [
        (own_rescaled, "come back unchanged"),
        (own_three_flips, "Some photos come back unchanged"),
        (own_one_size, "any size"),
        (own_cropped, "another shape"),
        (own_noisy, "leave the range"),
    ],
}
