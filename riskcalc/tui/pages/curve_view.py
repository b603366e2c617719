"""A curve of numbers in braille, with its zero line."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from riskcalc.tui.figures.braille_canvas import Canvas, Stroke, dot_rows
from riskcalc.tui.line_widget import LineWidget

GUTTER = 8
"""Cells of the numbers at the axis."""


class CurveView(LineWidget):
    """A title, and below it a curve from its first number to its last."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"curve--{part}" for part in ("title", "text", "line", "zero")}

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._title = ""
        self._values: tuple[float, ...] = ()
        self._drawn: tuple[object, Canvas, dict[int, str]] | None = None

    def show(self, title: str, values: tuple[float, ...]) -> None:
        """Show numbers; nothing but the title for fewer than two."""
        if (title, values) != (self._title, self._values):
            self._title, self._values, self._drawn = title, values, None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The title, then the curve."""
        width, height = self.size.width, self.size.height - 1
        if y == 0:
            return Strip([Segment(self._title, self.part("curve--title"))]).adjust_cell_length(
                width, self.base
            )
        if len(self._values) < 2 or height < 2 or width <= GUTTER + 2:
            return Strip.blank(width, self.base)
        canvas, labels = self._canvas(width - GUTTER, height)
        row = y - 1
        segments = [Segment(labels.get(row, "").rjust(GUTTER - 1) + " ", self.part("curve--text"))]
        for x in range(canvas.width):
            glyph, owner = canvas.glyph(x, row), canvas.owner(x, row)
            segments.append(Segment(glyph or " ", self.part(f"curve--{owner or 'text'}")))
        return Strip(segments).adjust_cell_length(width, self.base)

    def _canvas(self, width: int, height: int) -> tuple[Canvas, dict[int, str]]:
        """The curve and the numbers beside it, drawn once for a size."""
        if self._drawn is None or self._drawn[0] != (width, height):
            low, high = min(*self._values, 0.0), max(*self._values, 0.0)
            down = (low, high) if high > low else (low - 1.0, high + 1.0)
            canvas, across = Canvas(width, height), (0.0, float(len(self._values) - 1))
            for owner, values, stroke in (
                ("zero", (0.0,) * len(self._values), Stroke.DOTTED),
                ("line", self._values, Stroke.THIN),
            ):
                places = list(range(len(values)))
                rows = dot_rows(places, values, across=across, down=down, width=width, height=height)
                canvas.plot(rows, owner=owner, stroke=stroke)
            zero = rows_of(0.0, down, height)
            labels = {0: _in_r(down[1]), height - 1: _in_r(down[0])} | {zero: "0R"}
            self._drawn = (width, height), canvas, labels
        return self._drawn[1], self._drawn[2]


def _in_r(value: float) -> str:
    """A value in R; a small one with the digits that tell it from zero.

    >>> _in_r(3.26), _in_r(-0.01)
    ('+3.3R', '-0.01R')
    """
    return f"{value:+.{1 if abs(value) >= 0.05 else 2}f}R"


def rows_of(value: float, down: tuple[float, float], height: int) -> int:
    """Row of cells in which a value stands.

    Examples
    --------
    >>> rows_of(0.0, (-1.0, 1.0), 10), rows_of(1.0, (-1.0, 1.0), 10)
    (5, 0)
    """
    share = (down[1] - value) / (down[1] - down[0])
    return min(round(share * (4 * height - 1)) // 4, height - 1)
