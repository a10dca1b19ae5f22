"""Do lessons hold with other random seeds? python tools/other_seeds.py [--seeds 11,12,13] [...]

Every n in a lesson's set_random_seed(n), a number or a name, is replaced, for seed 11 by
11000 + n: seeds that differ in the lesson still differ. Then all its cells are run, and their
assertions must hold. Outputs are not compared, and the notebook is not written.
"""

import ast
import copy
import sys

from IPython.core.inputtransformer2 import TransformerManager
from lessons import LessonError, code_cells, command_line, read, run


class OtherSeeds(ast.NodeTransformer):
    """Adds to what each call of set_random_seed is given, and counts these calls."""

    def __init__(self, seed):
        self.seed = seed
        self.replaced = 0

    def visit_Call(self, node):  # noqa: N802
        self.generic_visit(node)
        called = getattr(node.func, "attr", getattr(node.func, "id", None))
        if called == "set_random_seed":
            added = ast.Constant(1000 * self.seed)
            node.args = [ast.BinOp(argument, ast.Add(), added) for argument in node.args]
            for keyword in node.keywords:
                keyword.value = ast.BinOp(keyword.value, ast.Add(), added)
            self.replaced += len(node.args) + len(node.keywords)
        return node


def with_other_seeds(notebook, seed):
    """A copy of a notebook with other seeds, and how many numbers were replaced in it."""
    notebook = copy.deepcopy(notebook)
    other = OtherSeeds(seed)
    for cell in code_cells(notebook.cells):
        if "set_random_seed" in cell.source:
            # IPython turns magics and shell lines into Python.
            code = ast.parse(TransformerManager().transform_cell(cell.source))
            cell.source = ast.unparse(other.visit(code))
    return notebook, other.replaced


def main():
    parser = command_line(__doc__.partition("?")[0])
    parser.add_argument(
        "--seeds",
        type=lambda text: [int(seed) for seed in text.split(",")],
        default=[11, 12, 13],
        help="whole numbers, separated by commas",
    )
    arguments = parser.parse_args()
    failed = False
    for path in arguments.lessons:
        for seed in arguments.seeds:
            print(f"{path.stem}, seed {seed}", end=", ", flush=True)
            try:
                notebook, replaced = with_other_seeds(read(path), seed)
                print(f"{replaced} replaced", end=": ", flush=True)
                run(notebook, path.parent)
                print("holds", flush=True)
            except LessonError as error:
                failed = True
                print(error, flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
