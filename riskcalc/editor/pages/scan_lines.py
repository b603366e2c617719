"""The page Chain: the rows of a scan as lines, sorted by a column and filtered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from riskcalc.domain import CheckStatus
from riskcalc.editor.pages.chain import short_date
from riskcalc.editor.pages.columns import Cell, Column, fitting
from riskcalc.editor.pages.filters import NO_FILTER, Filter, Quantity, Vocabulary
from riskcalc.editor.pages.scan import Scan
from riskcalc.formatting.numbers import MISSING, count, number, percent, price, whole_money
from riskcalc.pricing.arrays import Flags
from riskcalc.records import dataclass
from riskcalc.scanning.scan import DEFAULT_RANK

VOCABULARY = Vocabulary(
    quantities=(
        Quantity(key="strike", names=("strike", "strikes")),
        Quantity(key="long_strike", names=("long",)),
        Quantity(key="short_strike", names=("short",)),
        Quantity(key="width", names=("width",)),
        Quantity(key="dte", names=("dte", "days")),
        Quantity(key="debit", names=("debit",)),
        Quantity(key="risk", names=("risk",)),
        Quantity(key="units", names=("size", "units")),
        Quantity(key="prob_profit", names=("pop", "p(profit)"), percent=True),
        Quantity(key="prob_stop_first", names=("stop", "p(stop)"), percent=True),
        Quantity(key="pnl_at_stop", names=("loss",)),
        Quantity(key="theta_per_day", names=("theta",)),
        Quantity(key="delta", names=("delta",)),
        Quantity(key="reward_to_risk", names=("reward",)),
        Quantity(key="edge", names=("edge",)),
        Quantity(key="view_r", names=("rank",)),
        Quantity(key="open_interest", names=("oi",)),
    ),
    words={
        "calls": ("type", "call"),
        "puts": ("type", "put"),
        "call": ("type", "call"),
        "put": ("type", "put"),
        "debit": ("way", "debit"),
        "credit": ("way", "credit"),
        "debits": ("way", "debit"),
        "credits": ("way", "credit"),
        "bull": ("side", "bull"),
        "bear": ("side", "bear"),
    },
    bare="strike",
    days="expiry",
)
"""What a filter of a scan may say; a range of strikes holds for both, delta is in shares per spread."""

_CAL = "_calibrated"


class ScanRow(NamedTuple):
    """A row of a scan."""

    scan: Scan
    number: int


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _of(name: str, text: Callable[[float | None], str]) -> Callable[[ScanRow], str]:
    return lambda row: text(_known(float(row.scan.numbers[name][row.number])))


def _dollars(amount: float | None) -> str:
    return MISSING if amount is None else whole_money(amount).lstrip("+")


def _spread(row: ScanRow) -> str:
    columns = row.scan.columns
    return f"{columns['long_strike'][row.number]:g}/{columns['short_strike'][row.number]:g}"


def _kind(row: ScanRow) -> str:
    return str(row.scan.columns["kind"][row.number])


def _expiry(row: ScanRow) -> str:
    return short_date(row.scan.days[row.number], row.scan.fitted.chain.date)


def _at_targets(row: ScanRow) -> str:
    values = (row.scan.columns[f"r_at_target_{n}"][row.number] for n in range(1, row.scan.targets + 1))
    return " ".join(number(float(value), signed=True) for value in values) or MISSING


def _percent(fraction: float | None) -> str:
    return percent(fraction, digits=0)


def _tenths(value: float | None) -> str:
    return number(value, digits=1)


def _pnl(amount: float | None) -> str:
    return MISSING if amount is None else whole_money(amount)


def _whole(value: float | None) -> str:
    return number(value, digits=0)


_FIRST: tuple[Column[ScanRow], ...] = (
    Column(key="place", title="#", width=6, text=lambda row: f"{row.number + 1}"),
    Column(key="long_strike", title="spread", width=12, text=_spread, left=True),
    Column(key="kind", title="kind", width=12, text=_kind, left=True),
    Column(key="expiry", title="expiry", width=10, rank=1, text=_expiry, left=True),
    Column(key="dte", title="DTE", width=5, rank=8, text=_of("dte", _whole)),
    Column(key="debit", title="debit", width=8, rank=2, text=_of("debit", _dollars)),
    Column(key="risk", title="risk", width=8, rank=1, text=_of("risk", _dollars)),
    Column(key="units", title="size", width=6, rank=3, text=_of("units", _whole)),
    Column(key="prob_profit", title="P(profit)", width=11, rank=4, text=_of("prob_profit", _percent)),
    Column(key=f"prob_profit{_CAL}", title="cal.", width=6, rank=6, text=_of(f"prob_profit{_CAL}", _percent)),
    Column(key="prob_stop_first", title="P(stop)", width=9, rank=4, text=_of("prob_stop_first", _percent)),
    Column(
        key=f"prob_stop_first{_CAL}",
        title="cal.",
        width=6,
        rank=6,
        text=_of(f"prob_stop_first{_CAL}", _percent),
    ),
    Column(key="theta_per_day", title="theta", width=8, rank=5, text=_of("theta_per_day", _tenths)),
    Column(key="pnl_at_stop", title="P&L at stop", width=13, rank=5, text=_of("pnl_at_stop", _pnl)),
)
_LAST: tuple[Column[ScanRow], ...] = (
    Column(key="delta", title="delta", width=8, rank=8, text=_of("delta", _tenths)),
    Column(key="breakeven", title="breakeven", width=11, rank=8, text=_of("breakeven", price)),
    Column(key="reward_to_risk", title="reward/risk", width=13, rank=9, text=_of("reward_to_risk", number)),
    Column(key="open_interest", title="OI", width=9, rank=7, text=_of("open_interest", _whole)),
    Column(key="edge", title="edge", width=8, rank=3, text=_of("edge", _pnl)),
    Column(
        key="view_r", title="rank", width=8, rank=1, text=_of("view_r", lambda rank: number(rank, digits=3))
    ),
)


def scan_columns(targets: int) -> tuple[Column[ScanRow], ...]:
    """Return the columns of a scan with so many targets, as `riskcalc scan` names them."""
    if not targets:
        return (*_FIRST, *_LAST)
    width = max(14, 6 * targets + 2)
    return (
        *_FIRST,
        Column(key="r_at_target_1", title="R at targets", width=width, rank=5, text=_at_targets),
        *_LAST,
    )


RISING = frozenset({"place", "long_strike", "kind", "expiry", "dte", "debit", "risk", "breakeven"}) | {
    "prob_stop_first",
    f"prob_stop_first{_CAL}",
}
"""Columns that are sorted from low to high at first."""


@dataclass(frozen=True, kw_only=True)
class ScanLines:
    """Lines of a scan; of equal rows the one that `riskcalc scan` ranks higher comes first."""

    scanned: Scan
    sort: str = DEFAULT_RANK
    """Key of the column sorted by."""
    reverse: bool = False
    """Whether the other end of it comes first."""
    wanted: Filter = NO_FILTER

    @classmethod
    def of(cls, scanned: Scan, *, sort: str, reverse: bool, wanted: Filter) -> ScanLines:
        """Return the lines of a scan; a column that it does not have is that of its rank."""
        is_column = sort in {column.key for column in scan_columns(scanned.targets)}
        return cls(
            scanned=scanned,
            sort=sort if is_column else DEFAULT_RANK,
            reverse=reverse and is_column,
            wanted=wanted,
        )

    @cached_property
    def columns(self) -> tuple[Column[ScanRow], ...]:
        """Every column that the scan has."""
        columns = scan_columns(self.scanned.targets)
        if np.isfinite(self.scanned.numbers["open_interest"]).any():
            return columns
        return tuple(column for column in columns if column.key != "open_interest")

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Rows of the scan by line."""
        passing = np.flatnonzero(self._passing())
        keys = self.scanned.numbers[self.sort][passing].astype(np.float64)
        keys = keys if self.ascending else -keys
        rows: list[int] = passing[np.argsort(keys, kind="stable")].tolist()
        return tuple(rows)

    def __len__(self) -> int:
        """Lines."""
        return len(self.order)

    def selectable(self, line: int) -> bool:
        """Whether the cursor may stand on a line."""
        return 0 <= line < len(self.order)

    def row(self, line: int) -> int | None:
        """Return the row of a line; None without one."""
        return self.order[line] if self.selectable(line) else None

    def line_of(self, row: int | None) -> int:
        """Return the line of a row, the first where it is not shown."""
        return self.order.index(row) if row in self.order else 0

    def head(self, width: int) -> tuple[Cell, ...]:
        """Headings of the columns in a width, with a mark at the one sorted by."""
        mark = "▲" if self.ascending else "▼"
        return (
            (" ", "quiet"),
            *(
                (column.cell(f"{column.title}{mark}"), "title")
                if column.key == self.sort
                else (column.cell(column.title), "quiet")
                for column in fitting(self.columns, width - 1)
            ),
        )

    def line(self, index: int, width: int, *, cursor: bool) -> tuple[Cell, ...]:
        """One line in a width."""
        row, style = ScanRow(self.scanned, self.order[index]), "cursor" if cursor else "plain"
        cells = "".join(column.cell(column.text(row)) for column in fitting(self.columns, width - 1))
        return ((f"{'>' if cursor else ' '}{cells}", style),)

    def column_at(self, x: int, width: int) -> str | None:
        """Return the key of the column at a cell of the heading."""
        at = 1
        for column in fitting(self.columns, width - 1):
            if at <= x < at + column.width:
                return column.key
            at += column.width
        return None

    def beside(self, count: int, width: int) -> str:
        """Return the key of the column so many columns from the one sorted by, of those shown in a width."""
        keys = [column.key for column in fitting(self.columns, width - 1)]
        current = keys.index(self.sort) if self.sort in keys else 0
        return keys[min(max(current + count, 0), len(keys) - 1)]

    @property
    def ascending(self) -> bool:
        """Whether the numbers of the column rise from line to line."""
        return (self.sort in RISING) is not self.reverse

    def about(self, about_terms: str = "") -> Iterator[Cell]:
        """Yield what the lines are, the most important first."""
        shown, matches = len(self), len(self.scanned)
        of = f" of {matches:,}" if shown != matches else ""
        yield f"{shown:,}{of} verticals, {self.scanned.terms.rules.at} fills", "leg"
        if self.wanted.text:
            yield f"filter: {self.wanted.text}", "warn"
        if about_terms:
            yield about_terms, "warn"
        for check in self.scanned.checks:
            style = "warn" if check.status is not CheckStatus.OK else "plain"
            yield f"{check.status.upper()} {check.name}: {check.brief or check.message}", style
        if self.scanned.far_off:
            yield f"{count(self.scanned.far_off, 'stale quote')} left out", "plain"

    def _passing(self) -> Flags:
        texts = self.scanned.texts if self.wanted.words else {}
        return self.wanted.holds(self.scanned.numbers, texts, len(self.scanned))
