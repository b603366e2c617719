"""The page Chain: the quotes that the trade is planned on, by expiry and strike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui import form_rows
from riskcalc.tui.keys import keys_of, page_bindings
from riskcalc.tui.pages.about_row import AboutRow
from riskcalc.tui.pages.expiry_strip import ExpiryStrip
from riskcalc.tui.pages.page import Page
from riskcalc.tui.pages.row_list import RowList

if TYPE_CHECKING:
    from pathlib import Path

    from riskcalc.chains import Chain
    from riskcalc.domain import OptionType
    from riskcalc.editor import Draft
    from riskcalc.editor.pages.chain import ExpiryBoard
    from riskcalc.editor.pages.filters import Filter
    from riskcalc.editor.pages.strikes import StrikeLines
    from riskcalc.editor.state import State
    from riskcalc.tui.trade_screen import TradeScreen


class ChainPage(Page):
    """Expiries, and the strikes of one of them."""

    NAME = "chain"
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(NAME)
    AUTO_FOCUS = ""

    def __init__(self, trade: TradeScreen) -> None:
        super().__init__(trade)
        self.expiry_strip = ExpiryStrip()
        self.about_row = AboutRow()
        self.strikes = RowList(id="strikes")
        self.filter_input = Input(
            id="filter", placeholder="calls, delta 20-40, oi>500, 290-310", compact=True
        )
        self.filter_input.cursor_blink = False
        self.expiry: dt.date | None = None
        """The current expiry."""
        self.leg = 0
        """Index of the leg that takes a strike."""
        self._read_for: tuple[Chain, float] | None = None
        self._boards: dict[dt.date, ExpiryBoard] = {}
        self._shown: tuple[object, ...] = ()

    def compose_page(self) -> Iterator[Widget]:
        """Expiries, what the strikes are for, strikes; or how to load quotes."""
        yield Static(id="no-chain", markup=False)
        yield self.expiry_strip
        yield self.about_row
        yield self.strikes
        yield self.filter_input

    @property
    def chain(self) -> Chain | None:
        """The chain that the trade is planned on."""
        from riskcalc.editor.pages.chain import chain_of  # noqa: PLC0415 - after the first frame

        return chain_of(self.editor.state.draft)

    @property
    def side(self) -> OptionType:
        """Calls or puts: where the cursor is, and all that is shown where there is room for one side."""
        from riskcalc.domain import OptionType  # noqa: PLC0415 - after the first frame

        return OptionType.PUT if self.state.get("side") == "put" else OptionType.CALL

    def reload(self) -> None:
        """Show the chain of the trade, read anew where it is another one."""
        draft, chain = self.editor.state.draft, self.chain
        self.set_class(chain is None, "-empty")
        if chain is None:
            from riskcalc.editor.pages.chain import no_chain_text  # noqa: PLC0415 - after the first frame

            self._read_for, self._boards = None, {}
            self.query_one("#no-chain", Static).update(
                no_chain_text(draft, keys_of("load-quotes", self.table))
            )
            return
        self.about = self._usage()
        self.message.show(self.about)
        self.leg = self._leg_of_form(draft)
        wanted = chain, draft.market.rate
        if wanted != self._read_for:
            self._read_for, self._boards = wanted, {}
            self.expiry = self._first_expiry(chain, draft)
            self._read(chain, draft.market.rate)
            if chain.warnings:
                self.note("; ".join(chain.warnings))
        self.show_chain()

    def show_chain(self) -> None:
        """Show expiries, strikes and legs as they stand."""
        from riskcalc.editor.pages import chain as texts  # noqa: PLC0415 - after the first frame

        chain, draft = self.chain, self.editor.state.draft
        if chain is None or self.expiry is None:
            return
        expiries = chain.expiries()
        cells = tuple(texts.expiry_cell(chain, day, self._boards.get(day)) for day in expiries)
        self.expiry_strip.show(cells, current=expiries.index(self.expiry))
        self._show_about(chain, draft)
        self._show_strikes(draft)

    def _usage(self) -> str:
        """What the page can do, and what its marks mean."""
        names = ("use-row", "next-leg", "swap-side", "row-at-spot")
        use, leg, side, spot = (keys_of(name, self.table).partition(" ")[0] for name in names)
        return (
            f"{use} puts the option on the leg, {leg} next leg, {side} calls or puts, {spot} at the spot. "
            "M monthly; gray: cannot be traded; gamma: of open interest, $M of delta per 1% move"
        )

    def _show_about(self, chain: Chain, draft: Draft) -> None:
        from riskcalc.editor.pages import chain as texts  # noqa: PLC0415 - after the first frame

        legs, enter = texts.option_legs(draft), keys_of("use-row", self.table)
        leg = legs.get(self.leg)
        taking = (
            f"{enter}: leg {self.leg + 1} of {len(draft.trade.legs)}, {texts.leg_text(leg, chain.date)}"
            if leg
            else ""
        )
        wanted = self.state.get("filter", "")
        self.about_row.show(
            (taking or "the trade has no option leg", "leg"),
            (f"filter: {wanted}" if wanted else "", "warn"),
            (texts.quotes_text(chain, draft), "plain"),
        )

    def _show_strikes(self, draft: Draft) -> None:
        from riskcalc.editor.pages import chain as texts  # noqa: PLC0415 - after the first frame
        from riskcalc.editor.pages.strikes import StrikeLines, StrikeLook, has_room_for_both  # noqa: PLC0415 - as above

        board = self._boards.get(self.expiry) if self.expiry else None
        if board is None or self.chain is None:
            return
        marks = texts.leg_marks(draft, board.table.expiry)
        both = has_room_for_both(self.strikes.size.width)
        key = (board, self.side, both, self.state.get("filter", ""), tuple(marks.items()))
        if key == self._shown:
            return
        before, self._shown = self._lines, key
        look = StrikeLook(side=self.side, wanted=self._filter(), marks=marks, spot=self.chain.spot, both=both)
        lines = StrikeLines(table=board.table, look=look)
        here = before.strike(self.strikes.cursor) if before is not None else None
        if here is None:
            self.strikes.show(lines, cursor=self._first_line(lines, draft), centered=True)
        else:
            self.strikes.show(lines, cursor=lines.place_of(here))

    @property
    def _lines(self) -> StrikeLines | None:
        return cast("StrikeLines | None", self.strikes.rows)

    def _filter(self) -> Filter:
        """The filter that is kept; one that means nothing any more lets everything pass."""
        from riskcalc.editor.pages.filters import NO_FILTER, read_filter  # noqa: PLC0415 - after the first frame
        from riskcalc.editor.pages.strikes import VOCABULARY  # noqa: PLC0415 - as above

        try:
            return read_filter(self.state.get("filter", ""), VOCABULARY)
        except RiskcalcError:
            return NO_FILTER

    def _first_line(self, lines: StrikeLines, draft: Draft) -> int:
        """The strike of the leg where the expiry is its own, else the strikes at the spot."""
        from riskcalc.editor.pages.chain import option_legs  # noqa: PLC0415 - after the first frame

        leg = option_legs(draft).get(self.leg)
        if leg is not None and leg.expiry == lines.table.expiry:
            return lines.place_of(leg.strike)
        return lines.at_spot + 1

    def _leg_of_form(self, draft: Draft) -> int:
        """The leg whose field has the focus on the page Trade, else the one before, else the first option."""
        from riskcalc.editor.pages.chain import option_legs  # noqa: PLC0415 - after the first frame

        legs = option_legs(draft)
        part, _, rest = self.trade.form.row.key.partition(".")
        focused = rest.partition(".")[0] if part == "legs" else ""
        wanted = int(focused) if focused.isdecimal() else self.leg
        return wanted if wanted in legs else next(iter(legs), 0)

    def _first_expiry(self, chain: Chain, draft: Draft) -> dt.date:
        """The expiry that was kept, else that of the trade, else the nearest to it."""
        listed = chain.expiries()
        kept = [day for day in listed if str(day) == self.state.get("expiry")]
        wanted = draft.trade.expiry or listed[0]
        return kept[0] if kept else min(listed, key=lambda day: abs(day - wanted))

    def _read(self, chain: Chain, rate: float) -> None:
        """Solve the vols of each expiry in a thread, the current one first; they are shown as they come."""
        current = self.expiry or chain.expiries()[0]
        order = sorted(chain.expiries(), key=lambda day: abs(day - current))
        work = partial(self._read_expiries, chain, rate, order)
        self.run_worker(work, thread=True, exclusive=True, group="chain")

    def _read_expiries(self, chain: Chain, rate: float, order: list[dt.date]) -> None:
        from riskcalc.editor.pages.chain import read_expiry  # noqa: PLC0415 - after the first frame

        worker = get_current_worker()
        for expiry in order:
            if worker.is_cancelled:
                return
            board = read_expiry(chain, expiry, rate=rate)
            if not worker.is_cancelled:
                self.app.call_from_thread(self._take, chain, rate, board)

    def _take(self, chain: Chain, rate: float, board: ExpiryBoard) -> None:
        if self._read_for == (chain, rate):
            self._boards[board.summary.expiry] = board
            self.show_chain()

    def on_resize(self) -> None:
        """Show calls and puts side by side where there is room."""
        if self.trade.ready:
            self.call_after_refresh(self.show_chain)

    def action_move_row(self, count: int) -> None:
        """Move the cursor."""
        self.strikes.move(count)

    def action_first_row(self) -> None:
        """Go to the first row."""
        self.strikes.move(-len(self.strikes.rows or ()))

    def action_last_row(self) -> None:
        """Go to the last row."""
        self.strikes.move(len(self.strikes.rows or ()))

    def action_row_at_spot(self) -> None:
        """Go to the strikes at the spot."""
        if self._lines is not None:
            self.strikes.move(self._lines.at_spot + 1 - self.strikes.cursor)

    def action_move_across(self, count: int) -> None:
        """Show another expiry."""
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
            place = legs.index(self.leg) if self.leg in legs else 0
            self.leg = legs[(place + count) % len(legs)]
            self._focus_leg()
            self.show_chain()

    def action_swap_side(self) -> None:
        """Go from calls to puts, or back."""
        from riskcalc.domain import OptionType  # noqa: PLC0415 - after the first frame

        self.keep(side="call" if self.side is OptionType.PUT else "put")
        self.show_chain()

    def action_use_row(self) -> None:
        """Put the option under the cursor on the leg, at its price."""
        from riskcalc.editor.edits import with_contract  # noqa: PLC0415 - after the first frame

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
            self.filter_input.value = self.state.get("filter", "")
            self.filter_input.add_class("-open")
            self.filter_input.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what a filter lets pass as it is typed, or what is wrong with it."""
        from riskcalc.editor.pages.filters import read_filter  # noqa: PLC0415 - after the first frame
        from riskcalc.editor.pages.strikes import VOCABULARY  # noqa: PLC0415 - as above

        if not self.filter_input.has_class("-open"):
            return
        try:
            read_filter(event.value, VOCABULARY)
        except RiskcalcError as error:
            self.problem(str(error))
            return
        self.message.show(self.about)
        self.keep(filter=event.value.strip())
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
        """Close the filter, else drop it."""
        if self.filter_input.has_class("-open"):
            self._close_filter()
        elif self.state.get("filter"):
            self.keep(filter="")
            self.show_chain()
        else:
            self.message.show(self.about)

    def action_load_quotes(self) -> None:
        """Load a file of real quotes for the trade."""
        from riskcalc.tui.dialogs.quotes_screen import QuotesScreen  # noqa: PLC0415 - not needed for the first frame

        def loaded(found: tuple[Draft, Path] | None) -> None:
            if found:
                said = self.trade.take_quotes(*found)
                self.trade.keep_session()
                # The page comes back first, with what it always says.
                self.call_after_refresh(self.note, said)

        self.app.push_screen(QuotesScreen(self.editor), loaded)

    def on_expiry_strip_chosen(self, message: ExpiryStrip.Chosen) -> None:
        """Show the expiry that was clicked."""
        self._show_expiry(message.expiry)

    def on_row_list_picked(self, message: RowList.Picked) -> None:
        """Put an option that is clicked twice on the leg."""
        if message.again:
            self.action_use_row()
