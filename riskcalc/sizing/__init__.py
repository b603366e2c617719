"""How many units an account can carry, and what betting them does to it."""

from riskcalc.sizing.account_limits import size_within_limits
from riskcalc.sizing.percent_risk import size_by_max_loss, size_by_stop

__all__ = ["size_by_max_loss", "size_by_stop", "size_within_limits"]
