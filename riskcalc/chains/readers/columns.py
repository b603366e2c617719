"""Conversion of a table of text to typed rows, for any layout."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypedDict

import numpy as np

from riskcalc.chains.occ_symbols import OccColumns, is_occ, occ_root
from riskcalc.chains.quote_rows import QuoteRows, concatenate_rows
from riskcalc.chains.readers.facts import FileFacts
from riskcalc.chains.readers.names import ColumnNaming, strike_units, unit_factor
from riskcalc.chains.text_table import Column
from riskcalc.chains.typed_columns import OPTION_WORDS, Cells
from riskcalc.domain import OptionType, underlying_symbol
from riskcalc.errors import ChainError
from riskcalc.pricing.arrays import Codes, Days, Flags, Floats, Texts
from riskcalc.records import dataclass

UNSOLVED_VOL = 1.1e-5
"""Placeholder of vendors for a missing volatility: 0, or Yahoo's 1e-5."""
UNKNOWN = -999.0
"""Placeholder of brokers for a missing Greek or volatility."""
STANDARD_SIZES = ("", "regular", "standard", "100", "100.0")
"""Values of a contract-size column for 100 shares."""
NOT_MARKED = ("", "false", "0", "0.0", "n", "no", "none", "nan", "null")
"""Values that mark a standard contract."""
LINKED = re.compile(r"(?<![a-z])([a-z.]{1,6})-+(\d{6}[cp]\d{8})", re.IGNORECASE)
MS_A_DAY = 86_400_000
LINKED_NAME = "linked contract"
YFINANCE_MARK = "contractSymbol"
YFINANCE_NAMES = {"spot": "underlyingPrice", "quote_time": "quoteTime", "trade_time": "lastTradeDate"}
"""Names that scripts use for columns added to yfinance's."""
NUMBERS = (
    *("bid", "ask", "last", "open_interest", "volume"),
    *("quoted_delta", "quoted_gamma", "quoted_theta_per_day", "quoted_vega_per_point"),
)
COALESCED = ("symbol", "spot", "quote_time", "trade_time", "expiry", "strike", "option_type")
"""Fields for which a second column fills empty cells of the first."""

ADJUSTED_ROOT = re.compile(r"[A-Z]{1,5}[0-9]")
"""``TZA1``: contracts of an adjusted root deliver something else than 100 shares."""
LONGEST_ROOT = 7
SHOWN_CLASHES = 3
BAD_DAY = np.datetime64("0001-01-01", "D")
"""Marker for a cell that is not a date and was already reported."""
SATURDAY = 5
"""Monthly options expired on the Saturday after their last day of trading until 2015."""

Columns = Mapping[str, Sequence[str]]


def typed_rows(cells: Cells, names: ColumnNaming, facts: FileFacts) -> QuoteRows:
    """Typed rows of a table, calls and puts of one row apart.

    Parameters
    ----------
    cells : Cells
        The table.
    names : Naming
        What its columns mean.
    facts : Facts
        What the file says beside them.

    Raises
    ------
    ChainError
        A needed column is missing, a cell is not what its column holds, or columns contradict each other.
    """
    _require_identity(cells, names)
    dates = ("expiry", "quote_time", "trade_time")
    cells = cells.dated(
        name for fields in names.sides.values() for field in dates for name in fields.get(field, ())
    )
    parts = []
    for side, fields in names.sides.items():
        side_fields = _Fields.of(cells, fields)
        if side and "contract" in side_fields.columns:
            # An outer merge has rows with one side only.
            side_fields = side_fields.take(side_fields.cells.filled(side_fields.columns["contract"]))
        if len(side_fields.cells.table):
            parts.append(_rows(side_fields, side, facts))
    cells.check()
    if not parts:
        raise ChainError("has a header but no quotes")
    return concatenate_rows(parts)


def _require_identity(cells: Cells, names: ColumnNaming) -> None:
    """Raise a ChainError that lists what tells one option from another and is not there."""
    symbols = {name for fields in names.sides.values() for name in fields.get("symbol", ())}
    of_contracts = any(is_occ(cells.first_text(name)) for name in symbols)
    missing = [name for name in names.missing if name in {"bid", "ask"} or not of_contracts]
    if missing:
        raise ChainError(f"looks like a chain, but no {cells.table.column_word} gives {', '.join(missing)}")


@dataclass(frozen=True, slots=True)
class _Fields:
    """The column used for each field."""

    cells: Cells
    columns: dict[str, str]

    @classmethod
    def of(cls, cells: Cells, names: Columns) -> _Fields:
        """Use the first column of each field that contains valid values."""
        columns_of = {field: _best_column(cells, field, columns) for field, columns in names.items()}
        columns = {field: name for field, name in columns_of.items() if name}
        if "contract" not in columns and is_occ(cells.first_text(columns.get("symbol", ""))):
            columns["contract"] = columns.pop("symbol")
        if "link" in columns and "contract" not in columns:
            cells, columns["contract"] = _symbols_from_links(cells, columns["link"])
        for field in COALESCED:
            cells = _fill_from_next(
                cells, [name for name in names.get(field, ()) if name != columns.get("contract")]
            )
        return cls(cells, columns)

    def take(self, rows: Flags) -> _Fields:
        return dataclasses.replace(self, cells=self.cells.take(rows))

    def has(self, field: str) -> bool:
        return field in self.columns

    def numbers(self, field: str) -> Floats:
        name = self.columns.get(field, "")
        if not self.cells.has(name):
            return np.full(len(self.cells.table), np.nan)
        values = self.cells.numbers(name)
        return np.where(
            values == UNKNOWN, np.nan, values * unit_factor(field, name, self.cells.table, values)
        )

    def times(self, field: str) -> Days:
        return self.cells.times(self.columns.get(field, ""))

    def unlike(self, field: str, usual: Sequence[str]) -> Flags:
        """Whether the text of each row is outside the usual ones."""
        name = self.columns.get(field, "")
        return self.cells.by_text(name, lambda text: text.lower() not in usual, dtype=np.bool_)

    def file_names(self, *fields: str) -> str:
        """The file's own names of some fields, for messages."""
        word = self.cells.table.column_word
        hints = YFINANCE_NAMES if YFINANCE_MARK in self.cells.table.columns else {}
        names = {**hints, **self.columns}
        names_found = [names[field] for field in fields if field in names]
        return (
            f"{word}{'s' if len(names_found) > 1 else ''} {', '.join(names_found)}"
            if names_found
            else f"no {word} for it"
        )


def _best_column(cells: Cells, field: str, names: Sequence[str]) -> str:
    """The first column that contains a valid value."""
    filled = [name for name in names if cells.first_text(name)]
    if field == "contract":
        filled = [name for name in filled if is_occ(_first_contract(cells, name))] or filled
    elif field == "option_type":
        filled = [name for name in filled if cells.first_text(name).lower() in OPTION_WORDS] or filled
    elif field == "spot":
        filled = [name for name in filled if cells.first_text(name) not in {"0", "0.0"}]
    return next(iter(filled or names), "")


def _first_contract(cells: Cells, name: str) -> str:
    """First symbol of an option in the column; quotes of the underlying may precede it."""
    texts = cells.column(name).texts
    return next((text for text in texts if is_occ(text)), cells.first_text(name))


def _fill_from_next(cells: Cells, names: Sequence[str]) -> Cells:
    """Fill the empty cells of the first column from the next ones."""
    filled = [name for name in names if cells.first_text(name)]
    if len(filled) < 2 or cells.filled(filled[0]).all():
        return cells
    columns = dict(cells.table.columns)
    for name in filled[1:]:
        first, second = columns[filled[0]], columns[name]
        has_value = cells.filled(filled[0])
        codes = np.where(has_value, first.codes, second.codes + len(first.texts)).astype(np.int32)
        columns[filled[0]] = Column(codes, [*first.texts, *second.texts])
        cells = dataclasses.replace(cells, table=dataclasses.replace(cells.table, columns=columns))
    return cells


def _symbols_from_links(cells: Cells, name: str) -> tuple[Cells, str]:
    """Option symbols from the URLs of their pages."""
    column = cells.column(name)
    symbols = [match[1] + match[2] if (match := LINKED.search(text)) else "" for text in column.texts]
    columns = {**cells.table.columns, LINKED_NAME: Column(column.codes, symbols)}
    return dataclasses.replace(cells, table=dataclasses.replace(cells.table, columns=columns)), LINKED_NAME


def _rows(fields: _Fields, side: str, facts: FileFacts) -> QuoteRows:
    """Typed rows of one side."""
    fields, spot = _without_underlying(fields)
    identity = _identity(fields, side, facts)
    vol = fields.numbers("quoted_vol" if fields.has("quoted_vol") else "quoted_vol_percent")
    quote_time = _quote_time(fields, facts)
    location = facts.location
    return QuoteRows(
        **identity,
        **{name: fields.numbers(name) for name in NUMBERS},
        quoted_vol=np.where(vol > UNSOLVED_VOL, vol, np.nan),
        spot=_spot(fields, facts.spot if np.isnan(spot) else spot),
        quote_time=quote_time,
        trade_time=fields.times("trade_time"),
        row_number=fields.cells.table.row_numbers,
        file=np.zeros(len(quote_time), dtype=np.int32),
        row_labels=(fields.cells.table.row_label,),
        spot_field=f"Last, {location}" if location and not fields.has("spot") else fields.file_names("spot"),
        time_fields=f"Date, {location}"
        if location and not fields.has("quote_time")
        else fields.file_names("quote_time", "bid_time", "ask_time", "trade_time"),
        rate=_rate(fields),
        strike_units=strike_units(fields.columns.get("strike", ""), fields.cells.table),
    )


def _without_underlying(fields: _Fields) -> tuple[_Fields, float]:
    """Rows of options only, and the underlying's price if one row quotes it."""
    name = fields.columns.get("contract", "")
    cells = fields.cells
    if not name:
        return fields, np.nan
    texts = cells.column(name).texts
    short = [code for code, text in enumerate(texts) if 0 < len(text.strip()) <= LONGEST_ROOT]
    roots = {occ_root(text) for text in texts} if short else set()
    quoted = [code for code in short if texts[code].strip() in roots]
    rows = np.isin(cells.column(name).codes, quoted) & ~cells.filled(fields.columns.get("strike", ""))
    if not rows.any():
        return fields, np.nan
    underlying_fields = fields.take(rows)
    mid = (underlying_fields.numbers("bid") + underlying_fields.numbers("ask")) / 2
    return fields.take(~rows), float(np.median(mid)) if np.isfinite(mid).all() else np.nan


class Identity(TypedDict):
    """Option that each row quotes."""

    symbol: Texts
    standard: Flags
    expiry: Days
    option_type: Codes
    strike: Floats


def _identity(fields: _Fields, side: str, facts: FileFacts) -> Identity:
    """Identity from the contract's symbol and from separate columns, which must agree."""
    cells = fields.cells
    regular_dividends = ~(
        fields.unlike("size", STANDARD_SIZES)
        | fields.unlike("adjusted", NOT_MARKED)
        | fields.unlike("mini", NOT_MARKED)
    )
    from_columns = _own_identity(fields, side)
    if not fields.has("contract"):
        missing = [field for field in ("expiry", "strike", "option_type") if field not in from_columns]
        if missing:
            word = cells.table.column_word
            raise ChainError(
                f"looks like a chain, but no {word} gives {', '.join(missing)}".replace("option_", "")
            )
        root_of = partial(_root, "" if fields.has("symbol") else facts.symbol)
        name = fields.columns.get("symbol", "")
        ordinary = cells.by_text(
            name, lambda text: not ADJUSTED_ROOT.fullmatch(root_of(text)), dtype=np.bool_
        )
        underlying = cells.by_text(name, lambda text: _underlying(root_of(text)), dtype=np.str_)
        return {"symbol": underlying, "standard": regular_dividends & ordinary, **from_columns}  # type: ignore[typeddict-item]
    contracts = cells.contracts(fields.columns["contract"])
    if fields.columns["contract"] == LINKED_NAME:
        from_columns.setdefault("option_type", np.full(len(cells.table), OptionType.CALL, dtype=np.int8))
    else:
        _require_agreement(fields, from_columns, contracts)
    identity = {
        field: from_columns.get(field, getattr(contracts, field))
        for field in ("expiry", "option_type", "strike")
    }
    standard = regular_dividends & contracts.standard
    return {"symbol": _underlyings(contracts.symbol), "standard": standard, **identity}  # type: ignore[typeddict-item]


def _root(symbol: str, text: str) -> str:
    """Root of a cell, or the file's own symbol if it states one for all rows."""
    return symbol or text.upper()


def _underlying(root: str) -> str:
    """Symbol of the underlying of a root."""
    return underlying_symbol(root[:-1] if ADJUSTED_ROOT.fullmatch(root) else root)


def _underlyings(roots: Texts) -> Texts:
    """Symbol of the underlying of each root."""
    distinct, code = np.unique(roots, return_inverse=True)
    symbols: Texts = np.array([_underlying(root) for root in distinct.tolist()], dtype=np.str_)[code]
    return symbols


def _own_identity(fields: _Fields, side: str) -> dict[str, Any]:
    """Expiry, type and strike from their own columns."""
    cells, columns = fields.cells, fields.columns
    identity: dict[str, Any] = {}
    if "expiry" in columns:
        identity["expiry"] = cells.days(columns["expiry"])
    if "strike" in columns:
        identity["strike"] = cells.strikes(columns["strike"])
    if "option_type" in columns and (not side) and not _type_column_is_other(fields):
        identity["option_type"] = cells.option_types(columns["option_type"])
    elif side and columns.get("contract", LINKED_NAME) == LINKED_NAME:
        kind = OptionType.CALL if side == "call" else OptionType.PUT
        identity["option_type"] = np.full(len(cells.table), kind, dtype=np.int8)
    return identity


def _type_column_is_other(fields: _Fields) -> bool:
    """Whether the type column holds something else, as Databento's ``side``, and the symbol the type."""
    first = fields.cells.first_text(fields.columns["option_type"]).lower()
    return first not in OPTION_WORDS and fields.has("contract")


def _require_agreement(fields: _Fields, from_columns: dict[str, Any], contracts: OccColumns) -> None:
    """Convert strikes in thousandths; refuse columns that contradict the contract's symbol."""
    if "strike" in from_columns and np.allclose(
        from_columns["strike"], 1000 * contracts.strike, rtol=0, atol=0.5
    ):
        from_columns["strike"] = contracts.strike
    for field, values in from_columns.items():
        from_symbol = getattr(contracts, field)
        differs = (
            ~np.isclose(values, from_symbol, rtol=0, atol=1e-6)
            if field == "strike"
            else values != from_symbol
        )
        if field == "expiry":
            differs &= ~_same_expiry(values, from_symbol) & (values > BAD_DAY)
        if field == "strike":
            differs &= ~np.isnan(values)
        differs &= contracts.valid
        for row in np.flatnonzero(differs)[:SHOWN_CLASHES].tolist():
            fields.cells.problems.append(
                (int(fields.cells.table.row_numbers[row]), _clash_message(fields, field, values[row], row))
            )


def _same_expiry(expiries: Days, other: Days) -> Flags:
    """Whether two days are the Friday and the Saturday of one expiry."""
    later = np.maximum(expiries, other)
    weekday = (later.astype("datetime64[D]").astype(np.int64) + 3) % 7
    same: Flags = (np.abs((expiries - other).astype(np.int64)) == 1) & (weekday == SATURDAY)
    return same


def _clash_message(fields: _Fields, field: str, value: Any, row: int) -> str:  # noqa: ANN401 - a value of any column
    cells, name = fields.cells, fields.columns[field]
    contract = cells.column(fields.columns["contract"])
    symbol = contract.texts[contract.codes[row]]
    text = (
        OptionType(int(value)).name.lower()
        if field == "option_type"
        else f"{value:g}"
        if field == "strike"
        else value
    )
    return f"{cells.table.column_word} {name} says {text}, but the option's symbol is {symbol}"


def _spot(fields: _Fields, file_spot: float) -> Floats:
    """Price of the underlying beside each quote: of its column, or the middle of its bid and ask."""
    spot = fields.numbers("spot")
    mid = (fields.numbers("spot_bid") + fields.numbers("spot_ask")) / 2
    spot = np.where(spot > 0, spot, mid)
    return np.where(spot > 0, spot, file_spot)


def _quote_time(fields: _Fields, facts: FileFacts) -> Days:
    """Time of each quote: of its column, or the later one of its bid and ask."""
    time = fields.times("quote_time")
    if fields.has("time_of_day"):
        ms = np.nan_to_num(fields.numbers("time_of_day"))
        time = time + np.clip(ms, 0, MS_A_DAY - 1).astype("timedelta64[ms]").astype("timedelta64[s]")
    if np.isnat(time).all():
        time = np.fmax(fields.times("bid_time"), fields.times("ask_time"))
    if np.isnat(time).all() and np.isnat(facts.time):
        time = fields.times("updated")
    times: Days = np.where(np.isnat(time), facts.time, time)
    return times


def _rate(fields: _Fields) -> float | None:
    """Interest rate that the file states in percent."""
    rates = fields.numbers("rate")
    finite = rates[np.isfinite(rates)]
    return float(finite[0]) / 100 if finite.size else None
