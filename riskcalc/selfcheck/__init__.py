"""Our numbers beside other libraries', on the machine that asks."""

from riskcalc.selfcheck.american import Agreement, compare_with_quantlib
from riskcalc.selfcheck.european import compare_with_vollib

__all__ = ["Agreement", "compare_with_quantlib", "compare_with_vollib"]
