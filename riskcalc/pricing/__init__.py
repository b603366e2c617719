"""Formulas on arrays: keyword-only, broadcasting, ignorant of trades."""

from riskcalc.pricing.black_scholes import OptionGreeks, black_scholes

__all__ = ["OptionGreeks", "black_scholes"]
