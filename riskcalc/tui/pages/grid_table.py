"""A list of rows to choose from, set again in the width that there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.message import Message
from textual.widgets import DataTable

if TYPE_CHECKING:
    from riskcalc.editor.pages.grid import Cell, Grid

STYLES = ("plain", "quiet", "good", "bad", "warn")


class GridTable(DataTable[Text]):
    """A grid with a cursor on one of its rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"grid--{style}" for style in STYLES}

    class Highlighted(Message):
        """The cursor is on another row."""

        def __init__(self, row_id: int) -> None:
            super().__init__()
            self.row_id = row_id

    class Opened(Message):
        """A row was opened, with Enter or a second click."""

        def __init__(self, row_id: int) -> None:
            super().__init__()
            self.row_id = row_id

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id, cursor_type="row", cell_padding=0, zebra_stripes=False)
        self._grid: Grid | None = None
        self._set_for: tuple[Grid, int] | None = None
        self._ids: tuple[int, ...] = ()
        self._styled: dict[str, Style] = {}
        self._clicked_from: int | None = None
        self._wanted: int | None = None
        """Row of the cursor once the grid is drawn; a hidden one has no width yet."""

    @property
    def row_id(self) -> int | None:
        """Id of the row with the cursor; None without rows."""
        if self._set_for is None or self._set_for[0] is not self._grid:
            return self._wanted
        return self._ids[self.cursor_row] if 0 <= self.cursor_row < len(self._ids) else None

    def show(self, grid: Grid, *, row_id: int | None = None) -> None:
        """Show a grid, with the cursor on a row, else where it was or as near as can be."""
        wanted = self.row_id if row_id is None else row_id
        self._wanted = wanted if wanted in grid.ids else grid.ids[0] if grid.ids else None
        if grid != self._grid:
            self._grid = grid
        elif wanted in self._ids:
            self.move_cursor(row=self._ids.index(wanted), animate=False)
        self._draw(wanted)

    def on_resize(self) -> None:
        """Set the grid in another width."""
        self._draw(self.row_id)

    def notify_style_update(self) -> None:
        """Set the grid in the colors of another theme."""
        super().notify_style_update()
        if self.is_attached and self._set_for is not None and self._styles != self._styled:
            row_id, self._set_for = self.row_id, None
            self._draw(row_id)

    @property
    def _styles(self) -> dict[str, Style]:
        return {style: self.get_component_rich_style(f"grid--{style}", partial=True) for style in STYLES}

    def move(self, count: int) -> None:
        """Move the cursor by rows."""
        self.move_cursor(row=self.cursor_row + count)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say which row it is."""
        event.stop()
        if self.row_id is not None:
            self.post_message(self.Highlighted(self.row_id))

    def on_mouse_down(self) -> None:
        """Remember the row: a click on another one only moves the cursor."""
        self._clicked_from = self.row_id

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Say which row was opened."""
        event.stop()
        clicked_from, self._clicked_from = self._clicked_from, None
        if self.row_id is not None and clicked_from in {None, self.row_id}:
            self.post_message(self.Opened(self.row_id))

    def _draw(self, row_id: int | None) -> None:
        width = self.size.width - self.styles.scrollbar_size_vertical
        if self._grid is None or width <= 0 or self._set_for == (self._grid, width):
            return
        self._set_for = self._grid, width
        before, fitted = self.cursor_row, self._grid.fitted(width)
        self.clear(columns=True)
        for column in fitted.columns:
            self.add_column(Text(column.heading), width=len(column.heading))
        self._styled = styles = self._styles
        for row in fitted.rows:
            self.add_row(*(_text(cell, styles) for cell in row))
        self._ids = fitted.ids
        at = self._ids.index(row_id) if row_id in self._ids else min(before, len(self._ids) - 1)
        self.move_cursor(row=max(at, 0), animate=False)


def _text(cell: Cell, styles: Mapping[str, Style]) -> Text:
    return Text(cell.text, style=styles.get(cell.style, styles["plain"]), no_wrap=True, end="")
