"""Values of all options of one expiry at every exit, for one side of the market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis import exit_odds
from riskcalc.analysis.managed.exit_weights import ExitWeights, exit_weights
from riskcalc.analysis.managed.levels import ExitStages, exit_stages
from riskcalc.analysis.managed.timeline import Timeline, build_timeline
from riskcalc.analysis.strike_adjustment import adjusted_strikes
from riskcalc.chains import Smile
from riskcalc.domain import ExerciseStyle, ExitPlan, Market, Trade, View, instrument
from riskcalc.pricing import OptionGreeks, american, black_scholes
from riskcalc.scanning.rules import ScanRules, Valuation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpiryModel:
    """Pricing model of the options of one expiry."""

    symbol: str
    expiry: dt.date
    market: Market
    """Of that expiry: see `FittedChain.market_of`."""
    smile: Smile
    rules: ScanRules

    @property
    def days(self) -> float:
        """Calendar days to the end of the options, parts of a day included."""
        return self.market.days_to_expiry(self.expiry, instrument(self.symbol))

    @property
    def spot(self) -> float:
        """Spot now [dollars]."""
        return self.market.quote(self.symbol).spot

    @property
    def in_closed_form(self) -> bool:
        """Whether options are priced as European: they are, or the rules ask for speed."""
        return (
            self.rules.valuation is Valuation.EUROPEAN
            or instrument(self.symbol).exercise is ExerciseStyle.EUROPEAN
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
        times = [self.market.years_to(one.ex_date) for one in coming]
        amounts = [one.amount for one in coming]
        return american(**terms, dividend_times=times, dividend_amounts=amounts, elapsed=day / 365)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpiryExits:
    """Exits of one side in one expiry."""

    stages: ExitStages
    timeline: Timeline
    weights: ExitWeights
    spots: Floats
    """Of the points, shape (p,) [dollars]."""
    last_day: float
    """Days to the time stop."""
    levels: Floats
    """Stop and targets [dollars]."""
    stop_first: float
    """Chance to touch the stop before the nearest target, by the time stop."""
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
        stop_first=exit_odds(trade, model.market, exits, view=view).stop_first,
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
