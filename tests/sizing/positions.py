"""Trades from the short notation of the margin tables: ``+1 P250@3; -1 C260@0.95; +100 S``."""

import datetime as dt
import math
import re

from riskcalc.domain import Instrument, OptionLeg, OptionType, ShareLeg, Side, Trade

EXPIRY = dt.date(2026, 9, 18)
LEG = re.compile(r"([+-]\d+) (?:S|([CP])([\d.]+)@([\d.]+))$")


def fund(*, broad=False, leverage=1):
    return Instrument(symbol="ABC", leverage=leverage, broad_based=broad)


def trade_of(text, *, instrument=None, expiry=EXPIRY):
    legs = tuple(_leg(part, expiry) for part in text.split("; "))
    return Trade(instrument=instrument or fund(), legs=legs)


def join(*trades):
    return Trade(instrument=trades[0].instrument, legs=tuple(leg for trade in trades for leg in trade.legs))


def premium_received(trade):
    return -sum(trade.leg_size(leg) * leg.premium for leg in trade.option_legs if leg.side is Side.SHORT)


def max_loss_of(trade):
    """Worst of all kinks at expiry, infinite where it still falls beyond the last one."""
    strikes = [leg.strike for leg in trade.option_legs]
    top = max(strikes) + 1
    if _payoff(trade, top + 1) < _payoff(trade, top):
        return math.inf
    return max(0.0, _net_debit(trade) - min(_payoff(trade, spot) for spot in (0.0, top, *strikes)))


def _net_debit(trade):
    return sum(trade.leg_size(leg) * leg.premium for leg in trade.option_legs)


def _payoff(trade, spot):
    return sum(
        trade.leg_size(leg) * max(leg.option_type * (spot - leg.strike), 0.0) for leg in trade.option_legs
    )


def _leg(text, expiry):
    count, kind, strike, premium = LEG.match(text.strip()).groups()
    side = Side.LONG if int(count) > 0 else Side.SHORT
    if kind is None:
        return ShareLeg(side=side, shares=abs(int(count)))
    return OptionLeg(
        side=side,
        option_type=OptionType.CALL if kind == "C" else OptionType.PUT,
        strike=float(strike),
        expiry=expiry,
        contracts=abs(int(count)),
        premium=float(premium),
    )
