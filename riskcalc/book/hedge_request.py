"""A request for a hedge: with TZA, SPY or IWM puts, at the prices of the book or of today's market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from riskcalc.book.board_values import read_book_values
from riskcalc.book.book import Book
from riskcalc.book.hedge import Hedge, size_hedge
from riskcalc.domain import Market, OptionType, Scenario, Side, Trade, long_option, put_spread, shares
from riskcalc.domain.sessions import is_third_friday
from riskcalc.domain.signals import SignalBoard, SignalRole
from riskcalc.errors import InvalidInputError
from riskcalc.presets import Preset, load_preset
from riskcalc.records import dataclass
from riskcalc.signals.board import signal_board
from riskcalc.signals.book_values import book_series
from riskcalc.signals.rules import load_rules
from riskcalc.signals.store import read_store

HEDGE_PRESETS = {"TZA": "tza-hedge", "SPY": "iwm-spy-pair", "put": "iwm-call-spread"}
"""Instruments of a hedge, and the preset whose market quotes each where the book does not."""

OUT_OF_THE_MONEY, USUAL_DAYS = 0.97, 45
"""Strike of a put as a share of the spot, and its days, where none are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRequest:
    """Terms of a hedge; either `to` or `share`."""

    kind: str = "TZA"
    """``TZA``, bought; ``SPY``, sold short; ``put``, on IWM."""
    to: float | None = None
    """Maximum loss of the book in the scenario `at`, hedge included [dollars]."""
    at: str = "risk-off-5"
    share: float | None = None
    """Share of the IWM-equivalent to offset, in (0, 1]."""
    strike: float | None = None
    """Of the put [dollars]; 3 % below the spot when left out."""
    short_strike: float | None = None
    """Of a put sold against it [dollars]."""
    expiry: dt.date | None = None
    """Of the put; the third Friday from 45 days on when left out."""
    price: float | None = None
    """Of TZA or SPY [dollars]; that of the market of today when left out."""

    def __post_init__(self) -> None:
        """Check that the terms of the hedge fit its instrument."""
        if self.kind not in HEDGE_PRESETS:
            raise InvalidInputError(f"with must be one of {', '.join(HEDGE_PRESETS)}, got {self.kind!r}")


def hedge_book(
    book: Book, request: HedgeRequest, scenarios: Sequence[Scenario]
) -> tuple[Hedge, tuple[str, ...]]:
    """Return the requested hedge of a book, and notes: assumptions, prices, and rules of its preset.

    Parameters
    ----------
    book : Book
        Its open trades are hedged, at its marks.
    request : HedgeRequest
        What is asked.
    scenarios : sequence of Scenario
        From `riskcalc.load_scenarios`.

    Raises
    ------
    BookError
        Nothing is open, or a trade has no price.
    InvalidInputError
        See `riskcalc.book.hedge.size_hedge`.
    """
    preset = load_preset(HEDGE_PRESETS[request.kind])
    quotes = preset.market
    if request.price is not None and request.kind != "put":
        quotes = quotes.with_quote(request.kind, spot=request.price)
    risk = book.risk()
    spot = next(
        (position.spot for position in risk.positions if position.symbol == "IWM" and position.spot), None
    )
    hedge = size_hedge(
        book.trades(),
        book.marks(),
        unit=_unit(request, quotes, spot=spot, day=risk.date),
        quotes=quotes,
        scenarios=scenarios,
        at=request.at,
        to=request.to,
        share=request.share,
        instruments=book.instruments,
    )
    return hedge, (*hedge.notes, *_price_note(request, quotes, preset), *_rules(request.kind))


def _unit(request: HedgeRequest, quotes: Market, *, spot: float | None, day: dt.date) -> Trade:
    """One unit of the hedge."""
    if request.kind != "put":
        return shares(request.kind, side=Side.SHORT if request.kind == "SPY" else Side.LONG)
    last = request.expiry or day + dt.timedelta(days=USUAL_DAYS)
    while request.expiry is None and not is_third_friday(last):
        last += dt.timedelta(days=1)
    strike = request.strike or round(OUT_OF_THE_MONEY * (spot or quotes.quote("IWM").spot))
    if request.short_strike is None:
        return long_option("IWM", option_type=OptionType.PUT, strike=strike, expiry=last)
    return put_spread("IWM", long_strike=strike, short_strike=request.short_strike, expiry=last)


def _price_note(request: HedgeRequest, quotes: Market, preset: Preset) -> list[str]:
    """Where price and IV of a hedge in shares come from."""
    if request.kind == "put":
        return []
    quote = quotes.quote(request.kind)
    typed = request.price is not None
    source = "typed" if typed else f"{preset.sources.spot or 'preset'}, {quotes.date}"
    price = f"{request.kind} at its mark in the book, else {quote.spot:.2f} ({source})"
    return [f"{price}; IV {quote.vol:.0%}"]


def _rules(kind: str) -> list[str]:
    """Exits of the preset of the hedge."""
    if kind != "TZA":
        return []
    exits = load_preset("tza-hedge").exits
    targets = ", ".join(f"+{100 * target.move:g}%" for target in exits.targets)
    rule = f"stop {-100 * exits.stop:g}%, targets {targets}, at most {exits.holding_days} days"
    return [f"exits of tza-hedge: {rule}; resize it each week"]


def hedge_triggers(day: dt.date) -> SignalBoard:
    """Return the signals of a day that are a reason to hedge, with the members of their combinations.

    Parameters
    ----------
    day : date
        Today.

    Raises
    ------
    PresetError
        The user's rules or data of signals cannot be read.
    """
    rules = load_rules()
    series = {**read_store(), **book_series(rules, partial(read_book_values, day))}
    board = signal_board(rules, series, day=day)
    return SignalBoard(
        day=board.day, signals=tuple(signal for signal in board.signals if signal.role is SignalRole.HEDGE)
    )


def trigger_note(board: SignalBoard) -> str:
    """Describe which hedge triggers have fired, lack data or are old."""
    known = [signal for signal in board.signals if signal.counts]
    fired = [signal.name for signal in known if signal.fired]
    unknown = [signal.name for signal in known if signal.fired is None]
    old = [signal.name for signal in known if signal.stale]
    quiet = "no hedge trigger is known to have fired" if unknown else "no hedge trigger has fired"
    message = f"fired: {', '.join(fired)}" if fired else quiet
    if unknown:
        message += (
            f"; without data: {', '.join(unknown)} (riskcalc signals --update FILES, or --enter NAME=VALUE)"
        )
    return f"{message}; old data: {', '.join(old)}" if old else message
