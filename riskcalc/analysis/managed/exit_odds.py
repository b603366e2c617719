"""Probabilities that a trade's underlying touches its stop and its nearest target by the time stop."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from riskcalc.analysis.first_passage import exit_chances
from riskcalc.analysis.managed.levels import ExitStages, Stage, exit_stages
from riskcalc.analysis.managed.timeline import (
    Timeline,
    build_nodes,
    build_timeline,
    distances_before_dividend,
)
from riskcalc.analysis.managed.transitions import landing_chances
from riskcalc.domain import ExitPlan, Market, Odds, Trade, View

NEUTRAL = View.neutral()


def exit_odds(trade: Trade, market: Market, exits: ExitPlan, *, view: View = NEUTRAL) -> Odds:
    """Return the probabilities of touching stop and nearest target, each alone and before the other.

    Parameters
    ----------
    trade : Trade
        With every entry price and vol set; see `enter_at_model`.
    market : Market
        Day 0, rate, and the underlying's quote.
    exits : ExitPlan
        Stop, targets and time stop; without time stop and expiry the probabilities are for a year.
    view : View, optional
        Drift and vol of the spot; neutral by default: rate less dividend yield, and the quote's vol.

    Returns
    -------
    Odds
        With continuous monitoring, in calendar time (ACT/365).

    Notes
    -----
    In closed form; with cash dividends by the quadrature of `managed_outcome`, where the spot drops at each
    ex-date and a level that it drops past is touched at the open.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import Quote, Target, shares
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=295.4, vol=0.2)})
    >>> exits = ExitPlan(stop=0.06, targets=(Target(move=0.10),), holding_days=60)
    >>> odds = exit_odds(shares("IWM", entry_price=295.4), market, exits)
    >>> f"{odds.stop_first:.1%} {odds.target_first:.1%} {odds.neither:.1%}, touched {odds.touch_stop:.1%}"
    '43.0% 24.4% 32.6%, touched 43.2%'
    """
    levels = exit_stages(trade, market, exits)
    timeline = build_timeline(trade, market, exits, view=view, levels=levels)
    stop, target = levels.stages[0].stop, levels.stages[0].target
    both, stop_alone, target_alone = _chances(
        levels, timeline, [(stop, target), (stop, math.inf), (-math.inf, target)]
    )
    return Odds(
        touch_stop=stop_alone[0],
        touch_target=target_alone[1] if exits.targets else None,
        stop_first=both[0],
        target_first=both[1],
        neither=max(1 - both[0] - both[1], 0.0),
    )


def _chances(
    levels: ExitStages, timeline: Timeline, corridors: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Probabilities that the stop, and the target, of each corridor is hit first."""
    years = timeline.days / 365
    lower, upper = np.array(corridors).T
    found = exit_chances(
        below=-lower,
        above=upper,
        travel=np.array(levels.side * (timeline.drift - timeline.vol**2 / 2) * years),
        variance=np.array(timeline.vol**2 * years),
    )
    plain = (lower >= 0) | (upper <= 0) | (not any(period.dividend for period in timeline.periods))
    return [
        (float(found.lower_first[k]), float(found.upper_first[k]))
        if plain[k]
        else _through_dividends(levels, timeline, stop=stop, target=target)
        for k, (stop, target) in enumerate(corridors)
    ]


def _through_dividends(
    levels: ExitStages, timeline: Timeline, *, stop: float, target: float
) -> tuple[float, float]:
    """Probabilities of one corridor when the spot drops at ex-dates; a step of any length is exact."""
    only = Stage(open_share=1.0, stop=stop, target=target, closed_share=1.0, gap_move=None)
    timeline = replace(timeline, periods=tuple(period._replace(steps=1) for period in timeline.periods))
    nodes = build_nodes(replace(levels, stages=(only,)), timeline)
    past = np.array([nodes.points <= stop, nodes.points >= target])
    start, held, left = np.zeros(1), np.ones(1), np.zeros(2)
    for period in timeline.periods:
        step = timeline.step(period, levels.side)
        found = exit_chances(
            below=start - stop,
            above=target - start,
            travel=np.array(step.travel),
            variance=np.array(step.variance),
        )
        left += held @ found.lower_first, held @ found.upper_first
        if period.dividend:
            ends, slope = distances_before_dividend(levels, nodes.points, period.dividend)
            weights = nodes.weights * slope
            stays = found.neither
            held = held @ landing_chances(
                start, ends, weights, corridor=(stop, target), step=step, stays=stays
            )
            left += past @ held
            start, held = nodes.points, np.where(past.any(axis=0), 0.0, held)
    return float(left[0]), float(left[1])
