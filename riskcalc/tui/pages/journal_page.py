"""The page Journal: what closed trades earned, and whether their odds were right."""

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
from riskcalc.tui.pages.curve_view import CurveView
from riskcalc.tui.pages.grid_table import GridTable
from riskcalc.tui.pages.tables_view import TablesView
from riskcalc.tui.pages.viewed_page import ViewedPage

if TYPE_CHECKING:
    from riskcalc.editor.pages.forms import Answer
    from riskcalc.editor.pages.journal import JournalView, ReviewedTrade


class JournalPage(ViewedPage):
    """Closed trades, statistics with errors, R, equity and calibration."""

    NAME = "journal"
    VIEWS = ("trades", "statistics", "results", "odds")
    VIEW_KEYS = ("journal-view",)
    ROW_KEYS = ("show-closed", "note-closed")
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(NAME)

    journal: JournalView | None = None
    """What is shown; None until it is read."""

    def compose_page(self) -> Iterator[Widget]:
        """Trades beside statistics, results beside odds; in place of them all, what to do without trades."""
        yield Static(id="summary-line", markup=False)
        with Container(id="above"):
            yield GridTable(id="rows")
            yield TablesView(id="statistics")
        with Container(id="below"):
            with Container(id="results"):
                yield BarView(id="histogram")
                yield CurveView(id="curve")
            with Container(id="odds"):
                yield TablesView(id="brier")
                yield BarView(id="reliability")
        yield TablesView(id="empty")

    def reload(self) -> None:
        """Read the journal."""
        from riskcalc.editor.pages.journal import JournalFilter, read_journal  # noqa: PLC0415 - after the first frame

        chosen = JournalFilter.from_state(self.state)
        if self.journal is None:
            self.note("reading the journal …")
        self.ask(lambda: read_journal(chosen), self._show)

    @property
    def selected(self) -> ReviewedTrade | None:
        """The trade under the cursor."""
        row = self.rows.row_id
        return None if self.journal is None or row is None else self.journal.trades.get(row)

    def row_text(self) -> str:
        """Notes on the selected trade."""
        notes = self.selected.notes if self.selected else ()
        return "; ".join(f"{time:%Y-%m-%d} {words}" for time, words in notes)

    def on_grid_table_opened(self, event: GridTable.Opened) -> None:
        """Show the trade of the row."""
        event.stop()
        self.action_show_trade()

    def action_filter_journal(self) -> None:
        """Choose preset, tag and first day."""
        from riskcalc.editor.pages.journal import filter_form  # noqa: PLC0415 - not needed for the first frame
        from riskcalc.tui.dialogs.form_screen import FormScreen  # noqa: PLC0415 - as above

        def chosen(answer: Answer | None) -> None:
            if answer is not None:
                self.keep(**answer.kept)
                self.refresh_page()

        if self.journal is not None and self.journal.found is not None:
            self.app.push_screen(FormScreen(filter_form(self.journal)), chosen)

    def action_show_trade(self) -> None:
        """Show fills, plan and notes of the selected trade."""
        from riskcalc.editor.pages.trade_details import trade_tables  # noqa: PLC0415 - not needed for the first frame
        from riskcalc.tui.dialogs.tables_screen import TablesScreen  # noqa: PLC0415 - as above

        row = self.selected
        if row is None:
            self.problem("no trade is selected")
            return
        try:
            tables = trade_tables(row.trade, row.ledger, row.notes)
        except RiskcalcError as error:
            self.problem(str(error))
            return
        self.app.push_screen(TablesScreen(f"Trade {row.trade.id}", row.trade.description, tables))

    def action_note_trade(self) -> None:
        """Add a note to the selected trade."""
        from riskcalc.editor.pages.book_forms import note_form  # noqa: PLC0415 - not needed for the first frame

        row = self.selected
        if row is None:
            self.problem("no trade is selected")
        else:
            self.ask_form(lambda: note_form(row.trade, self.editor.state))

    def _show(self, view: JournalView) -> None:
        from riskcalc.editor.pages import journal  # noqa: PLC0415 - after the first frame

        self.journal = view
        empty = view.found is None or not view.found.n
        self.set_class(empty, "-empty")
        self.show_keys()
        self.query_one("#summary-line", Static).update(journal.summary(view))
        self.rows.show(journal.trades_grid(view), row_id=self.kept_row())
        self.query_one("#statistics", TablesView).show("", journal.statistics_tables(view))
        self.query_one("#histogram", BarView).show(journal.histogram(view))
        self.query_one("#curve", CurveView).show(*journal.equity_curve(view))
        self.query_one("#brier", TablesView).show("", journal.odds_tables(view))
        self.query_one("#reliability", BarView).show(journal.reliability_chart(view))
        if empty:
            self.query_one("#empty", TablesView).show(self._without_trades(view), ())
        if view.problem:
            self.problem(view.problem)
        else:
            self.say_row()

    def _without_trades(self, view: JournalView) -> str:
        if view.problem:
            return f"The journal cannot be shown. {view.problem}"
        if view.trades:
            keys = {key.name: key.shown for key in self.table}
            return f"No closed trade is {view.chosen.words}: {keys['filter-journal']} changes the filter."
        return "No closed trades yet. Close one on the page Book, or import a broker's file there."
