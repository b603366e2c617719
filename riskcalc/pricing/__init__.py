"""Formulas on arrays: keyword-only, broadcasting, ignorant of trades."""

from riskcalc.pricing.american import EarlyExercise, american, american_implied_vol, early_exercise
from riskcalc.pricing.black_scholes import OptionGreeks, black_scholes
from riskcalc.pricing.implied_vol import ImpliedVol, VolStatus, implied_vol

__all__ = [
    "EarlyExercise",
    "ImpliedVol",
    "OptionGreeks",
    "VolStatus",
    "american",
    "american_implied_vol",
    "black_scholes",
    "early_exercise",
    "implied_vol",
]
