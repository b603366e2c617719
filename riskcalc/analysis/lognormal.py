"""Probabilities at expiry: from the implied volatility smile, else from a lognormal distribution.

An input that is NaN or outside the range its docstring states raises `InvalidInputError`.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.analysis import payoff
from riskcalc.domain import Market, ProbabilityBasis, SmileAt, Trade, View
from riskcalc.domain.validation import finite, non_negative, non_negative_or_inf, positive
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.pricing.scipy_kernels import ndtr

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""Rounding by which a probability may lie outside [0, 1] or violate the order of levels."""


def prob_below(*, level: float, spot: float, vol: float, drift: float, time: float) -> float:
    """Probability that the spot ends below a level under geometric Brownian motion.

    Parameters
    ----------
    level : float
        [dollars], >= 0; ``inf`` gives 1.
    spot : float
        Spot now [dollars], > 0.
    vol : float
        Volatility per sqrt(year), >= 0.
    drift : float
        Continuous expected growth of the spot, per year.
    time : float
        Horizon [years], >= 0.

    Returns
    -------
    float
        P(S_T < level), in [0, 1].

    Examples
    --------
    >>> round(prob_below(level=100, spot=100, vol=0.2, drift=0.0, time=1.0), 4)
    0.5398
    """
    positive("spot", spot)
    finite("drift", drift)
    non_negative_or_inf("level", level)
    non_negative("vol", vol)
    non_negative("time", time)
    if level in (0, math.inf):
        return float(level > 0)
    below = float(_lognormal_below(level, spot=spot, vol=vol, drift=drift, time=time))
    if math.isnan(below):  # a drift and a vol beyond all numbers pull apart
        raise InvalidInputError(
            f"drift and vol must be small enough for finite results, got {drift:g} and {vol:g}"
        )
    return below


def _lognormal_below(level: ArrayLike, *, spot: float, vol: float, drift: float, time: float) -> Floats:
    with np.errstate(all="ignore"):
        away = np.log(np.maximum(level, 0.0)) - math.log(spot)
        distance = away - np.float64(drift - vol * vol / 2) * time
        total_vol = vol * math.sqrt(time)
        reached = np.where(np.isnan(distance), np.nan, distance > 0)
        below: Floats = ndtr(distance / total_vol) if total_vol else reached
    return below


def expected_move(*, spot: float, vol: float, days: float) -> float:
    """One standard deviation of the spot over some calendar days.

    Parameters
    ----------
    spot : float
        [dollars], > 0.
    vol : float
        Volatility per sqrt(year), >= 0.
    days : float
        Calendar days, >= 0.

    Returns
    -------
    float
        Spot x vol x sqrt(days / 365) [dollars].

    Examples
    --------
    >>> round(expected_move(spot=295, vol=0.2, days=60), 2)
    23.92
    """
    years = non_negative("days", days) / 365
    return positive("spot", spot) * non_negative("vol", vol) * math.sqrt(years)


def prob_profit(
    trade: Trade, market: Market, *, breakevens: tuple[float, ...], view: View
) -> tuple[float | None, ProbabilityBasis]:
    """Probability that one unit gains at the nearest expiry, before costs, and the distribution used.

    To end at a breakeven is no gain.

    Parameters
    ----------
    trade : Trade
        With entry prices and vols set.
    market : Market
        Quotes the underlying; gives the neutral drift, rate minus dividend yield, and the implied vols.
    breakevens : tuple of float
        Zeros of the P&L at the nearest expiry, from `payoff.facts` [dollars].
    view : View
        What the probability is stated under. A drift of its own moves the smile's distribution along as a
        whole; a vol of its own replaces the smile by a lognormal distribution at that vol.

    Returns
    -------
    chance : float or None
        In [0, 1]; None for a trade in shares alone, which has no expiry.
    basis : ProbabilityBasis
        The smile where the quote has one for that expiry that is free of arbitrage at the breakevens.
    """
    if trade.expiry is None:
        return None, ProbabilityBasis.ONE_VOL
    levels = np.array([level for level in breakevens if level > 0])
    below, basis = smile_probs_below(trade, market, levels, view=view), ProbabilityBasis.SMILE
    if below is None or np.isnan(below).any() or (np.diff(below) < -ROUNDING).any():
        end = _certain_end(trade, market, view=view)
        if end is not None:
            return float(payoff.is_profitable_at(trade, spot=end, market=market)), ProbabilityBasis.ONE_VOL
        below, basis = lognormal_probs_below(trade, market, levels, view=view), ProbabilityBasis.ONE_VOL
    edges, chances = (0.0, *levels.tolist(), math.inf), (0.0, *below.tolist(), 1.0)
    gains = [
        chances[index + 1] - chances[index]
        for index, (low, high) in enumerate(pairwise(edges))
        if high > low and payoff.pnl_at_expiry(trade, spot=_spot_between(low, high), market=market) > 0
    ]
    return min(max(math.fsum(gains), 0.0), 1.0), basis


def _certain_end(trade: Trade, market: Market, *, view: View) -> float | None:
    """Return the final spot when there is no time or vol left; None when it is random."""
    quote = market.quote(trade.symbol)
    time = 0.0 if trade.expiry is None else market.years_to_expiry(trade.expiry, trade.instrument)
    drift = view.drift_from(market.rate - quote.dividend_yield)
    if view.vol_from(quote.vol) * time != 0:
        return None
    near, far = dividend_shifts(trade, market, drift=drift)
    return max((quote.spot - near) * math.exp(drift * time) - far, 0.0)


def smile_prob_below(
    level: ArrayLike, smile: SmileAt, *, spot: float, time: float, dividends: float = 0.0
) -> Floats:
    """Probability that the spot ends below levels, implied by call spreads priced on the smile.

    Parameters
    ----------
    level : array_like
        [dollars], > 0.
    smile : SmileAt
        At these levels.
    spot : float
        [dollars], > 0.
    time : float
        Years to the expiry, > 0.
    dividends : float
        What cash dividends add to a level, from `dividend_shifts` [dollars].

    Returns
    -------
    ndarray
        One less the limit of a call spread's value over its width, interest taken out. It may lie outside
        [0, 1], or fall from one level to a higher one, where the smile is not free of arbitrage.

    References
    ----------
    D. T. Breeden, R. H. Litzenberger, "Prices of State-Contingent Claims Implicit in Option Prices", Journal
    of Business 51(4), 1978. The slope of the smile enters by the chain rule.

    Examples
    --------
    On a flat smile it is the lognormal probability; where vols fall with the strike it is lower.

    >>> import numpy as np
    >>> from riskcalc.domain import SmileAt
    >>> vol, flat, falling = (np.array([part]) for part in (0.2, 0.0, -0.001))
    >>> smile_prob_below([100], SmileAt(vol=vol, slope=flat, growth=0.0), spot=100, time=1.0).round(4)
    array([0.5398])
    >>> smile_prob_below([100], SmileAt(vol=vol, slope=falling, growth=0.0), spot=100, time=1.0).round(4)
    array([0.5001])
    """
    shifted, deviation = np.asarray(level, dtype=np.float64) + dividends, smile.vol * math.sqrt(time)
    forward = spot * math.exp(smile.growth * time) + dividends
    with np.errstate(divide="ignore", invalid="ignore"):
        d2 = np.log(forward / shifted) / deviation - deviation / 2
    density = np.exp(-(d2**2) / 2) / math.sqrt(2 * math.pi)
    below: Floats = ndtr(-d2) + shifted * density * math.sqrt(time) * smile.slope
    return below


def smile_probs_below(trade: Trade, market: Market, levels: Floats, *, view: View) -> Floats | None:
    """Probabilities that the spot ends below levels at the nearest expiry, by the quote's smile.

    Parameters
    ----------
    trade : Trade
        With an expiry.
    market : Market
        Quotes the underlying.
    levels : ndarray
        [dollars], > 0.
    view : View
        As for `prob_profit`.

    Returns
    -------
    ndarray or None
        NaN where the smile has arbitrage and gives no probability; None where it is not to be asked: there is
        none for the expiry, or the view has a vol of its own.
    """
    quote, expiry = market.quote(trade.symbol), trade.expiry
    if quote.smile is None or not view.implied or expiry is None:
        return None
    time, neutral = market.years_to_expiry(expiry, trade.instrument), market.rate - quote.dividend_yield
    if time <= 0:
        return None
    if not levels.size:
        return levels
    _, dividends = dividend_shifts(trade, market, drift=neutral)
    # A drift of one's own multiplies every end of the spot: the level is divided by it instead.
    reached = levels * math.exp((neutral - view.drift_from(neutral)) * time)
    try:
        smile = quote.smile.at(reached, expiry=expiry, spot=quote.spot)
    except ChainError:
        return None
    below = smile_prob_below(reached, smile, spot=quote.spot, time=time, dividends=dividends)
    sound = (below >= -ROUNDING) & (below <= 1 + ROUNDING)
    return np.where(sound, np.clip(below, 0.0, 1.0), np.nan)


def lognormal_probs_below(trade: Trade, market: Market, levels: Floats, *, view: View) -> Floats:
    """Probabilities that the spot ends below levels, lognormal at the view's vol, else the quote's."""
    quote = market.quote(trade.symbol)
    time = 0.0 if trade.expiry is None else market.years_to_expiry(trade.expiry, trade.instrument)
    drift = view.drift_from(market.rate - quote.dividend_yield)
    vol = view.vol_from(quote.vol)
    near, far = dividend_shifts(trade, market, drift=drift)
    return _lognormal_below(levels + far, spot=quote.spot - near, vol=vol, drift=drift, time=time)


def dividend_shifts(trade: Trade, market: Market, *, drift: float) -> tuple[float, float]:
    """Return the dividends to take off the spot now and to add to a level at expiry [dollars].

    Each is split by its date between the two, after Bos & Vandermark, "Finessing fixed dividends", Risk
    (2002): the spot remains lognormal, and for the dividends of a fund the probability is exact to 1e-4.
    """
    if trade.expiry is None:
        return 0.0, 0.0
    horizon = market.years_to_expiry(trade.expiry, trade.instrument)
    coming = market.dividends_until(trade.symbol, trade.expiry)
    times = [market.years_to(dividend.ex_date) for dividend in coming]
    near = math.fsum(
        dividend.amount * (1 - time / horizon) * math.exp(-drift * time)
        for dividend, time in zip(coming, times, strict=True)
    )
    far = math.fsum(
        dividend.amount * (time / horizon) * math.exp(drift * (horizon - time))
        for dividend, time in zip(coming, times, strict=True)
    )
    return min(near, market.quote(trade.symbol).spot * (1 - 1e-9)), far


def _spot_between(low: float, high: float) -> float:
    """A spot between two bounds: the middle, or beyond the lower one where there is no upper bound."""
    return 2 * low + 1 if math.isinf(high) else (low + high) / 2
