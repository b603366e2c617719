"""Tables in memory: DataFrames, and what yfinance answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def frame_of(source: Any) -> pd.DataFrame | None:  # noqa: ANN401 - whatever a caller gives
    """A DataFrame, or one of yfinance's whole answer; None for anything else.

    A named index counts as columns; one that only numbers the rows does not.
    """
    if hasattr(source, "calls") and hasattr(source, "puts"):
        return answer_frame(source)
    if not hasattr(source, "to_csv"):
        return None
    if hasattr(source, "to_frame") and not hasattr(source, "columns"):
        source = source.to_frame()
    named = [name for name in source.index.names if name is not None and name not in source.columns]
    frame: pd.DataFrame = source.reset_index() if named else source
    return frame


def answer_frame(answer: Any) -> pd.DataFrame:  # noqa: ANN401 - yfinance has no types
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
