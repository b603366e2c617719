"""A list of titled tables whose rows can be chosen, set again in the width that there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets.option_list import Option

from riskcalc.tui.option_lists import OptionList
from riskcalc.tui.panels import styled_text

if TYPE_CHECKING:
    from riskcalc.editor.pages.section import Row, Section
    from riskcalc.formatting.metric import Line

NARROWEST = 30
"""Cells that tables are set in at the least."""


class SectionList(OptionList):
    """Sections below each other; the cursor stops at their rows only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    class Chosen(Message):
        """A row was chosen, or is highlighted."""

        def __init__(self, row: Row, *, opened: bool) -> None:
            super().__init__()
            self.row = row
            self.opened = opened
            """Whether it was chosen with Enter or a click."""

    def __init__(self, *, id: str, margin: int = 0) -> None:  # noqa: A002 - Textual's
        """Take the cells kept free before the scrollbar."""
        super().__init__(id=id, compact=True, markup=False)
        self._sections: Sequence[Section] = ()
        self._rows: list[Row | None] = []
        """The row of each option; None for a title or a heading."""
        self._width = 0
        self._margin = margin

    def show(self, sections: Sequence[Section]) -> None:
        """Show sections; the cursor stays at the row where it was."""
        if sections != self._sections:
            self._sections = sections
            self._draw()

    def on_resize(self) -> None:
        """Set the tables in the new width."""
        if self._room() != self._width:
            self._draw()

    @property
    def row(self) -> Row | None:
        """The highlighted row."""
        at = self.highlighted
        return None if at is None or at >= len(self._rows) else self._rows[at]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say which row is highlighted."""
        self._tell(event, opened=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which row was chosen."""
        self._tell(event, opened=True)

    def _tell(self, event: OptionList.OptionMessage, *, opened: bool) -> None:
        event.stop()
        row = self._rows[event.option_index] if event.option_index < len(self._rows) else None
        if row is not None and self.has_focus:
            self.post_message(self.Chosen(row, opened=opened))

    def _room(self) -> int:
        """Cells beside the scrollbar, whether it is there yet or not: else its coming would draw anew."""
        width = self.outer_size.width - self.gutter.width - self.styles.scrollbar_size_vertical - self._margin
        return max(width, NARROWEST) if self.outer_size.width else 0

    def _draw(self) -> None:
        self._width = self._room()
        if not self._width or not (self._sections or self._rows):
            return
        before = self.row
        options = list(_options(self._sections, self._width))
        self._rows = [row for _, row in options]
        self.set_options(option for option, _ in options)
        if before is not None and before in self._rows:
            self.highlighted = self._rows.index(before)


def _options(sections: Sequence[Section], width: int) -> Iterator[tuple[Option, Row | None]]:
    """Options of sections; those of the same columns below each other are aligned."""
    from riskcalc.formatting.fitted_table import fitted_tables  # noqa: PLC0415 - loaded with the engine

    for _, group in groupby(sections, key=lambda section: section.table.header):
        alike = list(group)
        tables = fitted_tables([section.table for section in alike], width=width, spare=alike[0].spare)
        for section, table in zip(alike, tables, strict=True):
            yield Option(styled_text(_heading(section, table.head, width)), disabled=True), None
            for lines, row in zip(table.rows, section.rows, strict=True):
                yield Option(styled_text(lines)), row
            yield Option("", disabled=True), None


def _heading(section: Section, head: Line, width: int) -> list[Line]:
    """Title and headings of a section; what it says without rows."""
    from riskcalc.formatting.metric import Style, wrapped  # noqa: PLC0415 - loaded with the engine

    title = wrapped(section.table.title, width=width, indent=0, style=Style.TITLE)
    if section.rows:
        return [*title, head]
    return [*title, *wrapped(section.empty, width=width, indent=0, style=Style.PLAIN)]
