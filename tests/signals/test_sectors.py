"""Sector weights: the shared facts, holdings in their place, and a pair's bets by hand."""

from __future__ import annotations

import csv
import datetime as dt

import numpy as np
import pytest

from riskcalc import plan_preset
from riskcalc.domain.trading_day import TradingDay
from riskcalc.signals.sectors import sector_weights
from riskcalc.signals.series import Series
from tests.outside import reference_file

DAY = dt.date(2026, 7, 20)


def weight(fund, sector, percent, day="2026-07-17"):
    name = f"{fund}.sector {sector}"
    days = np.array([day], dtype="datetime64[D]")
    return name, Series(name=name, unit="%", days=days, values=np.array([percent]), source=f"{fund}.csv")


def test_the_shipped_weights_are_the_shared_facts():
    path = reference_file("09_signals/sector_weights_2024-03-31.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    result = sector_weights({}, day=DAY)
    for symbol, column in (("SPY", "sp500_pct"), ("IWM", "russell2000_pct")):
        expected = {row["sector"]: float(row[column]) / 100 for row in rows}
        assert result[symbol].weights == pytest.approx(expected)
        assert result[symbol].as_of == dt.date(2024, 3, 31)
    assert (result["SPY"].total, result["IWM"].total) == (pytest.approx(1.002), pytest.approx(1.0))


def test_a_whole_holdings_file_takes_their_place_and_a_part_of_one_does_not():
    store = dict([weight("IVV", "Information Technology", 34.0), weight("IVV", "Energy", 66.0)])
    store |= dict([weight("IWM", "Industrials", 0.61)])
    result = sector_weights(store, day=DAY)
    assert result["SPY"].weights == {"Technology": pytest.approx(0.34), "Energy": pytest.approx(0.66)}
    assert (result["SPY"].symbol, result["SPY"].source) == ("IVV", "IVV.csv")
    assert result["IWM"].as_of == dt.date(2024, 3, 31)
    assert sector_weights(store, day=dt.date(2026, 7, 1))["SPY"].as_of == dt.date(2024, 3, 31)


def test_the_pairs_bets_in_dollars():
    result = plan_preset("iwm-spy-pair", day=TradingDay(sectors=sector_weights({}, day=DAY)))
    pair, bets = result.pair, {bet.sector: bet.dollars for bet in result.sectors.bets}
    assert bets["Technology"] == pytest.approx(0.149 * pair.bought_dollars - 0.296 * pair.sold_dollars)
    assert bets["Industrials"] == pytest.approx(0.176 * pair.bought_dollars - 0.088 * pair.sold_dollars)
    assert list(bets) == sorted(bets, key=bets.get, reverse=True)
    assert next(iter(bets)) == "Industrials"
    assert list(bets)[-1] == "Technology"
    short = plan_preset(
        "iwm-spy-pair",
        {"trade.legs.0.side": "short"},
        day=TradingDay(sectors=sector_weights({}, day=DAY)),
    )
    assert short.sectors.bets[0].sector == "Technology"
    assert short.sectors.bought.symbol == "SPY"


def test_an_outright_has_no_sector_bets():
    assert plan_preset("iwm-shares", day=TradingDay(sectors=sector_weights({}, day=DAY))).sectors is None
