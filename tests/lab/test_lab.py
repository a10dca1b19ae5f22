"""Lessons in a real JupyterLab, in a real browser.

Every lesson is opened, with its stored outputs, and looked at in both themes. Those that only
a browser can judge are run from first cell to last; all of them with `--all`.
"""

import nbformat
import pytest
from driver import THEMES, error_names, is_unrun, output_text
from lesson_form import ROOT, START, Lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSON_SECONDS = 300
# The lessons that are run without --all, and what must be seen in them then.
TO_RUN = {
    "00_start_here": ".jp-OutputArea-output img",  # the start page, with its progress
    "01_linear_regression": "text=/━━━━/",  # training with a bar
    "06_image_augmentation": ".jupyter-widgets .widget-slider",
    "09_callbacks": "text=/runs: .*rate-0.01/",  # a TensorBoard has read its logs
}
LEAST_CONTRAST = 4.5  # of text to its ground, as WCAG 2 asks for at level AA
BOX = "border-left: 5px solid"
PICTURES = {"image/png", "image/jpeg"}  # an SVG is shown only in a notebook that one has run


def lessons_to_run(config):
    """The lessons that this run of pytest is to run."""
    everything = config.getoption("--all")
    return [path for path in LESSONS if everything or path.stem in TO_RUN]


def pytest_generate_tests(metafunc):
    for argument, paths in (("lesson", LESSONS), ("run", lessons_to_run(metafunc.config))):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, paths, ids=lambda path: path.stem)


def fail_with(complaints, path):
    if complaints:
        pytest.fail("\n".join(f"{path.name}, {line}" for line in complaints), pytrace=False)


def complaints_of(cells):
    """What is wrong with the cells of a lesson that has run, one sentence each."""
    complaints = []
    for number, cell in enumerate(cells):
        may_raise = "raises-exception" in cell["tags"] and "exercise" not in cell["tags"]
        for error in [] if may_raise else error_names(cell):
            complaints.append(f"cell {number}: {error}")
        if is_unrun(cell):
            complaints.append(f"cell {number}: it did not run")
        for tag, word in (("exercise", "waits"), ("solution", "passes")):
            if tag in cell["tags"] and word not in output_text(cell):
                complaints.append(f"cell {number}: this {tag} does not say {word!r}")
    return complaints


def hard_to_read(looks, theme):
    """The texts in boxes and hints that stand out too little, one sentence each."""
    return [
        f"cell {number}, {theme} theme: {text['contrast']:.1f}:1 is hard to read in "
        f"<{text['tag']}>: {text['text'][:40]!r}"
        for number, cell in enumerate(looks)
        for text in cell["texts"]
        if text["contrast"] < LEAST_CONTRAST
    ]


def not_as_stored(looks, cells):
    """What the notebook holds and the page does not show, one sentence each."""
    complaints = []
    for number, (look, cell) in enumerate(zip(looks, cells, strict=True)):
        stored = [output.get("data", {}) for output in cell.get("outputs", [])]
        pages = [cell.source] if cell.cell_type == "markdown" else []
        pages += ["".join(data.get("text/html", "")) for data in stored]
        boxes = sum(page.count(BOX) for page in pages)
        pictures = sum(bool(PICTURES & set(data)) for data in stored)
        if look["boxes"] != boxes:
            complaints.append(f"cell {number}: {look['boxes']} of {boxes} boxes are shown")
        if look["alerts"]:
            complaints.append(f"cell {number}: an alert, where a box with a border belongs")
        if look["pictures"] < pictures:
            complaints.append(
                f"cell {number}: {look['pictures']} of {pictures} pictures are shown"
            )
        if "solution" in cell.metadata.get("tags", []) and not look["folded"]:
            complaints.append(f"cell {number}: this solution is not folded away")
    return complaints


def test_lesson_looks_as_it_should(lesson, tab, request, save_screenshots):
    expected = Lesson(lesson)
    tab.open(f"stored/{lesson.name}")
    complaints = not_as_stored(tab.looks(), expected.cells)
    complaints += [f"an image is not shown: {image}" for image in tab.broken_images()]
    missing = expected.anchors ^ set(tab.headings())
    complaints += [f"the heading {heading!r} has another id" for heading in missing]
    save_screenshots(f"{lesson.stem}-stored")
    for theme, name in sorted_themes(request):
        tab.set_theme(name)
        complaints += hard_to_read(tab.looks(), theme)
    fail_with(complaints + tab.troubles, lesson)


def sorted_themes(request):
    """Both of THEMES, the one of --theme last, so that JupyterLab stays in it."""
    return sorted(THEMES.items(), key=lambda item: item[0] == request.config.option.theme)


def test_lesson_runs_in_jupyterlab(run, tab, save_screenshots, watch):
    tab.open(f"notebooks/{run.name}")
    complaints = complaints_of(tab.run_all(LESSON_SECONDS, watch(run.stem)))
    complaints += [f"an image is not shown: {image}" for image in tab.broken_images()]
    save_screenshots(run.stem)
    fail_with(complaints + tab.troubles, run)
    if run.stem in TO_RUN:
        assert tab.page.locator(TO_RUN[run.stem]).count(), f"{TO_RUN[run.stem]} is not there"


def test_lessons_to_run_are_there():
    assert set(TO_RUN) <= {path.stem for path in LESSONS}


def write_notebook(course, name, *cells):
    """Write a notebook into the course that the server serves; return its path there."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(new_notebook(cells=list(cells), metadata=metadata), course / name)
    return name


def test_wrong_answer_does_not_stop_run_all(course, tab):
    exercise = {"tags": ["exercise", "raises-exception"]}
    name = write_notebook(
        course,
        "wrong_answer.ipynb",
        new_code_cell("1 / 0", metadata=exercise),
        new_code_cell("print('still here')"),
    )
    tab.open(name)
    cells = tab.run_all(30)
    assert error_names(cells[0]) == ["ZeroDivisionError: division by zero"]
    assert output_text(cells[1]) == "still here\n"
    assert not tab.troubles
    assert complaints_of(cells) == [
        "cell 0: ZeroDivisionError: division by zero",
        "cell 0: this exercise does not say 'waits'",
    ]


def test_error_in_a_lesson_is_seen(course, tab):
    name = write_notebook(
        course, "error.ipynb", new_code_cell("1 / 0"), new_code_cell("print('never here')")
    )
    tab.open(name)
    assert complaints_of(tab.run_all(30)) == [
        "cell 0: ZeroDivisionError: division by zero",
        "cell 1: it did not run",
    ]


def test_dead_kernel_is_seen(course, tab):
    name = write_notebook(course, "dead.ipynb", new_code_cell("import os; os._exit(1)"))
    tab.open(name)
    tab.run_all(60)
    assert tab.troubles


def test_request_to_another_machine_is_seen(course, tab):
    image = new_markdown_cell("![nowhere](http://lessons.invalid/picture.png)")
    name = write_notebook(course, "outside.ipynb", image, new_code_cell("1"))
    tab.open(name)
    tab.run_all(30)
    assert tab.troubles == ["request to another machine: lessons.invalid"]
    assert tab.broken_images() == ["http://lessons.invalid/picture.png"]


def test_headings_have_the_anchors_that_the_form_test_expects(course, tab):
    headings = ["# What is it?", "## `fit`, *then* `evaluate`", "### Größe & Maß: 1.5 (really)"]
    name = write_notebook(course, "headings.ipynb", new_markdown_cell("\n\n".join(headings)))
    tab.open(name)
    assert set(tab.headings()) == Lesson(course / name).anchors


def test_link_to_a_heading_lands_there(course, tab):
    """The first click opens the lesson, at its top; from then on a click finds the heading."""
    cells = [new_code_cell("1\n" * 200), new_markdown_cell("## What does `fit` do (really)?")]
    target = write_notebook(course, "target.ipynb", *cells, new_code_cell("1\n" * 200))
    link = new_markdown_cell(f"[there]({target}#What-does-fit-do-(really)?)")
    tab.go(f"/lab/tree/{write_notebook(course, 'link.ipynb', link)}")
    tab.page.get_by_role("link", name="there").click()
    tab.wait_for(lambda state: state["path"] == target and state["kernel"] == "idle", 60)
    tab.page.get_by_role("tab", name="link.ipynb").click()
    tab.page.get_by_role("link", name="there").click()
    heading = tab.page.get_by_role("heading", name="What does fit do (really)?")
    expect(heading).to_be_in_viewport(timeout=30_000)


def test_default_page_is_the_start_page(tab, save_window):
    if not (ROOT / "notebooks" / START).exists():
        pytest.skip("there is no start page yet")
    tab.go("/")
    state = tab.wait_for(lambda state: state["ready"], 60)
    assert state["path"] == f"notebooks/{START}"
    assert not tab.troubles
    save_window("jupyterlab")


def test_old_boxes_are_hard_to_read(course, tab, request):
    """The contrast is that of Bootstrap's warnings, which JupyterLab brings along."""
    text = "<b>It goes wrong like this.</b> A <code>list</code>."
    old = new_markdown_cell(f'<div class="alert alert-block alert-warning">{text}</div>')
    new = new_markdown_cell(
        f'<div style="{BOX} #E69F00; padding: 0.4em 0.8em">{text}</div>\n\n'
        "<details><summary>Hint</summary>\n\nLook at `x`.\n\n</details>"
    )
    verdict = {"text/html": f'<div style="{BOX} #009E73">Right. <code>x</code></div>'}
    grey = {"text/html": f'<div style="{BOX} #009E73; color: #808080">Right.</div>'}
    stored = [[new_output("display_data", data)] for data in (verdict, grey)]
    codes = [new_code_cell("1", outputs=outputs, execution_count=1) for outputs in stored]
    name = write_notebook(course, "boxes.ipynb", old, new, *codes)
    tab.open(name)
    for theme, jupyter_name in sorted_themes(request):
        tab.set_theme(jupyter_name)
        looks = tab.looks()
        hard = {line.partition(",")[0] for line in hard_to_read(looks, theme)}
        assert hard == ({"cell 0", "cell 3"} if theme == "light" else {"cell 0"})
        assert [cell["boxes"] for cell in looks] == [0, 1, 1, 1]
        assert {text["tag"] for text in looks[0]["texts"]} == {"div", "b", "code"}
        assert {text["tag"] for text in looks[1]["texts"]} >= {"b", "code", "summary", "p"}
    cells = Lesson(course / name).cells
    assert not_as_stored(looks, cells) == [
        "cell 0: an alert, where a box with a border belongs"
    ]


def test_what_is_missing_in_the_page_is_seen():
    box = new_markdown_cell(f'<div style="{BOX} red">x</div>')
    picture = new_output("display_data", {"image/png": ""})
    solution = new_code_cell("1", outputs=[picture], metadata={"tags": ["solution"]})
    look = {"boxes": 0, "alerts": 0, "pictures": 0, "folded": False}
    assert not_as_stored([look, look], [box, solution]) == [
        "cell 0: 0 of 1 boxes are shown",
        "cell 1: 0 of 1 pictures are shown",
        "cell 1: this solution is not folded away",
    ]
