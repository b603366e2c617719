"""Risk of a book: each open trade to its stop, and all together in common moves of IWM."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from riskcalc.analysis import Conditions, Floats, PositionGreeks, payoff
from riskcalc.book.book_market import BookMarket, Marks, build_book_market
from riskcalc.book.due import due_of, stop_passed
from riskcalc.book.exposures import ASSUMPTION, correlation, iwm_beta, iwm_shock, spy_beta
from riskcalc.book.fills import Contract
from riskcalc.book.manual_fills import open_units
from riskcalc.book.plan_facts import PlanFacts, plan_facts
from riskcalc.book.repricing import (
    Underlying,
    UnitValues,
    can_be_valued,
    underlyings,
    value_units,
    values_at_stops,
)
from riskcalc.book.risk_records import (
    BookGreeks,
    BookRisk,
    BookTotals,
    Heat,
    PositionRisk,
    ShockRow,
)
from riskcalc.book.stop_distance import Ranges, in_deviations, in_ranges, range_notes
from riskcalc.book.trades import BookTrade, mark_key, trade_of
from riskcalc.domain import InstrumentTable, Market, Trade
from riskcalc.domain.validation import open_fraction
from riskcalc.errors import InvalidInputError
from riskcalc.planning import scenario_move
from riskcalc.sizing import buying_power

LADDER = tuple(percent / 100 for percent in range(-8, 9))
"""Moves of IWM in the shock ladder."""

COMMON_SHOCK = 0.05
"""Move of IWM, either way, that all open trades are held to."""


class _Valued(NamedTuple):
    """An open trade with its values now and along moves of IWM."""

    trade: BookTrade
    underlying: Underlying
    now: PositionGreeks
    values: Mapping[Contract, float]
    """Of each contract now [dollars per share]."""
    vols: Mapping[Contract, float]
    pnl: Floats
    """At each move of IWM [dollars]."""
    exposure: Floats
    """IWM-equivalent after each move [dollars]."""


def book_risk(
    trades: Sequence[BookTrade],
    marks: Marks,
    *,
    market: Market | None = None,
    today: dt.date | None = None,
    shock: float = COMMON_SHOCK,
    instruments: InstrumentTable | None = None,
    ranges: Ranges | None = None,
) -> BookRisk:
    """Return the risk of the open trades among some.

    Parameters
    ----------
    trades : sequence of BookTrade
        Closed ones are left out.
    marks : mapping
        Day and price of the latest mark of each contract.
    market : Market, optional
        Its date, rate and quotes go before marks and plans; see
        `riskcalc.book.book_market.build_book_market`.
    today : date, optional
        Day for what is due; that of the marks when left out.
    shock : float
        Common move of IWM, either way, a fraction in (0, 1).
    instruments : mapping, optional
        Instruments by symbol, from `riskcalc.load_instruments`; the shipped ones when left out.
    ranges : mapping of str to AverageRange, optional
        Average true ranges by symbol, in which the distance to the stop is said; none when left out.

    Returns
    -------
    BookRisk
        A trade without a price counts with the loss of what it cost, and is named in `notes`.
    """
    open_fraction("shock", shock)
    open_trades = [trade for trade in trades if trade.status == "open"]
    book_market = build_book_market(open_trades, marks, given=market, instruments=instruments)
    moves = (0.0, *LADDER, -shock, shock)
    valued = {position.trade.id: position for position in _valued(open_trades, book_market, moves)}
    at_stops = _stop_values(valued, book_market)
    pnls = _sum_rows([position.pnl for position in valued.values()], len(moves))
    exposures = _sum_rows([position.exposure for position in valued.values()], len(moves))
    worst = len(moves) - 2 + int(pnls[-1] < pnls[-2])
    day, ranges = today or book_market.market.date, ranges or {}
    risk_of = partial(_position, book_market=book_market, worst=worst, today=day, ranges=ranges)
    positions = tuple(risk_of(trade, valued.get(trade.id), at_stops.get(trade.id)) for trade in open_trades)
    stopped = [book_market.instrument(position.symbol) for position in positions if position.stop is not None]
    ladder = tuple(
        ShockRow(move=move, pnl=float(pnl), iwm_equivalent=float(exposure))
        for move, pnl, exposure in zip(LADDER, pnls[1:-2], exposures[1:-2], strict=True)
    )
    unpriced = math.fsum(position.risk for position in positions if position.value is None)
    at_shock = max(-float(pnls[worst]), 0.0) + unpriced
    date = book_market.market.date if open_trades or market is not None else today or book_market.market.date
    return BookRisk(
        date=date,
        oldest_price=book_market.oldest,
        positions=positions,
        totals=_totals(open_trades, positions, book_market=book_market, shock=shock, at_shock=at_shock),
        ladder=ladder,
        notes=(*book_market.notes, *_notes(positions), *range_notes(stopped, ranges, today=day)),
        instruments=instruments,
    )


def _sum_rows(rows: Sequence[Floats], columns: int) -> Floats:
    """Sum of arrays, element by element; zeros without any."""
    return np.sum(rows, axis=0) if rows else np.zeros(columns)


def _valued(trades: Sequence[BookTrade], book_market: BookMarket, moves: Sequence[float]) -> list[_Valued]:
    """Open trades that can be valued, along moves of IWM within one session."""
    valued, market, table = [], book_market.market, book_market.instruments
    for symbol, underlying in underlyings(trades, book_market).items():
        shocked = (
            scenario_move(underlying.instrument, iwm_shock(move), rate=market.rate, instruments=table)
            for move in moves
        )
        spots = np.maximum(underlying.spot * (1 + np.array([move for move, _ in shocked])), 0.0)
        (units,) = value_units(underlying, market, Conditions(spot=spots))
        beta = iwm_beta(underlying.instrument, rate=market.rate, instruments=table)
        valued += [
            _value_trade(trade, underlying, units, book_market=book_market, spots=spots * beta)
            for trade in trades
            if trade.symbol == symbol and can_be_valued(trade, book_market)
        ]
    return valued


def _value_trade(
    trade: BookTrade,
    underlying: Underlying,
    units: UnitValues,
    *,
    book_market: BookMarket,
    spots: Floats,
) -> _Valued:
    along = units.position(trade)
    return _Valued(
        trade=trade,
        underlying=underlying,
        now=PositionGreeks(*(field[..., 0] for field in along)),
        values={key: float(units.greeks.value[row, 0]) for key, row in units.rows.items()},
        vols=book_market.vols,
        pnl=along.value - along.value[0],
        exposure=along.delta * spots,
    )


def _stop_values(valued: Mapping[int, _Valued], book_market: BookMarket) -> dict[int, float]:
    """Lowest value at the stop of each trade whose stop has not been passed, by trade number."""
    values = {}
    for symbol in dict.fromkeys(position.trade.symbol for position in valued.values()):
        stopped = [
            (position.trade, plan)
            for position in valued.values()
            if position.trade.symbol == symbol
            and (plan := _plan(position.trade)) is not None
            and not stop_passed(plan, position.underlying.spot)
        ]
        if stopped:
            underlying = valued[stopped[0][0].id].underlying
            least = values_at_stops(underlying, stopped, book_market)
            values.update({trade.id: value for (trade, _), value in zip(stopped, least, strict=True)})
    return values


def _plan(trade: BookTrade) -> PlanFacts | None:
    return plan_facts(trade.plan) if trade.plan else None


def _position(
    trade: BookTrade,
    valued: _Valued | None,
    at_stop: float | None,
    *,
    book_market: BookMarket,
    worst: int,
    today: dt.date,
    ranges: Ranges,
) -> PositionRisk:
    plan, market = _plan(trade), book_market.market
    spot = market.quotes[trade.symbol].spot if trade.symbol in market.quotes else None
    risk, basis = _risk(trade, valued, at_stop, plan=plan, market=market)
    greeks = BookGreeks() if valued is None or spot is None else _greeks(valued.now, spot)
    traded, table = book_market.instrument(trade.symbol), book_market.instruments
    value = None if valued is None else float(valued.now.value)
    stop = None if plan is None or spot is None else min(plan.stops, key=lambda level: abs(level - spot))
    distance = None if stop is None or spot is None else stop / spot - 1
    pnl = _pnl(trade, value)
    return PositionRisk(
        id=trade.id,
        symbol=trade.symbol,
        description=trade.description,
        quantity=trade.quantity,
        opened=trade.opened.date(),
        days=max((today - trade.opened.date()).days, 0),
        spot=spot,
        value=value,
        pnl=pnl,
        r_multiple=pnl / trade.one_r if pnl is not None and trade.one_r else None,
        stop=stop,
        stop_distance=distance,
        stop_atr=in_ranges(distance, traded, ranges),
        stop_deviations=in_deviations(distance, market.quotes[trade.symbol].vol if spot else 0.0),
        risk=risk,
        risk_basis=basis,
        loss_at_shock=None if valued is None else 0.0 - float(valued.pnl[worst]),
        iwm_equivalent=greeks.dollar_delta * iwm_beta(traded, rate=market.rate, instruments=table),
        spy_equivalent=greeks.dollar_delta * spy_beta(traded, rate=market.rate, instruments=table),
        greeks=greeks,
        buying_power=_buying_power(trade, valued),
        due=due_of(
            trade, plan, spot=spot, market=market, values=valued.values if valued else {}, today=today
        ),
        preset=trade.preset,
    )


def _pnl(trade: BookTrade, value: float | None) -> float | None:
    """Profit at the marks, else at the model value."""
    if trade.pnl is not None or value is None:
        return trade.pnl
    paid = sum(
        holding.quantity * holding.entry * holding.contract.multiplier + holding.costs
        for holding in trade.holdings
    )
    return trade.realized_pnl + value - paid


def _greeks(now: PositionGreeks, spot: float) -> BookGreeks:
    return BookGreeks(
        dollar_delta=float(now.delta) * spot,
        gamma_per_percent=float(now.gamma) * spot * spot / 100,
        theta_per_day=float(now.theta) / 365,
        vega_per_point=float(now.vega) / 100,
        rho_per_point=float(now.rho) / 100,
    )


def _risk(
    trade: BookTrade,
    valued: _Valued | None,
    at_stop: float | None,
    *,
    plan: PlanFacts | None,
    market: Market,
) -> tuple[float, str]:
    """Loss from the mark to the stop, else the max loss, with the costs of leaving; and which it is."""
    costs = 0.0 if plan is None else (open_units(trade) * plan.cost_per_unit + plan.cost_per_trade) / 2
    if valued is None:
        return _cost_at_risk(trade), "no price: what it cost"
    if at_stop is not None:
        return max(float(valued.now.value) - at_stop + costs, 0.0), "to the stop"
    basis = "no stop: max loss" if plan is None else "stop passed: max loss"
    return _max_loss(trade, valued, market) + costs, basis


def _cost_at_risk(trade: BookTrade) -> float:
    """Cost of a trade; infinite if any leg is short."""
    if any(holding.quantity < 0 for holding in trade.holdings):
        return math.inf
    return math.fsum(
        holding.quantity * holding.entry * holding.contract.multiplier for holding in trade.holdings
    )


def _max_loss(trade: BookTrade, valued: _Valued, market: Market) -> float:
    """Largest loss from the mark on, at the nearest expiry or at a share price of zero."""
    try:
        return payoff.max_loss(_at_values(trade, valued), market=market)
    except InvalidInputError:  # fractions and adjusted contracts are no trade of whole units
        return (
            float(valued.now.value) if all(holding.quantity > 0 for holding in trade.holdings) else math.inf
        )


def _at_values(trade: BookTrade, valued: _Valued) -> Trade:
    """The trade as if entered at its values now."""
    return trade_of(
        {holding.contract: holding.quantity for holding in trade.holdings},
        prices={
            holding.contract: max(valued.values[mark_key(holding.contract)], 0.0)
            for holding in trade.holdings
        },
        vols=valued.vols,
        instruments={trade.symbol: valued.underlying.instrument},
    )


def _buying_power(trade: BookTrade, valued: _Valued | None) -> float:
    """Margin at current values; for positions that are not whole units, their value or cost."""
    if valued is None:
        return abs(
            math.fsum(
                holding.quantity * holding.entry * holding.contract.multiplier for holding in trade.holdings
            )
        )
    try:
        return buying_power(_at_values(trade, valued), spot=valued.underlying.spot)
    except InvalidInputError:
        return abs(float(valued.now.value))


def _totals(
    trades: Sequence[BookTrade],
    positions: Sequence[PositionRisk],
    *,
    book_market: BookMarket,
    shock: float,
    at_shock: float,
) -> BookTotals:
    risk = math.fsum(position.risk for position in positions)
    planned = {trade.id: trade.one_r for trade in trades if trade.one_r}
    in_r = [position.risk / planned[position.id] for position in positions if position.id in planned]
    pnls = [position.pnl for position in positions]
    names = [field.name for field in dataclasses.fields(BookGreeks)]
    return BookTotals(
        risk=risk,
        risk_in_r=math.fsum(in_r) if in_r else None,
        heat=Heat(sum=risk, correlated=_correlated_risk(positions, book_market), shock=at_shock),
        shock=shock,
        iwm_equivalent=math.fsum(position.iwm_equivalent for position in positions),
        spy_equivalent=math.fsum(position.spy_equivalent for position in positions),
        greeks=BookGreeks(
            **{name: math.fsum(getattr(position.greeks, name) for position in positions) for name in names}
        ),
        buying_power=math.fsum(position.buying_power for position in positions),
        pnl=None if None in pnls else math.fsum(pnl or 0.0 for pnl in pnls),
    )


def _correlated_risk(positions: Sequence[PositionRisk], book_market: BookMarket) -> float:
    """Combine risks as sqrt(r' C r), each with the sign of its direction; see `Heat`."""
    if any(math.isinf(position.risk) for position in positions):
        return math.inf
    signed: dict[str, float] = {}
    for position in positions:
        direction = math.copysign(
            1.0, position.greeks.dollar_delta * book_market.instrument(position.symbol).leverage
        )
        signed[position.symbol] = signed.get(position.symbol, 0.0) + direction * position.risk
    traded, table = [book_market.instrument(symbol) for symbol in signed], book_market.instruments
    risks = np.array(list(signed.values()))
    matrix = np.array(
        [[correlation(instrument, other, instruments=table) for other in traded] for instrument in traded]
    ).reshape(len(traded), len(traded))
    return math.sqrt(max(float(risks @ matrix @ risks), 0.0))


def _notes(positions: Sequence[PositionRisk]) -> list[str]:
    """Notes: trades that cannot be valued, trades without a stop, and assumptions about common moves."""
    notes = [
        f"trade {position.id}, {position.description}, has no price and is in no Greek, shock or ladder: "
        "mark it"
        for position in positions
        if position.value is None
    ]
    unstopped = [str(position.id) for position in positions if position.risk_basis.endswith("max loss")]
    if unstopped:
        notes.append(f"without a stop that holds, at their max loss: trade {', '.join(unstopped)}")
    return [*notes, ASSUMPTION] if positions else notes
