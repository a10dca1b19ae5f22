"""What the judges of several lessons share."""


def is_symbolic(answer):
    """Whether an answer is a symbolic tensor of Keras."""
    import keras

    return isinstance(answer, keras.KerasTensor)
