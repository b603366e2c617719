"""Metrics of a trade as text: numbers at several lengths, and lines of one trade or of two side by side."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from riskcalc.formatting.numbers import MISSING

Spellings = tuple[str, ...]
"""One number in several lengths, the most exact first."""

LABEL, VALUE, GAP = 10, 10, 2
"""Widths of a metric's label and number, and the space before its note."""


def fit(spellings: Spellings, width: int) -> str:
    """Return the first variant that fits a width, else ``#``; numbers are never cut.

    Examples
    --------
    >>> fit(("-12,036.03", "-12,036"), 8), fit(("unlimited", "no limit"), 8), fit(("12,036",), 4)
    ('-12,036', 'no limit', '####')
    """
    return next((text for text in spellings if len(text) <= width), "#" * width)


def cut(text: str, width: int) -> str:
    """Words cut to a width, the cut marked.

    Examples
    --------
    >>> cut("all units", 9), cut("all units", 6), cut("all units", 0)
    ('all units', 'all u…', '')
    """
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…" if width > 0 else ""


def dollars(amount: float | None, *, signed: bool = False) -> Spellings:
    """Dollars without currency sign, in several lengths.

    Examples
    --------
    >>> dollars(-12_036.03)
    ('-12,036.03', '-12,036', '-12k', '-0.01m', '-1e+04')
    >>> dollars(20, signed=True)[0], dollars(math.inf)[0], dollars(None)
    ('+20.00', 'unlimited', ('-',))
    """
    if amount is None:
        return (MISSING,)
    if math.isinf(amount):
        return ("unlimited", "no limit", "no cap")
    plus = "+" if signed and round(amount, 2) else ""
    exact = round(amount, 2) + 0.0
    return (
        f"{exact:{plus},.2f}",
        f"{round(amount) + 0.0:{plus},.0f}",
        f"{amount / 1e3:{plus},.0f}k",
        f"{amount / 1e6:{plus},.2f}m",
        f"{amount:{plus}.0e}",
    )


def pnl(amount: float | None) -> Spellings:
    """Signed P&L in dollars, in several lengths."""
    return dollars(amount, signed=True)


def share(fraction: float | None) -> Spellings:
    """Fraction as percent, to a tenth."""
    return (MISSING,) if fraction is None else (f"{100 * fraction:.1f}%", f"{100 * fraction:.0f}%")


def points(fraction: float | None) -> Spellings:
    """Difference of two fractions, in points."""
    return (MISSING,) if fraction is None else (f"{100 * fraction:+.1f}pt", f"{100 * fraction:+.0f}pt")


def plain(value: float | None, *, digits: int = 2, signed: bool = False) -> Spellings:
    """Number in decreasing precision."""
    if value is None:
        return (MISSING,)
    # A sign before nothing would contradict the figure that was rounded away.
    rounded = ((round(value, places) + 0.0, places) for places in range(digits, -1, -1))
    fewer = (f"{short:{'+' if signed and short else ''},.{places}f}" for short, places in rounded)
    return (*fewer, f"{value:{'+' if signed else ''}.0e}")


BETTER = "✓"
"""Mark of the better of two trades."""


class Tone(StrEnum):
    """Style of a piece of text, which a screen maps to a color."""

    PLAIN = "plain"
    TITLE = "title"
    QUIET = "quiet"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"


class Better(Enum):
    """Which of two values is better: the larger, the smaller, or neither."""

    MORE = 1
    LESS = -1
    NEITHER = 0


Line = tuple[tuple[str, Tone], ...]
"""Pieces of text, left to right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number of a trade with its name."""

    key: str
    """Same fact of another trade has the same key."""
    label: str
    value: float | None
    show: Callable[[float | None], Spellings] = dollars
    change: Callable[[float | None], Spellings] | None = None
    """Format of the difference; None omits it."""
    better: Better = Better.NEITHER
    note: str = ""
    tone: Tone = Tone.PLAIN


def plain_text(lines: Iterable[Line]) -> str:
    """Lines as plain text, one below the other."""
    return "\n".join("".join(text for text, _ in line) for line in lines)


def title_line(title: str, *, width: int, note: str = "", stale: bool = False) -> Line:
    """Title line of a panel: name, unit of its numbers, and whether they are stale."""
    words = f"{title}, stale" if stale else title
    said = cut(f"  {note}", width - len(words)) if note else ""
    return ((words, Tone.WARN if stale else Tone.TITLE), (said, Tone.QUIET))


def fact_line(fact: Fact, *, width: int) -> Line:
    """One fact: label, number on the right of its column, note."""
    number = fit(fact.show(fact.value), VALUE)
    note = cut(fact.note, width - LABEL - VALUE - GAP)
    return (
        (f"{cut(fact.label, LABEL):{LABEL}}", Tone.PLAIN),
        (f"{number:>{VALUE}}", fact.tone),
        (f"{'':{GAP}}{note}", Tone.QUIET),
    )


def panel_lines(
    title: str,
    facts: Sequence[Fact],
    *,
    width: int,
    note: str = "",
    pinned: Sequence[Fact] | None = None,
    stale: bool = False,
) -> list[Line]:
    """A titled panel of facts; with a pinned trade the columns A, B and their difference.

    Parameters
    ----------
    title : str
        Head of the panel.
    facts : sequence of Fact
        The trade being edited: B beside a pinned one.
    width : int
        No line is wider [cells], >= 38.
    note : str
        What the numbers are, beside the title.
    pinned : sequence of Fact or None
        The same panel of the trade that is held against it: A.
    stale : bool
        Whether the numbers are older than the inputs.

    Returns
    -------
    list of Line
    """
    if pinned is None:
        head = title_line(title, width=width, note=note, stale=stale)
        return [head, *(fact_line(fact, width=width) for fact in facts)]
    before = {fact.key: fact for fact in pinned}
    head = _pair_head(title, width=width, stale=stale)
    return [head, *(_pair_line(before.get(fact.key), fact, width=width) for fact in facts)]


def wrapped(text: str, *, width: int, rows: int | None = None, indent: int = 2) -> list[Line]:
    """Words over several quiet lines; with a count of rows exactly as many, the last one cut."""
    shorter = textwrap.wrap(text, width - indent) or [""]
    if rows is not None:
        kept = [*shorter[: rows - 1], " ".join(shorter[rows - 1 :])]
        shorter = [*kept, *[""] * (rows - len(kept))]
    return [((" " * indent + cut(line, width - indent), Tone.QUIET),) for line in shorter]


def pair_widths(width: int) -> tuple[int, int]:
    """Widths of the label and of each of the three columns of two trades side by side."""
    column = (width - LABEL) // 3
    return width - 3 * column, column


def _pair_head(title: str, *, width: int, stale: bool) -> Line:
    label, column = pair_widths(width)
    words = f"{title}, stale" if stale else title
    heads = f"{'A':>{column - 1}} {'B':>{column - 1}} {'B - A':>{column}}"
    # Column A leaves room at its left: a longer title reaches into it.
    over = max(0, len(words) - label)
    return ((f"{words:{label}}", Tone.WARN if stale else Tone.TITLE), (heads[over:], Tone.QUIET))


def _pair_line(before: Fact | None, now: Fact, *, width: int) -> Line:
    label, column = pair_widths(width)
    texts = [fit(one.show(one.value), column - 2) if one else MISSING for one in (before, now)]
    marks = _marks(before, now) if texts[0] != texts[1] else ("", "")
    cells = [
        (f"{text:>{column - 1}}{mark or ' '}", Tone.PLAIN) for text, mark in zip(texts, marks, strict=True)
    ]
    change = "=" if texts[0] == texts[1] else _change(before, now, width=column - 1)
    return (
        (f"{cut(now.label, label):{label}}", Tone.PLAIN),
        *_toned(cells),
        (f"{change:>{column}}", Tone.QUIET),
    )


def _toned(cells: list[tuple[str, Tone]]) -> Line:
    return tuple((text, Tone.GOOD if text.endswith(BETTER) else tone) for text, tone in cells)


def _marks(before: Fact | None, now: Fact) -> tuple[str, str]:
    """The mark of A and that of B."""
    if before is None or before.value is None or now.value is None:
        return "", ""
    gain = now.better.value * (now.value > before.value) - now.better.value * (now.value < before.value)
    return BETTER if gain < 0 else "", BETTER if gain > 0 else ""


def _change(before: Fact | None, now: Fact, *, width: int) -> str:
    if now.change is None or before is None or before.value is None or now.value is None:
        return ""
    change = now.value - before.value
    return fit(now.change(change), width) if math.isfinite(change) else MISSING
