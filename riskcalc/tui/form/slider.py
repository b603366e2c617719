"""The slider under the focused field: one row, a knob between two ends."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip

from riskcalc.tui.form.field_row import ROW_WIDTH, StyleOf

INDENT = 1
TRACK = ROW_WIDTH - 2 * INDENT
"""Cells that the knob moves over."""


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
