"""Legs of a trade: value, costs and capital of each type, as far as they need no pricing model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from riskcalc.domain.account import Costs
from riskcalc.domain.instrument import Instrument
from riskcalc.domain.validation import calendar_date, dollars, member, price, volatility, whole_count
from riskcalc.records import dataclass, replace

if TYPE_CHECKING:
    from riskcalc.domain.market import Market


class Side(IntEnum):
    """Bought or sold; multiply by it."""

    LONG = 1
    SHORT = -1


class OptionType(IntEnum):
    """Call or put; the `sign` of the pricing formulas."""

    CALL = 1
    PUT = -1


class Line(NamedTuple):
    """A value that is a line in the spot [dollars per share]."""

    slope: float
    intercept: float


class BaseLeg(ABC):
    """A leg of a trade; a new type of leg implements these methods, which the rest of riskcalc calls."""

    __slots__ = ()

    side: Side
    spread_cost: float
    """Cost of the quoted bid-ask width over entry and exit [dollars per share]."""
    entry_name: ClassVar[str]
    """Field that holds the entry price."""

    @property
    @abstractmethod
    def count(self) -> int:
        """Contracts or shares per unit of the trade, >= 1."""

    @property
    @abstractmethod
    def label(self) -> str:
        """The leg as a trader writes it."""

    @abstractmethod
    def cost_per_side(self, costs: Costs) -> float:
        """Commission and slippage of one unit on one side [dollars]."""

    @property
    def signed_count(self) -> int:
        """Contracts or shares, negative when sold."""
        return int(self.side) * self.count

    @property
    def entry(self) -> float | None:
        """Entry price [dollars per share]; None where it is not set."""
        price: float | None = getattr(self, self.entry_name)
        return price

    def size(self, instrument: Instrument) -> int:  # noqa: ARG002 - the multiplier of options
        """Share equivalent of the leg, negative when sold."""
        return self.signed_count

    def without_prices(self) -> Self:
        """Return the leg without its entry price, which its value does not depend on."""
        return self.replace(**{self.entry_name: None}, spread_cost=0.0)

    def replace(self, **changes: Any) -> Self:  # noqa: ANN401 - the fields of the leg
        """Return the leg with other values in some fields."""
        return replace(self, **changes)  # type: ignore[type-var]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLeg(BaseLeg):
    """Some contracts of one listed option, bought or sold."""

    entry_name = "premium"

    side: Side
    option_type: OptionType
    strike: float
    """Exercise price [dollars], > 0."""
    expiry: date
    contracts: int = 1
    """Contracts per unit of the trade, >= 1."""
    premium: float | None = None
    """Entry price [dollars per share], >= 0; None enters at the model value."""
    vol: float | None = None
    """Volatility that reprices the leg, per sqrt(year); None solves the premium or takes the quote's."""
    spread_cost: float = 0.0
    """Cost of the quoted bid-ask width over entry and exit, beyond the premium [dollars per share]."""

    def __post_init__(self) -> None:
        """Check every field."""
        member("side", Side, self.side)
        member("option_type", OptionType, self.option_type)
        price("strike", self.strike)
        calendar_date("expiry", self.expiry)
        whole_count("contracts", self.contracts)
        dollars("spread_cost", self.spread_cost)
        if self.premium is not None:
            dollars("premium", self.premium)
        if self.vol is not None:
            volatility("vol", self.vol)

    @property
    def count(self) -> int:
        """Contracts per unit of the trade."""
        return self.contracts

    @property
    def signed_contracts(self) -> int:
        """Contracts, negative when sold."""
        return self.signed_count

    @property
    def label(self) -> str:
        """The leg as a trader writes it: ``+1 call 295 2026-09-18``."""
        kind = self.option_type.name.lower()
        return f"{self.signed_contracts:+d} {kind} {self.strike:g} {self.expiry.isoformat()}"

    def size(self, instrument: Instrument) -> int:
        """Shares that the contracts deliver, negative when sold."""
        return self.signed_contracts * instrument.option_multiplier

    def cost_per_side(self, costs: Costs) -> float:
        """Commissions of the contracts [dollars]; the quoted width is their slippage."""
        return self.contracts * costs.commission_per_contract


class LinearLeg(BaseLeg):
    """A leg without an expiry, whose value is always linear in the spot; it needs no pricing model."""

    __slots__ = ()

    @property
    @abstractmethod
    def line(self) -> Line:
        """Value over the spot [dollars per share]."""

    @abstractmethod
    def entered(self, instrument: Instrument, market: Market) -> Self:
        """Return the leg with an entry price, from the quotes where it states none."""

    @abstractmethod
    def capital(self, *, margin_per_share: float) -> float:
        """Buying power that one unit takes [dollars], from the margin of a share on its side."""

    def carry_cost(self, instrument: Instrument, market: Market) -> float:  # noqa: ARG002 - none by default
        """What holding one unit costs [dollars per year], >= 0."""
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLeg(LinearLeg):
    """Some shares, bought or sold short."""

    entry_name = "entry_price"

    side: Side
    shares: int = 1
    """Shares per unit of the trade, >= 1."""
    entry_price: float | None = None
    """Entry price [dollars per share], > 0; None enters at the spot."""
    hedge_ratio: float | None = None
    """Shares of a pair's other fund against each share, >= 0; None takes equal dollars at the quotes."""
    spread_cost: float = 0.0
    """Cost of the quoted bid-ask width over entry and exit [dollars per share]."""

    def __post_init__(self) -> None:
        """Check every field."""
        member("side", Side, self.side)
        whole_count("shares", self.shares)
        dollars("spread_cost", self.spread_cost)
        if self.entry_price is not None:
            price("entry_price", self.entry_price)
        if self.hedge_ratio is not None:
            dollars("hedge_ratio", self.hedge_ratio)

    @property
    def count(self) -> int:
        """Shares per unit of the trade."""
        return self.shares

    @property
    def signed_shares(self) -> int:
        """Shares, negative when sold short."""
        return self.signed_count

    @property
    def label(self) -> str:
        """The leg as a trader writes it: ``+100 shares``."""
        return f"{self.signed_shares:+d} {'share' if self.shares == 1 else 'shares'}"

    @property
    def line(self) -> Line:
        """A share is worth the spot."""
        return Line(1.0, 0.0)

    def cost_per_side(self, costs: Costs) -> float:
        """Commission and slippage of the shares, of a pair's other fund too [dollars]."""
        shares = self.shares * (1 + (self.hedge_ratio or 0.0))
        return shares * (costs.commission_per_share + costs.slippage_per_share)

    def capital(self, *, margin_per_share: float) -> float:
        """Margin of the shares [dollars]."""
        return self.shares * margin_per_share

    def entered(self, instrument: Instrument, market: Market) -> Self:
        """Return the shares at their price or the spot; a pair's against equal dollars of the other fund."""
        entry = market.quote(instrument.symbol).spot if self.entry_price is None else self.entry_price
        ratio = self.hedge_ratio
        if instrument.against and ratio is None:
            ratio = market.quote(instrument.held).spot / market.quote(instrument.against).spot
        return replace(self, entry_price=float(entry), hedge_ratio=ratio)

    def carry_cost(self, instrument: Instrument, market: Market) -> float:
        """Borrow fee of shares sold short, of a pair's fund that is sold [dollars per year]."""
        quote, long = market.quote(instrument.symbol), self.side is Side.LONG
        if not instrument.against:
            return 0.0 if long else self.shares * quote.spot * quote.borrow_fee
        sold = market.quotes.get(instrument.against if long else instrument.held)
        fee = quote.borrow_fee or (sold.borrow_fee if sold else 0.0)
        if long and sold and self.hedge_ratio is not None:
            return self.shares * self.hedge_ratio * sold.spot * fee
        return self.shares * quote.spot * fee


Leg = OptionLeg | LinearLeg
"""A leg of a trade: an option, which a pricing model values, or a leg that needs none."""
