"""Fields of the exits: stop, IV at stop, targets and time stop."""

from __future__ import annotations

import dataclasses

from riskcalc.domain import Target
from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import ChoiceField, Field, NumberField
from riskcalc.editor.editing.number_entry import Bounds, EvenGrid
from riskcalc.errors import InvalidInputError

HALF_GRID = EvenGrid(step=0.5)
DAY_GRID = EvenGrid(step=1.0)
DAYS = Bounds(low=1, high=3650)


def exit_fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields of the exits that apply to a draft."""
    targets = tuple(
        field for index in range(len(draft.exits.targets)) for field in (_move(index), _fraction(index))
    )
    several = (BREAKEVEN,) if draft.exits.targets else ()
    return (STOP, *targets, *_time_stops(draft), *several)


def _time_stops(draft: Draft) -> tuple[Field, ...]:
    """The time-stop rules in use, or the default one."""
    exits, options = draft.exits, bool(draft.trade.option_legs)
    closes = options and (exits.close_dte is not None or exits.holding_days is None)
    holds = exits.holding_days is not None or not options
    return (*((CLOSE_DTE,) if closes else ()), *((HOLDING,) if holds else ()))


def _move(index: int) -> Field:
    return NumberField(
        key=f"exits.targets.{index}.move",
        section="EXITS",
        label=f"Target {index + 1}",
        unit="%",
        help="Favorable move of the underlying, above 0; each target beyond the one before",
        read=lambda draft: draft.exits.targets[index].move,
        write=lambda draft, value: _with_move(draft, index, value),
        grid=lambda _: HALF_GRID,
        bounds=Bounds(low=0, high=1000, above=True),
        span=lambda _: (0.5, 60.0),
        digits=1,
        unsigned=True,
    )


def _fraction(index: int) -> Field:
    return NumberField(
        key=f"exits.targets.{index}.fraction",
        section="EXITS",
        label="  close",
        name=f"Close at target {index + 1}",
        unit="%",
        help="Share of the position closed there, above 0; at most 100% in total",
        main=False,
        read=lambda draft: draft.exits.targets[index].fraction,
        write=lambda draft, value: _with_fraction(draft, index, value),
        grid=lambda _: EvenGrid(step=5.0),
        bounds=Bounds(low=0, high=100, above=True),
        span=lambda _: (5.0, 100.0),
        digits=0,
    )


def _with_move(draft: Draft, index: int, move: float) -> Draft:
    targets = draft.exits.targets
    for other, word in ((index - 1, "above"), (index + 1, "below")):
        if 0 <= other < len(targets) and not (other - index) * (targets[other].move - move) > 0:
            raise InvalidInputError(
                f"Target {index + 1} must be {word} Target {other + 1} "
                f"({100 * targets[other].move:.4g}%), got {100 * move:.4g}%"
            )
    return _with_target(draft, index, dataclasses.replace(targets[index], move=move))


def _with_fraction(draft: Draft, index: int, fraction: float) -> Draft:
    others = sum(target.fraction for k, target in enumerate(draft.exits.targets) if k != index)
    if others + fraction > 1 + 1e-9:
        raise InvalidInputError(
            f"Close at target {index + 1} must be at most {100 * (1 - others):.4g}%, what the "
            f"other targets leave, got {100 * fraction:.4g}%"
        )
    return _with_target(draft, index, dataclasses.replace(draft.exits.targets[index], fraction=fraction))


def _with_target(draft: Draft, index: int, target: Target) -> Draft:
    targets = list(draft.exits.targets)
    targets[index] = target
    return draft.with_exits(targets=tuple(targets))


STOP = NumberField(
    key="exits.stop",
    section="EXITS",
    label="Stop",
    unit="%",
    help="Adverse move of the underlying that stops the trade out, above 0 and below 100%",
    read=lambda draft: draft.exits.stop,
    write=lambda draft, value: draft.with_exits(stop=value),
    grid=lambda _: HALF_GRID,
    bounds=Bounds(low=0, high=100, above=True, below=True),
    span=lambda _: (0.5, 25.0),
    digits=1,
    unsigned=True,
)
VOL_AT_STOP = NumberField(
    key="exits.vol_shift",
    section="MARKET",
    label="IV at stop",
    unit="pt",
    help="Change of every IV at the stop, -100 to 100 points",
    read=lambda draft: draft.exits.vol_shift,
    write=lambda draft, value: draft.with_exits(vol_shift=value),
    grid=lambda _: EvenGrid(step=1.0),
    bounds=Bounds(low=-100, high=100),
    span=lambda _: (-10.0, 20.0),
    digits=1,
    signed=True,
)
CLOSE_DTE = NumberField(
    key="exits.close_dte",
    section="EXITS",
    label="Time stop",
    unit="d",
    help="Close at this many calendar days before the nearest expiry, 1 to 3650",
    read=lambda draft: draft.exits.close_dte,
    write=lambda draft, value: draft.with_exits(close_dte=int(value)),
    grid=lambda _: DAY_GRID,
    bounds=DAYS,
    span=lambda _: (1.0, 60.0),
    digits=0,
    whole=True,
)
HOLDING = NumberField(
    key="exits.holding_days",
    section="EXITS",
    label="Max days",
    unit="d",
    help="Close at the latest this many calendar days after entry, 1 to 3650",
    read=lambda draft: draft.exits.holding_days,
    write=lambda draft, value: draft.with_exits(holding_days=int(value)),
    grid=lambda _: DAY_GRID,
    bounds=DAYS,
    span=lambda _: (1.0, 120.0),
    digits=0,
    whole=True,
)
BREAKEVEN = ChoiceField(
    key="exits.stop_to_breakeven",
    section="EXITS",
    label="Stop to BE",
    help="Move the stop to breakeven at the first target: no or yes",
    main=False,
    words=("no", "yes"),
    read=lambda draft: "yes" if draft.exits.stop_to_breakeven else "no",
    write=lambda draft, word: draft.with_exits(stop_to_breakeven=word == "yes"),
)
