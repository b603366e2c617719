"""Bars drawn in cells: text columns, then a bar from a line in the middle or at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from riskcalc.tui.line_widget import LineWidget

if TYPE_CHECKING:
    from riskcalc.editor.pages.bars import Bar, BarChart

FULL, HALF_LEFT, HALF_RIGHT, MARK, AXIS = "█", "▌", "▐", "◆", "│"
GAP = 2
SHORTEST_BAR = 8
"""Cells of the longest bar for which the columns of text are kept."""


class BarView(LineWidget):
    """A bar chart in as many rows as there are; bars that are optional go first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"bars--{part}" for part in ("title", "quiet", "plain", "good", "bad", "mark", "axis")
    }

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._chart: BarChart | None = None

    def show(self, chart: BarChart) -> None:
        """Show a chart."""
        if chart != self._chart:
            self._chart = chart
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of all bars with title and heading."""
        del container, viewport, width
        chart = self._chart
        return 1 if chart is None else len(chart.bars) + 1 + bool(chart.header or chart.legend)

    def render_line(self, y: int) -> Strip:
        """Title, legend and heading, then the bars."""
        chart, width = self._chart, self.size.width
        if chart is None:
            return Strip.blank(width, self.base)
        head = [[Segment(chart.title, self._style("title"))]]
        if chart.header or chart.legend:
            names = self._columns(chart, chart.header) if chart.header else ""
            head.append([Segment(f"{names}{chart.legend}", self._style("quiet"))])
        bars = self._bars(chart, self.size.height - len(head))
        if y < len(head):
            segments = head[y]
        elif y - len(head) < len(bars):
            segments = self._bar(chart, bars[y - len(head)], width)
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.base)

    @staticmethod
    def _bars(chart: BarChart, rows: int) -> tuple[Bar, ...]:
        if len(chart.bars) <= rows:
            return chart.bars
        return tuple(bar for bar in chart.bars if not bar.optional)

    def _columns(self, chart: BarChart, texts: tuple[str, ...]) -> str:
        widths = _widths(chart)
        return "".join(text.rjust(wide) + " " * GAP for text, wide in zip(texts, widths, strict=True))

    def _bar(self, chart: BarChart, bar: Bar, width: int) -> list[Segment]:
        widths = _widths(chart)
        texts = [
            Segment(cell.text.rjust(wide) + " " * GAP, self._style(str(cell.style)))
            for cell, wide in zip(bar.cells, widths, strict=True)
        ]
        room = width - sum(widths) - GAP * len(widths)
        if room < SHORTEST_BAR:
            return texts
        return [*texts, *self._drawn(bar, room, signed=chart.signed)]

    def _drawn(self, bar: Bar, room: int, *, signed: bool) -> list[Segment]:
        """The bar and its mark, cell by cell."""
        side = (room - 1) // 2 if signed else room - 1
        zero = side if signed else 0
        cells = [" "] * room
        halves = round(2 * side * abs(bar.value))
        step = 1 if bar.value >= 0 else -1
        for place in range(halves // 2):
            cells[zero + step * (place + 1)] = FULL
        if halves % 2:
            cells[zero + step * (halves // 2 + 1)] = HALF_LEFT if step > 0 else HALF_RIGHT
        parts = [str(bar.style or ("bad" if bar.value < 0 else "good"))] * room
        cells[zero], parts[zero] = AXIS, "axis"
        if bar.mark is not None:
            at = zero + round(side * bar.mark)
            cells[at], parts[at] = MARK, "mark"
        return [Segment(cell, self._style(part)) for cell, part in zip(cells, parts, strict=True)]

    def _style(self, part: str) -> Style:
        known = part if f"bars--{part}" in self.COMPONENT_CLASSES else "plain"
        return self.part(f"bars--{known}")


def _widths(chart: BarChart) -> list[int]:
    rows = [
        *([chart.header] if chart.header else []),
        *(tuple(cell.text for cell in bar.cells) for bar in chart.bars),
    ]
    return [max(map(len, column)) for column in zip(*rows, strict=True)]
