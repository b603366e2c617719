"""A size by the percent-risk rule as a table of text; it needs no numbers but its own."""

from __future__ import annotations

from riskcalc.domain import PositionSize
from riskcalc.formatting.numbers import count, money, percent
from riskcalc.formatting.section import Section


def size_section(size: PositionSize, *, entry: float, stop: float, multiplier: int) -> Section:
    """A size from entry and stop alone."""
    rows = (
        ("hold", count(size.units, "share" if multiplier == 1 else "unit"), why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, budget {money(size.risk_budget)}",
        ),
        ("stop", money(stop), f"{percent(stop / entry - 1, signed=True)} from {money(entry)}"),
        ("loss of a unit", money(size.loss_per_unit), "1R, costs in"),
        ("position value", money(size.units * multiplier * entry), ""),
    )
    return Section(title="Size by the percent-risk rule", rows=rows, left=frozenset({0, 2}))


def why(size: PositionSize) -> str:
    """The reason without the count that stands beside it."""
    return size.reason.partition(": ")[2]
