"""Edits of legs and targets: add, delete, and move all strikes."""

from __future__ import annotations

import dataclasses
import datetime as dt

from riskcalc.domain import OptionLeg, OptionType, Side, Target
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.contract_fields import listed_expiries, option, recontracted, with_expiries
from riskcalc.editor.editing.leg_fields import strike_grid
from riskcalc.errors import InvalidInputError

MOST_LEGS = 8
"""Maximum legs of a trade in the editor."""

FIRST_EXPIRY_DAYS = 45
"""DTE of an option added to shares."""

SAME_STRIKE = 1e-6


MOST_TARGETS = 5
FURTHER = 0.05
"""Distance of an added target from the last one; the first is as far from the entry as the stop."""

LEAST_PART = 0.01
"""Minimum share of a position closed at a target."""


def with_added_leg(draft: Draft) -> Draft:
    """Return the draft with one more bought option: one strike beyond the last one, else at the money.

    Raises
    ------
    InvalidInputError
        There are as many legs as a trade may have, or nothing is listed to add.
    """
    if len(draft.trade.legs) >= MOST_LEGS:
        raise InvalidInputError(f"a trade can have at most {MOST_LEGS} legs here")
    options = draft.trade.option_legs
    new = _beside(draft, options[-1]) if options else _at_the_money(draft)
    return draft.with_legs(*draft.trade.legs, new)


def without_leg(draft: Draft, index: int) -> Draft:
    """Return the draft without one leg; raises InvalidInputError for the only one."""
    legs = draft.trade.legs
    if not 0 <= index < len(legs):
        raise InvalidInputError(f"there is no leg {index + 1}, the trade has {len(legs)}")
    if len(legs) == 1:
        raise InvalidInputError("a trade needs at least one leg: the only leg cannot be deleted")
    return draft.with_legs(*legs[:index], *legs[index + 1 :])


def with_contract(
    draft: Draft, *, index: int, expiry: dt.date, strike: float, option_type: OptionType
) -> Draft:
    """Return the draft with a leg on a quoted option, which it follows; its side and contracts stay.

    Raises
    ------
    ChainError
        The chain lists no such option, or its quote is not usable.
    InvalidInputError
        There is no such leg, it is no option, or the trade is planned without a chain.
    """
    legs = draft.trade.legs
    if not 0 <= index < len(legs) or not isinstance(legs[index], OptionLeg):
        raise InvalidInputError(f"leg {index + 1} is no option of this trade")
    if draft.chain is None:
        raise InvalidInputError("the trade is planned without quotes of its options")
    draft.chain.quote(expiry=expiry, strike=strike, option_type=option_type)
    changed = recontracted(draft, index, strike=strike, option_type=option_type)
    return with_expiries(changed, {index: expiry}) if option(draft, index).expiry != expiry else changed


def with_shifted_strikes(draft: Draft, count: int) -> Draft:
    """Return the draft with all strikes moved by as many dollars, so that the widths stay.

    The first option steps on its listed strikes; with a chain a step is taken only where all legs are listed.
    """
    indices = [index for index, leg in enumerate(draft.trade.legs) if isinstance(leg, OptionLeg)]
    for _ in range(abs(count) if indices else 0):
        shift = _shift(draft, indices, 1 if count > 0 else -1)
        if not shift:
            break
        for index in indices:
            draft = recontracted(draft, index, strike=round(option(draft, index).strike + shift, 10))
    return draft


def _shift(draft: Draft, indices: list[int], direction: int) -> float:
    """The smallest move of all strikes in a direction that ends on listed ones; 0 where there is none."""
    first = option(draft, indices[0])
    grid, strike = strike_grid(draft, first), first.strike
    while True:
        next_strike = grid.following(strike, direction)
        shift = next_strike - first.strike
        if next_strike == strike or any(option(draft, index).strike + shift <= 0 for index in indices):
            return 0.0
        if draft.chain is None or all(_listed(draft, option(draft, index), shift) for index in indices):
            return shift
        strike = next_strike


def _listed(draft: Draft, leg: OptionLeg, shift: float) -> bool:
    strike = leg.strike + shift
    return abs(strike_grid(draft, leg).nearest(strike) - strike) < SAME_STRIKE


def _beside(draft: Draft, leg: OptionLeg) -> OptionLeg:
    """A long option like another, at the next unused out-of-the-money strike."""
    used = {other.strike for other in draft.trade.option_legs}
    grid, strike = strike_grid(draft, leg), leg.strike
    while strike in used:
        following = grid.following(strike, int(leg.option_type))
        if following == strike or following <= 0:
            raise InvalidInputError(f"no listed strike beyond {strike:g} to add a leg at")
        strike = following
    vol = None if draft.chain is not None else leg.vol
    return dataclasses.replace(
        leg, side=Side.LONG, strike=strike, contracts=1, premium=None, vol=vol, spread_cost=0.0
    )


def _at_the_money(draft: Draft) -> OptionLeg:
    listed = listed_expiries(draft)
    if not listed:
        raise InvalidInputError("no expiry is listed to add an option at")
    expiry = min(listed, key=lambda day: abs((day - draft.market.date).days - FIRST_EXPIRY_DAYS))
    spot = draft.quote.spot
    leg = OptionLeg(side=Side.LONG, option_type=OptionType.CALL, strike=spot, expiry=expiry)
    return dataclasses.replace(leg, strike=max(strike_grid(draft, leg).nearest(spot), SAME_STRIKE))


def with_added_target(draft: Draft) -> Draft:
    """Return the draft with a target beyond the last, for what no target closes, else for half the last's.

    Raises
    ------
    InvalidInputError
        There are as many targets as a plan may have here.
    """
    targets = draft.exits.targets
    if len(targets) >= MOST_TARGETS:
        raise InvalidInputError(f"a plan can have at most {MOST_TARGETS} targets here")
    if not targets:
        return draft.with_exits(targets=(Target(move=draft.exits.stop),))
    *before, last = targets
    move = round(last.move + FURTHER, 10)
    left = round(1.0 - sum(target.fraction for target in targets), 10)
    if left >= LEAST_PART:
        return draft.with_exits(targets=(*targets, Target(move=move, fraction=left)))
    half = round(last.fraction / 2, 10)
    halved = (Target(move=last.move, fraction=half), Target(move=move, fraction=half))
    return draft.with_exits(targets=(*before, *halved))


def without_target(draft: Draft, index: int) -> Draft:
    """Return the draft without one target; its part goes to a neighbor, the one before where there is one.

    Raises
    ------
    InvalidInputError
        There is no such target.
    """
    targets = list(draft.exits.targets)
    if not 0 <= index < len(targets):
        raise InvalidInputError(f"there is no target {index + 1}, the plan has {len(targets)}")
    gone = targets.pop(index)
    if targets:
        heir = max(index - 1, 0)
        part = min(round(targets[heir].fraction + gone.fraction, 10), 1.0)
        targets[heir] = Target(move=targets[heir].move, fraction=part)
    to_breakeven = draft.exits.stop_to_breakeven and bool(targets)
    return draft.with_exits(targets=tuple(targets), stop_to_breakeven=to_breakeven)
