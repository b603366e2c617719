"""A fund's vol that is left out is its benchmark's times its leverage."""

import pytest

from riskcalc.errors import PresetError
from riskcalc.presets import load_preset, plan_preset

IWM_QUOTE = {"market.quotes.IWM": {"spot": 295.39, "vol": "22%"}, "market.quotes.TNA.vol": None}


def test_it_is_three_times_that_of_iwm():
    preset = load_preset("tna-momentum", IWM_QUOTE)
    assert preset.market.quote("TNA").vol == pytest.approx(0.66)
    assert preset.market.quote("IWM").vol == 0.22


def test_an_option_on_the_fund_is_priced_with_it():
    call = {"kind": "call", "side": "long", "moneyness": "ATM", "days": 60}
    result = plan_preset("tna-momentum", {**IWM_QUOTE, "trade.legs": [call], "entry.max_days": 90})
    assert result.report.legs[0].vol == pytest.approx(0.66)


def test_without_a_benchmark_it_is_missing():
    with pytest.raises(PresetError, match=r"market.quotes.TNA.vol is missing: at-the-money implied vol"):
        load_preset("tna-momentum", {"market.quotes.TNA.vol": None})


def test_a_benchmark_without_a_vol_lends_none():
    quotes = {"market.quotes.IWM": {"spot": 295.39}, "market.quotes.TNA.vol": None}
    with pytest.raises(PresetError) as refused:
        load_preset("tna-momentum", quotes)
    assert len(str(refused.value).splitlines()) == 2
