"""The percentages of strategy-based margin: shares held or sold short, and uncovered options.

A spot that is not a positive number raises `InvalidInputError`.
"""

from __future__ import annotations

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.legs import OptionLeg, OptionType, Side
from riskcalc.domain.validation import member, positive, record

INITIAL = 0.50
"""Reg T, initial, of the market value of shares."""
MAINTENANCE = {Side.LONG: 0.25, Side.SHORT: 0.30}
"""Per unit of leverage, of the market value of shares."""
SHORT_LEAST, SHORT_LEAST_BELOW_FIVE = 5.0, 2.5
"""Minimum margin of short shares priced at $5 or more, and below $5 [dollars per share]."""
LOW_PRICE = 5.0
"""Price below which short shares require at least 100% [dollars per share]."""
UNCOVERED, UNCOVERED_BROAD = 0.20, 0.15
"""Per unit of leverage, of the underlying: single names and narrow indices, broad indices."""
UNCOVERED_LEAST = 0.10
"""Per unit of leverage, of the underlying for a call and of the strike for a put."""


def share_margin_rate(instrument: Instrument, *, side: Side) -> float:
    """Return the margin rate of shares, as a fraction of market value.

    Parameters
    ----------
    instrument : Instrument
        Its leverage multiplies the maintenance rate.
    side : Side
        Shares held or sold short.

    Returns
    -------
    float
        In [0.5, 1]: the initial 50% of Reg T, or the maintenance rate of 25% long and 30% short times
        the leverage where that is more. Beyond the proceeds for shares sold short, which take more
        at low prices: see `share_margin`. A pair uses the rate of
        both its sides, which are of equal value.

    References
    ----------
    FINRA Regulatory Notice 09-53 (2009): leveraged funds, at most 100% of their value.

    Examples
    --------
    >>> from riskcalc.domain import instrument
    >>> share_margin_rate(instrument("TNA"), side=Side.LONG)
    0.75
    """
    record("instrument", Instrument, instrument)
    member("side", Side, side)
    if instrument.against:
        return 2 * INITIAL
    return min(max(INITIAL, MAINTENANCE[side] * instrument.leverage_factor), 1.0)


def share_margin(instrument: Instrument, *, side: Side, spot: float) -> float:
    """Return the margin of one share.

    Parameters
    ----------
    instrument : Instrument
        Its leverage multiplies the maintenance rate.
    side : Side
        Shares held or sold short.
    spot : float
        Price of a share [dollars], > 0.

    Returns
    -------
    float
        [dollars per share], beyond the proceeds for a share sold short: the rate of `share_margin_rate`, and
        short at least $5.00 a share; below $5.00 the price itself and at least $2.50.

    References
    ----------
    Regulation T, section 220.12; FINRA Rule 4210(c)(3) and (4).

    Examples
    --------
    >>> from riskcalc.domain import instrument
    >>> [share_margin(instrument("IWM"), side=Side.SHORT, spot=spot) for spot in (295.0, 8.0, 4.0, 1.5)]
    [147.5, 5.0, 4.0, 2.5]
    """
    usual = share_margin_rate(instrument, side=side) * positive("spot", spot)
    if side is Side.LONG or instrument.against:
        return usual
    return max(usual, SHORT_LEAST) if spot >= LOW_PRICE else max(spot, SHORT_LEAST_BELOW_FIVE)


def uncovered_margin(leg: OptionLeg, *, instrument: Instrument, spot: float) -> float:
    """Return the margin of an uncovered short option beyond its own premium.

    Parameters
    ----------
    leg : OptionLeg
        The option sold.
    instrument : Instrument
        A broad index takes 15% where others take 20%; leverage multiplies every percentage.
    spot : float
        Price of the underlying [dollars per share], > 0.

    Returns
    -------
    float
        [dollars per share]: the percentage of the underlying less what the option is out of the money,
        at least 10% of the underlying (call) or of the strike (put). Published requirements often add
        the option's market value, which the premium received pays for.

    References
    ----------
    FINRA Rule 4210(f)(2)(D); FINRA Regulatory Notice 09-53 (2009): 45% and 30% on a broad 3x fund.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import instrument
    >>> put = OptionLeg(side=Side.SHORT, option_type=OptionType.PUT, strike=80, expiry=dt.date(2026, 9, 18))
    >>> round(uncovered_margin(put, instrument=instrument("TNA"), spot=100), 2)
    25.0
    """
    record("leg", OptionLeg, leg)
    record("instrument", Instrument, instrument)
    out_of_the_money = max(int(leg.option_type) * (leg.strike - positive("spot", spot)), 0.0)
    least_of = spot if leg.option_type is OptionType.CALL else leg.strike
    rate = UNCOVERED_BROAD if instrument.broad_based else UNCOVERED
    usual = _levered(rate, instrument) * spot - out_of_the_money
    return max(usual, _levered(UNCOVERED_LEAST, instrument) * least_of)


def _levered(rate: float, instrument: Instrument) -> float:
    return min(rate * instrument.leverage_factor, 1.0)
