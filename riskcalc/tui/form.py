"""The form: every field of the trade in one scrolling column, the focused one with its slider.

One widget draws all rows from the line API, so that no nudge, focus or rebuild costs a relayout.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from riskcalc.records import dataclass
from riskcalc.tui.line_widget import LineWidget

SLIDER = -1
"""The line that holds the slider, among lines that hold rows."""

Line = str | int
"""A heading, the index of a row, or the slider."""


LABEL_WIDTH, VALUE_WIDTH, UNIT_WIDTH = 12, 11, 2
ROW_WIDTH = 1 + LABEL_WIDTH + 1 + VALUE_WIDTH + 1 + UNIT_WIDTH
"""Marker, label, value, unit, with a space on both sides of the value [cells]."""

INDENT = 1
TRACK = ROW_WIDTH - 2 * INDENT
"""Width of the slider track [cells]."""

StyleOf = Callable[[str], Style]
"""The style of a part of the form by its name: ``label``, ``value``, ``focused``, ``invalid``, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Text typed into the focused field, and its problem."""

    text: str
    problem: str = ""


class Form(LineWidget):
    """The rows of the fields; ``current`` is the focused one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"form--{part}"
        for part in (
            "heading label value unit focused marker invalid knob slid track more".split()  # noqa: SIM905 - reads better
        )
    }

    class Picked(Message):
        """A row was clicked."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    class Slid(Message):
        """The slider was clicked or dragged."""

        def __init__(self, position: float) -> None:
            self.position = position
            super().__init__()

    class Wheeled(Message):
        """The wheel turned over a row."""

        def __init__(self, index: int, count: int) -> None:
            self.index = index
            self.count = count
            super().__init__()

    def __init__(self, rows: tuple[FieldRow, ...]) -> None:
        super().__init__(id="form")
        self.rows = rows
        self.current = 0
        self.typing: Typing | None = None
        self.invalid_key = ""
        self.position: float | None = None
        self._top = 0
        self._drawn: list[Hashable] = []
        self._folded: set[int] = set()
        self._lines: list[Line] = []
        self._lay_out()

    @property
    def row(self) -> FieldRow:
        """The focused row."""
        return self.rows[self.current]

    def show(
        self,
        rows: tuple[FieldRow, ...],
        *,
        position: float | None,
        typing: Typing | None = None,
        invalid_key: str = "",
    ) -> None:
        """Show these rows; ``position`` is the slider's."""
        seen = (self.rows, self.position, self.typing, self.invalid_key)
        if seen == (rows, position, typing, invalid_key):
            return
        self.rows, self.position, self.typing, self.invalid_key = rows, position, typing, invalid_key
        self.focus_row(self.current)

    def focus_row(self, index: int) -> None:
        """Focus a row, the nearest where there is no such index, and bring it into view."""
        self.current = min(max(index, 0), len(self.rows) - 1)
        self._lay_out()
        self._redraw()

    def focus_key(self, key: str, rows: tuple[FieldRow, ...]) -> None:
        """Set the rows and focus a field, if it exists."""
        self.rows = rows
        self.focus_row(next((index for index, row in enumerate(rows) if row.key == key), 0))

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        index = y + self._top
        strip = self._strip(self._lines[index]) if index < len(self._lines) else _blank(Style.null())
        width, height = self.size
        edge = Segment(self._edge(y, height), self._style("more"))
        return Strip([*strip, edge], ROW_WIDTH + 1).adjust_cell_length(width)

    def on_resize(self) -> None:
        """Show what fits, the focused row for one."""
        self._lay_out()
        self._redraw()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Focus the row, or set the slider and follow the mouse until it is let go."""
        line = self._line_at(event.y)
        if line == SLIDER:
            self.capture_mouse()
            self.post_message(self.Slid(position_at(event.x)))
        elif isinstance(line, int):
            self.post_message(self.Picked(line))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the slider."""
        if self.app.mouse_captured is self:
            self.post_message(self.Slid(position_at(event.x)))

    def on_mouse_up(self) -> None:
        """Release the slider."""
        self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Step the field under the mouse up."""
        self._wheel(event, count=1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Step the field under the mouse down."""
        self._wheel(event, count=-1)

    def _lay_out(self) -> None:
        """Choose the collapsed rows and the first visible line."""
        self._folded = collapsed(self.rows, current=self.current, height=self.size.height)
        self._lines = list(_lines(self.rows, current=self.current, collapsed=self._folded))
        self._scroll_to_current()

    def _wheel(self, event: events.MouseEvent, *, count: int) -> None:
        event.stop()
        line = self._line_at(event.y)
        if isinstance(line, int):
            self.post_message(self.Wheeled(self.current if line == SLIDER else line, count))

    def _line_at(self, y: int) -> Line | None:
        index = y + self._top
        return self._lines[index] if 0 <= index < len(self._lines) else None

    def _strip(self, line: Line) -> Strip:
        if isinstance(line, str):
            return heading_strip(line, self._style)
        if line == SLIDER:
            return slider_strip(self.position, self._style)
        row, focused = self.rows[line], line == self.current
        typing = self.typing if focused else None
        return row_strip(
            row,
            self._style,
            focused=focused,
            typed=typing.text if typing else None,
            invalid=bool(typing and typing.problem) or (bool(row.key) and row.key == self.invalid_key),
        )

    def _redraw(self) -> None:
        """Redraw the changed lines."""
        width, height = self.size
        before, self._drawn = self._drawn, [self._look(y, height) for y in range(height)]
        if len(before) != len(self._drawn):
            self.refresh()
        elif rows := [y for y, look in enumerate(self._drawn) if look != before[y]]:
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    def _look(self, y: int, height: int) -> Hashable:
        """Data that a visible line is drawn from."""
        line = self._line_at(y)
        if line is None or isinstance(line, str):
            return line, self._edge(y, height)
        if line == SLIDER:
            return line, self.position, self._edge(y, height)
        focused, row = line == self.current, self.rows[line]
        return row, focused, focused and self.typing, row.key == self.invalid_key, self._edge(y, height)

    def _style(self, part: str) -> Style:
        return self.part(f"form--{part}", partial=True)

    def _edge(self, y: int, height: int) -> str:
        """The mark at the right edge: where more rows wait above, below, or collapsed behind a row."""
        if y == 0 and self._top:
            return "▲"
        if self._top + height < len(self._lines) and y == height - 1:
            return "▼"
        line = self._line_at(y)
        return "▸" if isinstance(line, int) and line + 1 in self._folded else " "

    def _scroll_to_current(self) -> None:
        height = max(self.size.height, 1)
        line = self._lines.index(self.current)
        # A heading just above comes along, and so does the slider below.
        first = line - 1 if line and isinstance(self._lines[line - 1], str) else line
        highest, lowest = first, line + 2 - height
        self._top = min(max(self._top, lowest), highest)
        self._top = max(0, min(self._top, len(self._lines) - height))


def collapsed(rows: tuple[FieldRow, ...], *, current: int, height: int) -> set[int]:
    """The rows that a form of this height leaves out.

    The minor rows behind a main one come together or not at all: those of the focused row always, the others
    from the top as long as everything fits.
    """
    groups: list[list[int]] = []
    for index, row in enumerate(rows):
        if row.main or not groups:
            groups.append([])
        groups[-1].append(index)
    minor = [[index for index in group if not rows[index].main] for group in groups]
    hidden = {index for group in minor for index in group}
    room = height - (len(rows) - len(hidden)) - len({row.section for row in rows}) - 1
    for focused, group in sorted(
        (current not in whole, rest) for whole, rest in zip(groups, minor, strict=True)
    ):
        if not focused or len(group) <= room:
            hidden -= set(group)
            room -= len(group)
    return hidden


def _lines(rows: tuple[FieldRow, ...], *, current: int, collapsed: set[int]) -> Iterator[Line]:
    """Headings, rows that are not collapsed away, and the slider below the focused row."""
    section = ""
    for index, row in enumerate(rows):
        if row.section != section:
            section = row.section
            yield section
        if index not in collapsed:
            yield index
        if index == current:
            yield SLIDER


def _blank(style: Style) -> Strip:
    return Strip([Segment(" " * ROW_WIDTH, style)], ROW_WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """Displayed data of one field."""

    section: str
    label: str
    text: str
    unit: str
    key: str = ""
    """Key of the field; empty until the engine is loaded."""
    help: str = ""
    main: bool = True
    """Whether it is always shown; the others follow the main one they belong to, where there is room."""
    signed: bool = False
    """Whether the value carries its sign, so that one may be typed."""


def heading_strip(section: str, style_of: StyleOf) -> Strip:
    """The heading above the rows of a section."""
    return Strip([Segment(f" {section}".ljust(ROW_WIDTH), style_of("heading"))], ROW_WIDTH)


def row_strip(
    row: FieldRow, style_of: StyleOf, *, focused: bool, typed: str | None = None, invalid: bool = False
) -> Strip:
    """The row: ``>`` marks the focused one, ``!`` an invalid one, ``_`` the cursor of typing."""
    marker = "!" if invalid else ">" if focused else " "
    shown = row.text if typed is None else f"{typed}_"
    kind = "invalid" if invalid else "focused" if focused else "value"
    segments = [
        Segment(marker, style_of("invalid" if invalid else "marker")),
        Segment(row.label[:LABEL_WIDTH].ljust(LABEL_WIDTH + 1), style_of("label")),
        Segment(shown[-VALUE_WIDTH:].rjust(VALUE_WIDTH), style_of(kind)),
        Segment(f" {row.unit}".ljust(1 + UNIT_WIDTH), style_of("unit")),
    ]
    return Strip(segments, ROW_WIDTH)


def slider_strip(position: float | None, style_of: StyleOf) -> Strip:
    """The slider with its knob at ``position`` in [0, 1]; empty where the field has none."""
    if position is None:
        return Strip([Segment(" " * ROW_WIDTH, style_of("track"))], ROW_WIDTH)
    knob = round(min(max(position, 0.0), 1.0) * (TRACK - 1))
    segments = [
        Segment(" " * INDENT + "━" * knob, style_of("slid")),
        Segment("█", style_of("knob")),
        Segment("─" * (TRACK - 1 - knob) + " " * INDENT, style_of("track")),
    ]
    return Strip(segments, ROW_WIDTH)


def position_at(x: int) -> float:
    """The position in [0, 1] under a cell of the slider's row."""
    return min(max((x - INDENT) / (TRACK - 1), 0.0), 1.0)
