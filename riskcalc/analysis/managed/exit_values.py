"""P&L of one whole unit at every exit: valued at few dates and spots, interpolated between them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.levels import ExitStages
from riskcalc.analysis.managed.timeline import Nodes, Period, Timeline, distance_after_dividend
from riskcalc.analysis.managed.transitions import MOMENTS
from riskcalc.analysis.payoff import net_debit
from riskcalc.analysis.valuation import Conditions, value_position
from riskcalc.domain import ExitPlan, Market, Trade
from riskcalc.records import dataclass

FloatArray: TypeAlias = NDArray[np.float64]

DATES = 7
"""Dates of a period at which options are valued at a level."""

SPOTS_PER_DEVIATION = 3.0
"""Spots valued at the time stop, per deviation of the remaining vol of the options."""

FEWEST_SPOTS = 12


class ValuationPoints(NamedTuple):
    """Where and when a trade is valued; the parts broadcast against each other."""

    distance: FloatArray
    """Log distance of the spot, in the trade's favor."""
    day: FloatArray
    vol_shift: FloatArray


class PeriodValues(NamedTuple):
    """P&L of a whole unit in a period, shapes (stages, steps, moments) [dollars]."""

    days: FloatArray
    """Days of the moments, shape (steps, moments)."""
    stop: FloatArray
    gap: FloatArray
    """At the fill of a stop that is gapped over."""
    target: FloatArray


class LinearPnl(NamedTuple):
    """P&L between a level and where a dividend drops it to, taken as a straight line."""

    points: tuple[float, float]
    """Rising."""
    pnls: tuple[float, float]

    def at(self, points: FloatArray) -> FloatArray:
        """P&L at points between the two [dollars]."""
        return np.interp(points, self.points, self.pnls)


class DividendDrop(NamedTuple):
    """Dividend and P&L of a whole unit at an ex-date."""

    day: float
    cash: float
    """Present value of the dividend on its shares; negative when they are sold short [dollars]."""
    stops: tuple[LinearPnl, ...]
    """By stage: fills at the open of what the drop takes past the stop."""
    targets: tuple[LinearPnl, ...]


@dataclass(frozen=True, kw_only=True)
class ExitValues:
    """P&L of a whole unit at every exit, with costs, present value [dollars]."""

    periods: tuple[PeriodValues, ...]
    gap_share: float
    """Share of the stops that are gapped over."""
    drops: dict[int, DividendDrop]
    """By period that ends on an ex-date."""
    last: FloatArray
    """At the nodes, on the last day."""
    last_day: float

    def of_first(self, stages: int, nodes: NDArray[np.bool_]) -> ExitValues:
        """Return the values of the first stages alone, at the chosen nodes."""
        periods = (
            PeriodValues(period.days, *(values[:stages] for values in period[1:])) for period in self.periods
        )
        drops = {
            place: drop._replace(stops=drop.stops[:stages], targets=drop.targets[:stages])
            for place, drop in self.drops.items()
        }
        return replace(self, periods=tuple(periods), drops=drops, last=self.last[nodes])


@dataclass(frozen=True, kw_only=True)
class ExitPricer:
    """P&L of a unit of a trade at other spots, days and vols; the rest of the market stays as it is."""

    trade: Trade
    market: Market
    levels: ExitStages
    cost_per_unit: float
    known: tuple[Conditions, FloatArray] | None = None
    """Conditions of the exit points and the values of a whole unit there [dollars], where they are known."""

    @property
    def shares(self) -> int:
        """Shares of a unit, negative when sold short."""
        return sum(self.trade.leg_size(leg) for leg in self.trade.share_legs)

    def conditions(self, *sets: ValuationPoints) -> Conditions:
        """Return several sets of points as conditions of the model, one after the other."""
        parts = zip(*(np.broadcast_arrays(*points) for points in sets), strict=True)
        distance, days, shifts = (np.concatenate([array.ravel() for array in arrays]) for arrays in parts)
        return Conditions(self.levels.spot * np.exp(self.levels.side * distance), days, shifts)

    def pnls(self, *sets: ValuationPoints) -> list[FloatArray]:
        """Return the P&L at several sets of points: as known, else with one call of the model."""
        values, start, pnls = self._pnl(*(self.known or (self.conditions(*sets), None))), 0, []
        for points in sets:
            shape = np.broadcast_shapes(*(part.shape for part in points))
            end = start + math.prod(shape)
            pnls.append(values[start:end].reshape(shape))
            start = end
        return pnls

    def pnl_now(self) -> float:
        """P&L of a whole unit that is closed at once [dollars]."""
        return float(self._pnl(self.conditions(ValuationPoints(*np.zeros((3, 1)))), None)[0])

    def _pnl(self, at: Conditions, values: FloatArray | None) -> FloatArray:
        """P&L of a whole unit, with costs, present value [dollars]; a yield is reinvested in shares."""
        if values is None:
            values = value_position(self.trade, self.market, **at._asdict()).value
        years = np.asarray(at.days) / 365
        quote_carry = self.shares * np.asarray(at.spot) * np.expm1(self._quote_yield * years)
        discounted: FloatArray = np.exp(-self.market.rate * years) * (values + quote_carry)
        return discounted - net_debit(self.trade) - self.cost_per_unit

    def cash(self, dividend: float, day: float) -> float:
        """Present value of a dividend on the shares of a unit [dollars]."""
        return self.shares * dividend * math.exp((self._quote_yield - self.market.rate) * day / 365)

    @property
    def _quote_yield(self) -> float:
        return self.market.quote(self.trade.symbol).dividend_yield


@dataclass(frozen=True, kw_only=True)
class ExitPoints:
    """Where a whole unit is valued: at stops, gaps and targets through time, on the last day, at ex-dates.

    Options are valued at Chebyshev dates of each period, in the root of the time to expiry, in which their
    values are smooth even at the strike.
    """

    which: list[int]
    """Which of the distinct levels each stage's stop, gap and target is."""
    date_grids: list[DateGrid]
    """By period."""
    spots: FloatArray | None
    """Chebyshev spots of the last day; None stands for the nodes."""
    sets: list[ValuationPoints]
    """Levels through time, the last day, then each ex-date."""


def exit_points(pricer: ExitPricer, exits: ExitPlan, timeline: Timeline, nodes: Nodes) -> ExitPoints:
    """Return where `value_exits` values a unit."""
    trade, market, levels = pricer.trade, pricer.market, pricer.levels
    rows, which = _distinct_levels(levels, exits)
    expiry = None if trade.expiry is None else market.days_to_expiry(trade.expiry, trade.instrument)
    date_grids = [build_date_grid(expiry, period) for period in timeline.periods]
    days = np.concatenate([date_grid.dates for date_grid in date_grids])
    spots = _pricing_spots(pricer, timeline, nodes)
    ends = nodes.points if spots is None else spots
    past = [_drop_points(levels, exits, period) for period in timeline.periods if period.dividend]
    at, shift = np.array(rows).T[..., None]
    last = ValuationPoints(ends, np.array(timeline.days), np.zeros(1))
    sets = [ValuationPoints(at, days, shift), last, *past]
    return ExitPoints(which=which, date_grids=date_grids, spots=spots, sets=sets)


def value_exits(
    pricer: ExitPricer, exits: ExitPlan, timeline: Timeline, nodes: Nodes, points: ExitPoints
) -> ExitValues:
    """Value a whole unit at its exit points, all of it in one call of the model."""
    level_pnls, end_pnls, *past_pnls = pricer.pnls(*points.sets)
    on_ex_date = {place: period for place, period in enumerate(timeline.periods) if period.dividend}
    periods, first = [], 0
    for period, date_grid in zip(timeline.periods, points.date_grids, strict=True):
        known = level_pnls[:, first : first + len(date_grid.dates)]
        first += len(date_grid.dates)
        periods.append(_period_values(period, date_grid, known[points.which]))
    return ExitValues(
        periods=tuple(periods),
        gap_share=exits.gap_share,
        drops={
            place: _drop(pricer, period, past, pnls)
            for (place, period), past, pnls in zip(
                on_ex_date.items(), points.sets[2:], past_pnls, strict=True
            )
        },
        last=_final_pnl(nodes, points.spots, end_pnls),
        last_day=timeline.days,
    )


def _distinct_levels(levels: ExitStages, exits: ExitPlan) -> tuple[list[tuple[float, float]], list[int]]:
    """Distinct levels with their vol shifts; and which of them each stage's stop, gap and target is."""
    stops, targets = _stops_and_targets(levels)
    gaps = [
        gap_distance(levels, stage.gap_move) if exits.gap_share else stage.stop for stage in levels.stages
    ]
    shifts = [exits.vol_shift] * (len(stops) + len(gaps)) + [0.0] * len(targets)
    wanted = list(zip((*stops, *gaps, *targets), shifts, strict=True))
    rows = list(dict.fromkeys(wanted))
    return rows, [rows.index(row) for row in wanted]


def _stops_and_targets(levels: ExitStages) -> tuple[list[float], list[float]]:
    """Levels of each stage; the spot now where there is no target."""
    stops = [stage.stop for stage in levels.stages]
    return stops, [stage.target if stage.target < math.inf else 0.0 for stage in levels.stages]


class DateGrid(NamedTuple):
    """Dates at which a period is valued, and the interpolation between them."""

    expiry: float | None
    low: float
    high: float
    dates: FloatArray

    def matrix(self, days: FloatArray) -> FloatArray:
        """Weights of the values at the dates for the value on any day, shape (days, dates)."""
        count = len(self.dates)
        basis = np.polynomial.chebyshev.chebvander(self._place(days), count - 1)
        known = np.polynomial.chebyshev.chebvander(self._place(self.dates), count - 1)
        scale = np.where(np.arange(count) == 0, 1.0, 2.0) / count
        matrix: FloatArray = (basis * scale) @ known.T
        return matrix

    def _place(self, days: FloatArray) -> FloatArray:
        time = days if self.expiry is None else np.sqrt(np.maximum(self.expiry - days, 0.0))
        half = max(self.high - self.low, 1e-9) / 2
        return (time - self.low) / half - 1


def build_date_grid(expiry: float | None, period: Period) -> DateGrid:
    """Return the dates at which options of one expiry are valued in a period; shares have no expiry."""
    first, last = period.first_day, period.last_day
    if expiry is not None:
        first, last = math.sqrt(expiry - last), math.sqrt(expiry - first)
    inner = np.cos(math.pi * (np.arange(DATES) + 0.5) / DATES)
    times = first + (last - first) * (1 + inner) / 2
    return DateGrid(expiry, first, last, times if expiry is None else expiry - times**2)


def _period_values(period: Period, date_grid: DateGrid, known: FloatArray) -> PeriodValues:
    days = moment_days(period)
    values = known @ date_grid.matrix(days.ravel()).T
    return PeriodValues(days, *values.reshape(3, -1, *days.shape))


def moment_days(period: Period) -> FloatArray:
    """Return the day of each moment of every step, shape (steps, moments)."""
    places: FloatArray = (np.arange(period.steps)[:, None] + MOMENTS) / period.steps
    return period.first_day + period.days * places


def gap_distance(levels: ExitStages, move: float | None) -> float:
    """Return the log distance of the fill of a stop that is gapped over."""
    return levels.side * math.log(levels.entry * (1 - levels.side * (move or 0.0)) / levels.spot)


def _drop_points(levels: ExitStages, exits: ExitPlan, period: Period) -> ValuationPoints:
    """Each stop, then each target, and where the dividend drops it to: shape (levels, 2)."""
    stops, targets = _stops_and_targets(levels)
    ends = np.array([(end, level_after_dividend(levels, end, period.dividend)) for end in (*stops, *targets)])
    shifts = np.array([exits.vol_shift] * len(stops) + [0.0] * len(targets))
    return ValuationPoints(ends, np.array(period.last_day), shifts[:, None])


def _drop(pricer: ExitPricer, period: Period, past: ValuationPoints, pnls: FloatArray) -> DividendDrop:
    lines = []
    for points, worth in zip(past.distance, pnls, strict=True):
        order = np.argsort(points)
        lines.append(LinearPnl(tuple(points[order]), tuple(worth[order])))
    cash, stops = pricer.cash(period.dividend, period.last_day), len(lines) // 2
    return DividendDrop(period.last_day, cash, tuple(lines[:stops]), tuple(lines[stops:]))


def level_after_dividend(levels: ExitStages, end: float, dividend: float) -> float:
    """Return the log distance a dividend drops a level to, never below a cent on the dollar."""
    dropped = distance_after_dividend(levels, end, dividend)
    return dropped if math.isfinite(dropped) else levels.side * math.log(0.01)


def _final_pnl(nodes: Nodes, spots: FloatArray | None, pnls: FloatArray) -> FloatArray:
    """P&L at every node on the last day: valued there, or at fewer spots where it is smooth."""
    if spots is None:
        return pnls
    return interpolation_matrix(nodes, spots) @ pnls


def interpolation_matrix(nodes: Nodes, spots: FloatArray) -> FloatArray:
    """Return the weights that interpolate from `chebyshev_spots` to the nodes, shape (nodes, spots)."""
    low, high = nodes.points.min(), nodes.points.max()
    places = [(2 * points - low - high) / (high - low) for points in (nodes.points, spots)]
    count = len(spots)
    scale = np.where(np.arange(count) == 0, 1.0, 2.0) / count
    basis, known = (np.polynomial.chebyshev.chebvander(place, count - 1) for place in places)
    matrix: FloatArray = (basis * scale) @ known.T
    return matrix


def _pricing_spots(pricer: ExitPricer, timeline: Timeline, nodes: Nodes) -> FloatArray | None:
    """Chebyshev spots that a trade in options with time left is valued at; None where the nodes are fewer."""
    trade, market = pricer.trade, pricer.market
    if trade.expiry is None:
        return None
    left = market.days_to_expiry(trade.expiry, trade.instrument) - timeline.days
    least = min(leg.vol or 0.0 for leg in trade.option_legs) * math.sqrt(max(left, 0.0) / 365)
    return chebyshev_spots(nodes, least=least)


def chebyshev_spots(nodes: Nodes, *, least: float) -> FloatArray | None:
    """Return Chebyshev spots for options with at least this total vol left; None when the nodes are fewer."""
    low, high = float(nodes.points.min()), float(nodes.points.max())
    if least * len(nodes.points) <= SPOTS_PER_DEVIATION * (high - low):
        return None
    count = FEWEST_SPOTS + math.ceil(SPOTS_PER_DEVIATION * (high - low) / least)
    if count >= len(nodes.points):
        return None
    return low + (high - low) * (1 + np.cos(math.pi * (np.arange(count) + 0.5) / count)) / 2
