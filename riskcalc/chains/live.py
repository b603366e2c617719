"""Live quotes from yfinance, cached for a while.

Needs the extra ``riskcalc[live]``. Yahoo's quotes are delayed, its terms allow personal use only, and it
answers or not as it likes: a saved file is the dependable way.
"""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from riskcalc.chains.chain import Chain
from riskcalc.chains.readers import read_chain
from riskcalc.domain import InstrumentTable
from riskcalc.environment import cache_folder
from riskcalc.errors import ChainError
from riskcalc.records import dataclass

if TYPE_CHECKING:
    import pandas as pd

SYMBOL = re.compile(r"[A-Z^][A-Z0-9.\-]{0,9}")


class Ticker(Protocol):
    """Protocol of the used part of ``yfinance.Ticker``."""

    @property
    def options(self) -> tuple[str, ...]:
        """Expiries as ``2026-09-18``."""

    def option_chain(self, date: str) -> Any:  # noqa: ANN401 - yfinance has no types
        """Calls and puts as DataFrames, and the quote of the underlying as a dict."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveChain:
    """A fetched chain and its age."""

    chain: Chain
    age: dt.timedelta
    """Time since it was fetched."""

    @property
    def note(self) -> str:
        """Description of source and age."""
        minutes = int(self.age.total_seconds() // 60)
        fetched = f"{minutes} min ago" if minutes else "now"
        return f"delayed quotes from Yahoo, fetched {fetched}"


def live_chain(
    symbol: str,
    *,
    now: dt.datetime,
    max_age: dt.timedelta,
    folder: Path | None = None,
    open_ticker: Callable[[str], Ticker] | None = None,
    instruments: InstrumentTable | None = None,
) -> LiveChain:
    """Quotes of all expiries of one underlying.

    Parameters
    ----------
    symbol : str
        As Yahoo calls it.
    now : datetime
        With its zone.
    max_age : timedelta
        Quotes fetched no longer ago than this are used again.
    folder : Path, optional
        Where fetched quotes are kept; the user's cache folder when left out.
    open_ticker : callable, optional
        Takes a symbol, returns something like ``yfinance.Ticker``.
    instruments : mapping, optional
        Instruments by symbol, as in `riskcalc.read_chain`.

    Raises
    ------
    ChainError
        yfinance is not installed, there is no network, Yahoo refuses, or it knows no options of the symbol.
    """
    symbol = symbol.upper()
    if not SYMBOL.fullmatch(symbol):
        raise ChainError(f"--live must be a symbol like IWM, got {symbol!r}")
    path = kept_path(symbol, folder=folder)
    age = _age(path, now)
    root = re.sub("[^A-Z0-9]", "", symbol)
    if age is not None and age <= max_age:
        return LiveChain(chain=read_chain(path, symbol=root, instruments=instruments), age=age)
    frame = _fetched(symbol, open_ticker or _open_ticker)
    # Parsed before it is cached, so that an invalid response is not reused.
    chain = read_chain(frame, symbol=root, instruments=instruments)
    _write(path, frame, now)
    return LiveChain(chain=chain, age=dt.timedelta(0))


def kept_path(symbol: str, *, folder: Path | None = None) -> Path:
    """Return the file that fetched quotes of a symbol are kept in."""
    return (folder or _cache_folder()) / f"{symbol.upper()}.csv"


def _fetched(symbol: str, open_ticker: Callable[[str], Ticker]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import, and only live quotes come as tables

    # Lost connections are OSErrors, answers that are no JSON ValueErrors, refusals yfinance's own.
    expected: tuple[type[Exception], ...] = (OSError, ValueError, *_yfinance_errors())
    try:
        tables = list(_tables(open_ticker(symbol)))
    except expected as error:
        raise ChainError(f"{symbol}: live quotes could not be fetched: {_first_line(error)}") from error
    if not tables:
        raise ChainError(f"{symbol}: Yahoo has no options on this symbol, or there is no network")
    return pd.concat(tables, ignore_index=True)


def _tables(ticker: Ticker) -> Iterator[pd.DataFrame]:
    """Calls, then puts, of each expiry, with the columns that yfinance leaves out."""
    for expiry in ticker.options:
        tables = ticker.option_chain(expiry)
        for kind, table in (("call", tables.calls), ("put", tables.puts)):
            if table is None:
                raise ValueError(f"Yahoo returned no {kind}s for {expiry}")
            underlying = tables.underlying or {}
            yield table.assign(
                optionType=kind,
                expirationDate=expiry,
                underlyingPrice=underlying.get("regularMarketPrice"),
                quoteTime=underlying.get("regularMarketTime"),
            )


def _write(path: Path, frame: pd.DataFrame, now: dt.datetime) -> None:
    """Keep fetched quotes, whole or not at all, stamped with the time they were fetched."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(part, index=False)
        os.utime(part, (now.timestamp(), now.timestamp()))
        part.replace(path)
    except OSError as error:
        raise ChainError(f"{path}: fetched quotes cannot be cached: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # no partial file may remain
            part.unlink(missing_ok=True)


def _age(path: Path, now: dt.datetime) -> dt.timedelta | None:
    """Time since a file was fetched; None when it is not there, or from the future."""
    if not path.is_file():
        return None
    age = now - dt.datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
    return age if age >= dt.timedelta(0) else None


def _cache_folder() -> Path:
    return cache_folder() / "chains"


def _open_ticker(symbol: str) -> Ticker:
    yfinance = _yfinance()
    # Its log would appear beside the error message.
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    ticker: Ticker = yfinance.Ticker(symbol)
    return ticker


def _yfinance_errors() -> tuple[type[Exception], ...]:
    """Errors of yfinance's own, where it is installed."""
    try:
        return (importlib.import_module("yfinance.exceptions").YFException,)
    except ImportError:
        return ()


def _yfinance() -> Any:  # noqa: ANN401 - yfinance has no types
    try:
        return importlib.import_module("yfinance")
    except ImportError as error:
        raise ChainError("live quotes need yfinance: pip install 'riskcalc[live]'") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
