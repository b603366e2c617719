"""How underlyings move together: with IWM, with SPY, and with each other."""

from __future__ import annotations

from riskcalc.domain import Instrument, InstrumentTable, Scenario, find_instrument
from riskcalc.planning import scenario_move

IWM_ON_SPY, SPY_ON_IWM, CORRELATION = 1.17, 0.66, 0.88
"""Betas and correlation of daily closes of IWM and SPY over 756 sessions up to 2014-12-31."""

ASSUMPTION = (
    f"assumed: IWM moves {IWM_ON_SPY:g} times SPY, SPY {SPY_ON_IWM:g} times IWM, at a correlation of "
    f"{CORRELATION:g} (daily closes 2012 to 2014); others move by the approximate betas of instruments.toml, "
    "those without one not at all"
)
"""Note shown beside figures that depend on the correlation."""

_SMALL = 0.01
"""Move from which a beta is read; one session of a fund is linear in it."""


def iwm_shock(move: float, *, name: str = "IWM") -> Scenario:
    """Return a move of small caps within one session, and that of SPY by its beta."""
    moves = {"IWM": move, "SPY": max(SPY_ON_IWM * move, -1.0)}
    return Scenario(name=name, meaning=f"IWM {100 * move:+.4g}% in a session; IV unchanged", moves=moves)


def spy_shock(move: float) -> Scenario:
    """Return a move of SPY within one session, and that of small caps by their beta."""
    moves = {"SPY": move, "IWM": max(IWM_ON_SPY * move, -1.0)}
    return Scenario(name="SPY", meaning=f"SPY {100 * move:+.4g}% in a session", moves=moves)


def iwm_beta(instrument: Instrument, *, rate: float, instruments: InstrumentTable | None = None) -> float:
    """Return the move of an instrument per move of IWM in a session: 3 for TNA."""
    return scenario_move(instrument, iwm_shock(_SMALL), rate=rate, instruments=instruments)[0] / _SMALL


def spy_beta(instrument: Instrument, *, rate: float, instruments: InstrumentTable | None = None) -> float:
    """Return the move of an instrument per move of SPY in a session."""
    return scenario_move(instrument, spy_shock(_SMALL), rate=rate, instruments=instruments)[0] / _SMALL


def correlation(
    instrument: Instrument, other: Instrument, *, instruments: InstrumentTable | None = None
) -> float:
    """Return the correlation of two benchmarks: 1 where it is not known, which is the worst."""
    families = {_reference_benchmark(instrument, instruments), _reference_benchmark(other, instruments)}
    return CORRELATION if families == {"IWM", "SPY"} else 1.0


def _reference_benchmark(traded: Instrument, table: InstrumentTable | None) -> str:
    """The benchmark against which the beta of an instrument's benchmark is measured, else that benchmark."""
    benchmark = traded.benchmark or traded.symbol
    match = find_instrument(benchmark, instruments=table)
    return (match.beta_to if match else "") or benchmark
