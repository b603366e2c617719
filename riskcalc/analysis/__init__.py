"""Questions about one trade: worth, payoff, odds, decay, and its value at every exit."""

from riskcalc.analysis import odds, payoff
from riskcalc.analysis.decay import decay
from riskcalc.analysis.early_exercise import early_exercise_lines
from riskcalc.analysis.exit_odds import exit_odds
from riskcalc.analysis.exit_timeline import days_held
from riskcalc.analysis.first_passage import FirstPassage, first_passage, touch_probability
from riskcalc.analysis.ladder import ladder, ladder_conditions
from riskcalc.analysis.managed import managed_outcome
from riskcalc.analysis.model_entry import enter_and_value, enter_at_model, solve_vol
from riskcalc.analysis.stop_race import StopRace, stop_race
from riskcalc.analysis.translate import translate_stop, translate_to_fund
from riskcalc.analysis.valuation import (
    Conditions,
    Floats,
    PositionGreeks,
    value_legs,
    value_position,
    value_together,
)

__all__ = [
    "Conditions",
    "FirstPassage",
    "Floats",
    "PositionGreeks",
    "StopRace",
    "days_held",
    "decay",
    "early_exercise_lines",
    "enter_and_value",
    "enter_at_model",
    "exit_odds",
    "first_passage",
    "ladder",
    "ladder_conditions",
    "managed_outcome",
    "odds",
    "payoff",
    "solve_vol",
    "stop_race",
    "touch_probability",
    "translate_stop",
    "translate_to_fund",
    "value_legs",
    "value_position",
    "value_together",
]
