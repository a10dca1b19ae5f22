"""Every lesson keeps the rules of tests/lesson_form.py, and every rule can be broken."""

import base64
from functools import cache

import nbformat
import pytest
from lesson_form import (
    BOX,
    LESSON,
    ROOT,
    RULES,
    SIZES,
    START,
    TOPICS,
    Lesson,
    Page,
    complaints_about_readme,
)
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
lesson_at = cache(Lesson)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_keeps_the_rule(path, rule):
    complaints = rule(lesson_at(path))
    if complaints:
        pytest.fail("\n".join(f"{path.name}, {line}" for line in complaints), pytrace=False)


def test_readme_lists_every_lesson():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    complaints = complaints_about_readme(readme, LESSONS)
    if complaints:
        pytest.fail("README.md: " + "\n".join(complaints), pytrace=False)


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
TURNS = LESSON.exercises
KEEP = 2 + 9 * TURNS  # number of the cell What to keep


def code(source, text="", **metadata):
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    return new_code_cell(source, outputs=outputs, metadata=metadata)


def right_lesson(fruit="apples"):
    imports = "import numpy as np\n\nwith quiet_import():\n    import keras\n\nuse_style()"
    cells = [new_markdown_cell(OPENING), code(imports)]
    for n in range(1, TURNS + 1):
        cells += [
            new_markdown_cell(f"## What is `count` {n}?"),
            code(f"apples_{n} = np.arange({n})\nprint(apples_{n})", "[0]"),
            new_markdown_cell("There they are.\n\n![two apples on a table](picture.png)"),
            code(f"total = sum(my_count for my_count in apples_{n})"),
            new_markdown_cell("Go back to [the beginning](#Count-apples)."),
            code("def twice(number):\n    counted = 2 * number\n    return counted"),
            new_markdown_cell(TURN.format(n=n)),
            code(
                f'my_count = ...\n\ncheck("{fruit}-{n}", my_count)',
                "… This exercise waits for your answer.",
                tags=["exercise", "raises-exception"],
            ),
            code(
                f'counted = len(apples_{n})\n\ncheck_solution("{fruit}-{n}", counted)',
                "✓ This solution passes the check.",
                tags=["solution"],
                jupyter={"source_hidden": True},
            ),
        ]
    return [*cells, new_markdown_cell(CLOSING)]


def start_page():
    cells = right_lesson("start")
    cells[-1].source = cells[-1].source.replace("02_pears", "01_apples")
    cells[4].source += "\n\nSee [apples](01_apples.ipynb), [pears](02_pears.ipynb)"
    cells[4].source += " and [all topics](topics.ipynb)."
    return cells


def topic_index():
    rows = """
| topic | id |
|---|---|
| [count `n`](01_apples.ipynb#What-is-count-1?) | `apple-count` |
| [more](01_apples.ipynb#What-is-count-2?), [2](02_pears.ipynb#Count-apples) | `apple-two` |"""
    start = "# Topics\n\nBegin at [the start](00_start_here.ipynb)."
    return [new_markdown_cell(start), new_markdown_cell(rows)]


@pytest.fixture
def course(tmp_path):
    """A function that writes a course of three lessons and opens one of its notebooks."""

    def write(cells, name="01_apples.ipynb"):
        (tmp_path / "picture.png").write_bytes(b"a picture")
        lessons = {START: start_page(), "01_apples.ipynb": right_lesson()}
        lessons |= {"02_pears.ipynb": right_lesson("pears"), TOPICS: topic_index()}
        for file, content in (lessons | {name: cells}).items():
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
    assert complaints_of(course(topic_index(), TOPICS)) == {}


def change_all(*changes):
    """Several changes, one after the other."""

    def change(cells):
        for each in changes:
            each(cells)

    return change


def add_reference(cells):
    """A part behind the main path that is larger than a lesson."""
    cells.append(new_markdown_cell("## For reference\n\n### Apples of 2020\n\n" + 60 * MANY))
    for n in range(30):
        cells += [new_markdown_cell(f"### Apples of {n}\n\n{MANY}"), short_code()]


def test_only_the_main_path_is_counted(course):
    cells = right_lesson()
    add_reference(cells)
    assert complaints_of(course(cells)) == {}


def good_style(cells):
    """Code, text and outputs that look like something forbidden, but are not."""
    cells[0].source += f"\n\n{MANY}"
    cells[1].source = cells[1].source.replace(
        "    import keras", "    import tensorflow as tf\n    from keras import layers"
    )
    cells[4].source += f"\n\n{BOX}<code>count</code> is <b>not</b> known.</div>"
    cells[4].source += f"\n\n<details><summary>More</summary>\n{MANY}\n</details>"
    cells[4].source += f"\n\n| a | b |\n|---|---|\n| {MANY} | 2 |"
    cells[3].source += """

class Own(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.act = keras.ops.relu

    def compile(self, **kwargs):
        super().compile(**kwargs)

def make(**kwargs):
    keras.Sequential([])

version, kinds = keras.__version__, [keras.layers.Dense, keras.layers.Conv2D]
(a, b), c = tf.unstack(kinds), (keras.ops.relu, keras.ops.tanh)
steps = keras.ops.relu, keras.ops.tanh
first, second = steps
keras.utils.set_random_seed(1)
keras.Sequential([make(**settings)])
for n in range(2):
    with strategy.scope():
        print(n)
    with tape:
        print(n)"""
    show(3, "application/json", {"count": "True"})(cells)
    show(3, "text/html", "True", "execute_result")(cells)
    show(3, "image/jpeg", large(200_000))(cells)
    cells[3].outputs.append(new_output("stream", text="True False True False"))
    cells[3].metadata["tags"] = ["within-0.5%"]
    cells[5].source = "print 1"
    store_error(5)(cells)
    cells[5].metadata["tags"] = ["raises-exception"]
    show(EXERCISE, "image/png")(cells)
    cells[-1].source += f"\n\n{MANY}"


def test_good_style_is_no_complaint(course):
    cells = right_lesson()
    good_style(cells)
    assert complaints_of(course(cells)) == {}


def test_lesson_may_reach_its_limits(course):
    cells = right_lesson()
    move(AFTER - 1, AFTER + 5, FIRST_TURN)(cells)  # 12 cells before the first exercise
    insert(KEEP, prose, 2)(cells)
    replace(0, "20 minutes", "90 minutes")(cells)
    replace(0, "- count one apple;", "- a\n- b\n- count one apple;")(cells)
    append(-1, " · [Pillow](https://pillow.readthedocs.io/)")(cells)
    append(4, "\n\n" + "apples " * (149 - words_in(cells[4])))(cells)
    lengthen(35, 20, 20, 20, *[8] * 11)(cells)
    show(3, "image/png", large(150_000))(cells)
    set_tags(3, "within-10%")(cells)
    missing = LESSON.words - sum(words_in(c) for c in cells if c.cell_type == "markdown")
    append(6, f"\n\n<details>{'apples ' * missing}</details>")(cells)
    assert len(cells) == LESSON.cells[1]
    assert complaints_of(course(cells)) == {}


def words_in(cell):
    return Page(cell.source).words


def test_lesson_may_be_as_short_as_its_limit(course):
    cells = right_lesson()
    for start in range(KEEP - 9, 1, -9):
        del cells[start + (3 if start == 2 else 1) : start + 6]
    assert len(cells) == LESSON.cells[0]
    assert complaints_of(course(cells)) == {}


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


MANY = "apples " * 150


def show(number, kind, data="aGk=", output_type="display_data"):
    """A change after which a cell shows something."""

    def change(cells):
        cells[number].outputs.append(new_output(output_type, {kind: data}))

    return change


def large(size):
    return base64.b64encode(bytes(size)).decode()


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


def move(first, last, to):
    """A change that puts some cells elsewhere, counted without them."""

    def change(cells):
        some = cells[first:last]
        del cells[first:last]
        cells[to:to] = some

    return change


def shorten(cells):
    del cells[2 : 3 + len(cells) - LESSON.cells[0]]


def only_prose(cells):
    cells[:] = [cell for cell in cells if cell.cell_type == "markdown"]


def lengthen(*counts):
    """A change that gives the first code cells so many lines."""

    def change(cells):
        plain = [c for c in cells if c.cell_type == "code" and not c.metadata.get("tags")]
        for cell, lines in zip(plain[1:], counts, strict=False):
            cell.source += "\n\nprint(1)" * (lines - len(cell.source.splitlines()))

    return change


BROKEN = [
    ("opens_with_goals_and_minutes", insert(0, short_code), "with a Markdown cell"),
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
    (
        "states_few_minutes",
        replace(0, "20 minutes", "91 minutes"),
        "91 minutes to read and work, 90",
    ),
    ("states_few_minutes", replace(0, "1 minute to", "2 minutes to"), "2 minutes to run, 1"),
    ("has_one_title", append(4, "\n\n# Another title"), "'Another title'"),
    ("is_python", append(3, "\nprint 1"), "cell 3"),
    ("imports_once", append(3, "\nimport math"), "cell 3: imports"),
    ("imports_once", append(7, "\n\n\ndef f():\n    from math import pi"), "cell 7: imports"),
    ("imports_once", replace(1, "import", "yield"), "cell 1: the import cell"),
    ("imports_once", replace(1, "use_style()", ""), "use_style"),
    ("imports_keras_quietly", replace(1, "quiet_import", "noise"), "keras is"),
    ("imports_keras_quietly", append(1, "\nfrom tensorflow.io import gfile"), "tensorflow"),
    ("has_exercises", replace(FIRST_TURN, "turn 1", "turn 2"), "`### Your turn 1: …`"),
    ("has_exercises", replace(FIRST_TURN, "### Your", "#### Your"), f"{TURNS - 1} exercises"),
    ("has_exercises", insert(EXERCISE, prose), "tagged exercise this"),
    ("has_exercises", insert(SOLUTION, prose), "tagged solution this"),
    (
        "has_exercises",
        replace(FIRST_TURN, "### Your turn 1: count", "Do it."),
        "but not 1 below",
    ),
    ("has_exercises", set_tags(SOLUTION), "tagged solution this"),
    ("exercises_are_spread", insert(3, prose, 7), "13 cells since the import cell"),
    ("exercises_are_spread", insert(AFTER, prose, 7), "13 cells since the last exercise"),
    (
        "exercises_are_spread",
        move(FIRST_TURN, FIRST_TURN + 3, KEEP - 2),
        "no exercise stands behind",
    ),
    (
        "hints_unfold",
        replace(FIRST_TURN, TURN.format(n=1), "### Your turn 1: count"),
        "two hints",
    ),
    ("hints_unfold", replace(FIRST_TURN, "Hint 2", "Hint 1"), "two hints"),
    (
        "hints_unfold",
        change_all(
            replace(FIRST_TURN, "</details></details>", "</details>"),
            replace(
                FIRST_TURN, "<details><summary>Hint 2", "</details><details><summary>Hint 2"
            ),
        ),
        "two hints",
    ),
    ("hints_unfold", replace(FIRST_TURN, "</details></details>", "</details>"), "2 <details>"),
    ("exercises_are_checked", set_tags(EXERCISE, "exercise"), "raises-exception"),
    ("exercises_are_checked", replace(EXERCISE, "check(", "print("), "one call of check "),
    ("exercises_are_checked", replace(EXERCISE, "apples-1", "01-apples"), "the form"),
    ("exercises_are_checked", replace(EXERCISE, "apples-1", "Apples"), "the form"),
    ("exercises_are_checked", replace(EXERCISE, "apples-1", "one_apple"), "the form"),
    ("exercises_are_checked", replace(EXERCISE, '"apples-1"', "name"), "name None"),
    ("exercises_are_checked", replace(EXERCISE, '"apples-1"', "1"), "name None"),
    ("exercises_are_checked", replace(SOLUTION, "apples-1", "apples-2"), "has another name"),
    ("exercises_have_own_names", replace(EXERCISE, "apples-1", "apples-2"), "in this lesson"),
    ("exercises_have_own_names", replace(EXERCISE, "apples-1", "pears-2"), "02_pears.ipynb"),
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
    ("closes_with_what_to_keep", replace(-1, "- five\n", ""), "here are 4"),
    ("closes_with_what_to_keep", replace(-1, "02_pears", "01_apples"), "02_pears.ipynb, is"),
    (
        "closes_with_what_to_keep",
        replace(-1, "https://keras.io/api/", "#Count-apples"),
        "are 1",
    ),
    ("closes_with_what_to_keep", replace(-1, "https://ker", "http://ker"), "http://keras.io"),
    ("closes_with_what_to_keep", replace(-1, "keras.io/api", "keras.example"), "keras.example"),
    ("images_have_alt_text", replace(4, "two apples on a table", ""), "picture.png"),
    ("images_have_alt_text", append(4, '\n\n<img src="picture.png">'), "picture.png"),
    ("reference_comes_last", insert(99, prose), "comes `## For reference`"),
    ("reference_comes_last", insert(99, short_code), "comes `## For reference`"),
    (
        "reference_comes_last",
        change_all(add_reference, replace(KEEP + 2, "### Apples", "## Apples")),
        "is a section `###`",
    ),
    (
        "reference_comes_last",
        change_all(add_reference, append(KEEP + 2, "\n\n## For reference")),
        "a second For reference",
    ),
    ("reference_comes_last", append(4, "\n\n## For reference"), "stands behind"),
    (
        "figures_are_described",
        change_all(show(3, "image/jpeg"), insert(4, short_code)),
        "cell 3: a sentence",
    ),
    ("photos_are_jpeg", show(3, "image/png", large(150_001)), "a PNG of 150 kB"),
    ("boxes_look_alike", append(4, BOX.replace("5px", "4px") + "No.</div>"), "opens exactly"),
    ("boxes_look_alike", append(4, "\n\n**It goes wrong like this.** No."), "opens exactly"),
    ("boxes_look_alike", append(4, '<div style="border: 1px">No.</div>'), "opens exactly"),
    ("boxes_look_alike", append(4, BOX + "No."), "not closed"),
    ("boxes_look_alike", append(4, BOX + "No `n`.</div>"), "not rendered"),
    ("boxes_look_alike", append(4, BOX + "**No**.</div>"), "not rendered"),
    ("boxes_look_alike", append(4, '<p class="alert alert-info">No.</p>'), "alert"),
    ("boxes_look_alike", append(3, "\nHTML('<p class=\"alert\">')"), "alert"),
    ("comments_are_for_learners", append(3, "  # noqa: E501"), "# noqa"),
    ("comments_are_for_learners", append(3, "\n# fmt: skip"), "# fmt"),
    ("comments_are_for_learners", append(3, "  # type: ignore"), "# type:"),
    ("names_are_real", append(3, "\nDense = keras.layers.Dense"), "Dense = keras.layers.D"),
    ("names_are_real", append(3, "\nn, Mean = 1, tf.reduce_mean"), "Mean = tf.reduce_mean"),
    ("names_are_real", append(1, "\nfrom keras.layers import Add as Plus"), "Add as Plus"),
    ("names_are_real", append(1, "\nimport keras.ops as K"), "keras.ops as K"),
    ("calls_are_written_out", append(3, "\nmodel.fit(x, **usual)"), "call of model.fit"),
    ("calls_are_written_out", append(3, "\nmake().compile(**usual)"), "call of compile"),
    (
        "calls_are_written_out",
        append(3, "\nkeras.layers.Dense(**usual)"),
        "call of keras.layers.Dense",
    ),
    ("calls_are_written_out", append(3, '\ntf.range(**{"limit": 3})'), "call of tf.range"),
    (
        "contexts_are_written_out",
        append(3, "\nfor n, way in enumerate((a(), b())):\n    with way:\n        print(n)"),
        "`with way:` in a loop",
    ),
    (
        "seeds_come_first",
        append(3, "\nkeras.Sequential([])\nkeras.utils.set_random_seed(1)"),
        "before set_random_seed",
    ),
    (
        "seeds_come_first",
        append(
            3,
            "\ndef f(a, b):\n    m = keras.Model(a, b)\n    keras.utils.set_random_seed(1)",
        ),
        "before set_random_seed",
    ),
    ("shows_numbers", set_output(3, "True, False\nTrue True\nFalse"), "printed 5 times"),
    (
        "shows_numbers",
        change_all(
            set_output(3, "[ True False False]"),
            show(5, "text/plain", "(True, True)", "execute_result"),
        ),
        "printed 5 times",
    ),
    ("tags_are_known", set_tags(3, "excercise"), "'excercise' is not known"),
    ("tags_are_known", set_tags(3, "within-2"), "'within-2' is not known"),
    ("tags_are_known", set_tags(3, "within-11%"), "at most 10 %"),
    ("tags_are_known", set_tags(3, "within-0%"), "over 0"),
    ("tags_are_known", set_tags(4, "compare"), "on a text cell"),
    ("main_path_is_short", insert(3, prose, 3), "51 cells"),
    ("main_path_is_short", shorten, "24 cells"),
    ("main_path_is_short", append(4, "\n\n" + 17 * MANY), "2500 are the most"),
    ("text_cells_are_short", append(4, "\n\n" + "apples " * 147), "150 words, a text cell"),
    ("text_cells_are_short", append(FIRST_TURN, "\n\n" + MANY), "words, a text cell has"),
    ("code_cells_are_short", lengthen(36), "36 lines"),
    ("code_cells_are_short", only_prose, "has code"),
    ("code_cells_are_short", change_all(add_reference, append(KEEP + 3, 35 * "\n1")), "36"),
    ("code_cells_are_short", lengthen(*[9] * 15), "median"),
    ("code_cells_are_short", lengthen(25, 25, 25, 25), "ninth decile"),
    ("half_is_prose", insert(3, prose, 30), "67% of the cells are Markdown"),
    ("half_is_prose", insert(3, short_code, 16), "34% of the cells are Markdown"),
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
    ("file_is_small", set_output(3, "0" * 1_500_000), "1.5 MB"),
]


@pytest.mark.parametrize(("rule", "change", "words"), BROKEN)
def test_broken_lesson_is_refused(course, rule, change, words):
    cells = right_lesson()
    change(cells)
    complaints = complaints_of(course(cells))
    assert words in "\n".join(complaints.get(rule, [])), complaints


BROKEN_PAGES = [
    (
        "start_page_links_everything",
        START,
        replace(4, "[pears](02_pears.ipynb)", "pears"),
        "no link to 02_pears.ipynb",
    ),
    (
        "start_page_links_everything",
        START,
        replace(4, "[all topics](topics.ipynb)", "all topics"),
        "no link to topics.ipynb",
    ),
    (
        "topics_lead_to_sections",
        TOPICS,
        replace(1, "`apple-two`", "`apple-count`"),
        "there twice",
    ),
    (
        "topics_lead_to_sections",
        TOPICS,
        replace(1, "#What-is-count-1?", ""),
        "lacks a link to a heading",
    ),
    (
        "topics_lead_to_sections",
        TOPICS,
        replace(1, "[count `n`](01_apples.ipynb#What-is-count-1?)", "count"),
        "lacks a link",
    ),
    ("topics_lead_to_sections", TOPICS, replace(1, "`apple-two`", ""), "lacks an id"),
    (
        "topics_lead_to_sections",
        TOPICS,
        replace(1, "02_pears.ipynb", "01_apples.ipynb"),
        "no topic of 02_pears.ipynb",
    ),
    ("links_resolve", TOPICS, replace(1, "count-1?", "count-0?"), "no such heading"),
    ("links_resolve", TOPICS, replace(1, "02_pears", "03_plums"), "leads nowhere"),
]


@pytest.mark.parametrize(("rule", "page", "change", "words"), BROKEN_PAGES)
def test_broken_page_is_refused(course, rule, page, change, words):
    cells = start_page() if page == START else topic_index()
    change(cells)
    complaints = complaints_of(course(cells, page))
    assert words in "\n".join(complaints.get(rule, [])), complaints


def test_every_rule_is_broken_once():
    broken = {rule for rule, _, _ in BROKEN} | {rule for rule, *_ in BROKEN_PAGES}
    assert broken == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("topic", SIZES)
def test_sizes_go_by_topic(course, topic):
    """A lesson of `topic` that breaks each of its sizes by one, and a plain one beside it."""
    sizes = SIZES[topic]
    cells = right_lesson("plums")
    replace(0, "about 20 minutes", f"about {min(sizes.read, 998) + 1} minutes")(cells)
    replace(0, "1 minute to run", f"{sizes.run + 1} minutes to run")(cells)
    del cells[2 + 9 * (sizes.exercises - 1) : KEEP]
    insert(3, prose, min(sizes.cells[1], 100) + 1 - len(cells))(cells)
    append(4, f"\n\n{'apples ' * int(min(sizes.words, 3000))}")(cells)
    found = complaints_of(course(cells, f"03_{topic}.ipynb"))
    text = "\n".join(line for lines in found.values() for line in lines)
    assert f"{sizes.run + 1} minutes to run, {sizes.run} are" in text
    fewest = sizes.exercises
    assert f"this lesson has at least {fewest}" in text
    assert (f"work, {sizes.read} are the most" in text) == (sizes.read < 999)
    assert (f"{sizes.cells[1]} are a lesson" in text) == (sizes.cells[1] < 100)
    assert (f"{sizes.words} are the most" in text) == (sizes.words < 3000)


README = """
| | lesson | result | read and work | run |
|---|---|---|---|---|
| 00 | [Start](notebooks/00_start_here.ipynb) | a start | 20 min | 1 min |
| 01 | [Apples](notebooks/01_apples.ipynb) | apples | 20 min | 1 min |
| 02 | [Pears](notebooks/02_pears.ipynb) | pears | 20 min | 1 min |
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", ""),
        ("notebooks/01_apples", "01_apples", "does not link 01_apples.ipynb"),
        ("| 02 |", "| 03 |", "02_pears.ipynb is listed as lesson 03"),
        ("a start | 20 min", "a start | 25 min", "states 20 min and 1 min, its row 25 min"),
        ("apples | 20 min | 1 min", "apples | 20 min | 2 min", "and 2 min"),
        ("02_pears", "02_plums", "02_plums.ipynb is listed, but not there"),
    ],
)
def test_readme_with_a_wrong_row_is_refused(course, old, new, words):
    paths = sorted(course(right_lesson()).path.parent.glob("*.ipynb"))
    complaints = complaints_about_readme(README.replace(old, new), paths)
    assert words in "\n".join(complaints) if words else complaints == []
