"""Dialog that shows tables and scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from riskcalc.tui.dialogs.dialog import ScrollingDialog
from riskcalc.tui.panels import styled_text

if TYPE_CHECKING:
    from riskcalc.formatting.table import Table

NARROWEST = 38
"""Cells that tables are set in at the least."""

SHARE, WIDEST, AROUND = 90, 100, 5
"""Width of a dialog as dialogs.tcss has it: percent of the screen, most cells, and its border and padding."""


class TablesScreen(ScrollingDialog):
    """A sentence and tables below it."""

    def __init__(self, title: str, summary: str, tables: Sequence[Table]) -> None:
        super().__init__()
        self._title, self._summary, self._tables = title, summary, tables

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="dialog", classes="help") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "up, down scroll   Esc closes"
            yield Static(self._text(), id="tables", markup=False)

    def on_resize(self) -> None:
        """Set the tables in the width that there is."""
        self.query_one("#tables", Static).update(self._text())

    def _text(self) -> Content:
        from riskcalc.formatting.fitted_table import fitted_document_lines  # noqa: PLC0415 - loaded with the engine

        width = max(min(self.app.size.width * SHARE // 100, WIDEST) - AROUND, NARROWEST)
        return styled_text(fitted_document_lines(self._tables, summary=self._summary, width=width))
