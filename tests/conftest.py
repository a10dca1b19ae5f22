"""`pytest tests` leaves tests/lab alone: it needs a browser and runs as `make test-lab`."""

from pathlib import Path

LAB = Path(__file__).parent / "lab"


def pytest_ignore_collect(collection_path, config):
    """Collect tests/lab only if the command line names it or something in it."""
    if collection_path == LAB:
        named = [Path(arg.split("::")[0]).resolve() for arg in config.args]
        return not any(path == LAB or LAB in path.parents for path in named)
