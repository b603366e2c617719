"""How many units an account can carry, and what betting them does to it."""

from riskcalc.sizing.account_limits import size_within_limits
from riskcalc.sizing.costs import cost_per_trade, cost_per_unit
from riskcalc.sizing.margin import buying_power
from riskcalc.sizing.margin_rules import share_margin_rate, uncovered_margin
from riskcalc.sizing.percent_risk import size_by_max_loss, size_by_stop

__all__ = [
    "buying_power",
    "cost_per_trade",
    "cost_per_unit",
    "share_margin_rate",
    "size_by_max_loss",
    "size_by_stop",
    "size_within_limits",
    "uncovered_margin",
]
