"""Sanity checks of a chain: strikes, prices and spot against put-call parity.

Call less put of one strike is worth the forward less the strike, discounted: it falls by about a dollar for
each dollar of strike, and is nothing where the strike is the forward. Neither needs a model or the spot.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.errors import ChainError
from riskcalc.pricing.arrays import Flags, Floats

if TYPE_CHECKING:
    from riskcalc.chains.quote_rows import QuoteRows

NEAREST = 3
"""Number of expiries used."""
LEAST_QUOTES = 6
"""Minimum number of quotes; fewer may all be far from the spot."""
LEAST_PAIRS = 3
"""Minimum number of pairs for an expiry to count."""
AGREED = 0.6
"""Share of the pairs whose bids and asks must allow the forward."""
SCATTERS = 2.0
"""Tolerance of the forwards around their median, in median distances."""
MOST_PAIRS = 10
"""Maximum number of strikes used, nearest to the forward."""
CARRY = (-0.5, 0.07)
"""Maximum plausible carry per year, from rates and borrow fees, if there is only one expiry."""
LEAST_CARRY, LEAST_INDEX_CARRY = -0.03, -0.01
SLOWER = 0.1
"""How much less a forward may grow a year up to the nearest expiry than between the next ones."""
DIVIDEND = 0.02
"""Dividend before the nearest expiry, as a fraction of spot, that parity cannot tell from a high spot."""
INDEX_DIVIDEND = 0.0005
USUAL_CARRY = (0.0, 0.05)
MIDDLE_CARRY = 0.03
TICK = 0.0002
"""Tolerance of the spot, as a fraction."""
ABSURD = 2.0
"""Ratio beyond which two spots cannot be of one underlying in one unit."""
SLOPES = (-2.0, -0.5)
MIL_SLOPES = (-0.002, -0.0005)
MIL = 0.001
STRIKE_REACH = 5.0
"""Maximum ratio of the lowest strike to spot, or of spot to the highest strike."""
EXERCISED = 25.0
"""Percent of in-the-money options with an arbitrage at which the spot cannot be right."""


class Pairs(NamedTuple):
    """Calls and puts of one strike and expiry, of the nearest expiries."""

    years: Floats
    strike: Floats
    low: Floats
    """Call's bid less put's ask [dollars]."""
    high: Floats
    """Call's ask less put's bid [dollars]."""
    calls: tuple[Floats, Floats]
    """Strike and ask of the calls of the nearest expiry that have a bid and an ask."""
    puts: tuple[Floats, Floats]

    @property
    def mid(self) -> Floats:
        """Call less put."""
        return (self.low + self.high) / 2

    def scaled(self, unit: float) -> Pairs:
        """The same with strikes in another unit."""
        calls, puts = ((strike * unit, ask) for strike, ask in (self.calls, self.puts))
        return self._replace(strike=self.strike * unit, calls=calls, puts=puts)


class CheckedSpot(NamedTuple):
    """The spot to use, and warnings about it."""

    spot: float
    implied: float | None
    warnings: tuple[str, ...]


class _Implied(NamedTuple):
    """Spot implied by one expiry."""

    years: float
    forward: float
    low: float
    """Least spot that explains the quotes."""
    high: float


def quoted_pairs(rows: QuoteRows, date: dt.date) -> Pairs:
    """Calls and puts of the nearest expiries after a day, those with a bid and an ask."""
    usable = (rows.bid > 0) & (rows.ask >= rows.bid) & (rows.expiry > np.datetime64(date))
    days = np.unique(rows.expiry[usable])[: 2 * NEAREST]
    selected = np.flatnonzero(usable & np.isin(rows.expiry, days))
    selected = selected[
        np.lexsort((-rows.option_type[selected], rows.strike[selected], rows.expiry[selected]))
    ]
    expiry, strike, kind = rows.expiry[selected], rows.strike[selected], rows.option_type[selected]
    bid, ask = rows.bid[selected], rows.ask[selected]
    call = np.flatnonzero((expiry[1:] == expiry[:-1]) & (strike[1:] == strike[:-1]) & (kind[:-1] > kind[1:]))
    put = call + 1
    nearest = expiry == days[:1]  # where the least time value hides what exercise pays
    return Pairs(
        years=(expiry[call] - np.datetime64(date)).astype("timedelta64[D]").astype(np.float64) / 365,
        strike=strike[call],
        low=bid[call] - ask[put],
        high=ask[call] - bid[put],
        calls=(strike[nearest & (kind > 0)], ask[nearest & (kind > 0)]),
        puts=(strike[nearest & (kind < 0)], ask[nearest & (kind < 0)]),
    )


def in_dollars(rows: QuoteRows, *, spot: float, date: dt.date) -> tuple[QuoteRows, Pairs, tuple[str, ...]]:
    """Rows with strikes in dollars, their pairs, and a warning if the layout does not define the unit.

    Raises
    ------
    ChainError
        Strikes, prices and spot cannot belong together.
    """
    pairs = quoted_pairs(rows, date)
    unit = _strike_unit(rows, pairs, spot)
    if unit != 1:
        rows, pairs = dataclasses.replace(rows, strike=rows.strike * unit), pairs.scaled(unit)
    _require_together(rows, pairs, spot)
    low, high = rows.strike.min(), rows.strike.max()
    warned = unit != 1 and rows.strike_units[0] != unit
    text = f"strikes are in thousandths of a dollar: converted to {low:g} to {high:g}"
    return rows, pairs, (text,) if warned else ()


def checked_spot(spot: float, *, is_given: bool, pairs: Pairs, european: bool) -> CheckedSpot:
    """Compare a spot with the one implied by calls and puts, and use the implied one if they contradict.

    Parameters
    ----------
    spot : float
        Of the file, or as the user gave it [dollars].
    is_given : bool
        Whether the user gave it: then it stays.
    pairs : Pairs
        Of `quoted_pairs`.
    european : bool
        Whether the options are exercised at the expiry only.

    Returns
    -------
    CheckedSpot
        The two contradict each other where no carry explains the forward of one of the nearest expiries
        within its bids and asks, or where a fourth of the American options in the money could be bought and
        exercised at a profit at once.

    Raises
    ------
    ChainError
        One is more than twice the other.
    """
    expiries = _implied_spots(pairs, european=european)
    if not expiries:
        too_few_pairs = not european and len(pairs.strike) < LEAST_PAIRS
        return CheckedSpot(spot, None, _one_sided(spot, pairs) if too_few_pairs else ())
    implied = _spot_of(expiries)
    if not _contradicts_expiries(spot, implied, expiries) and (
        european or not _allows_free_exercise(spot, implied, expiries[0], pairs)
    ):
        return CheckedSpot(spot, None, ())
    implied = round(implied, 2)
    if not 1 / ABSURD < spot / implied < ABSURD:
        raise ChainError(
            f"spot {spot:,.2f} does not match these options: their calls and puts imply {implied:,.2f}"
        )
    conflict = f"spot {spot:,.2f} is inconsistent with its options, whose calls and puts imply {implied:,.2f}"
    used = "the given spot" if is_given else "the implied spot; --spot overrides it"
    return CheckedSpot(
        spot if is_given else implied, implied, (f"{conflict} ({spot / implied - 1:+.2%}): using {used}",)
    )


def _one_sided(spot: float, pairs: Pairs) -> tuple[str, ...]:
    """Warn of a spot at which calls, or puts, could be bought and exercised at a profit."""
    for options, sign, kind, word in ((pairs.calls, 1, "calls", "high"), (pairs.puts, -1, "puts", "low")):
        if _is_exercise_widely_profitable(options, sign, spot, spot):
            return (
                f"spot {spot:,.2f} is too {word} for its {kind}: many are offered below their exercise value",
            )
    return ()


def _contradicts_expiries(spot: float, implied: float, expiries: list[_Implied]) -> bool:
    """Whether an expiry rules a spot out, and all of them allow the implied one."""
    slack = TICK * spot
    ruled_out = any(not result.low - slack <= spot <= result.high + slack for result in expiries)
    return ruled_out and all(result.low - slack <= implied <= result.high + slack for result in expiries)


def _allows_free_exercise(spot: float, implied: float, nearest: _Implied, pairs: Pairs) -> bool:
    """Whether many American options could be bought and exercised at a profit, if the spot were right."""
    if spot < min(implied, nearest.forward) * (1 - TICK):
        return _is_exercise_widely_profitable(pairs.puts, -1, spot, implied)
    return spot > max(implied, nearest.forward) * (1 + TICK) and _is_exercise_widely_profitable(
        pairs.calls, 1, spot, implied
    )


def _implied_spots(pairs: Pairs, *, european: bool) -> list[_Implied]:
    """Spots implied by the nearest expiries with enough pairs."""
    expiries = []
    for years in np.unique(pairs.years).tolist():
        rows = np.flatnonzero(pairs.years == years)
        if len(rows) < LEAST_PAIRS:
            continue
        forwards = pairs.strike[rows] + pairs.mid[rows]
        middle = float(np.median(forwards))
        near = np.argsort(np.abs(pairs.strike[rows] - middle), kind="stable")[:MOST_PAIRS]
        strike = pairs.strike[rows][near]
        if not strike.min() <= middle <= strike.max():
            continue  # the forward lies beyond the strikes
        forward = float(np.median(forwards[near]))
        within = (strike + pairs.low[rows][near] <= forward * (1 + TICK)) & (
            strike + pairs.high[rows][near] >= forward * (1 - TICK)
        )
        if within.mean() < AGREED:
            continue  # quotes of other days, inconsistent with each other
        scatter = SCATTERS * float(np.median(np.abs(forwards[near] - forward)))
        low, high = (float(np.median(strike + side[rows][near])) for side in (pairs.low, pairs.high))
        expiries.append(
            _Implied(
                years=years,
                forward=forward,
                low=low - scatter,
                high=high + scatter,
            )
        )
    return _at_spot(expiries[:NEAREST], european=european)


def _at_spot(expiries: list[_Implied], *, european: bool) -> list[_Implied]:
    """Bounds of the spot: those of the forwards, discounted by the plausible carry and dividend."""
    least, dividend = CARRY[0], INDEX_DIVIDEND if european else DIVIDEND
    if len(expiries) > 1:
        growth = math.log(expiries[-1].forward / expiries[0].forward) / (
            expiries[-1].years - expiries[0].years
        )
        least = min(LEAST_INDEX_CARRY if european else LEAST_CARRY, growth - SLOWER)
    elif european:
        least = LEAST_INDEX_CARRY - SLOWER
    return [
        result._replace(
            low=result.low * math.exp(-CARRY[1] * result.years),
            high=result.high * (1 + dividend) * math.exp(-least * result.years),
        )
        for result in expiries
    ]


def _spot_of(expiries: list[_Implied]) -> float:
    """Spot implied by the nearest forward, discounted at the carry between it and the last one."""
    first, last = expiries[0], expiries[-1]
    carry = MIDDLE_CARRY
    if last.years > first.years:
        slope = math.log(last.forward / first.forward) / (last.years - first.years)
        carry = min(max(slope, USUAL_CARRY[0]), USUAL_CARRY[1])
    return first.forward * math.exp(-carry * first.years)


def _is_exercise_widely_profitable(
    options: tuple[Floats, Floats], sign: int, spot: float, implied: float
) -> bool:
    """Whether too many options in the money could be bought and exercised at a profit at the spot."""
    strike, ask = options
    inside = sign * (implied - strike) > 0
    breakeven = strike + sign * ask
    if inside.sum() < LEAST_PAIRS:
        return False
    bound = float(np.percentile(sign * breakeven[inside], EXERCISED))
    return sign * spot > bound + TICK * spot


def _strike_unit(rows: QuoteRows, pairs: Pairs, spot: float) -> float:
    """Dollars per unit of the strikes: from the prices, else from the spot, else from the vendor."""
    slope = _slope(pairs)
    if slope is not None:
        if MIL_SLOPES[0] < slope < MIL_SLOPES[1]:
            return MIL
        if SLOPES[0] < slope < SLOPES[1]:
            return 1.0
    units = rows.strike_units
    low, high = rows.strike.min(), rows.strike.max()
    around = [unit for unit in units if low * unit <= ABSURD * spot and high * unit >= spot / ABSURD]
    return around[0] if around else units[0]


def _slope(pairs: Pairs) -> float | None:
    """Change of call less put per unit of strike; None if the quotes are too wide."""
    slopes, unbounded = [], []
    for years in np.unique(pairs.years).tolist():
        rows = np.flatnonzero(pairs.years == years)
        half = len(rows) // 2
        if len(rows) < LEAST_PAIRS or not half:
            continue
        steps = pairs.strike[rows][half:] - pairs.strike[rows][:-half]
        mid, width = pairs.mid[rows], (pairs.high - pairs.low)[rows]
        slopes.append((mid[half:] - mid[:-half]) / steps)
        unbounded.append((width[half:] + width[:-half]) / 2 / steps)
    if not slopes:
        return None
    slope, error = float(np.median(np.concatenate(slopes))), float(np.median(np.concatenate(unbounded)))
    return slope if abs(slope) > error else None


def _require_together(rows: QuoteRows, pairs: Pairs, spot: float) -> None:
    """Refuse strikes, prices and a spot that are not of one option chain in dollars."""
    low, high = float(rows.strike.min()), float(rows.strike.max())
    far = low > STRIKE_REACH * spot or high < spot / STRIKE_REACH
    if far and len(rows.strike) >= LEAST_QUOTES:
        raise ChainError(
            f"strikes from {low:,g} to {high:,g} do not match a spot of {spot:,.2f}; are all in dollars?"
        )
    slope = _slope(pairs)
    if slope is not None and not SLOPES[0] < slope < SLOPES[1]:
        raise ChainError(
            f"prices and strikes are inconsistent: call less put falls by {-slope:,.4g} per "
            "dollar of strike, not by 1; are prices in cents, or strikes in another unit?"
        )
    for (strike, ask), sign, kind in ((pairs.calls, 1, "call"), (pairs.puts, -1, "put")):
        most = np.full_like(strike, spot) if sign > 0 else strike
        too_dear, too_cheap = (
            _mostly_true(ask > ABSURD * most),
            _mostly_true(_is_below_half_intrinsic(strike, ask, sign, spot)),
        )
        # With pairs, the spot follows from parity.
        if too_dear or (too_cheap and len(pairs.strike) < LEAST_PAIRS):
            bound = "cost more than the share" if too_dear else "cost far less than their exercise value"
            raise ChainError(
                f"spot {spot:,.2f} and the prices of {kind}s are inconsistent: most {bound}; "
                "are prices, strikes and spot all in dollars?"
            )


def _is_below_half_intrinsic(strike: Floats, ask: Floats, sign: int, spot: float) -> Flags:
    """Whether deep in-the-money options are offered below half their exercise value."""
    intrinsic = sign * (spot - strike)
    deep = intrinsic > spot / 10
    return ask[deep] < intrinsic[deep] / ABSURD


def _mostly_true(flags: Flags) -> bool:
    return len(flags) >= LEAST_PAIRS and bool(flags.mean() > 1 / 2)
