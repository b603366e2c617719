"""The user's market set over a preset: the price of what is traded is what counts."""

from __future__ import annotations

import datetime as dt

from riskcalc.domain import Source
from riskcalc.presets import load_preset
from riskcalc.presets.market_file import KnownMarket, KnownQuote


def test_another_symbol_takes_its_own_price_of_today(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    market = KnownMarket(
        quotes={"QQQ": KnownQuote(spot=600.0, date=dt.date(2026, 11, 30), vol=0.2)}, source=Source.CHAIN
    )
    preset = load_preset("iwm-call-spread", {"trade.symbol": "QQQ"}, market=market)
    assert preset.market.quote("QQQ").spot == 600.0
    assert preset.template.resolve(preset.market).legs[0].strike == 600.0
