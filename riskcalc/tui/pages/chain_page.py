"""The page Chain under its keys and the mouse."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widgets import Input

from riskcalc.errors import RiskcalcError
from riskcalc.tui import form_rows
from riskcalc.tui.keys import page_bindings
from riskcalc.tui.pages.expiry_strip import ExpiryStrip
from riskcalc.tui.pages.row_list import RowList
from riskcalc.tui.pages.scan_view import ScanView

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.editor import Draft
    from riskcalc.editor.state import State


class ChainPage(ScanView):
    """Expiries, strikes and the scan with their keys."""

    BINDINGS: ClassVar[list[BindingType]] = page_bindings("chain")

    def on_resize(self) -> None:
        """Show calls and puts side by side where there is room."""
        if self.trade.ready:
            self.call_after_refresh(self.show_chain)

    def action_move_row(self, count: int) -> None:
        """Move the cursor."""
        self.rows.move(count)

    def action_first_row(self) -> None:
        """Go to the first row."""
        self.rows.move(-len(self.rows.rows or ()))

    def action_last_row(self) -> None:
        """Go to the last row."""
        self.rows.move(len(self.rows.rows or ()))

    def action_row_at_spot(self) -> None:
        """Go to the strikes at the spot."""
        if self._lines is not None and not self.in_scan:
            self.strikes.move(self._lines.at_spot + 1 - self.strikes.cursor)

    def action_move_across(self, count: int) -> None:
        """Show another expiry; in the scan sort by another column."""
        if self.in_scan and self.lines is not None:
            self.sort_by(self.lines.beside(count, self.table_rows.size.width - 1))
            return
        if self.chain is None or self.expiry is None:
            return
        listed = self.chain.expiries()
        self._show_expiry(listed[min(max(listed.index(self.expiry) + count, 0), len(listed) - 1)])

    def _show_expiry(self, expiry: dt.date) -> None:
        if expiry != self.expiry:
            self.expiry = expiry
            self.keep(expiry=str(expiry))
            self.show_chain()

    def action_move_leg(self, count: int) -> None:
        """Let another leg take the strike."""
        from riskcalc.editor.pages.chain import option_legs  # noqa: PLC0415 - after the first frame

        legs = list(option_legs(self.editor.state.draft))
        if legs:
            index = legs.index(self.leg) if self.leg in legs else 0
            self.leg = legs[(index + count) % len(legs)]
            self._focus_leg()
            self.show_chain()

    def action_swap_side(self) -> None:
        """Go from calls to puts, or back."""
        from riskcalc.domain import OptionType  # noqa: PLC0415 - after the first frame

        self.keep(side="call" if self.side is OptionType.PUT else "put")
        self.show_keys()
        self.show_chain()

    def action_use_row(self) -> None:
        """Put the option under the cursor on the leg, at its price."""
        from riskcalc.editor.edits import with_contract  # noqa: PLC0415 - after the first frame

        if self.in_scan:
            self._open_row()
            return
        lines = self._lines
        chosen = lines.option(self.strikes.cursor) if lines is not None and len(lines) else None
        if lines is None or chosen is None:
            self.problem(
                f"no {self.side.name.lower()} is listed here: move to another strike or to the other side"
            )
            return
        before = self.editor.state
        self.editor.rest()
        (strike, option_type), expiry = chosen, lines.table.expiry
        self.editor.change(
            partial(with_contract, index=self.leg, expiry=expiry, strike=strike, option_type=option_type)
        )
        self._changed(before)

    def _open_row(self) -> None:
        """Open the row under the cursor as the trade."""
        from riskcalc.editor.pages.scan import row_draft  # noqa: PLC0415 - after the first frame

        scanned, row = self.scanned, self._row()
        if scanned is None or row is None:
            self.problem("no row is shown: change the filter")
            return
        before = self.editor.state
        self.editor.rest()
        self.editor.change(lambda draft: row_draft(draft, scanned, row))
        self._changed(before, nothing="this row is the trade already")

    def _row(self) -> int | None:
        return None if self.lines is None else self.lines.row(self.table_rows.cursor)

    def action_pin_row(self) -> None:
        """Pin the row under the cursor as A, to compare the trade with."""
        from riskcalc.editor.pages.chain import trade_text  # noqa: PLC0415 - after the first frame
        from riskcalc.editor.pages.scan import row_draft  # noqa: PLC0415 - as above

        row = self._row() if self.in_scan else None
        if self.scanned is None or row is None:
            self.note(f"no row to pin: {self.key('scan')} scans the chain")
            return
        try:
            draft = row_draft(self.editor.state.draft, self.scanned, row)
            self.editor.pin_draft(draft)
            self.trade.keep_session()
            self.refresh_page()
            self.note(f"pinned as A: {trade_text(draft)}; Trade compares with it")
        except RiskcalcError as error:
            self.problem(str(error))

    def action_scan(self) -> None:
        """Scan all verticals, or go back to the strikes."""
        if self.in_scan:
            self.close_table()
        elif self.chain is None:
            self.note(f"no quotes to scan: {self.key('load-quotes')} loads a file of them")
        else:
            self.scan()

    def action_rescan(self) -> None:
        """Scan again under the trade's terms as they are now."""
        if self.chain is not None:
            self.scan(again=True)

    def action_reverse_sort(self) -> None:
        """Sort from the other end."""
        if self.in_scan and self.lines is not None:
            self.sort_by(self.lines.sort)

    def action_undo(self) -> None:
        """Undo the last change of the trade."""
        before = self.editor.state
        self.editor.undo()
        self._changed(before, nothing="nothing to undo")

    def action_redo(self) -> None:
        """Redo what was undone."""
        before = self.editor.state
        self.editor.redo()
        self._changed(before, nothing="nothing to redo")

    def _changed(self, before: State, *, nothing: str = "the leg is on this option already") -> None:
        """Show the trade after an edit, and say what it is now."""
        from riskcalc.editor.pages.chain import trade_text  # noqa: PLC0415 - after the first frame

        state = self.editor.state
        if state.problem and state.draft is before.draft:
            self.problem(state.problem)
            self.editor.forget_problem()
            return
        if state.draft is before.draft:
            self.note(nothing)
            return
        if not self.in_scan:
            self._focus_leg()
        self.refresh_page()
        self.trade.keep_session()
        if state.problem:
            self.problem(state.problem)
        else:
            self.note(trade_text(state.draft))

    def _focus_leg(self) -> None:
        """Give the strike of the leg the focus of the trade's form."""
        self.trade.form.focus_key(f"legs.{self.leg}.strike", form_rows.field_rows(self.editor))

    def action_filter(self) -> None:
        """Type a filter."""
        if self.chain is not None:
            self.filter_input.value = self.state.get(self.filter_name, "")
            self.filter_input.add_class("-open")
            self.filter_input.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what a filter lets pass as it is typed, or what is wrong with it."""
        from riskcalc.editor.pages.filters import read_filter  # noqa: PLC0415 - after the first frame

        if not self.filter_input.has_class("-open"):
            return
        try:
            read_filter(event.value, self.vocabulary)
        except RiskcalcError as error:
            self.problem(str(error))
            return
        self.message.show(self.about)
        self.keep(**{self.filter_name: event.value.strip()})
        self.show_chain()

    def on_input_submitted(self) -> None:
        """Keep the filter, unless it is wrong."""
        if self.message.kind != "problem":
            self._close_filter()

    def _close_filter(self) -> None:
        self.set_focus(None)
        self.filter_input.remove_class("-open")
        self.message.show(self.about)

    def action_revert(self) -> None:
        """Close the filter, stop scanning, drop the filter, go to the strikes: the first that applies."""
        if self.filter_input.has_class("-open"):
            self._close_filter()
        elif self.cancel_scan():
            pass
        elif self.state.get(self.filter_name):
            self.keep(**{self.filter_name: ""})
            self.show_chain()
        elif self.in_scan:
            self.close_table()
        else:
            self.message.show(self.about)

    def action_load_quotes(self) -> None:
        """Load a file of real quotes for the trade."""
        from riskcalc.tui.dialogs.quotes_screen import QuotesScreen  # noqa: PLC0415 - not needed for the first frame

        def take(quotes: tuple[Draft, Path] | None) -> None:
            if quotes:
                problem = self.trade.take_quotes(*quotes)
                self.trade.keep_session()
                # The page is shown first, with its usual message.
                self.call_after_refresh(self.note, problem)

        self.app.push_screen(QuotesScreen(self.editor), take)

    def on_expiry_strip_chosen(self, message: ExpiryStrip.Chosen) -> None:
        """Show the expiry that was clicked."""
        self._show_expiry(message.expiry)

    def on_row_list_picked(self, message: RowList.Picked) -> None:
        """Put an option that is clicked twice on the leg."""
        if message.again:
            self.action_use_row()

    def on_row_list_head_clicked(self, message: RowList.HeadClicked) -> None:
        """Sort by the column that was clicked."""
        if self.in_scan and self.lines is not None:
            key = self.lines.column_at(message.x, self.table_rows.size.width - 1)
            if key is not None:
                self.sort_by(key)
