"""A small `dot` program made of the Graphviz libraries in pygraphviz's wheel.

It understands what pydot and graphviz ask of it: `dot -Tpng [file]`, to standard output.
"""

import sys
from pathlib import Path


def main():
    """Read a graph from a file or standard input; write the picture to standard output."""
    import pygraphviz

    picture, source = "dot", None
    for argument in sys.argv[1:]:
        if argument.startswith("-T"):
            picture = argument[2:].split(":")[0]
        elif not argument.startswith("-"):
            source = Path(argument)
    raw = source.read_bytes() if source else sys.stdin.buffer.read()
    graph = pygraphviz.AGraph(string=raw.decode("utf-8"))
    sys.stdout.buffer.write(graph.draw(format=picture, prog="dot"))
