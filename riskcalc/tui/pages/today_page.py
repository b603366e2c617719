"""The page Today: may I trade, what is due, what is coming, and how old the market is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from riskcalc.tui.keys import keys_of, page_bindings
from riskcalc.tui.pages.banner import Banner
from riskcalc.tui.pages.page import Page
from riskcalc.tui.pages.registry import PAGES
from riskcalc.tui.pages.section_list import SectionList

if TYPE_CHECKING:
    from riskcalc.editor.pages.today import Today

COLUMNS = {
    "-narrow": (("positions", "signals", "events", "market"),),
    "-medium": (("signals",), ("positions", "events", "market")),
    "-wide": (("signals",), ("events",), ("positions", "market")),
}
"""What each column of the page is about, by the class of its width."""


class TodayPage(Page):
    """The verdict on top; below it signals, events, open trades and the market."""

    NAME = "today"
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(NAME)

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._today: Today | None = None

    def compose_page(self) -> Iterator[Widget]:
        """The verdict, then as many columns as there can be; the style sheet shows those that fit."""
        yield Banner()
        with Horizontal(id="columns"):
            for place in range(max(map(len, COLUMNS.values()))):
                # Of two columns the first needs every cell, and seldom scrolls.
                yield SectionList(id=f"column-{place}", margin=min(place, 1))

    def reload(self) -> None:
        """Read the user's files of signals, events, market, account and book."""
        from riskcalc.editor.pages.today import read_today  # noqa: PLC0415 - after the first frame

        state = self.editor.state
        self.ask(lambda: read_today(state), self._show)

    def on_resize(self) -> None:
        """Distribute the sections anew."""
        self.call_after_refresh(self._distribute)

    def _show(self, today: Today) -> None:
        self._today = today
        # A screen that holds its trade against no day, as in a test, goes on so.
        if self.editor.day.events is not None and self.editor.day != today.known:
            self.editor.hold_against(today.known)
        self.query_one(Banner).show(today, self._remedy())
        self._distribute()

    def _remedy(self) -> str:
        """The keys that give today's prices."""
        typed, read = (keys_of(name, self.table) for name in ("enter-quotes", "load-quotes"))
        return f"{typed} types today's, {read} reads a file of quotes"

    def _distribute(self) -> None:
        if self._today is None:
            return
        columns = next((names for name, names in COLUMNS.items() if self.has_class(name)), ())
        for place, column in enumerate(self.query(SectionList)):
            names = columns[place] if place < len(columns) else ()
            column.show([section for name in names for section in self._today.sections[name]])
        if not isinstance(self.focused, SectionList) or not self.focused.display:
            self.query(SectionList).first().focus()

    def on_section_list_chosen(self, message: SectionList.Chosen) -> None:
        """Say what a row is about, or open what it stands for."""
        kind, which = message.row.opens
        if not message.opened or not kind:
            self.message.show(message.row.about)
        elif kind == "trade":
            self._open_trade(which)
        elif kind == "signal" and which:
            self.action_enter_signal(which)
        elif kind == "quote":
            self.action_enter_quotes(f"{which}=")
        else:
            self.message.show(message.row.about)

    def _open_trade(self, trade: str) -> None:
        """Open the book at a trade."""
        if any(page.name == "book" for page in PAGES):
            self.trade.page_states["book"] = {**self.trade.page_states.get("book", {}), "row": trade}
            self.action_show_page("book")

    def action_enter_quotes(self, text: str = "") -> None:
        """Ask for prices of today, and write them where `riskcalc quote` does."""
        from riskcalc.tui.dialogs.entry_screen import QuoteEntry  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(QuoteEntry(self.editor, text), self._quoted)

    def action_enter_signal(self, name: str = "") -> None:
        """Ask for the value of a signal, and file it as `riskcalc signals --enter` does."""
        from riskcalc.tui.dialogs.entry_screen import SignalEntry  # noqa: PLC0415 - not needed for the first frame

        self.app.push_screen(SignalEntry(self.editor, f"{name}=" if name else ""), self._written)

    def action_load_quotes(self) -> None:
        """Load a file of real quotes for the trade."""
        self.trade.load_quotes(self._written)

    def action_choose(self) -> None:
        """Open what the highlighted row stands for."""
        focused = self.focused
        if isinstance(focused, SectionList):
            focused.action_select()

    def _quoted(self, problem: str | None) -> None:
        """Price the trade at the new quotes, unless it has been edited since it was opened."""
        if problem:
            self._written(f"{problem}; {self.trade.reopen()}")

    def _written(self, problem: str | None) -> None:
        """Read everything again, and say what was written."""
        if problem:
            self.about = problem
            self.refresh_page()
