"""FINRA Rule 4210(c) and (f)(2) written down a second time, contract by contract, every pairing tried.

(f)(2)(D)     options bought are paid in full.
(f)(2)(E)(i)  an uncovered option: its current value and 20% of the underlying (a broad index 15%) less what
              it is out of the money, at least its value and 10% of the underlying (call) or strike (put).
(f)(2)(G)     a call and a put both sold uncovered: the greater requirement, and the value of the other.
(f)(2)(H)     an option covered by shares takes nothing, but they count at most at its strike; spreads (as
              many bought as sold of each type, none bought that expires earlier) the lesser of the uncovered
              requirement and the maximum potential loss, if any: the worst net intrinsic value at a strike.
(c), Reg T    shares 50%; short 30% and at least 5 dollars, below 5 dollars all and at least 2.50; the
              percentages of maintenance times leverage (Regulatory Notice 09-53).
Premiums received are applied to the requirement.
"""

import datetime as dt
import itertools
import random

import pytest

from riskcalc.domain import (
    OptionLeg,
    OptionType,
    ShareLeg,
    Side,
    Trade,
    calendar,
    call_credit_spread,
    call_spread,
    covered_call,
    instrument,
    iron_condor,
    long_option,
    protective_put,
    put_credit_spread,
    put_spread,
    shares,
)
from riskcalc.pricing import black_scholes
from riskcalc.sizing import buying_power
from tests.sizing.positions import fund

DAY, NEAR, FAR = dt.date(2026, 7, 20), dt.date(2026, 9, 18), dt.date(2026, 12, 18)


def _premium(sign, spot, strike, expiry):
    years = (expiry - DAY).days / 365
    result = black_scholes(
        sign=int(sign), spot=spot, strike=strike, time_to_expiry=years, vol=0.25, rate=0.04
    )
    return round(float(result.value), 2)


def _by_the_rule(trade, spot):
    """Least requirement over every way to cover each contract sold, net of premiums, per unit."""
    known, size = trade.instrument, trade.instrument.option_multiplier
    options = [leg for leg in trade.option_legs for _ in range(leg.contracts)]
    debit = sum(leg.side * leg.premium for leg in options)
    sold = [leg for leg in options if leg.side is Side.SHORT]
    bought = [leg for leg in options if leg.side is Side.LONG]
    held = sum(leg.signed_shares for leg in trade.share_legs)
    blocks = {OptionType.CALL: max(held, 0) // size, OptionType.PUT: max(-held, 0) // size}
    least = min(
        (_of_covers(sold, covers, bought, spot, known) for covers in _covers(sold, bought, blocks)), default=0
    )
    share_money = sum(leg.shares * _share(known, leg.side, spot) for leg in trade.share_legs)
    return max(share_money + size * (debit + least), 0)


def _share(known, side, spot):
    leverage = abs(known.leverage)
    if side is Side.LONG:
        return min(max(0.5, 0.25 * leverage), 1) * spot
    finra = max(2.5, spot) if spot < 5 else max(5, min(0.3 * leverage, 1) * spot)
    return max(0.5 * spot, finra)


def _covers(sold, bought, blocks):
    """A cover for each contract sold: the place of a bought one, "shares" or None."""
    choices = [
        [None, "shares"]
        + [
            place
            for place, leg in enumerate(bought)
            if leg.option_type is short_leg.option_type and leg.expiry >= short_leg.expiry
        ]
        for short_leg in sold
    ]
    for result in itertools.product(*choices):
        used = [place for place in result if isinstance(place, int)]
        delivered = {
            kind: sum(c == "shares" and one.option_type is kind for one, c in zip(sold, result, strict=True))
            for kind in OptionType
        }
        if len(set(used)) == len(used) and all(delivered[kind] <= blocks[kind] for kind in OptionType):
            yield result


def _of_covers(sold, covers, bought, spot, known):
    pairs = list(zip(sold, covers, strict=True))
    spread = [pair for pair, cover in pairs if isinstance(cover, int)]
    spread += [bought[cover] for cover in covers if isinstance(cover, int)]
    at_strikes = [sum(leg.side * _intrinsic(leg, one.strike) for leg in spread) for one in spread]
    total = max(-min(at_strikes, default=0), 0)
    total += sum(_intrinsic(pair, spot) for pair, cover in pairs if cover == "shares")
    return total + _uncovered([pair for pair, cover in pairs if cover is None], spot, known)


def _intrinsic(leg, price):
    return max(leg.option_type * (price - leg.strike), 0)


def _uncovered(legs, spot, known):
    calls, puts = (
        [(_alone(leg, spot, known), leg.premium) for leg in legs if leg.option_type is kind]
        for kind in OptionType
    )
    few, many = sorted((calls, puts), key=len)
    return min(
        sum(a + y if a >= b else b + x for (a, x), (b, y) in zip(few, order, strict=False))
        + sum(required for required, _ in order[len(few) :])
        for order in itertools.permutations(many)
    )


def _alone(leg, spot, known):
    required = leg.premium + _beyond(leg, spot, known)
    # Cash for the strike secures a put.
    return max(min(required, leg.strike), leg.premium) if leg.option_type is OptionType.PUT else required


def _beyond(leg, spot, known):
    leverage = abs(known.leverage)
    rate = min((0.15 if known.broad_based else 0.20) * leverage, 1)
    least = min(0.10 * leverage, 1) * (spot if leg.option_type is OptionType.CALL else leg.strike)
    return max(rate * spot - max(leg.option_type * (leg.strike - spot), 0), least)


def _option(side, kind, strike, *, expiry=NEAR, contracts=1, spot=295.39):
    return OptionLeg(
        side=side, option_type=kind, strike=strike, expiry=expiry, contracts=contracts,
        premium=_premium(kind, spot, strike, expiry),
    )  # fmt: skip


def _priced(trade, spot):
    legs = tuple(
        _option(leg.side, leg.option_type, leg.strike, expiry=leg.expiry, contracts=leg.contracts, spot=spot)
        if isinstance(leg, OptionLeg)
        else leg
        for leg in trade.legs
    )
    return Trade(instrument=trade.instrument, legs=legs)


def _trade(symbol, *terms):
    legs = tuple(
        OptionLeg(
            side=Side.LONG if count > 0 else Side.SHORT, option_type=kind, strike=strike, expiry=NEAR,
            contracts=abs(count),
        )
        for count, kind, strike in terms
    )  # fmt: skip
    return Trade(instrument=instrument(symbol), legs=legs)


CALL, PUT = OptionType
BUILT = {
    "call spread": call_spread("IWM", long_strike=295, short_strike=325, expiry=NEAR),
    "call credit spread": call_credit_spread("IWM", short_strike=300, long_strike=310, expiry=NEAR),
    "wide call credit spread": call_credit_spread("IWM", short_strike=300, long_strike=400, expiry=NEAR),
    "put spread": put_spread("IWM", long_strike=295, short_strike=270, expiry=NEAR, contracts=3),
    "put credit spread": put_credit_spread("IWM", short_strike=290, long_strike=280, expiry=NEAR),
    "index put credit spread": put_credit_spread("RUT", short_strike=290, long_strike=280, expiry=NEAR),
    "long call": long_option("IWM", option_type=CALL, strike=300, expiry=FAR),
    "long put": long_option("TNA", option_type=PUT, strike=300, expiry=NEAR),
    "shares": shares("IWM", shares=7),
    "short shares": shares("IWM", shares=7, side=Side.SHORT),
    "leveraged shares": shares("TNA", shares=7),
    "short leveraged shares": shares("TZA", shares=7, side=Side.SHORT),
    "covered call": covered_call("IWM", strike=310, expiry=NEAR),
    "covered call in the money": covered_call("TNA", strike=280, expiry=NEAR, contracts=2),
    "protective put": protective_put("IWM", strike=280, expiry=NEAR),
    "calendar": calendar("IWM", strike=295, near_expiry=NEAR, far_expiry=FAR),
    "put calendar": calendar("IWM", strike=295, near_expiry=NEAR, far_expiry=FAR, option_type=PUT),
    "long guts": _trade("IWM", (1, CALL, 280), (1, PUT, 310)),
    "short guts": _trade("IWM", (-1, CALL, 280), (-1, PUT, 310)),
    "long box": _trade("IWM", (1, CALL, 280), (-1, CALL, 310), (1, PUT, 310), (-1, PUT, 280)),
    "short box": _trade("IWM", (-1, CALL, 280), (1, CALL, 310), (-1, PUT, 310), (1, PUT, 280)),
    "long straddle": _trade("IWM", (1, CALL, 295), (1, PUT, 295)),
    "short strangle": _trade("IWM", (-1, CALL, 315), (-1, PUT, 275)),
    "call ratio": _trade("IWM", (1, CALL, 295), (-2, CALL, 310)),
    "call backspread": _trade("IWM", (-1, CALL, 295), (2, CALL, 310)),
    "jade lizard": _trade("IWM", (-1, PUT, 275), (-1, CALL, 310), (1, CALL, 315)),
    "butterfly": _trade("IWM", (1, PUT, 280), (-2, PUT, 290), (1, PUT, 300)),
    "iron condor": iron_condor(
        "IWM", put_long_strike=265, put_short_strike=275,
        call_short_strike=315, call_long_strike=330, expiry=NEAR,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("spot", [295.39, 310, 250])
def test_structures_of_the_builders(name, spot):
    trade = _priced(BUILT[name], spot)
    result = buying_power(trade, spot=spot)
    assert result == pytest.approx(_by_the_rule(trade, spot), abs=1e-6)


@pytest.mark.parametrize("spot", [1.2, 2.5, 4.99, 5, 9, 40])
@pytest.mark.parametrize("symbol", ["IWM", "TNA", "TZA"])
@pytest.mark.parametrize("side", Side)
def test_shares_at_every_price(spot, symbol, side):
    trade = shares(symbol, shares=100, side=side)
    assert buying_power(trade, spot=spot) == pytest.approx(_by_the_rule(trade, spot))


def _random_trade(seed):
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    spot = draw.choice([295.39, 60.0, 8.0])
    known = draw.choice([instrument("IWM"), instrument("TNA"), fund(), fund(leverage=2)])
    legs = [
        _option(
            draw.choice(list(Side)), draw.choice(list(OptionType)), round(spot * draw.uniform(0.8, 1.2), 1),
            expiry=draw.choice([NEAR, NEAR, FAR]), contracts=draw.choice([1, 1, 2]), spot=spot,
        )
        for _ in range(draw.choice([1, 2, 2, 3, 4]))
    ]  # fmt: skip
    if draw.random() < 0.3:
        legs.append(ShareLeg(side=draw.choice(list(Side)), shares=draw.choice([50, 100, 200])))
    return Trade(instrument=known, legs=tuple(legs)), spot


def test_random_trades():
    for seed in range(100):
        trade, spot = _random_trade(seed)
        result = buying_power(trade, spot=spot)
        assert result == pytest.approx(_by_the_rule(trade, spot), abs=1e-6), (seed, trade.description)


def test_the_random_trades_are_of_many_kinds():
    trades = [_random_trade(seed)[0] for seed in range(100)]
    assert sum(bool(trade.share_legs) for trade in trades) >= 15
    assert sum(len(trade.expiries) > 1 for trade in trades) >= 15
    assert sum({leg.side for leg in trade.option_legs} == set(Side) for trade in trades) >= 40
