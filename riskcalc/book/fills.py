"""Contracts and fills: the records from which a book derives everything else."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from riskcalc.domain import OptionType
from riskcalc.domain.instrument_table import require_symbol
from riskcalc.domain.validation import finite, positive, text
from riskcalc.environment import FIRST_YEAR, LAST_YEAR
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

SHARES_PER_CONTRACT = 100

LARGEST = 1e12
"""Shares, or dollars, beyond which a number is a mistake; sums of smaller ones never overflow."""


class FillKind(StrEnum):
    """How shares or contracts came or went."""

    TRADE = "trade"
    ASSIGNMENT = "assignment"
    EXERCISE = "exercise"
    EXPIRATION = "expiration"
    SPLIT = "split"
    """`quantity` is the ratio: new shares for each old one."""
    SPLIT_SHARES = "split shares"
    """`quantity` is what a split adds to the shares held, negative where it takes some."""
    DIVIDEND = "dividend"
    """`price` is the cash received in all; negative when paid on a short."""
    FEE = "fee"
    """`costs` alone: a borrow fee, an account fee, a rebate when negative."""
    POSITION = "position"
    """A position that a broker's statement lists, at its average cost."""


MOVES = frozenset(
    {FillKind.TRADE, FillKind.ASSIGNMENT, FillKind.EXERCISE, FillKind.EXPIRATION, FillKind.POSITION}
)
"""Kinds that change how much is held."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Contract:
    """Shares of a fund, or one option on it."""

    symbol: str
    expiry: dt.date | None = None
    strike: float | None = None
    """[dollars], > 0."""
    option_type: OptionType | None = None
    multiplier: float = 1
    """Shares per contract, > 0: 100 for standard options, 1 for shares."""

    def __post_init__(self) -> None:
        """Check the symbol, and that an option has all of its parts."""
        require_symbol(text("symbol", self.symbol))
        parts = (self.expiry, self.strike, self.option_type)
        if any(part is None for part in parts) and any(part is not None for part in parts):
            raise InvalidInputError(f"an option of {self.symbol} needs expiry, strike and option_type")
        if self.strike is not None:
            positive("strike", self.strike)
        if self.expiry is not None and not FIRST_YEAR <= self.expiry.year <= LAST_YEAR:
            raise InvalidInputError(
                f"expiry must be of the years {FIRST_YEAR} to {LAST_YEAR}, got {self.expiry}"
            )
        if positive("multiplier", self.multiplier) > LARGEST:
            raise InvalidInputError(f"multiplier must be at most {LARGEST:g}, got {self.multiplier:g}")

    @property
    def is_option(self) -> bool:
        """Whether it is an option."""
        return self.expiry is not None

    @property
    def label(self) -> str:
        """As a trader writes it: ``IWM 295 call 2026-09-18``, or the symbol of shares."""
        if self.strike is None or self.option_type is None:
            return self.symbol
        return f"{self.symbol} {self.strike:g} {self.option_type.name.lower()} {self.expiry}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution, or one event of an account that changes positions or profit.

    Raises
    ------
    InvalidInputError
        A number is NaN, infinite or beyond a trillion, a traded quantity is zero, a price negative, or its
        day none of a trader's life.
    """

    key: str
    """What makes it unique: importing it again changes nothing."""
    time: dt.datetime
    """In New York, without zone; midnight where only the day is known."""
    contract: Contract
    quantity: float
    """Shares or contracts, negative when sold."""
    price: float
    """[dollars per share], >= 0."""
    costs: float = 0.0
    """Commissions and fees paid [dollars]; negative when received."""
    kind: FillKind = FillKind.TRADE
    order: str = ""
    """Fills of one order, or of one moment and expiry where none is known, are one trade."""
    opens: bool | None = None
    """Whether it opens a position, as the broker says; None where it does not."""
    source: str = ""
    """Broker and layout of the file, ``manual`` for typed fills."""
    spot: float | None = None
    """Price of the underlying at its time [dollars], > 0; None where it was not noted."""

    def __post_init__(self) -> None:
        """Check every number."""
        text("key", self.key)
        for name in ("quantity", "price", "costs"):
            value = getattr(self, name)
            # The usual case first: a book has many fills, and the full check is slow.
            if type(value) is not float or not abs(value) <= LARGEST:
                finite(name, value)
                if abs(value) > LARGEST:
                    raise InvalidInputError(f"{name} must be at most {LARGEST:g}, got {value:g}")
        if self.kind in MOVES and (self.quantity == 0 or self.price < 0):
            raise InvalidInputError(
                f"a fill of {self.contract.label} needs a quantity other than 0 and a price of at least 0, "
                f"got {self.quantity:g} at {self.price:g}"
            )
        if not FIRST_YEAR <= self.time.year <= LAST_YEAR:
            raise InvalidInputError(
                f"time must be of the years {FIRST_YEAR} to {LAST_YEAR}, got {self.time:%Y-%m-%d}"
            )
        if self.spot is not None:
            positive("spot", self.spot)
        if self.kind is FillKind.SPLIT:
            positive("ratio of a split", self.quantity)

    @property
    def cash(self) -> float:
        """Cash received by the account, net of costs [dollars]."""
        if self.kind is FillKind.DIVIDEND:
            return self.price - self.costs
        if self.kind not in MOVES:
            return -self.costs
        return -self.quantity * self.price * self.contract.multiplier - self.costs


def after_split(contract: Contract, ratio: float) -> tuple[Contract, float]:
    """Return a contract after a split, and how many of it stand for each old one.

    Parameters
    ----------
    contract : Contract
        Shares, or an option.
    ratio : float
        New shares for each old one, > 0; 0.1 for a reverse split of 1 for 10.

    Returns
    -------
    Contract
        An option's strike is divided by the ratio. A whole ratio makes more contracts, any other one changes
        what a contract delivers, as the clearing house does (OCC by-laws, article VI, section 11A).
    float
        Contracts, or shares, for each old one.

    Examples
    --------
    >>> after_split(Contract(symbol="TZA"), 0.1)[1]
    0.1
    """
    positive("ratio", ratio)
    if contract.strike is None:
        return contract, ratio
    whole = ratio >= 1 and float(ratio).is_integer()
    changed = Contract(
        symbol=contract.symbol,
        expiry=contract.expiry,
        strike=round(contract.strike / ratio, 4),
        option_type=contract.option_type,
        multiplier=contract.multiplier * (1 if whole else ratio),
    )
    return changed, ratio if whole else 1.0
