"""Measure lessons on this machine: python tools/times.py [notebooks...]

One lesson after the other runs in a fresh kernel. The table says how long that took from the
start of the kernel to the end of the last cell, how much of it the import cell cost, and the
most memory that the kernel and its child processes held together at any time, what they share
counted once (in the total line: the largest of all). "run" is the time in minutes, rounded
up; "stated" is what the lesson's opening cell says, and should be the same. Lines that need a
look end in "!" and the reason; what a lesson may take stands in lessons.py. Pages without code
are left out.
"""

import contextlib
import math
import re
import sys
import threading
import time
from pathlib import Path

import psutil
from lessons import LessonError, budget, code_cells, command_line, execute, fresh_kernel, read

SAMPLE_SECONDS = 0.1
STATED = re.compile(r"\*\*Time\*\*: about \d+ minutes? to read and work, (\d+) minutes? to run")
COLUMNS = ("seconds", "importing", "MB", "run", "stated")


class MemoryWatch(threading.Thread):
    """Looks at the memory of a process and all its descendants until it is stopped.

    Attributes:
        peak: the most that they held together at one look, in MB (1,000,000 bytes). At least
            what the process itself has held at any time, where the system tells it.
    """

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.process, self.peak, self.stopped = psutil.Process(pid), 0, threading.Event()

    def run(self):
        while not self.stopped.wait(SAMPLE_SECONDS):
            self.look()

    def look(self):
        ended = contextlib.suppress(psutil.Error, OSError)  # what a process that is gone raises
        held, children = 0, []
        with ended:
            self.peak = max(self.peak, own_peak(self.process))
            held = self.process.memory_info().rss
            children = self.process.children(recursive=True)
        for process in children:
            with ended:  # a child that has just been forked shares all it has with its parent
                held += process.memory_full_info().uss
        self.peak = max(self.peak, held / 1e6)

    def stop(self):
        self.stopped.set()
        self.join()
        self.look()


def own_peak(process):
    """The most MB that a process itself has held; on macOS only what it holds now."""
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        kibibytes = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        return int(kibibytes[1]) * 1024 / 1e6 if kibibytes else 0
    memory = process.memory_info()
    return getattr(memory, "peak_wset", memory.rss) / 1e6


def measure(path):
    """Run the lesson at `path`.

    Returns:
        Its seconds, those of its first code cell, which imports, and the peak memory in MB of
        the kernel and its descendants together.

    Raises:
        LessonError: a cell failed.
    """
    notebook = read(path)
    importing = None
    start = time.perf_counter()
    with fresh_kernel(notebook, path.parent) as client:
        watch = MemoryWatch(client.km.provisioner.process.pid)
        watch.start()
        try:
            for index, cell in enumerate(notebook.cells):
                begun = time.perf_counter()
                execute(client, index)
                if importing is None and cell.cell_type == "code":
                    importing = time.perf_counter() - begun
        finally:
            watch.stop()
        return time.perf_counter() - start, importing or 0, watch.peak


def stated_minutes(notebook):
    """The minutes to run that the opening cell states, or None."""
    stated = STATED.search(notebook.cells[0].source) if notebook.cells else None
    return int(stated[1]) if stated else None


def marks(path, seconds, megabytes, minutes, stated):
    """What needs a look, in words; empty if nothing does."""
    most_seconds, most_megabytes = budget(path)
    reasons = {
        f"over {most_seconds} s": seconds > most_seconds,
        f"over {most_megabytes} MB": megabytes > most_megabytes,
        "states no minutes": stated is None,
        "states other minutes": stated not in (None, minutes),
    }
    found = [reason for reason, holds in reasons.items() if holds]
    return f"  ! {', '.join(found)}" if found else ""


def line(width, name, seconds, importing, megabytes, minutes, stated):
    """One line of the table; `width` is that of its first column."""
    share = f"{importing / seconds:.0%}" if seconds else ""
    stated = "-" if stated is None else stated
    return f"{name:{width}} {seconds:9.1f} {share:>9} {megabytes:9.0f} {minutes:9} {stated:>9}"


def main():
    lessons = command_line(__doc__.partition(":")[0]).parse_args().lessons
    width = max(len(name) for name in ["lesson", *(path.stem for path in lessons)])
    print("lesson".ljust(width), *(f"{name:>9}" for name in COLUMNS), flush=True)
    rows, failed = [], False
    for path in lessons:
        try:
            notebook = read(path)
            if not code_cells(notebook.cells):  # an index page
                continue
            stated = stated_minutes(notebook)
            seconds, importing, megabytes = measure(path)
        except LessonError as error:
            failed = True
            print(f"{path.stem:{width}} {error}", flush=True)
            continue
        minutes = math.ceil(seconds / 60)
        rows.append((seconds, importing, megabytes, minutes, stated or 0))
        numbers = line(width, path.stem, seconds, importing, megabytes, minutes, stated)
        print(numbers + marks(path, seconds, megabytes, minutes, stated), flush=True)
    if rows:
        seconds, importing, megabytes, minutes, stated = zip(*rows, strict=True)
        total = sum(seconds), sum(importing), max(megabytes), sum(minutes), sum(stated)
        print(line(width, "total", *total))
    sys.exit(failed)


if __name__ == "__main__":
    main()
