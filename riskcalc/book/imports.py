"""Import of a broker's file into a book: new fills, duplicates, and fills that match no position."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from riskcalc.book.backup import Restored, is_backup, read_backup
from riskcalc.book.importers import read_broker_file
from riskcalc.book.importers.parsed import ParsedFile, SkippedRow
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskcalc.book.fills import Fill
    from riskcalc.book.ledger import Ledger


FUTURE = dt.timedelta(days=366)
"""How long after today a fill may be: one of a mistyped year would date the whole book."""


class Recorder(Protocol):
    """What takes fills: a book."""

    @property
    def ledger(self) -> Ledger:
        """Open positions."""

    def fills(self) -> tuple[Fill, ...]:
        """Return every fill that it has."""

    def unmatched(self, fills: Iterable[Fill]) -> list[Fill]:
        """Return the closing fills without an open position."""

    def restore(self, restored: Restored, *, dry_run: bool = False) -> Recorded:
        """Take over a backup."""

    def record(self, fills: Iterable[Fill], *, dry_run: bool = False) -> Recorded:
        """Record fills, or return the result without writing in a dry run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of fills that were to be recorded."""

    added: int
    duplicates: int
    """Fills that the book had already."""
    confirmed: int
    """Typed fills that the broker's replaced."""
    unmatched: tuple[Fill, ...]
    """Closing fills without an open position; they are not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did, row by row."""

    source: str
    """Broker and layout."""
    fills: int
    """New fills, written unless `written` is False."""
    duplicates: int
    """Fills that the book had already."""
    confirmed: int
    """Typed fills that the broker's replaced."""
    skipped: tuple[SkippedRow, ...]
    """Rows that mean nothing to a book: deposits, totals, positions that it holds."""
    problems: tuple[SkippedRow, ...]
    """Rows that could not be read or matched to a position."""
    written: bool
    """Whether the book was changed; false in a dry run, and with problems unless ``partial`` is set."""

    def to_dict(self) -> dict[str, Any]:
        """Return what ``riskcalc book import --json`` prints, without the trades."""
        rows = [(row, False) for row in self.skipped] + [(row, True) for row in self.problems]
        return {
            "source": self.source,
            "fills": self.fills,
            "duplicates": self.duplicates,
            "confirmed": self.confirmed,
            "skipped": [
                {"row": row.line, "reason": row.reason, "problem": problem}
                for row, problem in sorted(rows, key=lambda pair: pair[0].line)
            ],
            "written": self.written,
        }


def import_file(
    book: Recorder, path: Path | str, *, today: dt.date, dry_run: bool = False, partial: bool = False
) -> ImportResult:
    """Import the fills or positions of a broker's file.

    Parameters
    ----------
    book : Recorder
        Takes the fills.
    path : Path or str
        See `riskcalc.book.importers.read_broker_file`.
    today : date
        Day of positions whose file does not say it; rows more than a year after it are not placed.
    dry_run : bool
        Return the result without writing.
    partial : bool
        Write the matched rows even if others cannot be matched.

    Returns
    -------
    ImportResult
        Every row of the file is counted once.

    Raises
    ------
    BookError
        The file cannot be read, is of no known layout, or the book cannot be written.
    """
    text = _backup_of(Path(path))
    if text is not None:
        recorded = book.restore(read_backup(text, path=path), dry_run=dry_run)
        return ImportResult(
            source="backup of a book",
            fills=recorded.added,
            duplicates=recorded.duplicates,
            confirmed=0,
            skipped=(),
            problems=(),
            written=not dry_run,
        )
    parsed = read_broker_file(path, today=today)
    last = today + FUTURE
    late = [fill for fill in parsed.fills if fill.time.date() > last]
    parsed = dataclasses.replace(parsed, fills=[fill for fill in parsed.fills if fill.time.date() <= last])
    fills, skipped = _new_positions(book, parsed) if parsed.positions else (parsed.fills, [])
    problems = [*parsed.problems, *(_of_the_future(fill, parsed, today) for fill in late)]
    problems += [_unplaced_reason(fill, parsed) for fill in book.unmatched(fills)]
    writes = not dry_run and (partial or not problems)
    recorded = book.record(fills, dry_run=not writes)
    return ImportResult(
        source=parsed.source,
        fills=recorded.added,
        duplicates=recorded.duplicates,
        confirmed=recorded.confirmed,
        skipped=(*parsed.skipped, *skipped),
        problems=tuple(problems),
        written=writes,
    )


def _backup_of(path: Path) -> str | None:
    """Text of a file that is a backup of a book; None for any other."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read() if is_backup(file.read(100)) and not file.seek(0) else None
    except (OSError, ValueError):
        return None


def _of_the_future(fill: Fill, parsed: ParsedFile, today: dt.date) -> SkippedRow:
    return SkippedRow(parsed.lines.get(fill.key, 0), f"is of {fill.time:%Y-%m-%d}, long after today, {today}")


def _unplaced_reason(fill: Fill, parsed: ParsedFile) -> SkippedRow:
    closed = f"closes {abs(fill.quantity):g} {fill.contract.label}"
    reason = f"{closed}, more than the book holds on {fill.time:%Y-%m-%d}"
    return SkippedRow(parsed.lines.get(fill.key, 0), reason)


def _new_positions(book: Recorder, parsed: ParsedFile) -> tuple[list[Fill], list[SkippedRow]]:
    """Positions that the book does not hold; of the others, why they are left."""
    existing_keys = {fill.key for fill in book.fills()}
    new, skipped = [], []
    for fill in parsed.fills:
        position = book.ledger.position(fill.contract)
        if fill.key in existing_keys or not position:
            new.append(fill)
            continue
        same = f"is held already: {position:g} {fill.contract.label}"
        other = (
            f"the book holds {position:g} {fill.contract.label}, the file {fill.quantity:g}; import the fills"
        )
        line = parsed.lines[fill.key]
        skipped.append(SkippedRow(line, same if position == fill.quantity else other))
    return new, skipped
