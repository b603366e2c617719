"""How fast the screen is, in a real terminal: ``python -m benchmarks.tui_latency``.

First paint is held against an empty Textual app started in turns with ours; a key's time runs from the key
to the end of the last frame it caused, read from the pseudo terminal; the whole trade is priced in between.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
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
SCREEN = [sys.executable, "-m", "riskcalc", "screen"]
FIRST_FIELD = "Spot"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="iwm-call-spread", help="trade on the screen")
    parser.add_argument("--keys", type=int, default=KEYS, help="keys timed at each size")
    parser.add_argument("--starts", type=int, default=STARTS, help="starts timed of each program")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        apart = {"RISKCALC_SESSION": f"{folder}/session.json", "RISKCALC_PRESETS": f"{folder}/presets"}
        print("\n".join([*starts(options, apart), "", *nudges(options, apart), "", machine()]))


def starts(options, apart):
    """First paint of both programs in turns; ours with a session from before, as on any day but the first."""
    with Terminal([*SCREEN, options.preset], environment=apart) as terminal:
        live(terminal)
        terminal.key("q")
        terminal.wait_for_end()
    ours, empty, numbers = [], [], []
    for _ in range(options.starts):
        with Terminal([sys.executable, "-c", EMPTY_APP]) as terminal:
            empty.append(terminal.first_paint("ready"))
        with Terminal(SCREEN, environment=apart) as terminal:
            ours.append(terminal.first_paint(FIRST_FIELD))
            numbers.append(live(terminal) - terminal.started)
    ratio = statistics.median(ours) / statistics.median(empty)
    rows = (
        ("empty Textual app", "first paint", empty, ""),
        ("riskcalc", "first paint", ours, f"{ratio:.2f} x the empty app"),
        ("riskcalc", "numbers live", numbers, ""),
    )
    return [
        "| program | until | median | p95 | |",
        "| --- | --- | ---: | ---: | --- |",
        *(
            f"| {name} | {what} | {ms(times)} | {ms(times, 0.95)} | {note} |"
            for name, what, times, note in rows
        ),
    ]


def nudges(options, apart):
    """Key to painted frame, the focused field stepped up and down."""
    lines = [
        f"| {options.preset} at | key | median | p95 | frames per key | bytes per key |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for columns, rows in SIZES:
        with Terminal([*SCREEN, options.preset], columns=columns, rows=rows, environment=apart) as terminal:
            live(terminal)
            for key in ("up", "pagedown", "j"):
                found = reactions(terminal, key, options.keys)
                times = [one.seconds for one in found]
                frames = statistics.mean(one.frames for one in found)
                written = statistics.median(one.written for one in found)
                cells = (
                    f"{columns}x{rows}",
                    key,
                    ms(times),
                    ms(times, 0.95),
                    f"{frames:.2f}",
                    f"{written:,.0f}",
                )
                lines.append(f"| {' | '.join(cells)} |")
    return lines


def reactions(terminal, key, count):
    """What followed each of so many keys, back and forth; the first few are left out."""
    back = {"up": "down", "pagedown": "pageup", "j": "k"}[key]
    found = [terminal.react(key if turn % 2 else back) for turn in range(count + WARM_UP)]
    return found[WARM_UP:]


def live(terminal):
    """Wait until the numbers are there; return when."""
    found = terminal.wait_for("P(profit)")
    terminal.settle(quiet=0.3)
    return found


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
