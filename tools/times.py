"""Measure lessons on this machine: python tools/times.py [notebooks...]

One lesson after the other runs in a fresh kernel. The table says how long that took from the
start of the kernel to the end of the last cell, how much of it the import cell cost, and the
most memory the kernel held at any time (in the total line: the largest of all). "run" is the
time in minutes, rounded up; "stated" is what the lesson's opening cell says, and should be
the same. Lines that need a look end in "!" and the reason.
"""

import math
import re
import sys
import time
from pathlib import Path

import psutil
from lessons import LessonError, command_line, execute, fresh_kernel, read

MAX_SECONDS = 120
MAX_MEGABYTES = 1500
STATED = re.compile(r"\*\*Time\*\*: about \d+ minutes? to read and work, (\d+) minutes? to run")
COLUMNS = ("seconds", "importing", "MB", "run", "stated")


def measure(path):
    """Run the lesson at `path`.

    Returns:
        Its seconds, those of its first code cell, which imports, and the kernel's peak memory
        in MB (1,000,000 bytes).

    Raises:
        LessonError: a cell failed.
    """
    notebook = read(path)
    importing, peak = None, 0
    start = time.perf_counter()
    with fresh_kernel(notebook, path.parent) as client:
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            begun = time.perf_counter()
            execute(client, index)
            seconds = time.perf_counter()
            importing = seconds - begun if importing is None else importing
            peak = max(peak, peak_memory(client.km.provisioner.process.pid))
        return time.perf_counter() - start, importing or 0, peak


def peak_memory(pid):
    """The most memory in MB that a process has held; on macOS only what it holds now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        kibibytes = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        return int(kibibytes[1]) * 1024 / 1e6
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss) / 1e6


def stated_minutes(notebook):
    """The minutes to run that the opening cell states, or None."""
    stated = STATED.search(notebook.cells[0].source) if notebook.cells else None
    return int(stated[1]) if stated else None


def marks(seconds, megabytes, minutes, stated):
    """What needs a look, in words; empty if nothing does."""
    reasons = {
        f"over {MAX_SECONDS} s": seconds > MAX_SECONDS,
        f"over {MAX_MEGABYTES} MB": megabytes > MAX_MEGABYTES,
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
            stated = stated_minutes(read(path))
            seconds, importing, megabytes = measure(path)
        except LessonError as error:
            failed = True
            print(f"{path.stem:{width}} {error}", flush=True)
            continue
        minutes = math.ceil(seconds / 60)
        rows.append((seconds, importing, megabytes, minutes, stated or 0))
        numbers = line(width, path.stem, seconds, importing, megabytes, minutes, stated)
        print(numbers + marks(seconds, megabytes, minutes, stated), flush=True)
    if rows:
        seconds, importing, megabytes, minutes, stated = zip(*rows, strict=True)
        total = sum(seconds), sum(importing), max(megabytes), sum(minutes), sum(stated)
        print(line(width, "total", *total))
    sys.exit(failed)


if __name__ == "__main__":
    main()
