"""Vertical spreads of one option series as columns: differences of two legs picked by index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis import first_exit
from riskcalc.analysis.lognormal import lognormal_probs_below, smile_probs_below
from riskcalc.domain import Account, Calibration, ExitPlan, OptionLeg, Side, Trade, View
from riskcalc.records import dataclass
from riskcalc.scanning.columns import Column, Columns, Rows, Shared, Values
from riskcalc.scanning.expiry_exits import (
    ExpiryExits,
    ExpiryModel,
    break_even_drifts,
    build_exits,
    value_at_exits,
)
from riskcalc.scanning.rules import SpreadKind
from riskcalc.scanning.series import OptionSeries
from riskcalc.sizing import cost_per_trade, cost_per_unit, uncovered_margin
from riskcalc.sizing.partial_exits import closed_fractions_by_units
from riskcalc.sizing.percent_risk import SLACK

Floats = NDArray[np.float64]

Indices = NDArray[np.intp]

Splits = list[tuple[float, ...]]

NEUTRAL = View.neutral()

MOST_SPLIT = 10_000
"""Units above which rounding to whole units at targets is negligible."""


class Verticals(NamedTuple):
    """Verticals of one kind: long and short legs as indices into the series."""

    kind: SpreadKind
    long: Indices
    short: Indices
    debit: Floats
    """[dollars per spread], negative when received."""
    max_loss: Floats
    max_profit: Floats
    spread_cost: Floats
    """Cost of the bid-ask widths [dollars per spread]."""

    def net(self, per_share: Floats, multiplier: int) -> Floats:
        """Return long leg minus short leg [dollars per spread]."""
        net: Floats = multiplier * (per_share[self.long] - per_share[self.short])
        return net


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadTerms:
    """Inputs shared by all spreads of one kind and expiry."""

    model: ExpiryModel
    trade: Trade
    """One of them, for commissions, dividends and multiplier."""
    account: Account
    exits: ExitPlan
    """With the side set."""
    view: View
    calibration: Calibration
    """Realized over implied volatility, for the calibrated odds."""
    break_even: bool = False
    """Whether to add the breakeven drift."""

    @property
    def calibrated_view(self) -> View:
        """The view at k times the implied volatility."""
        return self.view.calibrated(self.calibration.k)


def build_verticals(
    series: OptionSeries, model: ExpiryModel, kind: SpreadKind, *, multiplier: int
) -> Verticals:
    """Return all verticals of a kind that pass the rules and can both gain and lose."""
    rules = model.rules
    low, high = np.triu_indices(len(series), k=1)
    width = series.strike[high] - series.strike[low]
    long, short = (low, high) if kind.side > 0 else (high, low)
    delta = np.abs(series.greeks.delta)
    in_delta_range = (delta >= rules.min_delta) & (delta <= rules.max_delta)
    selected = in_delta_range[long] & (width >= rules.min_width) & (width <= rules.max_width)
    long, short, width = long[selected], short[selected], multiplier * width[selected]
    bought, sold, spread_cost = (multiplier * part for part in series.fills(rules.at))
    debit = bought[long] - sold[short]
    max_loss = debit + width * kind.is_credit
    selected = (max_loss > 0) & (max_loss < width) & (debit <= rules.max_debit)
    long, short, debit, max_loss = long[selected], short[selected], debit[selected], max_loss[selected]
    cost = spread_cost[long] + spread_cost[short]
    return Verticals(kind, long, short, debit, max_loss, width[selected] - max_loss, cost)


def build_columns(series: OptionSeries, verticals: Verticals, terms: SpreadTerms) -> Columns:
    """Return the table's columns for verticals of one kind and expiry."""
    size = terms.trade.instrument.option_multiplier
    greeks, costs = series.greeks, terms.account.costs
    cost = cost_per_unit(terms.trade, costs) + verticals.spread_cost
    risk = verticals.max_loss + cost
    value = verticals.net(greeks.value, size)
    units = units_within_limits(
        account=terms.account,
        risk=risk,
        cost_per_trade=cost_per_trade(costs),
        capital=_capital(series, verticals, terms),
        market_value=np.abs(value),
    )
    breakeven = _breakevens(series, verticals, size)
    chance = Shared(_profit_columns(terms, breakeven, gains_above=verticals.kind.side > 0))
    long, short = verticals.long, verticals.short
    return {
        "long_strike": lambda rows: series.strike[long[rows]],
        "short_strike": lambda rows: series.strike[short[rows]],
        "debit": verticals.debit.__getitem__,
        "max_loss": verticals.max_loss.__getitem__,
        "max_profit": verticals.max_profit.__getitem__,
        "reward_to_risk": lambda rows: verticals.max_profit[rows] / verticals.max_loss[rows],
        "breakeven": breakeven.__getitem__,
        "prob_profit": chance.column(0),
        "prob_from_smile": chance.column(1),
        "prob_profit_calibrated": chance.column(2),
        "value": value.__getitem__,
        **_greek_columns(series, verticals, size),
        "cost": cost.__getitem__,
        "risk": risk.__getitem__,
        "units": units.__getitem__,
        "open_interest": lambda rows: np.minimum(
            series.open_interest[long[rows]], series.open_interest[short[rows]]
        ),
        **_managed(series, verticals, terms, units=units, entry=verticals.debit + cost, value=value),
    }


def _greek_columns(series: OptionSeries, verticals: Verticals, size: float) -> Columns:
    """The Greeks of a unit in trader units."""
    greeks = series.greeks
    long, short = verticals.long, verticals.short

    def net(per_share: Floats) -> Column:
        return lambda rows: size * (per_share[long[rows]] - per_share[short[rows]])

    return {
        "delta": net(greeks.delta),
        "gamma": net(greeks.gamma),
        "theta_per_day": net(greeks.theta / 365),
        "vega_per_point": net(greeks.vega / 100),
    }


def _profit_columns(
    terms: SpreadTerms, breakeven: Floats, *, gains_above: bool
) -> Callable[[Rows], tuple[Values, ...]]:
    """P(profit), whether it is from the smile, and P(profit) at the calibrated vol."""
    calibrated = replace(terms, view=terms.calibrated_view)

    def columns(rows: Rows) -> tuple[Values, ...]:
        chance, from_smile = _prob_profit(terms, breakeven[rows], gains_above=gains_above)
        later, _ = _prob_profit(calibrated, breakeven[rows], gains_above=gains_above)
        return chance, from_smile, later

    return columns


def units_within_limits(
    *, account: Account, risk: Floats, cost_per_trade: float, capital: Floats, market_value: Floats
) -> NDArray[np.int64]:
    """Return the whole units within all limits of an account, as `riskcalc.sizing.size_within_limits`.

    Parameters
    ----------
    account : Account
        Equity, buying power, heat and limits.
    risk : ndarray
        Planned loss of one unit with its costs [dollars], > 0.
    cost_per_trade : float
        Round-trip costs paid once [dollars], >= 0.
    capital : ndarray
        Buying power used by one unit [dollars], >= 0.
    market_value : ndarray
        Absolute market value of one unit [dollars], >= 0.

    Examples
    --------
    >>> one, two, three = (np.array([part]) for part in (240.0, 200.0, 200.0))
    >>> account = Account(equity=100_000, open_risk=5_500)
    >>> units_within_limits(account=account, risk=one, cost_per_trade=0.0, capital=two, market_value=three)
    array([2])
    """
    largest = account.equity * account.limits.max_position_fraction
    allowed = [
        _units_within(account.risk_budget, risk, fixed=cost_per_trade),
        _units_within(account.heat_left, risk, fixed=cost_per_trade),
        _units_within(account.free_buying_power, capital),
        _units_within(largest, market_value),
    ]
    fewest: Floats = np.minimum.reduce(allowed)
    return fewest.astype(np.int64)


def _capital(series: OptionSeries, verticals: Verticals, terms: SpreadTerms) -> Floats:
    """Buying power of each spread: its max loss, or the uncovered margin of the short leg if less."""
    if not verticals.kind.is_credit:
        return verticals.max_loss
    model, listed = terms.model, terms.trade.instrument
    uncovered_margins = [
        uncovered_margin(_short_leg(strike, series, model), instrument=listed, spot=model.spot)
        for strike in series.strike
    ]
    bought, _, _ = series.fills(model.rules.at)
    size = listed.option_multiplier
    uncovered: Floats = size * (np.array(uncovered_margins)[verticals.short] + bought[verticals.long])
    return np.minimum(verticals.max_loss, uncovered)


def _short_leg(strike: float, series: OptionSeries, model: ExpiryModel) -> OptionLeg:
    return OptionLeg(
        side=Side.SHORT, option_type=series.option_type, strike=float(strike), expiry=model.expiry
    )


def _managed(
    series: OptionSeries,
    verticals: Verticals,
    terms: SpreadTerms,
    *,
    units: NDArray[np.int64],
    entry: Floats,
    value: Floats,
) -> Columns:
    """Columns of the managed outcome: values at exits, probabilities, expected P&L under the view."""
    edge = value - entry
    size, risk = terms.trade.instrument.option_multiplier, verticals.max_loss + entry - verticals.debit
    expiry_exits = _exits_under(series, terms, terms.view)
    values, at_levels = value_at_exits(
        terms.model, expiry_exits, sign=int(series.option_type), strike=series.strike
    )
    splits, split = _unit_splits(terms.exits, units)
    expected = _expected(verticals, terms, expiry_exits, values=values, splits=splits, split=split)
    change = np.zeros_like(expected)
    if terms.view != NEUTRAL:
        neutral_exits = _exits_under(series, terms, NEUTRAL)
        neutral_values, _ = value_at_exits(
            terms.model, neutral_exits, sign=int(series.option_type), strike=series.strike
        )
        change = expected - _expected(
            verticals, terms, neutral_exits, values=neutral_values, splits=splits, split=split
        )
    extra: Columns = {}
    if terms.break_even:
        drifts = _break_even(
            verticals, terms, expiry_exits, values=values, splits=splits, split=split, entry=entry
        )
        extra["break_even_drift"] = drifts.__getitem__
    calibrated_stop = _calibrated_stop_first(terms)
    return {
        **_exit_columns(verticals, at_levels, size=size, entry=entry, risk=risk),
        "prob_stop_first": lambda rows: np.full(len(risk[rows]), expiry_exits.stop_first),
        "prob_stop_first_calibrated": lambda rows: np.full(len(risk[rows]), calibrated_stop),
        "expected_pnl": lambda rows: expected[rows] - entry[rows],
        "expected_r": lambda rows: (expected[rows] - entry[rows]) / risk[rows],
        "edge": edge.__getitem__,
        "view_pnl": lambda rows: edge[rows] + change[rows],
        "view_r": lambda rows: (edge[rows] + change[rows]) / risk[rows],
        **extra,
    }


def _exit_columns(
    verticals: Verticals, at_levels: Floats, *, size: int, entry: Floats, risk: Floats
) -> Columns:
    """Columns of the values at the stop and at the targets, and of the R at the targets."""

    def value(level: int) -> Callable[[Rows], Floats]:
        at_level = at_levels[:, level]
        return lambda rows: size * (at_level[verticals.long[rows]] - at_level[verticals.short[rows]])

    def multiple(level: int) -> Column:
        value_at_level = value(level)
        return lambda rows: (value_at_level(rows) - entry[rows]) / risk[rows]

    targets = range(1, at_levels.shape[1])
    values: Columns = {f"value_at_target_{level}": value(level) for level in targets}
    multiples: Columns = {f"r_at_target_{level}": multiple(level) for level in targets}
    return {"value_at_stop": value(0), **values, **multiples}


def _calibrated_stop_first(terms: SpreadTerms) -> float:
    """P(stop hit first) at k times the implied volatility."""
    return first_exit(terms.trade, terms.model.market, terms.exits, view=terms.calibrated_view).stop


def _exits_under(series: OptionSeries, terms: SpreadTerms, view: View) -> ExpiryExits:
    least = float(series.vol.min())
    return build_exits(
        terms.model, terms.trade, terms.exits, view=view, least_vol=least, strikes=series.strike
    )


def _expected(
    verticals: Verticals,
    terms: SpreadTerms,
    expiry_exits: ExpiryExits,
    *,
    values: Floats,
    splits: Splits,
    split: Indices,
) -> Floats:
    """Expected discounted exit value of each spread: per option and split, then by index."""
    per_option = np.stack([expiry_exits.expected(values, split) for split in splits])
    size = terms.trade.instrument.option_multiplier
    expected: Floats = size * (per_option[split, verticals.long] - per_option[split, verticals.short])
    return expected


def _break_even(
    verticals: Verticals,
    terms: SpreadTerms,
    expiry_exits: ExpiryExits,
    *,
    values: Floats,
    splits: Splits,
    split: Indices,
    entry: Floats,
) -> Floats:
    drifts = np.empty(len(split))
    for number, fractions in enumerate(splits):
        rows = np.flatnonzero(split == number)
        drifts[rows] = break_even_drifts(
            expiry_exits,
            values,
            fractions=fractions,
            long=verticals.long[rows],
            short=verticals.short[rows],
            multiplier=terms.trade.instrument.option_multiplier,
            entry=entry[rows],
        )
    return drifts


def _unit_splits(exits: ExitPlan, units: NDArray[np.int64]) -> tuple[Splits, Indices]:
    """Distinct splits of whole units over the targets, and the index of each row's split."""
    capped = np.minimum(units, MOST_SPLIT)
    split_by_units = closed_fractions_by_units(exits, np.flatnonzero(np.bincount(capped)).tolist())
    numbers: dict[tuple[float, ...], int] = {}
    split_index = np.zeros(MOST_SPLIT + 1, dtype=np.intp)
    for count, split in split_by_units.items():
        split_index[count] = numbers.setdefault(split, len(numbers))
    return list(numbers), split_index[capped]


def _breakevens(series: OptionSeries, verticals: Verticals, size: int) -> Floats:
    """Spots at which the payoff is zero [dollars]."""
    from_low = verticals.max_profit if verticals.kind.is_credit else verticals.max_loss
    low, high = (
        choose(series.strike[verticals.long], series.strike[verticals.short])
        for choose in (np.minimum, np.maximum)
    )
    breakevens: Floats = low + from_low / size if series.option_type > 0 else high - from_low / size
    return breakevens


def _prob_profit(
    terms: SpreadTerms, breakeven: Floats, *, gains_above: bool
) -> tuple[Floats, NDArray[np.bool_]]:
    """P(profit) at expiry, as `RiskReport.prob_profit`, and whether it is from the smile."""
    smile = terms.model.smile.moving(terms.model.rules.sticky)
    market = terms.model.market.with_quote(terms.model.symbol, smile=smile)
    below = smile_probs_below(terms.trade, market, breakeven, view=terms.view)
    if below is None:
        below = np.full(len(breakeven), np.nan)
    missing = np.isnan(below)
    below[missing] = lognormal_probs_below(terms.trade, market, breakeven[missing], view=terms.view)
    chance: Floats = 1 - below if gains_above else below
    return chance, ~missing


def _units_within(available: float, per_unit: Floats, *, fixed: float = 0.0) -> Floats:
    """Whole units within a limit; inf if it does not bind."""
    with np.errstate(divide="ignore"):
        units = np.maximum(np.floor((available - fixed) / per_unit), 0.0)
    one_more: Floats = units + (fixed + (units + 1) * per_unit <= available * (1 + SLACK))
    return one_more
