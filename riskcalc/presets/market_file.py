"""Today's market: ``market.toml``, the prices that every preset uses in place of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskcalc.domain import CashDividend, Instrument, Quote, Source
from riskcalc.environment import data_folder
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets.fields import (
    Date,
    FeeRate,
    NoneOrList,
    Price,
    Rate,
    Section,
    Symbol,
    Version,
    Vol,
)
from riskcalc.presets.files import edit_toml, parse_toml, read_text
from riskcalc.presets.problems import problem_lines, problems_in
from riskcalc.presets.schema import DividendShape
from riskcalc.presets.units_parsing import percent_text
from riskcalc.records import dataclass

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

NEW_FILE = """\
# Today's market: `riskcalc quote` writes it, and every preset takes its prices from here.

schema = 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuote:
    """Stored quote of one symbol."""

    date: dt.date
    """Day of the spot."""
    spot: float
    """[dollars]"""
    vol: float | None = None
    """At-the-money implied volatility, per sqrt(year); None leaves it to the preset."""
    vol_date: dt.date | None = None
    """Day of the volatility; None is the day of the spot."""
    dividend_yield: float | None = None
    borrow_fee: float | None = None
    dividends: tuple[CashDividend, ...] | None = None
    source: str = "typed"
    """``typed``, ``chain`` or ``live``."""

    @property
    def day_of_vol(self) -> dt.date:
        """Day of the volatility."""
        return self.vol_date or self.date


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMarket:
    """Prices that presets use in place of their own."""

    quotes: Mapping[str, KnownQuote] = field(default_factory=dict)
    rate: float | None = None
    rate_date: dt.date | None = None
    source: Source = Source.MARKET_FILE


class KnownQuoteShape(Section):
    """``[quotes.SYMBOL]``."""

    date: Date = Field(description="day of the spot, like 2026-11-30")
    spot: Price = Field(description="price of one share [dollars], > 0")
    vol: Vol | None = Field(default=None, description="at-the-money implied volatility, like 19%")
    vol_date: Date | None = Field(default=None, description="day of the vol; default: that of the spot")
    dividend_yield: Rate | None = Field(default=None, description="continuous dividend yield, like 1.1%")
    borrow_fee: FeeRate | None = Field(default=None, description="borrow fee on shares sold short, per year")
    dividends: Annotated[tuple[DividendShape, ...] | None, *NoneOrList] = Field(
        default=None, description='cash dividends: a list by rising ex_date, or "none"'
    )
    source: Literal["typed", "chain", "live"] = Field(default="typed", description="typed, chain or live")

    def record(self) -> KnownQuote:
        """A stored quote as written in ``market.toml``."""
        dividends = (
            None if self.dividends is None else tuple(dividend.record() for dividend in self.dividends)
        )
        Quote(
            spot=self.spot,
            vol=self.vol or 0.0,
            dividend_yield=self.dividend_yield or 0.0,
            borrow_fee=self.borrow_fee or 0.0,
            dividends=dividends or (),
        )
        return KnownQuote(**{**dict(self), "dividends": dividends})


class MarketFileShape(BaseModel):
    """A whole ``market.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, title="riskcalc market")

    version: Version = Field(default=SCHEMA_VERSION, alias="schema", description="schema version: schema = 1")
    rate: Rate | None = Field(default=None, description="continuously compounded risk-free rate, like 3.9%")
    rate_date: Date | None = Field(default=None, description="day of the rate")
    quotes: dict[Symbol, KnownQuoteShape] = Field(
        default_factory=dict, description="one table per symbol, like [quotes.IWM]"
    )


def market_path() -> Path:
    """Return the file of the market of today, which need not exist."""
    return data_folder() / "market.toml"


def read_market(path: Path | None = None) -> KnownMarket:
    """Read the market of today; nothing is known without a file.

    Raises
    ------
    PresetError
        The file cannot be read, was written by a newer schema, or breaks the schema; a line per problem.
    """
    path = market_path() if path is None else path
    if not path.exists():
        return KnownMarket()
    return _read(read_text(path, kind="market"), path)


def write_quotes(
    quotes: Mapping[str, KnownQuote], *, rate: float | None = None, date: dt.date, path: Path | None = None
) -> Path:
    """Write prices to the market of today; comments, other symbols and other keys are kept.

    Parameters
    ----------
    quotes : mapping
        What is now known, by symbol: a whole record each, see `quoted_now`.
    rate : float or None
        Interest rate, continuous, per year; None keeps the one that is there.
    date : date
        Day of the rate.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PresetError
        The file cannot be read or written; nothing is changed.
    """
    import tomlkit  # noqa: PLC0415 - reading needs none

    path = market_path() if path is None else path
    with edit_toml(path, kind="market", check=_read, empty=NEW_FILE) as document:
        if rate is not None:
            _put(document, {"rate": percent_text(rate), "rate_date": date})
        if quotes:
            tables = document.setdefault("quotes", tomlkit.table(is_super_table=True))
            for symbol, quote in quotes.items():
                if symbol not in tables:
                    tables[symbol] = tomlkit.table()
                _put(tables[symbol], _quote_data(quote))
    return path


def quoted_now(
    before: KnownQuote | None,
    *,
    symbol: str,
    date: dt.date,
    spot: float | None,
    vol: float | None = None,
    dividend_yield: float | None = None,
    source: str = "typed",
) -> KnownQuote:
    """Return a stored quote updated with new values.

    Raises
    ------
    InvalidInputError
        Nothing is known of the symbol's price, or it is a pair, which has none of its own.
    """
    held, pair, against = symbol.partition("/")
    if pair:
        raise InvalidInputError(f"{symbol} has no price of its own: give {held} and {against}")
    if spot is None and before is None:
        raise InvalidInputError(f"{symbol} has no price yet: give it too, {symbol}=PRICE")
    day = date if spot is not None or before is None else before.date
    old_vol, old_yield = (None, None) if before is None else (before.vol, before.dividend_yield)
    day_of_vol = date if vol is not None or before is None else before.day_of_vol
    return KnownQuote(
        date=day,
        spot=before.spot if spot is None and before is not None else spot or 0.0,
        vol=old_vol if vol is None else vol,
        vol_date=None if day_of_vol == day else day_of_vol,
        dividend_yield=old_yield if dividend_yield is None else dividend_yield,
        borrow_fee=None if before is None else before.borrow_fee,
        dividends=None if before is None else before.dividends,
        source=source if spot is not None or before is None else before.source,
    )


def _read(text: str, path: Path) -> KnownMarket:
    data = parse_toml(text, path, newest=SCHEMA_VERSION)
    try:
        shape = MarketFileShape.model_validate(data)
    except ValidationError as error:
        lines = problem_lines(problems_in(error, data, shape=MarketFileShape), path)
        raise PresetError("\n".join(lines)) from None
    pairs = [symbol for symbol in shape.quotes if "/" in symbol]
    if pairs:
        raise PresetError(f"{path}: quotes.{pairs[0]} has no price of its own: its funds have")
    return KnownMarket(
        quotes={symbol: quote.record() for symbol, quote in shape.quotes.items()},
        rate=shape.rate,
        rate_date=shape.rate_date,
    )


def _quote_data(quote: KnownQuote) -> dict[str, Any]:
    """A quote as written in the file; dividends stay as they are."""
    rates = {"vol": quote.vol, "dividend_yield": quote.dividend_yield, "borrow_fee": quote.borrow_fee}
    texts = {key: percent_text(value) for key, value in rates.items() if value is not None}
    vol = {"vol": texts.pop("vol", None), "vol_date": quote.vol_date}
    return {"date": quote.date, "spot": quote.spot} | vol | texts | {"source": quote.source}


def _put(table: Any, values: Mapping[str, Any]) -> None:  # noqa: ANN401 - tomlkit's tables share no type
    """Set keys in place, so that comments stay; None removes one."""
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        elif table.get(key) != value:
            table[key] = value


def needed_symbols(underlying: Instrument) -> tuple[str, ...]:
    """Return the symbols whose prices a trade needs: its own, or those of a pair's funds."""
    return (underlying.held, underlying.against) if underlying.against else (underlying.symbol,)


def missing_prices(market: KnownMarket, symbols: Iterable[str]) -> tuple[str, ...]:
    """Return those of some symbols that nothing is known of."""
    return tuple(symbol for symbol in symbols if symbol not in market.quotes)
