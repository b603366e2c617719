"""QuantLib as a second implementation: its high-precision scheme, and its grids extrapolated."""

import numpy as np
import pytest

from riskcalc.pricing.american import american

QuantLib = pytest.importorskip("QuantLib")

DAYS = 36_000
"""Any expiry is this many days at scaled rates, so that QuantLib's dates are exact times."""


def priced(*, sign, spot, strike, time_to_expiry, vol, rate, dividend_yield, schedule, engine):
    today = QuantLib.Date(1, 1, 2025)
    QuantLib.Settings.instance().evaluationDate = today
    calendar, days, scale = QuantLib.NullCalendar(), QuantLib.Actual365Fixed(), time_to_expiry * 365 / DAYS
    rates, yields = (
        QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(today, level * scale, days))
        for level in (rate, dividend_yield)
    )
    vols = QuantLib.BlackConstantVol(today, calendar, vol * np.sqrt(scale), days)
    process = QuantLib.BlackScholesMertonProcess(
        QuantLib.QuoteHandle(QuantLib.SimpleQuote(spot)),
        yields,
        rates,
        QuantLib.BlackVolTermStructureHandle(vols),
    )
    side = QuantLib.Option.Call if sign > 0 else QuantLib.Option.Put
    option = QuantLib.VanillaOption(
        QuantLib.PlainVanillaPayoff(side, strike), QuantLib.AmericanExercise(today, today + DAYS)
    )
    dividends = QuantLib.DividendSchedule(
        [
            QuantLib.FixedDividend(amount, today + round(time / time_to_expiry * DAYS))
            for time, amount in schedule
        ]
    )
    option.setPricingEngine(engine(process, dividends))
    return option.NPV()


def collocation(process, _):
    return QuantLib.QdFpAmericanEngine(process, QuantLib.QdFpAmericanEngine.highPrecisionScheme())


def grid(steps, nodes):
    return lambda process, dividends: QuantLib.FdBlackScholesVanillaEngine(process, dividends, steps, nodes)


def extrapolated(**terms):
    """Without the first order in time and the second in space."""
    coarse, fine = (
        2 * priced(**terms, engine=grid(1200, nodes)) - priced(**terms, engine=grid(600, nodes))
        for nodes in (1000, 2000)
    )
    return (4 * fine - coarse) / 3


def test_without_cash_dividends():
    rng, count = np.random.default_rng(11), 20
    terms = {
        "sign": rng.choice([1.0, -1.0], count),
        "spot": np.full(count, 100.0),
        "strike": 100 * np.exp(rng.normal(0, 0.2, count)),
        "time_to_expiry": rng.uniform(0.02, 3.0, count),
        "vol": rng.uniform(0.08, 0.8, count),
        "rate": rng.uniform(0.0, 0.1, count),
        "dividend_yield": rng.choice([0.0, 1.0], count) * rng.uniform(0.0, 0.1, count),
    }
    options = [dict(zip(terms, row, strict=True)) for row in zip(*terms.values(), strict=True)]
    theirs = [priced(**option, schedule=(), engine=collocation) for option in options]
    assert american(**terms).value == pytest.approx(theirs, abs=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("sign", "tolerance"), [(1, 3e-5), (-1, 1e-4)])
@pytest.mark.parametrize("strike", [270.0, 296.0, 330.0])
@pytest.mark.parametrize(
    ("time", "schedule"),
    [
        (0.25, [(0.1, 0.62)]),
        (0.5, [(0.1, 0.62), (0.35, 0.8)]),
        (1.0, [(0.1, 2), (0.35, 2), (0.6, 2), (0.85, 2)]),
    ],
)
def test_with_cash_dividends(sign, tolerance, strike, time, schedule):
    terms = {
        "sign": sign,
        "spot": 296.0,
        "strike": strike,
        "time_to_expiry": time,
        "vol": 0.22,
        "rate": 0.04,
        "dividend_yield": 0.0,
    }
    times, amounts = zip(*schedule, strict=True)
    ours = american(**terms, dividend_times=times, dividend_amounts=amounts)
    assert ours.value == pytest.approx(extrapolated(**terms, schedule=schedule), abs=tolerance)
