"""Problems of a preset's data, one line each, and the known keys."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from riskcalc.domain import Instrument, InstrumentTable, find_instrument, underlying_symbol
from riskcalc.domain.instrument_table import SYMBOL
from riskcalc.presets.legs import KINDS
from riskcalc.presets.schema import QUOTE_CORRELATION, QUOTE_SPOT, QUOTE_VOL, PresetShape

Step = str | int
KeyPath = tuple[Step, ...]
"""A place in a preset: ``("trade", "legs", 0, "strike")``."""
Problem = tuple[KeyPath, str]
"""Place and one-line description of a problem."""

_WANTED = {
    "model_type": "a table",
    "dict_type": "a table",
    "tuple_type": "a list",
    "string_type": "text",
    "too_short": "at least one entry",
}


Node = Mapping[str, Any]


def problem_lines(
    problems: Iterable[Problem], path: Path, *, overridden: Collection[tuple[str, ...]] = ()
) -> list[str]:
    """Each problem in one line, with where it was written: in the file, or in an override."""
    lines = [f"{_origin(key_path, path, overridden)}: {text}" for key_path, text in problems]
    return list(dict.fromkeys(" ".join(line.split("\n")) for line in lines))


def _origin(key_path: KeyPath, path: Path, overridden: Collection[tuple[str, ...]]) -> str:
    steps = tuple(map(str, key_path))
    return "override" if any(steps[: len(key)] == key for key in overridden) else str(path)


def problems_in(
    error: ValidationError, data: Mapping[str, Any], *, shape: type[BaseModel] = PresetShape
) -> list[Problem]:
    """Return what pydantic found in data that should have had a shape, in plain English."""
    # pydantic calls a list too short when its entries are wrong; those have lines of their own.
    real = (details for details in error.errors() if details["type"] != "too_short" or not details["input"])
    return [_problem(details, data, shape) for details in real]


def problems_between(data: Mapping[str, Any], *, instruments: InstrumentTable | None = None) -> list[Problem]:
    """Return problems between tables: an underlying without a quote, a rule without its option."""
    trade, market, exits = (_table(data, key) for key in ("trade", "market", "exits"))
    symbol, quotes, legs = trade.get("symbol"), market.get("quotes"), trade.get("legs")
    problems: list[Problem] = []
    symbol = underlying_symbol(symbol) if isinstance(symbol, str) else ""
    if SYMBOL.fullmatch(symbol) and isinstance(quotes, Mapping) and symbol not in quotes:
        quoted = ", ".join(sorted(map(str, quotes))) or "none"
        missing = f"market.quotes.{symbol} is missing: the trade is on it; quoted: {quoted}"
        problems.append((("trade", "symbol"), missing))
    problems += _problems_of_quotes(quotes if isinstance(quotes, Mapping) else {}, instruments)
    if "close_dte" in exits and isinstance(legs, list) and _only_shares(legs):
        text = "exits.close_dte needs an option leg; use exits.holding_days for shares"
        problems.append((("exits", "close_dte"), text))
    return problems


def _problems_of_quotes(quotes: Mapping[str, Any], instruments: InstrumentTable | None) -> list[Problem]:
    """Problems of quotes with missing values."""
    problems: list[Problem] = []
    for symbol, quote in quotes.items():
        instrument = find_instrument(symbol, instruments=instruments)
        if not isinstance(quote, Mapping):
            continue
        if instrument and instrument.against:
            lacking = _problems_of_pair(symbol, quote)
        else:
            lacking = _problems_of_outright(symbol, quote, quotes, benchmark=_benchmark(instrument))
        problems += [(("market", "quotes", symbol, key), text) for key, text in lacking]
    return problems


def _problems_of_outright(
    symbol: str, quote: Mapping[str, Any], quotes: Mapping[str, Any], *, benchmark: str
) -> Iterator[tuple[str, str]]:
    key = f"market.quotes.{symbol}"
    if "spot" not in quote:
        yield "spot", f"{key}.spot is missing: {QUOTE_SPOT}"
    if "vol" not in quote and not _has_vol(quotes, benchmark):
        yield "vol", f"{key}.vol is missing: {QUOTE_VOL}"
    if "correlation" in quote:
        yield "correlation", f"{key}.correlation is for pairs, like IWM/SPY"


def _problems_of_pair(symbol: str, quote: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if ("vol" in quote) == ("correlation" in quote):
        yield "vol", f"market.quotes.{symbol} must have one of vol and correlation ({QUOTE_CORRELATION})"


def _benchmark(fund: Instrument | None) -> str:
    return fund.benchmark if fund else ""


def _has_vol(quotes: Mapping[str, Any], symbol: str) -> bool:
    quote = quotes.get(symbol)
    return isinstance(quote, Mapping) and "vol" in quote


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = data.get(key)
    return table if isinstance(table, Mapping) else {}


def _only_shares(legs: list[Any]) -> bool:
    return all(isinstance(leg, Mapping) and leg.get("kind") == "shares" for leg in legs)


def _problem(error: ErrorDetails, data: Mapping[str, Any], shape: type[BaseModel]) -> Problem:
    path, value = _place(error, data)
    if error["type"] == "value_error":
        return _with_file_key(str(error["ctx"]["error"]), error, path, value, shape)
    if error["type"].startswith("union_tag"):
        path = (*path, "kind")
    return path, _text(error, path, value, data, shape)


def _place(error: ErrorDetails, data: object) -> tuple[KeyPath, object]:
    """Path of the error in the file, and the value there."""
    steps = list(error["loc"])
    if steps[:2] == ["trade", "legs"]:
        del steps[3:4]  # pydantic puts the kind of the leg there
    path: list[str | int] = []
    for step in steps:
        known, below = item(data, step)
        if not known and error["type"] != "missing":
            break  # a lone value that stands for a list or a table
        data = below if known else data
        path.append(step)
    return tuple(path), data


def _text(
    error: ErrorDetails, path: KeyPath, value: object, data: Mapping[str, Any], shape: type[BaseModel]
) -> str:
    key, kind, context = dotted(path), error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"{key} is missing: {description(path, data, shape=shape)}"
    if kind == "extra_forbidden":
        return f"{key} is not a known key; {nearest(path, data, shape=shape)}"
    if kind == "union_tag_not_found":
        return f"{key} is missing: {KINDS}"
    if kind == "union_tag_invalid":
        kinds = " or ".join(context["expected_tags"].rsplit(", ", 1))
        return f"{key} must be {kinds}, got {context['tag']!r}"
    expected = context["expected"] if kind == "literal_error" else _WANTED.get(kind)
    got = reprlib.repr(value)
    return f"{key} must be {expected}, got {got}" if expected else f"{key}: {error['msg'].lower()}, got {got}"


def _with_file_key(
    message: str, error: ErrorDetails, path: KeyPath, value: object, shape: type[BaseModel]
) -> Problem:
    """The domain's message, its field written as the file's key."""
    field, _, rest = message.partition(" ")
    if field in error["loc"]:
        return path, f"{dotted(path)} {rest}"
    if isinstance(value, Mapping) and field in keys_at(path, shape=shape):
        path = (*path, field)
        return path, f"{dotted(path)} {rest}"
    return path, f"{dotted(path)}: {message}"


def dotted(path: Sequence[Step]) -> str:
    """Write a path as people do: ``trade.legs.0.strike``."""
    return ".".join(str(step) for step in path)


def item(data: object, step: Step) -> tuple[bool, Any]:
    """Return whether data hold something one step further down, and what."""
    if isinstance(data, Mapping):
        return step in data, data.get(step)
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return True, data[step]
    return False, None


def keys_at(
    path: Sequence[Step], data: object = None, *, shape: type[BaseModel] = PresetShape
) -> tuple[str, ...]:
    """Return the known keys of the table at a path; empty where there is none.

    Parameters
    ----------
    path : sequence of str or int
        Where to look.
    data : object
        The file's data, which tell a leg's kind; without them a leg has the keys of every kind.
    shape : type of BaseModel
        What the file should hold; a preset by default.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> keys_at(("view",))
    ('drift', 'vol')
    """
    keys = [key for node in _nodes(path, data, shape) for key in node.get("properties", {})]
    return tuple(dict.fromkeys(keys))


def is_known(path: Sequence[Step]) -> bool:
    """Whether a preset may hold something at a path."""
    return bool(_nodes(path, None, PresetShape))


def is_list(path: Sequence[Step]) -> bool:
    """Whether a preset holds a list at a path."""
    return any("items" in node for node in _nodes(path, None, PresetShape))


def description(path: Sequence[Step], data: object, *, shape: type[BaseModel] = PresetShape) -> str:
    """Return the meaning of a key in one line."""
    for node in _nodes(path[:-1], data, shape):
        if path[-1] in node.get("properties", {}):
            return str(node["properties"][path[-1]].get("description", ""))
    return ""


def nearest(path: Sequence[Step], data: object = None, *, shape: type[BaseModel] = PresetShape) -> str:
    """Suggest the known key nearest to an unknown one, or list the known keys.

    Examples
    --------
    >>> nearest(("exits", "stpo"))
    'did you mean exits.stop?'
    """
    *table, wrong = path
    keys = keys_at(table, data, shape=shape)
    if not keys:
        return f"{dotted(table)} is a single value"
    of_another_kind = wrong in keys_at(table, shape=shape)
    near = [] if of_another_kind else difflib.get_close_matches(str(wrong), keys, n=1)
    if near:
        return f"did you mean {dotted([*table, near[0]])}?"
    elsewhere = [] if of_another_kind else _paths_elsewhere(str(wrong), shape)
    return f"did you mean {elsewhere[0]}?" if elsewhere else f"known here: {', '.join(keys)}"


def _paths_elsewhere(wrong: str, shape: type[BaseModel]) -> list[str]:
    """Paths of the same key in another table: ``stop`` written outside of exits."""
    tables = keys_at((), shape=shape)
    return [f"{table}.{wrong}" for table in tables if wrong in keys_at((table,), shape=shape)]


def _nodes(path: Sequence[Step], data: object, shape: type[BaseModel]) -> list[Node]:
    """The parts of the JSON schema that may describe a path."""
    root = _schema(shape)
    nodes = _plain(root, data, root)
    for step in path:
        _, data = item(data, step)
        below = [child for node in nodes for child in _children(node, step)]
        nodes = [plain for child in below for plain in _plain(child, data, root)]
    return nodes


def _children(node: Node, step: Step) -> list[Node]:
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    if isinstance(step, int):
        return [node["items"]] if "items" in node else []
    extra = node.get("additionalProperties")
    return [extra] if isinstance(extra, Mapping) else []


def _plain(node: Node, data: object, root: Node) -> list[Node]:
    """A node without references and alternatives; a leg's kind decides among its alternatives."""
    if "$ref" in node:
        return _plain(root["$defs"][node["$ref"].rsplit("/", 1)[1]], data, root)
    by_kind = node.get("discriminator", {}).get("mapping", {})
    if isinstance(data, Mapping) and data.get("kind") in tuple(by_kind):
        return _plain({"$ref": by_kind[data["kind"]]}, data, root)
    choices = node.get("anyOf") or node.get("oneOf")
    return [plain for choice in choices for plain in _plain(choice, data, root)] if choices else [node]


@cache
def _schema(shape: type[BaseModel]) -> Node:
    return shape.model_json_schema()
