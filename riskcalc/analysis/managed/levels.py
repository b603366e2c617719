"""The exits of a trade as levels of its underlying."""

from __future__ import annotations

import math

from riskcalc.analysis.payoff import entry_price
from riskcalc.analysis.valuation import value_position
from riskcalc.domain import ExitPlan, Market, Side, Trade
from riskcalc.domain.validation import probability, record
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

DUST = 1e-9
"""Tolerance for rounding in sums of fractions."""


def trade_side(trade: Trade, market: Market, exits: ExitPlan) -> Side:
    """Return LONG when the trade gains as the underlying rises: by the exit plan, else by delta."""
    if exits.side is not None:
        return exits.side
    return side_by_delta(float(value_position(trade, market).delta))


def side_by_delta(delta: float) -> Side:
    """Return LONG when a trade of this delta gains as the underlying rises."""
    return Side.LONG if delta >= 0 else Side.SHORT


def entry_spot(trade: Trade, market: Market) -> float:
    """Return the spot that moves count from [dollars]: the shares' entry price, else the spot now."""
    held = trade.share_legs
    return entry_price(held[0]) if held else market.quote(trade.symbol).spot


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Exits in force after a number of targets were hit; log distances, positive in the trade's favor."""

    open_share: float
    """Part of the unit still held."""
    stop: float
    """Log distance of the stop from the spot now, as a rule negative."""
    target: float
    """The same of the next target; inf when there is no further target."""
    closed_share: float
    """Part of the unit closed at that target."""
    gap_move: float | None
    """Adverse move from entry at which a stop is filled that opens past it; None without such shocks."""


@dataclass(frozen=True, kw_only=True)
class ExitStages:
    """Stop and target stage by stage, in the direction of the trade."""

    side: Side
    spot: float
    entry: float
    stages: tuple[Stage, ...]

    def price(self, distance: float) -> float:
        """The spot at a log distance [dollars]."""
        return self.spot * math.exp(self.side * distance)


def exit_stages(
    trade: Trade, market: Market, exits: ExitPlan, *, fractions: tuple[float, ...] | None = None
) -> ExitStages:
    """Return the stages of a trade's exits.

    Parameters
    ----------
    trade : Trade
        With every entry price and vol set.
    market : Market
        Quotes the underlying.
    exits : ExitPlan
        Stop and targets.
    fractions : tuple of float, optional
        Part of a unit closed at each target, in place of the plan's.

    Returns
    -------
    ExitStages
        A stage for each target that can still close something, and one more when something is left.
    """
    record("trade", Trade, trade)
    record("market", Market, market)
    shares = _fractions(record("exits", ExitPlan, exits), fractions)
    side, entry = trade_side(trade, market, exits), entry_spot(trade, market)
    spot = market.quote(trade.symbol).spot

    def distance(move: float) -> float:
        # An entry at the spot is one exactly: the levels then are the same at every spot.
        level = entry / spot * (1 + side * move)
        return side * math.log(level) if level > 0 else math.inf

    stages = []
    for filled in range(len(shares) + 1):
        held = 1 - math.fsum(shares[:filled])
        if held <= DUST:
            break
        last = filled == len(shares)
        stop = 0.0 if filled and exits.stop_to_breakeven else exits.stop
        stages.append(
            Stage(
                open_share=held,
                stop=distance(-stop),
                target=math.inf if last else distance(exits.targets[filled].move),
                closed_share=0.0 if last else min(shares[filled], held),
                gap_move=_gap_move(trade, exits, stop),
            )
        )
    return ExitStages(side=side, spot=spot, entry=entry, stages=tuple(stages))


def _fractions(exits: ExitPlan, fractions: tuple[float, ...] | None) -> tuple[float, ...]:
    if fractions is None:
        return tuple(target.fraction for target in exits.targets)
    if len(fractions) != len(exits.targets) or math.fsum(fractions) > 1 + DUST:
        raise InvalidInputError(
            f"fractions must be one for each of {len(exits.targets)} targets and sum to at most 1, "
            f"got {fractions}"
        )
    return tuple(probability("fraction", share) for share in fractions)


def _gap_move(trade: Trade, exits: ExitPlan, stop: float) -> float | None:
    """The first gap shock beyond a stop."""
    if not exits.gap_share:
        return None
    shocks = exits.gaps(trade.instrument)
    beyond = sorted(shock for shock in shocks if shock > stop)
    if not beyond:
        known = ", ".join(f"{shock:g}" for shock in shocks) or "none"
        raise InvalidInputError(f"gap_share needs a gap shock beyond the stop of {stop:g}, got {known}")
    return beyond[0]
