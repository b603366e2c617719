"""One scan over many chains: files, folders, days of a history; on this machine or on a cluster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from riskcalc.chains import Chain, read_chain
from riskcalc.domain import Account, ExitPlan, Market, View
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.scanning.rules import ScanRules
from riskcalc.scanning.scan import BEST, rank_key, scan

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz", ".parquet")
"""Ends of the names of files in a folder that are taken for chains."""

DAY_COLUMNS = ("quote_date", "date", "data_date", "quote_time", "quoteTime")
"""Where the day of a row stands in a history, the first that is there."""

Progress = Callable[[int, int], None]


class Source(NamedTuple):
    """One chain to scan."""

    path: Path
    day: dt.date | None = None
    """Day within a Parquet history; None for the chain of a file that holds one."""

    @property
    def name(self) -> str:
        """File and day."""
        return self.path.name if self.day is None else f"{self.path.name} {self.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTerms:
    """What every chain is scanned under."""

    market: Market
    account: Account
    exits: ExitPlan
    view: View
    rules: ScanRules
    rank: str = BEST
    symbol: str | None = None
    """Underlying to keep, where files hold several."""

    def scan(self, chain: Chain) -> pd.DataFrame:
        """Scan one chain."""
        return scan(
            chain,
            market=self.market,
            account=self.account,
            exits=self.exits,
            view=self.view,
            rules=self.rules,
            rank=self.rank,
        )


class Scanned(NamedTuple):
    """What became of one source."""

    frame: pd.DataFrame | None
    problem: str
    """Why there is no table; empty when there is one."""


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


def read_source(source: Source, *, symbol: str | None = None) -> Chain:
    """Read one chain.

    Raises
    ------
    ChainError
        The file cannot be read; the text names it.
    """
    if source.path.suffix.lower() != ".parquet":
        return read_chain(source.path, symbol=symbol, date=source.day)
    frame = _parquet(source.path)
    column = _day_column(frame)
    if source.day is not None and column is not None:
        frame = frame[_days(frame, column) == np.datetime64(source.day)]
    try:
        return read_chain(frame, symbol=symbol, date=source.day)
    except ChainError as error:
        raise ChainError(f"{source.path}: {error}") from error


def scan_source(source: Source, terms: ScanTerms) -> Scanned:
    """Scan one chain: the unit of work, here or on a worker."""
    try:
        frame = terms.scan(read_source(source, symbol=terms.symbol))
    except ChainError as error:
        return Scanned(None, str(error))
    frame.insert(0, "source", source.name)
    frame.insert(1, "date", frame.attrs["date"])
    return Scanned(frame, "")


def scan_history(
    sources: Sequence[Source],
    terms: ScanTerms,
    *,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Scan many chains into one table.

    Parameters
    ----------
    sources : sequence of Source
        Of `chain_sources`.
    terms : ScanTerms
        The same for all.
    scheduler : str, optional
        Address of a Dask scheduler, ``tcp://host:8786``, whose workers scan the chains and read the files
        under the same paths; without one this process does.
    progress : callable, optional
        Told how many of how many chains are done.

    Returns
    -------
    DataFrame
        As `scan` has it, with columns `source` and `date`, ranked over all chains; ``attrs["problems"]``
        lists why chains are missing.

    Raises
    ------
    ChainError
        No chain could be scanned, or one of them kills the workers that try.
    InvalidInputError
        Dask is not installed, or no scheduler answers at the address.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and only tables need it

    found = (
        _here(sources, terms, progress) if scheduler is None else _there(sources, terms, scheduler, progress)
    )
    frames = [one.frame for one in found if one.frame is not None]
    problems = [one.problem for one in found if one.problem]
    if not frames:
        raise ChainError("\n".join(problems) or "no chain to scan")
    about = _about([frame.attrs for frame in frames]) | {"problems": problems}
    # Tables are joined without what they say of themselves, which differs from chain to chain.
    table = pd.concat([_plain(frame) for frame in frames], ignore_index=True)
    key = rank_key(table[terms.rank].to_numpy(), kinds=table["kind"].to_numpy(), rank=terms.rank)
    table = table.iloc[np.argsort(key, kind="stable")].reset_index(drop=True)
    table.attrs.update(about)
    return table


def _about(each: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    """What several tables say of themselves, in one."""
    liquid = np.array([one["smile_liquid"] for one in each])
    inside = np.nan_to_num(np.array([one["smile_inside"] for one in each]))
    broken = [f"{one['date']}: {one['smile_arbitrage']}" for one in each if one["smile_arbitrage"]]
    return {
        **each[0],
        "symbol": ", ".join(dict.fromkeys(one["symbol"] for one in each)),
        "smile_liquid": int(liquid.sum()),
        "smile_inside": float(liquid @ inside / max(liquid.sum(), 1)),
        "smile_arbitrage": "; ".join(broken),
        "far_off": sum(one["far_off"] for one in each),
        "chains": len(each),
    }


def _here(sources: Sequence[Source], terms: ScanTerms, progress: Progress | None) -> list[Scanned]:
    return list(_told((scan_source(source, terms) for source in sources), len(sources), progress))


def _there(
    sources: Sequence[Source], terms: ScanTerms, scheduler: str, progress: Progress | None
) -> list[Scanned]:
    """Scan on the workers of a cluster, which gives what a lost worker was at to another."""
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        raise InvalidInputError('a scheduler needs Dask: pip install "riskcalc[cluster]"') from None
    try:
        client = distributed.Client(scheduler, set_as_default=False, timeout="5s")
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with client:
        futures = client.map(scan_source, sources, terms=terms, pure=False)
        for _ in _told(distributed.as_completed(futures, loop=client.loop), len(futures), progress):
            pass
        try:
            return list(client.gather(futures))
        except distributed.KilledWorker as error:
            raise ChainError(f"the cluster lost one worker after another over one chain: {error}") from error


def _told(results: Iterable[Scanned], total: int, progress: Progress | None) -> Iterator[Scanned]:
    """Pass results on, and tell how many have come."""
    for done, result in enumerate(results, start=1):
        if progress is not None:
            progress(done, total)
        yield result


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    frame.attrs = {}
    return frame


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
