"""A size by its stop as a table of text; it needs no numbers but its own."""

from __future__ import annotations

from riskcalc.domain import PositionSize
from riskcalc.formatting.numbers import MISSING, count, money, percent
from riskcalc.formatting.table import Section
from riskcalc.sizing import StopSize

HALF_A_CENT = 0.005


def size_section(size: StopSize, *, entry: float, stop: float, multiplier: int) -> Section:
    """A size from entry and stop alone."""
    rows = (
        ("hold", _held(size.units, "share" if multiplier == 1 else "unit"), why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, budget {money(size.risk_budget)}",
        ),
        ("stop", money(stop), f"{percent(stop / entry - 1, signed=True)} from {money(entry)}"),
        ("loss of a unit", money(size.loss_per_unit), _one_r(size)),
        ("position value", money(size.position_value), ""),
        ("buying power used", money(size.capital), ""),
        ("binding limit", size.binding_limit, f"units allowed: {_allowed(size)}"),
    )
    return Section(title="Size by the percent-risk rule", rows=rows, left=frozenset({0, 2}))


def why(size: PositionSize | StopSize) -> str:
    """The reason without the count that stands beside it."""
    return size.reason.partition(": ")[2]


def _one_r(size: StopSize) -> str:
    """What one R holds: costs that are paid once per trade are in no unit."""
    once = size.risk - size.units * size.loss_per_unit if size.units else 0.0
    return f"1R, costs per unit in, not {money(once)} per trade" if once > HALF_A_CENT else "1R, costs in"


def _held(units: float, noun: str) -> str:
    return count(int(units), noun) if units == int(units) else f"{units:,} {noun}s"


def _allowed(size: StopSize) -> str:
    """What each limit allows; a dash where it does not bind."""
    return ", ".join(
        f"{name} {MISSING if units is None else f'{units:,}'}" for name, units in size.limits.items()
    )
