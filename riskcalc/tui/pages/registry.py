"""The pages of the screen, in the order of their tabs."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from riskcalc.records import dataclass

if TYPE_CHECKING:
    from textual.screen import Screen

    from riskcalc.tui.keys import Key
    from riskcalc.tui.trade_screen import TradeScreen

TRADE = "trade"
"""Name of the page of the trade, which the app opens with."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its name in the session, the text of its tab, and where its class is."""

    name: str
    title: str
    place: str = ""
    """Module and class, ``module:Class``; empty for the trade's own."""

    def open(self, trade: TradeScreen) -> Screen[None]:
        """Make the page, importing its module."""
        module, _, name = self.place.partition(":")
        return cast("Screen[None]", getattr(importlib.import_module(module), name)(trade))


PAGES = (
    PageEntry("today", "Today", "riskcalc.tui.pages.today_page:TodayPage"),
    PageEntry(TRADE, "Trade"),
    PageEntry("chain", "Chain", "riskcalc.tui.pages.chain_page:ChainPage"),
    PageEntry("book", "Book", "riskcalc.tui.pages.book_page:BookPage"),
    PageEntry("journal", "Journal", "riskcalc.tui.pages.journal_page:JournalPage"),
)
"""Every page."""


def page_tabs(table: Iterable[Key]) -> tuple[tuple[str, str, str], ...]:
    """Return name, title and key of each page, under a table of keys."""
    keys = {key.name: key.keys[0] for key in table}
    return tuple((page.name, page.title, keys[f"page-{page.name}"].upper()) for page in PAGES)


def page_entry(name: str) -> PageEntry:
    """Return a page by its name; the trade's for an unknown one."""
    pages = {page.name: page for page in PAGES}
    return pages.get(name, pages[TRADE])
