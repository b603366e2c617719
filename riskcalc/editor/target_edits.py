"""Edits of the targets as a whole: one more, one less."""

from __future__ import annotations

from riskcalc.domain import Target
from riskcalc.editor.draft import Draft
from riskcalc.errors import InvalidInputError

MOST_TARGETS = 5

FURTHER = 0.05
"""Move from the last target to one that is added; the first is as far from the entry as the stop."""

LEAST_PART = 0.01
"""No part of a position that is smaller is closed at a target."""


def with_added_target(draft: Draft) -> Draft:
    """Return the draft with a target beyond the last, for what no target closes, else for half the last's.

    Raises
    ------
    InvalidInputError
        There are as many targets as a plan may have here.
    """
    targets = draft.exits.targets
    if len(targets) >= MOST_TARGETS:
        raise InvalidInputError(f"a plan has at most {MOST_TARGETS} targets here")
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
    """Return the draft without one target; its part goes to a neighbour, the one before where there is one.

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
    kept = draft.exits.stop_to_breakeven and bool(targets)
    return draft.with_exits(targets=tuple(targets), stop_to_breakeven=kept)
