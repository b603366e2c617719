"""Vols that move with the spot: the rules themselves, and every answer that reprices by them."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.analysis import enter_at_model, value_position
from riskcalc.chains import Chain, Smile, SmileCurve, fit_chain, sticky_smile
from riskcalc.chains.sample import sample_vol
from riskcalc.chains.smile_curve import Svi
from riskcalc.domain import (
    CashDividend,
    Market,
    Quote,
    Sticky,
    Trade,
    call_spread,
    long_option,
    moving_smile,
    put_spread,
)
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.planning import plan, stress
from riskcalc.pricing import black_scholes
from tests.chains.quoted import DAY
from tests.outside import reference_file

EXPIRY = DAY + dt.timedelta(days=60)
YEARS = (60 - 6.5 / 24) / 365  # a third Friday: settled at the open
SPOT, RATE, YIELD = 2200.0, 0.045, 0.012
CURVE = SmileCurve(
    expiry=EXPIRY,
    years=YEARS,
    forward=SPOT * np.exp((RATE - YIELD) * YEARS),
    svi=Svi(a=0.004, b=0.02, rho=-0.4, m=0.0, sigma=0.1),
)
SMILE = Smile(symbol="RUT", spot=SPOT, curves={EXPIRY: CURVE}, fits=())


def market_of(rule: Sticky | None, *, spot: float = SPOT) -> Market:
    smile = None if rule is None else SMILE.moving(rule)
    quote = Quote(spot=spot, vol=0.19, dividend_yield=YIELD, smile=smile)
    return Market(date=DAY, rate=RATE, quotes={"RUT": quote})


def on_the_smile(trade: Trade) -> Trade:
    """Every leg at the smile's own vol, and at the model's price."""
    legs = tuple(dataclasses.replace(leg, vol=float(CURVE.vol(leg.strike))) for leg in trade.option_legs)
    return enter_at_model(dataclasses.replace(trade, legs=legs), market_of(None))


CALL = on_the_smile(long_option("RUT", option_type=rc.OptionType.CALL, strike=2300, expiry=EXPIRY))
PUT = on_the_smile(long_option("RUT", option_type=rc.OptionType.PUT, strike=2300, expiry=EXPIRY))
SPREAD = on_the_smile(call_spread("RUT", long_strike=2200, short_strike=2350, expiry=EXPIRY))
SPOTS = np.array([1500.0, 1900.0, 2068.0, 2200.0, 2420.0, 3000.0])


@pytest.mark.parametrize("trade", [CALL, PUT])
def test_under_sticky_moneyness_an_option_scales_with_the_spot(trade):
    """Euler: with vols by K / S alone, a value is homogeneous of degree one in spot and strike."""
    (leg,) = trade.option_legs
    scale = SPOTS / SPOT
    there = value_position(trade, market_of(Sticky.MONEYNESS), spot=SPOTS).value
    here = black_scholes(
        sign=int(leg.option_type),
        spot=SPOT,
        strike=leg.strike / scale,
        time_to_expiry=YEARS,
        vol=CURVE.vol(leg.strike / scale),
        rate=RATE,
        dividend_yield=YIELD,
    ).value
    assert there == pytest.approx(100 * scale * here, rel=1e-12)


def test_under_sticky_strike_every_leg_keeps_its_vol():
    selected, plain = (value_position(SPREAD, market_of(rule), spot=SPOTS) for rule in (Sticky.STRIKE, None))
    for ours, theirs in zip(selected, plain, strict=True):
        assert ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("rule", Sticky)
def test_call_less_put_is_the_forward_under_either_rule(rule):
    market = market_of(rule)
    call, put = (value_position(trade, market, spot=SPOTS).value / 100 for trade in (CALL, PUT))
    forward = SPOTS * np.exp(-YIELD * YEARS) - 2300 * np.exp(-RATE * YEARS)
    assert call - put == pytest.approx(forward, abs=1e-8)


def test_where_the_spot_is_nothing_moves():
    for rule in Sticky:
        assert float(SMILE.moving(rule).change(2300, expiry=EXPIRY, start=SPOT, spot=SPOT)) == 0.0


def test_a_leg_keeps_its_distance_from_the_smile():
    """A leg entered two points off the curve stays two points off it."""
    off = dataclasses.replace(CALL.option_legs[0], vol=float(CURVE.vol(2300)) + 0.02)
    trade = dataclasses.replace(CALL, legs=(off,))
    moved = value_position(trade, market_of(Sticky.MONEYNESS), spot=2000.0).value
    shifted = value_position(CALL, market_of(Sticky.MONEYNESS), spot=2000.0, vol_shift=0.02).value
    assert float(moved) == pytest.approx(float(shifted), rel=1e-12)


def test_the_slope_of_the_value_is_delta_and_what_the_vols_add():
    """Greeks hold the vols where they are; the rest of the slope is vega times the smile's move."""
    market, step = market_of(Sticky.MONEYNESS), 0.01
    trade = on_the_smile(long_option("RUT", option_type=rc.OptionType.CALL, strike=2100, expiry=EXPIRY))
    up, down = (float(value_position(trade, market, spot=SPOT + s).value) for s in (step, -step))
    greeks = value_position(trade, market)
    up_vol, down_vol = (
        float(SMILE.vol(2100, expiry=EXPIRY, spot=SPOT + s, sticky="moneyness")) for s in (step, -step)
    )
    slope = (up - down) / (2 * step)
    skew = (up_vol - down_vol) / (2 * step)
    assert slope == pytest.approx(float(greeks.delta + greeks.vega * skew), rel=1e-6)
    assert abs(slope - float(greeks.delta)) > 0.5


@pytest.mark.parametrize("spot", [0.0, 1e-9, 1e6])
def test_the_ends_of_the_world_have_a_value(spot):
    value = float(value_position(PUT, market_of(Sticky.MONEYNESS), spot=spot).value)
    assert value == pytest.approx(100 * max(2300 * np.exp(-RATE * YEARS) - spot, 0.0), abs=1.0)


def test_another_expiry_is_refused_by_name():
    later = call_spread("RUT", long_strike=2200, short_strike=2350, expiry=EXPIRY + dt.timedelta(days=7))
    with pytest.raises(ChainError, match=r"RUT 2026-09-25: no smile for this expiry; fitted: 2026-09-18"):
        rc.evaluate(later, market_of(Sticky.MONEYNESS))
    with pytest.raises(InvalidInputError, match="sticky must be one of strike, moneyness, got 'delta'"):
        SMILE.moving("delta")


ACCOUNT = rc.Account(equity=1_000_000)
EXITS = rc.ExitPlan(stop=0.06, targets=(rc.Target(move=0.10),), close_dte=21, vol_shift=0.03)


def test_a_plan_reprices_its_ladder_gaps_and_exits_by_the_rule():
    result = plan(SPREAD, market_of(Sticky.MONEYNESS), ACCOUNT, EXITS)
    usual = plan(SPREAD, market_of(None), ACCOUNT, EXITS)
    for row in result.ladder:
        vols = [
            float(CURVE.vol(leg.strike * SPOT / row.spot)) + 0.03 * row.label.startswith("stop")
            for leg in SPREAD.option_legs
        ]
        left = max(YEARS - (row.date - DAY).days / 365, 0.0)
        expected = sum(
            SPREAD.leg_size(leg)
            * black_scholes(
                sign=1,
                spot=row.spot,
                strike=leg.strike,
                time_to_expiry=left,
                vol=vol,
                rate=RATE,
                dividend_yield=YIELD,
            ).value
            for leg, vol in zip(SPREAD.option_legs, vols, strict=True)
        )
        assert row.value == pytest.approx(float(expected), abs=1e-8)
    assert result.report.to_dict()["greeks"] == usual.report.to_dict()["greeks"]
    assert result.report.net_debit == usual.report.net_debit
    assert result.odds == usual.odds
    # With puts dearer than calls, moving the smile down with the spot takes vol off every strike.
    assert result.gaps[0].loss_per_unit > usual.gaps[0].loss_per_unit
    assert result.managed.expected_pnl < usual.managed.expected_pnl
    assert result.to_dict()["market"]["quotes"]["RUT"]["smile"] == "sticky moneyness"
    assert usual.to_dict()["market"]["quotes"]["RUT"]["smile"] is None


def test_a_stress_reprices_by_the_rule():
    selloff = rc.Scenario(name="selloff", meaning="-5%", moves={"RUT": -0.05}, vol_shift=0.05)
    rows = [
        stress(plan(SPREAD, market_of(rule), ACCOUNT, EXITS), [selloff], account=ACCOUNT)[0]
        for rule in Sticky
    ]
    day = (rows[0].date - DAY).days
    expected = value_position(
        SPREAD, market_of(Sticky.MONEYNESS), spot=SPOT * 0.95, days=day, vol_shift=0.05
    ).value
    assert rows[1].value == pytest.approx(float(expected))
    assert rows[1].value < rows[0].value - 100


DIVIDENDS = (CashDividend(ex_date=dt.date(2026, 6, 16), amount=0.8),)
IWM = Market(date=DAY, rate=0.04, quotes={"IWM": Quote(spot=295.39, vol=0.2, dividends=DIVIDENDS)})


def test_an_expiry_is_fitted_when_it_is_asked_for():
    smile, strikes = sticky_smile(rc.sample_chain(), IWM, "moneyness"), np.array([280.0, 295.0, 310.0])
    change = smile.change(strikes, expiry=EXPIRY, start=295.39, spot=295.39 * 0.95)
    made, moved = (
        sample_vol(strike=ratio * strikes, forward=np.array(296.89), years=YEARS) for ratio in (1, 1 / 0.95)
    )
    assert change == pytest.approx(moved - made, abs=1e-3)
    beside_others = fit_chain(rc.sample_chain(), IWM, max_days=90).smile.moving("moneyness")
    again = beside_others.change(strikes, expiry=EXPIRY, start=295.39, spot=295.39 * 0.95)
    assert change == pytest.approx(again, abs=5e-4)
    with pytest.raises(ChainError, match="2027-01-15: the chain lists no such expiry; listed: 2026-08-14, "):
        smile.change(295.0, expiry=dt.date(2027, 1, 15), start=295.39, spot=280.0)


def test_too_few_strikes_have_no_smile():
    table = rc.sample_chain().to_frame()
    two = rc.read_chain(table[table["strike"].isin([295, 325])])
    with pytest.raises(ChainError, match="IWM 2026-09-18: the chain has too few quotes for a smile"):
        sticky_smile(two, IWM, "moneyness").change(295.0, expiry=EXPIRY, start=295.39, spot=280.0)


def test_put_legs_and_cash_dividends_go_along():
    trade = put_spread("IWM", long_strike=290, short_strike=270, expiry=EXPIRY)
    moved = IWM.with_quote("IWM", smile=sticky_smile(rc.sample_chain(), IWM, "moneyness"))
    exits = dataclasses.replace(EXITS, side=rc.Side.SHORT)
    result, usual = (plan(trade, market, ACCOUNT, exits) for market in (moved, IWM))
    assert result.report.net_debit == pytest.approx(usual.report.net_debit)
    assert result.managed.expected_pnl != pytest.approx(usual.managed.expected_pnl, abs=1.0)
    by_label = {(row.label, row.when): row.pnl for row in result.ladder}
    at_spot = next(pnl for (label, when), pnl in by_label.items() if label == "spot" and when == "today")
    assert at_spot == pytest.approx(0.0, abs=1e-4)


def test_the_real_chain_moves_its_vols_too():
    chain = rc.read_chain(reference_file("06_option_chains/IWM_2026-07-20_leapware.json"), symbol="IWM")
    preset = rc.load_preset("iwm-call-spread")
    result, usual = (
        rc.plan_preset("iwm-call-spread", chain=chain, smile=smile)
        for smile in (sticky_smile(chain, preset.market, "moneyness"), None)
    )
    assert result.report.net_debit == usual.report.net_debit
    stop, plain = (
        next(row.value for row in one.ladder if row.label.startswith("stop") and row.when == "today")
        for one in (result, usual)
    )
    assert 0.5 * plain < stop < plain


def test_a_chain_has_a_smile_whatever_has_been_imported():
    # The class itself brings it: with a module beside it, a plan once fell back to one vol without a word.
    assert moving_smile.dispatch(Chain).__module__ == Chain.__module__
