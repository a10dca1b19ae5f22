"""One JupyterLab server and one browser for all tests of this folder (or for each worker).

    python -m pytest tests/lab --all --screenshots FOLDER --theme dark --during 2 -k 02

runs lesson 02 in JupyterLab's dark theme and saves how it looks: as it is stored, every two
seconds while it runs, and in the end.
"""

import json
import shutil
import time
from pathlib import Path

import pytest
from driver import CHROMIUM_FLAGS, THEMES, Tab, clear_outputs, find_chromium, jupyterlab
from lesson_form import ROOT
from playwright.sync_api import sync_playwright


def pytest_addoption(parser):
    parser.addoption("--screenshots", type=Path, help="save how the lessons look to a folder")
    parser.addoption("--theme", choices=THEMES, default="light", help="JupyterLab's theme")
    parser.addoption("--all", action="store_true", help="run all lessons, not only some")
    parser.addoption(
        "--during", type=float, metavar="SECONDS", help="save how a run looks that often"
    )


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A folder with two copies of the notebooks: without their outputs, and as stored."""
    folder = tmp_path_factory.mktemp("course")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    for copy in ("notebooks", "stored"):
        shutil.copytree(ROOT / "notebooks", folder / copy, ignore=ignored)
    for notebook in (folder / "notebooks").glob("*.ipynb"):
        clear_outputs(notebook)
    return folder


@pytest.fixture(scope="session")
def server(course, tmp_path_factory, request):
    """Address and token of a JupyterLab that serves the copy, with nobody's settings."""
    home = tmp_path_factory.mktemp("home")
    theme = THEMES[request.config.getoption("--theme")]
    settings = {
        "apputils-extension/themes": {"theme": theme},
        # All cells are in the page at once, so that all headings and images can be seen.
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, values in settings.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    with jupyterlab(course, home) as address_and_token:
        yield address_and_token


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium with a profile of its own."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium is installed: install the package chromium, then run again")
    with sync_playwright() as playwright:
        profile = tmp_path_factory.mktemp("profile")
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, headless=True, args=CHROMIUM_FLAGS
        )
        yield context
        context.close()


@pytest.fixture
def tab(browser, server):
    """A new tab; the kernel started in it stops at the end of the test."""
    tab = Tab(browser, *server)
    yield tab
    tab.close()


@pytest.fixture
def save_screenshots(tab, request):
    """A function that saves the notebook in front, if --screenshots names a folder."""
    return saver(request, tab.take_screenshots)


@pytest.fixture
def watch(tab, request):
    """A function that saves the running notebook, once in the seconds that --during names.

    It is given the lesson's name and returns what `Tab.run_all` takes as `watch`.
    """
    every = request.config.getoption("--during")
    save = saver(request, tab.take_running)

    def for_lesson(name):
        count, last = 0, time.monotonic()

        def save_now_and_then():
            nonlocal count, last
            if time.monotonic() - last >= every:
                count, last = count + 1, time.monotonic()
                save(f"{name}-during-{count:03}")

        return save_now_and_then if every else None

    return for_lesson


@pytest.fixture
def save_window(tab, request):
    """A function that saves JupyterLab's window, if --screenshots names a folder."""
    return saver(request, tab.take_window)


def saver(request, take):
    """A function that calls `take` with folder and name if --screenshots names a folder."""
    folder, theme = (request.config.getoption(name) for name in ("--screenshots", "--theme"))

    def save(name):
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            take(folder, f"{name}-{theme}")

    return save
