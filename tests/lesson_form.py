"""The form of a lesson: rules that every notebook in notebooks/ keeps.

A rule is a function that is given a `Lesson` and returns its complaints, one sentence each;
no complaint means that the rule is kept. `RULES` holds them all.
"""

import ast
import re
import statistics
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
START = "00_start_here.ipynb"
CATALOGUES = {  # lessons that show every option of something may be longer
    "03_sequential_vs_functional.ipynb",
    "05_image_augmentation.ipynb",
    "08_callbacks.ipynb",
    "13_finetuning_vgg16.ipynb",
}

LARGEST_FILE = 2_500_000  # bytes
MEDIAN_LINES, NINTH_DECILE_LINES, MOST_LINES = 8, 20, 35  # of code in a cell
PROSE = (0.35, 0.65)  # share of the cells that are Markdown
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


class Page(HTMLParser):
    """What a Markdown text holds once it is rendered.

    Attributes:
        headings: list of (level, text).
        links: list of targets.
        images: list of (source, alternative text or None).
        details: number of parts that unfold.
    """

    def __init__(self, markdown):
        super().__init__()
        self.headings, self.links, self.images, self.details = [], [], [], 0
        self.level, self.words = None, []
        self.feed(MarkdownIt("commonmark").enable("table").render(markdown))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.level, self.words = int(tag[1]), []
        elif tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        elif tag == "img":
            self.images.append((attributes.get("src", ""), attributes.get("alt")))
        elif tag == "details":
            self.details += 1

    def handle_data(self, data):
        self.words.append(data)

    def handle_endtag(self, tag):
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((self.level, "".join(self.words)))


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
    def number(self):
        """The lesson's two digits."""
        return self.path.name[:2]

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


@rule
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


@rule
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
    return complaints


def turns(lesson):
    """Pairs (number of cell, number of exercise as text) of the headings `Your turn`."""
    return [
        (number, re.match(r"Your turn ?(\d*)", text)[1])
        for number, page in lesson.pages.items()
        for level, text in page.headings
        if level == 3 and text.startswith("Your turn")
    ]


@rule
def has_exercises(lesson):
    """At least three headings `### Your turn N`, each followed by exercise and solution."""
    found = turns(lesson)
    complaints = []
    if len(found) < 3:
        complaints.append(f"a lesson has at least three exercises, here are {len(found)}")
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


@rule
def hints_unfold(lesson):
    """Each exercise has a hint to unfold, and all that unfold are closed again."""
    complaints = [
        f"cell {number}: an exercise has at least one hint in <details>"
        for number, _ in turns(lesson)
        if not lesson.pages[number].details
    ]
    complaints += [
        f"cell {number}: {page.details} <details>, but {closed} </details>"
        for number, page in lesson.pages.items()
        if page.details != (closed := lesson.cells[number].source.count("</details>"))
    ]
    return complaints


@rule
def exercises_are_checked(lesson):
    """An exercise and its solution are checked under one name, which no other bears."""
    complaints, known = [], set()
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
                if not re.fullmatch(rf"{lesson.number}(-[a-z0-9]+)+", name or ""):
                    complaints.append(
                        f"cell {number}: the exercise's name {name!r} is not of the form "
                        f"'{lesson.number}-some-name'"
                    )
                if name in known:
                    complaints.append(f"cell {number}: a second exercise is named {name!r}")
                known.add(name)
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


@rule
def closes_with_what_to_keep(lesson):
    """Five bullets, a link to the next lesson, two or three to official documentation."""
    last = len(lesson.cells) - 1
    page = lesson.pages.get(last)
    if page is None or page.headings[:1] != [(2, "What to keep")]:
        return [f"cell {last}: a lesson closes with a cell `## What to keep`"]
    complaints = []
    count = len(bullets(lesson.cells[last].source))
    if count != 5:
        complaints.append(f"cell {last}: What to keep has five bullets, here are {count}")
    names = sorted(path.name for path in lesson.path.parent.glob("*.ipynb"))
    later = names[names.index(lesson.path.name) + 1 :]
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


@rule
def cells_are_small(lesson):
    """Code cells are short, and a lesson is no book."""
    name = lesson.path.name
    fewest, most = (10, 50) if name == START else (25, 80 if name in CATALOGUES else 50)
    complaints = []
    if not fewest <= len(lesson.cells) <= most:
        complaints.append(f"{len(lesson.cells)} cells, {fewest} to {most} are a lesson")
    lines = {
        number: sum(bool(line.strip()) for line in cell.source.splitlines())
        for number, cell in lesson.code.items()
    }
    complaints += [
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


@rule
def half_is_prose(lesson):
    """About half of the cells are Markdown."""
    share = len(lesson.pages) / max(1, len(lesson.cells))
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
    """The start page links every lesson, and its topic index has unique ids and anchors.

    A row of the index is a line of a Markdown table with an id, such as `reg-data`, in
    backticks, and a link to the heading that teaches it.
    """
    if lesson.path.name != START:
        return []
    complaints, known = [], set()
    for number in lesson.pages:
        for line in lesson.cells[number].source.splitlines():
            ids = re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", line) if line.startswith("|") else []
            links = re.findall(r"\]\(([^)]+)\)", line)
            if ids and (not links or any("#" not in link for link in links)):
                complaints.append(f"cell {number}: topic {ids[0]!r} lacks a link to a heading")
            for topic in ids:
                if topic in known:
                    complaints.append(f"cell {number}: topic {topic!r} is there twice")
                known.add(topic)
    if not known:
        complaints.append("the start page has a topic index, a table with ids in backticks")
    linked = {link.partition("#")[0] for page in lesson.pages.values() for link in page.links}
    complaints += [
        f"the start page has no link to {path.name}"
        for path in sorted(lesson.path.parent.glob("*.ipynb"))
        if path.name not in {START, *linked}
    ]
    return complaints
