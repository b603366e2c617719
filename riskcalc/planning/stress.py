"""Stress test of a plan: P&L of its position under named scenarios, without a stop."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from riskcalc.analysis import value_position
from riskcalc.analysis.ladder import to_r_multiple
from riskcalc.domain import (
    Account,
    Instrument,
    InstrumentTable,
    Scenario,
    StressResult,
    StressRow,
    TradePlan,
    find_instrument,
)
from riskcalc.domain import instrument as instrument_of
from riskcalc.domain.sessions import sessions_later
from riskcalc.domain.validation import record, records
from riskcalc.errors import InvalidInputError
from riskcalc.pricing.daily_reset import SESSIONS_PER_YEAR, fund_path
from riskcalc.sizing import cost_per_trade, cost_per_unit

FUND_CHARGES = "fee and financing of the fund included"
"""Note on multi-session moves derived with a leveraged fund."""


def stress(
    plan: TradePlan,
    scenarios: Iterable[Scenario],
    *,
    account: Account,
    instruments: InstrumentTable | None = None,
) -> StressResult:
    """Return a planned trade repriced under each scenario, with its loss against the risk budget.

    No stop, target or time stop is applied. Spot, vols and rate move together, and the trade is repriced on
    the session on which the scenario ends; an option that has expired by then has its intrinsic value at that
    spot.

    Parameters
    ----------
    plan : TradePlan
        Plan from `riskcalc.plan` or `riskcalc.plan_preset`; moves start at its spot.
    scenarios : iterable of Scenario
        From `riskcalc.load_scenarios`, or made in Python.
    account : Account
        Account of the plan, for costs and risk budget.
    instruments : mapping, optional
        Instruments by symbol, from `riskcalc.load_instruments`; default: the shipped ones.

    Returns
    -------
    StressResult
        A tuple with one row per scenario, in order, in dollars; `note` tells the source of the move.

    Raises
    ------
    InvalidInputError
        A fund's move would take its benchmark below zero.

    Notes
    -----
    A move that the scenario does not state follows from its benchmark or from a daily-reset fund on it: over
    one session the fund moves leverage times the benchmark, exactly; over several, the benchmark moves
    equally in each session, and `fund_path` compounds the fund, less fee and financing at the scenario's
    rate. This smooth path is the most favorable one for the fund. Dividends are ignored. Without a related
    symbol in the scenario, a benchmark moves by its approximate beta in each session; without a beta it is
    unchanged. The note states which. A pair moves by the difference of its funds' moves.

    References
    ----------
    Cheng and Madhavan, "The Dynamics of Leveraged and Inverse Exchange-Traded Funds", Journal of Investment
    Management 7 (2009), equation 1.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import ExitPlan, Market, Quote, shares
    >>> from riskcalc.planning import plan
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"TNA": Quote(spot=60, vol=0.6)})
    >>> account = Account(equity=100_000)
    >>> held = plan(shares("TNA"), market, account, ExitPlan(stop=0.12, holding_days=28))
    >>> selloff = Scenario(name="selloff", meaning="small caps fall 5% in a day", moves={"IWM": -0.05})
    >>> (row,) = stress(held, [selloff], account=account)
    >>> row.note, round(row.move, 4), round(row.pnl_all_units), row.holds
    ('TNA is +3x IWM -5%', -0.15, -1242, False)
    """
    record("plan", TradePlan, plan)
    record("account", Account, account)
    checked = records("scenarios", Scenario, scenarios)
    rows = (_row(plan, scenario, account=account, instruments=instruments) for scenario in checked)
    return StressResult(rows, plan=plan)


def _row(
    plan: TradePlan, scenario: Scenario, *, account: Account, instruments: InstrumentTable | None
) -> StressRow:
    report, units = plan.report, plan.size.units
    trade, market = report.trade, report.market
    rate = market.rate + scenario.rate_shift
    move, note = scenario_move(trade.instrument, scenario, rate=rate, instruments=instruments)
    spot = market.quote(trade.symbol).spot * (1 + move)
    day = sessions_later(market.date, scenario.sessions)
    value = value_position(
        trade,
        dataclasses.replace(market, rate=rate),
        spot=spot,
        days=market.days_to(day),
        vol_shift=scenario.vol_shift,
    ).value
    pnl = float(value) - report.net_debit - cost_per_unit(trade, account.costs)
    pnl_all_units = units * pnl - cost_per_trade(account.costs) if units else 0.0
    return StressRow(
        scenario=scenario,
        date=day,
        move=move,
        note=note,
        spot=spot,
        value=float(value),
        pnl=pnl,
        pnl_all_units=pnl_all_units,
        r_multiple=to_r_multiple(pnl, plan.size.loss_per_unit),
        # Slack for rounding, as in the budget check of a plan.
        holds=-pnl_all_units <= account.risk_budget * (1 + 1e-9),
    )


class _Source(NamedTuple):
    """Symbol whose stated move determines another."""

    symbol: str
    leverage: float
    """Its daily return as a multiple of the benchmark's."""
    fee: float
    """Expense ratio a year."""

    @classmethod
    def of(cls, instrument: Instrument) -> _Source:
        return cls(instrument.symbol, instrument.leverage, instrument.fee)

    def benchmark_move(self, move: float, *, rate: float) -> float:
        """Daily benchmark move that gives a daily move of this symbol, with charges."""
        return (move + self._charge(rate)) / self.leverage

    def compounded(self, daily: float, sessions: int, *, rate: float) -> float:
        """Move over all sessions when the benchmark moves equally in each; never below -1."""
        if sessions == 1:
            return max(self.leverage * daily, -1.0)
        returns = np.full(sessions, daily)
        path = fund_path(leverage=self.leverage, daily_returns=returns, fee=self.fee, financing=rate)
        return float(path[-1]) - 1

    def _charge(self, rate: float) -> float:
        return (self.fee + (self.leverage - 1) * rate) / SESSIONS_PER_YEAR


def scenario_move(
    instrument: Instrument, scenario: Scenario, *, rate: float, instruments: InstrumentTable | None = None
) -> tuple[float, str]:
    """Return the move of an instrument in a scenario, a fraction, and its source in words; see `stress`.

    Parameters
    ----------
    instrument : Instrument
        Fund, index or pair.
    scenario : Scenario
        Its moves and sessions.
    rate : float
        Continuously compounded, per year: what a leveraged fund pays for financing.
    instruments : mapping, optional
        Instruments by symbol; the shipped ones when left out.
    """
    symbol, benchmark = instrument.symbol, _benchmark(instrument)
    if symbol in scenario.moves:
        return float(scenario.moves[symbol]), f"{symbol} as stated"
    if instrument.against:
        return _difference(instrument, scenario, rate=rate, instruments=instruments)
    source = _source(benchmark, scenario, instruments)
    if source is None:
        by_beta = _move_by_beta(instrument, scenario, rate=rate, instruments=instruments)
        return by_beta or (0.0, _describe_unmoved(symbol, scenario))
    daily = _equal_daily_move(scenario.moves[source.symbol], scenario.sessions)
    daily = daily / source.leverage if scenario.sessions == 1 else source.benchmark_move(daily, rate=rate)
    if daily < -1:
        raise InvalidInputError(
            f"scenario {scenario.name}: {source.symbol} {_percent(scenario.moves[source.symbol])} "
            f"would take {benchmark} below zero"
        )
    sources = (
        _stated_source(benchmark),
        _Source.of(instrument) if symbol != benchmark else _stated_source(benchmark),
    )
    moved, move = (instrument.compounded(daily, scenario.sessions, rate=rate) for instrument in sources)
    return move, _describe_derivation(instrument, scenario, source=source, benchmark_move=moved, daily=daily)


def _move_by_beta(
    instrument: Instrument, scenario: Scenario, *, rate: float, instruments: InstrumentTable | None
) -> tuple[float, str] | None:
    """Move that follows from the beta of an instrument, or of its benchmark; None where there is none."""
    followed = (
        find_instrument(instrument.benchmark, instruments=instruments) if instrument.benchmark else instrument
    )
    if followed is None or followed.beta is None or _source(followed.beta_to, scenario, instruments) is None:
        return None
    reference, _ = scenario_move(
        instrument_of(followed.beta_to, instruments=instruments), scenario, rate=rate, instruments=instruments
    )
    daily = max(followed.beta * _equal_daily_move(reference, scenario.sessions), -1.0)
    move = daily if scenario.sessions == 1 else (1 + daily) ** scenario.sessions - 1
    source = (
        f"{followed.symbol} {_percent(move)} follows from {followed.beta_to} {_percent(reference)} "
        f"at an approximate beta of {followed.beta:g} ({followed.beta_as_of})"
    )
    if followed is instrument:
        return move, source
    moved = dataclasses.replace(scenario, moves={**scenario.moves, followed.symbol: move})
    instrument_move, how = scenario_move(instrument, moved, rate=rate, instruments=instruments)
    return instrument_move, f"{source}; {how}"


def _difference(
    pair: Instrument, scenario: Scenario, *, rate: float, instruments: InstrumentTable | None
) -> tuple[float, str]:
    """Return of a dollar of a pair: that of the fund held less that of the one sold."""
    funds = [instrument_of(symbol, instruments=instruments) for symbol in (pair.held, pair.against)]
    (held, how), (sold, other_how) = (
        scenario_move(fund, scenario, rate=rate, instruments=instruments) for fund in funds
    )
    source = f"{pair.held} {_percent(held)} less {pair.against} {_percent(sold)}"
    return held - sold, f"{source}: {how}; {other_how}" if how != other_how else f"{source}: {how}"


def _benchmark(instrument: Instrument) -> str:
    return instrument.benchmark or instrument.symbol


def _source(benchmark: str, scenario: Scenario, instruments: InstrumentTable | None) -> _Source | None:
    """The benchmark where the scenario moves it, else the first of its funds that it moves."""
    if benchmark in scenario.moves:
        return _stated_source(benchmark)
    moved = (find_instrument(symbol, instruments=instruments) for symbol in scenario.moves)
    funds = (_Source.of(fund) for fund in moved if fund and fund.benchmark == benchmark)
    return next(funds, None)


def _stated_source(benchmark: str) -> _Source:
    """A benchmark with its own stated move."""
    return _Source(benchmark, 1.0, 0.0)


def _equal_daily_move(move: float, sessions: int) -> float:
    """The move of each session when all are equal; of a single one the move itself, without rounding."""
    return float(move) if sessions == 1 else (1 + move) ** (1 / sessions) - 1


def _describe_derivation(
    instrument: Instrument, scenario: Scenario, *, source: _Source, benchmark_move: float, daily: float
) -> str:
    """Describe how a move is derived."""
    benchmark, parts = _benchmark(instrument), []
    moved = f"{benchmark} {_percent(benchmark_move)}"
    if source.symbol != benchmark:
        move_text = _percent(scenario.moves[source.symbol])
        parts.append(f"{moved} follows from {source.symbol} {move_text} at {source.leverage:+g}x")
    if instrument.symbol != benchmark:
        parts.append(f"{instrument.symbol} is {instrument.leverage:+g}x {moved}")
    if instrument.leverage * daily < -1:
        parts.append("a fund cannot fall below zero")
    if scenario.sessions > 1:
        parts.append(f"smooth path: {scenario.sessions} equal sessions of {benchmark} {_percent(daily)}")
        parts += [FUND_CHARGES] if (instrument.symbol, source.symbol) != (benchmark, benchmark) else []
    return "; ".join(parts)


def _describe_unmoved(symbol: str, scenario: Scenario) -> str:
    if not scenario.moves:
        return "no price moves"
    return f"the scenario gives no move for {symbol}: taken as unchanged"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:+.4g}%"
