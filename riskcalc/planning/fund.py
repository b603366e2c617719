"""Exits of a trade in a leveraged fund as moves of its benchmark, and the fund's volatility drag."""

from __future__ import annotations

import datetime as dt

from riskcalc.analysis import translate_stop
from riskcalc.domain import BenchmarkMove, FundReport, GapLine, Instrument, Level, RiskReport
from riskcalc.domain.sessions import sessions_between
from riskcalc.pricing import SESSIONS_PER_YEAR, fund_return

WEEK = 5
"""Sessions of a week."""


def fund_report(
    report: RiskReport,
    levels: tuple[Level, ...],
    gaps: tuple[GapLine, ...],
    *,
    time_stop: dt.date | None,
) -> FundReport | None:
    """Return a fund's exits as moves of its benchmark, and its weekly cost when the benchmark is flat.

    Parameters
    ----------
    report : RiskReport
        A trade on any instrument.
    levels : tuple of Level
        Stop and targets.
    gaps : tuple of GapLine
        Openings past the stop.
    time_stop : date or None
        Last day of the trade; the curve ends there.

    Returns
    -------
    FundReport or None
        None for an instrument without leverage.
    """
    instrument = report.trade.instrument
    if instrument.leverage == 1:
        return None
    vol = report.market.quote(report.trade.symbol).vol / instrument.leverage_factor
    held = sessions_between(report.market.date, time_stop) if time_stop else 1
    moves = [(level.label, level.move, sessions) for level in levels for sessions in _thirds(held)]
    moves += [(f"gap {100 * gap.move:+.4g}%", gap.move, 1) for gap in gaps]
    stops = translate_stop(
        move=[move for _, move, _ in moves],
        leverage=instrument.leverage,
        days=[sessions for *_, sessions in moves],
        vol=vol,
        fee=instrument.fee,
        financing=report.market.rate,
    )
    return FundReport(
        benchmark=instrument.benchmark,
        leverage=instrument.leverage,
        benchmark_vol=vol,
        fee=instrument.fee,
        financing=report.market.rate,
        decay_per_week=weekly_decay(instrument, vol=vol, financing=report.market.rate),
        exits=tuple(
            BenchmarkMove(label=label, fund_move=move, sessions=sessions, benchmark_move=float(benchmark))
            for (label, move, sessions), benchmark in zip(moves, stops, strict=True)
        ),
    )


def _thirds(sessions: int) -> list[int]:
    """One session, and thirds of the holding time."""
    return sorted({1, *(max(sessions * third // 3, 1) for third in (1, 2, 3))})


def weekly_decay(fund: Instrument, *, vol: float, financing: float) -> float:
    """Return what five sessions of resetting, fee and financing cost at a flat benchmark, as a fraction.

    Parameters
    ----------
    fund : Instrument
        A daily-reset fund.
    vol : float
        Of its benchmark, per sqrt(year).
    financing : float
        Interest rate per year.
    """
    week = fund_return(
        leverage=fund.leverage,
        index_return=0.0,
        vol=vol,
        time=WEEK / SESSIONS_PER_YEAR,
        fee=fund.fee,
        financing=financing,
    )
    return -float(week)
