"""A metric, one number of a trade with its name, and the lines that a panel shows of one trade or of two."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from riskcalc.formatting.numbers import DOLLARS, MISSING, NumberFormat, Variants, fit
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan

LABEL, VALUE, GAP = 10, 10, 2
"""Widths of a metric's label and number, and the space before its note."""

BETTER = "✓"
"""Mark on the better of two trades; clear without color."""


class Style(StrEnum):
    """Meaning of a piece of text, which a screen colors; its words and signs carry it without color."""

    PLAIN = "plain"
    TITLE = "title"
    QUIET = "quiet"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"


class Better(Enum):
    """Which of two values of a metric is to be preferred; the value is the sign of the preference."""

    MORE = 1
    LESS = -1
    NEITHER = 0


Line = tuple[tuple[str, Style], ...]
"""Pieces of text, left to right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number of a trade: what tables of the command line and panels of the screen are made of."""

    key: str
    """Path of the value in the JSON of a plan, as ``price.max_loss``; the same for every trade."""
    labels: Variants
    """Name, the longest first; the last fits a panel's column of labels."""
    value: float | None = None
    format: NumberFormat = DOLLARS
    better: Better = Better.NEITHER
    notes: Variants = ()
    """What else to know of it, the longest first; the last fits the narrowest panel."""
    style: Style = Style.PLAIN

    @property
    def row(self) -> tuple[str, str, str]:
        """Label, number and note in full: a row of a table."""
        return (self.labels[0], self.format.text(self.value), self.notes[0] if self.notes else "")

    def label(self, width: int) -> str:
        """Return the longest label that fits, else the shortest one cut."""
        return _longest(self.labels, width)

    def note(self, width: int) -> str:
        """Return the longest note that fits, else the shortest one cut."""
        return _longest(self.notes, width) if self.notes else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLayout:
    """How a panel is drawn: its width and the pinned trade."""

    width: int
    """No line is wider [cells], >= 38."""
    pinned: TradePlan | None = None
    """The trade that the plan is compared with; gives the columns A, B and their difference."""
    stale: bool = False
    """Whether the plan is older than the inputs."""
    roomy: bool = False
    """Whether there is room for every word."""


def gain_style(amount: float | None) -> Style:
    """Return the color of a P&L: gains, losses, and what rounds to nothing."""
    rounded = round(amount or 0.0, 2)
    return Style.GOOD if rounded > 0 else Style.BAD if rounded < 0 else Style.PLAIN


def cut(text: str, width: int) -> str:
    """Return words cut to a width, the cut marked.

    Examples
    --------
    >>> cut("all units", 9), cut("all units", 6), cut("all units", 0)
    ('all units', 'all u…', '')
    """
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…" if width > 0 else ""


def _longest(variants: Variants, width: int) -> str:
    return next((text for text in variants if len(text) <= width), cut(variants[-1], width))


def plain_text(lines: Iterable[Line]) -> str:
    """Return lines as plain text, one below the other."""
    return "\n".join("".join(text for text, _ in line) for line in lines)


def wrapped(
    text: str, *, width: int, rows: int | None = None, indent: int = 2, style: Style = Style.QUIET
) -> list[Line]:
    """Return words over several lines; with a count of rows exactly as many, the last one cut."""
    lines = textwrap.wrap(text, width - indent) or [""]
    if rows is not None:
        kept_lines = [*lines[: rows - 1], " ".join(lines[rows - 1 :])]
        lines = [*kept_lines, *[""] * (rows - len(kept_lines))]
    return [((" " * indent + cut(line, width - indent), style),) for line in lines]


def title_line(title: str, layout: PanelLayout, *, note: str | Variants = "") -> Line:
    """Return the head of a panel: its name, its unit, and whether its numbers are older than the inputs."""
    words, style = _title(title, layout)
    notes = (note,) if isinstance(note, str) else note
    shown = _longest(tuple(f"  {one}" for one in notes), layout.width - len(words)) if any(notes) else ""
    return ((words, style), (shown, Style.QUIET))


def columns_line(title: str, heads: str, *, layout: PanelLayout, width: int) -> Line:
    """Return the head of a panel with columns; a title longer than its width reaches into the first."""
    words, style = _title(title, layout)
    shorter = (words, words.replace(",", ""), "stale") if layout.stale else (words,)
    # Words that reach the first heading would run into it.
    words = next((one for one in shorter if heads[: max(0, len(one) - width) + 1].isspace()), shorter[-1])
    return ((f"{words:{width}}", style), (heads[max(0, len(words) - width) :], Style.QUIET))


def _title(title: str, layout: PanelLayout) -> tuple[str, Style]:
    return (f"{title}, stale", Style.WARN) if layout.stale else (title, Style.TITLE)


def metric_line(metric: Metric, *, width: int) -> Line:
    """Return label, number on the right of its column, and note."""
    label = metric.label(LABEL)
    # A label that fills its column would touch a number that fills its own.
    number = fit(metric.format.variants(metric.value), VALUE - (len(label) == LABEL))
    note = metric.note(width - LABEL - VALUE - GAP)
    return (
        (f"{label:{LABEL}}", Style.PLAIN),
        (f"{number:>{VALUE}}", metric.style),
        (f"{'':{GAP}}{note}", Style.QUIET),
    )


def compared_lines(
    title: str, metrics: Iterable[Metric], *, pinned: Sequence[Metric], layout: PanelLayout
) -> list[Line]:
    """Return a titled panel of two trades: the pinned one as A, the one being edited as B, and B - A."""
    column = (layout.width - LABEL) // 3
    label = layout.width - 3 * column
    heads = f"{'A':>{column - 1}} {'B':>{column - 1}} {'B - A':>{column}}"
    before = {metric.key: metric for metric in pinned}
    return [
        columns_line(title, heads, layout=layout, width=label),
        *(_pair_line(before.get(now.key), now, label=label, column=column) for now in metrics),
    ]


def _pair_line(before: Metric | None, now: Metric, *, label: int, column: int) -> Line:
    texts = [
        fit(metric.format.variants(metric.value), column - 2) if metric else MISSING
        for metric in (before, now)
    ]
    equal = texts[0] == texts[1]
    better = 0 if equal else _better(before, now)
    change = "=" if equal else _change(before, now, width=column - 1)
    return (
        (f"{now.label(label):{label}}", Style.PLAIN),
        _pair_cell(texts[0], column, marked=better < 0),
        _pair_cell(texts[1], column, marked=better > 0),
        (f"{change:>{column}}", Style.QUIET),
    )


def _pair_cell(text: str, column: int, *, marked: bool) -> tuple[str, Style]:
    return (f"{text:>{column - 1}}{BETTER if marked else ' '}", Style.GOOD if marked else Style.PLAIN)


def _better(before: Metric | None, now: Metric) -> int:
    """Return which of two values is better: 1 for the new one, -1 for the old one, 0 for neither."""
    if before is None or before.value is None or now.value is None:
        return 0
    return now.better.value * ((now.value > before.value) - (now.value < before.value))


def _change(before: Metric | None, now: Metric, *, width: int) -> str:
    if now.format.words or before is None or before.value is None or now.value is None:
        return ""
    change = now.value - before.value
    return fit(now.format.change.variants(change), width) if math.isfinite(change) else MISSING
