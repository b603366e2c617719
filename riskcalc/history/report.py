"""Report of a price history as of its last bar."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from riskcalc.domain.legs import Side
from riskcalc.domain.price_history import Calibration, FirstExit, Outcomes, PriceHistory
from riskcalc.domain.validation import positive, record, records, text, volatility
from riskcalc.history.bars import Bars
from riskcalc.history.measures import (
    SESSIONS_A_YEAR,
    average_true_range,
    co_movement,
    exponential_average,
    last_mean,
    last_of,
    realized_vol,
    yang_zhang_vol,
)
from riskcalc.history.outcomes import ExitMoves, outcomes
from riskcalc.history.simulation import LEAST_BARS, filtered_simulation

VOL_WINDOWS = (21, 63, 252)


def price_history(
    bars: Bars,
    *,
    calibration: Calibration,
    benchmarks: Sequence[Bars] = (),
    exits: ExitMoves | None = None,
    since: dt.date | None = None,
    implied_vol: float | None = None,
    implied_vol_source: str = "",
) -> PriceHistory:
    """Measure a price history, and count how its exits would have gone.

    Parameters
    ----------
    bars : Bars
        From `read_prices`.
    calibration : Calibration
        From `measured_k`, or as kept.
    benchmarks : sequence of Bars
        Series to compare the daily returns with.
    exits : ExitMoves, optional
        Without them, and for bars without highs and lows, no outcomes are counted.
    since : date, optional
        First day of entry.
    implied_vol : float, optional
        Beside the last bar, per sqrt(year), > 0.
    implied_vol_source : str
        Whose it is, in words.

    Returns
    -------
    PriceHistory

    Raises
    ------
    InvalidInputError
        An argument is outside its range, or there are too few bars for it.
    """
    _check(bars, calibration, exits, implied_vol, implied_vol_source)
    others: tuple[Bars, ...] = records("benchmarks", Bars, benchmarks)
    counted = exits if bars.has_ranges else None
    return PriceHistory(
        symbol=bars.symbol,
        first=bars.first_day,
        last=bars.last_day,
        bars=len(bars),
        basis=bars.basis,
        basis_reason=bars.basis_reason,
        notes=bars.notes,
        close=float(bars.close[-1]),
        realised_vol={str(window): last_of(realized_vol(bars, window=window)) for window in VOL_WINDOWS},
        yang_zhang_vol={str(window): last_of(yang_zhang_vol(bars, window=window)) for window in VOL_WINDOWS},
        atr14=last_of(average_true_range(bars)),
        ema20=last_of(exponential_average(bars.close, span=20)) if len(bars) >= 20 else None,
        sma50=last_mean(bars.close, 50),
        sma200=last_mean(bars.close, 200),
        co_movements=tuple(co_movement(bars, other) for other in others),
        k=calibration.k,
        k_error=calibration.error,
        k_source=calibration.k_source,
        k_date=calibration.date,
        implied_vol=implied_vol,
        implied_vol_source=implied_vol_source,
        outcomes=_outcomes(bars, counted, since) if counted else None,
        chances=_chances(bars, counted, implied_vol=implied_vol, k=calibration.k) if counted else (),
    )


def _check(
    bars: Bars,
    calibration: Calibration,
    exits: ExitMoves | None,
    implied_vol: float | None,
    implied_vol_source: str,
) -> None:
    record("bars", Bars, bars)
    record("calibration", Calibration, calibration)
    if exits is not None:
        record("exits", ExitMoves, exits)
    if implied_vol is not None:
        positive("implied_vol", volatility("implied_vol", implied_vol))
    text("implied_vol_source", implied_vol_source)


def _outcomes(bars: Bars, exits: ExitMoves, since: dt.date | None) -> Outcomes:
    return outcomes(
        bars, stop=exits.stop, targets=exits.targets, sessions=exits.sessions, since=since, side=exits.side
    )


def _chances(bars: Bars, exits: ExitMoves, *, implied_vol: float | None, k: float) -> tuple[FirstExit, ...]:
    """Closed forms at the implied and the calibrated volatility, and the simulation at the latter."""
    estimates = []
    if implied_vol is not None:
        estimates.append(_closed_form(exits, vol=implied_vol, method="closed form at implied vol"))
        estimates.append(_closed_form(exits, vol=k * implied_vol, method="closed form at k x implied vol"))
    if len(bars) >= LEAST_BARS:
        estimates.append(
            filtered_simulation(
                bars,
                stop=exits.stop,
                targets=exits.targets,
                sessions=exits.sessions,
                vol=None if implied_vol is None else k * implied_vol,
                side=exits.side,
            )
        )
    return tuple(estimates)


def _closed_form(exits: ExitMoves, *, vol: float, method: str) -> FirstExit:
    """Probabilities for a geometric Brownian motion without drift, continuously monitored."""
    passages = [_passage(exits, vol=vol, target=move) for move in exits.targets] or [_passage(exits, vol=vol)]
    stop_first, target_first, neither = passages[0]
    return FirstExit(
        method=method,
        vol=vol,
        stop_first=stop_first,
        target_first=target_first,
        neither=neither,
        targets=tuple(reached for _, reached, _ in passages[: len(exits.targets)]),
    )


def _passage(exits: ExitMoves, *, vol: float, target: float | None = None) -> tuple[float, float, float]:
    """Probabilities of the stop, one target, and neither."""
    from riskcalc.analysis.first_passage import first_passage  # noqa: PLC0415 - bars alone need no scipy

    horizon = exits.sessions / SESSIONS_A_YEAR
    down, up = exits.stop, math.inf if target is None else target
    if exits.side is Side.SHORT:
        down, up = min(up, 1.0), down
    odds = first_passage(spot=1.0, lower=1 - down, upper=1 + up, vol=vol, drift=0.0, horizon=horizon)
    lower, upper, neither = (float(chance) for chance in odds)
    return (lower, upper, neither) if exits.side is Side.LONG else (upper, lower, neither)
