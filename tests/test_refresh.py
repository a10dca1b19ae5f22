"""Lessons are run and written in one normal form, and what is not in it is refused."""

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from small_notebooks import code, displayed, python, result, save, stderr, stdout

VARIES = ["nbval-ignore-output"]
CLOCK = "import time\nprint(time.perf_counter_ns())"


def refresh(*arguments):
    return python("tools/refresh.py", *arguments)


def git(folder, *arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@localhost")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def outputs(path, number):
    return nbformat.read(path, as_version=4).cells[number].outputs


BAR = (
    "\x1b[1m94/94\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m{}\x1b[0m {}/step - loss: {}"
)
PICTURE = "display({'text/plain': 'loss 0.51', 'image/png': 'bmV3'}, raw=True)"
OLD_PICTURE = displayed(plain="loss 0.50", png="b2xk")


class Refreshed:
    """Notebooks refreshed for the first time and again: contents and messages of both runs."""

    def __init__(self, folder):
        self.messy = folder / "messy.ipynb"
        save(
            self.messy,
            nbformat.v4.new_markdown_cell("# Title", metadata={"collapsed": True}),
            code("import sys\nprint('a\\nb\\rc')\nprint('d')", run=False),
            code("print('out', flush=True)\nprint('err', file=sys.stderr, flush=True)\n" * 2),
            code(
                "print('10 %', end='', flush=True)\ndisplay('middle')\nprint('\\r20 %')",
                tags=["example"],
            ),
            code("1 + 1", stdout("old\n")),
            code(CLOCK, stdout("then\n"), tags=VARIES),
            code(CLOCK, tags=VARIES),
            code("1 / 0", tags=["raises-exception"]),
            code("", stdout("no code\n")),
            code("import os\nos.path.basename(os.getcwd()), 'é'"),
            code("display({widget: 1, 'text/plain': 'slider'}, raw=True)"),
        )
        text = self.messy.read_text(encoding="utf-8")
        text = text.replace("widget:", "'application/vnd.jupyter.widget-view+json':")
        notebook = json.loads(text) | {"nbformat_minor": 4}
        for cell in notebook["cells"]:
            cell["metadata"]["collapsed"] = False
            del cell["id"]
        notebook["cells"][9]["metadata"] = {
            "jupyter": {"source_hidden": True, "outputs_hidden": True},
            "slideshow": {"slide_type": "slide"},
            "execution": {"iopub.status.busy": "now"},
        }
        notebook["metadata"]["widgets"] = {}
        self.messy.write_text(json.dumps(notebook), encoding="utf-8")

        self.edited = folder / "edited.ipynb"
        kept = code(CLOCK, stdout("kept\n"), tags=VARIES)
        changed = code(CLOCK, stdout("out of date\n"), tags=VARIES)
        save(self.edited, kept, changed)
        git(folder, "init", "--quiet")
        git(folder, "add", self.edited.name)
        git(folder, "commit", "--quiet", "-m", "Add a lesson")
        changed.source += "  # edited"
        save(self.edited, kept, changed)

        self.broken = folder / "broken.ipynb"
        save(self.broken, code("x = 1"), code("# a note\nassert x == 2, 'x is 1'"))
        self.before = self.broken.read_bytes()

        self.files = [self.messy, self.edited, self.broken]
        self.first = refresh(*self.files)
        self.contents = [file.read_bytes() for file in self.files]
        self.clocks = outputs(self.messy, 6), outputs(self.edited, 1)
        self.second = refresh(self.messy, self.edited)
        self.contents_again = [file.read_bytes() for file in self.files]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    if not shutil.which("git"):
        pytest.skip("needs git")
    return Refreshed(tmp_path_factory.mktemp("refreshed"))


def test_running_twice_changes_no_byte(refreshed):
    assert refreshed.contents == refreshed.contents_again
    assert "messy.ipynb: written, " in refreshed.first.stdout
    assert "messy.ipynb: unchanged, " in refreshed.second.stdout
    assert refreshed.second.returncode == 0


def test_error_is_told_and_leaves_the_file_as_it_was(refreshed):
    assert refreshed.first.returncode == 1
    told = "broken.ipynb: cell [2], '# a note': AssertionError: x is 1"
    assert told in refreshed.first.stdout
    assert refreshed.contents[2] == refreshed.before
    assert not list(refreshed.broken.parent.glob("*.new"))


def test_streams(refreshed):
    assert outputs(refreshed.messy, 1) == [stdout("a\nc\nd\n")]
    assert outputs(refreshed.messy, 2) == [stdout("out\nout\n"), stderr("err\nerr\n")]
    assert outputs(refreshed.messy, 3) == [
        stdout("10 %"),
        displayed(plain="'middle'"),
        stdout("\r20 %\n"),
    ]


def test_numbers_ids_and_metadata(refreshed):
    notebook = nbformat.read(refreshed.messy, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    numbers = [cell.get("execution_count") for cell in notebook.cells]
    assert numbers == [None, 1, 2, 3, 4, 5, 6, 7, None, 8, 9]
    assert notebook.cells[4].outputs[0].execution_count == 4
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    assert [cell.metadata for cell in notebook.cells[:4]] == [{}, {}, {}, {"tags": ["example"]}]
    assert notebook.cells[9].metadata == {
        "jupyter": {"source_hidden": True},
        "slideshow": {"slide_type": "slide"},
    }


def test_outputs_are_those_of_this_run(refreshed):
    assert outputs(refreshed.messy, 4)[0].data == {"text/plain": "2"}
    assert outputs(refreshed.messy, 7)[0].ename == "ZeroDivisionError"
    assert outputs(refreshed.messy, 8) == []
    folder = refreshed.messy.parent.name
    assert outputs(refreshed.messy, 9)[0].data == {"text/plain": f"('{folder}', 'é')"}
    assert outputs(refreshed.messy, 10)[0].data == {"text/plain": "slider"}


def test_varying_output_is_kept_until_the_code_changes(refreshed):
    assert outputs(refreshed.messy, 5) == [stdout("then\n")]
    assert refreshed.clocks[0][0].text.strip().isdigit()
    assert outputs(refreshed.edited, 0) == [stdout("kept\n")]
    assert refreshed.clocks[1][0].text.strip().isdigit()


def within(*cells):
    """Cells with a tolerance of 3 %: each given by its source and stored outputs."""
    return [code(source, *stored, tags=["within-3%"]) for source, *stored in cells]


def test_text_within_its_tolerance_is_kept(tmp_path):
    lesson = save(
        tmp_path / "lesson.ipynb",
        *within(
            ("print('loss', 0.51)", stdout("loss 0.50\n")),
            ("print('loss', 0.53)", stdout("loss 0.50\n")),
            ("print('loss', 0.51)", stdout("rate 0.50\n")),
            ("print(5)", stdout("6\n")),
            ("0.505", result("0.50")),
            ("0.505", displayed(plain="0.50")),
            ("print(0.51); print(0.51, file=__import__('sys').stderr)", stdout("0.50\n")),
        ),
        code("print('loss', 0.51)", stdout("loss 0.50\n")),
    )
    assert refresh(lesson).returncode == 0
    kept, far, words, whole, value, kind, number, exact = (
        outputs(lesson, cell) for cell in range(8)
    )
    assert kept == [stdout("loss 0.50\n")]
    assert far == [stdout("loss 0.53\n")]
    assert words == exact == [stdout("loss 0.51\n")]
    assert whole == [stdout("5\n")]
    assert value[0].data == {"text/plain": "0.50"}
    assert kind[0].data == {"text/plain": "0.505"}
    assert number == [stdout("0.51\n"), stderr("0.51\n")]
    assert refresh("--all", lesson).returncode == 0
    assert outputs(lesson, 0) == [stdout("loss 0.51\n")]


def test_bars_are_stored_in_their_last_state_and_not_again_for_other_times(tmp_path):
    draw = (
        "import time\n"
        "bar = " + repr(BAR) + ".format\n"
        "def draw(message=None):\n"
        "    print('\\r' + bar('9s', '9ms', '0.9000'), end='', flush=True)\n"
        "    if message: display(message)\n"
        "    speed = f'{time.perf_counter_ns()}us'\n"
        "    print('\\b' * 80 + '\\r' + bar('0s', speed, '0.5000'))"
    )
    lesson = save(
        tmp_path / "lesson.ipynb",
        code(draw),
        code("draw(); draw()"),
        code("draw('in between')"),
        code("print('1234\\b\\b5')"),
    )
    assert refresh(lesson).returncode == 0
    content = lesson.read_bytes()
    (bars,) = outputs(lesson, 1)
    start, end = BAR.partition("{}")[0], " - loss: 0.5000"
    lines = bars.text.splitlines()
    assert [line.startswith(start) and line.endswith(end) for line in lines] == [True, True]
    shown, bar = outputs(lesson, 2)
    assert shown == displayed(plain="'in between'")
    assert bar.text.startswith(start)
    assert outputs(lesson, 3) == [stdout("125\n")]
    assert "lesson.ipynb: unchanged" in refresh(lesson).stdout
    assert lesson.read_bytes() == content


def test_wrong_tolerance_is_told(tmp_path):
    lesson = save(tmp_path / "lesson.ipynb", code("x = 1"), code("1.0", tags=["within-2"]))
    before = lesson.read_bytes()
    done = refresh(lesson)
    assert done.returncode == 1
    assert "lesson.ipynb: cell [2]: The tag 'within-2' must look like" in done.stdout
    assert lesson.read_bytes() == before


def picture(lesson, cell=1):
    (output,) = outputs(lesson, cell)
    return output.data["text/plain"], output.data["image/png"].strip()


def test_picture_is_kept_with_its_text_until_code_changes(tmp_path):
    if not shutil.which("git"):
        pytest.skip("needs git")
    cells = [code("x = 1"), *within((PICTURE, OLD_PICTURE)), code(PICTURE, OLD_PICTURE)]
    lesson = save(tmp_path / "lesson.ipynb", *cells)
    assert refresh(lesson).returncode == 0  # not committed: nobody knows what it shows
    assert picture(lesson) == ("loss 0.51", "bmV3")  # of one run

    save(lesson, *cells)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", lesson.name)
    git(tmp_path, "commit", "--quiet", "-m", "Add a lesson")
    assert refresh(lesson).returncode == 0
    assert picture(lesson) == ("loss 0.50", "b2xk")
    assert picture(lesson, 2) == ("loss 0.51", "bmV3")  # no tolerance

    cells[0].source = "x = 2"
    save(lesson, *cells)
    assert refresh(lesson).returncode == 0
    assert picture(lesson) == ("loss 0.51", "bmV3")


def test_all_takes_new_outputs_of_varying_cells_too(refreshed, tmp_path):
    copy = Path(shutil.copy(refreshed.messy, tmp_path))
    assert refresh("--all", copy).returncode == 0
    assert outputs(copy, 5)[0].text.strip().isdigit()


def test_file_in_normal_form(refreshed):
    content = refreshed.contents[0]
    assert b"\r\n" not in content
    assert content.endswith(b"}\n")
    notebook = json.loads(content)
    again = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    assert content.decode() == again + "\n"


def test_check_accepts_the_normal_form_also_after_ruff(refreshed, tmp_path):
    copy = Path(shutil.copy(refreshed.messy, tmp_path))
    text = copy.read_text(encoding="utf-8").replace("1 + 1", "1+1")
    copy.write_text(text, encoding="utf-8", newline="\n")
    ruff = ("-m", "ruff", "format", "--isolated", copy)
    assert "1 file reformatted" in python(*ruff).stdout
    assert "1 + 1" in copy.read_text(encoding="utf-8")
    checked = refresh("--check", copy, refreshed.messy)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_check_refuses(refreshed, tmp_path):
    content = refreshed.contents[0]
    never_run = save(tmp_path / "never_run.ipynb", code("x = 1"), code("x", run=False))
    windows = tmp_path / "windows.ipynb"
    windows.write_bytes(content.replace(b"\n", b"\r\n"))
    other_number = tmp_path / "other_number.ipynb"
    other_number.write_bytes(content.replace(b'"execution_count": 3', b'"execution_count": 9'))
    same_id = tmp_path / "same_id.ipynb"
    ids = [cell["id"].encode() for cell in json.loads(content)["cells"]]
    same_id.write_bytes(content.replace(ids[1], ids[0]))
    no_notebook = tmp_path / "no_notebook.ipynb"
    no_notebook.write_bytes(b"<<<<<<< HEAD\n" + content)
    missing = tmp_path / "missing.ipynb"
    files = [never_run, windows, other_number, same_id, no_notebook, missing]
    before = [file.read_bytes() for file in files[:-1]]
    checked = refresh("--check", *files)
    assert checked.returncode == 1
    form = "it is not in normal form: python tools/refresh.py"
    assert checked.stdout.splitlines() == [
        "never_run.ipynb: cell [2] was never run",
        f"windows.ipynb: {form}",
        f"other_number.ipynb: {form}",
        f"same_id.ipynb: {form}",
        "no_notebook.ipynb: the file is not a notebook",
        "missing.ipynb: it cannot be read: No such file or directory",
    ]
    assert [file.read_bytes() for file in files[:-1]] == before


def test_lessons_are_in_normal_form():
    checked = refresh("--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
