"""Position sizing: units an account can carry, Kelly fractions, margin and risk of ruin."""

from riskcalc.sizing.account_limits import (
    StopSize,
    cost_per_trade,
    cost_per_unit,
    size_by_stop_within_limits,
    size_within_limits,
)
from riskcalc.sizing.expectancy import break_even_win_rate, expectancy, losing_streak_drawdown
from riskcalc.sizing.kelly import (
    OptimalF,
    continuous_growth_rate,
    continuous_kelly,
    growth_rate,
    kelly_fraction,
    optimal_f,
    prob_drawdown,
    risk_of_ruin,
)
from riskcalc.sizing.margin import buying_power
from riskcalc.sizing.margin_rates import share_margin, share_margin_rate, uncovered_margin
from riskcalc.sizing.partial_exits import blended_r, exit_units
from riskcalc.sizing.percent_risk import size_by_max_loss, size_by_stop

__all__ = [
    "OptimalF",
    "StopSize",
    "blended_r",
    "break_even_win_rate",
    "buying_power",
    "continuous_growth_rate",
    "continuous_kelly",
    "cost_per_trade",
    "cost_per_unit",
    "exit_units",
    "expectancy",
    "growth_rate",
    "kelly_fraction",
    "losing_streak_drawdown",
    "optimal_f",
    "prob_drawdown",
    "risk_of_ruin",
    "share_margin",
    "share_margin_rate",
    "size_by_max_loss",
    "size_by_stop",
    "size_by_stop_within_limits",
    "size_within_limits",
    "uncovered_margin",
]
