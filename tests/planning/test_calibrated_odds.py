"""Calibrated odds: those of the plan at k times its implied volatility, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

import riskcalc as rc
from riskcalc.domain import Calibration, View
from riskcalc.presets import load_preset, preset_text
from riskcalc.presets.calibration import write_calibration
from tests.formatting.plans import EVERY, planned


@pytest.mark.parametrize("name", EVERY)
def test_they_sum_to_one_and_say_where_k_is_from(name):
    result = planned(name).calibrated
    assert result.stop_first + result.target_first + result.neither == pytest.approx(1, abs=1e-9)
    assert (result.k, result.k_source) == (0.83, "default, IWM 2010-2026")


@pytest.mark.parametrize("name", ["iwm-shares", "tna-momentum", "iwm-call-spread"])
@pytest.mark.parametrize("k", [0.7, 1.0, 1.3])
def test_they_are_the_odds_of_a_plan_whose_view_has_that_volatility(name, k):
    preset = load_preset(name)
    trade, market = preset.template.resolve(preset.market), preset.market
    words = {"entry": preset.entry, "calibration": Calibration(k=k)}
    result = rc.plan(trade, market, preset.account, preset.exits, **words).calibrated
    view = View(vol=k * market.quote(trade.symbol).vol)
    other = rc.plan(trade, market, preset.account, preset.exits, view=view)
    assert result.stop_first == pytest.approx(other.odds.stop_first, abs=1e-12)
    assert result.target_first == pytest.approx(other.odds.target_first, abs=1e-12)
    assert result.profit == pytest.approx(other.report.prob_profit, abs=1e-12)


def test_k_of_one_gives_the_implied_odds():
    preset = load_preset("iwm-shares")
    trade = preset.template.resolve(preset.market)
    result = rc.plan(trade, preset.market, preset.account, preset.exits, calibration=Calibration(k=1.0))
    assert result.calibrated.stop_first == pytest.approx(result.odds.stop_first, abs=1e-12)


def test_the_drift_of_the_view_stays():
    result = rc.plan_preset("iwm-shares", {"view.drift": "20%"})
    neutral = rc.plan_preset("iwm-shares")
    assert result.calibrated.target_first > neutral.calibrated.target_first


def test_a_calibrated_view_is_behind_every_probability():
    result = rc.plan_preset("iwm-shares", {"view.vol": "calibrated"})
    assert result.odds.stop_first == pytest.approx(result.calibrated.stop_first, abs=1e-12)
    assert result.managed.view.name == "risk-neutral drift, calibrated vol: 0.83 x implied"
    assert result.report.net_debit == rc.plan_preset("iwm-shares").report.net_debit


def test_a_calibrated_view_is_written_as_the_word():
    preset = load_preset("iwm-shares", {"view.vol": "Calibrated"})
    assert preset.view == View(k=0.83)
    assert 'vol = "calibrated"' in preset_text(preset)


def test_a_measured_k_is_taken_by_plans_of_the_symbol_and_its_funds(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    measured = Calibration(k=0.9, k_source="my file", date=dt.date(2026, 6, 30), error=0.02)
    write_calibration(measured, symbol="IWM")
    for name in ("iwm-shares", "tna-momentum", "iwm-call-spread"):
        result = rc.plan_preset(name, {"view.vol": "calibrated"})
        assert (result.calibrated.k, result.calibrated.k_source) == (0.9, "my file")
        assert result.report.view.k == 0.9


def test_funds_share_the_k_of_a_comparison():
    result = rc.compare_presets(["iwm-shares", "tna-momentum"], {"view.vol": "calibrated"})
    assert [vehicle.plan.report.view.k for vehicle in result.vehicles] == [0.83, 0.83]


def test_json_has_it_beside_the_implied_odds():
    data = planned("iwm-call-spread").to_dict()["probability"]
    assert set(data["calibrated"]) == {"k", "k_source", "stop_first", "target_first", "neither", "profit"}
    assert data["calibrated"]["stop_first"] < data["stop_first"]


def test_a_view_that_states_a_volatility_keeps_it():
    view = View(vol=0.3, k=0.83)
    assert view.vol_from(0.2) == 0.3
    assert dataclasses.replace(view, vol=None).vol_from(0.2) == pytest.approx(0.166)
