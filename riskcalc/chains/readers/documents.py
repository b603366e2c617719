"""JSON to a table of options at any depth; broker errors and truncated responses are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from riskcalc.chains.readers.facts import FileFacts, find_facts
from riskcalc.chains.readers.names import (
    ColumnNaming,
    column_naming,
    holds_contract,
    surrounding,
)
from riskcalc.chains.text_table import Column, Table, column_of, normalize_name
from riskcalc.errors import ChainError
from riskcalc.records import dataclass

if TYPE_CHECKING:
    import pandas as pd

MAPS = ("callExpDateMap", "putExpDateMap")


DEEPEST = 12
"""Objects within objects that are searched; no vendor nests half as deep."""

SHOWN = 40
KEY_SYMBOL = re.compile(r"[$^]?[A-Z]{1,5}")
KEY_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}|20\d{6}|1\d{9})(?![\d.]).*")
KEY_STRIKE = re.compile(r"\d{1,6}(\.\d+)?")
KEY_SIDE = re.compile(r"(calls?|puts?|ce|pe)(?![a-z]).*|(?P<map>call|put)(?=[A-Z]).*", re.IGNORECASE)
LONG_TEXT = 20
GROUP_NAME = "expirygroup"
"""Nasdaq's heading of an expiry, in a separate record."""

LEVELS = "levels"
"""Databento's list of an order book's levels, of which the first is the best bid and ask."""

EXPIRY_MAPS = ("callExpDateMap", "putExpDateMap")
"""Schwab's objects whose keys are expiries, whatever they look like."""

Record = dict[str, Any]


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
        raise ChainError("key options is null: the broker has no options of that symbol and expiry")
    data = document.get("data")
    if isinstance(data, dict) and "options" in data:
        if not isinstance(data["options"], (list, dict)):
            raise ChainError(f"key data.options must hold a list, got {_kind(data['options'])}")
        if not data["options"]:
            raise ChainError("key data.options holds no quotes")
    if document.get("s") in {"no_data", "error"}:
        raise ChainError(f"key s says {document['s']}: the vendor returned no chain")


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
    index_names = [name for name in source.index.names if name is not None and name not in source.columns]
    frame: pd.DataFrame = source.reset_index() if index_names else source
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
    rows: pd.DataFrame = frame.assign(
        underlyingPrice=underlying.get("regularMarketPrice"), quoteTime=underlying.get("regularMarketTime")
    )
    return rows


def _require_schwab(chain: dict[str, Any]) -> None:
    if chain.get("status", "SUCCESS") != "SUCCESS":
        raise ChainError(f"key status says {chain['status']}: the broker returned no chain")
    if chain.get("isChainTruncated"):
        raise ChainError("key isChainTruncated says that contracts are missing; ask for fewer expiries")
    for name in MAPS:
        if not isinstance(chain.get(name), dict):
            raise ChainError(f"key {name} must hold an object, got {_kind(chain.get(name))}")
        for expiry, strikes in chain[name].items():
            if not isinstance(strikes, dict):
                raise ChainError(f"key {name}.{expiry} must hold an object of strikes")
            for strike, options in strikes.items():
                if not (isinstance(options, list) and all(isinstance(result, dict) for result in options)):
                    raise ChainError(f"key {name}.{expiry}.{strike} must hold a list of contracts")
    if not any(chain[name] for name in MAPS):
        raise ChainError(f"holds no contracts in {' and '.join(MAPS)}")


def _kind(value: object) -> str:
    return "nothing" if value is None else str(value)[:40]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Options in one group."""

    records: Sequence[Any]
    surrounding: Mapping[str, Any]
    """Values that apply to the whole group."""
    path: str
    """Path of keys to the group."""


def groups_of(document: Any) -> list[Group]:  # noqa: ANN401 - any JSON value
    """Groups of options in a JSON value; empty if there are none."""
    return list(_search(document, {}, ""))


def _with_expiries(records: list[Any]) -> list[Any]:
    """Records of Nasdaq's, each with the expiry of the heading above it; the headings are left out."""
    expiry = ""
    complete: list[Any] = []
    for record in records:
        if not isinstance(record, dict):
            complete.append(record)  # refused with its place, later
            continue
        expiry = record.get(GROUP_NAME) or expiry
        if record.get("strike"):
            complete.append(
                {name: value for name, value in record.items() if name != "expiryDate"} | {GROUP_NAME: expiry}
            )
    return complete


def table_of_groups(groups: Sequence[Group]) -> tuple[Table, ColumnNaming, FileFacts]:
    """Table of all options, the meaning of its columns, and facts from the file's text.

    Raises
    ------
    ChainError
        A record is no object.
    """
    keyed = any(name.startswith("key ") for name in groups[0].surrounding)
    row_label = f"{groups[0].path}[{{}}]" if len(groups) == 1 and not keyed else "contract {}"
    records = [
        _flatten_record(record, row_label.format(number)) for number, record in enumerate(_records(groups))
    ]
    keys = dict.fromkeys(key for record in records for key in record)
    meaning = column_naming(tuple(keys))
    columns = {name: column_of([_text(record.get(name)) for record in records]) for name in meaning.columns()}
    counts = [len(group.records) for group in groups]
    above = dict.fromkeys(key for group in groups for key in group.surrounding)
    meant = surrounding(above)
    common = {field: list(names) for field, names in meaning.common.items()}
    for field, names in meant.items():
        for name in names:
            shown = f"{name} above" if name in keys else name
            columns[shown] = _repeat_texts([_text(group.surrounding.get(name)) for group in groups], counts)
            common.setdefault(field, []).append(shown)
    table = Table(
        columns=columns, row_numbers=np.arange(len(records)), row_label=row_label, column_word="key"
    )
    words = [value for group in groups[:1] for value in group.surrounding.values() if isinstance(value, str)]
    facts = find_facts([text for text in words if len(text) > LONG_TEXT])
    return table, ColumnNaming(common=common, call=meaning.call, put=meaning.put), facts


def _records(groups: Iterable[Group]) -> Iterator[Any]:
    for group in groups:
        yield from group.records


def _repeat_texts(texts: Sequence[str], counts: Sequence[int]) -> Column:
    column = column_of(texts)
    return Column(codes=np.repeat(column.codes, counts), texts=column.texts)


def _search(value: Any, above: Record, path: str, depth: int = 0) -> Iterator[Group]:  # noqa: ANN401 - any JSON value
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        yield from _search_list(value, above, path, depth)
    elif isinstance(value, dict):
        yield from _search_object(value, above, path, depth)


def _search_list(items: list[Any], above: Record, path: str, depth: int) -> Iterator[Group]:
    if _is_rows(items):
        header, *rows = items
        items = [dict(zip(header, row, strict=False)) if isinstance(row, list) else row for row in rows]
    if any(_is_option(item, above) for item in items if isinstance(item, dict)):
        if any(isinstance(item, dict) and GROUP_NAME in item for item in items):
            items = _with_expiries(items)
        yield Group(records=items, surrounding=above, path=path)
        return
    for number, item in enumerate(items):
        if isinstance(item, (dict, list)):
            yield from _search(item, above, f"{path}[{number}]", depth + 1)


def _search_object(record: Record, above: Record, path: str, depth: int) -> Iterator[Group]:
    siblings = above | _scalars(record)
    if (rows := _columns_as_rows(record)) is not None:
        yield Group(records=rows, surrounding=siblings, path=path)
    elif _is_option(record, above):
        yield Group(records=[record], surrounding=above, path=path)
    elif (keyed := _keyed_options(record, above)) is not None:
        yield Group(records=keyed, surrounding=above, path=path)
    else:
        for key, child in record.items():
            if isinstance(child, (dict, list)):
                mapped = {"key expiry": key.partition(":")[0]} if path in EXPIRY_MAPS else {}
                inside = siblings | (mapped or _contract_in_key(key))
                yield from _search(child, inside, f"{path}.{key}" if path else key, depth + 1)


def _keyed_options(record: Record, above: Record) -> list[Record] | None:
    """Options stored under keys: their symbols, their strikes, or pandas' row numbers."""
    if not record or not all(isinstance(value, dict) for value in record.values()):
        return None
    key, first = next(iter(record.items()))
    contract = _contract_in_key(key)
    if not {"key contract", "key strike"} & contract.keys() or not _is_option(first, above | contract):
        # One quote of the underlying may stand before its options.
        key = next((key for key in record if holds_contract(key)), "")
        if not (key and _is_option(record[key], above | _contract_in_key(key))):
            return None
    if "strike" in column_naming(tuple(record[key])).common:
        return list(record.values())  # the keys are numbers of rows
    return [_contract_in_key(key) | value for key, value in record.items()]


def _is_option(record: Any, above: Record) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record is an option itself: it has a bid and an ask, and no object in it is an option."""
    if not _names_an_option(record, above):
        return False
    inner = ((key, value) for key, value in record.items() if isinstance(value, dict))
    return not any(_names_an_option(value, _contract_in_key(key)) for key, value in inner)


def _names_an_option(record: Any, above: Record) -> bool:  # noqa: ANN401 - any JSON value
    """Whether there are bid and ask, and the record or its parent keys identify the option."""
    if not isinstance(record, dict):
        return False
    flat = _flatten_record(record, "")
    meaning = column_naming((*flat, *(name for name in above if name.startswith("key "))))
    if not meaning.of_chain:
        return False
    fields = set(meaning.common).union(*meaning.sides.values())
    if fields & {"strike", "contract", "link"}:
        return True
    return any(holds_contract(flat.get(name)) for name in meaning.common.get("symbol", ()))


def _contract_in_key(key: str) -> Record:
    """Fields that a key defines for everything under it."""
    if holds_contract(key):
        return {"key contract": key}
    if match := KEY_DAY.fullmatch(key):
        return {"key expiry": match[1]}
    if KEY_STRIKE.fullmatch(key):
        return {"key strike": key}
    if match := KEY_SIDE.fullmatch(key):
        return {"key type": "call" if key[0] in "cC" else "put"}
    return {"key symbol": key} if KEY_SYMBOL.fullmatch(key) else {}


def _columns_as_rows(record: Record) -> list[Any] | None:
    """Rows of a table stored by column, as MarketData.app and pandas write it."""
    columns = record.get("columns")
    if isinstance(columns, list) and isinstance(record.get("data"), list):
        if column_naming(tuple(map(str, columns))).of_chain:
            names = tuple(map(str, columns))
            rows = record["data"]
            return [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in rows]
        return None
    arrays = {key: value for key, value in record.items() if isinstance(value, list) and value}
    if _is_table(arrays) and len({len(value) for value in arrays.values()}) == 1:
        return [dict(zip(arrays, row, strict=True)) for row in zip(*arrays.values(), strict=True)]
    numbered = {key: value for key, value in record.items() if isinstance(value, dict)}
    if len(numbered) == len(record) and _is_table(numbered):
        keys = list(next(iter(numbered.values())))
        return [{name: column.get(key) for name, column in numbered.items()} for key in keys]
    return None


def _is_table(columns: Mapping[str, Any]) -> bool:
    """Whether the columns hold plain values."""
    if not column_naming(tuple(columns)).of_chain:
        return False
    firsts = (
        next(iter(column.values() if isinstance(column, dict) else column), None)
        for column in columns.values()
    )
    return not any(isinstance(value, (dict, list)) for value in firsts)


def _is_rows(items: list[Any]) -> bool:
    """Whether a list is a header and rows below it."""
    lists = bool(items) and all(isinstance(item, list) for item in items[:2])
    return (
        lists and all(isinstance(name, str) for name in items[0]) and column_naming(tuple(items[0])).of_chain
    )


def _scalars(record: Record) -> Record:
    """Plain values of an object, and of those in it that hold no options."""
    values: Record = {}
    for key, value in record.items():
        if isinstance(value, dict) and normalize_name(key) in {
            "underlying",
            "quote",
            "underlyingasset",
            "stock",
            "meta",
        }:
            values |= {f"{key}.{name}": inner for name, inner in value.items() if _is_plain(inner)}
        elif _is_plain(value):
            values[key] = value
    return values


def _is_plain(value: object) -> bool:
    return not isinstance(value, (dict, list))


def _flatten_record(record: Any, location: str, prefix: str = "", depth: int = 0) -> Record:  # noqa: ANN401 - any JSON value
    """Flatten a record: values of nested objects get dotted names."""
    if not isinstance(record, dict):
        raise ChainError(f"{location} is not a record of an option: {str(record)[:SHOWN]}")
    if not prefix and not any(isinstance(value, (dict, list)) for value in record.values()):
        return record
    values: Record = {}
    for key, value in record.items():
        inner = value[0] if key == LEVELS and isinstance(value, list) and value else value
        if isinstance(inner, dict) and depth < DEEPEST:
            if "raw" in inner:
                values[prefix + key] = inner["raw"]  # Yahoo's number beside its text
            else:
                values |= _flatten_record(inner, location, f"{prefix}{key}.", depth + 1)
        elif not isinstance(inner, (dict, list)):
            values[prefix + key] = inner
    return values


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
