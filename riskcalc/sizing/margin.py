"""Buying power: what one unit of a trade ties up under Reg T's strategy-based margin."""

from __future__ import annotations

import math

from riskcalc.domain.ranges import non_negative_or_inf, positive, record
from riskcalc.domain.trade import OptionLeg, Trade
from riskcalc.errors import InvalidInputError
from riskcalc.sizing.margin_rules import share_margin
from riskcalc.sizing.option_margin import short_option_requirement


def buying_power(trade: Trade, *, spot: float, max_loss: float = math.inf) -> float:
    """Cash that an account must have free to put one unit on.

    It is net of premium: what options cost, plus margin, less what sold options bring in. A requirement
    published gross of premium (a short option's own market value counted in) is larger by the premium
    received.

    Parameters
    ----------
    trade : Trade
        Every option leg has its premium filled in.
    spot : float
        Price of the underlying [dollars per share], > 0.
    max_loss : float
        Largest loss at expiry [dollars per unit], >= 0 or ``inf``; checked where it is stated, and no cap: a
        trade may tie up more than it can lose, as bought guts do.

    Returns
    -------
    float
        [dollars per unit], >= 0.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range, or an option leg has no premium.

    Notes
    -----
    - Bought options are paid in full, whatever they may still be worth: a debit spread, a long straddle, guts
      or box cost their debit. No loan value for options beyond nine months.
    - What options sold bring in pays for the bought ones, then for their own margin.
    - A sold option forms a spread with one bought of its type that lives as long. All spreads together take
      their maximum potential loss, the worst net intrinsic value at their strikes, so that a condor loses on
      one side only; or the uncovered requirement of what was sold, where that is less.
    - Uncovered calls and puts pair up: the greater requirement of both, and the premium of the other. An
      uncovered put never takes more than cash for its strike.
    - Shares take `share_margin`. They cover options sold against them, contract by contract; in the money,
      such an option brings in only its time value.

    References
    ----------
    FINRA Rule 4210(c) and (f)(2); Regulation T; Cboe, Margin Manual (strategy-based margin).

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import call_spread
    >>> spread = call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18),
    ...                      long_premium=12.1, short_premium=2.5)
    >>> round(buying_power(spread, spot=295.4), 2)
    960.0
    """
    record("trade", Trade, trade)
    positive("spot", spot)
    non_negative_or_inf("max_loss", max_loss)
    required = _share_margin(trade, spot) + _net_premium(trade) + short_option_requirement(trade, spot=spot)
    return max(required, 0.0)


def _share_margin(trade: Trade, spot: float) -> float:
    return sum(
        leg.shares * share_margin(trade.instrument, side=leg.side, spot=spot) for leg in trade.share_legs
    )


def _net_premium(trade: Trade) -> float:
    return sum(trade.leg_size(leg) * _premium(leg) for leg in trade.option_legs)


def _premium(leg: OptionLeg) -> float:
    if leg.premium is None:
        raise InvalidInputError(f"premium must be known before margin is, got none for {leg.label}")
    return leg.premium
