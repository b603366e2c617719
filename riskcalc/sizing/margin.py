"""Buying power: what one unit of a trade ties up under Reg T's strategy-based margin."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from riskcalc.domain.ranges import non_negative, positive
from riskcalc.domain.trade import OptionLeg, OptionType, Side, Trade
from riskcalc.errors import InvalidInputError
from riskcalc.sizing.margin_rules import share_margin_rate, uncovered_margin


def buying_power(trade: Trade, *, spot: float, max_loss: float) -> float:
    """Cash that an account must have free to put one unit on.

    It is net of premium: what options cost, plus margin, less what sold options bring in. A requirement
    published gross of premium (a short option's own market value counted in) is larger by the premium
    received, and a debit's own value is never margin.

    Parameters
    ----------
    trade : Trade
        Every option leg has its premium filled in.
    spot : float
        Price of the underlying [dollars per share], > 0.
    max_loss : float
        Largest loss at expiry [dollars per unit], >= 0 or ``inf``, costs not included. It caps options of
        one expiry; with shares or several expiries it is not used.

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
    - Bought options and debit spreads cost their debit. No loan value for options beyond nine months.
    - A sold option is covered by one bought of its type that lives as long: then the pair ties up the
      distance of the strikes where that can be lost. Covered trades of one expiry (credit spreads,
      butterflies, condors) never tie up more than their maximum loss.
    - A sold option that outlives its cover, or has none, takes the uncovered rule; calls and puts
      uncovered together take the greater side and the premium of the other.
    - Shares take their rate of the market value. They cover options sold against them; in the money, such
      an option brings in only its time value.

    References
    ----------
    FINRA Rule 4210; Regulation T; Cboe, Margin Manual (strategy-based margin).

    Examples
    --------
    >>> from riskcalc.domain import call_spread
    >>> spread = call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18),
    ...                      long_premium=12.1, short_premium=2.5)
    >>> round(buying_power(spread, spot=295.4, max_loss=960), 2)
    960.0
    """
    positive("spot", spot)
    loss = max_loss if max_loss == math.inf else non_negative("max_loss", max_loss)
    required = _share_margin(trade, spot) + _net_premium(trade) + _short_option_margin(trade, spot)
    one_expiry = not trade.share_legs and len(trade.expiries) == 1
    return max(min(required, loss) if one_expiry else required, 0.0)


@dataclass(slots=True, kw_only=True)
class _Cover:
    """What can be delivered against a sold option."""

    strike: float
    expiry: dt.date
    shares: int


def _share_margin(trade: Trade, spot: float) -> float:
    return sum(
        leg.shares * spot * share_margin_rate(trade.instrument, side=leg.side) for leg in trade.share_legs
    )


def _net_premium(trade: Trade) -> float:
    return sum(trade.leg_size(leg) * _premium(leg) for leg in trade.option_legs)


def _premium(leg: OptionLeg) -> float:
    if leg.premium is None:
        raise InvalidInputError(f"premium must be known before margin is, got none for {leg.label}")
    return leg.premium


def _short_option_margin(trade: Trade, spot: float) -> float:
    """Margin of the sold options, their premiums included where they are uncovered."""
    calls, puts = (_margin_of_type(trade, kind, spot) for kind in OptionType)
    (call_width, call_premium, call_beyond), (put_width, put_premium, put_beyond) = calls, puts
    uncovered = max(call_premium + call_beyond + put_premium, put_premium + put_beyond + call_premium)
    return call_width + put_width + uncovered


def _margin_of_type(trade: Trade, kind: OptionType, spot: float) -> tuple[float, float, float]:
    """Widths of covered pairs, and premium and margin beyond it of the uncovered rest [dollars]."""
    covers = _covers(trade, kind, spot)
    width = premium = beyond = 0.0
    for leg in _worst_first(trade, kind):
        covered, open_shares = _deliver(leg, covers, -trade.leg_size(leg))
        width += covered
        premium += open_shares * _premium(leg)
        beyond += open_shares * uncovered_margin(leg, instrument=trade.instrument, spot=spot)
    return width, premium, beyond


def _worst_first(trade: Trade, kind: OptionType) -> Sequence[OptionLeg]:
    sold = [leg for leg in trade.option_legs if leg.option_type is kind and leg.side is Side.SHORT]
    return sorted(sold, key=lambda leg: int(kind) * leg.strike)


def _covers(trade: Trade, kind: OptionType, spot: float) -> Sequence[_Cover]:
    """What covers sold options of a type, best first: shares as if bought at the spot, without expiry."""
    bought = [leg for leg in trade.option_legs if leg.option_type is kind and leg.side is Side.LONG]
    options = [_Cover(strike=leg.strike, expiry=leg.expiry, shares=trade.leg_size(leg)) for leg in bought]
    held = max(int(kind) * sum(leg.signed_shares for leg in trade.share_legs), 0)
    shares = _Cover(strike=spot, expiry=dt.date.max, shares=held)
    return sorted([*options, shares], key=lambda cover: int(kind) * cover.strike)


def _deliver(leg: OptionLeg, covers: Sequence[_Cover], sold: int) -> tuple[float, int]:
    """Use covers up for a sold option: the width they leave to be lost, and the shares left uncovered."""
    width = 0.0
    for cover in covers:
        if cover.expiry >= leg.expiry:
            used = min(cover.shares, sold)
            width += used * max(int(leg.option_type) * (cover.strike - leg.strike), 0.0)
            cover.shares -= used
            sold -= used
    return width, sold
