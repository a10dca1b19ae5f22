"""TensorFlow's start-up lines stay out of the notebook, unless something is wrong."""

import subprocess
import sys

import pytest


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.fixture(scope="module")
def imported():
    return run(
        "import os\n"
        "from helpers import quiet_import\n"
        "with quiet_import():\n"
        "    import tensorflow as tf\n"
        "print(tf.add(1, 2).numpy())\n"
        "os.write(2, b'still open')\n"
    )


def test_nothing_is_said(imported):
    assert imported.returncode == 0
    assert imported.stdout == "3\n"


def test_standard_error_works_again(imported):
    assert imported.stderr == "still open"


def test_without_it_tensorflow_speaks():
    assert run("import tensorflow").stderr, "the helper is not needed any more"


def test_failed_import_shows_everything():
    told = run(
        "import os\n"
        "from helpers import quiet_import\n"
        "with quiet_import():\n"
        "    os.write(2, b'the reason why')\n"
        "    import no_such_module\n"
    )
    assert told.returncode == 1
    assert "the reason why" in told.stderr
    assert "ModuleNotFoundError" in told.stderr
