"""The form of a lesson: rules that every notebook in notebooks/ keeps.

A rule is a function that is given a `Lesson` and returns its complaints, one sentence each;
no complaint means that the rule is kept. `RULES` holds them all.
"""

import ast
import base64
import json
import re
import statistics
from functools import cache, cached_property, wraps
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
START = "00_start_here.ipynb"
TOPICS = "topics.ipynb"  # the topic index: a page, not a lesson

ANY = float("inf")


class Sizes(NamedTuple):
    """What a kind of lesson may have at most, and must have at least.

    Attributes:
        cells: fewest and most cells on the main path.
        words: most words of Markdown on the main path.
        read: most minutes to read and work.
        run: most minutes to run.
        exercises: fewest exercises.
    """

    cells: tuple = (25, 50)
    words: float = 2500
    read: float = 90
    run: int = 1
    exercises: int = 5


LESSON = Sizes()
SLOW = LESSON._replace(run=2)
PROJECT = SLOW._replace(cells=(25, 60), read=120, exercises=4)
FREE = LESSON._replace(cells=(1, ANY), words=ANY, read=ANY)
SIZES = {  # by topic; a topic that is not here is a LESSON
    "start_here": FREE._replace(exercises=3),
    "mnist": SLOW,
    "finetuning_vgg16": SLOW,
    "many_devices": SLOW,
    "error_gallery": FREE._replace(exercises=8),
    "segmentation": PROJECT,
    "dcgan": PROJECT,
    "landmarks": PROJECT,
    "tiny_detector": PROJECT,
}

LARGEST_FILE = 1_500_000  # bytes
LARGEST_PNG = 150_000  # bytes
MEDIAN_LINES, NINTH_DECILE_LINES, MOST_LINES = 8, 20, 35  # of code in a cell
LARGEST_TEXT = 150  # words in a text cell; a cell stays under it
LONGEST_PAUSE = 12  # cells between two exercises
MOST_TRUTHS = 4  # printed True and False
PROSE = (0.35, 0.65)  # share of the main path's cells that are Markdown
TAGS = {
    "augmentation-speed",
    "compare",
    "exercise",
    "nbval-ignore-output",
    "needs-torch",
    "raises-exception",
    "solution",
}
WIDEST_TOLERANCE = 10  # percent
BOX = (
    '<div style="border-left: 5px solid #E69F00; padding: 0.4em 0.8em">'
    "<b>It goes wrong like this.</b> "
)
TIME = re.compile(
    r"^\*\*Time\*\*: about (1 minute|(?!1 )\d+ minutes) to read and work, "
    r"(1 minute|(?!1 )\d+ minutes) to run\.$",
    re.M,
)
MACHINE_PATH = re.compile(
    r"/home/|/root/|/tmp/|/Users/|/var/folders/|[A-Za-z]:\\+Users|site-packages|\.venv\b"
)
OFFICIAL = (
    "docs.jupyter.org",
    "docs.python.org",
    "docs.pytorch.org",
    "docs.scipy.org",
    "graphviz.org",
    "ipython.readthedocs.io",
    "ipywidgets.readthedocs.io",
    "jupyterlab.readthedocs.io",
    "keras.io",
    "matplotlib.org",
    "numpy.org",
    "pillow.readthedocs.io",
    "www.tensorflow.org",
)

RULES = []


def rule(function):
    """Add a rule to RULES."""
    RULES.append(function)
    return function


def rule_of_lessons(function):
    """Add a rule to RULES that the topic index need not keep."""

    @wraps(function)
    def unless_index(lesson):
        return [] if lesson.path.name == TOPICS else function(lesson)

    return rule(unless_index)


class Page(HTMLParser):
    """What a Markdown text holds once it is rendered.

    Attributes:
        headings: list of (level, text).
        links: list of targets.
        images: list of (source, alternative text or None).
        details: number of parts that unfold.
        summaries: list of (depth, text) of their titles; depth 2 unfolds within depth 1.
        words: number of words.
        plain_words: number of words outside tables and parts that unfold.
    """

    def __init__(self, markdown):
        super().__init__()
        self.headings, self.links, self.images, self.summaries = [], [], [], []
        self.details = self.words = self.plain_words = 0
        self.open = {"details": 0, "table": 0}
        self.title, self.all, self.plain = [], [], []
        self.feed(MarkdownIt("commonmark").enable("table").render(markdown))
        self.words = len("".join(self.all).split())
        self.plain_words = len("".join(self.plain).split())

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in self.open:
            self.open[tag] += 1
        if re.fullmatch("h[1-6]|summary", tag):
            self.title = []
        elif tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        elif tag == "img":
            self.images.append((attributes.get("src", ""), attributes.get("alt")))
        elif tag == "details":
            self.details += 1

    def handle_data(self, data):
        self.title.append(data)
        self.all.append(data)
        if not any(self.open.values()):
            self.plain.append(data)

    def handle_endtag(self, tag):
        if tag in self.open:
            self.open[tag] -= 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), "".join(self.title)))
        elif tag == "summary":
            self.summaries.append((self.open["details"], "".join(self.title)))


class Lesson:
    """A notebook on disk.

    Attributes:
        path: the file.
        cells: its cells, as nbformat's notebook nodes.
    """

    def __init__(self, path):
        self.path = path
        self.cells = nbformat.read(path, as_version=4).cells

    @cached_property
    def pages(self):
        """The rendered Markdown cells, by number of cell."""
        return {
            number: Page(cell.source)
            for number, cell in enumerate(self.cells)
            if cell.cell_type == "markdown"
        }

    @cached_property
    def code(self):
        """The code cells, by number of cell."""
        return {n: cell for n, cell in enumerate(self.cells) if cell.cell_type == "code"}

    @cached_property
    def trees(self):
        """The syntax tree of each code cell that is Python, by number of cell."""
        trees = {}
        for number, cell in self.code.items():
            try:
                trees[number] = ast.parse(TransformerManager().transform_cell(cell.source))
            except SyntaxError:
                continue
        return trees

    @cached_property
    def anchors(self):
        """What a link may have after its `#` to land in this lesson."""
        return {anchor(text) for page in self.pages.values() for _, text in page.headings}

    @property
    def sizes(self):
        """How large this kind of lesson may be."""
        return SIZES.get(self.path.stem.partition("_")[2], LESSON)

    @cached_property
    def keep(self):
        """Number of the cell `What to keep`, None where there is none."""
        for number, page in self.pages.items():
            if page.headings[:1] == [(2, "What to keep")]:
                return number
        return None

    @property
    def main_path(self):
        """Numbers of the cells up to `What to keep`; what follows is only looked up."""
        return range(len(self.cells) if self.keep is None else self.keep + 1)

    def tagged(self, tag):
        """Numbers of the cells that carry the tag."""
        return [n for n, cell in self.code.items() if tag in tags(cell)]


def anchor(heading):
    """The id that JupyterLab 4.6 gives to a heading, from the heading's rendered text.

    JupyterLab (createHeaderId in its rendermime package) puts a hyphen for each space and
    keeps everything else, upper case and punctuation included: "What is it?" becomes
    "What-is-it?". tests/lab compares this with the ids in a real JupyterLab.
    """
    return heading.replace(" ", "-")


def tags(cell):
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def output_text(cell):
    """All text that a code cell has stored as its output."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text", ""))
        texts.extend([output.get("evalue", ""), *output.get("traceback", [])])
        for kind, value in output.get("data", {}).items():
            if isinstance(value, str) and kind not in ("image/png", "image/jpeg"):
                texts.append(value)
    return "\n".join(texts)


def shown(cell, *types):
    """Pairs (kind, data) that a code cell has stored, from outputs of these types or all."""
    return [
        pair
        for output in cell.outputs
        if not types or output.output_type in types
        for pair in output.get("data", {}).items()
    ]


def bullets(markdown):
    """The first-level bullets of a Markdown text."""
    return re.findall(r"^[-*] +(.+)", markdown, re.M)


def called(tree, name):
    """First arguments of the calls of a function, None where one is no literal text."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == name
    ]
    return [
        call.args[0].value
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        else None
        for call in calls
    ]


def dotted(node):
    """A name with dots such as `keras.layers.Dense` as text, "" for anything else."""
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def is_keras_name(node):
    """Whether this is a name such as `keras.layers.Dense`, but not `keras.__version__`."""
    name = dotted(node)
    return name.startswith(("keras.", "tf.")) and not name.endswith("__")


class Names(ast.NodeVisitor):
    """The cell's own names that a piece of code assigns and reads.

    Attributes:
        assigned: names bound at the cell's level; those inside functions, classes and
            comprehensions do not count.
        read: names read anywhere, without the local names of functions, classes and
            comprehensions.
    """

    INNER = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Lambda,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
    )

    def __init__(self, code):
        self.assigned, self.read = set(), set()
        self.visit(code)

    def generic_visit(self, node):
        if isinstance(node, self.INNER):
            self.visit_inner(node)
        else:
            super().generic_visit(node)

    def visit_inner(self, node):
        """Visit code with names of its own; only what it reads from outside counts."""
        if hasattr(node, "name"):
            self.assigned.add(node.name)
        outer_assigned, outer_read = self.assigned, self.read
        self.assigned, self.read = set(), set()
        super().generic_visit(node)
        self.assigned, self.read = outer_assigned, outer_read | (self.read - self.assigned)

    def visit_Name(self, node):  # noqa: N802
        (self.read if isinstance(node.ctx, ast.Load) else self.assigned).add(node.id)

    def visit_arg(self, node):
        self.assigned.add(node.arg)
        self.generic_visit(node)

    def visit_alias(self, node):
        self.assigned.add((node.asname or node.name).split(".")[0])


def names_needed(tree):
    """The names that a cell reads before it has assigned them itself."""
    needed, assigned = set(), set()
    for statement in tree.body:
        names = Names(statement)
        simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign))
        needed |= names.read - assigned - (set() if simple else names.assigned)
        if isinstance(statement, ast.AugAssign):
            needed |= names.assigned - assigned
        assigned |= names.assigned
    return needed


@rule_of_lessons
def opens_with_goals_and_minutes(lesson):
    """Title, one sentence, 3 to 5 goals, what to know before, and the minutes."""
    text = lesson.cells[0].source if lesson.cells else ""
    if 0 not in lesson.pages:
        return ["cell 0: a lesson opens with a Markdown cell"]
    complaints = []
    if not re.match(r"# \S.*\n\n[^*#\n-]", text):
        complaints.append("cell 0: it opens with `# Title`, and a sentence below it")
    goals = text.partition("**You will be able to**")[2].partition("\n**")[0]
    if not 3 <= len(bullets(goals)) <= 5:
        complaints.append(
            f"cell 0: 3 to 5 bullets stand under **You will be able to**, "
            f"here are {len(bullets(goals))}"
        )
    if not re.search(r"^\*\*Before you start\*\*: \S", text, re.M):
        complaints.append("cell 0: a line **Before you start**: … is missing")
    if not TIME.search(text):
        complaints.append(
            "cell 0: the line `**Time**: about N minutes to read and work, "
            "M minutes to run.` is missing or in other words"
        )
    return complaints


def minutes(text):
    """The minutes (to read and work, to run) that an opening cell states, or None."""
    found = TIME.search(text)
    return found and tuple(int(part.split()[0]) for part in found.groups())


@rule_of_lessons
def states_few_minutes(lesson):
    """The stated minutes are those of a lesson."""
    stated = minutes(lesson.cells[0].source) if lesson.cells else None
    most = {"to read and work": lesson.sizes.read, "to run": lesson.sizes.run}
    return [
        f"cell 0: {count} minutes {what}, {most[what]} are the most"
        for what, count in zip(most, stated or [], strict=False)
        if count > most[what]
    ]


@rule
def has_one_title(lesson):
    """One heading of the first level, the title."""
    titles = [
        (number, text)
        for number, page in lesson.pages.items()
        for level, text in page.headings
        if level == 1
    ]
    return [f"cell {number}: a second title, {text!r}" for number, text in titles[1:]]


@rule
def is_python(lesson):
    """Code parses, unless the cell shows that it does not."""
    return [
        f"cell {number}: this is not Python"
        for number, cell in lesson.code.items()
        if number not in lesson.trees and "raises-exception" not in tags(cell)
    ]


@rule_of_lessons
def imports_once(lesson):
    """Cell 1 has all the imports."""
    importing = [
        number
        for number, tree in lesson.trees.items()
        if any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree))
    ]
    complaints = [
        f"cell {number}: imports stand in cell 1 only" for number in importing if number != 1
    ]
    if 1 not in importing:
        complaints.append("cell 1: the import cell is missing here")
    elif not called(lesson.trees[1], "use_style"):
        complaints.append("cell 1: use_style() is missing")
    return complaints


@rule_of_lessons
def imports_keras_quietly(lesson):
    """`with quiet_import():` keeps TensorFlow's messages at its import out of the lesson."""
    tree = lesson.trees.get(1, ast.Module([]))
    quiet = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.With)
        and any(called(item, "quiet_import") for item in block.items)
        for node in ast.walk(block)
    }
    loud = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and node not in quiet:
            loud |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node not in quiet:
            loud.add((node.module or "").split(".")[0])
    return [
        f"cell 1: {name} is imported within `with quiet_import():`"
        for name in sorted(loud & {"keras", "tensorflow"})
    ]


def turns(lesson):
    """Pairs (number of cell, number of exercise as text) of the headings `Your turn`."""
    return [
        (number, re.match(r"Your turn ?(\d*)", text)[1])
        for number, page in lesson.pages.items()
        for level, text in page.headings
        if level == 3 and text.startswith("Your turn")
    ]


@rule_of_lessons
def has_exercises(lesson):
    """Enough headings `### Your turn N`, each followed by exercise and solution."""
    found, fewest = turns(lesson), lesson.sizes.exercises
    complaints = []
    if len(found) < fewest:
        complaints.append(f"{len(found)} exercises, this lesson has at least {fewest}")
    for place, (number, digits) in enumerate(found, start=1):
        if digits != str(place):
            complaints.append(f"cell {number}: this heading is not `### Your turn {place}: …`")
    complaints += [
        f"cell {number}: a heading of another level than `### Your turn`"
        for number, page in lesson.pages.items()
        for level, text in page.headings
        if level != 3 and text.startswith("Your turn")
    ]
    starts = [number for number, _ in found]
    for tag, distance in (("exercise", 1), ("solution", 2)):
        places = [start + distance for start in starts]
        complaints += [
            f"cell {place}: tagged {tag} this should be, {distance} below `### Your turn`"
            for place in places
            if place not in lesson.tagged(tag)
        ]
        complaints += [
            f"cell {number}: tagged {tag}, but not {distance} below `### Your turn`"
            for number in lesson.tagged(tag)
            if number not in places
        ]
    return complaints


@rule_of_lessons
def exercises_are_spread(lesson):
    """Something to do comes again and again on the main path, and not behind it."""
    complaints, last = [], 1
    for number, _ in turns(lesson):
        if (pause := number - last - 1) > LONGEST_PAUSE:
            complaints.append(
                f"cell {number}: {pause} cells since "
                f"{'the import cell' if last == 1 else 'the last exercise'}, "
                f"{LONGEST_PAUSE} are the most"
            )
        last = number + 2
        if number not in lesson.main_path:
            complaints.append(f"cell {number}: no exercise stands behind What to keep")
    return complaints


@rule
def hints_unfold(lesson):
    """Each exercise has hints, one within the other, and all that unfold are closed."""
    complaints = []
    for number, _ in turns(lesson):
        hints = lesson.pages[number].summaries
        if len(hints) < 2 or hints != [(n, f"Hint {n}") for n in range(1, len(hints) + 1)]:
            complaints.append(
                f"cell {number}: an exercise has at least two hints, `Hint 1` and, in the "
                f"<details> of that, `Hint 2`"
            )
    complaints += [
        f"cell {number}: {page.details} <details>, but {closed} </details>"
        for number, page in lesson.pages.items()
        if page.details != (closed := lesson.cells[number].source.count("</details>"))
    ]
    return complaints


@rule
def exercises_are_checked(lesson):
    """An exercise and its solution are checked under one name."""
    complaints = []
    for number, tree in lesson.trees.items():
        cell = lesson.code[number]
        for tag, checker in (("exercise", "check"), ("solution", "check_solution")):
            checks = called(tree, checker)
            if tag not in tags(cell) and checks:
                complaints.append(f"cell {number}: calls {checker}, but is not tagged {tag}")
            if tag in tags(cell) and len(checks) != 1:
                complaints.append(f"cell {number}: one call of {checker} belongs here")
        if "exercise" in tags(cell):
            if "raises-exception" not in tags(cell):
                complaints.append(
                    f"cell {number}: an exercise is tagged raises-exception, so that a "
                    f"learner's error does not stop Run All"
                )
            for name in called(tree, "check"):
                if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name or ""):
                    complaints.append(
                        f"cell {number}: the exercise's name {name!r} is not of the form "
                        f"'some-name', without a lesson's number"
                    )
        if "solution" in tags(cell):
            if not cell.metadata.get("jupyter", {}).get("source_hidden"):
                complaints.append(f"cell {number}: a solution is collapsed (source_hidden)")
            if "raises-exception" in tags(cell):
                complaints.append(f"cell {number}: a solution may not raise an exception")
            above = lesson.trees.get(number - 1)
            asked = called(above, "check") if above else []
            if called(tree, "check_solution") != asked:
                complaints.append(f"cell {number}: the exercise above has another name")
    return complaints


def names_of_exercises(path):
    """The names under which a notebook on disk checks its exercises."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return re.findall(r"""\bcheck\(\s*["']([^"']+)["']""", "\n".join(code))


@rule
def exercises_have_own_names(lesson):
    """No exercise bears the name of another one in the course."""
    owners = {
        name: path.name
        for path in sorted(lesson.path.parent.glob("*.ipynb"))
        if path.name != lesson.path.name
        for name in names_of_exercises(path)
    }
    complaints = []
    for number in lesson.tagged("exercise"):
        for name in called(lesson.trees.get(number, ast.Module([])), "check"):
            if name in owners:
                complaints.append(f"cell {number}: {name!r} is in {owners[name]} already")
            owners[name] = "this lesson"
    return complaints


@rule
def solutions_leave_answers_alone(lesson):
    """No solution assigns a name that an exercise assigns."""
    answers = set()
    for number in lesson.tagged("exercise"):
        answers |= Names(lesson.trees[number]).assigned if number in lesson.trees else set()
    complaints = []
    for number in lesson.tagged("solution"):
        if number in lesson.trees:
            taken = sorted(answers & Names(lesson.trees[number]).assigned)
            complaints += [
                f"cell {number}: overwrites the learner's {name!r}" for name in taken
            ]
    return complaints


@rule
def nothing_depends_on_answers(lesson):
    """No cell reads a name that an exercise or a solution above has assigned last."""
    complaints, assigned_by = [], {}
    apart = {*lesson.tagged("exercise"), *lesson.tagged("solution")}
    for number, tree in lesson.trees.items():
        complaints += [
            f"cell {number}: reads {name!r}, which the exercise or solution in "
            f"cell {assigned_by[name]} assigns"
            for name in sorted(names_needed(tree))
            if assigned_by.get(name) in apart
        ]
        assigned_by.update(dict.fromkeys(Names(tree).assigned, number))
    return complaints


@rule
def exercises_wait_and_solutions_pass(lesson):
    """What the cells have stored: an exercise waits for its answer, a solution passes."""
    complaints = []
    for tag, word in (("exercise", "waits"), ("solution", "passes")):
        complaints += [
            f"cell {number}: the stored output of this {tag} does not say {word!r}"
            for number in lesson.tagged(tag)
            if word not in output_text(lesson.code[number])
        ]
    return complaints


@rule_of_lessons
def closes_with_what_to_keep(lesson):
    """Five bullets, a link to the next lesson, two or three to official documentation."""
    last = lesson.keep
    if last is None:
        return ["the main path closes with a cell `## What to keep`, which is missing"]
    page, complaints = lesson.pages[last], []
    count = len(bullets(lesson.cells[last].source))
    if count != 5:
        complaints.append(f"cell {last}: What to keep has five bullets, here are {count}")
    names = {path.name for path in lesson.path.parent.glob("*.ipynb")} - {TOPICS}
    later = sorted(name for name in names if name > lesson.path.name)
    if later and later[0] not in page.links:
        complaints.append(f"cell {last}: the link to the next lesson, {later[0]}, is missing")
    outside = [link for link in page.links if "://" in link]
    if not 2 <= len(outside) <= 3:
        complaints.append(
            f"cell {last}: two or three links lead to official documentation, "
            f"here are {len(outside)}"
        )
    complaints += [
        f"cell {last}: {link} is not known as official documentation (OFFICIAL in "
        f"tests/lesson_form.py)"
        for link in outside
        if not link.startswith("https://") or urlsplit(link).netloc not in OFFICIAL
    ]
    return complaints


@rule
def images_have_alt_text(lesson):
    """Images in Markdown are described in words."""
    return [
        f"cell {number}: the image {source[:40]} has no alternative text"
        for number, page in lesson.pages.items()
        for source, alt in page.images
        if not (alt or "").strip()
    ]


@rule_of_lessons
def reference_comes_last(lesson):
    """Behind `What to keep` stands nothing, or `## For reference` and its sections."""
    parts = [
        (number, level, text)
        for number, page in lesson.pages.items()
        for level, text in page.headings
        if level <= 2
    ]
    behind = [part for part in parts if part[0] not in lesson.main_path]
    complaints = [
        f"cell {number}: For reference stands behind What to keep"
        for number, _, text in parts
        if text == "For reference" and number in lesson.main_path
    ]
    complaints += [
        f"cell {number}: {text!r} behind What to keep is a section `###` of For reference"
        for number, level, text in behind
        if (level, text) != (2, "For reference")
    ]
    complaints += [f"cell {number}: a second For reference" for number, *_ in behind[1:]]
    first = len(lesson.main_path)
    opening = lesson.pages[first].headings[:1] if first in lesson.pages else []
    if first < len(lesson.cells) and opening != [(2, "For reference")]:
        complaints.append(f"cell {first}: behind What to keep comes `## For reference`")
    return complaints


@rule
def figures_are_described(lesson):
    """Below a figure stands what it shows; those of exercises and solutions are free."""
    return [
        f"cell {number}: a sentence under this figure, before the next code, is missing"
        for number, cell in lesson.code.items()
        if not {"exercise", "solution"} & set(tags(cell))
        and any(kind.startswith("image/") for kind, _ in shown(cell))
        and number + 1 not in lesson.pages
    ]


@rule
def photos_are_jpeg(lesson):
    """A large PNG is a photo, and those are stored as JPEG."""
    sizes = [
        (number, len(base64.b64decode(data)))
        for number, cell in lesson.code.items()
        for kind, data in shown(cell)
        if kind == "image/png"
    ]
    return [
        f"cell {number}: a PNG of {size / 1000:.0f} kB, store it as JPEG: PhotoFigure of "
        f"helpers.plots"
        for number, size in sizes
        if size > LARGEST_PNG
    ]


@rule
def boxes_look_alike(lesson):
    """`It goes wrong like this` has one form, in HTML, and no classes of JupyterLab."""
    complaints = []
    for number in lesson.pages:
        text = lesson.cells[number].source
        opened = re.findall(
            r"<div[^>]*border|(?:<b>|<strong>|\*\*|#+ )It goes wrong like", text
        )
        boxes = [part.partition("</div>")[0] for part in text.split(BOX)[1:]]
        if len(opened) != 2 * len(boxes):
            complaints.append(f"cell {number}: a box opens exactly with {BOX}")
        if text.count("<div") != text.count("</div>"):
            complaints.append(f"cell {number}: a <div> that is not closed")
        if any("`" in box or "**" in box for box in boxes):
            complaints.append(
                f"cell {number}: in a box stand <code> and <b>, Markdown is not rendered there"
            )
    complaints += [
        f"cell {number}: a box has no class `alert`, it has the form of the others"
        for number, cell in enumerate(lesson.cells)
        if re.search(r"""class=["'][^"']*\balert""", cell.source)
    ]
    return complaints


@rule
def comments_are_for_learners(lesson):
    """No comment speaks to a linter, a formatter or a type checker."""
    return [
        f"cell {number}: the comment {found[0]!r} is no word to a learner"
        for number, cell in lesson.code.items()
        if (found := re.search(r"#\s*(noqa|fmt\b|type:|ruff|pylint|isort)", cell.source))
    ]


def pairs(assignment):
    """Pairs (target, value) of an assignment, one by one where both are tuples."""
    values = getattr(assignment.value, "elts", None)
    for target in assignment.targets:
        if isinstance(target, (ast.Tuple, ast.List)) and values:
            yield from zip(target.elts, values, strict=False)
        else:
            yield target, assignment.value


@rule
def names_are_real(lesson):
    """No other name for one of Keras or TensorFlow, except `tf`."""
    complaints = []
    for number, tree in lesson.trees.items():
        aliases = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                aliases += [
                    f"{target.id} = {dotted(value)}"
                    for target, value in pairs(node)
                    if isinstance(target, ast.Name) and is_keras_name(value)
                ]
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                names = {
                    ".".join(filter(None, [getattr(node, "module", ""), alias.name])): alias
                    for alias in node.names
                    if alias.asname
                }
                aliases += [
                    f"{name} as {alias.asname}"
                    for name, alias in names.items()
                    if name.split(".")[0] in ("keras", "tensorflow")
                    and (name, alias.asname) != ("tensorflow", "tf")
                ]
        complaints += [f"cell {number}: {alias}: use the real name" for alias in aliases]
    return complaints


@rule
def calls_are_written_out(lesson):
    """No settings unpacked by ** into a call of Keras, TensorFlow, `fit` and its kin."""
    complaints = []
    for number, tree in lesson.trees.items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or all(word.arg for word in call.keywords):
                continue
            method = getattr(call.func, "attr", None)
            owner = getattr(call.func, "value", None)
            inherited = isinstance(owner, ast.Call) and dotted(owner.func) == "super"
            if is_keras_name(call.func) or (
                method in ("fit", "compile", "evaluate", "predict") and not inherited
            ):
                complaints.append(
                    f"cell {number}: ** in a call of {dotted(call.func) or method}, write "
                    f"its arguments out"
                )
    return complaints


@rule
def contexts_are_written_out(lesson):
    """No loop over context managers."""
    return [
        f"cell {number}: `with {item.context_expr.id}:` in a loop, write each one out"
        for number, tree in lesson.trees.items()
        for loop in ast.walk(tree)
        if isinstance(loop, ast.For)
        for node in ast.walk(loop)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Name)
        and item.context_expr.id in Names(loop.target).assigned
    ]


def scopes(tree):
    """The nodes of a cell, and those of each function in it, as lists of their own."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    roots = [tree, *(node for node in ast.walk(tree) if isinstance(node, functions))]
    for root in roots:
        nodes, rest = [], list(ast.iter_child_nodes(root))
        while rest:
            node = rest.pop()
            nodes.append(node)
            if not isinstance(node, functions):
                rest.extend(ast.iter_child_nodes(node))
        yield nodes


@rule
def seeds_come_first(lesson):
    """A cell that sets the seed does so before it builds its first model."""
    complaints = []
    for number, tree in lesson.trees.items():
        for nodes in scopes(tree):
            lines = {
                name: [
                    node.lineno
                    for node in nodes
                    if isinstance(node, ast.Call) and dotted(node.func) == f"keras.{name}"
                ]
                for name in ("utils.set_random_seed", "Sequential", "Model")
            }
            seeds = lines.pop("utils.set_random_seed")
            if seeds and any(line < min(seeds) for line in sum(lines.values(), [])):
                complaints.append(
                    f"cell {number}: a model is built before set_random_seed, its weights "
                    f"do not repeat"
                )
    return complaints


@rule
def shows_numbers(lesson):
    """Numbers are printed; True and False tell little."""
    truths = sum(
        len(re.findall(r"\b(?:True|False)\b", text))
        for cell in lesson.code.values()
        for text in [
            *(out.text for out in cell.outputs if out.output_type == "stream"),
            *(data for kind, data in shown(cell, "execute_result") if kind == "text/plain"),
        ]
    )
    if truths <= MOST_TRUTHS:
        return []
    return [f"True or False is printed {truths} times, {MOST_TRUTHS} are the most"]


@rule
def tags_are_known(lesson):
    """A tag is in TAGS or a tolerance such as `within-2%`, of at most 10 %."""
    complaints = []
    for number, cell in enumerate(lesson.cells):
        for tag in tags(cell):
            within = re.fullmatch(r"within-(\d+(?:\.\d+)?)%", tag)
            if not within and tag not in TAGS:
                complaints.append(f"cell {number}: the tag {tag!r} is not known")
            if within and not 0 < float(within[1]) <= WIDEST_TOLERANCE:
                complaints.append(
                    f"cell {number}: {tag}, a tolerance is over 0 and at most "
                    f"{WIDEST_TOLERANCE} %"
                )
            if cell.cell_type != "code":
                complaints.append(f"cell {number}: {tag!r} stands on a text cell")
    return complaints


@rule_of_lessons
def main_path_is_short(lesson):
    """A lesson is no book."""
    (fewest, most), words = lesson.sizes.cells, lesson.sizes.words
    cells, complaints = len(lesson.main_path), []
    if not fewest <= cells <= most:
        complaints.append(f"{cells} cells on the main path, {fewest} to {most} are a lesson")
    count = sum(lesson.pages[n].words for n in lesson.main_path if n in lesson.pages)
    if count > words:
        complaints.append(f"{count} words on the main path, {words} are the most")
    return complaints


@rule_of_lessons
def text_cells_are_short(lesson):
    """A text cell has one topic; tables and what unfolds are not counted."""
    return [
        f"cell {number}: {page.plain_words} words, a text cell has under {LARGEST_TEXT}"
        for number, page in lesson.pages.items()
        if number in lesson.main_path
        and number not in (0, lesson.keep)
        and page.plain_words >= LARGEST_TEXT
    ]


@rule_of_lessons
def code_cells_are_short(lesson):
    """Code cells are short, those for reference as well."""
    lines = {
        number: sum(bool(line.strip()) for line in cell.source.splitlines())
        for number, cell in lesson.code.items()
    }
    complaints = [
        f"cell {number}: {count} lines of code, {MOST_LINES} are the most"
        for number, count in lines.items()
        if count > MOST_LINES
    ]
    if len(lines) < 2:
        return [*complaints, "a lesson has code"]
    median = statistics.median(lines.values())
    if median > MEDIAN_LINES:
        complaints.append(f"the median code cell has {median} lines, not {MEDIAN_LINES}")
    ninth_decile = statistics.quantiles(lines.values(), n=10, method="inclusive")[8]
    if ninth_decile > NINTH_DECILE_LINES:
        complaints.append(
            f"the ninth decile of the code cells is {ninth_decile:.0f} lines, "
            f"not {NINTH_DECILE_LINES}"
        )
    return complaints


@rule_of_lessons
def half_is_prose(lesson):
    """About half of the main path's cells are Markdown."""
    cells = lesson.main_path
    share = sum(number in lesson.pages for number in cells) / max(1, len(cells))
    if PROSE[0] <= share <= PROSE[1]:
        return []
    return [f"{share:.0%} of the cells are Markdown, about half should be"]


@rule
def links_resolve(lesson):
    """Links inside the course lead to a file that is there, and to a heading in it.

    A browser writes letters beyond ASCII, quotation marks and brackets of a link in another
    form (%C3 …). JupyterLab does not turn them back, so such a heading is never found.
    """
    complaints, lesson_at = [], cache(Lesson)
    for number, page in lesson.pages.items():
        sources = [source for source, _ in page.images]
        for link in page.links + sources:
            if urlsplit(link).scheme:
                continue
            name, _, place = link.partition("#")
            target = lesson.path.parent / unquote(name) if name else lesson.path
            if link.startswith("/") or not target.exists():
                complaints.append(f"cell {number}: {link} leads nowhere")
            elif "%" in place or not place.isascii():
                complaints.append(f"cell {number}: {link}: JupyterLab cannot find this heading")
            elif place and target.suffix != ".ipynb":
                complaints.append(
                    f"cell {number}: {link}: only headings of lessons are checked"
                )
            elif place and place not in lesson_at(target).anchors:
                complaints.append(f"cell {number}: {link}: there is no such heading")
    return complaints


@rule
def names_no_machine(lesson):
    """No absolute path of somebody's machine, in sources or outputs."""
    complaints = []
    for number, cell in enumerate(lesson.cells):
        parts = {"source": cell.source}
        if cell.cell_type == "code":
            parts["output"] = output_text(cell)
        for part, text in parts.items():
            if found := MACHINE_PATH.search(text):
                complaints.append(f"cell {number}: its {part} names a machine's {found[0]!r}")
    return complaints


@rule
def errors_are_meant(lesson):
    """Error output is stored only where a cell is tagged for it, and never in an exercise."""
    return [
        f"cell {number}: its stored output is an error, {output.ename}"
        for number, cell in lesson.code.items()
        for output in cell.outputs
        if output.output_type == "error"
        and ("raises-exception" not in tags(cell) or "exercise" in tags(cell))
    ]


@rule
def leaves_nothing_to_do(lesson):
    """No TODO, no FIXME."""
    return [
        f"cell {number}: {found[0]} is left in it"
        for number, cell in enumerate(lesson.cells)
        if (found := re.search(r"\b(TODO|FIXME)\b", cell.source))
    ]


@rule
def file_is_small(lesson):
    """The file stays small enough to open quickly."""
    size = lesson.path.stat().st_size
    if size < LARGEST_FILE:
        return []
    return [f"the file has {size / 1e6:.1f} MB, {LARGEST_FILE / 1e6} are the most"]


@rule
def start_page_links_everything(lesson):
    """The start page links every lesson and the topic index."""
    if lesson.path.name != START:
        return []
    linked = {link.partition("#")[0] for page in lesson.pages.values() for link in page.links}
    names = {path.name for path in lesson.path.parent.glob("*.ipynb")} | {TOPICS}
    return [
        f"the start page has no link to {name}" for name in sorted(names - {START, *linked})
    ]


@rule
def topics_lead_to_sections(lesson):
    """The topic index has unique ids, a link to a heading with each, and every lesson.

    A row is a line of a Markdown table with an id, such as `reg-data`, in backticks in its
    last column, and a link to the heading that teaches it (links_resolve follows it).
    """
    if lesson.path.name != TOPICS:
        return []
    complaints, known, linked = [], set(), {START, TOPICS}
    for number in lesson.pages:
        for line in lesson.cells[number].source.splitlines():
            topic = re.search(r"`([a-z]+(?:-[a-z0-9]+)+)` *\|$", line)
            links = re.findall(r"\]\(([^)]+)\)", line)
            if not line.startswith("|") or not (topic or links):
                continue
            if not topic:
                complaints.append(f"cell {number}: {line[:40]}… lacks an id")
                continue
            if not links or any("#" not in link for link in links):
                complaints.append(f"cell {number}: {topic[1]!r} lacks a link to a heading")
            if topic[1] in known:
                complaints.append(f"cell {number}: {topic[1]!r} is there twice")
            known.add(topic[1])
            linked.update(link.partition("#")[0] for link in links)
    names = {path.name for path in lesson.path.parent.glob("*.ipynb")}
    complaints += [f"no topic of {name} is listed" for name in sorted(names - linked)]
    return complaints


def complaints_about_readme(readme, paths):
    """What the table of lessons in the README lacks, given its text and the notebooks.

    Each lesson has a row with its number, a link to it, and the minutes that it states.
    """
    rows = {}
    for line in readme.splitlines():
        if line.startswith("|") and (link := re.search(r"\]\(notebooks/([^)#]+)\)", line)):
            rows[link[1]] = [column.strip() for column in line.strip("|").split("|")]
    complaints = []
    for path in paths:
        if path.name == TOPICS:
            continue
        if path.name not in rows:
            complaints.append(f"the table of lessons does not link {path.name}")
            continue
        number, *_, read, run = rows[path.name]
        if number != path.name[:2]:
            complaints.append(f"{path.name} is listed as lesson {number}")
        stated = minutes(Lesson(path).cells[0].source)
        if stated and (read, run) != tuple(f"{count} min" for count in stated):
            complaints.append(
                f"{path.name} states {stated[0]} min and {stated[1]} min, its row {read} and "
                f"{run}"
            )
    complaints += [
        f"{name} is listed, but not there"
        for name in rows
        if name not in {path.name for path in paths}
    ]
    return complaints
