"""Evaluation, planning, sizing and checks of a trade."""

from riskcalc.planning.compare import compare
from riskcalc.planning.entry import atm_vol, enter, quote_time, quoted_market
from riskcalc.planning.evaluate import evaluate
from riskcalc.planning.plan import plan
from riskcalc.planning.stress import scenario_move, stress

__all__ = [
    "atm_vol",
    "compare",
    "enter",
    "evaluate",
    "plan",
    "quote_time",
    "quoted_market",
    "scenario_move",
    "stress",
]
