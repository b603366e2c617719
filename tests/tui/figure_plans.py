"""Plans of every shape a figure can have."""

import datetime as dt
from functools import cache

import riskcalc as rc
from riskcalc.domain import Account, ExitPlan, OptionLeg, OptionType, Side, Target, Trade, TradePlan
from riskcalc.editor.figures import axis_range, draw_figures

SHIPPED = ("iwm-call-spread", "iwm-shares", "tna-momentum", "tza-hedge")
NAMES = (*SHIPPED, "put credit spread", "put spread", "iron condor", "naked put", "naked call", "calendar")
EXPIRY = dt.date(2026, 9, 18)
LATER = dt.date(2026, 10, 16)


@cache
def plan_of(name: str) -> TradePlan:
    if name in SHIPPED:
        return rc.plan_preset(name)
    exits = ExitPlan(
        stop=0.06,
        targets=(Target(move=0.10, fraction=0.5), Target(move=0.15, fraction=0.5)),
        close_dte=21,
        vol_shift=0.03,
    )
    market = plan_of("iwm-call-spread").report.market
    return rc.plan(_trade(name), market, Account(equity=100_000), exits)


@cache
def figures_of(name: str):
    low, high = axis_range(plan_of(name))
    return draw_figures(plan_of(name), low=low, high=high, rows=13)


def _trade(name: str) -> Trade:
    instrument = plan_of("iwm-shares").report.trade.instrument

    def short(
        kind: OptionType, strike: float, expiry: dt.date = EXPIRY, side: Side = Side.SHORT
    ) -> OptionLeg:
        return OptionLeg(side=side, option_type=kind, strike=strike, expiry=expiry)

    def naked(*legs: OptionLeg) -> Trade:
        return Trade(instrument=instrument, legs=legs)

    call = OptionType.CALL
    return {
        "put credit spread": lambda: rc.put_credit_spread(
            "IWM", long_strike=270, short_strike=285, expiry=EXPIRY
        ),
        "put spread": lambda: rc.put_spread("IWM", long_strike=295, short_strike=270, expiry=EXPIRY),
        "iron condor": lambda: rc.iron_condor(
            "IWM",
            put_long_strike=265,
            put_short_strike=275,
            call_short_strike=315,
            call_long_strike=325,
            expiry=EXPIRY,
        ),
        "naked put": lambda: naked(short(OptionType.PUT, 285)),
        "naked call": lambda: naked(short(call, 310)),
        "calendar": lambda: naked(short(call, 300), short(call, 300, LATER, Side.LONG)),
    }[name]()
