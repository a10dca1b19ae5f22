"""Judges of the lesson on sequential and functional models."""

from helpers.checks.common import is_symbolic
from helpers.exercises import exercise


@exercise("photo-input", "A model that begins like this takes photos of any size.")
def judge_photo_input(answer):
    """A `keras.Input` of shape (None, None, None, 3), named photo."""
    import keras

    if isinstance(answer, keras.Model):
        return "This is a whole model. Its input alone is asked for: `keras.Input(…)`."
    if isinstance(answer, (tuple, list)):
        return "This is a shape. Give it to `keras.Input(shape=…, name=…)`."
    if not is_symbolic(answer):
        return f"A `keras.Input` is asked for, but this is of type {type(answer).__name__}."
    shape = tuple(answer.shape)
    if shape == (None, None, None, 3):
        if answer.name == "photo":
            return None
        return f"The shape is right, but the name is {answer.name!r}. Pass `name`."
    if shape == (None, None, None, None):
        return "The three channels are not free: only height and width are."
    if shape in [(None, None, None), (None, None, 3)]:
        return "One size is missing: a photo has height, width and three channels."
    if shape == (None, None, None, None, 3):
        return "One size too many: `shape` leaves the number of photos out."
    if shape == (None, None, None, 1):
        return "One channel is a grey photo; colours have three."
    if shape == (None, 3, None, None):
        return "The channels come last in this course: height, width, channels."
    if shape[-1:] == (3,) and len(shape) == 4 and shape[0] is not None:
        return "The number of photos is fixed: use `shape` instead of `batch_shape`."
    if shape[-1:] == (3,) and len(shape) == 4:
        return f"Height and width are to be free, so both are None. Here they are {shape[1:3]}."
    return f"With the number of photos in front, its shape is {shape}."
