"""Answers to the exercises of the lesson on image augmentation."""

import itertools

import numpy as np


def digit_generator(**changes):
    """An ImageDataGenerator for digits, with some settings changed."""
    import tensorflow as tf

    options = {
        "rotation_range": 15,
        "width_shift_range": 0.1,
        "height_shift_range": 0.1,
        "zoom_range": 0.1,
    }
    return tf.keras.preprocessing.image.ImageDataGenerator(**options | changes)


def generator_class():
    import tensorflow as tf

    return tf.keras.preprocessing.image.ImageDataGenerator


def take_by_loop(flow, count):
    batches = []
    while len(batches) < count:
        batches.append(next(flow))
    return batches


def take_with_enumerate(flow, count):
    batches = []
    for i, batch in enumerate(flow):
        if i >= count:
            break
        batches.append(batch)
    return batches


def take_and_break(flow, count):
    batches = []
    if count == 0:
        return batches
    for batch in flow:
        batches.append(batch)
        if len(batches) == count:
            break
    return batches


def take_and_break_without_zero(flow, count):
    batches = []
    for batch in flow:
        batches.append(batch)
        if len(batches) >= count:
            break
    return batches[:count]


def take_one_more(flow, count):
    batches = []
    for i, batch in enumerate(flow):
        batches.append(batch)
        if i >= count:
            break
    return batches


def take_photos_only(flow, count):
    return [next(flow)[0] for _ in range(count)]


def take_before_counting(flow, count):
    batches = [next(flow)]
    while len(batches) < count:
        batches.append(next(flow))
    return batches[:count]


def flip_sometimes(digit):
    return digit[:, ::-1] if np.random.random() < 0.5 else digit


def layer(name, *arguments, **options):
    """A layer of Keras by its name."""
    import keras

    return getattr(keras.layers, name)(*arguments, **options)


def layers(*specifications):
    """A Sequential of layers, each given as a tuple of its name and its arguments."""
    import keras

    model = keras.Sequential()
    for name, *arguments in specifications:
        model.add(layer(name, *arguments))
    return model


def nested():
    """A Sequential in a Sequential, with three random layers in all."""
    import keras

    model = keras.Sequential([layers(FLIP, TURN)])
    model.add(layer("RandomBrightness", 0.1))
    return model


def looked_at():
    """Layers without an Input that have seen photos, whose size they keep."""
    model = layers(FLIP, TURN, ZOOM)
    model(np.zeros((8, 64, 64, 3), "float32"))
    return model


def shift_of_tensors(x, y):
    import keras

    return keras.ops.stack([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def turn_of_tensors(degrees):
    import keras

    angle = degrees * np.pi / 180
    sin, cos = keras.ops.sin(angle), keras.ops.cos(angle)
    return keras.ops.stack(
        [keras.ops.stack(row) for row in ([cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0])]
    )


def turn_about_by_tensors(degrees, x, y):
    return shift_of_tensors(x, y) @ turn_of_tensors(degrees) @ shift_of_tensors(-x, -y)


def turn_about_by_hand(degrees, x, y):
    sin, cos = np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees))
    return [
        [cos, -sin, x - cos * x + sin * y],
        [sin, cos, y - sin * x - cos * y],
        [0, 0, 1],
    ]


def turn_about_corner(degrees, x, y):
    return turn_about_by_hand(degrees, 0, 0)


FLIP, TURN, ZOOM = ("RandomFlip", "horizontal"), ("RandomRotation", 0.05), ("RandomZoom", 0.1)
LIGHT, CONTRAST = ("RandomBrightness", 0.1), ("RandomContrast", 0.2)

RIGHT = {
    "augment-digits": [
        digit_generator,
        lambda: digit_generator(zoom_range=[0.9, 1.1], fill_mode="constant"),
    ],
    "take-batches": [
        lambda flow, count: [next(flow) for _ in range(count)],
        lambda flow, count: list(itertools.islice(flow, count)),
        take_by_loop,
        take_and_break,
    ],
    "turn-about": [turn_about_by_tensors, turn_about_by_hand],
    "turns": [
        lambda: layer("RandomRotation", 45 / 360, fill_mode="nearest"),
        lambda: layer("RandomRotation", (-0.125, 0.125), fill_mode="nearest", seed=1),
    ],
    "own-augmentation": [
        lambda: layers(FLIP, TURN, ZOOM),
        lambda: layers(FLIP, TURN, ZOOM, LIGHT, CONTRAST),
        lambda: layers(("RandomTranslation", 0.1, 0.1), LIGHT, ("RandomShear", 0.2)),
        nested,
    ],
}

WRONG = {
    "turn-about": [
        (turn_about_corner, "upper left corner"),
        (lambda degrees, x, y: turn_about_by_hand(degrees, y, x), "Column and row"),
        (lambda degrees, x, y: turn_about_by_hand(-degrees, x, y), "the other side"),
        (lambda degrees, x, y: turn_about_by_hand(degrees, -x, -y), "changed places"),
        (lambda degrees, x, y: turn_about_by_hand(degrees, 2 * x, y), "was expected"),
        (lambda degrees, x, y: (x, y), "was expected"),
    ],
    "augment-digits": [
        (generator_class, "the class itself"),
        (dict, "An `ImageDataGenerator` is asked for"),
        (lambda: digit_generator(horizontal_flip=True), "flips digits"),
        (lambda: digit_generator(rotation_range=30), "Further than 15"),
        (lambda: digit_generator(rotation_range=15 / 360), "in degrees"),
        (lambda: digit_generator(rotation_range=10), "15 were asked for"),
        (lambda: digit_generator(width_shift_range=1), "`width_shift_range` is 0"),
        (lambda: digit_generator(height_shift_range=0), "`height_shift_range` is 0"),
        (lambda: digit_generator(height_shift_range=0.3), "A tenth would be 2.8"),
        (lambda: digit_generator(zoom_range=0), "never zooms"),
        (lambda: digit_generator(zoom_range=[0.1, 1.1]), "0.9 to 1.1"),
        (lambda: digit_generator(zoom_range=[1 / 1.1, 1 / 0.9]), "Factors from 0.9 to 1.1"),
        (lambda: digit_generator(zoom_range=[0.9, 1.0]), "both ways"),
        (lambda: digit_generator(shear_range=10), "shears"),
        (lambda: digit_generator(brightness_range=(0.5, 1.5)), "lighter or darker"),
        (lambda: digit_generator(preprocessing_function=flip_sometimes), "changes digits"),
        (lambda: digit_generator(rescale=1 / 255), "`rescale`"),
    ],
    "take-batches": [
        (lambda flow, count: [flow[i] for i in range(count)], "Use `next(flow)`"),
        (take_with_enumerate, "Stop before drawing one more"),
        (take_photos_only, "a pair of photos and labels"),
        (take_before_counting, "For count 0"),
        (take_and_break_without_zero, "For count 0"),
        (take_one_more, "Where does it stop"),
        (lambda flow, count: list(flow)[:count], "does not stop"),
        (lambda flow, count: next(flow), "This is one batch"),
        (lambda flow, count: [next(flow)] * count, "not the next batches"),
        (lambda flow, count: [next(flow) for _ in range(5)], "and 5 came"),
    ],
    "turns": [
        (lambda: 45 / 360, "This is a number"),
        (lambda: layer("RandomRotation", 0.785, fill_mode="nearest"), "counts in turns"),
        (lambda: layer("RandomRotation", 45 / 180, fill_mode="nearest"), "counts in turns"),
        (lambda: layer("RandomRotation", 1 / 360, fill_mode="nearest"), "hardly turns"),
        (lambda: layer("RandomRotation", 30 / 360, fill_mode="nearest"), "and 45 are asked"),
        (lambda: layer("RandomRotation", 45 / 360), "should be filled"),
        (lambda: layer("RandomRotation", 45 / 360, fill_mode="constant"), "should be filled"),
        (lambda: layer("RandomFlip", "horizontal"), "hardly turns"),
        (lambda: layer("RandomRotation", (0, 0.125), fill_mode="nearest"), "the same side"),
        (lambda: layer("Flatten"), "changes the shape"),
    ],
    "own-augmentation": [
        (lambda: [layer(*FLIP), layer(*TURN), layer(*ZOOM)], "into one model"),
        (lambda: layers(FLIP, TURN), "here are 2"),
        (looked_at, "For any size begin with"),
        (lambda: layers(FLIP, TURN, ZOOM, ("Flatten",), ("Dense", 4)), "photos of any size"),
        (lambda: layers(FLIP, TURN, ZOOM, ("Rescaling", 1 / 255)), "`training=False`"),
        (lambda: layers(FLIP, TURN, ("Resizing", 32, 32), ZOOM), "another shape"),
        (
            lambda: layers(
                ("RandomRotation", 0.5), ("RandomZoom", 0.9), ("RandomBrightness", 0.9)
            ),
            "factors smaller",
        ),
        (
            lambda: layers(
                ("RandomRotation", 0.001), ("RandomZoom", 0.001), ("RandomBrightness", 0.001)
            ),
            "Vary them more",
        ),
    ],
}

# Generators and layers need TensorFlow and are made only when a test asks for them.
MAKE_FIRST = {"augment-digits", "turns", "own-augmentation"}
