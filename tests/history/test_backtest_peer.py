"""Trades of shares beside vectorbt's, where it is installed: pip install vectorbt."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import riskcalc as rc
from riskcalc.history import backtest, sample_prices

STOP, TARGET = 0.06, 0.10


@pytest.mark.slow
def test_vectorbt_leaves_every_trade_at_the_same_price():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vbt = pytest.importorskip("vectorbt", reason="vectorbt is not installed")
    bars = sample_prices()
    settings = {"exits.stop": "-6%", "exits.targets": ["+10%"], "market.quotes.IWM.dividends": "none"}
    result = backtest(rc.load_preset("iwm-shares", settings), bars, entries="each")
    rows = {day: row for row, day in enumerate(bars.dates.tolist())}
    table = pd.DataFrame({name: getattr(bars, name) for name in ("open", "high", "low", "close")})
    entries = np.zeros((len(bars), len(result.trades)), dtype=bool)
    exits = entries.copy()
    for column, trade in enumerate(result.trades):
        entries[rows[trade.entry_date], column] = True
        # The day of our time stop alone: stops and targets are vectorbt's own.
        if trade.reason.value == "time stop":
            exits[rows[trade.exit_date], column] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = vbt.Portfolio.from_signals(
            table.close, entries, exits, open=table.open, high=table.high, low=table.low,
            sl_stop=STOP, tp_stop=TARGET, size=1.0, init_cash=1e9, freq="D",
        ).trades.records  # fmt: skip
    assert told.col.tolist() == list(range(len(result.trades)))
    np.testing.assert_allclose(told.exit_price, [trade.exit_spot for trade in result.trades], rtol=1e-12)
    assert told.exit_idx.tolist() == [rows[trade.exit_date] for trade in result.trades]
    np.testing.assert_allclose(
        told.pnl, [trade.pnl / trade.units for trade in result.trades], rtol=1e-9, atol=1e-9
    )
