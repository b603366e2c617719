"""What columns and keys mean: a reader names them, and the typed rows are made here once for all formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from riskcalc.chains.array_types import Codes, Days, Flags, Floats, Texts
from riskcalc.chains.cells import Cells
from riskcalc.chains.clean import QuoteRows
from riskcalc.errors import ChainError

UNSOLVED_VOL = 1.1e-5
"""Vendors write 0, and Yahoo 1e-5, where they found no volatility."""
UNKNOWN = -999.0
"""Brokers write this for a Greek or vol that they do not have."""
STANDARD_SIZES = ("", "REGULAR", "100", "100.0", "False", "false")
"""What a contract of 100 shares says in a column of its size, or in one that marks those of another."""

Names = Mapping[str, str]
"""Field of `QuoteRows` to the file's own name; ``contract`` is an OCC symbol, ``size`` that of a contract."""


def quote_rows(cells: Cells, names: Names, *, vol_unit: float = 1.0, rate: float | None = None) -> QuoteRows:
    """Typed rows of a table.

    Parameters
    ----------
    cells : Cells
        The table; any column may be missing but strike, bid and ask, and what tells one option from another.
    names : mapping of str to str
        What the file calls each field.
    vol_unit : float
        What a volatility of 1.00 is in the file: 100 where it writes percent.
    rate : float, optional
        Interest rate that the file states, per year.

    Raises
    ------
    ChainError
        A needed column is missing, or a cell is not what its column holds.
    """
    identity = _identity(cells, names)

    def numbers(field: str) -> Floats:
        found = cells.numbers(names.get(field, ""))
        return np.where(found == UNKNOWN, np.nan, found)

    vol = numbers("quoted_vol") / vol_unit
    rows = QuoteRows(
        **identity,
        bid=numbers("bid"),
        ask=numbers("ask"),
        last=numbers("last"),
        open_interest=numbers("open_interest"),
        volume=numbers("volume"),
        quoted_vol=np.where(vol > UNSOLVED_VOL, vol, np.nan),
        quoted_delta=numbers("quoted_delta"),
        quoted_gamma=numbers("quoted_gamma"),
        quoted_theta_per_day=numbers("quoted_theta_per_day"),
        quoted_vega_per_point=numbers("quoted_vega_per_point"),
        spot=numbers("spot"),
        quote_time=cells.times(names.get("quote_time", "")),
        trade_time=cells.times(names.get("trade_time", "")),
        place=cells.table.places,
        place_text=cells.table.place_text,
        spot_field=_said(cells, names, "spot"),
        time_fields=_said(cells, names, "quote_time", "trade_time"),
        rate=rate,
    )
    cells.check()
    return rows


def require_columns(cells: Cells, names: Names, *, kind: str) -> None:
    """Raise a ChainError that lists what a file of this kind lacks."""
    needed = ["strike", "bid", "ask"]
    if _has(cells, names, "contract"):
        needed.remove("strike")
    else:
        needed += ["expiry", "option_type"]
    missing = [names.get(field, field) for field in needed if not _has(cells, names, field)]
    if missing:
        raise ChainError(f"looks like {kind} but lacks {', '.join(missing)}")


class Identity(TypedDict):
    """What each row is a quote of."""

    symbol: Texts
    standard: Flags
    expiry: Days
    option_type: Codes
    strike: Floats


def _identity(cells: Cells, names: Names) -> Identity:
    """Identity from the contract's symbol, and from the columns of their own where they are there."""
    regular = np.isin(cells.texts(names.get("size", "")), STANDARD_SIZES)
    if not _has(cells, names, "contract"):
        return {
            "symbol": np.strings.upper(cells.texts(names.get("symbol", ""))),
            "standard": regular,
            "expiry": cells.days(names["expiry"]),
            "option_type": cells.option_types(names["option_type"]),
            "strike": cells.strikes(names["strike"]),
        }
    contracts = cells.contracts(names["contract"])
    own = {field: names[field] for field in names if _has(cells, names, field)}
    return {
        "symbol": contracts.symbol,
        "standard": regular & contracts.standard,
        "expiry": cells.days(own["expiry"]) if "expiry" in own else contracts.expiry,
        "option_type": cells.option_types(own["option_type"])
        if "option_type" in own
        else contracts.option_type,
        "strike": cells.strikes(own["strike"]) if "strike" in own else contracts.strike,
    }


def _has(cells: Cells, names: Names, field: str) -> bool:
    return cells.has(names.get(field, ""))


def _said(cells: Cells, names: Names, *fields: str) -> str:
    """The file's own names of some fields, for messages."""
    found = [names[field] for field in fields if field in names]
    if not found:
        return f"no {cells.table.column_word} for it"
    return f"{cells.table.column_word}{'s' if len(found) > 1 else ''} {', '.join(found)}"
