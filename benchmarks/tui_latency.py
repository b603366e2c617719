"""How fast the screen is, in a real terminal: ``python -m benchmarks.tui_latency``.

First paint is held against an empty Textual app started in turns with ours; a key's time runs from the key
to the end of the last frame it caused, read from the pseudo terminal; the whole trade is priced in between.
Beside it, in turns, a plain Textual app repaints as many cells in as many runs of one color at each key.
A page's opening is held against a key on the trade of the same program.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from tests.terminal import Terminal

SIZES = ((80, 24), (120, 40), (200, 60))
STARTS = 11
KEYS = 60
WARM_UP = 5
EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("ready")

Empty().run()
"""
PLAIN_APP = """
import sys
from textual.app import App
from textual.content import Content
from textual.widgets import Static

width, cells, runs = (int(word) for word in sys.argv[1:])
STYLES = [f"#{tone:02x}a0c0 on #1010{tone:02x}" for tone in range(16, 240, 8)]
SIZES = [cells * (k + 1) // runs - cells * k // runs for k in range(runs)]

class Plain(App):
    turn = 0

    def compose(self):
        yield Static(self.painted())

    def painted(self):
        self.turn += 1
        texts = (str((self.turn + k) % 10) * size for k, size in enumerate(SIZES))
        return Content.assemble(*((text, STYLES[k % len(STYLES)]) for k, text in enumerate(texts)))

    def on_key(self):
        self.query_one(Static).update(self.painted())

Plain().run()
"""
SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f]")
COLOR = re.compile(rb"\x1b\[[0-9;]+m")
KEYS_TIMED = ("up", "pagedown", "j")
IN_TURN = 10
"""Keys in a row to each of two programs that take turns."""
SCREEN = [sys.executable, "-m", "riskcalc", "screen"]
FIRST_FIELD = "Spot"
TRADE, PAGES = "T", {"Today": "D", "Chain": "C", "Book": "B", "Journal": "W"}
SWITCHES = 7
PREPARED_SECONDS = 8
"""Time in which the pages are made while no key comes; on a busy machine they take a few seconds."""


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="iwm-call-spread", help="trade on the screen")
    parser.add_argument("--keys", type=int, default=KEYS, help="keys timed at each size")
    parser.add_argument("--starts", type=int, default=STARTS, help="starts timed of each program")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        # Modules are compiled once, as they are where riskcalc is installed.
        compiled = {"PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PYTHONDONTWRITEBYTECODE": None}
        files = {"RISKCALC_HOME": folder, "RISKCALC_SESSION": f"{folder}/session.json"}
        environment = {**files, **compiled}
        tables = (*(measure(options, environment) for measure in (starts, nudges, switches)), [machine()])
        print("\n\n".join("\n".join(lines) for lines in tables))


def starts(options, environment):
    """First paint of both programs in turns; ours with a session from before, as on any day but the first."""
    with Terminal([*SCREEN, options.preset], environment=environment) as terminal:
        wait_for_numbers(terminal)
        terminal.key("q")
        terminal.wait_for_end()
    with Terminal([sys.executable, "-c", EMPTY_APP], environment=environment) as terminal:
        terminal.first_paint("ready")
    ours, empty, numbers = [], [], []
    for _ in range(options.starts):
        with Terminal([sys.executable, "-c", EMPTY_APP], environment=environment) as terminal:
            empty.append(terminal.first_paint("ready"))
        with Terminal(SCREEN, environment=environment) as terminal:
            ours.append(terminal.first_paint(FIRST_FIELD))
            numbers.append(wait_for_numbers(terminal) - terminal.started)
    ratios = [statistics.median(times) / statistics.median(empty) for times in (ours, numbers)]
    rows = (
        ("empty Textual app", "first paint", empty, ""),
        ("riskcalc", "first paint", ours, f"{ratios[0]:.2f} x the empty app"),
        ("riskcalc", "numbers live", numbers, f"{ratios[1]:.2f} x the empty app"),
    )
    return [
        "| program | until | median | p95 | |",
        "| --- | --- | ---: | ---: | --- |",
        *(
            f"| {name} | {what} | {ms(times)} | {ms(times, 0.95)} | {note} |"
            for name, what, times, note in rows
        ),
    ]


def nudges(options, environment):
    """Key to painted frame, the focused field stepped up and down."""
    columns_shown = ("key", "median", "p95", "frames per key", "cells per key", "bytes per key")
    titles = (f"{options.preset} at", *columns_shown, "process time", "plain Textual app", "ours / plain")
    lines = [row(*titles), f"| --- | --- |{' ---: |' * (len(titles) - 2)}"]
    for columns, rows in SIZES:
        size = {"columns": columns, "rows": rows}
        with Terminal([*SCREEN, options.preset], **size, environment=environment) as terminal:
            wait_for_numbers(terminal)
            for key in KEYS_TIMED:
                painted = reactions(terminal, key, WARM_UP)[-1].output
                cells, runs = len(SEQUENCE.sub(b"", painted).decode()), len(COLOR.findall(painted))
                # Textual sets and resets the colors of each run.
                command = [sys.executable, "-c", PLAIN_APP, str(columns), str(cells), str(runs // 2)]
                with Terminal(command, **size) as plain:
                    plain.settle(quiet=0.5, frames=1)
                    reactions_seen, our_time, plain_time = in_turns(terminal, plain, key, options.keys)
                times = [reaction.seconds for reaction in reactions_seen]
                frames = statistics.mean(reaction.frames for reaction in reactions_seen)
                written = statistics.median(reaction.written for reaction in reactions_seen)
                line = (f"{columns}x{rows}", key, ms(times), ms(times, 0.95), f"{frames:.2f}", f"{cells:,}")
                costs = (f"{1000 * seconds:.1f} ms" for seconds in (our_time, plain_time))
                compared = (*costs, f"{our_time / plain_time:.2f}")
                lines.append(row(*line, f"{written:,.0f}", *compared))
    return lines


def switches(options, environment):
    """Process time to open a page from Trade, in keys, after some seconds without any."""
    lines = ["| page | first opening | later |", "| --- | ---: | ---: |"]
    for title, opens in PAGES.items():
        with Terminal([*SCREEN, options.preset], environment=environment) as terminal:
            wait_for_numbers(terminal)
            time.sleep(PREPARED_SECONDS)
            key = statistics.median(process_time(terminal, name) for name in ("up", "down") * SWITCHES)
            first = process_time(terminal, opens)
            later = []
            for _ in range(SWITCHES):
                terminal.react(TRADE)
                later.append(process_time(terminal, opens))
        costs = (first, statistics.median(later))
        lines.append(row(title, *(f"{cost / key:.1f} keys" for cost in costs)))
    return lines


def process_time(terminal, key):
    """Return the process time of a key and what follows [s]."""
    before = terminal.process_time()
    terminal.react(key, quiet=0.3)
    return terminal.process_time() - before


def row(*cells):
    return f"| {' | '.join(cells)} |"


def in_turns(ours, plain, key, count):
    """Reactions of our screen to `count` keys, and the median process time of a key in either program.

    A few keys go to one, then to the other: what else the machine does slows both.
    """
    our_reactions, times = [], {ours: [], plain: []}
    for _ in range(-(-count // IN_TURN)):
        for terminal, spent in times.items():
            before = terminal.process_time()
            reactions_in_turn = reactions(terminal, key, IN_TURN)
            spent.append((terminal.process_time() - before) / IN_TURN)
            our_reactions += reactions_in_turn if terminal is ours else []
    return our_reactions, *(statistics.median(spent) for spent in times.values())


def reactions(terminal, key, count):
    """Reactions of a program to `count` keys, back and forth."""
    back = {"up": "down", "pagedown": "pageup", "j": "k"}[key]
    return [terminal.react(key if turn % 2 else back) for turn in range(count)]


def wait_for_numbers(terminal):
    """Wait until the plan is on the screen; return when."""
    shown_at = terminal.wait_for("P(profit)")
    terminal.settle(quiet=0.3)
    return shown_at


def ms(times, share=0.5):
    """A quantile of times in milliseconds."""
    return f"{1000 * statistics.quantiles(times, n=100, method='inclusive')[round(100 * share) - 1]:.0f} ms"


def machine():
    brand = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            brand = line.partition(":")[2].strip()
            break
    return (
        f"{brand}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"Textual {metadata.version('textual')}, numpy {metadata.version('numpy')}."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
