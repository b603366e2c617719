"""Widget that renders whole lines, used for most of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region, Size, Spacing
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    _OfWidget = Widget
else:
    _OfWidget = object

MOST_STYLES = 500
"""Styles of a widget whose mix with its colors is kept."""


class LineWidget(Widget):
    """Lines from `render_line` on the widget's own colors, with its padding, and nothing else around them.

    Textual looks up borders, tints and backgrounds again for every line it draws: half of a key's time.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id, classes=classes)
        self._base: tuple[Style, Color] | None = None
        self._parts: dict[str, Style] = {}
        self._mixed: dict[int, _Mixed] = {}
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

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Styles of component classes, each looked up when it is first painted.

        Textual looks all of them up whenever a widget is styled, shown or not: half the time to first paint.
        """
        for name in names:
            if name not in self._component_styles and name in super()._get_component_classes():
                node = DOMNode(classes=name)
                node._attach(self)  # noqa: SLF001 - as Textual's style sheet does it
                self.app.stylesheet.apply(node)
                self._component_styles[name] = node.styles
        return super().get_component_styles(*names)

    def _get_component_classes(self) -> frozenset[str]:  # type: ignore[override] # of this widget, not of all
        """Those that have been painted: the style sheet keeps their styles up to date."""
        return frozenset(self._component_styles)

    def notify_style_update(self) -> None:
        """Look colors up again, as for another theme."""
        self._base = None
        self._parts.clear()
        self._mixed.clear()
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
        rows = crop.line_range
        if missing := [y for y in rows if y not in self._kept]:
            padding, filters = self.styles.padding, self.get_line_filters()
            for y in missing:
                self._kept[y] = self._whole_line(y, size, padding=padding, filters=filters)
        lines = [self._kept[y] for y in rows]
        start, end = crop.column_span
        return lines if (start, end) == (0, size.width) else [line.crop(start, end) for line in lines]

    def _whole_line(self, y: int, size: Size, *, padding: Spacing, filters: Sequence[LineFilter]) -> Strip:
        """One line with its padding, in colors that the terminal shows."""
        (width, height), base = size, self.base
        segments, used, dimmed = (
            [Segment(" " * padding.left, base)] if padding.left else [],
            padding.left,
            False,
        )
        if padding.top <= y < height - padding.bottom:
            line = self.render_line(y - padding.top)
            used += line.cell_length
            for segment in line:
                _, mixed, dim = self._mixed.get(id(segment.style)) or self._mix(segment.style)
                segments.append(segment if mixed is segment.style else Segment(segment.text, mixed))
                dimmed = dimmed or dim
        if used > width:
            segments = Segment.adjust_line_length(segments, width)
        elif used < width:
            segments.append(Segment(" " * (width - used), base))
        for line_filter in filters:
            # A theme's colors are not the terminal's own: only dimmed ones must be resolved.
            if dimmed or not isinstance(line_filter, ANSIToTruecolor):
                segments = line_filter.apply(segments, self._looked_up()[1])
        return _WholeLine(segments, width)

    def _mix(self, style: Style | None) -> _Mixed:
        """A style on the colors of the widget, looked up once."""
        if len(self._mixed) >= MOST_STYLES:
            self._mixed.clear()
        mixed = self.base if style is None else self.base + style
        # Colors of a part are on those of the widget already.
        mixed = style if style is not None and mixed == style else mixed
        mixed_style = self._mixed[id(style)] = _Mixed(style, mixed, bool(mixed.dim))
        return mixed_style

    def _looked_up(self) -> tuple[Style, Color]:
        """Base and background, looked up once for a theme."""
        if self._base is None:
            self._base = self.rich_style, self.background_colors[1]
        return self._base


class Ground(_OfWidget):
    """Mixin of a container without borders, whose background is one line, painted again and again.

    Textual paints what lies below other widgets at each frame, and looks up its styles for every line of it.
    It is no widget itself: of several bases Textual takes the style sheet of the first widget alone.
    """

    _ground: Strip | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the background; those of one that lets something shine through are Textual's."""
        if self._ground is None or self._ground.cell_length != crop.width:
            if 0 < self.styles.background.a < 1 or self.styles.background.ansi is not None:
                return super().render_lines(crop)
            line = Strip([Segment(" " * crop.width, self.rich_style)], crop.width)
            for line_filter in self.get_line_filters():
                line = line.apply_filter(line_filter, self.background_colors[1])
            self._ground = line
        return [self._ground] * crop.height

    def notify_style_update(self) -> None:
        """Look the color up again, as for another theme."""
        self._ground = None
        super().notify_style_update()


class _Mixed(NamedTuple):
    """A style, held so that its id stays its own, and what it looks like on the widget."""

    style: Style | None
    mixed: Style
    dim: bool


class _NoCache:
    """A cache that keeps nothing."""

    def get(self, _: object) -> None:
        """Return None: nothing is kept."""

    def __setitem__(self, _: object, __: object) -> None:
        """Keep nothing."""


class PlainStrip(Strip):
    """Strip that is painted as it is, without a strip's seven caches: to make them takes longer."""

    __slots__ = ()

    def __init__(self, segments: list[Segment], cell_length: int | None = None) -> None:
        self._segments, self._cell_length = segments, cell_length
        self._render_cache = self._link_ids = self._cell_count = None
        nothing: Any = NO_CACHE
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = nothing
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = nothing


NO_CACHE = _NoCache()


class _WholeLine(PlainStrip):
    """Strip without a reference cycle: Textual's strip keeps itself alive when divided at its end."""

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Cut the line, as a rule into itself alone."""
        places = [*cuts]
        return [self] if places == [self.cell_length] else super().divide(places)


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
    node: object = widget
    while isinstance(node, Widget):
        if not node.display:
            return False
        node = node.parent
    return True
