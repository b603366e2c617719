"""American puts on a spot with cash dividends.

Between two ex-dates the put is an American put whose payoff is its own value just before the next drop: a
Gaussian mean of that plus the interest earned by exercise, integrated along the boundary.
Deep in the money, waiting for a drop beats the interest in a window before each ex-date, so there the
boundary falls to zero. After the last drop the put is one without cash dividends. That holds without a yield;
where the rate is not positive and the yield not negative, no put is exercised before its expiry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.batch import contract_keys, shared, tables
from riskcalc.pricing.american.continuous_exercise import VALUE_MOMENTS, put_greeks, put_terms, scattered
from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.dividend_periods import (
    REACH,
    SHORTEST,
    EarlierStretch,
    HeldStretch,
    LastStretch,
    Seen,
    Stretch,
    log_width,
)
from riskcalc.pricing.american.period_boundary import stretch_boundary, waiting_window
from riskcalc.pricing.american.pre_dividend import PutEve
from riskcalc.pricing.american.put_boundary import NODES, SHARED_NODES, put_boundary
from riskcalc.pricing.american.quadrature import Nodes, panel, resolved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.american.batch import Batch, Schedule
    from riskcalc.pricing.american.put_premium import PutTerms
    from riskcalc.pricing.american.quadrature import Jet
    from riskcalc.pricing.arrays import FloatArray

BLOCK = 128  # contracts solved together: fewer cost more calls, more leave the cache
EVERYWHERE = Seen(log_spot=np.array([[-np.inf, np.inf]]), waited=np.zeros((1, 1)))
MOMENTS = 32
SMOOTHED = 0.7  # standard deviations since a bend that nodes must see
DENSER = 0.25  # measured: nodes next to the boundary resolve widths of this times the root of the length


def cash_dividend_puts(batch: Batch, schedule: Schedule) -> Priced:
    """Value puts that see every dividend of the schedule; sign, rate and yield are known to fit."""
    log_spot = np.log(batch.spot / batch.strike)
    found = list(tables(contract_keys(batch, wait=schedule.times[0] - batch.elapsed), most_rows=BLOCK))
    parts = [
        _jet(batch.take(table[:, 0]), schedule, log_spot[table], batch.elapsed[table]) for table in found
    ]
    jet, proved = scattered(found, parts)
    return Priced(put_greeks(batch, jet), proved)


def _jet(
    contracts: Batch, schedule: Schedule, log_spot: FloatArray, now: FloatArray
) -> tuple[Jet, NDArray[np.bool_]]:
    """Value each contract at its spots and moments; what is theirs in common starts with the first moment."""
    start = now.min(axis=1, keepdims=True)
    seen = Seen(log_spot=log_spot, waited=shared(now - start))
    stretch = first_stretch(contracts, schedule, seen, start)
    return stretch.jet(log_spot, count=VALUE_MOMENTS, waited=seen.waited), stretch.settled


def first_stretch(contracts: Batch, schedule: Schedule, seen: Seen, start: FloatArray) -> Stretch:
    """Work back from the expiry to where the contracts start, shape (puts, 1)."""
    drops = schedule.amounts / contracts.strike[:, None]
    left = np.maximum(contracts.expiry[:, None] - schedule.times, 0.0)
    last = put_terms(contracts, np.maximum(left[:, -1:], SHORTEST))
    stretch: Stretch = HeldStretch(terms=last)
    if (contracts.rate > 0.0).all():
        stretch = LastStretch(terms=last, boundary=put_boundary(last))
    for i in range(len(schedule.times) - 1, -1, -1):
        span = schedule.times[i] - (schedule.times[i - 1] if i else start)
        part = replace(last, time_to_expiry=np.broadcast_to(span, start.shape))
        drop, after = drops[:, i : i + 1], left[:, i : i + 1]
        kink = np.log1p(drops[:, i + 1 :].sum(axis=1, keepdims=True))
        eve = _eve(part, stretch, drop, EVERYWHERE if i else seen, left=after, kink=kink)
        shares = i == 0 and seen.waited.shape[1] > 1
        until = _until(part, eve, after, order=SHARED_NODES if shares else NODES)
        stretch = replace(until, settled=until.settled & stretch.settled)
    return stretch


def _until(terms: PutTerms, eve: PutEve, left: FloatArray, *, order: int) -> EarlierStretch:
    """Put a stretch in front of an eve; `left` is the time from there to the expiry."""
    boundary = stretch_boundary(terms, eve, order=order)
    discount = np.exp(-terms.rate * terms.time_to_expiry)
    paid = np.exp(-terms.dividend_yield * terms.time_to_expiry)
    waits = ~boundary.exercised
    width = log_width(terms, left + terms.time_to_expiry)
    return EarlierStretch(
        terms=terms,
        eve=eve,
        boundary=boundary,
        cash=np.where(waits, np.maximum(discount * eve.cash, 1.0), 1.0),
        cash_rho=np.where(waits, discount * (eve.cash_rho - terms.time_to_expiry * eve.cash), 0.0),
        share=np.where(waits, paid * eve.share, 1.0),
        limit=np.where(waits, -width, boundary.now),
        settled=boundary.settled & eve.resolved,
    )


def _eve(
    terms: PutTerms, later: Stretch, drop: FloatArray, seen: Seen, *, left: FloatArray, kink: FloatArray
) -> PutEve:
    """Tabulate the later stretch where it is not a line, as far as the spots lead if they cannot exercise.

    Above the kink, a log-spot that grants the later drops, the put is out of the money.
    """
    high = np.maximum(later.limit, kink) + log_width(terms, left)
    share = later.share
    cash = later.cash + share * drop
    window = waiting_window(terms, cash)
    low, high = _within_reach(terms, window, drop, (later.limit, high), seen.log_spot)
    shortest = terms.time_to_expiry - seen.waited.max(axis=1, keepdims=True)
    width = _resolution(terms, window, shortest=shortest, left=left, length=high - low)
    width = np.minimum(width, SMOOTHED * terms.vol * np.sqrt(later.smoothed))
    nodes, weights = panel(low, high, width)
    jet = later.jet(nodes, count=MOMENTS, waited=np.zeros((1, 1)))
    before = np.exp(nodes) + drop
    values = np.stack([jet.value, jet.vega, jet.rho], axis=-1)
    return PutEve(
        nodes=Nodes.of(np.log(before), weights * (1 - drop / before), values),
        line_to=np.log(np.exp(later.limit) + drop),
        cash=cash,
        cash_rho=later.cash_rho,
        share=share,
        # A worthless share is best exercised upon at once where the strike earns interest.
        floor=np.exp(-np.minimum(terms.rate, 0.0) * left),
        waits=later.cash > 1.0,
        resolved=resolved(low, high, width)[:, 0],
    )


def _within_reach(
    terms: PutTerms,
    window: FloatArray,
    drop: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    log_spot: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Cut a panel to where the spots can lead, unless its values also have to find a boundary."""
    deviation = terms.vol * np.sqrt(terms.time_to_expiry)
    carried = np.abs(terms.rate - terms.dividend_yield) * terms.time_to_expiry
    reach = deviation * (REACH + deviation / 2) + carried
    lowest = np.exp(log_spot.min(axis=1, keepdims=True) - reach) - drop
    highest = np.exp(np.minimum(log_spot.max(axis=1, keepdims=True) + reach, 300.0)) - drop
    low, high = bounds
    cut_low = np.maximum(low, np.log(np.maximum(lowest, np.exp(low))))
    cut_high = np.minimum(high, np.log(np.maximum(highest, np.exp(cut_low))))
    waits = window >= terms.time_to_expiry
    return np.where(waits, cut_low, low), np.where(waits, np.maximum(cut_high, cut_low), high)


def _resolution(
    terms: PutTerms, window: FloatArray, *, shortest: FloatArray, left: FloatArray, length: FloatArray
) -> FloatArray:
    """Smallest width that a panel's nodes must see; at its low end, next to the boundary, they lie denser.

    The shortest time is that from any spot to the drop.
    """
    finest = terms.vol * np.sqrt(np.minimum(window, terms.time_to_expiry))
    dense = np.maximum(finest, DENSER * np.sqrt(np.maximum(length, 0.0) * finest))
    whole = terms.vol * np.sqrt(np.minimum(shortest, left + SHORTEST))
    width: FloatArray = np.minimum(dense, whole)
    return width
