"""Where chains are: files, folders, and the days of a Parquet history."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from riskcalc.chains import Chain, read_chain
from riskcalc.errors import ChainError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz", ".parquet")
"""Ends of the names of files in a folder that are taken for chains."""

DAY_COLUMNS = ("quote_date", "date", "data_date", "quote_time", "quoteTime")
"""Where the day of a row stands in a history, the first that is there."""


class Source(NamedTuple):
    """One chain to scan."""

    path: Path
    day: dt.date | None = None
    """Day within a Parquet history; None for the chain of a file that holds one."""

    @property
    def name(self) -> str:
        """File and day."""
        return self._said(self.path.name)

    @property
    def full_name(self) -> str:
        """The same with the folders of the file."""
        return self._said(str(self.path))

    def _said(self, file: str) -> str:
        return file if self.day is None else f"{file} {self.day}"


def chain_sources(paths: Iterable[Path]) -> tuple[Source, ...]:
    """Chains in files and folders, in the order of their names.

    Raises
    ------
    ChainError
        There is no such file, or a folder holds no chain.
    """
    found: list[Source] = []
    for path in paths:
        if not path.is_dir():
            found += _days_of(path)
            continue
        inside = sorted(one for one in path.iterdir() if one.name.lower().endswith(SUFFIXES))
        if not inside:
            raise ChainError(f"{path}: the folder holds no file that ends in {', '.join(SUFFIXES)}")
        found += [source for one in inside for source in _days_of(one)]
    return tuple(found)


def source_names(sources: Iterable[Source]) -> dict[Source, str]:
    """What each source is called in a table: its name, with its folders where two files share one."""
    distinct = dict.fromkeys(sources)
    times = Counter(source.name for source in distinct)
    return {source: source.name if times[source.name] == 1 else source.full_name for source in distinct}


def read_source(
    source: Source, *, symbol: str | None = None, spot: float | None = None, date: dt.date | None = None
) -> Chain:
    """Read one chain; the keywords are those of `riskcalc.read_chain`.

    Raises
    ------
    ChainError
        The file cannot be read; the text names it.
    """
    if source.path.suffix.lower() != ".parquet":
        return read_chain(source.path, symbol=symbol, spot=spot, date=date)
    frame = _parquet(source.path)
    column = _day_column(frame)
    if source.day is not None and column is not None:
        frame = frame[_days(frame, column) == np.datetime64(source.day)]
    try:
        return read_chain(frame, symbol=symbol, spot=spot, date=source.day or date)
    except ChainError as error:
        lines = (line.removeprefix("DataFrame: ") for line in str(error).splitlines())
        raise ChainError("\n".join(f"{source.full_name}: {line}" for line in lines)) from error


def _days_of(path: Path) -> list[Source]:
    """The chains of a file: one, or one a day of a Parquet history."""
    if path.suffix.lower() != ".parquet":
        return [Source(path)]
    frame = _parquet(path)
    column = _day_column(frame)
    if column is None:
        return [Source(path)]
    days = np.unique(_days(frame, column))
    return [Source(path, day) for day in days.tolist()]


def _day_column(frame: pd.DataFrame) -> str | None:
    return next((name for name in DAY_COLUMNS if name in frame), None)


def _days(frame: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return frame[column].astype("datetime64[s]").to_numpy().astype("datetime64[D]")


def _parquet(path: Path) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    try:
        return pd.read_parquet(path)
    except ImportError:
        raise ChainError(f'{path}: Parquet needs pyarrow: pip install "riskcalc[parquet]"') from None
    except (OSError, ValueError) as error:
        raise ChainError(f"{path}: cannot be read as Parquet: {error}") from error
