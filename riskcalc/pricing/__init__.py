"""Pricing functions on arrays, keyword-only and broadcasting."""

from riskcalc.pricing.american import EarlyExercise, american, american_implied_vol, early_exercise
from riskcalc.pricing.black_scholes import OptionGreeks, black_scholes
from riskcalc.pricing.daily_reset import SESSIONS_PER_YEAR, benchmark_return, fund_path, fund_return
from riskcalc.pricing.implied_vol import ImpliedVol, VolStatus, implied_vol

__all__ = [
    "SESSIONS_PER_YEAR",
    "EarlyExercise",
    "ImpliedVol",
    "OptionGreeks",
    "VolStatus",
    "american",
    "american_implied_vol",
    "benchmark_return",
    "black_scholes",
    "early_exercise",
    "fund_path",
    "fund_return",
    "implied_vol",
]
