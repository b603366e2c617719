"""The page Chain: the strikes of one expiry as lines, calls and puts side by side or one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from riskcalc.chains import QuoteStatus
from riskcalc.chains.strike_table import OptionColumns, StrikeTable
from riskcalc.domain import OptionType
from riskcalc.editor.pages.chain import STATUS_WORDS
from riskcalc.editor.pages.columns import Cell, Column, fitting
from riskcalc.editor.pages.filters import NO_FILTER, Filter, Quantity, Vocabulary
from riskcalc.formatting.numbers import MISSING, number, percent, price
from riskcalc.pricing.arrays import Flags
from riskcalc.records import dataclass

TWO_SIDES_FROM = 108
"""Cells from which calls and puts stand side by side."""
MILLION = 1e6
BAR = "▏▎▍▌▋▊▉█"
"""Eighths of a cell."""
LEAST_GAMMA, MOST_GAMMA = 12, 40
"""Cells of the column of gamma."""
STRIKE_WIDTH, MARK_WIDTH = 9, 4

VOCABULARY = Vocabulary(
    quantities=(
        Quantity(key="strike", names=("strike", "k")),
        Quantity(key="delta", names=("delta", "d"), percent=True),
        Quantity(key="iv", names=("iv", "vol"), percent=True),
        Quantity(key="oi", names=("oi",)),
        Quantity(key="volume", names=("volume",)),
        Quantity(key="bid", names=("bid",)),
        Quantity(key="ask", names=("ask",)),
        Quantity(key="mid", names=("mid", "price")),
        Quantity(key="width", names=("width",)),
        Quantity(key="gamma", names=("gamma",)),
    ),
    words={
        "calls": ("type", "call"),
        "puts": ("type", "put"),
        "call": ("type", "call"),
        "put": ("type", "put"),
        "quoted": ("quote", "ok"),
    },
    bare="strike",
)
"""What a filter of strikes may say; deltas are absolute, gamma in $M of delta per 1% move."""

Option = tuple[OptionColumns, int]
"""A side and the index of a strike."""


def _count(contracts: float | None) -> str:
    return MISSING if contracts is None else f"{contracts:,.0f}"


def _to_mills(dollars: float | None) -> str:
    return number(dollars, digits=3)


def _number(name: str, text: Callable[[float | None], str]) -> Callable[[Option], str]:
    """The text of a number of an option, which may not be known."""

    def written(option: Option) -> str:
        columns, row = option
        value = float(getattr(columns, name)[row])
        return text(None if math.isnan(value) else value)

    return written


OPTION_COLUMNS: tuple[Column[Option], ...] = (
    Column(key="bid", title="bid", width=8, rank=0, text=_number("bid", price)),
    Column(key="ask", title="ask", width=8, rank=0, text=_number("ask", price)),
    Column(key="vol", title="IV", width=7, rank=1, text=_number("vol", lambda vol: percent(vol, digits=1))),
    Column(key="delta", title="delta", width=7, rank=1, text=_number("delta", number)),
    Column(key="open_interest", title="OI", width=9, rank=2, text=_number("open_interest", _count)),
    Column(key="volume", title="volume", width=9, rank=3, text=_number("volume", _count)),
    Column(key="theta_per_day", title="theta", width=8, rank=4, text=_number("theta_per_day", _to_mills)),
    Column(key="vega_per_point", title="vega", width=8, rank=5, text=_number("vega_per_point", _to_mills)),
    Column(key="mid", title="mid", width=9, rank=6, text=_number("mid", _to_mills)),
)
"""Columns of an option, outwards from the strike."""
WORD_COLUMNS = frozenset({"vol", "delta"})
"""Columns in whose place it is said what is wrong with a quote, which then has neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeLook:
    """How strikes are shown: from which side, filtered by what, with which legs."""

    side: OptionType = OptionType.CALL
    """Side of the cursor, the one shown where there is room for one."""
    wanted: Filter = NO_FILTER
    marks: Mapping[tuple[float, OptionType], str]
    """Contracts of the trade by strike and type, signed."""
    spot: float
    """[dollars]"""
    both: bool = True
    """Whether calls and puts stand side by side: `has_room_for_both`."""


def has_room_for_both(width: int) -> bool:
    """Return whether calls and puts fit side by side in a width."""
    return width >= TWO_SIDES_FROM


@dataclass(frozen=True, kw_only=True)
class StrikeLines:
    """Lines of an expiry's strikes, with one at the spot; the last that a filter lets pass are shown."""

    table: StrikeTable
    look: StrikeLook

    @cached_property
    def passing(self) -> Mapping[OptionType, Flags]:
        """Which options of each side pass the filter."""
        return {side: self._passing(side) for side in OptionType}

    @cached_property
    def rows(self) -> tuple[int | None, ...]:
        """Index of the strike of each line; None is the line of the spot."""
        sides = tuple(OptionType) if self.look.both else (self.look.side,)
        shown = np.flatnonzero(np.logical_or.reduce([self.passing[side] for side in sides])).tolist()
        above = next(
            (n for n, row in enumerate(shown) if self.table.strike[row] > self.look.spot), len(shown)
        )
        return (*shown[:above], None, *shown[above:]) if shown else ()

    @cached_property
    def columns(self) -> tuple[Column[Option], ...]:
        """Columns of which the file says something."""
        sides = self.table.sides.values()
        return tuple(
            column
            for column in OPTION_COLUMNS
            if any(np.isfinite(getattr(side, column.key)).any() for side in sides) or column.rank <= 1
        )

    @property
    def has_gamma(self) -> bool:
        """Whether open interest has a gamma."""
        return bool(self.table.gamma.max() > 0)

    @property
    def at_spot(self) -> int:
        """Line of the spot, 0 without lines."""
        return self.rows.index(None) if self.rows else 0

    def __len__(self) -> int:
        """Lines."""
        return len(self.rows)

    def selectable(self, line: int) -> bool:
        """Whether the cursor may stand on a line."""
        return self.rows[line] is not None

    def strike(self, line: int) -> float | None:
        """Return the strike of a line; None without one."""
        row = self.rows[line] if 0 <= line < len(self.rows) else None
        return None if row is None else float(self.table.strike[row])

    def option(self, line: int) -> tuple[float, OptionType] | None:
        """Return strike and type under the cursor; None where the expiry lists no such option."""
        row = self.rows[line]
        if row is None or not self.passing[self.look.side][row]:
            return None
        return float(self.table.strike[row]), self.look.side

    def place_of(self, strike: float) -> int:
        """Return the line of a strike, of the nearest one where it is not shown."""
        lines = [line for line, row in enumerate(self.rows) if row is not None]
        return min(
            lines, key=lambda line: abs(float(self.table.strike[self.rows[line] or 0]) - strike), default=0
        )

    def head(self, width: int) -> tuple[Cell, ...]:
        """Headings of the columns in a width."""
        layout = self._layout(width)
        parts: list[Cell] = []
        for side in layout.sides(self.look.side):
            titles = [(column.cell(column.title), "quiet") for column in layout.ordered(side)]
            name = f"{side.name.lower()}s"
            parts += self._placed(
                side, titles, layout, middle=f"{'strike':>{STRIKE_WIDTH}}", style="title", edge=name
            )
        return (*parts, (f" {'gamma $M':<{layout.gamma - 1}}" if layout.gamma else "", "quiet"))

    def line(self, index: int, width: int, *, cursor: bool) -> tuple[Cell, ...]:
        """One line in a width."""
        row = self.rows[index]
        if row is None:
            text = f" spot {price(self.look.spot)} "
            return ((text.center(max(width, 0), "─"), "title"),)
        layout = self._layout(width)
        parts: list[Cell] = []
        for side in layout.sides(self.look.side):
            parts += self._side_cells(row, side, layout, cursor=cursor)
        if not layout.gamma:
            return tuple(parts)
        return (*parts, (self._bar(row, layout.gamma), "plain"))

    def _layout(self, width: int) -> _Layout:
        return _Layout.of(width, self.columns, both=self.look.both, has_gamma=self.has_gamma)

    def _side_cells(self, row: int, side: OptionType, layout: _Layout, *, cursor: bool) -> list[Cell]:
        options, is_current = self.table.sides[side], cursor and side is self.look.side
        usable = bool(options.status[row] == QuoteStatus.OK)
        style = "cursor" if is_current else "plain" if usable else "quiet"
        cells = self._option_cells(row, side, layout, style)
        mark = self.look.marks.get((float(self.table.strike[row]), side), "")
        strike = f"{self.table.strike[row]:>{STRIKE_WIDTH},.6g}"
        return self._placed(
            side, cells, layout, middle=strike, style=style, mark=mark, edge=">" if is_current else ""
        )

    def _option_cells(self, row: int, side: OptionType, layout: _Layout, style: str) -> list[Cell]:
        options, columns = self.table.sides[side], layout.ordered(side)
        if not options.listed[row] or not self.passing[side][row]:
            return [(" " * sum(column.width for column in columns), style)]
        word = STATUS_WORDS[QuoteStatus(int(options.status[row]))]
        cells: list[Cell] = []
        for column in columns:
            if word and column.key in WORD_COLUMNS:
                continue
            cells.append((column.cell(column.text((options, row))), style))
        room = sum(column.width for column in columns if column.key in WORD_COLUMNS)
        if word and room:
            first = next((n for n, column in enumerate(columns) if column.key in WORD_COLUMNS), 0)
            cells.insert(first, (f" {word:>{room - 1}}", style))
        return cells

    def _placed(
        self,
        side: OptionType,
        cells: list[Cell],
        layout: _Layout,
        *,
        middle: str,
        style: str,
        mark: str = "",
        edge: str = "",
    ) -> list[Cell]:
        """Cells of a side on its side of the strike, which is written once."""
        marked = (f"{mark:>{MARK_WIDTH}}" if side is OptionType.CALL else f"{mark:<{MARK_WIDTH}}", "warn")
        if not layout.both:
            return [
                (f"{edge[:5]:<5}", style),
                (middle, style),
                (f" {mark:<{MARK_WIDTH - 1}}", "warn"),
                *cells,
            ]
        if side is OptionType.CALL:
            return [(f"{edge[:5]:<5}", style), *cells, marked, (middle, style), (" ", "plain")]
        return [marked, *cells, (f"{edge[:5]:>5}".replace(">", "<"), style)]

    def _bar(self, row: int, width: int) -> str:
        """Gross gamma of a strike as a number and a bar, as long as the largest's at the most."""
        largest, gamma = float(self.table.gamma.max()), float(self.table.gamma[row])
        text = f"{gamma / MILLION:>7.1f} " if gamma > 0 else f"{MISSING:>7} "
        eighths = round(gamma / largest * 8 * (width - len(text)))
        full, rest = divmod(eighths, 8)
        return f"{text}{BAR[-1] * full}{BAR[rest - 1] if rest else ''}".ljust(width)

    def _passing(self, side: OptionType) -> Flags:
        options = self.table.sides[side]
        word = side.name.lower()
        quoted = np.where(options.status == QuoteStatus.OK, "ok", "bad").tolist()
        numbers = {
            "strike": self.table.strike,
            "delta": np.abs(options.delta),
            "iv": options.vol,
            "oi": options.open_interest,
            "volume": options.volume,
            "bid": options.bid,
            "ask": options.ask,
            "mid": options.mid,
            "width": options.ask - options.bid,
            "gamma": self.table.gamma / MILLION,
        }
        count = len(self.table.strike)
        texts = {"type": [word] * count, "quote": quoted}
        return options.listed & self.look.wanted.holds(numbers, texts, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Columns of each side and the cells left for gamma."""

    both: bool
    columns: tuple[Column[Option], ...]
    gamma: int

    @staticmethod
    def of(width: int, known: tuple[Column[Option], ...], *, both: bool, has_gamma: bool) -> _Layout:
        fixed = STRIKE_WIDTH + (2 * MARK_WIDTH + 1 + 10 if both else MARK_WIDTH + 5)
        room = (width - fixed - (LEAST_GAMMA if has_gamma else 0)) // (2 if both else 1)
        columns = fitting(known, room)
        used = fixed + (2 if both else 1) * sum(column.width for column in columns)
        gamma = min(max(width - used, 0), MOST_GAMMA) if has_gamma else 0
        return _Layout(both=both, columns=columns, gamma=gamma if gamma >= LEAST_GAMMA else 0)

    def sides(self, side: OptionType) -> tuple[OptionType, ...]:
        return (OptionType.CALL, OptionType.PUT) if self.both else (side,)

    def ordered(self, side: OptionType) -> tuple[Column[Option], ...]:
        """Columns from left to right: those of calls end at the strike where both sides are shown."""
        mirrored = self.both and side is OptionType.CALL
        if not mirrored:
            return self.columns
        # Bid before ask on either side of the strike, the others outwards.
        inner = [column for column in self.columns if column.key in {"bid", "ask"}]
        outer = [column for column in self.columns if column.key not in {"bid", "ask"}]
        return (*reversed(outer), *inner)
