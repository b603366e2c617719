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
    OptionType,
    Quote,
    Settlement,
    ShareLeg,
    Side,
    find_instrument,
    instrument,
    pair_quote,
)
from riskcalc.errors import InvalidInputError
from riskcalc.presets.fields import (
    Correlation,
    Count,
    Date,
    Days,
    Delta,
    Dollars,
    FeeRate,
    Move,
    NoneOrList,
    Price,
    Rate,
    Section,
    Signal,
    TimeOfDay,
    Version,
    Vol,
)
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike, StrikeRule
from riskcalc.presets.schema_rules import AccountShape, EntryShape, ExitsShape, ViewShape
from riskcalc.presets.template import LegTemplate, OptionTemplate, TradeTemplate

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""


QUOTE_SPOT = "price of one share [dollars], > 0"
"""What a quote's spot is; that of a pair is the first fund's."""

QUOTE_CORRELATION = "correlation of the two funds of a pair, like 0.85; implies its vol"
QUOTE_VOL = "at-the-money implied volatility, like 20%"
"""What a quote's vol is; required but for a fund whose benchmark is quoted with one, and a pair."""


class PresetShape(BaseModel):
    """A whole preset."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="riskcalc preset")

    version: Version = Field(alias="schema", description="schema version: schema = 1")
    name: str = Field(default="", description="name of the trade; default: the file's name")
    description: str = Field(default="", description="purpose of the trade, in one line")
    market: MarketShape = Field(description="date, rate and quotes")
    trade: TradeShape = Field(description="symbol and legs")
    exits: ExitsShape = Field(description="stop, targets and time stop")
    account: AccountShape = Field(description="equity, risk and costs")
    entry: EntryShape = Field(default_factory=EntryShape, description="days, widest stop and triggers")
    view: ViewShape = Field(default_factory=ViewShape, description="expected drift and realized volatility")


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a preset, for editors that complete and check TOML.

    Examples
    --------
    >>> json_schema()["required"]
    ['schema', 'market', 'trade', 'exits', 'account']
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
        """The market of that date; a bare signal whose rule is in percent is, too."""
        known = {symbol: find_instrument(symbol, known=instruments) for symbol in self.quotes}
        pairs = {symbol: found for symbol, found in known.items() if found and found.against}
        quotes = {
            symbol: shape.record(vol=self._fund_vol(known[symbol]))
            for symbol, shape in self.quotes.items()
            if symbol not in pairs
        }
        quotes |= {symbol: self._pair_quote(pair, quotes) for symbol, pair in pairs.items()}
        signals = {
            name: level.amount / 100 if name in in_percent and not level.percent else level.amount
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


class OptionLegShape(Section):
    """``[[trade.legs]]`` of kind call or put."""

    kind: Literal["call", "put"]
    side: Literal["long", "short"] = Field(description="long (bought) or short (sold)")
    contracts: Count = Field(default=1, description="contracts per unit of the trade, >= 1")
    strike: Price | None = Field(default=None, description="exact strike [dollars]")
    moneyness: Move | None = Field(default=None, description="strike by moneyness, like +10%, ATM")
    delta: Delta | None = Field(default=None, description="strike by its absolute spot delta, in (0, 1)")
    expiry: Date | None = Field(default=None, description="exact expiry, like 2026-09-18")
    days: Days | None = Field(default=None, description="target DTE in calendar days, >= 1")
    premium: Dollars | None = Field(default=None, description="entry price [dollars per share]")
    vol: Vol | None = Field(default=None, description="IV of this leg, like 20%")
    spread_cost: Dollars = Field(
        default=0.0, description="round-trip cost of the bid-ask width [dollars per share]"
    )

    def record(self) -> OptionTemplate:
        """The leg, its strike and expiry still rules."""
        self._require_one_of("strike", "moneyness", "delta")
        self._require_one_of("expiry", "days")
        return OptionTemplate(
            side=Side[self.side.upper()],
            option_type=OptionType[self.kind.upper()],
            strike=self._strike(),
            expiry=self.expiry or self.days or 0,
            contracts=self.contracts,
            premium=self.premium,
            vol=self.vol,
            spread_cost=self.spread_cost,
        )

    def _strike(self) -> StrikeRule:
        if self.strike is not None:
            return ExactStrike(strike=self.strike)
        if self.moneyness is not None:
            return MoneynessStrike(move=self.moneyness)
        return DeltaStrike(delta=self.delta or 0.0)

    def _require_one_of(self, *keys: str) -> None:
        given = list(self.given(*keys))
        if len(given) != 1:
            wanted = f"{', '.join(keys[:-1])} and {keys[-1]}"
            raise InvalidInputError(
                f"exactly one of {wanted} must be set, got {' and '.join(given) or 'none'}"
            )


class ShareLegShape(Section):
    """``[[trade.legs]]`` of kind shares."""

    kind: Literal["shares"]
    side: Literal["long", "short"] = Field(description="long (bought) or short (sold)")
    shares: Count = Field(default=1, description="shares per unit of the trade, >= 1")
    entry_price: Price | None = Field(
        default=None, description="entry price [dollars per share]; else the spot"
    )
    spread_cost: Dollars = Field(
        default=0.0, description="round-trip cost of the bid-ask width [dollars per share]"
    )

    def record(self) -> ShareLeg:
        """The leg."""
        return ShareLeg(
            side=Side[self.side.upper()],
            shares=self.shares,
            entry_price=self.entry_price,
            spread_cost=self.spread_cost,
        )


LegShape = Annotated[OptionLegShape | ShareLegShape, Field(discriminator="kind")]


class TradeShape(Section):
    """``[trade]``: symbol and legs."""

    symbol: str = Field(description="symbol of the underlying, like IWM")
    settlement: Literal["am", "pm"] | None = Field(
        default=None, description="settlement of third-Friday options: at the open (am) or the close (pm)"
    )
    legs: tuple[LegShape, ...] = Field(
        min_length=1, description="the legs, each a [[trade.legs]] of kind call, put or shares"
    )

    def record(self, *, instruments: InstrumentTable | None = None) -> TradeTemplate:
        """The trade, its name and entry rules still open."""
        legs: tuple[LegTemplate, ...] = tuple(leg.record() for leg in self.legs)
        underlying = instrument(self.symbol, known=instruments)
        if self.settlement is not None:
            underlying = replace(underlying, monthly_settlement=Settlement(self.settlement))
        return TradeTemplate(instrument=underlying, legs=legs)

    def check_record(self, instruments: InstrumentTable | None) -> None:
        """Raise InvalidInputError where the trade would not be valid, given the instruments by symbol."""
        self.record(instruments=instruments)
