"""Questions about one trade: worth, payoff, odds, decay, and its value at every exit."""

from riskcalc.analysis import odds, payoff
from riskcalc.analysis.decay import decay
from riskcalc.analysis.early_exercise import early_exercise_lines
from riskcalc.analysis.ladder import ladder
from riskcalc.analysis.valuation import PositionGreeks, enter_at_model, solve_vol, value_legs, value_position

__all__ = [
    "PositionGreeks",
    "decay",
    "early_exercise_lines",
    "enter_at_model",
    "ladder",
    "odds",
    "payoff",
    "solve_vol",
    "value_legs",
    "value_position",
]
