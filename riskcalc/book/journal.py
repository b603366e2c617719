"""The journal: what closed trades earned in R, with errors, and the odds of their plans against outcomes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.book.fills import Contract
from riskcalc.book.journal_records import Calibration, GroupStats, Journal, JournalRow, ReliabilityBin
from riskcalc.book.ledger import Closing
from riskcalc.book.plan_facts import PlanFacts, plan_facts
from riskcalc.book.trades import BookTrade

RESAMPLES = 2000
SEED = 20_260_720
"""The same bands every time."""

BAND = (0.05, 0.95)
"""Quantiles of a band."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))
"""Bins of stated probabilities."""

FEW = 30
"""Trades below which every figure is marked as based on too few."""

SLIPPAGE = 0.005
"""How far from a level an exit may be filled and still count as at it, a fraction."""

Results = NDArray[np.float64]

NO_PRESET = "no preset"
"""Name of the trades without one."""

CALIBRATED = ", calibrated"
ODDS = ("profit", "stop first", "target first", f"stop first{CALIBRATED}", f"target first{CALIBRATED}")
"""Events whose odds a plan states, by their names in `PlanFacts.odds`."""


class ClosedTrade(NamedTuple):
    """A closed trade with the parts that were closed."""

    trade: BookTrade
    closings: Sequence[Closing]


def journal(closed: Sequence[ClosedTrade], *, spots: Mapping[tuple[str, dt.date], float]) -> Journal:
    """Return the statistics of closed trades.

    Parameters
    ----------
    closed : sequence of ClosedTrade
        Closed ones alone, in the order in which they were closed.
    spots : mapping
        Price of an underlying by symbol and day, from marks: where an option trade was closed.

    Returns
    -------
    Journal
        Figures in R are of trades with a plan. A trade counts as stopped, or as having reached its target,
        by the first part of it that was closed within half a percent of the level or beyond; for options the
        spot at its close is needed, else that of the day.
    """
    planned = [trade for trade in closed if trade.trade.r_multiple is not None]
    r = np.array([trade.trade.r_multiple for trade in planned], dtype=np.float64)
    pnls = np.array([trade.trade.realized_pnl for trade in closed], dtype=np.float64)
    wins = float((pnls > 0).mean()) if len(pnls) else None
    ends = {trade.trade.id: _first_exit(trade, spots) for trade in planned}
    outcomes = list(ends.values())
    results = _results(closed, ends)
    return Journal(
        n=len(closed),
        n_planned=len(planned),
        total_pnl=float(pnls.sum()),
        win_rate=wins,
        win_rate_error=_rate_error(pnls > 0),
        mean_r=_mean(r),
        mean_r_error=_standard_error(r),
        mean_win_r=_mean(r[r > 0]),
        mean_loss_r=_mean(r[r <= 0]),
        mean_days=_mean(np.array([result.days for result in results], dtype=np.float64)),
        longest_losing_streak=_longest_streak(pnls < 0),
        profit_factor=_profit_factor(pnls),
        sqn=_sqn(r),
        quantiles={f"{q:.0%}": float(np.quantile(r, q)) for q in QUANTILES} if len(r) else {},
        drawdown_r=drawdown(r) if len(r) else None,
        drawdown_band=_bootstrap_band(r, _drawdowns),
        kelly=kelly(r) if len(r) > 1 else None,
        kelly_band=_bootstrap_band(r, _kelly_shares),
        by_preset=_groups(closed, lambda trade: (trade.preset or NO_PRESET,)),
        by_tag=_groups(closed, lambda trade: trade.tags),
        calibration=_calibrations(planned, outcomes),
        results=results,
        exits_unknown=outcomes.count(None),
        notes=_notes(len(closed), len(planned)),
    )


def is_chosen(trade: BookTrade, *, since: dt.date | None, preset: str | None, tag: str | None) -> bool:
    """Whether a closed trade passes the filter: first closing day, preset and tag; None passes all."""
    late = since is None or (trade.closed is not None and trade.closed.date() >= since)
    return late and preset in {None, trade.preset or NO_PRESET} and (tag is None or tag in trade.tags)


def drawdown(r: Results) -> float:
    """Return the largest fall of the cumulative sum from a peak, the start included."""
    return float(_drawdowns(r[np.newaxis])[0])


def _drawdowns(rows: Results) -> Results:
    path = np.pad(np.cumsum(rows, axis=1), ((0, 0), (1, 0)))
    drawdowns: Results = (np.maximum.accumulate(path, axis=1) - path).max(axis=1)
    return drawdowns


def kelly(r: Results) -> float:
    """Return the share of equity in [0, 1] as 1R at which the mean log growth of some results is largest.

    Parameters
    ----------
    r : array
        Results in R.

    References
    ----------
    J. L. Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35 (1956).
    """
    return float(_kelly_shares(r[np.newaxis])[0])


def _kelly_shares(rows: Results) -> Results:
    gains, lowest = rows.mean(axis=1) > 0, rows.min(axis=1)
    fractions = np.where(gains, 1.0, 0.0)
    bracketed = gains & (lowest < 0)
    r, low = rows[bracketed], np.zeros(bracketed.sum())
    high = np.minimum(1.0, -1 / lowest[bracketed])
    for _ in range(60):  # the slope of the growth falls: its zero is bracketed
        middle = (low + high) / 2
        rising = (r / np.maximum(1 + middle[:, np.newaxis] * r, 1e-300)).mean(axis=1) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    fractions[bracketed] = low
    return fractions


def _results(closed: Sequence[ClosedTrade], ends: Mapping[int, str | None]) -> tuple[JournalRow, ...]:
    """Closed trades with the sums so far."""
    rows, total_pnl, total_r = [], 0.0, 0.0
    for trade, _ in closed:
        last = trade.closed or trade.opened
        total_pnl, total_r = total_pnl + trade.realized_pnl, total_r + (trade.r_multiple or 0.0)
        rows.append(
            JournalRow(
                id=trade.id,
                symbol=trade.symbol,
                description=trade.description,
                opened=trade.opened.date(),
                closed=last.date(),
                days=(last.date() - trade.opened.date()).days,
                pnl=trade.realized_pnl,
                r=trade.r_multiple,
                total_pnl=total_pnl,
                total_r=total_r,
                outcome=ends.get(trade.id),
                preset=trade.preset,
                tags=trade.tags,
            )
        )
    return tuple(rows)


def _mean(values: Results) -> float | None:
    return float(values.mean()) if len(values) else None


def _longest_streak(lost: NDArray[np.bool_]) -> int:
    longest = run = 0
    for is_loss in lost:
        run = run + 1 if is_loss else 0
        longest = max(longest, run)
    return longest


def _standard_error(r: Results) -> float | None:
    return float(r.std(ddof=1) / math.sqrt(len(r))) if len(r) > 1 else None


def _rate_error(won: NDArray[np.bool_]) -> float | None:
    """Standard error of a share, with two gains and two losses added."""
    if not len(won):
        return None
    rate = (float(won.sum()) + 2) / (len(won) + 4)
    return math.sqrt(rate * (1 - rate) / (len(won) + 4))


def _sqn(r: Results) -> float | None:
    error = _standard_error(r)
    return float(r.mean()) / error if error else None


def _profit_factor(pnls: Results) -> float | None:
    gains, losses = float(pnls[pnls > 0].sum()), -float(pnls[pnls < 0].sum())
    if not gains and not losses:
        return None
    return gains / losses if losses else math.inf


def _bootstrap_band(r: Results, statistic: Callable[[Results], Results]) -> tuple[float, float] | None:
    """90 % range of a statistic, one of each row, over resampled results."""
    if len(r) < 2:
        return None
    drawn = np.random.default_rng(SEED).choice(r, size=(RESAMPLES, len(r)))
    low, high = np.quantile(statistic(drawn), BAND)
    return float(low), float(high)


def _groups(
    closed: Sequence[ClosedTrade], names_of: Callable[[BookTrade], Sequence[str]]
) -> tuple[GroupStats, ...]:
    groups: dict[str, list[BookTrade]] = {}
    for closed_trade in closed:
        for name in names_of(closed_trade.trade):
            groups.setdefault(name, []).append(closed_trade.trade)
    return tuple(_group(name, trades) for name, trades in sorted(groups.items()))


def _group(name: str, trades: Sequence[BookTrade]) -> GroupStats:
    r_multiples = [trade.r_multiple for trade in trades if trade.r_multiple is not None]
    return GroupStats(
        name=name,
        n=len(trades),
        win_rate=sum(trade.realized_pnl > 0 for trade in trades) / len(trades),
        mean_r=math.fsum(r_multiples) / len(r_multiples) if r_multiples else None,
        mean_r_error=_standard_error(np.array(r_multiples, dtype=np.float64)),
        total_pnl=math.fsum(trade.realized_pnl for trade in trades),
    )


def _first_exit(closed: ClosedTrade, spots: Mapping[tuple[str, dt.date], float]) -> str | None:
    """Which came first, ``stop``, ``target`` or ``neither``; None where that is not known."""
    plan, symbol = _plan(closed.trade), closed.trade.symbol
    if plan is None:
        return None
    for closing in sorted(closed.closings, key=lambda part: part.closed):
        shares = closing.contract == Contract(symbol=symbol)
        spot = closing.exit if shares else closing.spot or spots.get((symbol, closing.closed.date()))
        if spot is None:
            return None
        first, *seconds = plan.stops
        if plan.side * (spot - first) <= SLIPPAGE * first or any(
            plan.side * (second - spot) <= SLIPPAGE * second for second in seconds
        ):
            return "stop"
        if any(plan.side * (level - spot) <= SLIPPAGE * level for level in plan.targets[:1]):
            return "target"
    return "neither"


def _plan(trade: BookTrade) -> PlanFacts | None:
    return plan_facts(trade.plan) if trade.plan else None


def _calibrations(planned: Sequence[ClosedTrade], outcomes: Sequence[str | None]) -> tuple[Calibration, ...]:
    plans = [_plan(trade.trade) for trade in planned]
    gained = [
        (plan, trade.trade.realized_pnl > 0) for plan, trade in zip(plans, planned, strict=True) if plan
    ]
    known = [(plan, end) for plan, end in zip(plans, outcomes, strict=True) if plan and end]
    outcomes_by_event = {
        "profit": gained,
        "stop first": [(plan, end == "stop") for plan, end in known],
        "target first": [(plan, end == "target") for plan, end in known],
    }
    return tuple(
        _calibration(
            f"{event}{kind}", [(odds, end) for plan, end in pairs if (odds := plan.odds[key]) is not None]
        )
        for kind in ("", CALIBRATED)
        for event, pairs in outcomes_by_event.items()
        if (key := f"{event}{kind}") in ODDS
    )


def _calibration(event: str, pairs: Sequence[tuple[float, bool]]) -> Calibration:
    planned_odds = np.array([odds for odds, _ in pairs], dtype=np.float64)
    happened = np.array([happened for _, happened in pairs], dtype=np.float64)
    errors = (planned_odds - happened) ** 2
    rate = float(happened.mean()) if len(pairs) else None
    return Calibration(
        event=event,
        n=len(pairs),
        brier=float(errors.mean()) if len(pairs) else None,
        brier_error=_standard_error(errors),
        brier_of_rate=None if rate is None else rate * (1 - rate),
        bins=tuple(
            ReliabilityBin(
                low=low,
                high=high,
                n=int(within.sum()),
                stated=float(planned_odds[within].mean()),
                happened=float(happened[within].mean()),
            )
            for low, high in BINS
            if (within := (planned_odds >= low) & ((planned_odds < high) | (high == 1.0))).any()
        ),
    )


def _notes(n: int, planned: int) -> tuple[str, ...]:
    notes = []
    if n and n < FEW:
        verb_phrase = "trade is" if n == 1 else "trades are"
        notes.append(f"{n} closed {verb_phrase} too few to tell skill from luck: look at the errors")
    if planned < n:
        notes.append(f"{n - planned} of {n} closed trades have no plan: figures in R leave them out")
    return tuple(notes)
