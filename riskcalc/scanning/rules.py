"""Filters of a scan: kinds of spread, expiries, and limits on each row."""

from __future__ import annotations

import math
from enum import StrEnum

from riskcalc.domain import FillPrice, OptionType, Side, Sticky
from riskcalc.domain.validation import (
    flag,
    listed,
    non_negative,
    one_of,
    positive_or_inf,
    probability,
    whole_count,
)
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


class SpreadKind(StrEnum):
    """Kind of vertical spread: a long and a short option of one type and expiry."""

    CALL_DEBIT = "call debit"
    CALL_CREDIT = "call credit"
    PUT_DEBIT = "put debit"
    PUT_CREDIT = "put credit"

    @property
    def option_type(self) -> OptionType:
        """Type of both legs."""
        return OptionType.CALL if self in {SpreadKind.CALL_DEBIT, SpreadKind.CALL_CREDIT} else OptionType.PUT

    @property
    def side(self) -> Side:
        """LONG when it gains as the underlying rises: the bought strike is the lower one."""
        return Side.LONG if self in {SpreadKind.CALL_DEBIT, SpreadKind.PUT_CREDIT} else Side.SHORT

    @property
    def is_credit(self) -> bool:
        """Whether it is entered for a credit."""
        return self in {SpreadKind.CALL_CREDIT, SpreadKind.PUT_CREDIT}


class Valuation(StrEnum):
    """How options are valued."""

    AMERICAN = "american"
    """With early exercise and the cash dividends given."""
    EUROPEAN = "european"
    """European closed form at the implied yield: fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """Filters that a vertical must pass to be listed.

    Raises
    ------
    InvalidInputError
        A field is outside its range.
    """

    kinds: tuple[SpreadKind, ...] = (SpreadKind.CALL_DEBIT,)
    min_days: int = 45
    """Calendar days to the expiry, at least."""
    max_days: int = 90
    at: FillPrice = FillPrice.MID
    """Where quotes are filled."""
    min_width: float = 0.0
    """Distance of the strikes, at least [dollars]."""
    max_width: float = math.inf
    min_delta: float = 0.0
    """Range of the absolute delta of the long leg, in [0, 1]."""
    max_delta: float = 1.0
    min_open_interest: float = 0.0
    """Contracts, of either leg; a leg whose open interest is not given passes only a 0."""
    max_quoted_width: float = math.inf
    """Ask less bid, of either leg [dollars per share]."""
    max_debit: float = math.inf
    """Paid for one spread [dollars]; credits pass."""
    fitting_only: bool = False
    """Whether spreads of which the account carries no unit are left out."""
    valuation: Valuation = Valuation.AMERICAN
    sticky: Sticky = Sticky.STRIKE
    """Stickiness rule as the spot moves to stop and targets."""

    def __post_init__(self) -> None:
        """Convert words to enums, then check every field."""
        object.__setattr__(
            self, "kinds", tuple(one_of("kinds", SpreadKind, kind) for kind in listed("kinds", self.kinds))
        )
        for name, choices in (("at", FillPrice), ("valuation", Valuation), ("sticky", Sticky)):
            object.__setattr__(self, name, one_of(name, choices, getattr(self, name)))
        if not self.kinds:
            raise InvalidInputError("kinds must name at least one kind of spread, got none")
        whole_count("min_days", self.min_days)
        whole_count("max_days", self.max_days)
        non_negative("min_width", self.min_width)
        non_negative("min_open_interest", self.min_open_interest)
        probability("min_delta", self.min_delta)
        probability("max_delta", self.max_delta)
        for name in ("max_width", "max_quoted_width", "max_debit"):
            positive_or_inf(name, getattr(self, name))
        flag("fitting_only", self.fitting_only)
        for name in ("days", "width", "delta"):
            _ascending(name, getattr(self, f"min_{name}"), getattr(self, f"max_{name}"))


def _ascending(name: str, low: float, high: float) -> None:
    if not low <= high:
        raise InvalidInputError(f"min_{name} must not be above max_{name}, got {low:g} and {high:g}")
