"""One row of the form: label, value in a fixed cell, unit; drawn as a strip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

LABEL_WIDTH, VALUE_WIDTH, UNIT_WIDTH = 12, 11, 2
ROW_WIDTH = 1 + LABEL_WIDTH + 1 + VALUE_WIDTH + 1 + UNIT_WIDTH
"""Marker, label, value, unit, with a space on both sides of the value [cells]."""

INDENT = 1
TRACK = ROW_WIDTH - 2 * INDENT
"""Cells that the knob moves over."""


StyleOf = Callable[[str], Style]
"""The style of a part of the form by its name: ``label``, ``value``, ``focused``, ``invalid``, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """What one field shows."""

    section: str
    label: str
    text: str
    unit: str
    key: str = ""
    """The field behind the row; empty before the engine has come."""
    help: str = ""
    main: bool = True
    """Whether it is always shown; the others follow the main one they belong to, where there is room."""
    signed: bool = False
    """Whether the value carries its sign, so that one may be typed."""


def heading_strip(section: str, style_of: StyleOf) -> Strip:
    """The heading above the rows of a section."""
    return Strip([Segment(f" {section}".ljust(ROW_WIDTH), style_of("heading"))], ROW_WIDTH)


def row_strip(
    row: FieldRow, style_of: StyleOf, *, focused: bool, typed: str | None = None, invalid: bool = False
) -> Strip:
    """The row: ``>`` marks the focused one, ``!`` an invalid one, ``_`` the cursor of typing."""
    marker = "!" if invalid else ">" if focused else " "
    shown = row.text if typed is None else f"{typed}_"
    kind = "invalid" if invalid else "focused" if focused else "value"
    segments = [
        Segment(marker, style_of("invalid" if invalid else "marker")),
        Segment(row.label[:LABEL_WIDTH].ljust(LABEL_WIDTH + 1), style_of("label")),
        Segment(shown[-VALUE_WIDTH:].rjust(VALUE_WIDTH), style_of(kind)),
        Segment(f" {row.unit}".ljust(1 + UNIT_WIDTH), style_of("unit")),
    ]
    return Strip(segments, ROW_WIDTH)


def slider_strip(position: float | None, style_of: StyleOf) -> Strip:
    """The slider with its knob at ``position`` in [0, 1]; empty where the field has none."""
    if position is None:
        return Strip([Segment(" " * ROW_WIDTH, style_of("track"))], ROW_WIDTH)
    knob = round(min(max(position, 0.0), 1.0) * (TRACK - 1))
    segments = [
        Segment(" " * INDENT + "━" * knob, style_of("slid")),
        Segment("█", style_of("knob")),
        Segment("─" * (TRACK - 1 - knob) + " " * INDENT, style_of("track")),
    ]
    return Strip(segments, ROW_WIDTH)


def position_at(x: int) -> float:
    """The position in [0, 1] under a cell of the slider's row."""
    return min(max((x - INDENT) / (TRACK - 1), 0.0), 1.0)
