"""Analytics of one trade: value, payoff, probabilities, theta, and P&L at every exit."""

from riskcalc.analysis import lognormal, payoff
from riskcalc.analysis.exercise import early_exercise_boundaries
from riskcalc.analysis.first_passage import FirstPassage, first_passage, touch_probability
from riskcalc.analysis.ladder import ladder, ladder_conditions, theta_report
from riskcalc.analysis.leveraged_stops import translate_stop, translate_to_fund
from riskcalc.analysis.managed.exit_odds import exit_odds
from riskcalc.analysis.managed.outcome import managed_outcome
from riskcalc.analysis.managed.timeline import days_held
from riskcalc.analysis.model_prices import enter_and_value, enter_at_model, solve_vol, solve_vols
from riskcalc.analysis.stop_order import StopRace, stop_race
from riskcalc.analysis.valuation import (
    Conditions,
    Floats,
    PositionGreeks,
    value_legs,
    value_legs_at,
    value_legs_batch,
    value_position,
)

__all__ = [
    "Conditions",
    "FirstPassage",
    "Floats",
    "PositionGreeks",
    "StopRace",
    "days_held",
    "early_exercise_boundaries",
    "enter_and_value",
    "enter_at_model",
    "exit_odds",
    "first_passage",
    "ladder",
    "ladder_conditions",
    "lognormal",
    "managed_outcome",
    "payoff",
    "solve_vol",
    "solve_vols",
    "stop_race",
    "theta_report",
    "touch_probability",
    "translate_stop",
    "translate_to_fund",
    "value_legs",
    "value_legs_at",
    "value_legs_batch",
    "value_position",
]
