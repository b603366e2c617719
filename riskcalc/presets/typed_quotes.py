"""Typed prices, ``IWM=297.40``, as quotes by symbol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from riskcalc.domain import instrument
from riskcalc.errors import InvalidInputError
from riskcalc.presets.amounts import parse_money
from riskcalc.presets.market_file import KnownQuote, quoted_now, read_market
from riskcalc.presets.units_parsing import parse_rate, parse_vol


def typed_quotes(
    prices: Iterable[str], vols: Iterable[str], yields: Iterable[str], *, date: dt.date
) -> dict[str, KnownQuote]:
    """Return the stored quotes of each symbol, updated with typed values.

    Parameters
    ----------
    prices, vols, yields : iterable of str
        Each like ``IWM=297.40``, ``IWM=19%`` and ``TNA=0.8%``.
    date : date
        Day of what was typed.

    Raises
    ------
    InvalidInputError
        A text has another form or its value is out of range, a symbol comes twice, or has no price.
    PresetError
        The market of today cannot be read.
    """
    return updated_quotes(
        _pairs(prices, parse_money, form="IWM=297.40", name="price"),
        _pairs(vols, parse_vol, form="IWM=19%", name="vol"),
        _pairs(yields, parse_rate, form="TNA=0.8%", name="yield"),
        date=date,
    )


def updated_quotes(
    spots: Mapping[str, float],
    vols: Mapping[str, float],
    yields: Mapping[str, float],
    *,
    date: dt.date,
    source: str = "typed",
) -> dict[str, KnownQuote]:
    """Return the updated quote of each symbol, after checking that its values are in range.

    Parameters
    ----------
    spots, vols, yields : mapping
        By symbol: [dollars], per sqrt(year), and per year.
    date : date
        Day of all of them.
    source : str
        ``typed``, ``chain`` or ``live``.

    Raises
    ------
    InvalidInputError
        A symbol has no price.
    PresetError
        The market of today cannot be read.
    """
    before = read_market().quotes
    return {
        symbol: quoted_now(
            before.get(symbol),
            symbol=symbol,
            date=date,
            spot=spots.get(symbol),
            vol=vols.get(symbol),
            dividend_yield=yields.get(symbol),
            source=source,
        )
        for symbol in dict.fromkeys((*spots, *vols, *yields))
    }


def _pairs(texts: Iterable[str], parse: Callable[..., float], *, form: str, name: str) -> dict[str, float]:
    """Values by symbol, of texts like ``IWM=297.40``."""
    pairs: dict[str, float] = {}
    for text in texts:
        symbol, equals, value = text.partition("=")
        if not equals:
            raise InvalidInputError(f"a {name} must be like {form}, got {text!r}")
        known = instrument(symbol).symbol
        if known in pairs:
            raise InvalidInputError(f"{known} has two {name}s")
        pairs[known] = parse(value, field=f"{known} {name}")
    return pairs
