"""A hedge of a book: so many TZA, SPY sold short, or IWM puts that a scenario costs no more than a limit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from riskcalc.analysis import Conditions, enter_at_model, value_position
from riskcalc.book.book_market import BookMarket, Marks, build_book_market
from riskcalc.book.exposures import iwm_beta, iwm_shock
from riskcalc.book.repricing import book_pnls, can_be_valued, underlyings, value_units
from riskcalc.book.trades import BookTrade
from riskcalc.domain import InstrumentTable, Market, Scenario, Trade
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.sessions import sessions_later
from riskcalc.domain.validation import dollars, fraction
from riskcalc.errors import BookError, InvalidInputError
from riskcalc.planning import scenario_move
from riskcalc.planning.fund import weekly_decay
from riskcalc.records import dataclass
from riskcalc.sizing import buying_power

DRIFT_SESSIONS = (1, 5, 10)
"""Sessions after which the ratio of hedge to book is shown."""

SESSIONS_PER_YEAR = 252


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRow:
    """One scenario with and without the hedge: P&L from the marks [dollars]."""

    scenario: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """Share of the book's IWM-equivalent that the hedge offsets after a smooth move, without rebalancing."""

    sessions: int
    move: float
    """Of IWM over all sessions, a fraction: a standard deviation down, none, and one up."""
    ratio: float | None
    """None where the book has no exposure left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A sized hedge."""

    symbol: str
    description: str
    units: int
    """Shares, contracts or spreads."""
    unit_noun: str
    price: float
    """Of a unit [dollars]; negative where shares are sold short."""
    cost: float
    """Paid for all units [dollars]; the proceeds of a short sale are negative."""
    buying_power: float
    """Used by all units [dollars]."""
    goal: str
    exposure_before: float
    """IWM-equivalent of the book [dollars]."""
    exposure_after: float
    """With the hedge [dollars]."""
    rows: tuple[HedgeRow, ...]
    cost_per_week: float
    """What holding it costs while IWM does not move [dollars]: decay of the fund, or of the option."""
    drift: tuple[DriftRow, ...]
    notes: tuple[str, ...]

    @property
    def action(self) -> str:
        """What is done with the units."""
        return "sell short" if self.price < 0 else "buy"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; `before` and `after` by the name of the scenario."""
        data = dict(to_plain(self))
        rows = data.pop("rows")
        return data | {name: {row["scenario"]: row[name] for row in rows} for name in ("before", "after")}


def size_hedge(
    trades: Sequence[BookTrade],
    marks: Marks,
    *,
    unit: Trade,
    market: Market | None = None,
    quotes: Market | None = None,
    scenarios: Sequence[Scenario],
    at: str | None = None,
    to: float | None = None,
    share: float | None = None,
    instruments: InstrumentTable | None = None,
) -> Hedge:
    """Size a hedge of the open trades among some.

    Parameters
    ----------
    trades : sequence of BookTrade
        Closed ones are left out.
    marks : mapping
        Day and price of the latest mark of each contract.
    unit : Trade
        One unit of the hedge: a share of TZA, a share of SPY sold, a put or a put spread.
    market : Market, optional
        Goes before marks and plans; see `riskcalc.book.book_market.build_book_market`.
    quotes : Market, optional
        Quotes of the hedge where neither the marks nor `market` have any.
    scenarios : sequence of Scenario
        The one that is hedged, and those that are shown.
    at : str, optional
        Name of the scenario that `to` is about.
    to : float, optional
        Maximum loss of the book in it, hedge included [dollars], >= 0.
    share : float, optional
        Share of the IWM-equivalent that is offset, in (0, 1]; instead of `to`.
    instruments : mapping, optional
        Instruments by symbol, from `riskcalc.load_instruments`; the shipped ones when left out.

    Returns
    -------
    Hedge
        0 units where the book loses no more than that without one.

    Raises
    ------
    BookError
        Nothing is open, or a trade has no price.
    InvalidInputError
        Neither or both of `to` and `share` are given, there is no such scenario, or the hedge does not gain
        where the book loses.
    """
    open_trades = [trade for trade in trades if trade.status == "open"]
    if not open_trades:
        raise BookError("the book has no open trade to hedge")
    book_market = build_book_market(open_trades, marks, given=market, instruments=instruments)
    lacking = [trade.description for trade in open_trades if not can_be_valued(trade, book_market)]
    if lacking:
        raise BookError(f"{lacking[0]} has no price: mark it before a hedge is sized")
    hedging = _with_quote(book_market.market, quotes, marks, unit.symbol)
    unit = enter_at_model(unit, hedging)
    before = book_pnls(open_trades, book_market, scenarios)
    per_unit = [_scenario_pnl(unit, hedging, scenario) for scenario in scenarios]
    exposure, unit_exposure = _book_exposure(open_trades, book_market), _unit_exposure(unit, hedging)
    units, goal = _units(
        scenarios, before, per_unit, at=at, to=to, share=share, ratio=-exposure / unit_exposure
    )
    price = float(value_position(unit, hedging).value)
    spot = hedging.quote(unit.symbol).spot
    return Hedge(
        symbol=unit.symbol,
        description=unit.description if unit.option_legs else unit.symbol,
        units=units,
        unit_noun=unit.unit_noun,
        price=price,
        cost=units * price,
        buying_power=units * buying_power(unit, spot=spot),
        goal=goal,
        exposure_before=exposure,
        exposure_after=exposure + units * unit_exposure,
        rows=tuple(
            HedgeRow(scenario=scenario.name, before=loss, after=loss + units * gain)
            for scenario, loss, gain in zip(scenarios, before, per_unit, strict=True)
        ),
        cost_per_week=units * _cost_per_week(unit, hedging),
        drift=_hedge_ratio_drift(open_trades, book_market, unit, hedging, units=units),
        notes=book_market.notes,
    )


def _with_quote(market: Market, quotes: Market | None, marks: Marks, symbol: str) -> Market:
    """The book's market with a quote of the hedge: of the caller, at the mark where there is one."""
    if symbol in market.quotes and market.quote(symbol).vol:
        return market
    if quotes is None or symbol not in quotes.quotes:
        raise BookError(f"the book has no price and IV of {symbol}: give a market that quotes it")
    quote = quotes.quote(symbol)
    mark = next((price for contract, (_, price) in marks.items() if contract.label == symbol), quote.spot)
    return type(market)(
        date=market.date,
        rate=market.rate,
        time=market.time,
        quotes={
            **market.quotes,
            symbol: type(quote)(
                spot=mark,
                vol=quote.vol,
                dividend_yield=quote.dividend_yield,
                dividends=quote.dividends,
                borrow_fee=quote.borrow_fee,
            ),
        },
    )


def _units(
    scenarios: Sequence[Scenario],
    before: Sequence[float],
    per_unit: Sequence[float],
    *,
    at: str | None,
    to: float | None,
    share: float | None,
    ratio: float,
) -> tuple[int, str]:
    """Units that reach the goal, and a description of the goal."""
    if (to is None) == (share is None):
        raise InvalidInputError("give either the loss to hold the book to, or the share to offset")
    if share is not None:
        if ratio <= 0:
            raise InvalidInputError("the hedge moves as the book does: it would add to it")
        goal = f"offset {fraction('share', share):.0%} of the IWM-equivalent"
        return round(ratio * share), goal
    limit = dollars("to", to or 0.0)
    names = [scenario.name for scenario in scenarios]
    if at not in names:
        raise InvalidInputError(f"at must be one of {', '.join(names)}, got {at!r}")
    index = names.index(at)
    goal = f"lose at most ${limit:,.0f} in {at}"
    missing = -before[index] - limit
    if missing <= 0:
        return 0, goal
    if per_unit[index] <= 0:
        raise InvalidInputError(f"the hedge does not gain in {at}: it cannot hold the loss to ${limit:,.0f}")
    return math.ceil(missing / per_unit[index] - 1e-9), goal


def _scenario_pnl(unit: Trade, market: Market, scenario: Scenario) -> float:
    """P&L of a unit from now on, repriced on the last session of a scenario [dollars]."""
    rate = market.rate + scenario.rate_shift
    move, _ = scenario_move(unit.instrument, scenario, rate=rate)
    shifted = type(market)(date=market.date, rate=rate, time=market.time, quotes=market.quotes)
    after = value_position(
        unit,
        shifted,
        spot=market.quote(unit.symbol).spot * (1 + move),
        days=market.days_to(sessions_later(market.date, scenario.sessions)),
        vol_shift=scenario.vol_shift,
    )
    return float(after.value) - float(value_position(unit, market).value)


def _unit_exposure(unit: Trade, market: Market) -> float:
    delta = float(value_position(unit, market).delta) * market.quote(unit.symbol).spot
    exposure = delta * iwm_beta(unit.instrument, rate=market.rate)
    if exposure == 0:
        raise InvalidInputError(f"{unit.symbol} does not move with IWM: it cannot hedge the book")
    return exposure


def _book_exposure(
    trades: Sequence[BookTrade], book_market: BookMarket, *, move: float = 0.0, sessions: int = 0
) -> float:
    """IWM-equivalent of a book after a smooth move of IWM [dollars]."""
    total, market = 0.0, book_market.market
    for symbol, underlying in underlyings(trades, book_market).items():
        spot = underlying.spot * (1 + _move_under_iwm(underlying.trade, market, move=move, sessions=sessions))
        days = _days(market, sessions)
        (units,) = value_units(underlying, market, Conditions(spot=np.array([spot]), days=days))
        beta = iwm_beta(underlying.instrument, rate=market.rate, instruments=book_market.instruments)
        own_trades = [trade for trade in trades if trade.symbol == symbol]
        total += math.fsum(float(units.position(trade).delta[0]) * spot * beta for trade in own_trades)
    return total


def _move_under_iwm(unit: Trade, market: Market, *, move: float, sessions: int) -> float:
    """Move of an underlying when IWM moves smoothly over some sessions."""
    if not sessions:
        return 0.0
    shock = iwm_shock(move)
    scenario = Scenario(name="drift", meaning="a smooth move", moves=shock.moves, sessions=sessions)
    return scenario_move(unit.instrument, scenario, rate=market.rate)[0]


def _days(market: Market, sessions: int) -> float:
    return market.days_to(sessions_later(market.date, sessions)) if sessions else 0.0


def _hedge_ratio_drift(
    trades: Sequence[BookTrade], book_market: BookMarket, unit: Trade, market: Market, *, units: int
) -> tuple[DriftRow, ...]:
    """Ratio of hedge to book along IWM down a standard deviation, flat and up one."""
    index_vol = market.quote(unit.symbol).vol / unit.instrument.leverage_factor
    vol = book_market.market.quotes["IWM"].vol if "IWM" in book_market.market.quotes else index_vol
    rows = []
    for sessions in DRIFT_SESSIONS:
        deviation = (vol or index_vol) * math.sqrt(sessions / SESSIONS_PER_YEAR)
        for move in (math.expm1(-deviation), 0.0, math.expm1(deviation)):
            book = _book_exposure(trades, book_market, move=move, sessions=sessions)
            spot = market.quote(unit.symbol).spot * (
                1 + _move_under_iwm(unit, market, move=move, sessions=sessions)
            )
            delta = float(value_position(unit, market, spot=spot, days=_days(market, sessions)).delta)
            hedge = units * delta * spot * iwm_beta(unit.instrument, rate=market.rate)
            rows.append(DriftRow(sessions=sessions, move=move, ratio=-hedge / book if book else None))
    return tuple(rows)


def _cost_per_week(unit: Trade, market: Market) -> float:
    """Loss of a unit over five sessions if its benchmark does not move [dollars]."""
    now, fund = value_position(unit, market), unit.instrument
    if unit.option_legs:
        later = value_position(unit, market, days=market.days_to(market.date + dt.timedelta(days=7)))
        return float(now.value) - float(later.value)
    if fund.leverage == 1:
        return -float(now.theta) * 7 / 365
    vol = market.quote(unit.symbol).vol / fund.leverage_factor
    return float(now.value) * weekly_decay(fund, vol=vol, financing=market.rate)
