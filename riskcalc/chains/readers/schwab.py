"""The chain of Schwab's API, and of TD Ameritrade's before it: two maps, expiry to strike to contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from riskcalc.chains.cells import Cells
from riskcalc.chains.clean import QuoteRows
from riskcalc.chains.quote_file import QuoteFile
from riskcalc.chains.readers.columns import UNKNOWN, quote_rows, require_columns
from riskcalc.chains.readers.records import records_table, section
from riskcalc.errors import ChainError

MAPS = ("callExpDateMap", "putExpDateMap")
NAMES = {
    "symbol": "chain symbol",
    "expiry": "expiry",
    "strike": "strikePrice",
    "option_type": "putCall",
    "bid": "bid",
    "ask": "ask",
    "last": "last",
    "volume": "totalVolume",
    "open_interest": "openInterest",
    "quoted_vol": "volatility",
    "quoted_delta": "delta",
    "quoted_gamma": "gamma",
    "quoted_theta_per_day": "theta",
    "quoted_vega_per_point": "vega",
    "size": "odd size",
    "spot": "underlyingPrice",
    "quote_time": "quoteTimeInLong",
    "trade_time": "tradeTimeInLong",
}


def recognises(file: QuoteFile) -> bool:
    """Whether it has one of the two maps."""
    return isinstance(file.document, dict) and any(name in file.document for name in MAPS)


def read(file: QuoteFile) -> QuoteRows:
    """Read the contracts of both maps.

    Raises
    ------
    ChainError
        The answer is a failed or truncated one, or a value is not what its key holds.
    """
    chain = file.document
    _require_whole(chain)
    contracts = [contract for name in MAPS for contract in _contracts(section(chain, name, kind=dict), name)]
    if not contracts:
        raise ChainError(f"holds no contracts in {' and '.join(MAPS)}")
    underlying = chain.get("underlying") or {}
    once = {
        "chain symbol": chain.get("symbol"),
        "underlyingPrice": chain.get("underlyingPrice") or underlying.get("mark") or underlying.get("last"),
    }
    cells = Cells(table=records_table(contracts, wanted=NAMES.values(), place_text="contract {}", once=once))
    require_columns(cells, NAMES, kind="a Schwab chain")
    return quote_rows(cells, NAMES, vol_unit=100.0, rate=_rate(chain.get("interestRate")))


def _require_whole(chain: dict[str, Any]) -> None:
    if chain.get("status", "SUCCESS") != "SUCCESS":
        raise ChainError(f"key status says {chain['status']}: the broker answered with no chain")
    if chain.get("isChainTruncated"):
        raise ChainError("key isChainTruncated says that contracts are missing; ask for fewer expiries")


def _contracts(expiries: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Contracts of one map; its keys are ``2025-04-11:1``, then the strike."""
    for expiry, strikes in expiries.items():
        if not isinstance(strikes, dict):
            raise ChainError(f"key {name}.{expiry} must hold an object of strikes")
        for strike, found in strikes.items():
            if not (isinstance(found, list) and all(isinstance(one, dict) for one in found)):
                raise ChainError(f"key {name}.{expiry}.{strike} must hold a list of contracts")
            for contract in found:
                yield contract | {
                    "expiry": expiry.partition(":")[0],
                    "odd size": _odd_size(contract),
                }


def _odd_size(contract: dict[str, Any]) -> bool:
    odd = contract.get("nonStandard") or contract.get("mini")
    return bool(odd) or contract.get("multiplier", 100) != 100


def _rate(percent: object) -> float | None:
    known = isinstance(percent, (int, float)) and percent != UNKNOWN
    return float(percent) / 100 if known else None  # type: ignore[arg-type]
