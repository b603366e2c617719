"""Base of the drawn figures: a widget that caches its lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Generic, TypeVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from riskcalc.records import dataclass
from riskcalc.tui.figures.palette import GREEN_RED, Depth, Palette, make_palette, style
from riskcalc.tui.line_widget import LineWidget, PlainStrip

F = TypeVar("F")

GUTTER = 8
"""Cells left of a plot for the labels of its values: chart and Greeks line up."""

LOADING = "loading"

_LOOK = itemgetter(1, 2, 3)


class CrosshairMoved(Message):
    """The pointer is at a spot [dollars]; None when it has left."""

    def __init__(self, spot: float | None) -> None:
        super().__init__()
        self.spot = spot


class ZoomChanged(Message):
    """The wheel turned: +1 zooms in, -1 zooms out."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderStyle:
    """Size and colors of a figure."""

    width: int
    height: int
    palette: Palette
    crosshair: float | None = None
    """Spot of the crosshair [dollars]."""
    stale: bool = False
    """Whether it is drawn dimmed and marked stale, because an input is invalid."""


class FigureWidget(LineWidget, Generic[F]):
    """A figure drawn line by line; `refresh` redraws it and never lays the screen out again.

    Parameters
    ----------
    fetch : callable, optional
        Called right before the figure is drawn, to `put` what it shows.
    """

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's
        classes: str | None = None,
        fetch: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._fetch = fetch
        self._figure: F | None = None
        self._crosshair: float | None = None
        self._stale = False
        self._colors = GREEN_RED
        self._known_palette: tuple[str, Palette] | None = None
        self._lines: Sequence[Strip] | None = None

    def show(self, figure: F, *, stale: bool = False) -> None:
        """Draw a figure, dimmed where it is stale."""
        self.put(figure, stale=stale)
        self.refresh()

    def put(self, figure: F, *, stale: bool = False) -> None:
        """Take a figure for the drawing that is under way; see `show`."""
        self._figure, self._stale = figure, stale

    @abstractmethod
    def draw(self, style: RenderStyle) -> Sequence[Strip]:
        """Every line of the figure shown."""

    @abstractmethod
    def spot_at(self, x: int, y: int) -> float | None:
        """Spot under a cell of the widget [dollars]; None where there is none."""

    def set_crosshair(self, spot: float | None) -> None:
        """Move the crosshair, or take it away."""
        if spot != self._crosshair:
            self._crosshair = spot
            self.refresh()

    def set_colors(self, name: str) -> None:
        """Choose ``green-red`` or ``blue-orange``."""
        self._colors = name
        self.refresh()

    def forget_lines(self) -> None:
        """Redraw the figure."""
        super().forget_lines()
        self._lines = None

    def render_line(self, y: int) -> Strip:
        """Return one line, redrawing all lines if something changed."""
        if self._lines is None:
            self._lines = self._drawn()
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.rich_style)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Report the spot under the pointer."""
        self.post_message(CrosshairMoved(self.spot_at(event.x, event.y)))

    def on_leave(self) -> None:
        """Report that the pointer has left."""
        self.post_message(CrosshairMoved(None))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        event.stop()
        self.post_message(ZoomChanged(1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        event.stop()
        self.post_message(ZoomChanged(-1))

    def _drawn(self) -> Sequence[Strip]:
        if self._fetch is not None:
            self._fetch()
        width, height = self.size
        palette = self._palette()
        if self._stale and self._depth() is Depth.STANDARD:
            palette = replace(
                palette, gains=(), losses=()
            )  # of sixteen colors, none is dim enough for dim text
        if self._figure is None or not width or not height:
            words = Segment(LOADING[:width].ljust(width), style(palette.muted, dim=True))
            return [Strip([words], width)]
        shown = RenderStyle(
            width=width, height=height, palette=palette, crosshair=self._crosshair, stale=self._stale
        )
        return self.draw(shown)

    def notify_style_update(self) -> None:
        """Look the colors up again, as for another theme."""
        self._known_palette = None
        super().notify_style_update()

    def _palette(self) -> Palette:
        if self._known_palette is None or self._known_palette[0] != self._colors:
            self._known_palette = self._colors, self._made_palette()
        return self._known_palette[1]

    def _made_palette(self) -> Palette:
        variables = self.app.theme_variables
        wanted = ("foreground", "success", "error", "warning", "accent", "primary", "secondary")
        # A theme in the terminal's own colors has no background to blend with.
        native = self.app.native_ansi_color
        background = "ansi_default" if native else self.background_colors[1].hex6
        chosen = tuple((key, variables[key]) for key in wanted)
        return _cached_palette(chosen, background, self._colors, self._depth())

    def _depth(self) -> Depth:
        if self.app.no_color:
            return Depth.NONE
        system = self.app.console.color_system
        return {"256": Depth.EIGHT_BIT, "standard": Depth.STANDARD, "windows": Depth.STANDARD}.get(
            system or "", Depth.TRUE
        )


@lru_cache(maxsize=32)
def _cached_palette(
    variables: tuple[tuple[str, str], ...], background: str, name: str, depth: Depth
) -> Palette:
    return make_palette(dict(variables), background=background, name=name, depth=depth)


def strip(cells: Sequence[tuple[str, str, str, bool]], *, dim: bool) -> Strip:
    """Line of cells, each (text, color, background, bold); neighbors that look alike become one segment."""
    segments, width = [], 0
    for (color, background, bold), run in groupby(cells, key=_LOOK):
        text = "".join([cell[0] for cell in run])
        segments.append(Segment(text, style(color, background, bold=bold, dim=dim)))
        width += len(text)
    return PlainStrip(segments, width)
