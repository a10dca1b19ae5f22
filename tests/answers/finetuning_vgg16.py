"""Answers to the exercises of the lesson on fine-tuning VGG16."""

import numpy as np

EXACT_MEAN = np.array([103.939, 116.779, 123.68])
MEAN_BGR = EXACT_MEAN.astype("float32")


def flat_head_by_halving(size, classes):
    for _ in range(5):
        size = size // 2
    return size * size * 512 * classes + classes


def flat_head_by_numpy(size, classes):
    return np.prod([size // 32, size // 32, 512]) * classes + classes


def unfeed_by_copy(fed):
    photos = fed.copy()
    photos += MEAN_BGR
    return np.round(photos[:, :, :, [2, 1, 0]]).astype(np.uint8)


def unfeed_by_half(fed):
    return (fed[..., ::-1] + MEAN_BGR[::-1] + 0.5).astype("uint8")


def unfeed_in_place(fed):
    fed += MEAN_BGR
    return np.round(fed[..., ::-1]).astype("uint8")


def excited_by_sorting(features, labels, label, channel, count):
    rows = [row for row in range(len(labels)) if labels[row] == label]
    return sorted(rows, key=lambda row: -features[row, channel])[:count]


def excited_by_masking(features, labels, label, channel, count):
    values = np.where(labels == label, features[:, channel], -np.inf)
    return np.argsort(values)[::-1][:count]


def excited_places(features, labels, label, channel, count):
    return np.argsort(-features[labels == label, channel])[:count]


def excited_of_all(features, labels, label, channel, count):
    return np.argsort(-features[:, channel])[:count]


def least_excited(features, labels, label, channel, count):
    rows = np.flatnonzero(labels == label)
    return rows[np.argsort(features[rows, channel])][:count]


def excited_in_order_of_rows(features, labels, label, channel, count):
    return np.sort(excited_by_masking(features, labels, label, channel, count))


def excited_values(features, labels, label, channel, count):
    return np.sort(features[labels == label, channel])[::-1][:count]


def compile_new(model, rate, kind="Adam"):
    import keras

    optimizer = getattr(keras.optimizers, kind)(rate)
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    return len(model.trainable_weights)


def thaw_by_places(model, base, first_layer, rate):
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= names.index(first_layer)
    return compile_new(model, rate)


def thaw_by_slices(model, base, first_layer, rate):
    base.trainable = False
    base.trainable = True
    first = base.layers.index(base.get_layer(first_layer))
    for layer in base.layers[:first]:
        layer.trainable = False
    return compile_new(model, rate)


def thaw_without_base(model, base, first_layer, rate):
    free = False
    base.trainable = False
    for layer in base.layers:
        free = free or layer.name == first_layer
        layer._trainable = free
    return compile_new(model, rate)


def thaw_everything(model, base, first_layer, rate):
    model.trainable = False
    model.trainable = True
    return compile_new(model, rate)


def thaw_base(model, base, first_layer, rate):
    base.trainable = False
    base.trainable = True
    return compile_new(model, rate)


def thaw_after(model, base, first_layer, rate):
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for place, layer in enumerate(base.layers):
        layer.trainable = place > names.index(first_layer)
    return compile_new(model, rate)


def thaw_turned_round(model, base, first_layer, rate):
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for place, layer in enumerate(base.layers):
        layer.trainable = place < names.index(first_layer)
    return compile_new(model, rate)


def thaw_without_compile(model, base, first_layer, rate):
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= names.index(first_layer)
    return len(model.trainable_weights)


def thaw_with_mse(model, base, first_layer, rate):
    thaw_by_places(model, base, first_layer, rate)
    model.compile(model.optimizer, loss="mse")
    return len(model.trainable_weights)


def thaw_with_sgd(model, base, first_layer, rate):
    thaw_without_compile(model, base, first_layer, rate)
    return compile_new(model, rate, "SGD")


def thaw_at_default_rate(model, base, first_layer, rate):
    return thaw_by_places(model, base, first_layer, 0.001)


def thaw_and_count_layers(model, base, first_layer, rate):
    thaw_by_places(model, base, first_layer, rate)
    return sum(layer.trainable for layer in base.layers)


RIGHT = {
    "flat-head": [flat_head_by_halving, flat_head_by_numpy],
    "unfeed": [unfeed_by_copy, unfeed_by_half],
    "most-excited": [excited_by_sorting, excited_by_masking],
    "thaw-base": [thaw_by_places, thaw_by_slices],
}

WRONG = {
    "flat-head": [
        (lambda size, classes: (size // 32) ** 2 * 512 * classes, "a bias, too"),
        (lambda size, classes: size // 32 * 512 * classes + classes, "square the side"),
        (lambda size, classes: 512 * classes + classes, "averaged maps"),
        (lambda size, classes: (size // 32) ** 2 * 512 + 1, "a unit for each class"),
        (lambda size, classes: (size / 32) ** 2 * 512 * classes + classes, "`//`"),
        (lambda size, classes: (-(-size // 32)) ** 2 * 512 * classes + classes, "not of 3.12"),
        (lambda size, classes: size**2 * 3 * classes + classes, "pixels and 4 classes"),
    ],
    "unfeed": [
        (lambda fed: (fed + EXACT_MEAN)[..., ::-1].astype("uint8"), "cuts off"),
        (lambda fed: np.round(fed + MEAN_BGR).astype("uint8"), "blue is still first"),
        (lambda fed: np.round(fed[..., ::-1] + MEAN_BGR).astype("uint8"), "wrong colour"),
        (lambda fed: fed[..., ::-1], "still missing"),
        (lambda fed: (fed + MEAN_BGR)[..., ::-1] + 0.001, "round to whole numbers"),
        (lambda fed: np.round((fed + MEAN_BGR)[..., ::-1]), "their type"),
        (lambda fed: fed[0], "shape should stay"),
        (unfeed_in_place, "changed the array"),
    ],
    "most-excited": [
        (excited_places, "rows[places]"),
        (excited_of_all, "all classes"),
        (least_excited, "smallest"),
        (excited_in_order_of_rows, "not in order"),
        (excited_values, "not their features"),
        (
            lambda f, y, label, channel, count: excited_by_sorting(f, y, label, 1, count),
            "Which",
        ),
    ],
    "thaw-base": [
        (thaw_without_base, "`False` at the end"),
        (thaw_everything, "should be frozen"),
        (thaw_base, "should be frozen"),
        (thaw_after, "not after it"),
        (thaw_turned_round, "Turned round"),
        (thaw_without_compile, "with a new optimizer"),
        (thaw_with_mse, "Compare the loss"),
        (thaw_with_sgd, "Compile with Adam"),
        (thaw_at_default_rate, "another rate"),
        (thaw_and_count_layers, "number of trainable weights"),
    ],
}
