"""The heatmap on screen: P&L at spots and days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from riskcalc.tui.figures.figure_widget import FigureWidget, RenderStyle

if TYPE_CHECKING:
    from riskcalc.editor.figure_data import HeatmapFigure  # noqa: F401 - named in quotes below


class Heatmap(FigureWidget["HeatmapFigure"]):
    """P&L at the levels of a plan on the days of its ladder, the spot in the middle.

    A figure is best made with as many rows as `rows`; those that do not fit are left out from the ends.
    """

    @property
    def rows(self) -> int:
        """Rows there is room for, below the head."""
        return max(self.size.height - 1, 1)

    def spot_at(self, x: int, y: int) -> float | None:  # noqa: ARG002 - a heatmap's spot is in its rows
        """Spot of a row [dollars]."""
        from riskcalc.tui.figures.heatmap_drawing import shown_rows  # noqa: PLC0415 - not before the first frame

        if self._figure is None:
            return None
        shown = shown_rows(self._figure, self.size.height)
        head = self.size.height > 1
        return self._figure.rows[shown[y - head]].spot if 0 <= y - head < len(shown) else None

    def draw(self, style: RenderStyle) -> Sequence[Strip]:
        """Every line of the heatmap."""
        from riskcalc.tui.figures.heatmap_drawing import draw_heatmap  # noqa: PLC0415 - not before the first frame

        return draw_heatmap(self._figure, style) if self._figure else ()
