"""Scans of many chains, locally or on a cluster."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from riskcalc.chains import Chain
from riskcalc.domain import Account, Calibration, ExitPlan, InstrumentTable, Market, View
from riskcalc.errors import ChainError
from riskcalc.parallel import Progress, on_cluster, with_progress
from riskcalc.scanning.rules import ScanRules
from riskcalc.scanning.scan import DEFAULT_RANK, rank_key, scan
from riskcalc.scanning.sources import ChainSource, read_source, source_names

if TYPE_CHECKING:
    import pandas as pd

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
    """Price of the underlying [dollars], where a file does not say it."""
    date: dt.date | None = None
    """Day of the quotes, where a file does not say it."""
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

    def scan(self, chain: Chain, *, progress: Progress | None = None) -> pd.DataFrame:
        """Scan one chain, reporting progress by expiry."""
        return scan(
            chain,
            market=self.market,
            account=self.account,
            exits=self.exits,
            view=self.view,
            rules=self.rules,
            rank=self.rank,
            calibration=self.calibration,
            progress=progress,
        )


class ScanResult(NamedTuple):
    """Table of one source, or the reason there is none."""

    frame: pd.DataFrame | None
    problem: str
    """Why there is no table; empty when there is one."""
    warnings: tuple[str, ...] = ()
    """Warnings about the file as a whole."""


def scan_source(source: ChainSource, terms: ScanTerms) -> ScanResult:
    """Scan one chain, in this process or on a worker."""
    try:
        chain = terms.read(source)
    except ChainError as error:
        return ScanResult(None, str(error))
    try:
        said = tuple(f"{source.full_name}: {warning}" for warning in chain.warnings)
        return ScanResult(terms.scan(chain), "", said)
    except ChainError as error:
        return ScanResult(None, f"{source.full_name}: {error}")


def scan_history(
    sources: Sequence[ChainSource],
    terms: ScanTerms,
    *,
    scheduler: str | None = None,
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
        under the same paths; without one this process does.
    progress : callable, optional
        Called with the chains done and the total.

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

    from riskcalc.scanning.scan_table import ScanTable  # noqa: PLC0415 - as above

    found = (
        _scan_locally(sources, terms, progress)
        if scheduler is None
        else on_cluster(
            scan_source,
            sources,
            scheduler=scheduler,
            what="chain",
            error=ChainError,
            progress=progress,
            terms=terms,
        )
    )
    names = source_names(sources)
    frames = [
        _with_source(result.frame, names[source])
        for source, result in zip(sources, found, strict=True)
        if result.frame is not None
    ]
    problems = [result.problem for result in found if result.problem]
    if not frames:
        raise ChainError("\n".join(problems) or "no chain to scan")
    warnings = [warning for result in found for warning in result.warnings]
    about = _merged_attrs([frame.attrs for frame in frames]) | {"problems": problems, "warnings": warnings}
    # Tables are joined without their attrs, which differ from chain to chain.
    table = pd.concat([_without_attrs(frame) for frame in frames], ignore_index=True)
    key = rank_key(table[terms.rank].to_numpy(), kinds=table["kind"].to_numpy(), rank=terms.rank)
    table = ScanTable(table.iloc[np.argsort(key, kind="stable")].reset_index(drop=True))
    table.attrs.update(about)
    return table


def _with_source(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Add the source and date of each row."""
    frame.insert(0, "source", name)
    frame.insert(1, "date", frame.attrs["date"])
    return frame


def _merged_attrs(each: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    """Merge the `attrs` of several tables."""
    liquid = np.array([row["smile_liquid"] for row in each])
    inside = np.nan_to_num(np.array([row["smile_inside"] for row in each]))
    broken = [f"{row['date']}: {row['smile_arbitrage']}" for row in each if row["smile_arbitrage"]]
    # Each row has its own day, and the spot is another in each chain.
    shared = {name: value for name, value in each[0].items() if len(each) == 1 or name not in OWN}
    return {
        **shared,
        "symbol": ", ".join(dict.fromkeys(row["symbol"] for row in each)),
        "smile_liquid": int(liquid.sum()),
        "smile_inside": float(liquid @ inside / max(liquid.sum(), 1)),
        "smile_arbitrage": "; ".join(broken),
        "far_off": sum(row["far_off"] for row in each),
        "dropped": dict(sum((Counter(row["dropped"]) for row in each), Counter())),
        "chains": len(each),
    }


def _scan_locally(
    sources: Sequence[ChainSource], terms: ScanTerms, progress: Progress | None
) -> list[ScanResult]:
    return list(with_progress((scan_source(source, terms) for source in sources), len(sources), progress))


def _without_attrs(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    frame.attrs = {}
    return frame
