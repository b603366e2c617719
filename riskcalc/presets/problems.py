"""Everything that is wrong with a preset's data, one plain line for each problem."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from riskcalc.domain import INSTRUMENTS
from riskcalc.presets.key_docs import KeyPath, description, dotted, item, keys_at, nearest
from riskcalc.presets.schema import PresetShape
from riskcalc.presets.schema_trade import QUOTE_CORRELATION, QUOTE_SPOT, QUOTE_VOL

Problem = tuple[KeyPath, str]
"""Where, and what in a line that names the place."""

_WANTED = {
    "model_type": "a table",
    "dict_type": "a table",
    "tuple_type": "a list",
    "string_type": "text",
    "too_short": "at least one entry",
}


def problem_lines(
    problems: Iterable[Problem], path: Path, *, overridden: Collection[tuple[str, ...]] = ()
) -> list[str]:
    """Each problem in one line, with where it was written: in the file, or in an override."""
    lines = [f"{_origin(place, path, overridden)}: {text}" for place, text in problems]
    return list(dict.fromkeys(" ".join(line.split("\n")) for line in lines))


def _origin(place: KeyPath, path: Path, overridden: Collection[tuple[str, ...]]) -> str:
    steps = tuple(map(str, place))
    return "override" if any(steps[: len(key)] == key for key in overridden) else str(path)


def problems_in(
    error: ValidationError, data: Mapping[str, Any], *, shape: type[BaseModel] = PresetShape
) -> list[Problem]:
    """Return what pydantic found in data that should have had a shape, in plain English."""
    # pydantic calls a list too short when its entries are wrong; those have lines of their own.
    real = (found for found in error.errors() if found["type"] != "too_short" or not found["input"])
    return [_problem(found, data, shape) for found in real]


def problems_between(data: Mapping[str, Any]) -> list[Problem]:
    """Return what no table alone can see: an underlying without a quote, a rule without its option."""
    trade, market, exits = (_table(data, key) for key in ("trade", "market", "exits"))
    symbol, quotes, legs = trade.get("symbol"), market.get("quotes"), trade.get("legs")
    found: list[Problem] = []
    symbol = symbol.upper() if isinstance(symbol, str) else None
    if symbol in INSTRUMENTS and isinstance(quotes, Mapping) and symbol not in quotes:
        quoted = ", ".join(sorted(map(str, quotes))) or "none"
        missing = f"market.quotes.{symbol} is missing: the trade is on it; quoted: {quoted}"
        found.append((("trade", "symbol"), missing))
    found += _problems_of_quotes(quotes if isinstance(quotes, Mapping) else {})
    if "close_dte" in exits and isinstance(legs, list) and _only_shares(legs):
        text = "exits.close_dte needs an option leg; use exits.holding_days for shares"
        found.append((("exits", "close_dte"), text))
    return found


def _problems_of_quotes(quotes: Mapping[str, Any]) -> list[Problem]:
    """Quotes that lack what no other quote supplies."""
    found: list[Problem] = []
    for symbol, quote in quotes.items():
        known = INSTRUMENTS.get(symbol)
        if not isinstance(quote, Mapping):
            continue
        if known and known.against:
            lacking = _problems_of_pair(symbol, quote)
        else:
            lacking = _problems_of_outright(symbol, quote, quotes)
        found += [(("market", "quotes", symbol, key), text) for key, text in lacking]
    return found


def _problems_of_outright(
    symbol: str, quote: Mapping[str, Any], quotes: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    place = f"market.quotes.{symbol}"
    if "spot" not in quote:
        yield "spot", f"{place}.spot is missing: {QUOTE_SPOT}"
    if "vol" not in quote and not _has_vol(quotes, _benchmark(symbol)):
        yield "vol", f"{place}.vol is missing: {QUOTE_VOL}"
    if "correlation" in quote:
        yield "correlation", f"{place}.correlation is for pairs, like IWM/SPY"


def _problems_of_pair(symbol: str, quote: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if ("vol" in quote) == ("correlation" in quote):
        yield "vol", f"market.quotes.{symbol} must have one of vol and correlation ({QUOTE_CORRELATION})"


def _benchmark(symbol: str) -> str:
    fund = INSTRUMENTS.get(symbol)
    return fund.benchmark if fund else ""


def _has_vol(quotes: Mapping[str, Any], symbol: str) -> bool:
    quote = quotes.get(symbol)
    return isinstance(quote, Mapping) and "vol" in quote


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}


def _only_shares(legs: list[Any]) -> bool:
    return all(isinstance(leg, Mapping) and leg.get("kind") == "shares" for leg in legs)


def _problem(error: ErrorDetails, data: Mapping[str, Any], shape: type[BaseModel]) -> Problem:
    path, value = _place(error, data)
    if error["type"] == "value_error":
        return _named(str(error["ctx"]["error"]), error, path, value, shape)
    if error["type"].startswith("union_tag"):
        path = (*path, "kind")
    return path, _text(error, path, value, data, shape)


def _place(error: ErrorDetails, data: object) -> tuple[KeyPath, object]:
    """Where in the file the error lies, and what stands there."""
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
    place, kind, context = dotted(path), error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"{place} is missing: {description(path, data, shape=shape)}"
    if kind == "extra_forbidden":
        return f"{place} is not a known key; {nearest(path, data, shape=shape)}"
    if kind == "union_tag_not_found":
        return f"{place} is missing: call, put or shares"
    if kind == "union_tag_invalid":
        kinds = " or ".join(context["expected_tags"].rsplit(", ", 1))
        return f"{place} must be {kinds}, got {context['tag']!r}"
    wanted = context["expected"] if kind == "literal_error" else _WANTED.get(kind)
    got = reprlib.repr(value)
    return f"{place} must be {wanted}, got {got}" if wanted else f"{place}: {error['msg'].lower()}, got {got}"


def _named(
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
