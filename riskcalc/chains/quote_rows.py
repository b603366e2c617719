"""Rows of a quote file as typed columns, the status of each quote, and the reasons for dropping rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from riskcalc.domain import ExerciseStyle
from riskcalc.pricing.arrays import Codes, Days, Flags, Floats, Texts
from riskcalc.records import dataclass

WORDS = {"row_labels", "spot_field", "time_fields", "rate", "strike_units"}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRows:
    """Rows that a reader finds in a file, one per quote, arrays of shape (n,); NaN, NaT, "" are missing."""

    symbol: Texts
    """Underlying of each row."""
    standard: Flags
    """Whether the contract delivers 100 shares of it."""
    expiry: Days
    """datetime64[D]"""
    strike: Floats
    option_type: Codes
    bid: Floats
    ask: Floats
    last: Floats
    open_interest: Floats
    volume: Floats
    quoted_vol: Floats
    """Per sqrt(year): 0.2 is 20%."""
    quoted_delta: Floats
    quoted_gamma: Floats
    quoted_theta_per_day: Floats
    quoted_vega_per_point: Floats
    spot: Floats
    """Price of the underlying beside each quote."""
    quote_time: Days
    """Time of each quote in New York, datetime64[s]."""
    trade_time: Days
    """Time of each option's last trade in New York, datetime64[s]; dates the file when no quote time does."""
    row_number: npt.NDArray[np.int64]
    """Number of each row in the file, for messages."""
    file: npt.NDArray[np.int32]
    """Index into `row_labels` of each row."""
    row_labels: tuple[str, ...]
    """Format of row numbers: ``line {}``; one per table."""
    spot_field: str
    """Name of the spot in the file, for messages."""
    time_fields: str
    """Names of the two times in the file, for messages."""
    rate: float | None = None
    """Interest rate that the file states, per year."""
    strike_units: tuple[float, ...] = (1.0,)
    """Possible dollars per unit of the strikes; the prices decide, else the first is used."""

    def label_of(self, row: int) -> str:
        """Return what messages call a row of its file."""
        text: str = self.row_labels[int(self.file[row])]
        return text.format(self.row_number[row])


COLUMNS = tuple(f.name for f in dataclasses.fields(QuoteRows) if f.name not in WORDS)


def concatenate_rows(parts: Sequence[QuoteRows]) -> QuoteRows:
    """Return the rows of several tables as one; single values are those of the first."""
    first = parts[0]
    if len(parts) == 1:
        return first
    starts = np.cumsum([0, *(len(part.row_labels) for part in parts[:-1])])
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS
    }
    columns["file"] = np.concatenate([part.file + start for part, start in zip(parts, starts, strict=True)])
    texts = tuple(text for part in parts for text in part.row_labels)
    rates = [part.rate for part in parts if part.rate is not None]
    return dataclasses.replace(first, **columns, row_labels=texts, rate=rates[0] if rates else None)


class QuoteStatus(IntEnum):
    """Status of one quote; the first that applies, except OK."""

    OK = 0
    MISSING = 1
    NO_ASK = 2
    NO_BID = 3
    CROSSED = 4
    BELOW_INTRINSIC = 5

    @property
    def text(self) -> str:
        """Description of the verdict."""
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
        """Description of the reason."""
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
    DropReason.SUPERSEDED: "superseded by a later quote of the same option",
    DropReason.DUPLICATE: "repeated row",
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
        Quotes [dollars per share]; NaN or negative is missing, 0 means no bid or ask.
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
