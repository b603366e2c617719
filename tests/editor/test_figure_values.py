"""The figures of a trade that has been stepped hold what the core says of it now, kept points or not."""

import numpy as np
import pytest

from riskcalc.analysis import payoff, value_position
from riskcalc.chains import read_chain
from riskcalc.chains.sample import SAMPLE_FILE
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.figures import draw_figures
from riskcalc.presets import load_preset

SAMPLE = read_chain(SAMPLE_FILE)
AXIS = {"low": 270.0, "high": 340.0}
STEPS = (
    "market.spot",
    "market.spot",
    "market.vol",
    "market.rate",
    "exits.stop",
    "market.spot",
    "legs.0.strike",
)


def opened(name, sticky):
    chain = SAMPLE if sticky else None
    return TradeEditor(open_draft(load_preset(name), chain=chain, sticky=sticky or "strike"))


def days_of(plan, name):
    return 0.0 if name == "today" else (plan.time_stop - plan.report.market.date).days


@pytest.mark.parametrize(
    ("name", "sticky"),
    [
        ("iwm-call-spread", ""),
        ("iwm-call-spread", "moneyness"),
        ("iwm-call-spread", "strike"),
        ("iwm-shares", ""),
    ],
)
def test_after_each_step_the_figures_are_those_of_the_core(name, sticky):
    editor = opened(name, sticky)
    for key in STEPS:
        if any(field.key == key for field in editor.fields):
            editor.step(key, 1)
        plan = editor.state.plan
        figures, trade, market = draw_figures(plan, rows=9, **AXIS), plan.report.trade, plan.report.market
        spots, entry = figures.payoff.spots, payoff.net_debit(trade)
        kinks = {leg.strike for leg in trade.option_legs} | {market.quote(trade.symbol).spot}
        assert kinks <= set(spots.tolist())
        for curve in figures.payoff.curves:
            if curve.name != "expiry":
                value = value_position(trade, market, spot=spots, days=days_of(plan, curve.name)).value
                assert curve.pnl == pytest.approx(value - entry, abs=1e-3)
        greeks = value_position(trade, market, spot=figures.greeks.spots)
        assert figures.greeks.delta == pytest.approx(greeks.delta, abs=1e-3)
        assert np.all(np.diff(figures.greeks.spots) > 0)
