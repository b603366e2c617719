"""Schema of a preset file, and the same as a JSON schema."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from riskcalc.domain import (
    CashDividend,
    Instrument,
    InstrumentTable,
    Market,
    Quote,
    Settlement,
    find_instrument,
    instrument,
    pair_quote,
)
from riskcalc.errors import InvalidInputError
from riskcalc.presets.fields import (
    Correlation,
    Date,
    Dollars,
    FeeRate,
    NoneOrList,
    Price,
    Rate,
    Section,
    Signal,
    TimeOfDay,
    Version,
    Vol,
)
from riskcalc.presets.legs import KINDS, LegShape
from riskcalc.presets.schema_rules import AccountShape, EntryShape, ExitsShape, ViewShape
from riskcalc.presets.template import LegTemplate, TradeTemplate

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""


QUOTE_SPOT = "price of one share [dollars], > 0"
"""What a quote's spot is; that of a pair is the first fund's."""

QUOTE_CORRELATION = "correlation of the two funds of a pair, like 0.85; implies its vol"
QUOTE_VOL = "at-the-money implied volatility, like 20%"
"""What a quote's vol is; required but for a fund whose benchmark is quoted with one, and a pair."""


class PresetShape(BaseModel):
    """A whole preset."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, title="riskcalc preset")

    version: Version = Field(alias="schema", description="schema version: schema = 1")
    name: str = Field(default="", description="name of the trade; default: the file's name")
    description: str = Field(default="", description="purpose of the trade, in one line")
    market: MarketShape = Field(description="date, rate and quotes")
    trade: TradeShape = Field(description="symbol and legs")
    exits: ExitsShape = Field(description="stop, targets and time stop")
    account: AccountShape = Field(default_factory=AccountShape, description="equity, risk and costs")
    entry: EntryShape = Field(default_factory=EntryShape, description="days, widest stop and triggers")
    view: ViewShape = Field(default_factory=ViewShape, description="expected drift and realized volatility")


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a preset, for editors that complete and check TOML.

    Examples
    --------
    >>> json_schema()["required"]
    ['schema', 'market', 'trade', 'exits']
    """
    return PresetShape.model_json_schema()


class DividendShape(Section):
    """One of ``market.quotes.SYMBOL.dividends``; whether one is a forecast is computed, never written."""

    ex_date: Date = Field(description="ex-dividend date, like 2026-06-16")
    amount: Dollars = Field(description="cash paid [dollars per share]")
    special: bool = Field(default=False, description="one-time dividend: not used for forecasts")

    def record(self) -> CashDividend:
        """The dividend."""
        return CashDividend(ex_date=self.ex_date, amount=self.amount, special=self.special)


class QuoteShape(Section):
    """``[market.quotes.SYMBOL]``."""

    spot: Price | None = Field(default=None, description=QUOTE_SPOT)
    vol: Vol | None = Field(default=None, description=QUOTE_VOL)
    correlation: Correlation | None = Field(default=None, description=QUOTE_CORRELATION)
    dividend_yield: Rate = Field(default=0.0, description="continuous dividend yield, like 1.1%")
    borrow_fee: FeeRate = Field(default=0.0, description="borrow fee on shares sold short, per year, like 8%")
    dividends: Annotated[tuple[DividendShape, ...], *NoneOrList] = Field(
        default=(), description='cash dividends: a list by rising ex_date, a CSV file, or "none"'
    )

    def record(self, *, spot: float = 1.0, vol: float = 0.0) -> Quote:
        """The quote, with a spot and a vol for those left out."""
        return Quote(
            spot=spot if self.spot is None else self.spot,
            vol=vol if self.vol is None else self.vol,
            dividend_yield=self.dividend_yield,
            borrow_fee=self.borrow_fee,
            dividends=tuple(dividend.record() for dividend in self.dividends),
        )


class MarketShape(Section):
    """``[market]``: market data of one date."""

    date: Date = Field(description="market date, like 2026-07-20")
    pinned: bool = Field(
        default=False, description="true keeps this market, whatever market.toml says of today"
    )
    time: TimeOfDay | None = Field(
        default=None, description="time of day in New York, like 10:30; default: the close"
    )
    rate: Rate = Field(description="continuously compounded risk-free rate, like 4%")
    quotes: dict[str, QuoteShape] = Field(description="one table per symbol, like [market.quotes.IWM]")
    signals: dict[str, Signal] = Field(
        default_factory=dict, description='observed signals, like sp500_move = "-3.4%"'
    )

    def record(
        self, *, in_percent: Collection[str] = (), instruments: InstrumentTable | None = None
    ) -> Market:
        """Return the market; bare signals are percent if their rule is."""
        known = {symbol: find_instrument(symbol, instruments=instruments) for symbol in self.quotes}
        pairs = {symbol: quote for symbol, quote in known.items() if quote and quote.against}
        quotes = {
            symbol: shape.record(vol=self._fund_vol(known[symbol]))
            for symbol, shape in self.quotes.items()
            if symbol not in pairs
        }
        quotes |= {symbol: self._pair_quote(pair, quotes) for symbol, pair in pairs.items()}
        signals = {
            name: level.amount / 100 if name in in_percent and level.unit != "%" else level.amount
            for name, level in self.signals.items()
        }
        return Market(date=self.date, time=self.time, rate=self.rate, quotes=quotes, signals=signals)

    def check_record(self, instruments: InstrumentTable | None) -> None:
        """Raise InvalidInputError where the market would not be valid, given the instruments by symbol."""
        self.record(instruments=instruments)

    def _pair_quote(self, pair: Instrument, quotes: Mapping[str, Quote]) -> Quote:
        symbol, shape = pair.symbol, self.quotes[pair.symbol]
        for fund in (pair.held, pair.against):
            if fund not in quotes:
                raise InvalidInputError(
                    f"quotes must hold {fund}: {symbol} is {pair.held} against {pair.against}"
                )
        usual = pair_quote(quotes[pair.held], quotes[pair.against], correlation=shape.correlation or 0.0)
        return shape.record(spot=usual.spot, vol=usual.vol)

    def _fund_vol(self, fund: Instrument | None) -> float:
        """Vol of a daily-reset fund where its benchmark is quoted: leverage times the benchmark's.

        Leung & Sircar, "Implied volatility of leveraged ETF options", Applied Mathematical Finance (2015).
        """
        benchmark = self.quotes.get(fund.benchmark) if fund else None
        return fund.leverage_factor * (benchmark.vol or 0.0) if fund and benchmark else 0.0


class TradeShape(Section):
    """``[trade]``: symbol and legs."""

    symbol: str = Field(description="symbol of the underlying, like IWM")
    settlement: Literal["am", "pm"] | None = Field(
        default=None, description="settlement of third-Friday options: at the open (am) or the close (pm)"
    )
    legs: tuple[LegShape, ...] = Field(
        min_length=1, description=f"the legs, each a [[trade.legs]] of kind {KINDS}"
    )

    def record(self, *, instruments: InstrumentTable | None = None) -> TradeTemplate:
        """The trade, its name and entry rules still open."""
        legs: tuple[LegTemplate, ...] = tuple(leg.record() for leg in self.legs)
        underlying = instrument(self.symbol, instruments=instruments)
        if self.settlement is not None:
            underlying = replace(underlying, monthly_settlement=Settlement(self.settlement))
        return TradeTemplate(instrument=underlying, legs=legs)

    def check_record(self, instruments: InstrumentTable | None) -> None:
        """Raise InvalidInputError where the trade would not be valid, given the instruments by symbol."""
        self.record(instruments=instruments)
