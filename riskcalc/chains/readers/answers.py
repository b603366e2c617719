"""Broker API answers: errors and truncated chains are refused, yfinance answers become frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskcalc.errors import ChainError

if TYPE_CHECKING:
    import pandas as pd

MAPS = ("callExpDateMap", "putExpDateMap")


def require_answer(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """Refuse a failed, empty or truncated answer.

    Raises
    ------
    ChainError
        The answer says so itself.
    """
    if not isinstance(document, dict):
        return
    if any(name in document for name in MAPS):
        _require_schwab(document)
    if "options" in document and document["options"] in (None, "null"):
        raise ChainError("key options is null: the broker knows no options of that symbol and expiry")
    data = document.get("data")
    if isinstance(data, dict) and "options" in data:
        if not isinstance(data["options"], (list, dict)):
            raise ChainError(f"key data.options must hold a list, got {_kind(data['options'])}")
        if not data["options"]:
            raise ChainError("key data.options holds no quotes")
    if document.get("s") in {"no_data", "error"}:
        raise ChainError(f"key s says {document['s']}: the vendor answered with no chain")


def find_frame(source: Any) -> pd.DataFrame | None:  # noqa: ANN401 - whatever a caller gives
    """A DataFrame, or one of yfinance's whole answer; None for anything else.

    A named index counts as columns; one that only numbers the rows does not.
    """
    if hasattr(source, "calls") and hasattr(source, "puts"):
        return yfinance_frame(source)
    if not hasattr(source, "to_csv"):
        return None
    if hasattr(source, "to_frame") and not hasattr(source, "columns"):
        source = source.to_frame()
    named = [name for name in source.index.names if name is not None and name not in source.columns]
    frame: pd.DataFrame = source.reset_index() if named else source
    return frame


def yfinance_frame(answer: Any) -> pd.DataFrame:  # noqa: ANN401 - yfinance has no types
    """Calls and puts of yfinance's ``option_chain(expiry)`` in one table, with the underlying's price."""
    import pandas as pd  # noqa: PLC0415 - slow to import, and only tables need it

    underlying = getattr(answer, "underlying", None) or {}
    tables = [
        table.assign(optionType=kind)
        for kind, table in (("call", answer.calls), ("put", answer.puts))
        if table is not None and len(table)
    ]
    if not tables:
        return pd.DataFrame()
    frame = tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)
    found: pd.DataFrame = frame.assign(
        underlyingPrice=underlying.get("regularMarketPrice"), quoteTime=underlying.get("regularMarketTime")
    )
    return found


def _require_schwab(chain: dict[str, Any]) -> None:
    if chain.get("status", "SUCCESS") != "SUCCESS":
        raise ChainError(f"key status says {chain['status']}: the broker answered with no chain")
    if chain.get("isChainTruncated"):
        raise ChainError("key isChainTruncated says that contracts are missing; ask for fewer expiries")
    for name in MAPS:
        if not isinstance(chain.get(name), dict):
            raise ChainError(f"key {name} must hold an object, got {_kind(chain.get(name))}")
        for expiry, strikes in chain[name].items():
            if not isinstance(strikes, dict):
                raise ChainError(f"key {name}.{expiry} must hold an object of strikes")
            for strike, found in strikes.items():
                if not (isinstance(found, list) and all(isinstance(one, dict) for one in found)):
                    raise ChainError(f"key {name}.{expiry}.{strike} must hold a list of contracts")
    if not any(chain[name] for name in MAPS):
        raise ChainError(f"holds no contracts in {' and '.join(MAPS)}")


def _kind(value: object) -> str:
    return "nothing" if value is None else str(value)[:40]
