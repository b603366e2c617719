"""Quality of quotes: the status of each quote, and the reasons for dropping rows."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from riskcalc.chains.array_types import Codes, Floats
from riskcalc.domain import ExerciseStyle


class QuoteStatus(IntEnum):
    """Verdict on one quote; the first that applies, in this order but for OK."""

    OK = 0
    MISSING = 1
    NO_ASK = 2
    NO_BID = 3
    CROSSED = 4
    BELOW_INTRINSIC = 5

    @property
    def text(self) -> str:
        """The verdict in words."""
        return _STATUS_TEXTS[self]

    @property
    def usable(self) -> bool:
        """Whether bid and ask can be traded at: a mid below intrinsic can, it only has no vol."""
        return self in {QuoteStatus.OK, QuoteStatus.BELOW_INTRINSIC}


class DropReason(IntEnum):
    """Why a row of a file is not in the chain; the first that applies."""

    NONSTANDARD = 1
    OTHER_SYMBOL = 2
    OTHER_DAY = 3
    EXPIRED = 4
    SUPERSEDED = 5
    DUPLICATE = 6

    @property
    def text(self) -> str:
        """The reason in words."""
        return _DROP_TEXTS[self]


_STATUS_TEXTS = {
    QuoteStatus.OK: "usable",
    QuoteStatus.MISSING: "bid or ask missing",
    QuoteStatus.NO_ASK: "no ask",
    QuoteStatus.NO_BID: "no bid",
    QuoteStatus.CROSSED: "crossed: bid above ask",
    QuoteStatus.BELOW_INTRINSIC: "mid below intrinsic value",
}
_DROP_TEXTS = {
    DropReason.NONSTANDARD: "adjusted or mini contract",
    DropReason.OTHER_SYMBOL: "other symbol",
    DropReason.OTHER_DAY: "stale: quoted on another day",
    DropReason.EXPIRED: "expired before the day of the quotes",
    DropReason.SUPERSEDED: "a later quote of the same option follows",
    DropReason.DUPLICATE: "the same row again",
}


def quote_status(
    *,
    bid: Floats,
    ask: Floats,
    option_type: Codes,
    strike: Floats,
    spot: float,
    exercise: ExerciseStyle = ExerciseStyle.AMERICAN,
) -> Codes:
    """Return the status of each quote.

    Parameters
    ----------
    bid, ask : array of float, shape (n,)
        Quotes [dollars per share]; NaN or negative is missing, 0 is nobody there.
    option_type : array of int8, shape (n,)
        +1 call, -1 put.
    strike : array of float, shape (n,)
        [dollars], > 0.
    spot : float
        Price of the underlying at the time of the quotes [dollars], > 0.
    exercise : ExerciseStyle
        Of the options: American by default.

    Returns
    -------
    array of int8, shape (n,)
        A `QuoteStatus` per quote. Intrinsic value is what exercise now would pay: a lower bound of American
        options, while a European one deep in the money may well be worth less.

    Examples
    --------
    >>> status = quote_status(
    ...     bid=np.array([5.0, 0.0, 9.0]),
    ...     ask=np.array([5.2, 0.05, 9.2]),
    ...     option_type=np.array([1, 1, 1], dtype=np.int8),
    ...     strike=np.array([100.0, 130.0, 90.0]),
    ...     spot=100.0,
    ... )
    >>> [QuoteStatus(code).text for code in status]
    ['usable', 'no bid', 'mid below intrinsic value']
    """
    early = exercise is ExerciseStyle.AMERICAN
    intrinsic = np.maximum(option_type * (spot - strike), 0.0) * early
    verdicts = {
        QuoteStatus.MISSING: ~((bid >= 0) & (ask >= 0)),
        QuoteStatus.NO_ASK: ask == 0,
        QuoteStatus.NO_BID: bid == 0,
        QuoteStatus.CROSSED: bid > ask,
        # Slack for rounding, so that a mid of exactly intrinsic passes.
        QuoteStatus.BELOW_INTRINSIC: (bid + ask) / 2 < intrinsic - 1e-9 * spot,
    }
    codes = np.select(list(verdicts.values()), list(verdicts), default=QuoteStatus.OK)
    return codes.astype(np.int8)
