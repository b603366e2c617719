"""The percentages of strategy-based margin: shares held or sold short, and uncovered options."""

from __future__ import annotations

from riskcalc.domain.instrument import Instrument
from riskcalc.domain.ranges import positive
from riskcalc.domain.trade import OptionLeg, OptionType, Side

INITIAL = 0.50
"""Reg T, initial, of the market value of shares."""
MAINTENANCE = {Side.LONG: 0.25, Side.SHORT: 0.30}
"""Per unit of leverage, of the market value of shares."""
UNCOVERED, UNCOVERED_BROAD = 0.20, 0.15
"""Per unit of leverage, of the underlying: single names and narrow indices, broad indices."""
UNCOVERED_LEAST = 0.10
"""Per unit of leverage, of the underlying for a call and of the strike for a put."""


def share_margin_rate(instrument: Instrument, *, side: Side) -> float:
    """Share of their market value that shares tie up.

    Parameters
    ----------
    instrument : Instrument
        Its leverage multiplies the maintenance rate.
    side : Side
        Shares held or sold short.

    Returns
    -------
    float
        In [0.5, 1]: the initial 50 % of Reg T, or the maintenance rate of 25 % long and 30 % short times
        the leverage where that is more. Beyond the proceeds for shares sold short. A pair ties up the rate of
        both its sides, which are of equal value.

    References
    ----------
    FINRA Regulatory Notice 09-53 (2009): leveraged funds, at most 100 % of their value.

    Examples
    --------
    >>> from riskcalc.domain import instrument
    >>> share_margin_rate(instrument("TNA"), side=Side.LONG)
    0.75
    """
    if instrument.against:
        return 2 * INITIAL
    return min(max(INITIAL, MAINTENANCE[side] * instrument.leverage_factor), 1.0)


def uncovered_margin(leg: OptionLeg, *, instrument: Instrument, spot: float) -> float:
    """What an uncovered short option ties up beyond its own premium.

    Parameters
    ----------
    leg : OptionLeg
        The option sold.
    instrument : Instrument
        A broad index takes 15 % where others take 20 %; leverage multiplies every percentage.
    spot : float
        Price of the underlying [dollars per share], > 0.

    Returns
    -------
    float
        [dollars per share]: the percentage of the underlying less what the option is out of the money,
        at least 10 % of the underlying (call) or of the strike (put). Published requirements often add
        the option's market value, which the premium received pays for.

    Raises
    ------
    InvalidInputError
        `spot` is not a positive number.

    References
    ----------
    FINRA Rule 4210(f)(2)(D); FINRA Regulatory Notice 09-53 (2009): 45 % and 30 % on a broad 3x fund.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import instrument
    >>> put = OptionLeg(side=Side.SHORT, option_type=OptionType.PUT, strike=80, expiry=dt.date(2026, 9, 18))
    >>> round(uncovered_margin(put, instrument=instrument("TNA"), spot=100), 2)
    25.0
    """
    out_of_the_money = max(int(leg.option_type) * (leg.strike - positive("spot", spot)), 0.0)
    least_of = spot if leg.option_type is OptionType.CALL else leg.strike
    rate = UNCOVERED_BROAD if instrument.broad_based else UNCOVERED
    usual = _levered(rate, instrument) * spot - out_of_the_money
    return max(usual, _levered(UNCOVERED_LEAST, instrument) * least_of)


def _levered(rate: float, instrument: Instrument) -> float:
    return min(rate * instrument.leverage_factor, 1.0)
