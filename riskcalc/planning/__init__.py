"""Where the layers meet: a trade evaluated, planned, sized and checked."""

from riskcalc.planning.entry import atm_vol, enter, quoted_market
from riskcalc.planning.evaluate import evaluate
from riskcalc.planning.plan import plan

__all__ = ["atm_vol", "enter", "evaluate", "plan", "quoted_market"]
