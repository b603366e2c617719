"""American options with the dividends that are really paid."""

from riskcalc.pricing.american.implied_vol import american_implied_vol
from riskcalc.pricing.american.pricing import american

__all__ = ["american", "american_implied_vol"]
