"""Sources of chains: files, folders, and the days of a Parquet history."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from riskcalc.chains import Chain, read_chain
from riskcalc.chains.cleaning import session_of
from riskcalc.chains.dates import EXCHANGE_ZONE
from riskcalc.chains.quote_rows import QuoteRows
from riskcalc.chains.readers import read_rows
from riskcalc.chains.text_table import Table, column_of
from riskcalc.chains.typed_columns import Cells
from riskcalc.domain import InstrumentTable
from riskcalc.domain.validation import FIRST_DAY, LAST_DAY
from riskcalc.errors import ChainError
from riskcalc.pricing.arrays import Days
from riskcalc.records import dataclass

if TYPE_CHECKING:
    import pandas as pd

Option = tuple[np.datetime64, float, int]

SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz", ".jsonl", ".ndjson", ".parquet")
"""Suffixes of files in a folder that are read as chains."""

DAY_COLUMNS = ("quote_date", "date", "data_date", "quote_time", "quoteTime")
"""Columns with the date of a row in a history; the first present one is used."""

MOST_ROWS = 20_000_000
"""Rows of a Parquet history: a thousand chains of a large index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPart:
    """Underlying, day and options of a file."""

    symbol: str = ""
    """Empty where the file names none."""
    day: dt.date | None = None
    options: frozenset[Option] = frozenset()

    def complements(self, other: ChainPart) -> bool:
        """Whether two parts belong to one chain."""
        same = self.symbol == other.symbol and self.day == other.day and bool(self.symbol)
        return same and bool(self.options) and not self.options & other.options

    def merged(self, other: ChainPart) -> ChainPart:
        """Return both parts as one."""
        return ChainPart(symbol=self.symbol, day=self.day, options=self.options | other.options)


class ChainSource(NamedTuple):
    """One chain to scan."""

    path: Path
    day: dt.date | None = None
    """Day within a Parquet history; None for the chain of a file that holds one."""
    more: tuple[Path, ...] = ()
    """Further files of the same chain, for example one per expiry."""

    @property
    def name(self) -> str:
        """File and day."""
        return self._label(", ".join(path.name for path in (self.path, *self.more)))

    @property
    def full_name(self) -> str:
        """The same with the folders of the file."""
        return self._label(", ".join(str(path) for path in (self.path, *self.more)))

    def _label(self, file: str) -> str:
        return file if self.day is None else f"{file} {self.day}"


def chain_sources(paths: Iterable[Path], *, join: bool = False) -> tuple[ChainSource, ...]:
    """Return the chains in files and folders, by name.

    Parameters
    ----------
    paths : iterable of Path
        Files of one underlying and day that have no option in common are one chain, an expiry in each, say.
    join : bool
        Whether those in folders are put together too, each of which must be read for it.

    Raises
    ------
    ChainError
        There is no such file, or a folder holds no chain.
    """
    sources: list[ChainSource] = []
    alone: list[ChainSource] = []
    for path in paths:
        if not path.is_dir():
            alone += _days_of(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.name.lower().endswith(SUFFIXES))
        if not inside:
            raise ChainError(f"{path}: the folder holds no file that ends in {', '.join(SUFFIXES)}")
        sources += [source for file in inside for source in _days_of(file)]
    if join:
        return tuple(_merged_sources([*alone, *sources]))
    return (*_merged_sources(alone), *sources)


def source_names(sources: Iterable[ChainSource]) -> dict[ChainSource, str]:
    """Return the name of each source in a table: its file name, with folders when two files share one."""
    distinct = dict.fromkeys(sources)
    times = Counter(source.name for source in distinct)
    return {source: source.name if times[source.name] == 1 else source.full_name for source in distinct}


def read_source(
    source: ChainSource,
    *,
    symbol: str | None = None,
    spot: float | None = None,
    date: dt.date | None = None,
    instruments: InstrumentTable | None = None,
) -> Chain:
    """Read one chain; the keywords are those of `riskcalc.read_chain`.

    Raises
    ------
    ChainError
        The file cannot be read; the text names it.
    """
    if source.path.suffix.lower() != ".parquet":
        files = [source.path, *source.more]
        return read_chain(files, symbol=symbol, spot=spot, date=date, instruments=instruments)
    frame = _parquet(source.path)
    column = _day_column(frame)
    if source.day is not None and column is not None:
        frame = frame[_days(frame, column, path=source.path) == np.datetime64(source.day)]
    try:
        day = source.day or date
        return read_chain(frame, symbol=symbol, spot=spot, date=day, instruments=instruments)
    except ChainError as error:
        lines = (line.removeprefix("DataFrame: ") for line in str(error).splitlines())
        raise ChainError("\n".join(f"{source.full_name}: {line}" for line in lines)) from error


def _merged_sources(sources: Sequence[ChainSource]) -> list[ChainSource]:
    """Merge sources that hold different options of one underlying and day."""
    if len(sources) < 2:
        return list(sources)
    merged: list[tuple[ChainSource, ChainPart]] = []
    for source in sources:
        part = _part(source)
        fitting = (index for index, (_, known) in enumerate(merged) if part and known.complements(part))
        index = next(fitting, None)
        if index is None:
            merged.append((source, part or ChainPart()))
        else:
            whole, known = merged[index]
            merged[index] = whole._replace(more=(*whole.more, source.path)), known.merged(part or ChainPart())
    return [source for source, _ in merged]


def _part(source: ChainSource) -> ChainPart | None:
    """Part in a file; None when it cannot be read, which the scan reports."""
    if source.path.suffix.lower() == ".parquet":
        return None
    try:
        return chain_part(read_rows(source.path))
    except ChainError:
        return None


def chain_part(rows: QuoteRows) -> ChainPart:
    """Return the part of a chain that rows hold; no symbol when they have several."""
    symbols = np.unique(rows.symbol[rows.standard])
    try:
        day = session_of(rows)
    except ChainError:
        day = None
    options = zip(rows.expiry.tolist(), rows.strike.tolist(), rows.option_type.tolist(), strict=True)
    symbol = str(symbols[0]) if len(symbols) == 1 else ""
    return ChainPart(symbol=symbol, day=day, options=frozenset(options))


def _days_of(path: Path) -> list[ChainSource]:
    """The chains of a file: one, or one a day of a Parquet history."""
    if path.suffix.lower() != ".parquet":
        return [ChainSource(path)]
    frame = _parquet(path)
    column = _day_column(frame)
    if column is None:
        return [ChainSource(path)]
    days = np.unique(_days(frame, column, path=path))
    return [ChainSource(path, None if np.isnat(day) else day.item()) for day in days]


def _day_column(frame: pd.DataFrame) -> str | None:
    return next((name for name in DAY_COLUMNS if name in frame), None)


def _days(frame: pd.DataFrame, column: str, *, path: Path) -> Days:
    """Day of each row in New York; all missing where no row has one.

    Raises
    ------
    ChainError
        A value is no day, or some rows have one and others none.
    """
    try:
        days = _times(frame, column).astype("datetime64[D]")
    except ChainError as error:
        raise ChainError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None
    valid = days[~np.isnat(days)]
    if 0 < valid.size < days.size:
        missing = days.size - valid.size
        raise ChainError(f"{path}: column {column} is empty in {missing:,} of {days.size:,} rows")
    impossible = valid[(valid < np.datetime64(FIRST_DAY)) | (valid > np.datetime64(LAST_DAY))]
    if impossible.size:
        raise ChainError(f"{path}: column {column} must hold days of 1900 to 2200, got {impossible[0]}")
    return days


def _times(frame: pd.DataFrame, column: str) -> Days:
    """Times of a column in New York: from its type, else from its texts, as in a file of text."""
    values = frame[column]
    if _zone(values) is not None:
        values = values.dt.tz_convert(EXCHANGE_ZONE).dt.tz_localize(None)
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[s]")
    cells = Cells(
        table=Table(
            columns={column: column_of([str(value) for value in values.tolist()])},
            row_numbers=np.arange(len(frame)),
            row_label="row {}",
        )
    )
    times: Days = cells.times(column)
    cells.check()
    return times


def _parquet(path: Path) -> pd.DataFrame:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and only histories need it
        from pyarrow import parquet  # noqa: PLC0415 - as above
    except ImportError:
        raise ChainError(f'{path}: Parquet needs pyarrow: pip install "riskcalc[parquet]"') from None
    try:
        rows = parquet.read_metadata(path).num_rows
        if rows > MOST_ROWS:
            raise ChainError(f"{path}: is too large: {rows:,} rows, at most {MOST_ROWS:,} are read")
        # pandas metadata is not needed and may be damaged.
        frame: pd.DataFrame = parquet.read_table(path).to_pandas(ignore_metadata=True)
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ChainError(f"{path}: cannot be read as Parquet: {reason}") from error
    for name in DAY_COLUMNS:
        if name in frame:
            frame[name] = _whole_days(frame[name])
    return frame


def _whole_days(values: pd.Series[Any]) -> pd.Series[Any]:
    """Dates stored as midnights of a time zone, without the zone."""
    if _zone(values) is None or not (values.dt.normalize() == values)[values.notna()].all():
        return values
    naive: pd.Series[Any] = values.dt.tz_localize(None)
    return naive


def _zone(values: pd.Series[Any]) -> object:
    return getattr(values.dtype, "tz", None)
