"""Judges of the lesson on image augmentation."""

import itertools

import numpy as np

from helpers.exercises import Hint, call, exercise
from helpers.tables import table_exercise

DEGREES = 45
LEAST_CHANGE, MOST_CHANGE = 5, 60


def drawn_numbers(generator, draws=400):
    """What an ImageDataGenerator draws: a dict of arrays, for photos of 28 by 28 pixels."""
    state = np.random.get_state()
    try:
        drawn = [generator.get_random_transform((28, 28, 1), seed) for seed in range(draws)]
    finally:
        np.random.set_state(state)
    return {
        name: np.array([numbers[name] or 0 for numbers in drawn], float)
        for name in (
            "theta",
            "tx",
            "ty",
            "zx",
            "zy",
            "shear",
            "flip_horizontal",
            "flip_vertical",
            "brightness",
            "channel_shift_intensity",
        )
    }


@exercise("augment-digits", "A digit stays the digit that it is.")
def judge_digits(answer):
    """An ImageDataGenerator that turns, shifts and zooms digits a little, and nothing else."""
    if isinstance(answer, type):
        return "This is the class itself. Call it with your settings: `ImageDataGenerator(…)`."
    if not hasattr(answer, "get_random_transform"):
        return f"An `ImageDataGenerator` is asked for, but this is a {type(answer).__name__}."
    if np.shape(answer.rotation_range):
        return "`rotation_range` is one number of degrees."
    drawn = drawn_numbers(answer)
    if drawn["flip_horizontal"].any() or drawn["flip_vertical"].any():
        return "It flips digits: a flipped 2 is no digit any more."
    turned = np.abs(drawn["theta"]).max()
    if turned > 15:
        return f"It turns by up to {turned:.0f} degrees. Further than 15 was not asked for."
    if turned < 1:
        return "It hardly turns anything. `rotation_range` is given in degrees."
    if turned < 13:
        return f"It turns by {turned:.0f} degrees at most, and 15 were asked for."
    for name, key in (("width_shift_range", "ty"), ("height_shift_range", "tx")):
        pixels = np.abs(drawn[key]).max()
        if pixels == 0:
            return f"It never shifts in one of the two directions: `{name}` is 0 or too small."
        if not 2.4 < pixels <= 2.8:
            return (
                f"With this `{name}` digits of 28 pixels move by up to {pixels:.1f} pixels. A "
                f"tenth would be 2.8: give a share below 1."
            )
    factors = np.concatenate([drawn["zx"], drawn["zy"]])
    if np.ptp(factors) == 0:
        return "It never zooms: `zoom_range` is missing."
    if factors.min() < 0.9 or factors.max() > 1.1:
        return (
            f"Its zoom goes from {factors.min():.2f} to {factors.max():.2f}. Factors from "
            f"0.9 to 1.1 were asked for."
        )
    if factors.min() > 0.92 or factors.max() < 1.08:
        return (
            f"Its zoom goes from {factors.min():.2f} to {factors.max():.2f}, and factors from "
            f"0.9 to 1.1 were asked for, both ways."
        )
    if drawn["shear"].any():
        return "It shears as well, which was not asked for."
    if drawn["brightness"].any() or drawn["channel_shift_intensity"].any():
        return "It makes digits lighter or darker as well, which was not asked for."
    return changes_besides(answer)


def changes_besides(generator):
    """A hint if a generator changes digits after its moves, by a function or a factor."""
    digit = np.zeros((28, 28, 1), "float32")
    digit[4:20, 6:9] = 200
    for _ in range(20):
        changed = np.asarray(generator.standardize(digit.copy()))
        if changed.shape != digit.shape or not np.allclose(changed, digit, atol=0.01):
            if getattr(generator, "preprocessing_function", None):
                return (
                    "Its `preprocessing_function` changes digits as well. Turn, shift and "
                    "zoom, and nothing else."
                )
            return "It changes the values as well, by `rescale` or by a mean."
    return None


@exercise("take-batches", "The next one in line gets the next batch.")
def judge_take(answer):
    """A function of (flow, count) that draws exactly count batches of an endless flow."""
    for count in (3, 1, 8, 0):
        flow = Endless()
        batches = call(answer, flow, count)
        if not isinstance(batches, (list, tuple)):
            return f"Return a list of batches. This is of type {type(batches).__name__}."
        if same_batch(batches, Endless.batch(0)):
            return "This is one batch. Return a list of batches, for count 1 a list of one."
        if len(batches) == count + 1:
            return f"{count} batches were asked for, and {count + 1} came. Where does it stop?"
        if len(batches) != count:
            return f"{count} batches were asked for, and {len(batches)} came."
        if flow.resets:
            return "The next batches: do not set the flow back."
        wanted = [Endless.batch(number) for number in range(count)]
        if not all(map(same_batch, batches, wanted)):
            if all(isinstance(batch, np.ndarray) for batch in batches):
                return (
                    "A batch of this flow is a pair of photos and labels, and only one of the "
                    "two is in your list. Keep each batch as `next(flow)` gives it."
                )
            return "These are not the next batches, in the order in which they come."
        if flow.drawn < count:
            return "`flow[i]` does not move the generator on. Use `next(flow)`."
        if flow.drawn != count:
            return (
                f"For count {count}, {count} batches are returned, but {flow.drawn} were "
                f"drawn: whoever asks next misses some. Stop before drawing one more."
            )
        call(answer, flow, 2)
        if flow.drawn != count + 2:
            return "A second call does not go on where the first one stopped."
    return None


def same_batch(batch, wanted):
    """Whether a batch is the wanted pair of photos and labels."""
    if not isinstance(batch, (tuple, list)) or len(batch) != len(wanted):
        return False
    return all(map(np.array_equal, batch, wanted))


class Endless:
    """Batches without end: pairs of arrays that count up. It gives up after 1,000."""

    drawn = resets = 0
    place = 0  # the number of the next batch

    @staticmethod
    def batch(number):
        return np.full((2, 4, 4, 3), float(number)), np.array([number, number + 1])

    def __iter__(self):
        return self

    def __next__(self):
        if self.drawn == 1000:
            raise Hint("Your loop does not stop: after 1,000 batches it was still drawing.")
        self.drawn += 1
        self.place += 1
        return self.batch(self.place - 1)

    next = __next__

    def reset(self):
        self.resets += 1
        self.place = 0

    def __getitem__(self, number):
        return self.batch(number)

    def __len__(self):
        return 5


def angles_of(images):
    """The angles of bars, in degrees from -90 to 90, by the moments of their light."""
    y, x = np.indices(images.shape[1:3]) - (images.shape[1] - 1) / 2
    weights = images[..., 0] / images[..., 0].sum(axis=(1, 2), keepdims=True)
    xx, yy, xy = ((weights * part).sum(axis=(1, 2)) for part in (x * x, y * y, x * y))
    return np.rad2deg(0.5 * np.arctan2(2 * xy, xx - yy))


@exercise("turns", "A turn has 360 degrees.")
def judge_turns(answer):
    """A layer that turns by up to 45 degrees and fills with the nearest pixel."""
    import keras

    if isinstance(answer, (int, float)):
        return "This is a number. The layer is asked for: `keras.layers.RandomRotation(…)`."
    if not isinstance(answer, keras.layers.Layer):
        return f"A layer is asked for, but this is of type {type(answer).__name__}."
    bars = np.zeros((200, 65, 65, 1), "float32")
    bars[:, 31:34, 8:57] = 1
    try:
        turned = np.asarray(answer(bars, training=True))
    except Exception:
        return "The layer does not take a batch of images. Which layer turns them at random?"
    if turned.shape != bars.shape:
        return "The layer changes the shape of the images, and a rotation does not."
    signed = angles_of(turned)
    angles = np.abs(signed)
    if angles.max() < 3:
        return "This layer hardly turns anything. 45 degrees are 45/360 of a turn."
    middles = (turned[:, 32, 32, 0] > 0.5).mean()
    if middles < 0.9:
        return "This layer does more than turn: the middle of the image should stay."
    if angles.max() > 60:
        return "This layer turns by more than 45 degrees. It counts in turns: 1 is 360 degrees."
    if not 40 < angles.max() < 46:
        return f"This layer turns by up to {angles.max():.0f} degrees, and 45 are asked for."
    if signed.min() > -20 or signed.max() < 20:
        return "It always turns to the same side. `rotation_range=45` draws from -45 to 45."
    if not filled_by_nearest(answer, bars):
        return 'The turn is right. The gaps should be filled by `fill_mode="nearest"`.'
    return None


def filled_by_nearest(layer, images):
    """Whether a layer that turns images fills gaps by drawing the edges out.

    Each image has a dark frame of one pixel. Only with "nearest" is all that comes from
    beyond the edge dark, whatever the inside holds.
    """
    framed = np.ones_like(images)
    framed[:, [0, -1]], framed[:, :, [0, -1]] = 0, 0
    turned = np.asarray(layer(framed, training=True))
    corner = turned[:, [0, 0, -1, -1], [0, -1, 0, -1], 0]
    bright = np.asarray(layer(1 - 0.5 * framed, training=True))
    rim = bright[:, [0, 0, -1, -1], [0, -1, 0, -1], 0]
    return corner.max() < 0.2 and rim.min() > 0.8


def random_layers(model):
    """The layers of a model, and of models in it, whose names begin with Random."""
    import keras

    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += random_layers(layer)
        elif type(layer).__name__.startswith("Random"):
            found.append(layer)
    return found


def fresh(model):
    """A model of the same layers whose size is still open, if that of the model is.

    The first photos fix the size of a Sequential that has no Input. The learner's own is to
    stay as it was.
    """
    import keras

    if (
        model.built
        or not isinstance(model, keras.Sequential)
        or type(model).call is not keras.Sequential.call
    ):
        return model
    return keras.Sequential(
        [fresh(layer) if isinstance(layer, keras.Model) else layer for layer in model.layers]
    )


def fits_any_size(model):
    """Whether a network for photos of one size or another can begin with a model."""
    import keras

    try:
        for size in ((64, 64), (40, 48)):
            fresh(model)(keras.Input(shape=(*size, 3)), training=True)
    except Exception:
        return False
    return True


@exercise("own-augmentation", "Ready to stand in front of a network, or in a pipeline.")
def judge_own_augmentation(answer):
    """A model of random layers for photos of any size that changes them moderately."""
    import keras

    from helpers.photos import load_fruit

    if isinstance(answer, (list, tuple)):
        return "Put the layers into one model: `keras.Sequential([…])`."
    if not isinstance(answer, keras.Model):
        return f"A `keras.Sequential` is asked for, but this is a {type(answer).__name__}."
    count = len(random_layers(answer))
    if count < 3:
        return f"At least three `Random*` layers were asked for, here are {count}."
    photos = load_fruit(64, per_class=4, test_per_class=1)[0][0].astype("float32")
    model = fresh(answer)
    try:
        varied = np.asarray(model(photos, training=True))
        small = np.asarray(model(photos[:2, :40, :48], training=True))
    except Exception:
        return (
            "It does not take photos of any size. Leave `Dense` out, and begin with "
            "`keras.Input(shape=(None, None, 3))`."
        )
    if varied.shape != photos.shape or small.shape != (2, 40, 48, 3):
        return "The photos that come back have another shape. Neither crop nor resize them."
    if not fits_any_size(answer):
        return (
            "A network that begins with it takes photos of one size alone. For any size begin "
            "with `keras.Input(shape=(None, None, 3))`."
        )
    if not np.array_equal(np.asarray(model(photos, training=False)), photos):
        return "With `training=False` the photos should come back unchanged, and they do not."
    varied = np.concatenate([varied, *(model(photos, training=True) for _ in range(5))])
    if varied.min() < -0.5 or varied.max() > 255.5:
        return "Some values leave the range 0 to 255. Which layer adds or multiplies?"
    if varied.max() < 2:
        return "The photos come back black, or nearly so. Values go from 0 to 255."
    change = np.abs(varied - np.concatenate([photos] * 6)).mean(axis=(1, 2, 3))
    if change.mean() < LEAST_CHANGE:
        return f"The photos change by only {change.mean():.1f} grey levels. Vary them more."
    if change.mean() > MOST_CHANGE:
        return (
            f"The photos change by {change.mean():.0f} grey levels on average, so much that "
            f"they can hardly be recognised. Make the factors smaller."
        )
    if np.mean(change > 1) < 0.9:
        return "Some photos come back unchanged. Add something that always does a little."
    same = np.asarray(model(np.stack([photos[0]] * 4), training=True))
    if all(np.allclose(one, other) for one, other in itertools.combinations(same, 2)):
        return "Four copies of a photo get the same variant. Each should get its own."
    return None


def rotate(degrees):
    """The matrix that turns about the upper left corner."""
    sin, cos = np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def move(x, y):
    """The matrix that shifts."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], float)


table_exercise(
    "turn-about",
    "With the middle of the photo as the point, this is what `warp` does.",
    reference=lambda degrees, x, y: move(x, y) @ rotate(degrees) @ move(-x, -y),
    inputs=[(20.0, 48.0, 30.0), (90.0, 0.0, 10.0), (-35.0, 5.0, 7.0)],
    mistakes=[
        (
            lambda degrees, x, y: rotate(degrees),
            "This turns about the upper left corner. Shift the point there first.",
        ),
        (
            lambda degrees, x, y: move(-x, -y) @ rotate(degrees) @ move(x, y),
            "The two shifts have changed places: the point itself does not stay. The factor "
            "that stands at the right is applied first to a column of x, y and 1.",
        ),
        (
            lambda degrees, x, y: rotate(degrees) @ move(-x, -y),
            "The shift back is missing: the point ends in the corner.",
        ),
        (
            lambda degrees, x, y: move(x, y) @ rotate(degrees),
            "The shift of the point to the corner is missing, the factor at the right.",
        ),
        (
            lambda degrees, x, y: move(y, x) @ rotate(degrees) @ move(-y, -x),
            "Column and row have changed places: `x` is the column, and it comes first.",
        ),
        (
            lambda degrees, x, y: move(x, y) @ rotate(np.rad2deg(degrees)) @ move(-x, -y),
            "The angle is given in degrees, and your matrix takes it as radians.",
        ),
        (
            lambda degrees, x, y: move(x, y) @ rotate(-degrees) @ move(-x, -y),
            "This turns to the other side than `rotation` above.",
        ),
        (
            lambda degrees, x, y: (move(x, y) @ rotate(degrees) @ move(-x, -y))[:2],
            "The third row, 0, 0, 1, is missing.",
        ),
    ],
)
