"""P&L distribution of a trade managed by a stop, profit targets and a time stop."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.break_even import break_even_drift
from riskcalc.analysis.managed.exit_flow import (
    ExitReason,
    ExitRecords,
    PnlFlow,
    compute_pnl_flow,
    immediate_exit,
)
from riskcalc.analysis.managed.exit_values import (
    ExitPoints,
    ExitPricer,
    ExitValues,
    exit_points,
    value_exits,
)
from riskcalc.analysis.managed.levels import ExitStages, Stage, exit_stages
from riskcalc.analysis.managed.timeline import Nodes, Timeline, build_nodes, build_timeline
from riskcalc.analysis.strike_adjustment import adjusted_trade
from riskcalc.analysis.valuation import Conditions
from riskcalc.domain import ExitPlan, ManagedOutcome, Market, PnlBin, PnlQuantile, Trade, View
from riskcalc.domain.validation import non_negative
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass, replace

NEUTRAL = View.neutral()

MOST_LOST = 0.02
"""Maximum share of the paths that the quadrature may lose."""


FloatArray = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = 20
TAIL = 1e-3
"""Probability in each tail outside the bins of the histogram."""

SPREAD = 8
"""Points used for the P&L of one exit."""

RARE = 1e-14
"""Probability below which an exit is ignored."""


def managed_outcome(
    trade: Trade,
    market: Market,
    exits: ExitPlan,
    *,
    view: View = NEUTRAL,
    cost_per_unit: float = 0.0,
    fractions: tuple[float, ...] | None = None,
    valued: ValuedExits | None = None,
) -> ManagedOutcome:
    """Return the P&L distribution of one unit closed at its stop, its targets in parts, or its time stop.

    Parameters
    ----------
    trade : Trade
        With every entry price and vol set; see `enter_at_model`.
    market : Market
        Day 0, rate, and the underlying's quote, whose vol is that of the spot unless the view has one.
    exits : ExitPlan
        Stop, targets, time stop, vol shift at the stop, stop to breakeven, share of stops that are gapped
        over. Without time stop and expiry the trade is closed after a year.
    view : View, optional
        Drift and vol of the spot; neutral by default: rate less dividend yield, and the quote's vol.
    cost_per_unit : float
        Round-trip costs per unit [dollars], >= 0.
    fractions : tuple of float, optional
        Part closed at each target in place of the plan's: whole units over all units. What no target closes
        is held to the stop or the time stop.
    valued : ValuedExits, optional
        The same exits of the same trade, valued already: see `prepare_exits`.

    Returns
    -------
    ManagedOutcome
        Per unit, in dollars of the market's date: proceeds are discounted at the market's rate, as if the
        trade were financed at it.

    Raises
    ------
    InvalidInputError
        A leg has no vol, the exits do not fit the trade, an input is outside its range, or the drift is too
        large relative to the vol.

    Notes
    -----
    Between ex-dates the spot is a geometric Brownian motion in calendar time (ACT/365), the clock that
    reprices the options. Levels are monitored continuously, and a stop is filled at its price, or at the open
    where a dividend drops the spot past it. The distribution of the log price is carried on Gauss-Legendre
    nodes in steps of some three days; within a step, touch probabilities are closed forms. Shares collect
    dividends and reinvest their yield. Options are not exercised early. A stop moved to breakeven is
    monitored from the step after the first target is hit; the steps are short enough that almost no path gets
    there sooner, unless the two are within 4 deviations of a 200th of the time. The deviation of the log
    price at the horizon is at least 0.001; within a day, the vol is at least 1.9%.

    Under the neutral view, the expected P&L of a fairly priced trade is minus its costs, whatever its exits.
    A vol shift at the stop, stops filled at the gap price and legs with other vols than the quote's are not
    neutral.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.analysis import enter_at_model
    >>> from riskcalc.domain import Quote, Target, shares
    >>> market = Market(date=dt.date(2026, 7, 20), rate=0.04, quotes={"IWM": Quote(spot=295.4, vol=0.2)})
    >>> exits = ExitPlan(stop=0.06, targets=(Target(move=0.10),), holding_days=60)
    >>> trade = enter_at_model(shares("IWM"), market)
    >>> outcome = managed_outcome(trade, market, exits, cost_per_unit=0.04)
    >>> f"{outcome.prob_stop:.1%} {outcome.prob_all_targets:.1%} {outcome.prob_time_stop:.1%}"
    '43.0% 24.4% 32.6%'
    >>> round(outcome.expected_pnl, 6)
    -0.04
    """
    cost = non_negative("cost_per_unit", cost_per_unit)
    levels = exit_stages(trade, market, exits, fractions=fractions)
    ready = valued if valued and _starts_with(valued.exits.levels, levels) else None
    timeline = (
        ready.exits.timeline if ready else build_timeline(trade, market, exits, view=view, levels=levels)
    )
    pricer = ExitPricer(trade=trade, market=market, levels=levels, cost_per_unit=cost)
    ahead, closed, realized_pnl = _immediate_exits(levels, pricer, timeline.days)
    context = _OutcomeContext(levels=levels, timeline=timeline, view=view, taken=closed, exits=exits)
    if not ahead:
        return _outcome(PnlFlow(realized_pnl, np.zeros(0), 0.0), context)
    remaining = replace(levels, stages=ahead)
    with np.errstate(over="ignore", invalid="ignore"):  # results that are not finite are refused
        pricer = replace(pricer, levels=remaining)
        records = ready.exits if ready else _exits_of(pricer, exits, timeline)
        if ready:
            pricer = replace(pricer, known=(records.conditions, ready.values))
        values = value_exits(pricer, exits, timeline, records.nodes, records.points)
        nodes, values = _of_first(len(ahead), records, values)
        flow = compute_pnl_flow(
            remaining, timeline, nodes, values, realized_pnl=float(realized_pnl.moments[1, 0])
        )
        return _outcome(flow, context)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedExits:
    """Exits of a trade, and where a unit of it must be valued for its managed outcome."""

    levels: ExitStages
    timeline: Timeline
    nodes: Nodes
    points: ExitPoints
    conditions: Conditions
    """The points as conditions of the model."""


class ValuedExits(NamedTuple):
    """Prepared exits, and the value of a unit at their points [dollars]."""

    exits: PreparedExits
    values: FloatArray


def prepare_exits(
    trade: Trade, market: Market, exits: ExitPlan, *, view: View = NEUTRAL
) -> PreparedExits | None:
    """Return where `managed_outcome` values a unit, for a caller that values other points in the same call.

    Parameters
    ----------
    trade, market, exits, view : Trade, Market, ExitPlan, View
        As for `managed_outcome`.

    Returns
    -------
    PreparedExits or None
        None where an exit is reached already. Where fractions of the targets in whole units leave the last
        stages out, `managed_outcome` takes the points of the others; where they add one, it values its own.
    """
    levels = exit_stages(trade, market, exits)
    timeline = build_timeline(trade, market, exits, view=view, levels=levels)
    if not _is_ahead(levels, timeline.days):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        pricer = ExitPricer(trade=trade, market=market, levels=levels, cost_per_unit=0.0)
        records = _exits_of(pricer, exits, timeline)
    return records if np.isfinite(records.conditions.spot).all() else None


def _exits_of(pricer: ExitPricer, exits: ExitPlan, timeline: Timeline) -> PreparedExits:
    """Nodes and points of exits that lie ahead."""
    last = adjusted_trade(pricer.trade, pricer.market, day=timeline.last_day)
    nodes = build_nodes(pricer.levels, timeline, {leg.strike for leg in last.option_legs})
    points = exit_points(pricer, exits, timeline, nodes)
    return PreparedExits(
        levels=pricer.levels,
        timeline=timeline,
        nodes=nodes,
        points=points,
        conditions=pricer.conditions(*points.sets),
    )


def _starts_with(whole: ExitStages, levels: ExitStages) -> bool:
    """Whether exits lie at the levels of the first stages, whatever part of a unit each closes.

    Where the stop moves in a second stage, that stage makes the steps short: one stage alone has others.
    """
    if len(levels.stages) == 1 and any(stage.stop > whole.stages[0].stop for stage in whole.stages[1:2]):
        return False
    ends, first = (
        [(stage.stop, stage.target, stage.gap_move) for stage in side_levels.stages[: len(levels.stages)]]
        for side_levels in (whole, levels)
    )
    return (whole.side, whole.spot, whole.entry, ends) == (levels.side, levels.spot, levels.entry, first)


def _of_first(stages: int, prepared: PreparedExits, values: ExitValues) -> tuple[Nodes, ExitValues]:
    """Nodes and values of the first stages: no path goes on beyond the last of their targets."""
    if stages == len(prepared.levels.stages):
        return prepared.nodes, values
    # The targets are breaks of the panels: what is left are the nodes of these stages alone.
    inside = prepared.nodes.points < max(stage.target for stage in prepared.levels.stages[:stages])
    return Nodes(*(part[inside] for part in prepared.nodes)), values.of_first(stages, inside)


def _is_ahead(levels: ExitStages, days: float) -> bool:
    """Whether the spot lies between stop and target, with time left."""
    return days > 0 and levels.stages[0].stop < 0 < levels.stages[0].target


def _immediate_exits(
    levels: ExitStages, pricer: ExitPricer, days: float
) -> tuple[tuple[Stage, ...], int, ExitRecords]:
    """Exits that the spot has already reached, and the stages that remain."""
    if _is_ahead(levels, days):
        return levels.stages, 0, immediate_exit(ExitReason.TIME, 0.0)
    now = pricer.pnl_now()
    gain, filled = 0.0, 0
    for stage in levels.stages:
        if stage.stop >= 0:
            reason, share = ExitReason.STOP, stage.open_share
        elif stage.target <= 0:
            gain += stage.closed_share * now
            filled += 1
            continue
        elif days == 0:
            reason, share = ExitReason.TIME, stage.open_share
        else:
            return levels.stages[filled:], filled, immediate_exit(ExitReason.TIME, gain)
        return (), filled, immediate_exit(reason, gain + share * now)
    return (), filled, immediate_exit(ExitReason.TARGET, gain)


class _OutcomeContext(NamedTuple):
    """Inputs of an outcome other than its P&L flow."""

    levels: ExitStages
    timeline: Timeline
    view: View
    taken: int
    """Targets that the spot had reached at the start."""
    exits: ExitPlan


def _normalized(flow: PnlFlow, timeline: Timeline) -> PnlFlow:
    """Scale the probabilities to sum to one; the nodes lose some if paths hardly spread."""
    total = math.fsum(flow.exits.moments[0])
    if not (abs(total - 1) <= MOST_LOST and np.isfinite(flow.exits.moments).all()):
        raise InvalidInputError(
            f"no managed outcome at a vol of {timeline.vol:.4g} and a drift of {timeline.drift:.4g} over "
            f"{timeline.days:g} days: the exit probabilities sum to {total:.1%}"
        )
    exits = flow.exits._replace(moments=flow.exits.moments / total)
    return PnlFlow(exits, flow.prob_targets / total, flow.gap_loss / total)


def _outcome(flow: PnlFlow, context: _OutcomeContext) -> ManagedOutcome:
    flow = _normalized(flow, context.timeline)
    exits, (chances, pnls, squares) = flow.exits, flow.exits.moments
    chance = {reason: math.fsum(chances[exits.reason == reason]) for reason in ExitReason}
    expected = math.fsum(pnls)
    quantiles, histogram = pnl_distribution(exits)
    targets = len(context.exits.targets)
    each = [1.0] * context.taken + [float(prob_target) for prob_target in flow.prob_targets] + [0.0] * targets
    return ManagedOutcome(
        view=context.view,
        last_day=context.timeline.last_day,
        expected_pnl=expected,
        std=math.sqrt(max(math.fsum(squares) - expected**2, 0.0)),
        prob_stop=chance[ExitReason.STOP],
        prob_all_targets=chance[ExitReason.TARGET],
        prob_time_stop=chance[ExitReason.TIME],
        prob_targets=tuple(each[:targets]),
        expected_days=math.fsum(exits.day * chances),
        expected_gap_loss=flow.gap_loss,
        break_even_drift=break_even_drift(exits, context.timeline, context.levels),
        quantiles=quantiles,
        histogram=histogram,
    )


def pnl_distribution(exits: ExitRecords) -> tuple[tuple[PnlQuantile, ...], tuple[PnlBin, ...]]:
    """Return quantiles and histogram of the P&L [dollars]."""
    pnls, chances = _points(exits)
    order = np.argsort(pnls, kind="stable")
    pnls, chances = pnls[order], chances[order]
    reached = np.cumsum(chances) / chances.sum()

    def quantile(probability: float) -> float:
        return float(pnls[min(int(np.searchsorted(reached, probability)), len(pnls) - 1)])

    low, high = quantile(TAIL), quantile(1 - TAIL)
    if high - low < 1e-6 * max(abs(low), 1.0):
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, BINS + 1)
    counts, _ = np.histogram(np.clip(pnls, low, high), bins=edges, weights=chances)
    return (
        tuple(PnlQuantile(probability=part, pnl=quantile(part)) for part in QUANTILES),
        tuple(
            PnlBin(low=float(left), high=float(right), probability=float(count))
            for (left, right), count in zip(pairwise(edges), counts, strict=True)
        ),
    )


def _points(exits: ExitRecords) -> tuple[FloatArray, FloatArray]:
    """P&L and probability by point: each exit spread over its step, or over its neighbors on the last day."""
    likely = exits.moments[0] > RARE
    chances = exits.moments[0, likely]
    pnls, half = exits.moments[1, likely] / chances, exits.width[likely] / 2
    low, high = pnls - half, pnls + half
    timed = np.flatnonzero(exits.reason[likely] == ExitReason.TIME)
    # Exits at the time stop follow each other node by node, stage by stage.
    places = exits.point[likely][timed]
    for block in np.split(timed, np.flatnonzero(np.diff(places) < 0) + 1):
        middle = (pnls[block][1:] + pnls[block][:-1]) / 2
        low[block[1:]], high[block[:-1]] = middle, middle
    parts = (np.arange(SPREAD) + 0.5) / SPREAD
    return (
        (low[:, None] + (high - low)[:, None] * parts).ravel(),
        np.repeat(chances / SPREAD, SPREAD),
    )
