"""Answers that readers invented from the text of an exercise alone."""

import functools

import keras
import numpy as np

layers = keras.layers
MAKE_FIRST = {"list-to-graph", "photo-input", "two-looks"}


# --- list-to-graph, right
def graph_reduced():
    image = keras.Input(shape=(28, 28, 1))
    chain = [layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(10, "softmax")]
    return keras.Model(image, functools.reduce(lambda x, layer: layer(x), chain, image))


def graph_of_operations():
    image = keras.Input(batch_shape=(None, 28, 28, 1), name="pixels")
    x = keras.ops.relu(layers.Dense(32)(keras.ops.reshape(image, (-1, 784))))
    return keras.Model(inputs=[image], outputs=layers.Softmax()(layers.Dense(10)(x)))


class OwnClass(keras.Model):
    pass


def graph_own_class():
    image = layers.Input((28, 28, 1))
    x = layers.Reshape([-1])(image)
    x = layers.Dense(32, activation=keras.activations.relu)(x)
    return OwnClass(image, layers.Dense(10, activation=keras.ops.softmax)(x))


# --- list-to-graph, wrong
def graph_still_sequential():
    return keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def graph_head_on_wrong_tensor():
    image = keras.Input(shape=(28, 28, 1))
    x = layers.Flatten()(image)
    hidden = layers.Dense(32, activation="relu")(x)  # noqa: F841
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def graph_relu_forgotten():
    image = keras.Input(shape=(28, 28, 1))
    x = layers.Dense(32)(layers.Flatten()(image))
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def graph_last_tensor():
    image = keras.Input(shape=(28, 28, 1))
    x = layers.Dense(32, activation="relu")(layers.Flatten()(image))
    return layers.Dense(10, activation="softmax")(x)


def graph_both_relu():
    image = keras.Input(shape=(28, 28, 1))
    x = layers.Dense(32, activation="relu")(layers.Flatten()(image))
    return keras.Model(image, layers.Dense(10, activation="relu")(x))


# --- change-head, right
class Head(layers.Dense):
    pass


def head_objects(model, classes):
    """A subclass of Dense, frozen afterwards, loss and optimizer as objects."""
    old = model.layers[-1].name
    model.pop()
    model.add(Head(classes, activation="softmax", name=old))
    for layer in model.layers[:-1]:
        layer.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(keras.optimizers.Lion(1e-4), loss, metrics=["accuracy"])
    return model


def head_own_softmax(model, classes):
    model.pop(rebuild=False)
    [setattr(layer, "trainable", False) for layer in model.layers]

    def share(z):
        z = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
        return z / keras.ops.sum(z, axis=-1, keepdims=True)

    model.add(layers.Dense(classes, activation=share, kernel_initializer="zeros"))
    model.compile("sgd", keras.losses.sparse_categorical_crossentropy)
    return model


def head_all_frozen_then_free(model, classes):
    """Freezes the whole model, and then frees it and its new head, layer by layer."""
    model.pop()
    model.add(layers.Dense(classes, activation=keras.activations.softmax))
    model.trainable = False
    model._trainable = True
    model.layers[-1].trainable = True
    model.compile(optimizer="adagrad", loss="sparse_categorical_crossentropy", run_eagerly=True)
    return model


# --- change-head, wrong
def head_model_frozen(model, classes):
    model.pop()
    model.trainable = False
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def head_one_left_free(model, classes):
    model.pop()
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def head_new_model(model, classes):
    model.pop()
    for layer in model.layers:
        layer.trainable = False
    new = keras.Sequential([*model.layers, layers.Dense(classes, activation="softmax")])
    new.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return new


def head_on_old_head(model, classes):
    for layer in model.layers:
        layer.trainable = False
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def head_from_logits(model, classes):
    model.pop()
    for layer in model.layers:
        layer.trainable = False
    model.add(layers.Dense(classes))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


# --- photo-input, right
def photo_batch_shape():
    return keras.Input(batch_shape=[None, None, None, 3], name="photo")


def photo_of_layer():
    return layers.InputLayer(shape=(None, None, 3), name="photo").output


def photo_uint8():
    return layers.Input([None] * 2 + [3], dtype="uint8", name="photo")


# --- photo-input, wrong
def photo_channels_first():
    return keras.Input(shape=(3, None, None), name="photo")


def photo_with_batch():
    return keras.Input(shape=(None, None, None, 3), name="photo")


def photo_unnamed():
    photo = keras.Input(shape=(None, None, 3))
    return photo


def photo_224():
    return keras.Input(shape=(224, 224, 3), name="photo")


def photo_one_at_a_time():
    return keras.Input(shape=(None, None, 3), batch_size=1, name="photo")


# --- joined-shape, right
def joined_symbolic(first, second, axis):
    tensors = [keras.KerasTensor(shape, "float32") for shape in (first, second)]
    return keras.ops.concatenate(tensors, axis=axis).shape


def joined_numpy(first, second, axis):
    first, second = np.array(first), np.array(second)
    along = np.arange(len(first)) == axis % len(first)
    if (first != second)[~along].any():
        raise ValueError("they differ along another axis")
    return tuple(np.where(along, first + second, first))


class ShapeError(ValueError):
    pass


def joined_recursive(first, second, axis):
    axis %= len(first)
    if axis:
        if first[0] != second[0]:
            raise ShapeError(first, second)
        return first[:1] + joined_recursive(first[1:], second[1:], axis - 1)
    if first[1:] != second[1:]:
        raise ShapeError(first, second)
    return (sum([first[0], second[0]]), *first[1:])


# --- joined-shape, wrong
def joined_no_negative_axis(first, second, axis):
    shape = []
    for i, (a, b) in enumerate(zip(first, second, strict=True)):
        if i == axis:
            shape.append(a + b)
        elif a != b:
            raise ValueError("they differ")
        else:
            shape.append(a)
    return tuple(shape)


def joined_assert(first, second, axis):
    a, b = list(first), list(second)
    size = a.pop(axis) + b.pop(axis)
    assert a == b
    result = list(first)
    result[axis] = size
    return tuple(result)


def joined_insert(first, second, axis):
    a, b = list(first), list(second)
    size = a.pop(axis) + b.pop(axis)
    if a != b:
        raise ValueError("they differ")
    a.insert(axis, size)  # -1 inserts before the last
    return tuple(a)


def joined_unchecked(first, second, axis):
    result = list(first)
    result[axis] += second[axis]
    return tuple(result)


def joined_returned_error(first, second, axis):
    a, b = list(first), list(second)
    size = a.pop(axis) + b.pop(axis)
    if a != b:
        return ValueError("they differ")
    result = list(first)
    result[axis] = size
    return tuple(result)


# --- two-looks, right
def looks_subtracted():
    """The maximum minus the mean, with operations in place of pooling layers."""
    photo = keras.Input(shape=(None, None, 3), name="photo")
    x = layers.Conv2D(8, 3, activation="relu")(photo)
    largest, mean = keras.ops.amax(x, axis=(1, 2)), keras.ops.mean(x, axis=[1, 2])
    return keras.Model(photo, layers.Dense(4, "softmax")(layers.subtract([largest, mean])))


def looks_as_maps():
    """Separable convolution, pooled maps of 1 by 1, a 1x1 convolution as the last layer."""
    photo = keras.Input(shape=(None, None, 3))
    x = layers.SeparableConv2D(16, 5, strides=2, padding="same", activation="gelu")(photo / 255)
    looks = [
        layers.GlobalAveragePooling2D(keepdims=True)(x),
        layers.GlobalMaxPooling2D(keepdims=True)(x),
    ]
    x = layers.Conv2D(4, 1)(layers.Concatenate(axis=-1)(looks))
    return keras.Model({"photo": photo}, layers.Softmax()(layers.Reshape((4,))(x)))


def looks_nested():
    """The convolutions and the fork are models of their own, used like layers."""
    body = keras.Sequential(
        [layers.Conv2D(12, 3, strides=2), layers.ReLU(), layers.Conv2D(12, 3)]
    )
    maps = keras.Input(shape=(None, None, 12))
    pools = [layers.GlobalMaxPool2D()(maps), layers.GlobalAvgPool2D()(maps)]
    fork = keras.Model(maps, layers.average(pools))
    photo = keras.Input(shape=(None, None, 3))
    return keras.Model(photo, layers.Dense(4, activation="softmax")(fork(body(photo))))


# --- two-looks, wrong
def _looks(photo, x, pools=("max", "mean"), activation="softmax"):
    kinds = {"max": layers.GlobalMaxPooling2D, "mean": layers.GlobalAveragePooling2D}
    both = layers.concatenate([kinds[pool]()(x) for pool in pools])
    return keras.Model(photo, layers.Dense(4, activation=activation)(both))


def looks_max_twice():
    photo = keras.Input(shape=(None, None, 3))
    return _looks(photo, layers.Conv2D(16, 3)(photo), ("max", "max"))


def looks_sigmoid():
    photo = keras.Input(shape=(None, None, 3))
    return _looks(photo, layers.Conv2D(16, 3)(photo), activation="sigmoid")


def looks_no_convolution():
    photo = keras.Input(shape=(None, None, 3))
    return _looks(photo, photo)


def looks_too_deep_for_32():
    photo = x = keras.Input(shape=(None, None, 3))
    for filters in (8, 16, 16, 16):
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, activation="relu")(x))
    return _looks(photo, x)


def looks_local_pools():
    """Pools windows of 2 by 2, and the whole only after the branches have met."""
    photo = keras.Input(shape=(None, None, 3))
    x = layers.Conv2D(16, 3, activation="relu")(photo)
    x = layers.concatenate([layers.MaxPooling2D()(x), layers.AveragePooling2D(2)(x)])
    return keras.Model(photo, layers.Dense(4, "softmax")(layers.GlobalAveragePooling2D()(x)))


RIGHT = {
    "list-to-graph": [graph_reduced, graph_of_operations, graph_own_class],
    "change-head": [head_objects, head_own_softmax, head_all_frozen_then_free],
    "photo-input": [photo_batch_shape, photo_of_layer, photo_uint8],
    "joined-shape": [joined_symbolic, joined_numpy, joined_recursive],
    "two-looks": [looks_subtracted, looks_as_maps, looks_nested],
}
WRONG = {
    "list-to-graph": [
        (graph_still_sequential, "`Sequential` again"),
        (graph_head_on_wrong_tensor, "yours of [(784, 10), (10,)]"),
        (graph_relu_forgotten, "first Dense layer has no activation"),
        (graph_last_tensor, "symbolic tensor"),
        (graph_both_relu, "the second relu"),
    ],
    "change-head": [
        (head_model_frozen, "new head cannot train"),
        (head_one_left_free, "Not all layers below"),
        (head_new_model, "This is another one"),
        (head_on_old_head, "Is the old head off"),
        (head_from_logits, "not a softmax"),
    ],
    "photo-input": [
        (photo_channels_first, "channels come last"),
        (photo_with_batch, "One size too many"),
        (photo_unnamed, "Pass `name`"),
        (photo_224, "both are None"),
        (photo_one_at_a_time, "The number of photos is fixed"),
    ],
    "joined-shape": [
        (joined_no_negative_axis, "gives [2, 2, 2], and [2, 2, 4]"),
        (joined_assert, "should raise a ValueError"),
        (joined_insert, "gives [2, 4, 2], and [2, 2, 4]"),
        (joined_unchecked, "other axes must agree"),
        (joined_returned_error, "raise"),
    ],
    "two-looks": [
        (looks_max_twice, "keeps the mean"),
        (looks_sigmoid, "add up to 1"),
        (looks_no_convolution, "no convolution"),
        (looks_too_deep_for_32, "32"),
        (looks_local_pools, "keeps the largest value"),
    ],
}
