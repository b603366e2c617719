"""Plans of every kind for the tests of their text, each made once."""

from __future__ import annotations

import dataclasses
from functools import cache

from riskcalc.domain import (
    Account,
    ExitPlan,
    Market,
    OptionType,
    Quote,
    RiskLimits,
    Side,
    Target,
    iron_condor,
    long_option,
    put_credit_spread,
)
from riskcalc.planning import plan
from riskcalc.presets import plan_preset
from tests.strategies import NEAR, TODAY

SHIPPED = ("iwm-call-spread", "iwm-shares", "tna-momentum", "tza-hedge")
MARKET = Market(date=TODAY, rate=0.04, quotes={"IWM": Quote(spot=295, vol=0.2)})
EXITS = ExitPlan(stop=0.06, targets=(Target(move=0.05, fraction=0.5), Target(move=0.1, fraction=0.5)))


def account(equity=100_000.0):
    return Account(equity=equity, limits=RiskLimits(risk_fraction=0.01))


def naked_call():
    bought = long_option("IWM", option_type=OptionType.CALL, strike=310.0, expiry=NEAR, contracts=1, vol=0.2)
    return dataclasses.replace(bought, legs=(dataclasses.replace(bought.legs[0], side=Side.SHORT),))


def condor():
    return iron_condor(
        "IWM", put_long_strike=260, put_short_strike=270, call_short_strike=320, call_long_strike=330,
        expiry=NEAR, put_long_vol=0.24, put_short_vol=0.22, call_short_vol=0.18, call_long_vol=0.17,
    )  # fmt: skip


def put_spread():
    return put_credit_spread(
        "IWM", long_strike=270, short_strike=280, expiry=NEAR, long_vol=0.23, short_vol=0.22
    )


@cache
def planned(name):
    made = {"condor": condor, "naked call": naked_call, "put credit": put_spread}
    if name in made:
        return plan(made[name](), MARKET, account(), EXITS)
    if name == "size 0":
        return plan_preset("iwm-call-spread", {"account.equity": 20_000})
    if name == "check fails":
        return plan_preset("iwm-call-spread", {"exits.stop": "8%"})
    return plan_preset(name)


EVERY = (*SHIPPED, "condor", "naked call", "put credit", "size 0", "check fails")
