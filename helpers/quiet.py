"""A quiet import of TensorFlow."""

import logging
import os
import sys
import tempfile
from contextlib import contextmanager

STDERR = 2


@contextmanager
def quiet_import():
    """Keep TensorFlow's start-up lines and its advice on speed out of the notebook.

    TensorFlow writes the start-up lines to file descriptor 2 before any setting can stop it,
    so the descriptor itself is turned away while the block runs. If the import fails, the
    lines are shown after all, and the error goes on its way. Its Python logger is set to
    errors only: the warnings on retracing that it gives to every loop over small models are
    about speed, not about results.
    """
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(STDERR)
    with tempfile.TemporaryFile() as turned_away:
        os.dup2(turned_away.fileno(), STDERR)
        try:
            yield
            if tensorflow := sys.modules.get("tensorflow"):
                # Where it finds itself in Jupyter, it sets its logger to more than errors.
                tensorflow.get_logger().setLevel(logging.ERROR)
        except BaseException:
            os.dup2(kept, STDERR)
            turned_away.seek(0)
            sys.stderr.write(turned_away.read().decode(errors="replace"))
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, STDERR)
            os.close(kept)
