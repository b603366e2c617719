"""Records refuse bad values, naming field, value and range."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from riskcalc.domain import (
    Account,
    Costs,
    EntryRules,
    ExitPlan,
    Instrument,
    Market,
    OptionLeg,
    OptionType,
    Quote,
    RiskLimits,
    ShareLeg,
    Side,
    Target,
    Trade,
    Trigger,
    View,
    calendar,
    call_credit_spread,
    call_spread,
    instrument,
    iron_condor,
    put_spread,
    shares,
)
from riskcalc.errors import InvalidInputError, RiskcalcError

DAY = dt.date(2026, 7, 20)
EXPIRY = dt.date(2026, 9, 18)


def option(**change):
    given = {"side": Side.LONG, "option_type": OptionType.CALL, "strike": 295.0, "expiry": EXPIRY}
    return OptionLeg(**(given | change))


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Quote(spot=0, vol=0.2), r"spot must be a number > 0, got 0"),
        (lambda: Quote(spot=math.nan, vol=0.2), r"spot must be a number > 0, got nan"),
        (lambda: Quote(spot=math.inf, vol=0.2), r"spot must be a number > 0, got inf"),
        (lambda: Quote(spot="295", vol=0.2), r"spot must be a number, got '295'"),
        (lambda: Quote(spot=True, vol=0.2), r"spot must be a number, got True"),
        (lambda: Quote(spot=295, vol=-0.2), r"vol must be a number >= 0, got -0.2"),
        (lambda: Quote(spot=295, vol=0.2, dividend_yield=math.inf), r"dividend_yield must be a finite"),
        (lambda: Market(date="today", rate=0.04, quotes={}), r"date must be a date, got 'today'"),
        (lambda: Market(date=dt.datetime(2026, 7, 20), rate=0, quotes={}), r"date must be a date"),  # noqa: DTZ001 - a wrong type on purpose
        (lambda: Market(date=DAY, rate=math.nan, quotes={}), r"rate must be a finite number, got nan"),
        (lambda: Market(date=DAY, rate=0, quotes={}).quote("IWM"), r"no quote for IWM; quoted: none"),
        (lambda: Market(date=DAY, rate=0, quotes={}, signals={"x": math.nan}), r"signals.x must be a finite"),
        (lambda: option(strike=-1), r"strike must be a number > 0, got -1"),
        (lambda: option(contracts=0), r"contracts must be a whole number >= 1, got 0"),
        (lambda: option(contracts=1.5), r"contracts must be a whole number >= 1, got 1.5"),
        (lambda: option(premium=-1), r"premium must be a number >= 0, got -1"),
        (lambda: option(vol=math.nan), r"vol must be a number >= 0, got nan"),
        (lambda: option(expiry="friday"), r"expiry must be a date, got 'friday'"),
        (lambda: ShareLeg(side=Side.LONG, entry_price=0), r"entry_price must be a number > 0, got 0"),
        (lambda: shares("IWM", shares=0), r"shares must be a whole number >= 1, got 0"),
        (lambda: shares("RUT"), r"RUT is an index: it has options but no shares"),
        (lambda: Trade(instrument=instrument("IWM"), legs=()), r"legs must hold at least one leg"),
        (lambda: instrument("TNA A"), r"symbol must be 1 to 10 letters or digits like QQQ .* got 'TNA A'"),
        (lambda: Instrument(symbol="QQQ", beta=1.2), r"beta_to must name another symbol where beta is given"),
        (lambda: Instrument(symbol="QQQ", beta=1.2, beta_to="SPY"), r"beta_as_of must be a date where beta"),
        (lambda: Instrument(symbol=""), r"symbol must not be empty"),
        (lambda: Instrument(symbol="X", leverage=0), r"leverage must not be 0"),
        (lambda: Account(equity=0), r"equity must be a number > 0, got 0"),
        (lambda: Account(equity=math.nan), r"equity must be a number > 0, got nan"),
        (lambda: Account(equity=1, open_risk=-1), r"open_risk must be a number >= 0, got -1"),
        (lambda: Account(equity=1, buying_power=-1), r"buying_power must be a number >= 0, got -1"),
        (lambda: RiskLimits(risk_fraction=0), r"risk_fraction must be in \(0, 1\], got 0"),
        (lambda: RiskLimits(risk_fraction=2), r"risk_fraction must be in \(0, 1\], got 2"),
        (lambda: RiskLimits(risk_fraction=math.nan), r"risk_fraction must be in \(0, 1\], got nan"),
        (lambda: Costs(commission_per_contract=-1), r"commission_per_contract must be a number >= 0"),
        (lambda: ExitPlan(stop=0), r"stop must be in \(0, 1\), got 0"),
        (lambda: ExitPlan(stop=1), r"stop must be in \(0, 1\), got 1"),
        (lambda: ExitPlan(stop=0.1, holding_days=0), r"holding_days must be a whole number >= 1, got 0"),
        (lambda: ExitPlan(stop=0.1, gap_share=1.5), r"gap_share must be in \[0, 1\], got 1.5"),
        (lambda: ExitPlan(stop=0.1, stop_to_breakeven=1), "stop_to_breakeven must be true or false, got 1"),
        (lambda: ExitPlan(stop=0.1, gap_shocks=(1.5,)), r"gap_shocks must be in \(0, 1\), got 1.5"),
        (
            lambda: ExitPlan(stop=0.1, targets=(Target(move=0.2), Target(move=0.1))),
            r"targets must rise from the nearest",
        ),
        (
            lambda: ExitPlan(
                stop=0.1, targets=(Target(move=0.1, fraction=0.7), Target(move=0.2, fraction=0.7))
            ),
            r"target fractions must sum to at most 1, got 1.4",
        ),
        (lambda: Target(move=0), r"target move must be a number > 0, got 0"),
        (lambda: EntryRules(min_days=90, max_days=45), r"min_days must be at most max_days, got 90 and 45"),
        (lambda: Trigger(signal="x"), r"trigger x: exactly one of below and above must be set"),
        (lambda: View(vol=-0.1), r"view vol must be a number >= 0, got -0.1"),
        (
            lambda: call_spread("IWM", long_strike=325, short_strike=295, expiry=EXPIRY),
            r"long_strike must be below short_strike, got 325 and 295",
        ),
        (
            lambda: call_credit_spread("IWM", long_strike=295, short_strike=325, expiry=EXPIRY),
            r"short_strike must be below long_strike, got 325 and 295",
        ),
        (
            lambda: put_spread("IWM", long_strike=270, short_strike=295, expiry=EXPIRY),
            r"short_strike must be below long_strike, got 295 and 270",
        ),
        (
            lambda: calendar("IWM", strike=295, near_expiry=EXPIRY, far_expiry=EXPIRY),
            r"near_expiry must be before far_expiry",
        ),
        (
            lambda: iron_condor(
                "IWM",
                put_long_strike=270,
                put_short_strike=320,
                call_short_strike=310,
                call_long_strike=330,
                expiry=EXPIRY,
            ),
            r"put_short_strike must not be above call_short_strike, got 320 and 310",
        ),
    ],
)
def test_a_bad_value_is_refused_by_name(build, says):
    with pytest.raises(InvalidInputError, match=says) as refused:
        build()
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, RiskcalcError)
    assert "\n" not in str(refused.value)


class TestTimeStop:
    def test_the_earliest_rule_wins(self):
        exits = ExitPlan(stop=0.06, holding_days=30, close_dte=21)
        assert exits.time_stop(entry=DAY, expiry=EXPIRY) == dt.date(2026, 8, 19)

    def test_the_expiry_is_the_last_day(self):
        assert ExitPlan(stop=0.06).time_stop(entry=DAY, expiry=EXPIRY) == EXPIRY
        assert ExitPlan(stop=0.06, holding_days=300).time_stop(entry=DAY, expiry=EXPIRY) == EXPIRY

    def test_shares_may_have_none(self):
        assert ExitPlan(stop=0.06).time_stop(entry=DAY, expiry=None) is None

    def test_close_dte_needs_an_expiry_far_enough_away(self):
        with pytest.raises(InvalidInputError, match="close_dte must be below the 60 days left"):
            ExitPlan(stop=0.06, close_dte=60).time_stop(entry=DAY, expiry=EXPIRY)
        with pytest.raises(InvalidInputError, match="close_dte needs an option leg"):
            ExitPlan(stop=0.06, close_dte=21).time_stop(entry=DAY, expiry=None)


def test_an_own_instrument_can_be_traded():
    fund = Instrument(symbol="SPXL", leverage=3, benchmark="SPY")
    assert shares(fund).symbol == "SPXL"


def test_symbols_may_be_written_small():
    assert shares("iwm").symbol == "IWM"
