"""The files that describe the environment say one thing, and the environment obeys them."""

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
# Hosts of package registries, in two parts each so that this file names none.
REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("anaconda", "org"),
    ("anaconda", "com"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("debian", "org"),
    ("ubuntu", "com"),
)
HEAVY = ("tensorflow", "keras", "matplotlib", "numpy", "IPython")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def requirements():
    """The direct requirements, without the course itself."""
    lines = [line.partition("#")[0].strip() for line in read("requirements.txt").splitlines()]
    assert lines.count("-e .") == 1
    return [Requirement(line) for line in lines if line and line != "-e ."]


def locked():
    """Pairs (requirement, number of hashes) of the lock."""
    entries = re.findall(
        r"^(\S+==[^\\\n]+)((?: \\\n +--hash=sha256:[0-9a-f]{64})*)$", LOCK, re.M
    )
    return [(Requirement(text), hashes.count("--hash")) for text, hashes in entries]


LOCK = read("requirements.lock")
CONDA = yaml.safe_load(read("environment.yml"))
PYTHON_RANGE = SpecifierSet(tomllib.loads(read("pyproject.toml"))["project"]["requires-python"])


def test_conda_takes_the_packages_from_requirements_txt():
    assert CONDA["channels"] == ["conda-forge"]
    assert CONDA["dependencies"][-1] == {"pip": ["-r requirements.txt"]}


def test_conda_and_requirements_name_no_package_twice():
    """The one exception: conda's `graphviz` is the program, the other its Python binding."""
    conda = {Requirement(text).name for text in CONDA["dependencies"][:-1]}
    assert conda == {"python", "pip", "graphviz"}
    assert conda & {requirement.name for requirement in requirements()} == {"graphviz"}


def test_python_range_is_the_same_everywhere():
    python = Requirement(CONDA["dependencies"][0])
    assert python.name == "python"
    assert python.specifier == PYTHON_RANGE
    assert [f"3.{minor}" for minor in range(30) if f"3.{minor}" in PYTHON_RANGE] == [*PYTHONS]
    workflow = yaml.safe_load(read(".github/workflows/test.yml"))
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert tested == [PYTHONS[0], PYTHONS[-1]]


def test_every_requirement_has_a_range():
    for requirement in requirements():
        operators = {specifier.operator for specifier in requirement.specifier}
        assert operators == {">=", "<"}, f"{requirement} has no range"


def test_lock_pins_everything_with_hashes():
    names = re.findall(r"^([A-Za-z0-9][\w.-]*)", LOCK, re.M)
    assert len(names) == len(locked())
    unhashed = [str(requirement) for requirement, hashes in locked() if not hashes]
    assert not unhashed


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_pins_each_requirement_once_within_its_range(python, system):
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_system": SYSTEMS[system],
        "os_name": "nt" if system == "win32" else "posix",
        "platform_machine": "arm64" if system == "darwin" else "x86_64",
    }
    pins = {}
    for pin, _ in locked():
        if pin.marker is None or pin.marker.evaluate(environment):
            assert pin.name not in pins, f"{pin.name} is pinned twice"
            (specifier,) = pin.specifier
            pins[pin.name] = specifier.version
    for requirement in requirements():
        assert requirement.specifier.contains(pins[requirement.name]), requirement


def test_lock_was_made_for_the_oldest_python():
    assert f"--python-version {PYTHONS[0]}" in LOCK.splitlines()[1]


def test_installed_versions_are_within_their_ranges():
    for requirement in requirements():
        installed = importlib.metadata.version(requirement.name)
        assert requirement.specifier.contains(installed, prereleases=True), requirement


def test_scikit_learn_is_left_out():
    """Keras imports it wherever it is installed, which costs every kernel three seconds."""
    assert importlib.util.find_spec("sklearn") is None
    assert "scikit-learn" not in {pin.name for pin, _ in locked()}


def project_files():
    """The files that git knows or would take in."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this copy of the course is no git repository")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_package_registry():
    hosts = re.compile(
        "|".join(rf"\b{re.escape('.'.join(host))}\b" for host in REGISTRIES), re.I
    )
    found = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content and (match := hosts.search(content.decode("utf-8", "replace"))):
            found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert not found


def run_python(code, folder):
    """What a fresh interpreter prints, started in a folder outside the course."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def test_import_of_helpers_is_quick(tmp_path):
    code = (
        "import time; start = time.perf_counter(); import helpers; "
        "print(time.perf_counter() - start)"
    )
    seconds = min(float(run_python(code, tmp_path)) for _ in range(3))
    assert seconds < 0.2


def test_import_of_helpers_brings_nothing_heavy(tmp_path):
    loaded = run_python("import sys, helpers; print(*sys.modules)", tmp_path).split()
    assert "helpers" in loaded
    assert not set(HEAVY) & set(loaded)
