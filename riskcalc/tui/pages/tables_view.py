"""A scrolling view of tables, set again in the width that there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from riskcalc.tui.panels import styled_text

if TYPE_CHECKING:
    from riskcalc.formatting.table import Table

NARROWEST = 38
"""Cells that text is wrapped in at the least."""


class TablesView(VerticalScroll):
    """A sentence and tables below it; the arrow keys scroll it while it has the focus."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._text = Static(markup=False)
        self._content: tuple[str, Sequence[Table], Sequence[str]] | None = None

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield self._text

    def show(self, summary: str, tables: Sequence[Table], *, notes: Sequence[str] = ()) -> None:
        """Show a sentence, tables, and notes below them."""
        self._content = summary, tables, notes
        self._draw()

    def on_resize(self) -> None:
        """Set the tables in the new width."""
        self._draw()

    def _draw(self) -> None:
        if self._content is None or not self.size.width:
            return
        from riskcalc.formatting.fitted_table import fitted_document_lines  # noqa: PLC0415 - as above
        from riskcalc.formatting.metric import Style, wrapped  # noqa: PLC0415 - loaded with the engine

        summary, tables, notes = self._content
        width = max(self.size.width, NARROWEST)
        lines = fitted_document_lines(tables, summary=summary, width=width) if summary or tables else []
        for note in notes:
            lines += [(), *wrapped(note, width=width, indent=0, style=Style.QUIET)]
        while lines and not any(text for text, _ in lines[0]):
            lines = lines[1:]
        self._text.update(styled_text(lines))
