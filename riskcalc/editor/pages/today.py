"""The page Today: may I trade, what is due, what is coming, and how old the market is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from riskcalc.book import read_book_values
from riskcalc.book.use import book_use, book_words, user_book_risk
from riskcalc.domain.signals import SignalBoard
from riskcalc.domain.trading_day import TradingDay
from riskcalc.editor.pages.day import day_of
from riskcalc.editor.pages.section import Section
from riskcalc.editor.pages.today_sections import (
    events_section,
    market_fact,
    market_section,
    positions_section,
    signal_sections,
)
from riskcalc.editor.state import State
from riskcalc.environment import SET_ACCOUNT_LINE
from riskcalc.formatting.metric import Style
from riskcalc.formatting.signals import BoardVerdict, board_verdict
from riskcalc.formatting.today import Fact, account_fact, day_verdict, heat_fact
from riskcalc.presets.account_file import inherited_accounts, read_account, with_book
from riskcalc.presets.market_file import read_market
from riskcalc.records import dataclass
from riskcalc.signals.board import signal_board
from riskcalc.signals.rules import load_rules
from riskcalc.trading_day import read_trading_day

NO_DATA = BoardVerdict(
    words="no signal data",
    because="file some: riskcalc signals --update FILES, from FRED, your price and quote vendors",
    style=Style.WARN,
)
"""Verdict of a board without any data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the page shows."""

    verdict: BoardVerdict
    facts: tuple[Fact, ...]
    """Market, heat and account."""
    sections: Mapping[str, tuple[Section, ...]]
    """Tables by what they are about: ``market``, ``positions``, ``signals`` and ``events``."""
    known: TradingDay
    """What plans are held against."""


def read_today(state: State) -> Today:
    """Return what the user's files say of the day a trade is planned for, else of the clock's.

    Parameters
    ----------
    state : State
        Of the trade being planned: its prices, time stop and expiry.

    Raises
    ------
    RiskcalcError
        A file of signals, events, the market, the account or the book cannot be read.
    """
    day = day_of(state)
    trading_day, own_account = read_trading_day(day, book=lambda: read_book_values(day)), read_account()
    risk = user_book_risk(today=day)
    account = inherited_accounts(with_book(own_account, None if risk is None else book_use(risk))).whole
    open_risk = account.open_risk if risk is None else risk.totals.risk
    source = "no book: open risk of account.toml" if risk is None else book_words(risk)
    board, verdict = _board(trading_day, day)
    due = 0 if risk is None else len({position.id for position, _ in risk.due})
    left = account.equity * account.limits.max_heat_fraction - open_risk
    return Today(
        verdict=day_verdict(verdict, heat_left=left, due=due),
        facts=(
            market_fact(state),
            heat_fact(account, open_risk=open_risk, source=source),
            account_fact(account, is_sample="equity" not in own_account, remedy=SET_ACCOUNT_LINE),
        ),
        sections={
            "market": (market_section(state, read_market(), day),),
            "positions": (positions_section(risk),),
            "signals": signal_sections(board),
            "events": (events_section(state, trading_day.events or (), day),),
        },
        known=trading_day,
    )


def _board(trading_day: TradingDay, day: dt.date) -> tuple[SignalBoard, BoardVerdict]:
    """The board and its verdict; the rules that ship with riskcalc where there are no data at all."""
    board = trading_day.board or signal_board(load_rules(), {}, day=day)
    if all(signal.fired is None for signal in board.signals):
        return board, NO_DATA
    return board, board_verdict(board)
