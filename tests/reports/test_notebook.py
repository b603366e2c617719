"""Results in a notebook: by MIME type, as IPython asks, and as a line elsewhere."""

from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest

import riskcalc
from riskcalc.presets import load_preset
from tests.reports.conftest import parsed, planned

SPREAD = "iwm-call-spread"


def stressed():
    plan = planned(SPREAD)
    return riskcalc.stress(plan, riskcalc.load_scenarios(), account=riskcalc.Account(equity=100_000))


def scanned():
    preset = load_preset(SPREAD)
    rules = riskcalc.ScanRules(min_days=50, max_days=70)
    terms = {"market": preset.market, "account": preset.account, "exits": preset.exits, "rules": rules}
    return riskcalc.scan(riskcalc.sample_chain(), **terms)


RESULTS = {
    "plan": (lambda: planned(SPREAD), "offset by short legs"),
    "report": (lambda: planned(SPREAD).report, "vega per point"),
    "comparison": (lambda: riskcalc.compare_presets(["iwm-shares", SPREAD]), "IWM-equivalent exposure"),
    "stress": (stressed, "risk-off-5"),
    "scan": (scanned, "P&L at stop"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_text_and_html(name):
    made, inside = RESULTS[name]
    result = made()._repr_mimebundle_(include=None, exclude=None)
    assert set(result) == {"text/plain", "text/html"}
    assert inside in result["text/plain"]
    page = parsed(result["text/html"])
    assert page.get("class") == "riskcalc"
    assert inside in " ".join(page.itertext())
    assert len(list(page.iter("{http://www.w3.org/2000/svg}svg"))) == (2 if name == "plan" else 0)
    assert all(len(line) <= 200 for line in result["text/plain"].splitlines())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan", "<TradePlan IWM 295/325 call spread 2026-09-18: 1 spread, OK>"),
        (
            "report",
            (
                "<RiskReport IWM 295/325 call spread 2026-09-18: value 963.97, "
                "max loss 963.97, max profit 2,036.03>"
            ),
        ),
        ("comparison", "<Comparison iwm-shares, iwm-call-spread: risk budget 1,000.00>"),
    ],
)
def test_repr_is_a_line(name, text):
    assert repr(RESULTS[name][0]()) == text


def test_repr_of_a_stress_test_names_the_worst_scenario():
    result = stressed()
    worst = min(result, key=lambda row: row.pnl_all_units)
    assert repr(result) == (
        f"<StressResult IWM 295/325 call spread 2026-09-18: {len(result)} scenarios, "
        f"worst {worst.scenario.name} {worst.pnl_all_units:+,.2f}>"
    )
    nothing = riskcalc.stress(planned(SPREAD), [], account=riskcalc.Account(equity=100_000))
    assert repr(nothing) == "<StressResult IWM 295/325 call spread 2026-09-18: no scenarios>"


def test_a_stress_test_is_still_a_tuple():
    result = stressed()
    for same in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):  # noqa: S301
        assert same == result == tuple(result)
        assert same.plan == result.plan
    assert isinstance(result[:2], tuple)


def test_a_part_of_a_scan_is_a_plain_table():
    result = scanned()
    assert type(result.head()) is type(result[["debit"]]) is type(result.copy()) is pd.DataFrame
    same = pickle.loads(pickle.dumps(result))  # noqa: S301
    assert same._repr_mimebundle_() == result._repr_mimebundle_()


def test_a_scan_without_its_columns_is_shown_as_pandas_does():
    result = scanned()
    del result["edge"]
    assert result._repr_mimebundle_()["text/plain"] == repr(result)
    assert "<table" in result._repr_mimebundle_()["text/html"]
