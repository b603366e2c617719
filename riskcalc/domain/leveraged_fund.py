"""Exits of a daily-reset fund as moves of its benchmark, and the cost of resetting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkMove:
    """A move of the fund, and the move of its benchmark that causes it."""

    label: str
    """Which exit: ``stop -12%``, ``target +20%``, ``gap -15%``."""
    fund_move: float
    """Signed move of the fund from entry, a fraction."""
    sessions: int
    """Sessions that the move takes."""
    benchmark_move: float
    """Signed move of the benchmark, a fraction; exact for one session, else of the usual path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundReport:
    """A trade in a leveraged fund, expressed in its benchmark."""

    benchmark: str
    leverage: float
    benchmark_vol: float
    """Volatility of the benchmark that the fund's own implies, per sqrt(year)."""
    fee: float
    """Expense ratio a year, as a fraction."""
    financing: float
    """Interest a year on the ``leverage - 1`` dollars that a dollar of the fund borrows, as a fraction; an
    inverse fund earns it."""
    decay_per_week: float
    """What five sessions of resetting, fee and financing cost at an unchanged benchmark, as a fraction; below
    0 where the interest that an inverse fund earns is more."""
    exits: tuple[BenchmarkMove, ...]
    """Stop and targets after one session and along the holding time; gaps within one session."""

    @property
    def charges(self) -> str:
        """Fee and financing in words."""
        borrowed = self.leverage - 1
        interest = (
            f"{borrowed:g} x {self.financing:.2%} financing"
            if borrowed > 0
            else f"{-borrowed:g} x {self.financing:.2%} interest earned"
        )
        return f"{self.fee:.2%} fee and {interest} per year"
