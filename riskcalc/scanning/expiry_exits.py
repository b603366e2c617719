"""Values of all options of one expiry at every exit, for one side of the market."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis import first_exit
from riskcalc.analysis.managed.break_even import dividend_distance
from riskcalc.analysis.managed.exit_flow import ExitWeights, exit_weights
from riskcalc.analysis.managed.levels import ExitStages, exit_stages
from riskcalc.analysis.managed.timeline import Timeline, build_timeline
from riskcalc.analysis.strike_adjustment import adjusted_strikes
from riskcalc.chains import Smile
from riskcalc.domain import ExerciseStyle, ExitPlan, Instrument, Market, Trade, View
from riskcalc.pricing import OptionGreeks, american, black_scholes
from riskcalc.records import dataclass
from riskcalc.scanning.rules import ScanRules, Valuation

Floats = NDArray[np.float64]


Indices = NDArray[np.intp]
FURTHEST = 2.5
"""Search range of the drift, in deviations of the log price at the time stop."""

TRIED = 201
ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpiryModel:
    """Pricing model of the options of one expiry."""

    instrument: Instrument
    expiry: dt.date
    market: Market
    """Of that expiry: see `FittedChain.market_of`."""
    smile: Smile
    rules: ScanRules

    @property
    def symbol(self) -> str:
        """Symbol of the underlying."""
        return self.instrument.symbol

    @property
    def days(self) -> float:
        """Calendar days to the end of the options, parts of a day included."""
        return self.market.days_to_expiry(self.expiry, self.instrument)

    @property
    def spot(self) -> float:
        """Spot now [dollars]."""
        return self.market.quote(self.symbol).spot

    @property
    def in_closed_form(self) -> bool:
        """Whether options are priced as European: they are, or the rules ask for speed."""
        return (
            self.rules.valuation is Valuation.EUROPEAN or self.instrument.exercise is ExerciseStyle.EUROPEAN
        )

    def vols(self, strike: Floats, spot: ArrayLike | None = None) -> Floats:
        """Vols of strikes, also once the spot has moved."""
        return self.smile.vol(strike, expiry=self.expiry, spot=spot, sticky=self.rules.sticky)

    def greeks(
        self, *, sign: int, strike: Floats, vol: Floats, spot: ArrayLike, day: ArrayLike = 0.0
    ) -> OptionGreeks:
        """Value and raw Greeks per share; all inputs broadcast."""
        day = np.asarray(day, dtype=np.float64)
        terms: dict[str, ArrayLike] = {
            "sign": sign,
            "spot": spot,
            "strike": adjusted_strikes(
                strike, days=day, market=self.market, symbol=self.symbol, until=self.expiry
            ),
            "time_to_expiry": np.maximum(self.days - day, 0.0) / 365,
            "vol": vol,
            "rate": self.market.rate,
            "dividend_yield": self.market.quote(self.symbol).dividend_yield,
        }
        if self.in_closed_form:
            return black_scholes(**terms)
        coming = self.market.option_dividends_until(self.symbol, self.expiry)
        times = [self.market.years_to(dividend.ex_date) for dividend in coming]
        amounts = [dividend.amount for dividend in coming]
        return american(**terms, dividend_times=times, dividend_amounts=amounts, elapsed=day / 365)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpiryExits:
    """Exits of one side in one expiry."""

    stages: ExitStages
    timeline: Timeline
    weights: ExitWeights
    spots: Floats
    """Spots of the points, shape (p,) [dollars]."""
    last_day: float
    """Days to the time stop."""
    levels: Floats
    """Stop and targets [dollars]."""
    stop_first: float
    """P(stop hit first): before the nearest target, by the time stop."""
    vol_shift: float

    def expected(self, values: Floats, fractions: Sequence[float]) -> Floats:
        """Expected discounted exit value of each option, closed in parts."""
        expected: Floats = values @ self.weights.of(fractions)
        return expected


def build_exits(
    model: ExpiryModel, trade: Trade, exits: ExitPlan, *, view: View, least_vol: float, strikes: Floats
) -> ExpiryExits:
    """Return the weighted exits of all trades of an expiry on the same side of the market.

    Parameters
    ----------
    model : Model
        Of the expiry.
    trade : Trade
        Any vertical of the expiry; `exits.side` says the side.
    exits : ExitPlan
        With its side set.
    view : View
        Drift and vol of the spot.
    least_vol : float
        Lowest vol of the options.
    strikes : ndarray
        All strikes, for trades that are held to the expiry.
    """
    levels = exit_stages(trade, model.market, exits)
    timeline = build_timeline(trade, model.market, exits, view=view, levels=levels)
    to_expiry = timeline.last_day == model.expiry
    weights = exit_weights(
        levels,
        timeline,
        exits,
        days_to_expiry=model.days,
        least_vol=least_vol,
        strikes=strikes.tolist() if to_expiry else (),
    )
    side = int(levels.side)
    moves = [-exits.stop, *(target.move for target in exits.targets)]
    return ExpiryExits(
        stages=levels,
        timeline=timeline,
        weights=weights,
        spots=levels.spot * np.exp(side * weights.points.distance),
        last_day=timeline.days,
        levels=model.spot * (1 + side * np.array(moves)),
        stop_first=first_exit(trade, model.market, exits, view=view).stop,
        vol_shift=exits.vol_shift,
    )


def value_at_exits(
    model: ExpiryModel, exits: ExpiryExits, *, sign: int, strike: Floats
) -> tuple[Floats, Floats]:
    """Return option values at the exits, per share.

    Returns
    -------
    values : ndarray
        Discounted, at the points of the weights, shape (options, p).
    at_levels : ndarray
        At stop and targets on the day of the time stop, shape (options, 1 + targets).
    """
    points = exits.weights.points
    count = len(exits.levels)
    spot = np.concatenate([exits.spots, exits.levels])
    day = np.concatenate([points.day, np.full(count, exits.last_day)])
    shift = np.concatenate([points.vol_shift, [exits.vol_shift], np.zeros(count - 1)])
    vols = np.maximum(model.vols(strike[:, None], spot) + shift, 0.0)
    value = model.greeks(sign=sign, strike=strike[:, None], vol=vols, spot=spot, day=day).value
    discount = np.exp(-model.market.rate * points.day / 365)
    return value[:, :-count] * discount, value[:, -count:]


def break_even_drifts(
    exits: ExpiryExits,
    values: Floats,
    *,
    fractions: tuple[float, ...],
    long: Indices,
    short: Indices,
    multiplier: int,
    entry: Floats,
) -> Floats:
    """Return the drift per year at which the expected managed P&L of each spread is 0.

    Parameters
    ----------
    exits : ExpiryExits
        Of the spreads' side.
    values : ndarray
        Discounted values of the options at the points of the exits, shape (options, p).
    fractions : tuple of float
        Part closed at each target.
    long, short : ndarray
        What each spread buys and sells, as indices of the options, shape (n,).
    multiplier : int
        Shares an option stands for.
    entry : ndarray
        Debit and costs [dollars], shape (n,).

    Returns
    -------
    ndarray
        Shape (n,), the one nearest to the drift of the exits, to some 0.1% a year; NaN where there is none
        within `FURTHEST`. `ManagedOutcome.break_even_drift` is the same for one trade.
    """
    shifts, weights = _weights(exits, fractions)
    per_option, total = weights @ values.T, weights.sum(axis=1)
    drifts = np.empty(len(entry))
    for start in range(0, len(entry), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        received = multiplier * (per_option[:, long[rows]] - per_option[:, short[rows]])
        drifts[rows] = _zeros(shifts, received / total[:, None] - entry[rows])
    return exits.timeline.drift + int(exits.stages.side) * drifts


def _weights(exits: ExpiryExits, fractions: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Shifts of the drift in the trade's favor, and the weights of the points under each (Girsanov)."""
    timeline, stages, points = exits.timeline, exits.stages, exits.weights.points
    years = points.day / 365
    moved = points.distance - dividend_distance(years, timeline, stages)
    furthest = FURTHEST * timeline.diffusion / math.sqrt(timeline.days / 365)
    shifts = np.linspace(-furthest, furthest, TRIED)
    ahead = moved - timeline.log_drift(stages.side) * years - shifts[:, None] * years / 2
    factor = np.exp(np.clip(shifts[:, None] * ahead / timeline.diffusion**2, -700.0, 300.0))
    weights: Floats = factor * exits.weights.of(fractions)
    return shifts, weights


def _zeros(shifts: Floats, expected: Floats) -> Floats:
    """Zero of each column that is nearest to no shift, by straight lines between neighbors.

    Nan where there is none, and where some expectation is no number: it may hide the nearest one.
    """
    before, after = expected[:-1], expected[1:]
    crosses = (before <= 0) != (after <= 0)
    middle = np.abs(shifts[:-1] + shifts[1:])[:, None]
    nearest = np.where(crosses, middle, np.inf).argmin(axis=0)
    columns = np.arange(expected.shape[1])
    low, high = before[nearest, columns], after[nearest, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = shifts[nearest] + (shifts[1] - shifts[0]) * low / (low - high)
    found = crosses.any(axis=0) & np.isfinite(expected).all(axis=0)
    zeros: Floats = np.where(found, zero, np.nan)
    return zeros
