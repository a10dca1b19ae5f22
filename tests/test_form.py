"""Every lesson keeps the rules of tests/lesson_form.py, and every rule can be broken."""

import nbformat
import pytest
from lesson_form import ROOT, RULES, START, Lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_keeps_the_rule(path, rule):
    complaints = rule(Lesson(path))
    if complaints:
        pytest.fail("\n".join(f"{path.name}, {line}" for line in complaints), pytrace=False)


# A small lesson that keeps every rule. Each broken one below differs from it in one place.

OPENING = """# Count apples

At the end of this lesson you will have counted apples.

**You will be able to**

- count one apple;
- count two apples;
- count no apples.

**Before you start**: nothing.

**Time**: about 20 minutes to read and work, 1 minute to run."""

CLOSING = """## What to keep

- one
- two
- three
- four
- five

Next lesson: [pears](02_pears.ipynb)

Read more: [Keras](https://keras.io/api/) · [NumPy](https://numpy.org/doc/stable/)"""

TURN = """### Your turn {n}: count

<details><summary>Hint 1</summary>
Count <code>apples</code>.
<details><summary>Hint 2</summary>
Begin at one.
</details></details>"""

FIRST_TURN = 8  # number of the first cell that begins an exercise
EXERCISE, SOLUTION, AFTER = FIRST_TURN + 1, FIRST_TURN + 2, FIRST_TURN + 4


def code(source, text="", **metadata):
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    return new_code_cell(source, outputs=outputs, metadata=metadata)


def right_lesson():
    cells = [new_markdown_cell(OPENING), code("import numpy as np\n\nuse_style()")]
    for n in (1, 2, 3):
        cells += [
            new_markdown_cell(f"## What is `count` {n}?"),
            code(f"apples_{n} = np.arange({n})\nprint(apples_{n})", "[0]"),
            new_markdown_cell("There they are.\n\n![two apples on a table](picture.png)"),
            code(f"total = sum(my_count for my_count in apples_{n})"),
            new_markdown_cell("Go back to [the beginning](#Count-apples)."),
            code("def twice(number):\n    counted = 2 * number\n    return counted"),
            new_markdown_cell(TURN.format(n=n)),
            code(
                f'my_count = ...\n\ncheck("01-count-{n}", my_count)',
                "… This exercise waits for your answer.",
                tags=["exercise", "raises-exception"],
            ),
            code(
                f'counted = len(apples_{n})\n\ncheck_solution("01-count-{n}", counted)',
                "✓ This solution passes the check.",
                tags=["solution"],
                jupyter={"source_hidden": True},
            ),
        ]
    return [*cells, new_markdown_cell(CLOSING)]


def start_page():
    cells = right_lesson()
    for cell in cells:
        cell.source = cell.source.replace('"01-', '"00-').replace("02_pears", "01_apples")
    cells[4].source += """

| topic | id |
|---|---|
| [count](01_apples.ipynb#What-is-count-1?) | `apple-count` |
| [more](01_apples.ipynb#What-is-count-2?), [2](02_pears.ipynb#Count-apples) | `apple-two` |
"""
    return cells


@pytest.fixture
def course(tmp_path):
    """A function that writes a course of three lessons and opens one of them."""

    def write(cells, name="01_apples.ipynb"):
        (tmp_path / "picture.png").write_bytes(b"a picture")
        lessons = {START: start_page(), "01_apples.ipynb": right_lesson()}
        lessons |= {"02_pears.ipynb": right_lesson(), name: cells}
        for file, content in lessons.items():
            nbformat.write(new_notebook(cells=content), tmp_path / file)
        return Lesson(tmp_path / name)

    return write


def complaints_of(lesson):
    """What each rule that is broken complains of."""
    found = {rule.__name__: rule(lesson) for rule in RULES}
    return {name: complaints for name, complaints in found.items() if complaints}


def test_right_lesson_keeps_every_rule(course):
    assert complaints_of(course(right_lesson())) == {}
    assert complaints_of(course(start_page(), START)) == {}


def replace(number, old, new):
    """A change that puts other text into a cell's source."""

    def change(cells):
        assert old in cells[number].source
        cells[number].source = cells[number].source.replace(old, new)

    return change


def append(number, text):
    """A change that puts text at the end of a cell's source."""

    def change(cells):
        cells[number].source += text

    return change


def insert(number, make, count=1):
    """A change that inserts cells, each made by a call."""

    def change(cells):
        cells[number:number] = [make() for _ in range(count)]

    return change


def prose():
    return new_markdown_cell("So it is.")


def short_code():
    return code("print(1)")


def set_tags(number, *tags):
    """A change that gives a cell other tags."""

    def change(cells):
        cells[number].metadata["tags"] = list(tags)

    return change


def set_output(number, text):
    """A change of what a cell has stored."""

    def change(cells):
        cells[number].outputs = [new_output("stream", name="stdout", text=text)]

    return change


def store_error(number):
    """A change after which a cell has stored an error."""

    def change(cells):
        cells[number].outputs.append(
            new_output("error", ename="ValueError", evalue="no apples", traceback=[])
        )

    return change


def show_source(cells):
    del cells[SOLUTION].metadata["jupyter"]


def store_path(cells):
    picture = {"text/html": "<b>/home/ann/apples</b>"}
    cells[3].outputs.append(new_output("display_data", picture))


def shorten(cells):
    del cells[2:8]


def lengthen(*counts):
    """A change that gives the first code cells so many lines."""

    def change(cells):
        plain = [c for c in cells if c.cell_type == "code" and not c.metadata.get("tags")]
        for cell, lines in zip(plain[1:], counts, strict=False):
            cell.source += "\n\nprint(1)" * (lines - len(cell.source.splitlines()))

    return change


BROKEN = [
    ("opens_with_goals_and_minutes", replace(0, "# Count", "Count"), "# Title"),
    ("opens_with_goals_and_minutes", replace(0, "At the end", "- At the end"), "# Title"),
    ("opens_with_goals_and_minutes", replace(0, "- count no apples.", ""), "here are 2"),
    (
        "opens_with_goals_and_minutes",
        replace(0, "able to**\n", "able to**\n\n- a\n- b\n- c"),
        "6",
    ),
    (
        "opens_with_goals_and_minutes",
        replace(0, "You will be able", "You are able"),
        "here are 0",
    ),
    ("opens_with_goals_and_minutes", replace(0, "Before you", "Before we"), "Before you start"),
    ("opens_with_goals_and_minutes", replace(0, ", 1 minute to run", ""), "**Time**"),
    ("opens_with_goals_and_minutes", replace(0, "1 minute to", "1 minutes to"), "**Time**"),
    ("has_one_title", append(4, "\n\n# Another title"), "'Another title'"),
    ("is_python", append(3, "\nprint 1"), "cell 3"),
    ("imports_once", append(3, "\nimport math"), "cell 3: imports"),
    ("imports_once", append(7, "\n\n\ndef f():\n    from math import pi"), "cell 7: imports"),
    ("imports_once", replace(1, "import numpy as np", "np = 1"), "cell 1: the import cell"),
    ("has_exercises", replace(FIRST_TURN, "turn 1", "turn 2"), "`### Your turn 1: …`"),
    ("has_exercises", replace(FIRST_TURN, "### Your", "#### Your"), "here are 2"),
    ("has_exercises", insert(EXERCISE, prose), "tagged exercise this"),
    ("has_exercises", insert(SOLUTION, prose), "tagged solution this"),
    (
        "has_exercises",
        replace(FIRST_TURN, "### Your turn 1: count", "Do it."),
        "but not 1 below",
    ),
    ("has_exercises", set_tags(SOLUTION), "tagged solution this"),
    (
        "hints_unfold",
        replace(FIRST_TURN, TURN.format(n=1), "### Your turn 1: count"),
        "one hint",
    ),
    ("hints_unfold", replace(FIRST_TURN, "</details></details>", "</details>"), "2 <details>"),
    ("exercises_are_checked", set_tags(EXERCISE, "exercise"), "raises-exception"),
    ("exercises_are_checked", replace(EXERCISE, "check(", "print("), "one call of check "),
    ("exercises_are_checked", replace(EXERCISE, "01-", "02-"), "of the form '01-some-name'"),
    ("exercises_are_checked", replace(EXERCISE, "count-1", "count-2"), "a second exercise"),
    ("exercises_are_checked", replace(EXERCISE, '"01-count-1"', "name"), "name None"),
    ("exercises_are_checked", replace(SOLUTION, "count-1", "count-2"), "has another name"),
    ("exercises_are_checked", replace(SOLUTION, "check_solution", "check"), "is not tagged"),
    ("exercises_are_checked", append(3, '\ncheck("01-count-9", 1)'), "not tagged exercise"),
    ("exercises_are_checked", show_source, "is collapsed"),
    (
        "exercises_are_checked",
        set_tags(SOLUTION, "solution", "raises-exception"),
        "may not raise",
    ),
    ("solutions_leave_answers_alone", append(SOLUTION, "\nmy_count = 3"), "'my_count'"),
    ("nothing_depends_on_answers", append(AFTER, "\nprint(my_count)"), "'my_count'"),
    ("nothing_depends_on_answers", append(AFTER, "\nprint(counted)"), "'counted'"),
    ("nothing_depends_on_answers", append(AFTER, "\nmy_count += 1"), "'my_count'"),
    ("nothing_depends_on_answers", append(SOLUTION, "\nprint(my_count)"), "'my_count'"),
    (
        "nothing_depends_on_answers",
        append(AFTER, "\n\n\ndef more():\n    return counted + 1"),
        "'counted'",
    ),
    ("exercises_wait_and_solutions_pass", set_output(EXERCISE, "✓ Right."), "'waits'"),
    ("exercises_wait_and_solutions_pass", set_output(SOLUTION, "✗ Not yet."), "'passes'"),
    ("closes_with_what_to_keep", replace(-1, "What to keep", "Summary"), "What to keep"),
    ("closes_with_what_to_keep", insert(99, prose), "What to keep"),
    ("closes_with_what_to_keep", replace(-1, "- five\n", ""), "here are 4"),
    ("closes_with_what_to_keep", replace(-1, "02_pears", "01_apples"), "02_pears.ipynb, is"),
    (
        "closes_with_what_to_keep",
        replace(-1, "https://keras.io/api/", "#Count-apples"),
        "are 1",
    ),
    ("closes_with_what_to_keep", replace(-1, "keras.io/api", "keras.example"), "keras.example"),
    ("images_have_alt_text", replace(4, "two apples on a table", ""), "picture.png"),
    ("images_have_alt_text", append(4, '\n\n<img src="picture.png">'), "picture.png"),
    ("cells_are_small", insert(3, prose, 22), "52 cells"),
    ("cells_are_small", shorten, "24 cells"),
    ("cells_are_small", lengthen(36), "36 lines"),
    ("cells_are_small", lengthen(*[9] * 12), "median"),
    ("cells_are_small", lengthen(25, 25, 25), "ninth decile"),
    ("half_is_prose", insert(3, prose, 20), "are Markdown"),
    ("half_is_prose", insert(3, short_code, 12), "are Markdown"),
    ("links_resolve", append(4, "\n\n[there](gone.ipynb)"), "gone.ipynb leads nowhere"),
    ("links_resolve", append(4, "\n\n![it](gone.png)"), "gone.png leads nowhere"),
    ("links_resolve", append(4, '\n\n<a href="gone.md">it</a>'), "gone.md leads nowhere"),
    ("links_resolve", append(4, "\n\n[there](#count-apples)"), "no such heading"),
    ("links_resolve", append(4, "\n\n[there](02_pears.ipynb#Gone)"), "no such heading"),
    ("links_resolve", append(4, "\n\n[there](picture.png#Gone)"), "only headings"),
    ("links_resolve", append(4, "\n\n## Größe\n\n[there](#Größe)"), "cannot find"),
    ("names_no_machine", append(4, "\n\nSee /home/ann/apples."), "its source"),
    ("names_no_machine", append(3, '\nprint("C:\\\\Users\\\\ann")'), "its source"),
    ("names_no_machine", set_output(3, "lib/site-packages/keras.py:1"), "its output"),
    ("names_no_machine", store_path, "its output"),
    ("errors_are_meant", store_error(3), "ValueError"),
    ("errors_are_meant", store_error(EXERCISE), "ValueError"),
    ("leaves_nothing_to_do", append(3, "  # TODO"), "TODO"),
    ("leaves_nothing_to_do", append(4, " FIXME"), "FIXME"),
    ("file_is_small", set_output(3, "0" * 2_500_000), "2.5 MB"),
]


@pytest.mark.parametrize(("rule", "change", "words"), BROKEN)
def test_broken_lesson_is_refused(course, rule, change, words):
    cells = right_lesson()
    change(cells)
    complaints = complaints_of(course(cells))
    assert words in "\n".join(complaints.get(rule, [])), complaints


BROKEN_START = [
    (replace(4, "`apple-two`", "`apple-count`"), "there twice"),
    (replace(4, "#What-is-count-1?", ""), "lacks a link to a heading"),
    (replace(4, "[count](01_apples.ipynb#What-is-count-1?)", "count"), "lacks a link"),
    (replace(4, "02_pears.ipynb", "01_apples.ipynb"), "no link to 02_pears.ipynb"),
    (replace(4, "`", ""), "topic index"),
]


@pytest.mark.parametrize(("change", "words"), BROKEN_START)
def test_broken_start_page_is_refused(course, change, words):
    cells = start_page()
    change(cells)
    complaints = complaints_of(course(cells, START))
    assert words in "\n".join(complaints["start_page_links_everything"])


def test_every_rule_is_broken_once():
    broken = {rule for rule, _, _ in BROKEN} | {"start_page_links_everything"}
    assert broken == {rule.__name__ for rule in RULES}
