"""A JupyterLab server and a Chromium that works in it as a learner does."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import nbformat
from lesson_form import ROOT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
START_SECONDS = 90  # for the server, and for a kernel
GIVE_UP_SECONDS = 10  # of an idle kernel with cells left, before they count as unrun
POLL_SECONDS = 0.3
SIZE = {"width": 1280, "height": 1680}  # of the window, px
SMALL_SIZE = {"width": 1280, "height": 800}

# What the notebook in front looks like; null as long as there is none.
STATE = """() => {
  const widget = jupyterapp.shell.currentWidget;
  if (!widget || !widget.content || !widget.content.model) return null;
  const session = widget.sessionContext;
  const kernel = session.session && session.session.kernel;
  const texts = selector =>
    Array.from(document.querySelectorAll(selector), node => node.innerText);
  const output = ({output_type, ename, evalue, text, data}) => ({
    error: output_type === "error" ? `${ename}: ${evalue}` : null,
    text: [text || (data || {})["text/plain"] || ""].flat().join(""),
  });
  const outputs = model => Array.from(
    {length: model.outputs.length}, (_, n) => output(model.outputs.get(n).toJSON()));
  return {
    path: widget.context.path,
    ready: widget.context.isReady && session.isReady,
    kernel: kernel ? kernel.status : "none",
    dialogs: [...texts(".jp-Dialog"), ...texts(".Toastify__toast")],
    cells: Array.from(widget.content.model.cells, model => ({
      type: model.type,
      source: model.sharedModel.getSource(),
      tags: model.getMetadata("tags") || [],
      count: model.type === "code" ? model.executionCount : null,
      outputs: model.type === "code" ? outputs(model) : [],
    })),
  };
}"""
SHUTDOWN = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()"
HEADINGS = """() => Array.from(
  document.querySelectorAll(".jp-MarkdownCell :is(h1, h2, h3, h4, h5, h6)[data-jupyter-id]"),
  node => node.getAttribute("data-jupyter-id"))"""
# How the parts of each cell look that must be easy to see. A box is anything with a left border
# of 5 px: "It goes wrong like this" in the text, a verdict below an exercise.
LOOKS = """() => {
  const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = colour => {  // numbers from 0 to 1, whatever the colour is written in
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return Array.from(pen.getImageData(0, 0, 1, 1).data, value => value / 255);
  };
  const over = ([r, g, b, alpha], ground) =>
    [r, g, b].map((value, n) => alpha * value + (1 - alpha) * ground[n]);
  const ground = node => {
    if (!node) return [1, 1, 1];
    const colour = rgba(getComputedStyle(node).backgroundColor);
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, ground(node.parentElement));
  };
  const opacity = node =>
    node ? getComputedStyle(node).opacity * opacity(node.parentElement) : 1;
  const luminance = colour => {
    const [r, g, b] = colour.map(
      value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = node => {  // as the Web Content Accessibility Guidelines define it
    const behind = ground(node);
    const [r, g, b, alpha] = rgba(getComputedStyle(node).color);
    const text = over([r, g, b, alpha * opacity(node)], behind);
    const [dark, light] = [luminance(text), luminance(behind)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const isBox = node => {
    const style = getComputedStyle(node);
    return style.borderLeftWidth === "5px" && style.borderLeftStyle === "solid";
  };
  const within = (cell, selector) => Array.from(cell.querySelectorAll(selector));
  return within(document, ".jp-Notebook .jp-Cell").map(cell => {
    const closed = within(cell, "details:not([open])");
    closed.forEach(node => { node.open = true; });
    const boxes = within(cell, ".jp-RenderedHTMLCommon div").filter(isBox);
    const alerts = within(cell, ".jp-RenderedHTMLCommon .alert");
    const texts = [];
    for (const part of [...boxes, ...alerts, ...within(cell, "details")]) {
      const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim();
        const parent = walker.currentNode.parentElement;
        if (text) texts.push({text, tag: parent.localName, contrast: contrast(parent)});
      }
    }
    closed.forEach(node => { node.open = false; });
    return {
      texts,
      boxes: boxes.filter(node => node.offsetHeight).length,
      alerts: alerts.length,
      pictures: within(cell, ".jp-OutputArea-output :is(img, svg)")
        .filter(node => node.clientWidth).length,
      folded: !!cell.querySelector(".jp-Cell-inputWrapper .jp-Placeholder"),
    };
  });
}"""
# Scrolls to the cell that runs, to the end of what it has shown so far.
FOLLOW = """() => {
  const prompts = Array.from(document.querySelectorAll(".jp-Notebook .jp-InputPrompt"));
  const cell = prompts.find(node => node.innerText.includes("*"))?.closest(".jp-Cell");
  (cell?.querySelector(".jp-Cell-outputWrapper") || cell)?.scrollIntoView({block: "end"});
}"""
SET_THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
BROKEN_IMAGES = """() => Array.from(document.querySelectorAll(".jp-Notebook img"))
  .filter(image => image.complete && !image.naturalWidth)
  .map(image => image.src.slice(0, 80))"""


def find_chromium():
    """Path of the Chromium that is installed, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def lab_flags():
    """The flags with which `make lab` starts JupyterLab."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.search(r"-m jupyterlab \$\(ROOT_FLAG\) (.+)", makefile)[1].split()


@contextmanager
def jupyterlab(folder, home):
    """Run a JupyterLab server as `make lab` does, until the block ends.

    Args:
        folder: the course that it serves, in place of the repository.
        home: an empty folder for what JupyterLab and IPython keep of a person.

    Yields:
        The server's address and its token.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = "lessons"
    own = {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
        "KERAS_COURSE_PROGRESS": str(home / "progress.json"),
    }
    command = [sys.executable, "-m", "jupyterlab", *lab_flags(), "--no-browser"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}", "--expose-app-in-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    log = home / "server.log"
    with log.open("w", encoding="utf-8") as lines:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **own}, stdout=lines, stderr=lines
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for_server(f"{address}/api/status?token={token}", server, log)
            yield address, token
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_for_server(address, server, log):
    """Return once the server answers.

    Raises:
        RuntimeError: it has ended, or does not answer in time; with its log.
    """
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def clear_outputs(path):
    """Take all outputs out of a notebook on disk, so that none can pass for a new one."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)


def error_names(cell):
    """The errors among a cell's outputs, in words."""
    return [output["error"] for output in cell["outputs"] if output["error"]]


def output_text(cell):
    """The text of a cell's outputs."""
    return "".join(output["text"] for output in cell["outputs"])


class Tab:
    """A browser tab with JupyterLab in it.

    Attributes:
        page: Playwright's page.
        troubles: what went wrong outside the cells, in words: dialogs, errors of the page's
            own code, requests to other machines.
    """

    def __init__(self, browser, address, token):
        self.address, self.token, self.troubles = address, token, []
        self.page = browser.new_page()
        self.page.set_viewport_size(SIZE)
        self.page.on("pageerror", lambda error: self.note(f"error in the page: {error}"))
        self.page.on("request", lambda request: self.note_address(request.url))
        self.page.on("websocket", lambda websocket: self.note_address(websocket.url))

    def note(self, trouble):
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def note_address(self, url):
        address = urlsplit(url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self.note(f"request to another machine: {address.hostname}")

    def go(self, path):
        """Open a page of the server, with a notebook in it."""
        self.page.goto(f"{self.address}{quote(path)}?token={self.token}")
        self.page.wait_for_function("() => window.jupyterapp", timeout=1000 * START_SECONDS)

    def open(self, notebook):
        """Open a notebook, its path from the course's folder, and wait for its kernel."""
        self.go(f"/doc/tree/{notebook}")
        self.wait_for(lambda state: state["ready"] and state["kernel"] == "idle", START_SECONDS)

    def state(self):
        """What the notebook in front looks like, see STATE; None as long as there is none."""
        state = self.page.evaluate(STATE)
        for dialog in state["dialogs"] if state else []:
            self.note(f"unexpected dialog: {dialog}")
        return state

    def wait_for(self, condition, seconds):
        """Wait until the notebook's state fulfils a condition, three times in a row.

        Returns:
            The state, or the last one before time was up or a dialog came up.
        """
        start, hits, state = time.monotonic(), 0, None
        while hits < 3 and not (state and state["dialogs"]):
            if time.monotonic() - start > seconds:
                self.note(f"after {seconds} s the kernel is still {state and state['kernel']}")
                break
            self.page.wait_for_timeout(POLL_SECONDS * 1000)
            state = self.state()
            hits = hits + 1 if state and condition(state) else 0
        return state

    def run_all(self, seconds, watch=None):
        """Choose Run All Cells from the menu and wait until the kernel comes to rest.

        Args:
            seconds: how long to wait.
            watch: called without arguments every now and then while the cells run.

        Returns:
            The cells as they are then, see STATE; not run if a dialog is in the way, none
            if the notebook did not open.
        """
        state = self.state()
        if state is None or state["dialogs"]:
            return state["cells"] if state else []
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        resting_since = time.monotonic()

        def finished(state):
            nonlocal resting_since
            if watch:
                watch()
            if state["kernel"] != "idle":
                resting_since = time.monotonic()
            done = not any(map(is_unrun, state["cells"]))
            stopped = any(map(stops_the_run, state["cells"]))
            return done or stopped or time.monotonic() - resting_since > GIVE_UP_SECONDS

        return self.wait_for(
            lambda state: finished(state) and state["kernel"] == "idle", seconds
        )["cells"]

    def headings(self):
        """The ids of all headings in the notebook, as JupyterLab made them."""
        return self.page.evaluate(HEADINGS)

    def set_theme(self, name):
        """Choose one of JupyterLab's themes."""
        self.page.evaluate(SET_THEME, name)
        light = str(name == THEMES["light"]).lower()
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        self.page.wait_for_timeout(300)

    def looks(self):
        """How each cell looks, see LOOKS."""
        return self.page.evaluate(LOOKS)

    def broken_images(self):
        """The beginnings of the addresses of images that could not be shown."""
        return self.page.evaluate(BROKEN_IMAGES)

    def take_screenshots(self, folder, name):
        """Save the notebook from top to bottom, a window's height in each PNG file."""
        self.page.evaluate("() => document.activeElement && document.activeElement.blur()")
        panel = self.page.locator(".jp-WindowedPanel-outer").first
        height, window = panel.evaluate("node => [node.scrollHeight, node.clientHeight]")
        for number, top in enumerate(range(0, height, window), start=1):
            panel.evaluate("(node, top) => { node.scrollTop = top }", top)
            self.page.wait_for_timeout(300)
            panel.screenshot(path=folder / f"{name}-{number:02}.png")

    def take_running(self, folder, name):
        """Save JupyterLab's window as a PNG file, at the cell that runs."""
        self.page.evaluate(FOLLOW)
        self.page.screenshot(path=folder / f"{name}.png")

    def take_window(self, folder, name):
        """Save JupyterLab's window as a PNG file."""
        self.page.set_viewport_size(SMALL_SIZE)
        self.page.wait_for_timeout(1000)
        self.page.screenshot(path=folder / f"{name}.png")

    def close(self):
        """Stop the notebook's kernel and close the tab."""
        try:
            self.page.evaluate(SHUTDOWN)
        finally:
            self.page.close()


def stops_the_run(cell):
    """Whether a code cell's error has kept JupyterLab from running the cells below it."""
    return error_names(cell) and "raises-exception" not in cell["tags"]


def is_unrun(cell):
    """Whether a code cell with something in it has not run."""
    return cell["type"] == "code" and cell["source"].strip() and not cell["count"]
