"""A row that says what a list is about: pieces of text, of which those that fit are shown."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from riskcalc.tui.line_widget import LineWidget

GAP = "   "


class AboutRow(LineWidget):
    """One row of pieces, the most important first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"about--{part}" for part in ("plain", "leg", "warn")}

    def __init__(self) -> None:
        super().__init__(id="about")
        self.pieces: tuple[tuple[str, str], ...] = ()

    def show(self, *pieces: tuple[str, str]) -> None:
        """Show texts with the names of their styles; empty ones are left out."""
        filled = tuple(piece for piece in pieces if piece[0])
        if filled != self.pieces:
            self.pieces = filled
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - the widget has one row
        """The row; of what does not fit the words before its colon stay, or nothing."""
        width, segments = self.size.width, [Segment(" ", self.base)]
        for text, style in self.pieces:
            room = width - sum(segment.cell_length for segment in segments)
            fitting = (one for one in (text, text.partition(": ")[0]) if len(one) <= room)
            shown = text if len(segments) == 1 else next(fitting, "")
            if shown:
                segments += [Segment(shown, self.part(f"about--{style}")), Segment(GAP, self.base)]
        return Strip(segments).adjust_cell_length(width, self.base)
