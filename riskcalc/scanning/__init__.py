"""Scans of a chain for vertical spreads, each valued as managed by its exits, and ranked."""

from riskcalc.scanning.row_to_trade import row_plan, row_trade
from riskcalc.scanning.rules import ScanRules, SpreadKind, Valuation
from riskcalc.scanning.scan import scan

__all__ = [
    "ScanRules",
    "SpreadKind",
    "Valuation",
    "row_plan",
    "row_trade",
    "scan",
]
