"""What the judges of several lessons share."""

import numpy as np


def is_symbolic(answer):
    """Whether an answer is a symbolic tensor of Keras."""
    import keras

    return isinstance(answer, keras.KerasTensor)


def model_or_hint(answer):
    """A hint if an answer is not a Keras model, or None."""
    import keras

    if isinstance(answer, keras.Model):
        return None
    if isinstance(answer, type) and issubclass(answer, keras.Model):
        return "This is a class. Make a model of it, with parentheses."
    if is_symbolic(answer):
        return "This is a symbolic tensor. Make a `keras.Model` that ends in it."
    if isinstance(answer, keras.Layer):
        return "This is a layer. A whole model is asked for."
    if callable(answer):
        return "This is a function. The model itself is asked for: call your function."
    return f"A Keras model is asked for, but this is of type {type(answer).__name__}."


def run_model(model, inputs):
    """What a model gives for an array, as an array; in inference."""
    return np.asarray(model(inputs, training=False))
