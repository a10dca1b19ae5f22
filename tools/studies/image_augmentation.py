"""Compare three ways to augment photos by the photos that they make in a second.

The ways are those of lesson 06, and so is the code: its cells tagged `augmentation-speed` are
executed here. The generator, the layers and the combined matrix take turns in one process:
python tools/studies/image_augmentation.py
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lessons import NOTEBOOKS, at_least_one, read, tagged_code

LESSON = NOTEBOOKS / "06_image_augmentation.ipynb"
TAG = "augmentation-speed"
GENERATOR, MATRIX = "generator", "one matrix in tf.data"
SMALLEST_RATIO = 3
CORES = 2


def use_cores(count):
    """Keep this process on so many cores, where the system can; returns how many it has."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=at_least_one, default=3, help="runs of each way (3)")
    runs = parser.parse_args().runs
    cores = use_cores(CORES)
    names = {}
    for code in tagged_code(read(LESSON), TAG):
        exec(code, names)
    ways, images_per_second = names["ways"], names["images_per_second"]
    rates = {way: [] for way in ways}
    for way in ways:
        images_per_second(way)  # the first time is for making ready
    print(f"{cores} cores, photos of shape {names['speed_photos'].shape}")
    print("run", *(f"{way:>22}" for way in ways))
    for run in range(1, runs + 1):
        for way in ways:
            rates[way].append(images_per_second(way))
        print(f"{run:3}", *(f"{rates[way][-1]:22.0f}" for way in ways), flush=True)
    medians = {way: statistics.median(rates[way]) for way in ways}
    ratio = medians[MATRIX] / medians[GENERATOR]
    print("   ", *(f"{medians[way]:22.0f}" for way in ways), " medians, photos per second")
    print(f"The matrix makes {ratio:.1f} times as many photos as the generator.")
    if ratio < SMALLEST_RATIO:
        sys.exit(f"That is less than {SMALLEST_RATIO} times.")


if __name__ == "__main__":
    main()
