"""Two fixed rows at the bottom: help, note, problem or progress."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Static

from riskcalc.tui.keys import KEYS, Key, key_line, keys_of
from riskcalc.tui.line_widget import LineWidget

ROWS = 2
BAR_WIDTH = 20
"""Cells of a progress bar."""

SMALLEST = (60, 18)
"""Minimum size of the terminal [columns, rows]."""


class MessageRow(LineWidget):
    """Help, a note, a problem, or the progress of long work; never taller than two rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"message--{kind}" for kind in ("help", "note", "problem")}

    def __init__(self) -> None:
        super().__init__(id="message")
        self.text = ""
        self.kind = "help"

    def show(self, text: str, *, kind: str = "help") -> None:
        """Show a text of a kind: ``help``, ``note`` or ``problem``."""
        if (text, kind) != (self.text, self.kind):
            self.text, self.kind = text, kind
            self.refresh()

    def show_progress(self, words: str, *, done: float) -> None:
        """Show how far long work has come, as a fraction, and how to stop it."""
        cancel = keys_of("revert", self.screen.query_one(KeyRow).table)
        self.show(f"{words} {progress_bar(done)}   {cancel} cancels", kind="note")

    def render_line(self, y: int) -> Strip:
        """One of the two rows."""
        width = self.size.width
        marked = f"! {self.text}" if self.kind == "problem" else self.text
        lines = _wrapped(marked, max(width - 2, 1))
        line = f" {lines[y]}" if y < len(lines) else ""
        style = self.part(f"message--{self.kind}")
        return Strip([Segment(line.ljust(width), style)]).adjust_cell_length(width, style)


@lru_cache(maxsize=8)
def _wrapped(text: str, width: int) -> tuple[str, ...]:
    """The lines of a text; each row of a message asks for them."""
    return tuple(textwrap.wrap(text, width, max_lines=ROWS, placeholder=" …"))


def progress_bar(done: float) -> str:
    """Progress as a bar and a percentage."""
    full = round(BAR_WIDTH * done)
    return f"{'█' * full}{'░' * (BAR_WIDTH - full)} {done:.0%}"


class TooSmall(Static):
    """Message for a terminal that is too small."""

    def on_resize(self) -> None:
        """Say the new size."""
        width, height = self.app.size
        needs, rows = SMALLEST
        shown = self.screen.query(KeyRow)
        leave = keys_of("quit", shown.first().table if shown else KEYS)
        self.update(
            f"riskcalc needs {needs}x{rows}\nthis terminal is {width}x{height}\nenlarge it, or {leave} quits"
        )


class KeyRow(LineWidget):
    """Row of common keys that fit the width."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self.table: tuple[Key, ...] = KEYS

    def show(self, table: tuple[Key, ...]) -> None:
        """Show the keys of another table."""
        if table != self.table:
            self.table = table
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - the widget has one row
        """The row."""
        width = self.size.width
        line = f" {key_line(width - 2, self.table)}".ljust(width)
        return Strip([Segment(line, self.base)]).adjust_cell_length(width)
