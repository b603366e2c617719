"""Widget that renders whole lines, used for most of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class LineWidget(Widget):
    """Lines from `render_line` on the widget's own colors, with its padding, and nothing else around them.

    Textual looks up borders, tints and backgrounds again for every line it draws: half of a key's time.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id, classes=classes)
        self._base: tuple[Style, Color] | None = None
        self._parts: dict[str, Style] = {}
        self._kept: dict[int, Strip] = {}
        self._kept_size = Size(0, 0)

    @property
    def base(self) -> Style:
        """Colors of the widget on those of everything below it."""
        return self._looked_up()[0]

    def part(self, name: str, *, partial: bool = False) -> Style:
        """Colors of a component class on those of the widget; a partial one may leave some of them.

        One that is not partial has its text told from its background where the theme leaves that open.
        """
        if name not in self._parts:
            self._parts[name] = self.base + self.get_component_rich_style(name, partial=partial)
        return self._parts[name]

    def notify_style_update(self) -> None:
        """Look colors up again, as for another theme."""
        self._base = None
        self._parts.clear()
        self.forget_lines()
        super().notify_style_update()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Redraw the lines of some regions, or all."""
        for region in regions:
            for y in region.line_range:
                self._kept.pop(y + self.styles.padding.top, None)
        if not regions:
            self.forget_lines()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def forget_lines(self) -> None:
        """Clear the cached lines."""
        self._kept.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of a region of the widget, unchanged ones from the cache."""
        size = self.outer_size
        if size != self._kept_size:
            self._kept_size = size
            self.forget_lines()
        for y in crop.line_range:
            if y not in self._kept:
                self._kept[y] = self._whole_line(y, size)
        lines = [self._kept[y] for y in crop.line_range]
        start, end = crop.column_span
        return lines if (start, end) == (0, size.width) else [line.crop(start, end) for line in lines]

    def _whole_line(self, y: int, size: Size) -> Strip:
        """One line with its padding, in colors that the terminal shows."""
        padding, (width, height) = self.styles.padding, size
        segments, used = [Segment(" " * padding.left, self.base)] if padding.left else [], padding.left
        if padding.top <= y < height - padding.bottom:
            line = self.render_line(y - padding.top)
            segments += Segment.apply_style(line, self.base)
            used += line.cell_length
        if used > width:
            segments = Segment.adjust_line_length(segments, width)
        elif used < width:
            segments.append(Segment(" " * (width - used), self.base))
        for line_filter in self.get_line_filters():
            # A theme's colors are not the terminal's own: only dimmed ones must be resolved.
            if not isinstance(line_filter, ANSIToTruecolor) or _dimmed(segments):
                segments = line_filter.apply(segments, self._looked_up()[1])
        return _WholeLine(segments, width)

    def _looked_up(self) -> tuple[Style, Color]:
        """Base and background, looked up once for a theme."""
        if self._base is None:
            self._base = self.rich_style, self.background_colors[1]
        return self._base


class _WholeLine(Strip):
    """Strip without a reference cycle: Textual's strip keeps itself alive when divided at its end."""

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Cut the line, as a rule into itself alone."""
        places = [*cuts]
        return [self] if places == [self.cell_length] else super().divide(places)


def _dimmed(segments: Iterable[Segment]) -> bool:
    return any(segment.style is not None and segment.style.dim for segment in segments)


def forget_closed_widgets() -> None:
    """Let go of the lines that closed widgets have painted.

    Textual looks the background of a widget up in a cache of the last 1,024 calls, whose key is the object
    with all painted lines of the widget: without this, each dialog leaves its lines behind.
    """
    clear = getattr(StylesCache.get_inner_outer, "cache_clear", None)
    if clear is not None:
        clear()


def seen(widget: Widget) -> bool:
    """Whether a widget and all that it stands in are displayed."""
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))
