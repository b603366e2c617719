"""The page Today: may I trade, and what is coming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from riskcalc.tui.keys import page_bindings
from riskcalc.tui.pages.page import Page
from riskcalc.tui.pages.tables_view import TablesView

if TYPE_CHECKING:
    from riskcalc.editor.pages.today import Today


class TodayPage(Page):
    """The signal board and the events ahead."""

    NAME = "today"
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(NAME)

    def compose_page(self) -> Iterator[Widget]:
        """Signals, then events."""
        yield TablesView(id="signals")
        yield TablesView(id="events")

    def reload(self) -> None:
        """Read the user's files of signals and events."""
        from riskcalc.editor.pages.today import read_today  # noqa: PLC0415 - after the first frame

        draft = self.editor.state.draft
        self.ask(lambda: read_today(draft), self._show)

    def _show(self, today: Today) -> None:
        self.query_one("#signals", TablesView).show(today.verdict, today.signals)
        self.query_one("#events", TablesView).show(today.coming, (today.events,))
