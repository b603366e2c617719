"""Statistics of a backtest: results in R, equity by day, and both by year and by volatility."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from riskcalc.domain.backtest import BacktestRegime, BacktestYear, RBin, TradeStatistics
from riskcalc.history.account_run import Fills
from riskcalc.history.bars import Floats
from riskcalc.history.candidates import Candidates
from riskcalc.history.measures import realized_vol
from riskcalc.history.outcomes import REGIME_SESSIONS, REGIMES
from riskcalc.history.resampling import standard_error_of_mean

Counts = NDArray[np.int64]

LEAST_FOR_ERROR = 3
LEAST_BLOCK = 2.0
BLOCKS_OF = 2
"""Mean block of the standard errors, in trades that are open at once."""

BOUNDS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Of the bins of R."""

QUANTILES = (5, 25, 50, 75, 95)
"""Percent."""


def trade_statistics(name: str, results: Floats, *, mean_block: float) -> TradeStatistics:
    """Return the statistics of results in R, in order of time; `mean_block` is that of their error."""
    if not len(results):
        return TradeStatistics(name=name, n=0, **dict.fromkeys(_MEASURES))
    wins, losses = results[results > 0], results[results <= 0]
    lost = -float(losses.sum())
    error = None
    if len(results) >= LEAST_FOR_ERROR:
        error = standard_error_of_mean(results, mean_block=mean_block)
    return TradeStatistics(
        name=name,
        n=len(results),
        mean_r=float(results.mean()),
        error=error,
        median_r=float(np.median(results)),
        win_rate=len(wins) / len(results),
        profit_factor=float(wins.sum()) / lost if lost > 0 else math.inf,
        average_win=float(wins.mean()) if len(wins) else None,
        average_loss=float(losses.mean()) if len(losses) else None,
        best=float(results.max()),
        worst=float(results.min()),
    )


_MEASURES = (
    "mean_r", "error", "median_r", "win_rate", "profit_factor", "average_win", "average_loss",
    "best", "worst",
)  # fmt: skip


def mean_block(entries: Counts, ends: Counts) -> float:
    """Return the mean block of standard errors: twice the trades that are open at once, at least 2."""
    if len(entries) < 2:
        return LEAST_BLOCK
    spacing = (entries[-1] - entries[0]) / (len(entries) - 1)
    return max(BLOCKS_OF * float((ends - entries).mean() / spacing), LEAST_BLOCK)


def r_bins(results: Floats) -> tuple[RBin, ...]:
    """Return how many results lie in each range of R."""
    edges = (-math.inf, *BOUNDS, math.inf)
    return tuple(
        RBin(low=low, high=high, n=int(((results >= low) & (results < high)).sum()))
        for low, high in pairwise(edges)
    )


def r_quantiles(results: Floats) -> dict[str, float]:
    """Return quantiles of R by percent; none without results."""
    if not len(results):
        return {}
    return {str(percent): float(np.quantile(results, percent / 100)) for percent in QUANTILES}


def daily_equity(candidates: Candidates, trades: Sequence[Fills], *, start: float) -> Floats:
    """Return the equity at each bar [dollars]: costs are paid at entry, open trades are valued at the close.

    Options between entry and exit have their European value and what early exercise was worth at entry,
    fading to nothing at the exit.
    """
    taken = [trade for trade in trades if trade.taken]
    count = len(candidates.history.bars)
    if not taken:
        return np.full(count, start)
    candidate = np.concatenate(
        [np.full(trade.end - candidates.entries[trade.candidate], trade.candidate) for trade in taken]
    )
    bar = np.concatenate([np.arange(candidates.entries[trade.candidate], trade.end) for trade in taken])
    order = np.repeat(
        np.arange(len(taken)), [trade.end - candidates.entries[trade.candidate] for trade in taken]
    )
    path = _pnl_at_closes(candidates, taken, candidate=candidate, bar=bar, order=order)
    opened = np.bincount(bar, weights=path, minlength=count)
    closed = np.bincount(
        [trade.end for trade in taken], weights=[trade.pnl for trade in taken], minlength=count
    )
    booked = np.cumsum(closed).astype(np.float64)
    return start + opened + booked


def _pnl_at_closes(
    candidates: Candidates, taken: Sequence[Fills], *, candidate: Counts, bar: Counts, order: Counts
) -> Floats:
    """P&L of trades at closes before their end: parts closed at their fills, the rest at the close."""
    closed = np.array([trade.closed for trade in taken], dtype=np.float64)
    costs = np.array([trade.costs for trade in taken], dtype=np.float64)
    marked = _marks(candidates, taken, candidate=candidate, bar=bar, order=order)
    pnl = -costs[order]
    for fill in range(closed.shape[1]):
        units = closed[order, fill]
        done = (units > 0) & (candidates.walk.bar[candidate, fill] <= bar)
        pnl = pnl + units * np.where(done, candidates.gains[candidate, fill], marked)
    booked: Floats = pnl
    return booked


def _marks(
    candidates: Candidates, taken: Sequence[Fills], *, candidate: Counts, bar: Counts, order: Counts
) -> Floats:
    """P&L of one unit at the close of bars."""
    history = candidates.history
    points = candidates.points(candidate, bar, spot=history.bars.close[bar], vol=history.last_vol[bar])
    values = candidates.values.value(points, exercise=False)
    entries = candidates.entries[candidate]
    ends = np.array([trade.end for trade in taken])[order]
    left = (ends - bar) / (ends - entries)
    start = _early_exercise(candidates, np.array([trade.candidate for trade in taken]))[order]
    marked: Floats = values + left * start - candidates.debit[candidate] + candidates.paid(candidate, bar)
    return marked


def _early_exercise(candidates: Candidates, candidate: Counts) -> Floats:
    """What early exercise is worth at entry, of one unit [dollars]."""
    bar = candidates.entries[candidate]
    history = candidates.history
    points = candidates.points(candidate, bar, spot=history.bars.close[bar], vol=history.vol[bar])
    loss: Floats = candidates.debit[candidate] - candidates.values.value(points, exercise=False)
    return loss


def drawdown(equity: Floats) -> tuple[float, int, int]:
    """Return the largest fall from a high, a fraction up to 1, and the places of that high and of the low."""
    highs = np.maximum.accumulate(equity)
    falls = 1 - np.maximum(equity, 0.0) / np.maximum(highs, np.finfo(np.float64).tiny)
    low = int(falls.argmax())
    return float(falls[low]), int(equity[: low + 1].argmax()), low


def by_year(
    candidates: Candidates, equity: Floats, entries: Counts, results: Floats, *, block: float
) -> tuple[BacktestYear, ...]:
    """Return the account and the trades by calendar year, from the first entry on."""
    years = candidates.history.bars.dates.astype("datetime64[Y]").astype(np.int64) + 1970
    first = int(candidates.entries[0])
    of_trades = years[entries]
    rows, before = [], float(equity[first])
    for year in np.unique(years[first:]).tolist():
        inside = np.flatnonzero(years == year)
        path = np.concatenate([[before], equity[inside[inside >= first]]])
        of_year = results[of_trades == year]
        rows.append(
            BacktestYear(
                year=year,
                equity=float(path[-1]),
                change=float(path[-1] / before - 1) if before > 0 else 0.0,
                max_drawdown=drawdown(path)[0],
                trades=trade_statistics(str(year), of_year, mean_block=block),
            )
        )
        before = float(path[-1])
    return tuple(rows)


def by_regime(
    candidates: Candidates, entries: Counts, results: Floats, *, block: float
) -> tuple[BacktestRegime, ...]:
    """Return the trades by thirds of the trailing volatility at entry; entries without one are in none."""
    vol = realized_vol(candidates.history.bars, window=REGIME_SESSIONS)[entries]
    finite = np.flatnonzero(np.isfinite(vol))
    if len(finite) < len(REGIMES):
        return ()
    order = finite[np.argsort(vol[finite], kind="stable")]
    return tuple(
        BacktestRegime(
            vol_from=float(vol[part[0]]),
            vol_to=float(vol[part[-1]]),
            trades=trade_statistics(name, results[np.sort(part)], mean_block=block),
        )
        for name, part in zip(REGIMES, np.array_split(order, len(REGIMES)), strict=True)
    )
