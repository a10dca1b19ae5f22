"""Make the course's environment in a folder of its own: python tools/make_env.py

Needs nothing but Python. The packages come from requirements.lock, checked against their
hashes, and are installed by uv, which is itself the first package of the lock to arrive.
With requirements.txt as second argument the newest allowed versions are installed instead.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements.lock"
OLDEST, NEWEST = (3, 11), (3, 13)
VERSION = "import sys; print(*sys.version_info[:2])"
NEWS = "@jupyterlab/apputils-extension:announcements"


def suitable_python():
    """Path of an interpreter between OLDEST and NEWEST, this one if it will do."""
    names = ["python3.13", "python3.12", "python3.11"]
    for program in [sys.executable, *filter(None, map(shutil.which, names))]:
        asked = subprocess.run([program, "-c", VERSION], capture_output=True, text=True)
        if asked.returncode == 0 and OLDEST <= tuple(map(int, asked.stdout.split())) <= NEWEST:
            return program
    sys.exit(
        f"The course needs Python 3.11, 3.12 or 3.13, and this is "
        f"{sys.version_info.major}.{sys.version_info.minor}. "
        f"Install one of them and run the command again."
    )


def run(*command):
    """Run a command; end with its own words when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT)
    if done.returncode:
        sys.exit(f"Making the environment stopped at: {' '.join(map(str, command))}")


def main(folder=".venv", requirements=LOCK):
    """Make the environment `folder` (relative to the course) from `requirements`."""
    venv = ROOT / folder
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    for stamp in venv.glob("ready-*"):
        stamp.unlink()
    if not python.exists():
        run(suitable_python(), "-m", "venv", venv)
    lock = (ROOT / LOCK).read_text(encoding="utf-8")
    only_uv = venv / "uv.txt"
    only_uv.write_text(re.search(r"^uv==.*(?:\n +--hash.*)+", lock, re.M).group(), "utf-8")
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", only_uv)
    if requirements == LOCK:
        run(python, "-m", "uv", "pip", "install", "--require-hashes", "-r", requirements)
        run(
            python, "-m", "uv", "pip", "install", "--no-deps", "--no-build-isolation", "-e", "."
        )
    else:
        run(python, "-m", "uv", "pip", "install", "--upgrade", "-r", requirements)
    # JupyterLab would ask at its first start whether it may fetch news from the network.
    run(python, "-m", "jupyter", "labextension", "disable", NEWS)


if __name__ == "__main__":
    main(*sys.argv[1:])
