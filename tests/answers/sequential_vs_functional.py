"""Answers to the exercises of the lesson on sequential and functional models."""


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


RIGHT = {"photo-input": [photo_input, photo_input_by_batch_shape]}

WRONG = {
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
}

# Symbolic tensors are made only when a test asks for them.
MAKE_FIRST = {"photo-input"}
