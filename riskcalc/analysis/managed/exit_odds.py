"""Probabilities that a trade's underlying touches its stop and its nearest target by the time stop."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

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

LAST_ODDS = 1
"""Odds that are held for the next plan, whose levels often are as far from the spot."""

Floats: TypeAlias = NDArray[np.float64]


class FirstExit(NamedTuple):
    """Probabilities of which of stop and nearest target is touched first."""

    stop: float
    target: float

    @property
    def neither(self) -> float:
        """Probability that neither is touched by the time stop."""
        return max(1 - self.stop - self.target, 0.0)


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
    odds, _ = _odds(trade, market, exits, view=view, others=())
    return odds


def exit_odds_and_first(
    trade: Trade, market: Market, exits: ExitPlan, *, view: View, other: View
) -> tuple[Odds, FirstExit]:
    """Return `exit_odds` under a view, and which exit comes first under another, in one calculation.

    Parameters
    ----------
    trade, market, exits, view : Trade, Market, ExitPlan, View
        As for `exit_odds`.
    other : View
        The second view.

    Returns
    -------
    odds : Odds
        Under `view`.
    first : FirstExit
        Under `other`.
    """
    odds, (first,) = _odds(trade, market, exits, view=view, others=(other,))
    return odds, first


def first_exit(trade: Trade, market: Market, exits: ExitPlan, *, view: View = NEUTRAL) -> FirstExit:
    """Return which of stop and nearest target is touched first; see `exit_odds`, which costs more.

    Parameters
    ----------
    trade, market : Trade, Market
        As in `exit_odds`.
    exits : ExitPlan
        Stop, targets and holding time.
    view : View
        Drift and vol that the odds are for.
    """
    levels = exit_stages(trade, market, exits)
    timeline = build_timeline(trade, market, exits, view=view, levels=levels)
    (first,) = _first_exits(levels, [_Corridor(timeline, levels.stages[0].stop, levels.stages[0].target)])
    return first


def _odds(
    trade: Trade, market: Market, exits: ExitPlan, *, view: View, others: tuple[View, ...]
) -> tuple[Odds, list[FirstExit]]:
    """Odds under a view, and which exit comes first under others."""
    levels = exit_stages(trade, market, exits)
    stop, target = levels.stages[0].stop, levels.stages[0].target
    own, *timelines = (
        build_timeline(trade, market, exits, view=case, levels=levels) for case in (view, *others)
    )
    corridors = [_Corridor(own, *ends) for ends in ((stop, target), (stop, math.inf), (-math.inf, target))]
    corridors += [_Corridor(timeline, stop, target) for timeline in timelines]
    both, stop_alone, target_alone, *first = _first_exits(levels, corridors)
    odds = Odds(
        touch_stop=stop_alone.stop,
        touch_target=target_alone.target if exits.targets else None,
        stop_first=both.stop,
        target_first=both.target,
        neither=both.neither,
    )
    return odds, first


class _Corridor(NamedTuple):
    """Where the spot starts from, and how it moves."""

    timeline: Timeline
    stop: float
    """Log distance; -inf is none."""
    target: float
    """Log distance; inf is none."""


def _first_exits(levels: ExitStages, corridors: list[_Corridor]) -> list[FirstExit]:
    """Probabilities that the stop, and the target, of each corridor is hit first."""
    # Without dividends the spot now does not matter, only the distances from it.
    drops = any(period.dividend for period in corridors[0].timeline.periods)
    spot = levels.spot if drops else 1.0
    origin = ExitStages(side=levels.side, spot=spot, entry=spot, stages=())
    return list(_chances_from(origin, tuple(corridors)))


@lru_cache(maxsize=LAST_ODDS)
def _chances_from(levels: ExitStages, corridors: tuple[_Corridor, ...]) -> tuple[FirstExit, ...]:
    years = corridors[0].timeline.days / 365
    lower, upper = np.array([(corridor.stop, corridor.target) for corridor in corridors]).T
    vols = np.array([corridor.timeline.vol for corridor in corridors])
    drifts = np.array([corridor.timeline.drift for corridor in corridors])
    in_closed_form = exit_chances(
        below=-lower,
        above=upper,
        travel=levels.side * (drifts - vols**2 / 2) * years,
        variance=vols**2 * years,
    )
    chances = np.array([in_closed_form.lower_first, in_closed_form.upper_first]).T
    if any(period.dividend for period in corridors[0].timeline.periods):
        dropped = [k for k, corridor in enumerate(corridors) if corridor.stop < 0 < corridor.target]
        if dropped:
            chances[dropped] = _through_dividends(levels, [corridors[k] for k in dropped])
    return tuple(FirstExit(*chance) for chance in chances.tolist())


def _through_dividends(levels: ExitStages, corridors: list[_Corridor]) -> Floats:
    """Probabilities of corridors when the spot drops at ex-dates, shape (corridors, 2).

    A step of any length is exact, so that a period is one; all corridors stand on the same nodes.
    """
    timelines = [_in_single_steps(corridor.timeline) for corridor in corridors]
    stops, targets = np.array([(corridor.stop, corridor.target) for corridor in corridors]).T[..., None]
    stages = tuple(
        _only_stage(*ends)
        for ends in dict.fromkeys((corridor.stop, corridor.target) for corridor in corridors)
    )
    nodes = build_nodes(replace(levels, stages=stages), timelines[0], others=timelines[1:])
    past = np.array([nodes.points <= stops, nodes.points >= targets])
    start, held, left = np.zeros(1), np.ones((len(corridors), 1)), np.zeros((len(corridors), 2))
    for period in timelines[0].periods:
        steps = [timeline.step(period, levels.side) for timeline in timelines]
        travel, variance = np.array(steps).T[..., None]
        chances = exit_chances(below=start - stops, above=targets - start, travel=travel, variance=variance)
        left += np.array(
            [(held * chances.lower_first).sum(axis=1), (held * chances.upper_first).sum(axis=1)]
        ).T
        if period.dividend:
            ends, slope = distances_before_dividend(levels.side, nodes.points, period.dividend / levels.spot)
            weights = nodes.weights * slope
            held = np.array(
                [
                    chance
                    @ landing_chances(
                        start,
                        ends,
                        weights,
                        corridor=(corridor.stop, corridor.target),
                        step=step,
                        stays=stays,
                    )
                    for corridor, step, chance, stays in zip(
                        corridors, steps, held, chances.neither, strict=True
                    )
                ]
            )
            left += (past * held).sum(axis=2).T
            start, held = nodes.points, np.where(past.any(axis=0), 0.0, held)
    return left


def _in_single_steps(timeline: Timeline) -> Timeline:
    return replace(timeline, periods=tuple(period._replace(steps=1) for period in timeline.periods))


def _only_stage(stop: float, target: float) -> Stage:
    return Stage(open_share=1.0, stop=stop, target=target, closed_share=1.0, gap_move=None)
