"""Textual actions of the page Book: dialogs that write to the book, and what becomes of their answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from riskcalc.errors import RiskcalcError
from riskcalc.tui.pages.grid_table import GridTable
from riskcalc.tui.pages.registry import TRADE
from riskcalc.tui.pages.viewed_page import ViewedPage

if TYPE_CHECKING:
    from riskcalc.editor import Draft
    from riskcalc.editor.pages.book import OpenTrade
    from riskcalc.editor.pages.forms import Answer, Form


class BookActions(ViewedPage):
    """Actions on the book and on the selected trade."""

    @property
    def selected(self) -> OpenTrade | None:
        """The trade under the cursor."""
        raise NotImplementedError

    def action_add_trade(self) -> None:
        """Add the trade that is being planned."""
        from riskcalc.editor.pages.book_forms import add_form  # noqa: PLC0415 - not needed for the first frame

        self.ask_form(lambda: add_form(self.editor.state, units=self.trade.hedge_units))

    def action_close_trade(self) -> None:
        """Close the selected trade, or some of its units."""
        from riskcalc.editor.pages.book_forms import close_form  # noqa: PLC0415 - not needed for the first frame

        self._ask_of(lambda position: close_form(position.trade, self.editor.state))

    def action_mark_prices(self) -> None:
        """Mark the selected trade, or typed prices."""
        from riskcalc.editor.pages.book_forms import mark_form  # noqa: PLC0415 - not needed for the first frame

        self.ask_form(lambda: mark_form(self.selected.trade if self.selected else None, self.editor.state))

    def action_note_trade(self) -> None:
        """Add a note to the selected trade."""
        from riskcalc.editor.pages.book_forms import note_form  # noqa: PLC0415 - not needed for the first frame

        self._ask_of(lambda position: note_form(position.trade, self.editor.state))

    def action_import_file(self) -> None:
        """Import a broker's file, with a preview."""
        from riskcalc.editor.pages.book_tools import import_form  # noqa: PLC0415 - not needed for the first frame

        self.ask_form(lambda: import_form(self.editor.state))

    def action_hedge_book(self) -> None:
        """Size a hedge, with scenarios before and after it."""
        from riskcalc.editor.pages.book_tools import hedge_form  # noqa: PLC0415 - not needed for the first frame

        self.ask_form(lambda: hedge_form(self.editor.state), self._plan_hedge)

    def action_show_trade(self) -> None:
        """Show fills, plan and notes of the selected trade."""
        from riskcalc.editor.pages.trade_details import trade_tables  # noqa: PLC0415 - not needed for the first frame
        from riskcalc.tui.dialogs.tables_screen import TablesScreen  # noqa: PLC0415 - as above

        position = self.selected
        if position is None:
            self._say_none()
            return
        try:
            tables = trade_tables(position.trade, position.ledger, position.notes, position=position.position)
        except RiskcalcError as error:
            self.problem(str(error))
            return
        self.app.push_screen(TablesScreen(f"Trade {position.trade.id}", position.trade.description, tables))

    def action_open_trade(self) -> None:
        """Open the plan of the selected trade at its entry, and go to it."""
        from riskcalc.editor.pages.trade_details import draft_of_trade  # noqa: PLC0415 - not needed for the first frame

        position, state = self.selected, self.editor.state if self.trade.ready else None
        if position is None or state is None:
            self._say_none()
            return
        trade = position.trade
        self.ask(lambda: draft_of_trade(trade, state), self._go_on_with)

    def on_grid_table_opened(self, event: GridTable.Opened) -> None:
        """Show the trade of the row."""
        event.stop()
        self.action_show_trade()

    def _go_on_with(self, draft: Draft) -> None:
        self.editor.go_on_with(draft)
        self.trade.figures.new_axis()
        self.trade.show_page(TRADE)
        self.trade.note(f"opened the plan at entry, {draft.market.date}; undo brings the other trade back")

    def _plan_hedge(self, answer: Answer) -> None:
        """Go on with the hedge as the trade, which is added like any other."""
        problem = self.editor.open(answer.opens)
        self.trade.figures.new_axis()
        self.trade.hedge = answer.opens, answer.units
        self.trade.show_page(TRADE)
        self.trade.note(problem or answer.said)

    def _ask_of(self, make: Callable[[OpenTrade], Form]) -> None:
        """Ask about the selected trade."""
        position = self.selected
        if position is None:
            self._say_none()
        else:
            self.ask_form(lambda: make(position))

    def _say_none(self) -> None:
        self.problem("no trade is selected")
