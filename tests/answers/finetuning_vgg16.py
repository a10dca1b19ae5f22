"""Answers to the exercises of the lesson on fine-tuning VGG16."""

import numpy as np

EXACT_MEAN = np.array([103.939, 116.779, 123.68])
MEAN_BGR = EXACT_MEAN.astype("float32")


def largest_by_sorting(probabilities, count):
    places = range(len(probabilities))
    return sorted(places, key=lambda place: -probabilities[place])[:count]


def largest_by_turning(probabilities, count):
    return np.argsort(probabilities)[::-1][:count]


def largest_one_by_one(probabilities, count):
    found = []
    for _ in range(count):
        found.append(int(np.argmax(probabilities)))
        probabilities[found[-1]] = -1
    return found


def unfeed_by_copy(fed):
    photos = fed.copy()
    photos += MEAN_BGR
    return np.round(photos[:, :, :, [2, 1, 0]]).astype(np.uint8)


def unfeed_by_half(fed):
    return (fed[..., ::-1] + MEAN_BGR[::-1] + 0.5).astype("uint8")


def unfeed_to_floats(fed):
    return np.clip(np.round(np.flip(fed + MEAN_BGR, axis=-1)), 0, 255)


def moves_in_a_loop(before, after):
    moves = []
    for place in range(len(before)):
        change = after[place] - before[place]
        moves.append(np.linalg.norm(change) / np.linalg.norm(before[place]))
    return moves


def moves_as_array(before, after):
    pairs = zip(before, after, strict=True)
    return np.array([np.sqrt(((a - b) ** 2).sum() / (b**2).sum()) for b, a in pairs])


def moves_of_all_together(before, after):
    change = sum(np.sum((a - b) ** 2) for b, a in zip(before, after, strict=True))
    return np.sqrt(change / sum(np.sum(b**2) for b in before))


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


def thaw_in_the_trap(model, base, first_layer, rate):
    base.trainable = True  # it was True already, so layers that are frozen stay frozen
    for layer in base.layers:
        if layer.name == first_layer:
            break
        layer.trainable = False
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


def ask(model, photo, class_names):
    probabilities = model.predict(photo[None], verbose=0)[0]
    place = np.argmax(probabilities)
    return class_names[place], probabilities[place]


def name_by_predict(model, photo, class_names, least):
    name, probability = ask(model, photo, class_names)
    return name if probability >= least else "not sure"


def name_by_call(model, photo, class_names, least):
    probabilities = np.squeeze(model(np.expand_dims(photo, 0).astype("float32")))
    if max(probabilities) < least:
        return "not sure"
    return class_names[probabilities.argmax()]


def name_without_batch(model, photo, class_names, least):
    return class_names[np.argmax(model.predict(photo, verbose=0)[0])]


def name_always(model, photo, class_names, least):
    return ask(model, photo, class_names)[0]


def name_scaled(model, photo, class_names, least):
    return name_by_predict(model, photo / 255, class_names, least)


def name_place(model, photo, class_names, least):
    return np.argmax(model.predict(photo[None], verbose=0)[0])


def name_with_probability(model, photo, class_names, least):
    return ask(model, photo, class_names)


def name_or_nothing(model, photo, class_names, least):
    name, probability = ask(model, photo, class_names)
    if probability >= least:
        return name


def name_turned_round(model, photo, class_names, least):
    name, probability = ask(model, photo, class_names)
    return name if probability < least else "not sure"


def name_in_other_words(model, photo, class_names, least):
    name, probability = ask(model, photo, class_names)
    return name if probability >= least else "unsure"


RIGHT = {
    "largest-answers": [largest_by_sorting, largest_by_turning, largest_one_by_one],
    "unfeed": [unfeed_by_copy, unfeed_by_half, unfeed_to_floats],
    "relative-moves": [moves_in_a_loop, moves_as_array],
    "thaw-base": [thaw_by_places, thaw_by_slices],
    "name-photo": [name_by_predict, name_by_call],
}

WRONG = {
    "largest-answers": [
        (lambda p, count: np.argsort(p)[:count], "These are the smallest"),
        (lambda p, count: list(np.argsort(p)[-count:]), "turn them round"),
        (lambda p, count: sorted(largest_by_sorting(p, count)), "not in order"),
        (lambda p, count: p[largest_by_sorting(p, count)], "Return their places"),
        (lambda p, count: largest_by_turning(p, len(p)), "cut the list"),
        (lambda p, count: p.argmax(), "a single number"),
        (lambda p, count: np.argsort(-p)[:3], "has shape (3,)"),
        (lambda p, count: np.argsort(-p)[1 : count + 1], "was expected"),
    ],
    "unfeed": [
        (lambda fed: (fed + EXACT_MEAN)[..., ::-1].astype("uint8"), "cuts off"),
        (lambda fed: np.round(fed + MEAN_BGR).astype("uint8"), "blue is still first"),
        (lambda fed: np.round(fed[..., ::-1] + MEAN_BGR).astype("uint8"), "wrong colour"),
        (lambda fed: fed[..., ::-1], "still missing"),
        (lambda fed: np.round((fed - MEAN_BGR)[..., ::-1]), "subtracted once more"),
        (lambda fed: np.round(fed + MEAN_BGR)[::-1], "order of the photos"),
        (lambda fed: np.round(fed + MEAN_BGR)[:, ::-1], "upside down"),
        (lambda fed: fed[0], "shape"),
    ],
    "relative-moves": [
        (lambda b, a: [np.linalg.norm(y - x) for x, y in zip(b, a, strict=True)], "Divide by"),
        (lambda b, a: moves_in_a_loop(a, b), "before"),
        (
            lambda b, a: [
                np.linalg.norm(y) / np.linalg.norm(x) - 1 for x, y in zip(b, a, strict=True)
            ],
            "longer",
        ),
        (lambda b, a: np.square(moves_as_array(b, a)), "square root"),
        (lambda b, a: moves_in_a_loop(b, a)[0], "first array alone"),
        (lambda b, a: [not np.array_equal(x, y) for x, y in zip(b, a, strict=True)], "How far"),
        (moves_of_all_together, "shape"),
    ],
    "name-photo": [
        (name_without_batch, "photo[None]"),
        (name_always, "below the least"),
        (name_scaled, "from 0 to 255"),
        (name_place, "Return a name"),
        (name_with_probability, "Return a name"),
        (name_or_nothing, "returns nothing"),
        (name_turned_round, "compare the largest"),
        (name_in_other_words, "should be 'not sure'"),
    ],
    "thaw-base": [
        (thaw_without_base, "`False` at the end"),
        (thaw_everything, "should be frozen"),
        (thaw_base, "should be frozen"),
        (thaw_in_the_trap, "does nothing"),
        (thaw_after, "not after it"),
        (thaw_turned_round, "Turned round"),
        (thaw_without_compile, "with a new optimizer"),
        (thaw_with_mse, "Compare the loss"),
        (thaw_with_sgd, "Compile with Adam"),
        (thaw_at_default_rate, "another rate"),
        (thaw_and_count_layers, "number of trainable weights"),
    ],
}
