"""The words around a payoff chart: legend, names of the vertical lines, readout at the crosshair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import percent, pnl_format, price
from riskcalc.tui.figures.braille_canvas import cell_of
from riskcalc.tui.figures.figure_widget import RenderStyle
from riskcalc.tui.figures.palette import Palette
from riskcalc.tui.figures.ticks import Label, Placed, place

if TYPE_CHECKING:
    from riskcalc.editor.figure_data import Curve, Mark, PayoffFigure

Cell = tuple[str, str, str, bool]

SAMPLES = {"main": "━━", "today": "──", "time stop": "┈┈", "pinned": "╌╌"}
SHORT = {"spot": "spot", "stop": "stop", "target": "T", "breakeven": "BE"}
ORDER = ("today", "expiry", "time stop")


def legend_row(figure: PayoffFigure, pinned: PayoffFigure | None, style: RenderStyle) -> list[Cell]:
    """Names of the curves beside a sample of each; "stale" on the right."""
    palette = style.palette
    colors = {"today": palette.today, "time stop": palette.time_stop, "pinned": palette.pinned}
    entries = [("", "P&L $", palette.muted)]
    (words, _), *others = distinct_curves(figure)
    entries += [("main", words, palette.text)]
    entries += [(curve.name, words, colors[curve.name]) for words, curve in others]
    if pinned is not None:
        entries.append(("pinned", f"A {pinned.curves[0].name}", palette.pinned))
    end = "stale" if style.stale else ""
    return fit(
        [
            [
                (f"{SAMPLES[key]} " if key else "", color, "", key == "main"),
                (f"{name}  ", palette.text, "", False),
            ]
            for key, name, color in entries
        ],
        style.width,
        end=end,
    )


def distinct_curves(figure: PayoffFigure) -> list[tuple[str, Curve]]:
    """Curves under their names, the payoff first; those that are equal are one under all their names."""
    groups: list[list[Curve]] = []
    for curve in figure.curves:
        same = next((group for group in groups if (group[0].pnl == curve.pnl).all()), None)
        if same is None:
            groups.append([curve])
        else:
            same.append(curve)
    return [(", ".join(curve.name for curve in group), group[0]) for group in groups]


def label_row(figure: PayoffFigure, width: int, palette: Palette) -> list[Cell]:
    """Names and prices over the vertical lines, by priority if space is limited."""
    colors = {"stop": palette.stop, "target": palette.target, "spot": palette.text}
    marks = [(_column(mark, figure, width), mark) for mark in figure.marks if mark.kind in SHORT]
    seen = [(column, mark) for column, mark in marks if column is not None]
    cells: list[Cell] = []
    used = 0
    for start, text, kind in _placed(seen, width):
        cells += [
            (" " * (start - used), "", "", False),
            (text, colors.get(kind, palette.muted), "", kind == "spot"),
        ]
        used = start + len(text)
    return [*cells, (" " * (width - used), "", "", False)]


def _column(mark: Mark, figure: PayoffFigure, width: int) -> int | None:
    return cell_of(mark.spot, across=(figure.low, figure.high), width=width)


def _placed(marks: Sequence[tuple[int, Mark]], width: int) -> tuple[Placed, ...]:
    """The names placed in whole, or short where that leaves more of them their prices."""
    placements = [
        place([Label(column, _spellings(mark, name), mark.kind) for column, mark in marks], width)
        for name in (lambda mark: mark.label, lambda mark: SHORT[mark.kind])
    ]
    return max(placements, key=lambda placement: sum(label.text[-1].isdigit() for label in placement))


def _spellings(mark: Mark, name: Callable[[Mark], str]) -> tuple[str, ...]:
    """A line's name and price, then shorter; a target's price is enough, for targets stand in a row."""
    label = name(mark)
    bare = (price(mark.spot),) if mark.kind == "target" else ()
    return (f"{label} {price(mark.spot)}", *bare, f"{label} {mark.spot:,.0f}", SHORT[mark.kind])


def readout_row(figure: PayoffFigure, pinned: PayoffFigure | None, style: RenderStyle) -> list[Cell]:
    """P&L of every curve at the crosshair, or at the spot without one."""
    import numpy as np  # noqa: PLC0415 - not on the path to the first frame

    palette = style.palette
    at = figure.spot if style.crosshair is None else style.crosshair
    parts = [("", f"@{price(at)} ({percent(at / figure.spot - 1, digits=1, signed=True)})")]
    amounts = pnl_format(max(float(np.abs(curve.pnl).max()) for curve in figure.curves))
    values = {curve.name: float(np.interp(at, figure.spots, curve.pnl)) for curve in figure.curves}
    parts += [(name, amounts.text(values[name], bare=True)) for name in ORDER if name in values]
    if pinned is not None:
        payoff = float(np.interp(at, pinned.spots, pinned.curves[0].pnl))
        parts.append(("A", amounts.text(payoff, bare=True)))
    return fit(
        [
            [
                (f"{name} " if name else "", palette.muted, "", False),
                (f"{text}  ", palette.text, "", not name),
            ]
            for name, text in parts
        ],
        style.width,
        end="",
    )


def fit(groups: list[list[Cell]], width: int, *, end: str) -> list[Cell]:
    """Those groups of cells that fit, from the left, and the end on the right."""
    end = end[:width]
    room = max(width - len(end) - bool(end), 0)
    cells: list[Cell] = []
    for group in groups:
        text = "".join(part for part, *_ in group)
        if len(text.rstrip()) > room:
            continue
        room -= len(text)
        cells += group
    if room < 0:
        text, color, background, bold = cells[-1]
        cells[-1] = (text[:room], color, background, bold)
    cells.append((" " * (width - len(end) - sum(len(text) for text, *_ in cells)), "", "", False))
    return [*cells, (end, "", "", True)]
