"""The tables that say what is observed and what is traded: market and trade."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from riskcalc.domain import CashDividend, Market, OptionType, Quote, ShareLeg, Side, instrument
from riskcalc.errors import InvalidInputError
from riskcalc.presets.fields import (
    Count,
    Date,
    Days,
    Delta,
    Dollars,
    Move,
    NoneOrList,
    Price,
    Rate,
    Signal,
    Vol,
)
from riskcalc.presets.section import Section
from riskcalc.presets.strikes import DeltaStrike, ExactStrike, MoneynessStrike, StrikeRule
from riskcalc.presets.template import LegTemplate, OptionTemplate, TradeTemplate


class DividendShape(Section):
    """One of ``market.quotes.SYMBOL.dividends``; whether one is a forecast is computed, never written."""

    ex_date: Date = Field(description="first day without the dividend, like 2026-06-16")
    amount: Dollars = Field(description="cash paid [dollars per share]")

    def record(self) -> CashDividend:
        """The dividend."""
        return CashDividend(ex_date=self.ex_date, amount=self.amount)


class QuoteShape(Section):
    """``[market.quotes.SYMBOL]``."""

    spot: Price = Field(description="price of one share [dollars], > 0")
    vol: Vol = Field(description="at-the-money implied volatility, like 20%")
    dividend_yield: Rate = Field(default=0.0, description="continuous dividend yield, like 1.1%")
    dividends: Annotated[tuple[DividendShape, ...], *NoneOrList] = Field(
        default=(), description='cash dividends: a list by rising ex_date, a CSV file, or "none"'
    )

    def record(self) -> Quote:
        """The quote."""
        return Quote(
            spot=self.spot,
            vol=self.vol,
            dividend_yield=self.dividend_yield,
            dividends=tuple(dividend.record() for dividend in self.dividends),
        )


class MarketShape(Section):
    """``[market]``: all that is observed on one date."""

    date: Date = Field(description="day of the figures, like 2026-07-20")
    rate: Rate = Field(description="continuously compounded risk-free rate, like 4%")
    quotes: dict[str, QuoteShape] = Field(description="one table per symbol, like [market.quotes.IWM]")
    signals: dict[str, Signal] = Field(
        default_factory=dict, description="observed signals, like sp500_move = -3.4%"
    )

    def record(self) -> Market:
        """The market of that date."""
        quotes = {symbol: quote.record() for symbol, quote in self.quotes.items()}
        return Market(date=self.date, rate=self.rate, quotes=quotes, signals=dict(self.signals))


class OptionLegShape(Section):
    """``[[trade.legs]]`` of kind call or put."""

    kind: Literal["call", "put"]
    side: Literal["long", "short"] = Field(description="long (bought) or short (sold)")
    contracts: Count = Field(default=1, description="contracts per unit of the trade, >= 1")
    strike: Price | None = Field(default=None, description="exact strike [dollars]")
    moneyness: Move | None = Field(
        default=None, description="strike by its distance from the spot, like +10%, ATM"
    )
    delta: Delta | None = Field(default=None, description="strike by the size of its spot delta, in (0, 1)")
    expiry: Date | None = Field(default=None, description="exact expiry, like 2026-09-18")
    days: Days | None = Field(default=None, description="calendar days to the expiry wanted, >= 1")
    premium: Dollars | None = Field(default=None, description="entry price [dollars per share]")
    vol: Vol | None = Field(default=None, description="volatility of this leg, like 20%")
    spread_cost: Dollars = Field(
        default=0.0, description="cost of the quoted width, in and out [dollars per share]"
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
        default=0.0, description="cost of the quoted width, in and out [dollars per share]"
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
    """``[trade]``: what is bought and sold."""

    symbol: str = Field(description="symbol of the underlying, like IWM")
    legs: tuple[LegShape, ...] = Field(
        min_length=1, description="the legs, each a [[trade.legs]] of kind call, put or shares"
    )

    def record(self) -> TradeTemplate:
        """The trade, its name and entry rules still open."""
        legs: tuple[LegTemplate, ...] = tuple(leg.record() for leg in self.legs)
        return TradeTemplate(instrument=instrument(self.symbol), legs=legs)
