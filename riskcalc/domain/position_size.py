"""Size of a position, and the limits that set it."""

from __future__ import annotations

from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionSize:
    """Units an account may hold, and the risk of that position."""

    units: int
    """Rounded down: one more would break a limit."""
    risk: float
    """Planned loss of the position, with costs [dollars]."""
    risk_budget: float
    """[dollars]"""
    risk_fraction: float
    """Risk as a share of equity."""
    loss_per_unit: float
    """Planned loss of one unit, with costs [dollars]: 1R."""
    binding_limit: str = "risk budget"
    """The limit that stops the next unit."""
    reason: str = ""
    """The binding limit in a sentence."""
    basis: str = ""
    """Basis of the planned loss: ``max_loss`` or ``stop``."""
    capital: float | None = None
    """Buying power used by the position [dollars]."""
    loss_at_stop: float | None = None
    """Worst loss of the position at any exit, stop or target, on any day up to the time stop, with costs
    [dollars]."""
    loss_at_gap: float | None = None
    """Worst loss of the position over the gaps on both sides, with costs [dollars]."""
    limits: tuple[tuple[str, int | None], ...] = ()
    """Each limit and the units it allows; None where it does not bind at all."""
