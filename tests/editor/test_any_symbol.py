"""A draft on any symbol: its steps are those of its row, and it is kept with the session."""

from __future__ import annotations

import pytest

from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.session_data import from_data, to_data
from riskcalc.presets import load_preset
from tests.editor.drafts import SkewedChain, text

CALL = {"kind": "call", "side": "long", "moneyness": "ATM", "days": 60}


def editor_on(symbol, spot, **given):
    quotes = {symbol: {"spot": spot, "vol": "30%"}}
    preset = load_preset(
        "iwm-call-spread", {"trade.symbol": symbol, "market.quotes": quotes, "trade.legs": [CALL]}
    )
    return TradeEditor(open_draft(preset, **given))


@pytest.mark.parametrize(
    ("symbol", "spot", "strike", "above"),
    [
        ("QQQ", 610.2, "610.00", "611.00"),
        ("NDX", 25_010.0, "25,000.00", "25,025.00"),
        ("LUNR", 9.03, "9.00", "9.50"),
    ],
)
def test_a_strike_steps_by_the_row_or_by_price(symbol, spot, strike, above):
    editor = editor_on(symbol, spot)
    assert text(editor, "legs.0.strike") == strike
    editor.step("legs.0.strike", 1)
    assert text(editor, "legs.0.strike") == above


@pytest.mark.parametrize(
    ("symbol", "typed", "above"),
    [("IWM", "9.65", "9.70"), ("SPX", "9.60", "9.70"), ("SPX", "2.60", "2.65"), ("XSP", "9.60", "9.65")],
)
def test_a_premium_steps_by_the_tick_and_5_cents_at_least(symbol, typed, above):
    editor = editor_on(symbol, 300.0)
    editor.enter("legs.0.premium", typed)
    editor.step("legs.0.premium", 1)
    assert text(editor, "legs.0.premium") == above


@pytest.mark.parametrize(("symbol", "assumed"), [("QQQ", False), ("LUNR", True)])
def test_a_draft_is_planned_on_quotes_and_brought_back(symbol, assumed):
    chain = SkewedChain(symbol=symbol)
    editor = editor_on(symbol, chain.spot, chain=chain)
    assert editor.state.plan.report.trade.symbol == symbol
    checks = {check.name for check in editor.state.plan.checks}
    assert ("instrument" in checks) == assumed
    alone = editor_on(symbol, 300.0)
    again, note = from_data(to_data(alone.state, chain_path=None))
    assert (again.state.draft.trade, note) == (alone.state.draft.trade, "")
