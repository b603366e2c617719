"""What the page Chain shows: the quotes that the trade is planned on, by expiry and strike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui.keys import keys_of
from riskcalc.tui.pages.about_row import AboutRow
from riskcalc.tui.pages.expiry_strip import ExpiryStrip
from riskcalc.tui.pages.page import Page
from riskcalc.tui.pages.row_list import RowList

if TYPE_CHECKING:
    from riskcalc.chains import Chain
    from riskcalc.domain import OptionType
    from riskcalc.editor import Draft
    from riskcalc.editor.pages.chain import ExpiryBoard
    from riskcalc.editor.pages.filters import Filter, Vocabulary
    from riskcalc.editor.pages.strikes import StrikeLines
    from riskcalc.tui.trade_screen import TradeScreen


class ChainView(Page):
    """Expiries, and the strikes of one of them."""

    NAME = "chain"
    FILLED_BEFOREHAND = False
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

    def key(self, name: str) -> str:
        """The first key of a command, as it is printed on a keyboard."""
        return keys_of(name, self.table).partition(" ")[0]

    @property
    def filter_name(self) -> str:
        """Name of the filter in the session."""
        return "filter"

    @property
    def vocabulary(self) -> Vocabulary:
        """What the filter of the list may say."""
        from riskcalc.editor.pages.strikes import VOCABULARY  # noqa: PLC0415 - after the first frame

        return VOCABULARY

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
        self._show_strikes(draft)
        self._show_about(chain, draft)

    def _usage(self) -> str:
        """What the page can do, and what its marks mean."""
        return (
            f"{self.key('use-row')} puts the option on the leg, {self.key('row-at-spot')} to the spot. "
            "M monthly; gray: not tradable; gamma: $M of delta per 1% move, of all open interest"
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
        passing = max(len(self._lines or ()) - 1, 0)
        self.about_row.show(
            (taking or "the trade has no option leg", "leg"),
            (f"filter: {wanted} ({passing or 'no'} strikes)" if wanted else "", "warn"),
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
        strike = before.strike(self.strikes.cursor) if before is not None else None
        if strike is None:
            self.strikes.show(lines, cursor=self._first_line(lines, draft), centered=True)
        else:
            self.strikes.show(lines, cursor=lines.place_of(strike))

    @property
    def _lines(self) -> StrikeLines | None:
        return cast("StrikeLines | None", self.strikes.rows)

    def _filter(self) -> Filter:
        """The filter that is kept; one that means nothing any more lets everything pass."""
        from riskcalc.editor.pages.filters import NO_FILTER, read_filter  # noqa: PLC0415 - after the first frame

        try:
            return read_filter(self.state.get(self.filter_name, ""), self.vocabulary)
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
        stored = [day for day in listed if str(day) == self.state.get("expiry")]
        wanted = draft.trade.expiry or listed[0]
        return stored[0] if stored else min(listed, key=lambda day: abs(day - wanted))

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
