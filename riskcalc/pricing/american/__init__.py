"""American options with the dividends that are really paid."""

from riskcalc.pricing.american.pricing import american

__all__ = ["american"]
