"""The page Book: open trades, their risk, and what the planned trade adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from riskcalc.errors import RiskcalcError
from riskcalc.tui.keys import page_bindings
from riskcalc.tui.pages.bar_view import BarView
from riskcalc.tui.pages.book_actions import BookActions
from riskcalc.tui.pages.grid_table import GridTable
from riskcalc.tui.pages.tables_view import TablesView

if TYPE_CHECKING:
    from riskcalc.editor.pages.book import BookView, OpenTrade


class BookPage(BookActions):
    """Positions, totals and heat, and the shock ladder."""

    NAME = "book"
    VIEWS = ("positions", "totals", "ladder")
    VIEW_KEYS = ("book-view",)
    ROW_KEYS = ("close-trade", "mark-prices", "note-trade", "hedge-book", "show-trade", "open-trade")
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(NAME)

    book: BookView | None = None
    """What is shown; None until it is read."""

    def compose_page(self) -> Iterator[Widget]:
        """Positions above totals and ladder; in place of them all, what to do without a book."""
        yield Static(id="summary-line", markup=False)
        yield GridTable(id="rows")
        with Container(id="below"):
            yield TablesView(id="totals")
            yield BarView(id="ladder")
            yield TablesView(id="detail")
        yield TablesView(id="empty")

    def reload(self) -> None:
        """Read the book."""
        from riskcalc.editor.pages.book import read_book  # noqa: PLC0415 - after the first frame

        state = self.editor.state
        if self.book is None:
            self.note("reading the book …")
        self.ask(lambda: read_book(state), self._show)

    @property
    def selected(self) -> OpenTrade | None:
        """The trade under the cursor."""
        row = self.rows.row_id
        return None if self.book is None or row is None else self.book.by_id.get(row)

    def row_text(self) -> str:
        """What the risk of the selected trade is, and what is due."""
        from riskcalc.editor.pages.book_tables import position_text  # noqa: PLC0415 - after the first frame

        return "" if self.selected is None else position_text(self.selected)

    def say_row(self) -> None:
        """Say it, and show the selected trade where there is room."""
        super().say_row()
        open_trade, detail = self.selected, self.query_one("#detail", TablesView)
        if open_trade is None or not detail.region:
            return
        from riskcalc.editor.pages.trade_details import trade_tables  # noqa: PLC0415 - after the first frame

        try:
            tables = trade_tables(
                open_trade.trade, open_trade.ledger, open_trade.notes, position=open_trade.position
            )
        except RiskcalcError as error:
            detail.show(str(error), ())
        else:
            detail.show(f"Trade {open_trade.trade.id}: {open_trade.trade.description}", tables)

    def on_resize(self) -> None:
        """Show all views where there is room for them, and the selected trade where there is more."""
        super().on_resize()
        self.call_after_refresh(self.say_row)

    def _show(self, book: BookView) -> None:
        from riskcalc.editor.pages.book_tables import (  # noqa: PLC0415 - after the first frame
            heat_table,
            ladder_chart,
            positions_grid,
            summary,
            totals_beside_table,
        )

        self.book = book
        self.set_class(not book.open_trades, "-empty")
        self.show_keys()
        self.rows.show(positions_grid(book), row_id=self.kept_row())
        tables = (heat_table(book), totals_beside_table(book))
        self.query_one("#summary-line", Static).update(summary(book))
        notes = book.risk.notes if book.risk else ()
        self.query_one("#totals", TablesView).show("", tables, notes=notes)
        self.query_one("#ladder", BarView).show(ladder_chart(book))
        if not book.open_trades:
            self.query_one("#empty", TablesView).show(self._without_trades(book), ())
        if self.trade.follow_book(book.risk):
            self.refresh_page()  # another program wrote: what the trade adds is on another account
        if book.problem:
            self.problem(book.problem)
        else:
            self.say_row()

    def _without_trades(self, book: BookView) -> str:
        if book.problem:
            return f"The book cannot be shown. {book.problem}"
        keys = {key.name: key.keys[0] for key in self.table}
        adds, imports = keys["add-trade"], keys["import-file"]
        ways = f"{adds} adds the trade of the page Trade, {imports} imports a broker's file."
        if book.exists:
            from riskcalc.editor.pages.book_tables import summary  # noqa: PLC0415 - after the first frame

            return f"Nothing is open: {summary(book)}. {ways}"
        return f"There is no book yet. {ways} It will be {book.path}: you alone can read it."
