"""Edits of the legs as a whole: one more, one less, all strikes moved together."""

from __future__ import annotations

import dataclasses

from riskcalc.domain import OptionLeg, OptionType, Side
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.expiry_field import listed_expiries
from riskcalc.editor.editing.leg_contract import option, recontracted
from riskcalc.editor.editing.leg_fields import strike_grid
from riskcalc.errors import InvalidInputError

MOST_LEGS = 8
"""Legs of a trade on the editor: an iron condor twice."""

FIRST_EXPIRY_DAYS = 45
"""Days to the expiry of an option that is added to shares."""

SAME_STRIKE = 1e-6


def with_added_leg(draft: Draft) -> Draft:
    """Return the draft with one more bought option: one strike beyond the last one, else at the money.

    Raises
    ------
    InvalidInputError
        There are as many legs as a trade may have, or nothing is listed to add.
    """
    if len(draft.trade.legs) >= MOST_LEGS:
        raise InvalidInputError(f"a trade has at most {MOST_LEGS} legs here")
    options = draft.trade.option_legs
    new = _beside(draft, options[-1]) if options else _at_the_money(draft)
    return draft.with_legs(*draft.trade.legs, new)


def without_leg(draft: Draft, index: int) -> Draft:
    """Return the draft without one leg; raises InvalidInputError for the only one."""
    legs = draft.trade.legs
    if not 0 <= index < len(legs):
        raise InvalidInputError(f"there is no leg {index + 1}, the trade has {len(legs)}")
    if len(legs) == 1:
        raise InvalidInputError("a trade needs at least one leg: the only one stays")
    return draft.with_legs(*legs[:index], *legs[index + 1 :])


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
        found = grid.following(strike, direction)
        shift = found - first.strike
        if found == strike or any(option(draft, index).strike + shift <= 0 for index in indices):
            return 0.0
        if draft.chain is None or all(_listed(draft, option(draft, index), shift) for index in indices):
            return shift
        strike = found


def _listed(draft: Draft, leg: OptionLeg, shift: float) -> bool:
    wanted = leg.strike + shift
    return abs(strike_grid(draft, leg).nearest(wanted) - wanted) < SAME_STRIKE


def _beside(draft: Draft, leg: OptionLeg) -> OptionLeg:
    """A bought option like another, at the next strike out of the money that no leg has."""
    taken = {other.strike for other in draft.trade.option_legs}
    grid, strike = strike_grid(draft, leg), leg.strike
    while strike in taken:
        found = grid.following(strike, int(leg.option_type))
        if found == strike or found <= 0:
            raise InvalidInputError(f"no strike is listed beyond {strike:g} to add a leg at")
        strike = found
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
