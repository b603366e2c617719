"""A size by its stop as a table of text; it needs no numbers but its own."""

from __future__ import annotations

from riskcalc.domain import PositionSize
from riskcalc.formatting.numbers import MISSING, count, money, percent
from riskcalc.formatting.table import Section
from riskcalc.sizing import StopSize

HALF_A_CENT = 0.005


def size_section(size: StopSize, *, entry: float, stop: float, multiplier: int) -> Section:
    """A size from entry and stop alone."""
    noun = "share" if multiplier == 1 else "unit"
    rows = (
        ("position size", _held(size.units, noun), why(size)),
        (
            "risk",
            money(size.risk),
            f"{percent(size.risk_fraction)} of equity, risk budget {money(size.risk_budget)}",
        ),
        ("stop", money(stop), f"{percent(stop / entry - 1, signed=True)} from {money(entry)}"),
        (f"risk per {noun} (1R)", money(size.loss_per_unit), _one_r(size)),
        ("position value", money(size.position_value), ""),
        ("buying power used", money(size.capital), ""),
        ("binding limit", size.binding_limit, f"size allowed by each limit: {_allowed(size)}"),
    )
    return Section(title="Position Size by Percent Risk", rows=rows, left=frozenset({0, 2}))


def why(size: PositionSize | StopSize) -> str:
    """The reason without the count that stands beside it."""
    return size.reason.partition(": ")[2]


def _one_r(size: StopSize) -> str:
    """What one R holds: costs that are paid once per trade are in no unit."""
    once = size.risk - size.units * size.loss_per_unit if size.units else 0.0
    return (
        f"loss at stop, with costs except {money(once)} per trade"
        if once > HALF_A_CENT
        else "loss at stop, with costs"
    )


def _held(units: float, noun: str) -> str:
    return count(int(units), noun) if units == int(units) else f"{units:,} {noun}s"


def _allowed(size: StopSize) -> str:
    """What each limit allows; a dash where it does not bind."""
    return ", ".join(
        f"{name} {MISSING if units is None else f'{units:,}'}" for name, units in size.limits.items()
    )
