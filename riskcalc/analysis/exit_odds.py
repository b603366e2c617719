"""Chances that a trade's underlying touches its stop and its nearest target by the time stop."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from riskcalc.analysis.exit_levels import ExitStages, Stage, exit_stages
from riskcalc.analysis.exit_tables import transition_tables
from riskcalc.analysis.exit_timeline import Timeline, lay_nodes, lay_timeline
from riskcalc.analysis.first_passage import exit_chances
from riskcalc.domain import ExitPlan, Market, Odds, Trade, View

NEUTRAL = View.neutral()


def exit_odds(trade: Trade, market: Market, exits: ExitPlan, *, view: View = NEUTRAL) -> Odds:
    """Chances to touch stop and nearest target, each alone and against the other.

    Parameters
    ----------
    trade : Trade
        With every entry price and vol set; see `enter_at_model`.
    market : Market
        Day 0, rate, and the underlying's quote.
    exits : ExitPlan
        Stop, targets and time stop; without time stop and expiry the chances are for a year.
    view : View, optional
        Drift and vol of the spot; neutral by default: rate less dividend yield, and the quote's vol.

    Returns
    -------
    Odds
        Watched always, in calendar time (ACT/365).

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
    timeline = lay_timeline(trade, market, exits, view=view, levels=levels)
    stop, target = levels.stages[0].stop, levels.stages[0].target
    stop_first, target_first = _chances(levels, timeline, stop, target)
    return Odds(
        touch_stop=_chances(levels, timeline, stop, math.inf)[0],
        touch_target=_chances(levels, timeline, -math.inf, target)[1] if exits.targets else None,
        stop_first=stop_first,
        target_first=target_first,
        neither=max(1 - stop_first - target_first, 0.0),
    )


def _chances(levels: ExitStages, timeline: Timeline, stop: float, target: float) -> tuple[float, float]:
    """Chances that the stop comes first, and the target."""
    if stop >= 0 or target <= 0 or not any(stretch.dividend for stretch in timeline.stretches):
        years = timeline.days / 365
        found = exit_chances(
            below=np.array(-stop),
            above=np.array(target),
            travel=np.array(levels.side * (timeline.drift - timeline.vol**2 / 2) * years),
            variance=np.array(timeline.vol**2 * years),
        )
        return float(found.lower_first), float(found.upper_first)
    alone = Stage(open_share=1.0, stop=stop, target=target, closes=1.0, gap_move=None)
    return _through_dividends(replace(levels, stages=(alone,)), timeline)


def _through_dividends(levels: ExitStages, timeline: Timeline) -> tuple[float, float]:
    """The same stretch by stretch, since the spot drops at the ex-dates; a step of any length is exact."""
    timeline = replace(timeline, stretches=tuple(one._replace(steps=1) for one in timeline.stretches))
    nodes, alone = lay_nodes(levels, timeline), levels.stages[0]
    held = np.zeros(len(nodes.points))
    held[0], stopped, reached = 1.0, 0.0, 0.0
    fallen, past = nodes.points <= alone.stop, nodes.points >= alone.target
    for stretch in timeline.stretches:
        step = timeline.step(stretch, levels.side)
        tables = transition_tables(levels, nodes, step, dividend=stretch.dividend)
        stopped += float((held @ tables.stop[0, 0]).sum())
        reached += float((held @ tables.reach[0, 0]).sum())
        held = held @ tables.land[0, 0]
        stopped, reached = stopped + float(held[fallen].sum()), reached + float(held[past].sum())
        held[fallen | past] = 0.0
    return stopped, reached
