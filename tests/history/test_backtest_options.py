"""Options in a backtest: what they cost, risk and bring, beside plans of the same day."""

from __future__ import annotations

import datetime as dt

import holidays
import numpy as np
import pytest

import riskcalc as rc
from riskcalc.history import ImpliedVols, backtest, sample_prices, sample_vols
from tests.rows import sample

HALF_DAYS = holidays.financial_holidays("NYSE", categories=("half_day",))
SPREAD = {"market.quotes.IWM.dividends": "none", "market.quotes.IWM.dividend_yield": "1.1%"}


@pytest.mark.parametrize("name", sample(("call", "put", "condor"), 0, 1))
def test_a_spread_costs_what_a_plan_of_that_day_says(name):
    legs = {
        "call": [("call", "long", "ATM", "20%"), ("call", "short", "+10%", "17%")],
        "put": [("put", "short", "-3%", "21%"), ("put", "long", "-8%", "24%")],
        "condor": [
            ("put", "long", "-10%", "24%"), ("put", "short", "-5%", "22%"),
            ("call", "short", "+5%", "19%"), ("call", "long", "+10%", "17%"),
        ],
    }[name]  # fmt: skip
    template = [
        {"kind": kind, "side": side, "moneyness": far, "days": 60, "vol": vol}
        for kind, side, far, vol in legs
    ]
    settings = SPREAD | {"trade.legs": template, "account.equity": 1_000_000}
    if name == "condor":
        settings |= {"exits.targets": []}
    preset = rc.load_preset("iwm-call-spread", settings)
    result = backtest(preset, sample_prices(), vols=sample_vols())
    for trade in result.trades[::12]:
        vol = sample_vols().on(trade.entry_date, within_days=0)
        moved = [{**leg, "vol": f"{100 * vol + float(leg['vol'][:-1]) - 20}%"} for leg in template]
        on_that_day = {
            "market.date": trade.entry_date,
            "market.quotes.IWM.spot": trade.entry_spot,
            "market.quotes.IWM.vol": vol,
            "trade.legs": moved,
        }
        planned = rc.plan_preset("iwm-call-spread", settings | on_that_day)
        text = trade.description.split()
        strikes = [f"{leg.strike:g}" for leg in planned.report.trade.option_legs]
        assert [text[3 * leg + 2] for leg in range(len(legs))] == strikes
        assert text[-1] == str(planned.report.trade.expiry)
        assert trade.debit == pytest.approx(planned.report.net_debit, abs=0.5)
        assert trade.risk / trade.units == pytest.approx(planned.size.loss_per_unit, abs=0.5)


@pytest.mark.parametrize("shares_held", [0, 100])
def test_sold_calls_are_sized_by_their_stop_as_a_plan_does(shares_held):
    call = {"kind": "call", "side": "short", "delta": 0.3, "days": 45}
    covered = [{"kind": "shares", "side": "long", "shares": shares_held}] if shares_held else []
    settings = SPREAD | {"trade.legs": [*covered, call], "account.equity": 1_000_000, "account.risk": "0.4%"}
    settings["account.risk_basis"] = "stop"
    result = backtest(rc.load_preset("iwm-call-spread", settings), sample_prices(), vols=sample_vols())
    assert result.side.name == ("LONG" if shares_held else "SHORT")
    for trade in result.trades[::20]:
        on_that_day = {
            "market.date": trade.entry_date,
            "market.quotes.IWM.spot": trade.entry_spot,
            "market.quotes.IWM.vol": sample_vols().on(trade.entry_date, within_days=0),
        }
        planned = rc.plan_preset("iwm-call-spread", settings | on_that_day)
        assert trade.debit == pytest.approx(planned.report.net_debit, abs=0.5)
        assert trade.risk / trade.units == pytest.approx(planned.size.loss_per_unit, rel=2e-3)


@pytest.mark.parametrize("basis", ["gap", "stop"])
@pytest.mark.parametrize("name", ["iwm-shares", "iwm-call-spread"])
def test_the_basis_of_the_risk_is_that_of_a_plan(name, basis):
    settings = SPREAD | {"account.equity": 1_000_000, "account.risk_basis": basis}
    result = backtest(rc.load_preset(name, settings), sample_prices(), vols=sample_vols())
    for trade in result.trades[::20]:
        on_that_day = {
            "market.date": trade.entry_date,
            "market.quotes.IWM.spot": trade.entry_spot,
            "market.quotes.IWM.vol": sample_vols().on(trade.entry_date, within_days=0),
        }
        planned = rc.plan_preset(name, settings | on_that_day)
        assert trade.risk / trade.units == pytest.approx(planned.size.loss_per_unit, rel=2e-3)


def test_a_spread_leaves_at_the_value_of_its_exit():
    preset = rc.load_preset("iwm-call-spread", SPREAD)
    result = backtest(preset, sample_prices(), vols=0.25)
    for trade in result.trades:
        strikes = [float(trade.description.split()[place]) for place in (2, 5)]
        expiry = dt.date.fromisoformat(trade.description.split()[-1])
        shift = 0.03 if trade.reason.value == "stop" else 0.0
        hours = 6.5 if trade.gapped else 3 * (trade.exit_date in HALF_DAYS)
        left = ((expiry - trade.exit_date).days + (hours - 3 * (expiry in HALF_DAYS)) / 24) / 365
        if trade.targets_reached:
            continue
        worth = [
            float(
                rc.pricing.american(
                    sign=1, spot=trade.exit_spot, strike=strike, time_to_expiry=left, rate=0.04,
                    vol=0.25 + offset + shift, dividend_yield=0.011,
                ).value
            )
            for strike, offset in zip(strikes, (0.05 - 0.05, -0.03), strict=True)
        ]  # fmt: skip
        costs = 4 * 0.65
        expected = 100 * (worth[0] - worth[1]) - trade.debit - costs
        assert trade.pnl / trade.units == pytest.approx(expected, abs=0.3)


def test_no_vol_of_a_later_day_is_looked_at():
    bars, vols = sample_prices(), sample_vols()
    preset = rc.load_preset("iwm-call-spread", SPREAD)
    before = backtest(preset, bars, vols=vols).trades
    cut = 700
    later = np.where(np.arange(len(bars)) > cut, 0.9, vols.vol)
    after = backtest(preset, bars, vols=ImpliedVols(name="x", dates=vols.dates, vol=later)).trades
    closed = [one for one in before if one.exit_date <= bars.day(cut)]
    assert len(closed) > 10
    assert after[: len(closed)] == tuple(closed)
