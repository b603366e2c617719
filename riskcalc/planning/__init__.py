"""Where the layers meet: a trade evaluated, planned, sized and checked."""

from riskcalc.planning.evaluate import evaluate
from riskcalc.planning.plan import plan

__all__ = ["evaluate", "plan"]
