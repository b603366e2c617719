"""Contents of a broker's file: fills or positions, skipped rows, and problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace

from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.book.importers.text import Keys, Record
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that became no fill."""

    line: int
    reason: str


@dataclass(slots=True)
class ParsedFile:
    """The rows of a file, each of them in one of the lists."""

    source: str
    """Broker and layout."""
    fills: list[Fill] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each fill, by its key."""
    skipped: list[SkippedRow] = field(default_factory=list)
    """Deposits, totals and the like."""
    problems: list[SkippedRow] = field(default_factory=list)
    """Rows that should have been fills and could not be read."""
    positions: bool = False
    """Whether the fills are positions held, of a statement."""

    def joined(self, other: ParsedFile) -> ParsedFile:
        """Return the rows of two parts of one file."""
        return ParsedFile(
            self.source,
            [*self.fills, *other.fills],
            self.lines | other.lines,
            [*self.skipped, *other.skipped],
            [*self.problems, *other.problems],
            self.positions,
        )

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return len(self.fills) + len(self.skipped) + len(self.problems)


Reader = Callable[[Record, Keys], Fill | str]
"""Turns a row into a fill, or into the reason it is skipped; raises ValueError if it is invalid."""


def read_records(
    source: str, records: Iterable[Record], read: Reader, *, positions: bool = False
) -> ParsedFile:
    """Read every row of a table; a row that cannot be read is a problem with its reason, not the end."""
    parsed, keys = ParsedFile(source, positions=positions), Keys(source)
    for record in records:
        try:
            row = read(record, keys)
        except (ValueError, InvalidInputError, OverflowError) as error:
            parsed.problems.append(SkippedRow(record.line, str(error)))
            continue
        if isinstance(row, str):
            parsed.skipped.append(SkippedRow(record.line, row))
        else:
            parsed.fills.append(row)
            parsed.lines[row.key] = record.line
    return parsed


def completed(parsed: ParsedFile) -> ParsedFile:
    """Return a file with its fills oldest first, shares of options known as such, and splits in one."""
    fills = parsed.fills
    if len(fills) > 1 and fills[0].time > fills[-1].time:
        fills = fills[::-1]
    fills = _with_deliveries(_with_whole_splits(fills))
    return replace(parsed, fills=fills)


def _with_whole_splits(fills: Sequence[Fill]) -> list[Fill]:
    """Add up the rows that remove the old shares of a split and add the new ones."""
    sums: dict[tuple[str, dt.date], Fill] = {}
    for fill in fills:
        if fill.kind is FillKind.SPLIT_SHARES and not fill.contract.is_option:
            key = fill.contract.symbol, fill.time.date()
            before = sums.get(key)
            sums[key] = replace(fill, quantity=fill.quantity + before.quantity) if before else fill
    others = [fill for fill in fills if fill.kind is not FillKind.SPLIT_SHARES]
    return [*others, *(fill for fill in sums.values() if fill.quantity)]


def _with_deliveries(fills: Sequence[Fill]) -> list[Fill]:
    """Mark trades in shares at the strike of an option exercised or assigned that day as its delivery."""
    options = {
        (fill.contract.symbol, fill.time.date(), fill.contract.strike): fill.kind
        for fill in fills
        if fill.kind in {FillKind.ASSIGNMENT, FillKind.EXERCISE} and fill.contract.is_option
    }
    return [
        replace(fill, kind=options.get((fill.contract.symbol, fill.time.date(), fill.price), fill.kind))
        if fill.kind is FillKind.TRADE and not fill.contract.is_option
        else fill
        for fill in fills
    ]


def required(value: float | None, name: str) -> float:
    """Return a number that a row must have.

    Raises
    ------
    ValueError
        It is missing.
    """
    if value is None:
        raise ValueError(f"has no {name}")
    return value


def make_fill(
    keys: Keys,
    *,
    source: str,
    time: dt.datetime,
    contract: Contract,
    quantity: float,
    price: float,
    costs: float = 0.0,
    kind: FillKind = FillKind.TRADE,
    order: str = "",
    opens: bool | None = None,
    identity: str = "",
) -> Fill:
    """Return a fill with its key: of the broker's own number where there is one, else of the row."""
    identifying = (identity,) if identity else (time, kind, contract.label, quantity, price, order)
    return Fill(
        key=keys.of(*identifying),
        time=time,
        contract=contract,
        quantity=quantity,
        price=price,
        costs=round(costs, 6),
        kind=kind,
        order=order,
        opens=opens,
        source=source,
    )
