"""Every vertical of one series as columns: differences of its two legs, picked by index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.lognormal import lognormal_probs_below, smile_probs_below
from riskcalc.domain import Account, ExitPlan, OptionLeg, Side, Trade, View
from riskcalc.scanning.break_even import break_even_drifts
from riskcalc.scanning.expiry_exits import ExpiryExits, Model, build_exits, exit_values
from riskcalc.scanning.rules import SpreadKind
from riskcalc.scanning.series import Series
from riskcalc.sizing import cost_per_trade, cost_per_unit, exit_units, uncovered_margin
from riskcalc.sizing.percent_risk import SLACK

Floats = NDArray[np.float64]

Indices = NDArray[np.intp]

Columns = dict[str, NDArray[np.generic]]

Ways = list[tuple[float, ...]]

NEUTRAL = View.neutral()

MOST_PARTED = 10_000
"""Units from which the parts closed at targets are as planned for all that anyone can tell."""


class Pairs(NamedTuple):
    """Verticals of one kind: what is bought and what is sold, as indices into the series."""

    kind: SpreadKind
    long: Indices
    short: Indices
    debit: Floats
    """[dollars per spread], negative when received."""
    max_loss: Floats
    max_profit: Floats
    spread_cost: Floats
    """What the quoted widths cost [dollars per spread]."""

    def net(self, per_share: Floats, multiplier: int) -> Floats:
        """Bought less sold, in dollars per spread."""
        net: Floats = multiplier * (per_share[self.long] - per_share[self.short])
        return net


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all spreads of one kind and expiry share."""

    model: Model
    trade: Trade
    """Any of them: commissions, dividends and multiplier are read off it."""
    account: Account
    exits: ExitPlan
    """With the side set."""
    view: View
    break_even: bool = False
    """Whether the drift that breaks even is a column."""


def pair_up(series: Series, model: Model, kind: SpreadKind, *, multiplier: int) -> Pairs:
    """All verticals of a kind that the rules let through and that can both gain and lose."""
    rules = model.rules
    low, high = np.triu_indices(len(series), k=1)
    width = series.strike[high] - series.strike[low]
    long, short = (low, high) if kind.side > 0 else (high, low)
    delta = np.abs(series.greeks.delta)
    wanted = (delta >= rules.min_delta) & (delta <= rules.max_delta)
    kept = wanted[long] & (width >= rules.min_width) & (width <= rules.max_width)
    long, short, width = long[kept], short[kept], multiplier * width[kept]
    bought, sold, spread_cost = (multiplier * part for part in series.fills(rules.at))
    debit = bought[long] - sold[short]
    max_loss = debit + width * kind.is_credit
    kept = (max_loss > 0) & (max_loss < width) & (debit <= rules.max_debit)
    long, short, debit, max_loss = long[kept], short[kept], debit[kept], max_loss[kept]
    cost = spread_cost[long] + spread_cost[short]
    return Pairs(kind, long, short, debit, max_loss, width[kept] - max_loss, cost)


def columns_of(series: Series, pairs: Pairs, terms: Terms) -> Columns:
    """Columns of the table for verticals of one kind and expiry."""
    size = terms.trade.instrument.option_multiplier
    greeks, costs = series.greeks, terms.account.costs
    cost = cost_per_unit(terms.trade, costs) + pairs.spread_cost
    risk = pairs.max_loss + cost
    value = pairs.net(greeks.value, size)
    units = units_within_limits(
        account=terms.account,
        risk=risk,
        cost_per_trade=cost_per_trade(costs),
        capital=_capital(series, pairs, terms),
        market_value=np.abs(value),
    )
    breakeven = _breakevens(series, pairs, size)
    chance, from_smile = _prob_profit(terms, breakeven, gains_above=pairs.kind.side > 0)
    return {
        "long_strike": series.strike[pairs.long],
        "short_strike": series.strike[pairs.short],
        "debit": pairs.debit,
        "max_loss": pairs.max_loss,
        "max_profit": pairs.max_profit,
        "reward_to_risk": pairs.max_profit / pairs.max_loss,
        "breakeven": breakeven,
        "prob_profit": chance,
        "prob_from_smile": from_smile,
        "value": value,
        "delta": pairs.net(greeks.delta, size),
        "gamma": pairs.net(greeks.gamma, size),
        "theta_per_day": pairs.net(greeks.theta, size) / 365,
        "vega_per_point": pairs.net(greeks.vega, size) / 100,
        "cost": cost,
        "risk": risk,
        "units": units,
        "open_interest": np.minimum(series.open_interest[pairs.long], series.open_interest[pairs.short]),
        **_managed(series, pairs, terms, units=units, entry=pairs.debit + cost, value=value),
    }


def joined(blocks: Sequence[Columns], name: str) -> NDArray[np.generic]:
    """One column of several blocks, one under the other."""
    return np.concatenate([block[name] for block in blocks])


def units_within_limits(
    *, account: Account, risk: Floats, cost_per_trade: float, capital: Floats, market_value: Floats
) -> NDArray[np.int64]:
    """Whole units under all limits of an account: `riskcalc.sizing.size_within_limits`, array by array.

    Parameters
    ----------
    account : Account
        Equity, buying power, heat and limits.
    risk : ndarray
        Planned loss of one unit with its costs [dollars], > 0.
    cost_per_trade : float
        Round-trip costs paid once [dollars], >= 0.
    capital : ndarray
        Buying power one unit ties up [dollars], >= 0.
    market_value : ndarray
        Of one unit, without sign [dollars], >= 0.

    Examples
    --------
    >>> one, two, three = (np.array([part]) for part in (240.0, 200.0, 200.0))
    >>> account = Account(equity=100_000, open_risk=5_500)
    >>> units_within_limits(account=account, risk=one, cost_per_trade=0.0, capital=two, market_value=three)
    array([2])
    """
    largest = account.equity * account.limits.max_position_fraction
    allowed = [
        _fitting(account.risk_budget, risk, fixed=cost_per_trade),
        _fitting(account.heat_left, risk, fixed=cost_per_trade),
        _fitting(account.free_buying_power, capital),
        _fitting(largest, market_value),
    ]
    fewest: Floats = np.minimum.reduce(allowed)
    return fewest.astype(np.int64)


def _capital(series: Series, pairs: Pairs, terms: Terms) -> Floats:
    """Buying power of each spread: what it can lose, or what the sold option takes uncovered, if less."""
    if not pairs.kind.is_credit:
        return pairs.max_loss
    model, listed = terms.model, terms.trade.instrument
    alone = [
        uncovered_margin(_sold(strike, series, model), instrument=listed, spot=model.spot)
        for strike in series.strike
    ]
    bought, _, _ = series.fills(model.rules.at)
    size = listed.option_multiplier
    uncovered: Floats = size * (np.array(alone)[pairs.short] + bought[pairs.long])
    return np.minimum(pairs.max_loss, uncovered)


def _sold(strike: float, series: Series, model: Model) -> OptionLeg:
    return OptionLeg(
        side=Side.SHORT, option_type=series.option_type, strike=float(strike), expiry=model.expiry
    )


def _managed(
    series: Series, pairs: Pairs, terms: Terms, *, units: NDArray[np.int64], entry: Floats, value: Floats
) -> Columns:
    """What the exits bring: levels at the time stop, chances, and expectations under the view."""
    edge = value - entry
    size, risk = terms.trade.instrument.option_multiplier, pairs.max_loss + entry - pairs.debit
    laid = _lay(series, terms, terms.view)
    worth, at_levels = exit_values(terms.model, laid, sign=int(series.option_type), strike=series.strike)
    levels = [pairs.net(at_levels[:, place], size) for place in range(at_levels.shape[1])]
    ways, way = _ways(terms.exits, units)
    expected = _expected(pairs, terms, laid, worth=worth, ways=ways, way=way)
    change = np.zeros_like(expected)
    if terms.view != NEUTRAL:
        still = _lay(series, terms, NEUTRAL)
        worth_still, _ = exit_values(terms.model, still, sign=int(series.option_type), strike=series.strike)
        change = expected - _expected(pairs, terms, still, worth=worth_still, ways=ways, way=way)
    extra: Columns = {}
    if terms.break_even:
        drifts = _break_even(pairs, terms, laid, worth=worth, ways=ways, way=way, entry=entry)
        extra["break_even_drift"] = drifts
    targets = {f"value_at_target_{place}": level for place, level in enumerate(levels[1:], start=1)}
    multiples = {
        f"r_at_target_{place}": (level - entry) / risk for place, level in enumerate(levels[1:], start=1)
    }
    return {
        "value_at_stop": levels[0],
        **targets,
        **multiples,
        "prob_stop_first": np.full(len(risk), laid.stop_first),
        "expected_pnl": expected - entry,
        "expected_r": (expected - entry) / risk,
        "edge": edge,
        "view_pnl": edge + change,
        "view_r": (edge + change) / risk,
        **extra,
    }


def _lay(series: Series, terms: Terms, view: View) -> ExpiryExits:
    least = float(series.vol.min())
    return build_exits(
        terms.model, terms.trade, terms.exits, view=view, least_vol=least, strikes=series.strike
    )


def _expected(
    pairs: Pairs, terms: Terms, laid: ExpiryExits, *, worth: Floats, ways: Ways, way: Indices
) -> Floats:
    """Expected discounted exit value of each spread: per option and way to part it, then by index."""
    per_option = np.stack([laid.expected(worth, one) for one in ways])
    size = terms.trade.instrument.option_multiplier
    expected: Floats = size * (per_option[way, pairs.long] - per_option[way, pairs.short])
    return expected


def _break_even(
    pairs: Pairs, terms: Terms, laid: ExpiryExits, *, worth: Floats, ways: Ways, way: Indices, entry: Floats
) -> Floats:
    drifts = np.empty(len(way))
    for number, fractions in enumerate(ways):
        rows = np.flatnonzero(way == number)
        drifts[rows] = break_even_drifts(
            laid,
            worth,
            fractions=fractions,
            long=pairs.long[rows],
            short=pairs.short[rows],
            multiplier=terms.trade.instrument.option_multiplier,
            entry=entry[rows],
        )
    return drifts


def _ways(exits: ExitPlan, units: NDArray[np.int64]) -> tuple[Ways, Indices]:
    """The ways in which whole units are parted over the targets, and the one of each row."""
    capped = np.minimum(units, MOST_PARTED)
    counts = np.flatnonzero(np.bincount(capped))
    parted = {int(count): closed_fractions(exits, units=int(count)) for count in counts}
    ways = list(dict.fromkeys(parted.values()))
    place = np.zeros(MOST_PARTED + 1, dtype=np.intp)
    for count, way in parted.items():
        place[count] = ways.index(way)
    return ways, place[capped]


def closed_fractions(exits: ExitPlan, *, units: int) -> tuple[float, ...]:
    """Part of the position closed at each target, in whole units; as planned when there are none."""
    fractions = tuple(target.fraction for target in exits.targets)
    if not units or not fractions:
        return fractions
    return tuple(count / units for count in exit_units(units=units, fractions=fractions))


def _breakevens(series: Series, pairs: Pairs, size: int) -> Floats:
    """Spots at which the payoff is zero [dollars]."""
    from_low = pairs.max_profit if pairs.kind.is_credit else pairs.max_loss
    low, high = (
        choose(series.strike[pairs.long], series.strike[pairs.short]) for choose in (np.minimum, np.maximum)
    )
    breakevens: Floats = low + from_low / size if series.option_type > 0 else high - from_low / size
    return breakevens


def _prob_profit(terms: Terms, breakeven: Floats, *, gains_above: bool) -> tuple[Floats, NDArray[np.bool_]]:
    """Probability of a gain at the expiry, and whether it is the smile's: as `RiskReport.prob_profit` is."""
    smile = terms.model.smile.moving(terms.model.rules.sticky)
    market = terms.model.market.with_quote(terms.model.symbol, smile=smile)
    below = smile_probs_below(terms.trade, market, breakeven, view=terms.view)
    if below is None:
        below = np.full(len(breakeven), np.nan)
    lacking = np.isnan(below)
    below[lacking] = lognormal_probs_below(terms.trade, market, breakeven[lacking], view=terms.view)
    chance: Floats = 1 - below if gains_above else below
    return chance, ~lacking


def _fitting(available: float, per_unit: Floats, *, fixed: float = 0.0) -> Floats:
    """Whole units that fit, rounded down but for rounding; inf where nothing binds."""
    with np.errstate(divide="ignore"):
        units = np.maximum(np.floor((available - fixed) / per_unit), 0.0)
    one_more: Floats = units + (fixed + (units + 1) * per_unit <= available * (1 + SLACK))
    return one_more
