import dataclasses

import pytest

from riskcalc.domain import Quote, View, instrument, shares
from riskcalc.editor import open_draft
from riskcalc.editor.vehicles import VEHICLES, vehicles
from riskcalc.presets import compare_presets
from tests.editor.drafts import draft, editor, shipped


def test_the_shipped_trades_compare_as_the_command_compares_them():
    result = vehicles(draft())
    usual = compare_presets(VEHICLES)
    assert [vehicle.plan.size.units for vehicle in result.vehicles] == [
        vehicle.plan.size.units for vehicle in usual.vehicles
    ]
    assert result.vehicles[0].capital == usual.vehicles[0].capital


def test_the_others_take_the_drafts_market_and_account():
    tuned = editor()
    for key, text in (
        ("market.spot", "300"),
        ("market.vol", "30"),
        ("market.rate", "5"),
        ("account.equity", "200k"),
    ):
        tuned.enter(key, text)
    tuned.enter("market.date", "2026-07-21")
    held, fund, spread = (vehicle.plan for vehicle in tuned.vehicles().vehicles)
    assert held.report.market.quote("IWM") == tuned.state.draft.quote
    assert fund.report.market.quote("TNA").vol == pytest.approx(0.9)
    assert {plan.report.market.rate for plan in (held, fund, spread)} == {0.05}
    assert {plan.size.risk_budget for plan in (held, fund, spread)} == {2000}
    assert spread.to_dict() == tuned.state.plan.to_dict()


@pytest.mark.parametrize(("name", "place"), [("iwm-shares", 0), ("tna-momentum", 1), ("tza-hedge", 1)])
def test_a_draft_stands_in_the_place_of_its_kind(name, place):
    result = editor(name).vehicles()
    assert result.vehicles[place].name == name
    assert result.vehicles[2].plan.report.trade.option_legs


def test_a_funds_vol_says_that_of_its_benchmark():
    result = vehicles(draft("tna-momentum"))
    assert result.vehicles[0].plan.report.market.quote("IWM").vol == pytest.approx(0.2)


def test_a_view_is_said_of_every_vehicle():
    tuned = dataclasses.replace(draft(), view=View(drift=0.10, vol=0.25))
    result = vehicles(tuned)
    view = result.vehicles[1].plan.report.view
    assert (view.drift, view.vol) == (pytest.approx(0.04 + 3 * 0.06), 0.75)


def test_another_benchmark_is_said():
    preset = shipped("iwm-shares")
    spy = dataclasses.replace(
        preset,
        template=dataclasses.replace(preset.template, instrument=instrument("SPY"), legs=shares("SPY").legs),
        market=dataclasses.replace(preset.market, quotes={"SPY": Quote(spot=600, vol=0.15)}),
    )
    tuned = editor()
    tuned._show(open_draft(spy))
    assert tuned.vehicles() == "vehicles are compared on IWM and its funds; SPY is not one of them"
