"""Scans of many chains, locally or on a cluster."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from riskcalc.chains import Chain
from riskcalc.domain import Account, Calibration, ExitPlan, InstrumentTable, Market, View
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.parallel import Progress, distribute, with_progress
from riskcalc.presets.files import replacing
from riskcalc.records import dataclass
from riskcalc.scanning.rules import ScanRules, SpreadKind
from riskcalc.scanning.scan import DEFAULT_RANK, rank_key, scan
from riskcalc.scanning.sources import ChainSource, read_source, source_names

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 6
"""Symbols and chains named one by one in the terms of a table."""

MOST_WARNINGS = 20

OWN = frozenset({"date", "spot"})
"""Attrs of a table of one chain that do not apply to many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTerms:
    """Settings shared by all chains of a scan."""

    market: Market
    account: Account
    exits: ExitPlan
    view: View
    rules: ScanRules
    rank: str = DEFAULT_RANK
    calibration: Calibration = field(default_factory=Calibration)
    """Realized over implied volatility, for the calibrated odds."""
    symbol: str | None = None
    """Underlying to keep, where files hold several."""
    spot: float | None = None
    """Price of the underlying [dollars], for files that do not state it."""
    date: dt.date | None = None
    """Day of the quotes, for files that do not state it."""
    instruments: InstrumentTable | None = None
    """Instruments by symbol; those that come with riskcalc by default."""

    def read(self, source: ChainSource) -> Chain:
        """Read one chain.

        Raises
        ------
        ChainError
            The file cannot be read; the text names it.
        """
        return read_source(
            source, symbol=self.symbol, spot=self.spot, date=self.date, instruments=self.instruments
        )

    def scan(self, chain: Chain, *, top: int | None = None, progress: Progress | None = None) -> pd.DataFrame:
        """Scan one chain for its best rows, or all, reporting progress by expiry."""
        return scan(
            chain,
            market=self.market,
            account=self.account,
            exits=self.exits,
            view=self.view,
            rules=self.rules,
            rank=self.rank,
            calibration=self.calibration,
            top=top,
            progress=progress,
        )


class ScanResult(NamedTuple):
    """Table of one source, or the problem with it."""

    frame: pd.DataFrame | None
    problem: str
    """Why there is no table; empty when there is one."""
    warnings: tuple[str, ...] = ()
    """Warnings about the file as a whole."""


class ScanJob(NamedTuple):
    """A chain to scan, and where its rows go."""

    source: ChainSource
    name: str
    """Of the source in the table."""


def scan_source(job: ScanJob, *, terms: ScanTerms, top: int | None, folder: Path | None) -> ScanResult:
    """Scan one chain, in this process or on a worker: only its best rows leave it, the rest go to a file."""
    source = job.source
    try:
        chain = terms.read(source)
    except ChainError as error:
        return ScanResult(None, str(error))
    try:
        warnings = tuple(f"{source.full_name}: {warning}" for warning in chain.warnings)
        frame = _with_source(terms.scan(chain, top=None if folder else top), job.name)
    except ChainError as error:
        return ScanResult(None, f"{source.full_name}: {error}")
    if folder is None:
        return ScanResult(frame, "", warnings)
    try:
        _write(frame, folder / f"{file_name(job.name)}.parquet")
    except OSError as error:
        return ScanResult(None, f"{source.full_name}: its rows cannot be written: {error}")
    return ScanResult(_with_attrs(frame.iloc[:top], frame.attrs), "", warnings)


def file_name(name: str) -> str:
    """Return the name of a source as a file name without folders.

    Examples
    --------
    >>> file_name("quotes/2026/IWM.csv 2026-07-20")
    'quotes_2026_IWM.csv 2026-07-20'
    """
    return re.sub(r"[^\w.,+-]+", lambda match: " " if match[0].isspace() else "_", name).strip("_")


def scan_history(
    sources: Sequence[ChainSource],
    terms: ScanTerms,
    *,
    scheduler: str | None = None,
    top: int | None = None,
    folder: Path | None = None,
    cores: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Scan many chains into one table.

    Parameters
    ----------
    sources : sequence of Source
        Of `riskcalc.scanning.sources.chain_sources`.
    terms : ScanTerms
        The same for all.
    scheduler : str, optional
        Address of a Dask scheduler, ``tcp://host:8786``, whose workers scan the chains and read the files
        under the same paths; without one this machine does.
    top : int, optional
        Rows to keep, >= 1, the best of all chains. No chain sends more from where it is scanned, so that
        thousands of them fit into memory. All rows by default.
    folder : Path, optional
        Folder for all rows of each chain, a Parquet file each, written where the chain is scanned.
    cores : bool
        Whether to use all cores of this machine; a script then needs ``if __name__ == "__main__":``.
    progress : callable, optional
        Called with the chains done and the total.

    Returns
    -------
    DataFrame
        As `scan` has it, with columns `source` and `date`, and `symbol` where there are several, ranked over
        all chains; ``attrs["problems"]`` lists why chains are missing.

    Raises
    ------
    ChainError
        No chain could be scanned, or one of them kills the workers that try.
    InvalidInputError
        Dask is not installed, no scheduler answers at the address, or `folder` needs pyarrow.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and only tables need it

    from riskcalc.scanning.scan_table import ScanTable  # noqa: PLC0415 - as above

    names = source_names(sources)
    jobs = [ScanJob(source, names[source]) for source in sources]
    if folder is not None:
        _require_parquet()
        folder.mkdir(parents=True, exist_ok=True)
    shared: dict[str, Any] = {"terms": terms, "top": top, "folder": folder}
    if scheduler is None and not cores:
        results = list(with_progress((scan_source(job, **shared) for job in jobs), len(jobs), progress))
    else:
        results = distribute(
            scan_source,
            jobs,
            scheduler=scheduler,
            what="chain",
            error=ChainError,
            progress=progress,
            **shared,
        )
    frames = [result.frame for result in results if result.frame is not None]
    problems = [result.problem for result in results if result.problem]
    if not frames:
        raise ChainError("\n".join(problems) or "no chain to scan")
    warnings = [warning for result in results for warning in result.warnings]
    if len(warnings) > MOST_WARNINGS:
        warnings[MOST_WARNINGS:] = [f"and {len(warnings) - MOST_WARNINGS:,} warnings more"]
    about = _merged_attrs([frame.attrs for frame in frames]) | {"problems": problems, "warnings": warnings}
    # Tables are joined without their attrs, which differ from chain to chain.
    table = pd.concat([_without_attrs(frame) for frame in frames], ignore_index=True)
    if len(set(table["symbol"])) == 1:
        table = table.drop(columns="symbol")  # the terms say it
    key = rank_key(table[terms.rank].to_numpy(), kinds=table["kind"].to_numpy(), rank=terms.rank)
    table = ScanTable(table.iloc[np.argsort(key, kind="stable")[:top]].reset_index(drop=True))
    table.attrs.update(about)
    return table


def _with_source(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Add the source, date and symbol of each row."""
    frame.insert(0, "source", name)
    frame.insert(1, "date", frame.attrs["date"])
    frame.insert(2, "symbol", frame.attrs["symbol"])
    return frame


def _merged_attrs(attrs_list: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    """Merge the `attrs` of several tables."""
    liquid = np.array([row["smile_liquid"] for row in attrs_list])
    inside = np.nan_to_num(np.array([row["smile_inside"] for row in attrs_list]))
    broken = [f"{row['date']}: {row['smile_arbitrage']}" for row in attrs_list if row["smile_arbitrage"]]
    broken[MOST_NAMED:] = (
        [f"and {len(broken) - MOST_NAMED:,} chains more"] if len(broken) > MOST_NAMED else []
    )
    symbols = list(dict.fromkeys(row["symbol"] for row in attrs_list))
    kinds = {kind for row in attrs_list for kind in row["kinds"]}
    # Each row has its own day, and the spot is another in each chain.
    shared = {name: value for name, value in attrs_list[0].items() if len(attrs_list) == 1 or name not in OWN}
    return {
        **shared,
        "symbol": ", ".join(symbols) if len(symbols) <= MOST_NAMED else f"{len(symbols):,} symbols",
        "found": sum(row["found"] for row in attrs_list),
        "kinds": [str(kind) for kind in SpreadKind if str(kind) in kinds],
        "smile_liquid": int(liquid.sum()),
        "smile_inside": float(liquid @ inside / max(liquid.sum(), 1)),
        "smile_arbitrage": "; ".join(broken),
        "far_off": sum(row["far_off"] for row in attrs_list),
        "dropped": dict(sum((Counter(row["dropped"]) for row in attrs_list), Counter())),
        "chains": len(attrs_list),
    }


def _require_parquet() -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise InvalidInputError('a folder of Parquet files needs pyarrow: pip install "riskcalc[parquet]"')


def _write(frame: pd.DataFrame, path: Path) -> None:
    with replacing(path) as part:
        _without_attrs(frame).to_parquet(part, index=False)


def _with_attrs(frame: pd.DataFrame, attrs: Mapping[Hashable, Any]) -> pd.DataFrame:
    frame.attrs = dict(attrs)
    return frame


def _without_attrs(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    frame.attrs = {}
    return frame
