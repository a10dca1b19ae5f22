"""Every lesson runs in a real JupyterLab, in a real browser, from first cell to last."""

import nbformat
import pytest
from driver import error_names, is_unrun, output_text
from lesson_form import ROOT, START, Lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSON_SECONDS = 300


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


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_runs_in_jupyterlab(path, tab, save_screenshots):
    tab.open(f"notebooks/{path.name}")
    cells = tab.run_all(LESSON_SECONDS)
    complaints = complaints_of(cells)
    complaints += [f"an image is not shown: {image}" for image in tab.broken_images()]
    save_screenshots(path.stem)
    complaints += tab.troubles
    if complaints:
        pytest.fail("\n".join(f"{path.name}, {line}" for line in complaints), pytrace=False)
    assert set(tab.headings()) == Lesson(path).anchors


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
