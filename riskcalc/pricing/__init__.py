"""Formulas on arrays: keyword-only, broadcasting, ignorant of trades."""

from riskcalc.pricing.black_scholes import OptionGreeks, black_scholes
from riskcalc.pricing.implied_vol import ImpliedVol, VolStatus, implied_vol

__all__ = ["ImpliedVol", "OptionGreeks", "VolStatus", "black_scholes", "implied_vol"]
