"""Forward implied by the quotes of each expiry: call and put of one strike have the same vol."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from riskcalc.chains.chain import Chain
from riskcalc.chains.quote_rows import QuoteStatus
from riskcalc.domain import CashDividend, ExerciseStyle, Market
from riskcalc.domain.validation import finite
from riskcalc.errors import ChainError
from riskcalc.pricing import ImpliedVol, american_implied_vol, black_scholes, implied_vol
from riskcalc.pricing.arrays import Days, Flags, Floats
from riskcalc.records import dataclass

MOST_PAIRS = 10
"""Maximum number of strikes used, nearest to the spot."""

ROUNDS = 8
SETTLED = 1e-6
"""Difference of the two vols below which a pair agrees."""

MOST_STEPS = 60
"""Steps to the rate of a forward; with usual dividends it takes some five."""

RATE_SETTLED = 1e-13
"""Last change of the log of the forward in that search."""

ROUNDING = 1e-9
"""Minimum deviation of a forward, as a fraction of spot: a quote without width has a finite weight."""

OUTLIER = 3.0
"""Distance from the median, in half widths or median distances, beyond which a pair is excluded as stale."""

UNIFORM = math.sqrt(12)
"""Width of a quote over the standard deviation of a price uniformly distributed within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedForward:
    """Forward of one expiry, and the carry that makes the pricing model give it."""

    expiry: dt.date
    years: float
    """From the time of the quotes, ACT/365."""
    forward: float
    """[dollars]"""
    error: float
    """One standard deviation of the forward, from quoted widths and scatter [dollars]; inf without pairs."""
    rate: float
    """Rate to price with, continuous, per year: the implied one where dividends were given."""
    dividend_yield: float
    """Yield to price with, continuous, per year: the implied one where no dividends were given."""
    vol: float
    """ATM volatility at the forward from the pairs; NaN without pairs."""
    pairs: int
    """Strikes whose call and put were used; 0 where the forward is that of the given rate and dividends."""
    dividend_value: float
    """Present value, at the given rate, of dividends implied by the quotes until expiry [dollars]."""

    @property
    def carry_error(self) -> float:
        """One standard deviation of the implied rate or yield, per year."""
        return self.error / self.forward / self.years if self.years > 0 else math.inf


class PricingTerms(NamedTuple):
    """Rate, dividends and exercise style behind the implied forwards."""

    rate: float
    times: Floats
    """Ex-dates [years from the time of the quotes]."""
    amounts: Floats
    exercise: ExerciseStyle

    @property
    def free_rate(self) -> bool:
        """Whether the rate is implied by the quotes, since the dividends are known."""
        return bool(self.times.size)

    def forward(self, *, spot: float, years: Floats, rate: Floats, dividend_yield: Floats) -> Floats:
        """Forward of a spot that pays the dividends and the yield."""
        paid = (self.times > 0) & (self.times <= np.asarray(years)[..., None])
        value = (paid * self.amounts * np.exp(-np.asarray(rate)[..., None] * self.times)).sum(axis=-1)
        forward: Floats = (spot - value) * np.exp((rate - dividend_yield) * years)
        return forward

    def vols(self, *, premium: ArrayLike, **contract: ArrayLike) -> ImpliedVol:
        """Volatilities implied by premiums."""
        if self.exercise is ExerciseStyle.EUROPEAN:
            return implied_vol(premium=premium, **contract)
        return american_implied_vol(
            premium=premium, **contract, dividend_times=self.times, dividend_amounts=self.amounts
        )


def pricing_terms(
    chain: Chain,
    *,
    rate: float,
    dividends: tuple[CashDividend, ...] = (),
    exercise: ExerciseStyle = ExerciseStyle.AMERICAN,
) -> PricingTerms:
    """Rate and dividends in years from the day of a chain; past ex-dates are left out.

    European options are priced on a yield: their dividends are left to the implied one.
    """
    priced_in = dividends if exercise is ExerciseStyle.AMERICAN else ()
    coming = [dividend for dividend in priced_in if dividend.ex_date > chain.date and dividend.amount > 0]
    return PricingTerms(
        rate=finite("rate", rate),
        times=np.array([chain.years_to(dividend.ex_date) for dividend in coming], dtype=np.float64),
        amounts=np.array([dividend.amount for dividend in coming], dtype=np.float64),
        exercise=exercise,
    )


def implied_forwards(
    chain: Chain,
    *,
    rate: float,
    dividends: tuple[CashDividend, ...] = (),
    exercise: ExerciseStyle = ExerciseStyle.AMERICAN,
) -> tuple[ImpliedForward, ...]:
    """Forward of every expiry, from the calls and puts near the money.

    Parameters
    ----------
    chain : Chain
        Quotes.
    rate : float
        Interest rate, continuous, per year.
    dividends : tuple of CashDividend
        Cash dividends, forecasts included (`Market.dividends_until`). With them the quotes imply a rate of
        their own for each expiry: the funding of shares, borrowing fee included. Without them they imply a
        yield beside the given rate.
    exercise : ExerciseStyle
        Of the options; European ones leave cash dividends to the implied yield.

    Returns
    -------
    tuple of ImpliedForward
        One for each listed expiry that is still ahead, nearest first.

    Notes
    -----
    At each strike the rate or yield is sought at which the American vols of the call's and of the put's mid
    are one: the put-call parity of European options, with early exercise priced in on both sides. The pairs
    are averaged by the inverse square of their quoted widths, those far from the middle one left out; the
    error is that of the mean, widened where the pairs scatter more than their widths explain.

    A yield cannot stand for a cash dividend close to the expiry: calls escape the one by exercise on its eve,
    the other only in part, so that too little is implied. Give the dividends where they are known.
    """
    terms = pricing_terms(chain, rate=rate, dividends=dividends, exercise=exercise)
    ahead = [expiry for expiry in chain.expiries() if chain.years_to_expiry(expiry) > 0]
    _require_positive_forwards(chain, ahead, terms)
    solved = _solve_pairs(chain, _pairs(chain), terms)
    return tuple(_mean_forward(expiry, chain, terms, solved) for expiry in ahead)


def forward_market(forward: ImpliedForward, market: Market, symbol: str) -> Market:
    """Return a market that prices one expiry at its implied forward: with its rate and yield.

    Parameters
    ----------
    forward : ImpliedForward
        Of the expiry.
    market : Market
        On the chain's day, with a quote of the symbol.
    symbol : str
        Underlying.
    """
    moved = market.with_quote(symbol, dividend_yield=forward.dividend_yield)
    return dataclasses.replace(moved, rate=forward.rate)


class _Pairs(NamedTuple):
    """Calls and puts of one strike and expiry; prices have shape (2, n), calls first."""

    expiry: Days
    years: Floats
    strike: Floats
    mid: Floats
    width: Floats

    def take(self, selected: npt.NDArray[np.intp]) -> _Pairs:
        """Select some of the pairs."""
        expiry, *columns = self
        return _Pairs(expiry[selected], *(column[..., selected] for column in columns))


class _Solved(NamedTuple):
    """Carry of each pair."""

    expiry: Days
    forward: Floats
    deviation: Floats
    """Of the forward, from the quoted widths [dollars]."""
    vol: Floats


def _pairs(chain: Chain) -> _Pairs:
    """Usable pairs nearest to the spot; rows of a chain have a call right before its put."""
    same = (chain.expiry[1:] == chain.expiry[:-1]) & (chain.strike[1:] == chain.strike[:-1])
    listed, which = np.unique(chain.expiry, return_inverse=True)
    years = np.array([chain.years_to_expiry(expiry) for expiry in listed.tolist()], dtype=np.float64)[which]
    usable = (chain.status == QuoteStatus.OK) & (years > 0)
    calls = np.flatnonzero(same & usable[1:] & usable[:-1])
    away = np.abs(np.log(chain.strike[calls] / chain.spot))
    order = np.lexsort((away, chain.expiry[calls]))
    calls = calls[order]
    first = np.searchsorted(chain.expiry[calls], chain.expiry[calls], side="left")
    calls = calls[np.arange(len(calls)) - first < MOST_PAIRS]
    legs = np.stack([calls, calls + 1])
    return _Pairs(
        expiry=chain.expiry[calls],
        years=years[calls],
        strike=chain.strike[calls],
        mid=(chain.bid + chain.ask)[legs] / 2,
        width=(chain.ask - chain.bid)[legs],
    )


def _require_positive_forwards(chain: Chain, ahead: Sequence[dt.date], terms: PricingTerms) -> None:
    """Refuse dividends of more than the spot, which leave no forward to price with."""
    years = np.array([chain.years_to_expiry(expiry) for expiry in ahead], dtype=np.float64)
    still = np.zeros_like(years)
    forwards = terms.forward(spot=chain.spot, years=years, rate=still + terms.rate, dividend_yield=still)
    for expiry in itertools.compress(ahead, ~(forwards > 0)):
        paid = float(terms.amounts[terms.times > 0].sum())
        raise ChainError(
            f"{chain.symbol} {expiry}: dividends must be worth less until the expiry than the spot of "
            f"{chain.spot:,.2f}, got {paid:,.2f}"
        )


def _solve_pairs(chain: Chain, pairs: _Pairs, terms: PricingTerms) -> _Solved:
    """Newton on the carry of each pair, all at once, until its two vols agree."""
    carry = np.full(pairs.years.shape, terms.rate if terms.free_rate else 0.0)
    forward, vol = np.full((2, *carry.shape), np.nan)
    open_ = np.arange(carry.size)
    for _ in range(ROUNDS):
        if not open_.size:
            break
        now = pairs.take(open_)
        at, vols = _forwards_and_vols(chain, now, terms, carry[open_])
        gap, mean = vols[0] - vols[1], vols.mean(axis=0)
        settled = np.abs(gap) <= SETTLED
        forward[open_[settled]], vol[open_[settled]] = at[settled], mean[settled]
        # Vega converts a difference of the two vols to dollars of forward.
        dollars = black_scholes(sign=1, spot=at, strike=now.strike, time_to_expiry=now.years, vol=mean).vega
        carry[open_] += (1 if terms.free_rate else -1) * gap * dollars / (at * now.years)
        open_ = open_[~settled & np.isfinite(carry[open_])]
    is_solved = np.isfinite(forward)
    deviation = np.hypot(*pairs.width) / UNIFORM + ROUNDING * chain.spot
    return _Solved(pairs.expiry[is_solved], forward[is_solved], deviation[is_solved], vol[is_solved])


def _forwards_and_vols(
    chain: Chain, pairs: _Pairs, terms: PricingTerms, carry: Floats
) -> tuple[Floats, Floats]:
    """Forwards of pairs at their carry, and the vols of call and put, shape (2, n)."""
    still = np.zeros_like(carry)
    rate, dividend_yield = (carry, still) if terms.free_rate else (still + terms.rate, carry)
    forward = terms.forward(spot=chain.spot, years=pairs.years, rate=rate, dividend_yield=dividend_yield)
    vols = terms.vols(
        premium=pairs.mid,
        sign=np.array([[1.0], [-1.0]]),
        spot=chain.spot,
        strike=pairs.strike,
        time_to_expiry=pairs.years,
        rate=rate,
        dividend_yield=dividend_yield,
    ).vol
    return forward, vols


def _mean_forward(expiry: dt.date, chain: Chain, terms: PricingTerms, solved: _Solved) -> ImpliedForward:
    """The mean of the pairs of one expiry."""
    on_expiry = solved.expiry == np.datetime64(expiry)
    years = chain.years_to_expiry(expiry)
    forward, error, used = _mean(solved.forward[on_expiry], solved.deviation[on_expiry])
    if not used.any():
        still, when = np.array(0.0), np.array(years)
        usual = terms.forward(spot=chain.spot, years=when, rate=still + terms.rate, dividend_yield=still)
        forward = float(usual)
    rate = _rate_of(expiry, forward, chain, years, terms) if terms.free_rate else terms.rate
    dividend_yield = 0.0 if terms.free_rate else rate - math.log(forward / chain.spot) / years
    return ImpliedForward(
        expiry=expiry,
        years=years,
        forward=forward,
        error=error,
        rate=rate,
        dividend_yield=dividend_yield,
        vol=float(solved.vol[on_expiry][used].mean()) if used.any() else math.nan,
        pairs=int(used.sum()),
        dividend_value=chain.spot - forward * math.exp(-terms.rate * years),
    )


def _mean(forwards: Floats, deviations: Floats) -> tuple[float, float, Flags]:
    """Weighted mean, its standard deviation, and which were used."""
    if not forwards.size:
        return math.nan, math.inf, np.zeros(0, dtype=bool)
    middle = np.median(forwards)
    away = np.abs(forwards - middle)
    # With the widths alone, prices without bid-ask width would exclude all pairs.
    used = away <= OUTLIER * np.maximum(UNIFORM / 2 * deviations, np.median(away))
    weights = np.where(used, deviations**-2.0, 0.0)
    mean = float(weights @ forwards / weights.sum())
    error = float(weights.sum() ** -0.5)
    if used.sum() > 1:
        scatter = float(weights @ (forwards - mean) ** 2) / float(used.sum() - 1)
        error *= max(1.0, math.sqrt(scatter))
    return mean, error, used


def _rate_of(expiry: dt.date, forward: float, chain: Chain, years: float, terms: PricingTerms) -> float:
    """Rate at which spot and dividends give a forward: Newton, since the rate discounts the dividends too."""
    rate, when, still = terms.rate, np.array(years), np.array(0.0)
    for _ in range(MOST_STEPS):
        at = float(terms.forward(spot=chain.spot, years=when, rate=np.array(rate), dividend_yield=still))
        if not at > 0:
            break
        step = math.log(forward / at) / years
        rate += step
        if abs(step) * years <= RATE_SETTLED:
            return rate
    raise ChainError(
        f"{chain.symbol} {expiry}: no rate gives the forward of {forward:,.2f} that the quotes imply "
        f"at a spot of {chain.spot:,.2f} and these dividends"
    )
