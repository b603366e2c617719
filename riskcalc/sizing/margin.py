"""Margin of short options under FINRA Rule 4210(f)(2), the least over all ways to pair them.

Each contract sold is part of a spread, covered by shares, or uncovered, as the account holder likes: a broker
takes the pairing that asks for least.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from itertools import chain, permutations, product

from riskcalc.domain.legs import OptionLeg, OptionType, Side
from riskcalc.domain.trade import Trade
from riskcalc.domain.validation import non_negative_or_inf, positive, record
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass
from riskcalc.sizing.margin_rates import share_margin, uncovered_margin

MOST_WAYS = 2_000
"""Maximum number of splits of the short contracts tried exhaustively."""

MOST_ORDERS = 3
"""Legs of a type up to which every pairing of uncovered calls and puts is tried."""

Split = tuple[tuple[int, int], ...]
"""Contracts of each leg sold that are part of a spread, and that shares cover; the rest is uncovered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sold:
    """A short leg; all amounts are per share."""

    leg: OptionLeg
    count: int
    intrinsic: float
    premium: float
    required: float
    """Premium and margin when nothing covers it; of a put at most the cash for its strike."""

    @classmethod
    def of(cls, leg: OptionLeg, trade: Trade, spot: float) -> _Sold:
        premium = leg.premium or 0.0
        required = premium + uncovered_margin(leg, instrument=trade.instrument, spot=spot)
        if leg.option_type is OptionType.PUT:
            required = max(min(required, leg.strike), premium)
        return cls(
            leg=leg,
            count=leg.contracts,
            intrinsic=_intrinsic(leg, spot),
            premium=premium,
            required=required,
        )


def buying_power(trade: Trade, *, spot: float, max_loss: float = math.inf) -> float:
    """Return the buying power used by one unit.

    It is net of premium: what options cost, plus margin, less what sold options bring in. A requirement
    published gross of premium (a short option's own market value counted in) is larger by the premium
    received.

    Parameters
    ----------
    trade : Trade
        Every option leg has its premium filled in.
    spot : float
        Price of the underlying [dollars per share], > 0.
    max_loss : float
        Largest loss at expiry [dollars per unit], >= 0 or ``inf``; checked where it is stated, and no cap: a
        trade may use more than it can lose, as bought guts do.

    Returns
    -------
    float
        [dollars per unit], >= 0.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range, or an option leg has no premium.

    Notes
    -----
    - Bought options are paid in full, whatever they may still be worth: a debit spread, a long straddle, guts
      or box cost their debit. No loan value for options beyond nine months.
    - What options sold bring in pays for the bought ones, then for their own margin.
    - A sold option forms a spread with one bought of its type that lives as long. All spreads together take
      their maximum potential loss, the worst net intrinsic value at their strikes, so that a condor loses on
      one side only; or the uncovered requirement of what was sold, where that is less.
    - Uncovered calls and puts pair up: the greater requirement of both, and the premium of the other. An
      uncovered put never takes more than cash for its strike.
    - Shares take `share_margin`. They cover options sold against them, contract by contract; in the money,
      such an option brings in only its time value.

    References
    ----------
    FINRA Rule 4210(c) and (f)(2); Regulation T; Cboe, Margin Manual (strategy-based margin).

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import call_spread
    >>> spread = call_spread("IWM", long_strike=295, short_strike=325, expiry=dt.date(2026, 9, 18),
    ...                      long_premium=12.1, short_premium=2.5)
    >>> round(buying_power(spread, spot=295.4), 2)
    960.0
    """
    record("trade", Trade, trade)
    positive("spot", spot)
    non_negative_or_inf("max_loss", max_loss)
    required = _linear_margin(trade, spot) + _net_premium(trade) + short_option_requirement(trade, spot=spot)
    return max(required, 0.0)


def short_option_requirement(trade: Trade, *, spot: float) -> float:
    """Return the least margin of all short options, their premium included [dollars per unit], >= 0.

    Parameters
    ----------
    trade : Trade
        Every option sold has its premium filled in.
    spot : float
        Price of the underlying [dollars per share], > 0.

    Notes
    -----
    - A spread holds as many bought as sold contracts of each type, and none bought that expires before its
      sold one. It takes its maximum potential loss: the worst net intrinsic value at any of its strikes.
    - A contract covered by shares takes what it is in the money.
    - An uncovered contract takes its premium and `uncovered_margin`; an uncovered call and put together the
      greater of both requirements and the premium of the other.

    References
    ----------
    FINRA Rule 4210(f)(2)(A), (E), (G) and (H); FINRA Regulatory Notice 12-44 (2012).
    """
    sold = [_Sold.of(leg, trade, spot) for leg in trade.option_legs if leg.side is Side.SHORT]
    if not sold:
        return 0.0
    covers_held = _held_contracts(trade)
    bought = [leg for leg in trade.option_legs if leg.side is Side.LONG]
    requirements = (
        _requirement(sold, split, bought, covers_held) for split in _splits(sold, bought, covers_held)
    )
    return trade.instrument.option_multiplier * min(requirements)


def _held_contracts(trade: Trade) -> dict[OptionType, int]:
    """Contracts of each type that the trade's shares can be delivered against."""
    shares = sum(leg.signed_shares for leg in trade.share_legs)
    return {kind: max(int(kind) * shares, 0) // trade.instrument.option_multiplier for kind in OptionType}


def _splits(
    sold: Sequence[_Sold], bought: Sequence[OptionLeg], covers_held: dict[OptionType, int]
) -> Iterator[Split]:
    """Every way to cover the short contracts."""
    room = {kind: sum(leg.contracts for leg in bought if leg.option_type is kind) for kind in OptionType}
    every = [
        [
            (spread, covered)
            for spread in range(min(short.count, room[short.leg.option_type]) + 1)
            for covered in range(min(short.count - spread, covers_held[short.leg.option_type]) + 1)
        ]
        for short in sold
    ]
    if math.prod(map(len, every)) > MOST_WAYS:
        every = [_cover_counts(short, sold, room, covers_held) for short in sold]
    return product(*every)


def _cover_counts(
    short: _Sold, sold: Sequence[_Sold], room: dict[OptionType, int], covers_held: dict[OptionType, int]
) -> list[tuple[int, int]]:
    """Counts of one leg at which it, or a cover that others use first, is used up."""
    kind = short.leg.option_type
    others = [other.count for other in sold if other is not short and other.leg.option_type is kind]
    used = {sum(part) for part in product(*((0, count) for count in others))}
    spreads, covers = (
        {min(short.count, max(most - covered, 0)) for covered in used} | {0}
        for most in (room[kind], covers_held[kind])
    )
    return [
        (min(spread, short.count - covered), covered)
        for spread in sorted(spreads)
        for covered in sorted(covers)
    ]


def _requirement(
    sold: Sequence[_Sold], split: Split, bought: Sequence[OptionLeg], covers_held: dict[OptionType, int]
) -> float:
    """Margin per share of one way to cover the short contracts; infinite if not possible."""
    for kind in OptionType:
        delivered = sum(
            covered for short, (_, covered) in zip(sold, split, strict=True) if short.leg.option_type is kind
        )
        if delivered > covers_held[kind]:
            return math.inf
    spread = [(short.leg, count) for short, (count, _) in zip(sold, split, strict=True) if count]
    covers = _covers(spread, bought)
    if covers is None:
        return math.inf
    in_the_money = sum(covered * short.intrinsic for short, (_, covered) in zip(sold, split, strict=True))
    open_legs = [(short, short.count - sum(parts)) for short, parts in zip(sold, split, strict=True)]
    return _maximum_loss(spread, covers) + in_the_money + _uncovered([leg for leg in open_legs if leg[1]])


def _covers(
    sold: Sequence[tuple[OptionLeg, int]], bought: Sequence[OptionLeg]
) -> list[tuple[OptionLeg, int]] | None:
    """The bought contracts that belong with sold ones: of each type the best that live as long, else None."""
    cover: list[tuple[OptionLeg, int]] = []
    for kind in OptionType:
        need = [(leg, count) for leg, count in sold if leg.option_type is kind]
        best = sorted(
            (leg for leg in bought if leg.option_type is kind), key=lambda leg: int(kind) * leg.strike
        )
        matched: list[tuple[OptionLeg, int]] = []
        for leg in best:
            matched.append((leg, min(leg.contracts, _still_matched(leg.expiry, need, matched))))
        if sum(count for _, count in matched) < sum(count for _, count in need):
            return None
        cover += matched
    return cover


def _still_matched(
    expiry: dt.date, need: Sequence[tuple[OptionLeg, int]], matched: Sequence[tuple[OptionLeg, int]]
) -> int:
    """Contracts of an expiry that can still each be given a sold one that expires no later."""
    days = {day for leg, _ in chain(need, matched) if (day := leg.expiry) >= expiry} | {expiry}
    return min(
        sum(count for leg, count in need if leg.expiry <= day)
        - sum(count for leg, count in matched if leg.expiry <= day)
        for day in days
    )


def _maximum_loss(sold: Sequence[tuple[OptionLeg, int]], covers: Sequence[tuple[OptionLeg, int]]) -> float:
    """Worst net intrinsic value of a spread at any of its strikes, as a loss per share, if there is one."""
    held = [(int(leg.side), leg, count) for leg, count in chain(sold, covers) if count]
    worst = (
        -sum(side * count * _intrinsic(leg, strike) for side, leg, count in held)
        for strike in {leg.strike for _, leg, _ in held}
    )
    return max(chain([0.0], worst))


def _intrinsic(leg: OptionLeg, spot: float) -> float:
    return max(int(leg.option_type) * (spot - leg.strike), 0.0)


def _uncovered(legs: Sequence[tuple[_Sold, int]]) -> float:
    """Requirement per share of uncovered contracts, calls and puts paired so that it is least."""
    calls, puts = ([leg for leg in legs if leg[0].leg.option_type is kind] for kind in OptionType)
    uncovered_total = sum(leg.required * count for leg, count in legs)
    if not calls or not puts:
        return uncovered_total
    pairings = product(_pairing_orders(calls), _pairing_orders(puts))
    return uncovered_total - max(_pairing_relief(first, second) for first, second in pairings)


def _pairing_orders(legs: Sequence[tuple[_Sold, int]]) -> Iterator[Sequence[tuple[_Sold, int]]]:
    if len(legs) <= MOST_ORDERS:
        return permutations(legs)
    return iter([sorted(legs, key=lambda leg: -leg[0].required)])


def _pairing_relief(calls: Sequence[tuple[_Sold, int]], puts: Sequence[tuple[_Sold, int]]) -> float:
    """What pairing calls and puts in their order saves: of each pair the lesser margin beyond its premium."""
    saved, first, second = 0.0, 0, 0
    counts = [count for _, count in calls], [count for _, count in puts]
    while first < len(calls) and second < len(puts):
        pairs = min(counts[0][first], counts[1][second])
        lesser = min(calls[first][0], puts[second][0], key=lambda relief: relief.required)
        saved += pairs * (lesser.required - lesser.premium)
        counts[0][first] -= pairs
        counts[1][second] -= pairs
        first += not counts[0][first]
        second += not counts[1][second]
    return saved


def _linear_margin(trade: Trade, spot: float) -> float:
    return sum(
        leg.capital(margin_per_share=share_margin(trade.instrument, side=leg.side, spot=spot))
        for leg in trade.linear_legs
    )


def _net_premium(trade: Trade) -> float:
    return sum(trade.leg_size(leg) * _premium(leg) for leg in trade.option_legs)


def _premium(leg: OptionLeg) -> float:
    if leg.premium is None:
        raise InvalidInputError(f"premium must be known before margin is, got none for {leg.label}")
    return leg.premium
