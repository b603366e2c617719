"""American options with discrete cash dividends."""

from riskcalc.pricing.american.early_exercise import EarlyExercise, early_exercise
from riskcalc.pricing.american.implied_vol import american_implied_vol
from riskcalc.pricing.american.pricing import american

__all__ = ["EarlyExercise", "american", "american_implied_vol", "early_exercise"]
