"""Answers to the exercises of the lesson on sequential and functional models."""

import numpy as np


def chain_as_graph(hidden="relu", last="softmax", units=32, shape=(28, 28, 1), flat=True):
    import keras

    image = keras.Input(shape=shape)
    x = keras.layers.Flatten()(image) if flat else image
    x = keras.layers.Dense(units, activation=hidden)(x)
    return keras.Model(image, keras.layers.Dense(10, activation=last)(x))


def chain_as_list():
    import keras

    return keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def chain_called_as_layer():
    import keras

    image = keras.Input(shape=(28, 28, 1), name="image")
    return keras.Model(image, chain_as_list()(image))


def chain_with_reshape_and_relu_layer():
    import keras

    image = keras.Input(shape=(28, 28, 1))
    x = keras.ops.reshape(image, (-1, 784))
    x = keras.layers.ReLU()(keras.layers.Dense(32)(x))
    return keras.Model(inputs=[image], outputs=keras.layers.Dense(10, "softmax")(x))


def chain_with_dropout():
    import keras

    image = keras.Input(shape=(28, 28, 1))
    x = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(image))
    x = keras.layers.Dropout(0.5)(x)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(x))


def tensor_alone():
    return chain_as_graph().outputs[0]


def hidden_numbers():
    import keras

    model = chain_as_graph()
    return keras.Model(model.input, model.layers[-2].output)


def change_head(model, classes):
    import keras

    model.pop()
    for layer in model.layers:
        layer.trainable = False
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def change_head_with_objects(model, classes):
    import keras

    model.pop()
    model.add(keras.layers.Dense(classes, activation=keras.ops.softmax, name="last"))
    for layer in model.layers:
        layer.trainable = layer.name == "last"
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    return model


def change_nothing(model, classes):
    return model


def head_on_head(model, classes):
    import keras

    for layer in model.layers:
        layer.trainable = False
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def freeze_last(model, classes):
    import keras

    model.pop()
    model.add(keras.layers.Dense(classes, activation="softmax"))
    for layer in model.layers:
        layer.trainable = False
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def freeze_the_model(model, classes):
    import keras

    model.pop()
    model.trainable = False
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def freeze_nothing(model, classes):
    import keras

    model.pop()
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def without_compile(model, classes):
    import keras

    model.pop()
    for layer in model.layers:
        layer.trainable = False
    model.add(keras.layers.Dense(classes, activation="softmax"))
    return model


def compile_before_add(model, classes):
    import keras

    model.pop()
    for layer in model.layers:
        layer.trainable = False
    model.compile("adam", loss="sparse_categorical_crossentropy")
    model.add(keras.layers.Dense(classes, activation="softmax"))
    return model


def without_softmax(model, classes):
    import keras

    change_head(model, classes).pop()
    model.add(keras.layers.Dense(classes))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model


def with_one_hot_loss(model, classes):
    change_head(model, classes).compile("adam", loss="categorical_crossentropy")
    return model


def forgets_to_return(model, classes):
    change_head(model, classes)


def change_a_copy(model, classes):
    import keras

    return change_head(keras.models.clone_model(model), classes)


def photo_input(shape=(None, None, 3), **options):
    import keras

    return keras.Input(shape=shape, **{"name": "photo"} | options)


def photo_input_by_batch_shape():
    import keras

    return keras.Input(batch_shape=(None, None, None, 3), name="photo")


def photo_model():
    import keras

    photo = photo_input()
    return keras.Model(photo, keras.layers.GlobalAveragePooling2D()(photo))


def fixed_batch():
    import keras

    return keras.Input(batch_shape=(4, None, None, 3), name="photo")


def joined_by_parts(first, second, axis):
    axis %= len(first)
    if first[:axis] + first[axis + 1 :] != second[:axis] + second[axis + 1 :]:
        raise ValueError("no")
    return first[:axis] + (first[axis] + second[axis],) + first[axis + 1 :]


def joined_by_arrays_of_sizes(first, second, axis):
    sizes, others = np.array(first), np.array(second)
    rest = np.arange(len(sizes)) != axis % len(sizes)
    if (sizes != others)[rest].any():
        raise ValueError
    return np.where(rest, sizes, sizes + others)


def joined_without_check(first, second, axis):
    shape = list(first)
    shape[axis] += second[axis]
    return tuple(shape)


def joined_with_assert(first, second, axis):
    shape, other = list(first), list(second)
    size = shape.pop(axis) + other.pop(axis)
    assert shape == other
    shape.insert(axis % (len(shape) + 1), size)
    return tuple(shape)


def joined_with_axis_by_number(first, second, axis):
    shape = []
    for k, (one, other) in enumerate(zip(first, second, strict=True)):
        if k != axis and one != other:
            raise ValueError
        shape.append(one)
    shape[axis] += second[axis]
    return tuple(shape)


def joined_in_wrong_place(first, second, axis):
    shape, other = list(first), list(second)
    size = shape.pop(axis) + other.pop(axis)
    if shape != other:
        raise ValueError
    shape.insert(axis, size)  # for -1 this is the place before the last
    return tuple(shape)


def two_looks(filters=16, shape=(None, None, 3), classes=4, last="softmax", join="concatenate"):
    import keras

    photo = keras.Input(shape=shape)
    maps = keras.layers.Conv2D(filters, 3, activation="relu")(photo)
    largest = keras.layers.GlobalMaxPooling2D()(maps)
    mean = keras.layers.GlobalAveragePooling2D()(maps)
    both = getattr(keras.layers, join)([largest, mean]) if join else largest
    return keras.Model(photo, keras.layers.Dense(classes, activation=last)(both))


def two_looks_by_operations():
    import keras

    photo = keras.Input(shape=(None, None, 3))
    maps = keras.layers.SeparableConv2D(24, 5, padding="same")(photo)
    largest, mean = keras.ops.max(maps, axis=(1, 2)), keras.ops.mean(maps, axis=(1, 2))
    both = keras.layers.Concatenate()([largest, mean])
    return keras.Model(photo, keras.ops.softmax(keras.layers.Dense(4)(both)))


def two_looks_at_different_maps():
    import keras

    photo = keras.Input(shape=(None, None, 3))
    maps = keras.layers.Conv2D(8, 3)(photo)
    largest = keras.layers.GlobalMaxPooling2D()(maps)
    mean = keras.layers.GlobalAveragePooling2D()(photo)
    both = keras.layers.concatenate([largest, mean])
    return keras.Model(photo, keras.layers.Dense(4, activation="softmax")(both))


def two_looks_flat():
    import keras

    photo = keras.Input(shape=(32, 32, 3))
    maps = keras.layers.Flatten()(keras.layers.Conv2D(4, 3, strides=4)(photo))
    return keras.Model(photo, keras.layers.Dense(4, activation="softmax")(maps))


def no_convolution():
    import keras

    photo = keras.Input(shape=(None, None, 3))
    largest = keras.layers.GlobalMaxPooling2D()(photo)
    mean = keras.layers.GlobalAveragePooling2D()(photo)
    both = keras.layers.concatenate([largest, mean])
    return keras.Model(photo, keras.layers.Dense(4, activation="softmax")(both))


RIGHT = {
    "list-to-graph": [
        chain_as_graph,
        chain_called_as_layer,
        chain_with_reshape_and_relu_layer,
        chain_with_dropout,
    ],
    "change-head": [change_head, change_head_with_objects, compile_before_add],
    "photo-input": [photo_input, photo_input_by_batch_shape],
    "joined-shape": [joined_by_parts, joined_by_arrays_of_sizes],
    "two-looks": [
        two_looks,
        lambda: two_looks(join="add"),
        two_looks_by_operations,
    ],
}

WRONG = {
    "list-to-graph": [
        (chain_as_list, "`Sequential` again"),
        (tensor_alone, "symbolic tensor"),
        (hidden_numbers, "ends in ten numbers"),
        (lambda: chain_as_graph(hidden=None), "no activation"),
        (lambda: chain_as_graph(hidden="sigmoid"), "sigmoid"),
        (lambda: chain_as_graph(last=None), "the second no activation"),
        (lambda: chain_as_graph(units=64), "has weights of"),
        (lambda: chain_as_graph(shape=(784,)), "The input of the chain"),
        (lambda: chain_as_graph(flat=False), "ends in ten numbers"),
        (lambda: "model", "of type str"),
    ],
    "change-head": [
        (head_on_head, "Is the old head off"),
        (change_nothing, "of 4 units"),
        (freeze_last, "The new head cannot train"),
        (freeze_the_model, "not the head or the model"),
        (freeze_nothing, "Not all layers below"),
        (without_compile, "not compiled"),
        (without_softmax, "not a softmax"),
        (with_one_hot_loss, "sparse_categorical_crossentropy"),
        (forgets_to_return, "return"),
        (change_a_copy, "The same model"),
        (lambda model, classes: model.get_weights(), "not a list"),
        (lambda model: model, "TypeError"),
    ],
    "photo-input": [
        (lambda: photo_input((None, None, 1)), "colours have three"),
        (lambda: photo_input((None, None)), "One size is missing"),
        (lambda: photo_input((None, None, None)), "channels are not free"),
        (lambda: photo_input((None, None, None, 3)), "One size too many"),
        (lambda: photo_input((3, None, None)), "come last"),
        (lambda: photo_input((28, 28, 3)), "both are None"),
        (lambda: photo_input((4,)), "its shape is (None, 4)"),
        (lambda: photo_input(name=None), "the name is"),
        (fixed_batch, "number of photos is fixed"),
        (photo_model, "whole model"),
        (lambda: (28, 28, 3), "This is a shape"),
        (lambda: (None, None, 3), "This is a shape"),
    ],
    "joined-shape": [
        (joined_without_check, "must agree"),
        (joined_with_assert, "AssertionError"),
        (joined_with_axis_by_number, "counts from the end"),
        (joined_in_wrong_place, "was expected"),
        (lambda first, second, axis: list(map(sum, zip(first, second, strict=True))), "All"),
        (lambda first, second, axis: first, "was expected"),
        (lambda first, second, axis: first[axis] + second[axis], "shape ()"),
        (lambda first, second: first, "TypeError"),
        (
            lambda first, second, axis: (
                np.concatenate([np.empty(first, bool), np.empty(second, bool)], axis).shape
            ),
            "10**12",
        ),
    ],
    "two-looks": [
        (lambda: two_looks(shape=(64, 64, 3)), "free: None"),
        (lambda: two_looks(shape=(None, None, 1)), "three channels"),
        (lambda: two_looks(classes=3), "Four probabilities"),
        (lambda: two_looks(last="sigmoid"), "add up to 1"),
        (lambda: two_looks(last=None), "add up to 1"),
        (lambda: two_looks(join=None), "joins two paths"),
        (lambda: two_looks(filters=1000), "20,000"),
        (two_looks_at_different_maps, "same tensor"),
        (two_looks_flat, "free: None"),
        (no_convolution, "no convolution"),
        (lambda: two_looks, "This is a function"),
    ],
}

# Models and symbolic tensors are made only when a test asks for them.
MAKE_FIRST = {"list-to-graph", "photo-input", "two-looks"}
