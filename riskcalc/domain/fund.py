"""What a daily-reset fund's exits mean in its benchmark, and what resetting costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkMove:
    """A move of the fund as the move of its benchmark that brings it about."""

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
    """A trade in a leveraged fund, said in its benchmark."""

    benchmark: str
    leverage: float
    benchmark_vol: float
    """Volatility of the benchmark that the fund's own implies, per sqrt(year)."""
    decay_per_week: float
    """What five sessions of resetting and fees cost at an unchanged benchmark, as a fraction, >= 0."""
    exits: tuple[BenchmarkMove, ...]
    """Stop and targets after one session and along the holding time; gaps within one session."""
