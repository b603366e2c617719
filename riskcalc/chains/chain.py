"""Option chain: quotes of one underlying on one day, as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from riskcalc.chains.quote_rows import DropReason, QuoteStatus, quote_status
from riskcalc.domain import (
    ExerciseStyle,
    Instrument,
    Market,
    MovingSmile,
    OptionQuote,
    OptionType,
    Sticky,
    moving_smile,
    underlying_symbol,
)
from riskcalc.domain import instrument as instrument_of
from riskcalc.domain.clock import days_to_close, days_to_settlement, moment_of
from riskcalc.domain.validation import brief_repr, calendar_date, price, record, text
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.pricing.arrays import AnyArray, Codes, Days, Flags, Floats, as_floats
from riskcalc.records import dataclass

if TYPE_CHECKING:
    import pandas as pd

SAME_STRIKE = 1e-6
"""Strikes closer than this are one strike [dollars]."""
COLUMNS = {
    "expiry": "datetime64[D]",
    "strike": "float64",
    "option_type": "int8",
    "bid": "float64",
    "ask": "float64",
    "last": "float64",
    "open_interest": "float64",
    "volume": "float64",
    "quoted_vol": "float64",
    "quoted_delta": "float64",
    "quoted_gamma": "float64",
    "quoted_theta_per_day": "float64",
    "quoted_vega_per_point": "float64",
}
"""The arrays of a chain and their types."""
NOT_GIVEN: Floats = np.empty(0)
"""Marker for a missing column."""
BY_SYMBOL = Instrument(symbol="BY_SYMBOL")
"""Marker for the instrument known by the chain's symbol."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """Quotes of one underlying on one day; satisfies `riskcalc.domain.QuotedListing`.

    All arrays have shape (n,), are read-only, and sorted by expiry and strike, calls before puts.

    Raises
    ------
    InvalidInputError
        The arrays differ in length, a value is out of range, or an option is listed twice.

    Examples
    --------
    >>> chain = Chain(
    ...     symbol="IWM",
    ...     date=dt.date(2026, 7, 20),
    ...     spot=100.0,
    ...     expiry=["2026-09-18"] * 2,
    ...     strike=[100, 110],
    ...     option_type=[1, 1],
    ...     bid=[4.0, 0.0],
    ...     ask=[4.2, 0.1],
    ... )
    >>> chain.quote(expiry=dt.date(2026, 9, 18), strike=100, option_type=OptionType.CALL).mid
    4.1
    >>> chain.quote(expiry=dt.date(2026, 9, 18), strike=110, option_type=OptionType.CALL)
    Traceback (most recent call last):
    riskcalc.errors.ChainError: IWM call 110 2026-09-18: no bid (bid 0, ask 0.1)
    """

    symbol: str
    date: dt.date
    """Day of the quotes."""
    spot: float
    """Price of the underlying when the quotes were taken [dollars], > 0."""
    expiry: Days
    """datetime64[D]"""
    strike: Floats
    """[dollars], > 0"""
    option_type: Codes
    """+1 call, -1 put."""
    bid: Floats
    """[dollars per share]; NaN is missing."""
    ask: Floats
    """[dollars per share]; NaN is missing."""
    last: Floats = field(default_factory=lambda: NOT_GIVEN)
    """Last traded price [dollars per share]; NaN is missing."""
    open_interest: Floats = field(default_factory=lambda: NOT_GIVEN)
    """Contracts; NaN is missing."""
    volume: Floats = field(default_factory=lambda: NOT_GIVEN)
    """Contracts traded that day; NaN is missing."""
    quoted_vol: Floats = field(default_factory=lambda: NOT_GIVEN)
    """Implied volatility as the file has it, per sqrt(year); NaN is missing. Nothing is priced with it."""
    quoted_delta: Floats = field(default_factory=lambda: NOT_GIVEN)
    """Greeks in the file, for comparison only; NaN is missing."""
    quoted_gamma: Floats = field(default_factory=lambda: NOT_GIVEN)
    """Change of delta per dollar."""
    quoted_theta_per_day: Floats = field(default_factory=lambda: NOT_GIVEN)
    """[dollars per share and calendar day]"""
    quoted_vega_per_point: Floats = field(default_factory=lambda: NOT_GIVEN)
    """[dollars per share and 0.01 of vol]"""
    rate: float | None = None
    """Interest rate that the file states, per year; None when it states none. Nothing is priced with it."""
    quote_time: dt.datetime | None = None
    """Time of the latest quote, New York; None when not known."""
    dropped: Mapping[DropReason, int] = field(default_factory=dict)
    """Number of excluded rows of the file, by reason."""
    spot_implied: float | None = None
    """Spot implied by calls and puts, if the file's spot is inconsistent with them [dollars]."""
    warnings: tuple[str, ...] = ()
    """Warnings about the file as a whole and how it was read, one sentence each."""
    instrument: Instrument = BY_SYMBOL
    """The underlying; default: looked up in the shipped table."""
    status: Codes = field(init=False)
    """A `QuoteStatus` per quote."""

    def __post_init__(self) -> None:
        """Convert and sort the columns, then set the status of each quote."""
        if not text("symbol", self.symbol).isprintable():
            raise InvalidInputError(f"symbol must be printable text, got {self.symbol!r}")
        calendar_date("date", self.date)
        price("spot", self.spot)
        self._check_instrument()
        self._convert_columns()
        self._check_columns()
        self._sort_rows()
        status = quote_status(
            bid=self.bid,
            ask=self.ask,
            option_type=self.option_type,
            strike=self.strike,
            spot=self.spot,
            exercise=self.exercise,
        )
        self._set("status", status)

    @property
    def time(self) -> dt.time | None:
        """Time of day of the quotes, New York; None is the close: no time known, or one of a later day."""
        stamp = self.quote_time
        return stamp.time() if stamp is not None and stamp.date() == self.date else None

    def years_to(self, day: dt.date) -> float:
        """Years from the quotes to a day's close, ACT/365."""
        return days_to_close(moment_of(self.date, self.time), day) / 365

    def years_to_expiry(self, expiry: dt.date) -> float:
        """Years from the quotes until options of an expiry end, ACT/365, >= 0."""
        moment = moment_of(self.date, self.time)
        return days_to_settlement(moment, expiry, self.instrument.settlement(expiry)) / 365

    def __len__(self) -> int:
        """Quotes in the chain."""
        return len(self.strike)

    @property
    def exercise(self) -> ExerciseStyle:
        """Of the options."""
        return self.instrument.exercise

    def expiries(self) -> tuple[dt.date, ...]:
        """Listed expiries, nearest first."""
        return tuple(np.unique(self.expiry).tolist())

    def strikes(self, *, expiry: dt.date, option_type: OptionType) -> tuple[float, ...]:
        """All listed strikes of one expiry, lowest first [dollars].

        Strikes without a usable quote are among them: a trade asked for at the money must not slide to
        another strike because a quote is missing; `quote` says what is wrong instead.

        Raises
        ------
        ChainError
            No such option is listed for that expiry.
        """
        listed = self.strike[self._rows(expiry=expiry, option_type=option_type)]
        if not listed.size:
            near = self._nearest_expiries(expiry, option_type)
            kind = option_type.name.lower()
            raise ChainError(f"{self.symbol}: no {kind}s for {expiry} in the chain; nearest expiries {near}")
        return tuple(listed.tolist())

    def quote(self, *, expiry: dt.date, strike: float, option_type: OptionType) -> OptionQuote:
        """Return the bid and ask of one option.

        Raises
        ------
        ChainError
            The option is not listed, or its quote is not usable; the text names the option and says why.
        """
        name = f"{self.symbol} {option_type.name.lower()} {strike:g} {expiry}"
        listed = self.strikes(expiry=expiry, option_type=option_type)
        at_strike = np.abs(self.strike - strike) < SAME_STRIKE
        rows = np.flatnonzero(self._rows(expiry=expiry, option_type=option_type) & at_strike)
        if not rows.size:
            raise ChainError(f"{name}: not in the chain; nearest strikes {_nearest(listed, strike)}")
        bid, ask = float(self.bid[rows[0]]), float(self.ask[rows[0]])
        status = QuoteStatus(self.status[rows[0]])
        if not status.usable:
            raise ChainError(f"{name}: {status.text} (bid {bid:g}, ask {ask:g})")
        return OptionQuote(bid=bid, ask=ask)

    @property
    def usable(self) -> Flags:
        """Whether bid and ask of each quote can be traded at."""
        return np.isin(self.status, [int(status) for status in QuoteStatus if status.usable])

    def quality_counts(self) -> dict[QuoteStatus, int]:
        """Count the quotes by verdict; every verdict is there and the counts add up to all quotes."""
        counts = np.bincount(self.status, minlength=len(QuoteStatus))
        return {status: int(counts[status]) for status in QuoteStatus}

    @property
    def missing_vols(self) -> int:
        """Quotes without a volatility in the file."""
        return int(np.isnan(self.quoted_vol).sum())

    def to_frame(self) -> pd.DataFrame:
        """Return the chain as a DataFrame that `read_chain` accepts; type and status are text."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and only tables need it

        columns = {name: getattr(self, name) for name in COLUMNS}
        columns["option_type"] = np.where(self.option_type > 0, "call", "put")
        columns["status"] = np.array([status.name.lower() for status in QuoteStatus])[self.status]
        stamp = pd.Timestamp(self.date if self.quote_time is None else self.quote_time)
        once = {"symbol": self.symbol, "quote_time": stamp, "spot": self.spot}
        return pd.DataFrame(once | columns)

    def _rows(self, *, expiry: dt.date, option_type: OptionType) -> Flags:
        rows: Flags = (self.expiry == np.datetime64(expiry, "D")) & (self.option_type == option_type)
        return rows

    def _nearest_expiries(self, expiry: dt.date, option_type: OptionType) -> str:
        listed = np.unique(self.expiry[self.option_type == option_type]).tolist()
        near = sorted(listed, key=lambda day: abs((day - expiry).days))[:2]
        return " and ".join(str(day) for day in sorted(near)) or "none"

    def _check_instrument(self) -> None:
        if record("instrument", Instrument, self.instrument) is BY_SYMBOL:
            object.__setattr__(self, "instrument", instrument_of(self.symbol))
        own_symbol, symbol = self.instrument.symbol, underlying_symbol(self.symbol)
        if own_symbol != symbol:
            raise InvalidInputError(f"instrument must be {symbol} like the chain's symbol, got {own_symbol}")

    def _convert_columns(self) -> None:
        shape = _column("expiry", self.expiry, COLUMNS["expiry"]).shape
        for name, dtype in COLUMNS.items():
            values = getattr(self, name)
            column = np.full(shape, np.nan) if values is NOT_GIVEN else _column(name, values, dtype)
            if column.shape != shape or len(shape) != 1:
                raise InvalidInputError(f"{name} must have shape (n,) like expiry, got {column.shape}")
            self._set(name, column)

    def _check_columns(self) -> None:
        if not ((self.strike > 0) & np.isfinite(self.strike) & ~np.isnat(self.expiry)).all():
            raise InvalidInputError("every option of a chain must have an expiry and a finite strike > 0")

    def _sort_rows(self) -> None:
        order = option_order(expiry=self.expiry, strike=self.strike, option_type=self.option_type)
        if (order != np.arange(len(order))).any():
            for name in COLUMNS:
                self._set(name, getattr(self, name)[order])
        again = same_as_next(expiry=self.expiry, strike=self.strike, option_type=self.option_type)
        if again.any():
            row = int(again.argmax())
            raise InvalidInputError(f"strike {self.strike[row]:g} of {self.expiry[row]} is listed twice")

    def _set(self, name: str, column: AnyArray) -> None:
        column.setflags(write=False)
        object.__setattr__(self, name, column)


def _column(name: str, values: object, dtype: str) -> AnyArray:
    """One column in its type; expiries as numpy reads days, all others as numbers."""
    if name == "expiry":
        try:
            days = np.array(values)
            if days.dtype.kind in "MUO":
                return days.astype(dtype)
        except (TypeError, ValueError, OverflowError):
            pass
        raise InvalidInputError(f"expiry must be a list of dates, got {brief_repr(values)}")
    numbers = as_floats(name, values)
    if name == "option_type" and not np.isin(numbers, (1, -1)).all():
        raise InvalidInputError("option_type must be 1 or -1 for every option of a chain")
    return numbers.astype(dtype)


def option_order(*, expiry: Days, strike: Floats, option_type: Codes) -> npt.NDArray[np.intp]:
    """Indices that sort options by expiry, strike, calls before puts; equal options keep their order."""
    return np.lexsort((-option_type, strike, expiry))


def same_as_next(*, expiry: Days, strike: Floats, option_type: Codes) -> Flags:
    """Whether each option of a sorted list is the next one again, shape (n - 1,)."""
    same: Flags = (
        (expiry[1:] == expiry[:-1]) & (np.diff(strike) < SAME_STRIKE) & (option_type[1:] == option_type[:-1])
    )
    return same


def _nearest(listed: tuple[float, ...], wanted: float) -> str:
    near = sorted(listed, key=lambda strike: abs(strike - wanted))[:2]
    return " and ".join(f"{strike:g}" for strike in sorted(near))


@moving_smile.register
def _(quotes: Chain, market: Market, sticky: Sticky) -> MovingSmile:
    """Every chain has a smile, whoever made it; by name, since a smile is fitted to chains."""
    smile: MovingSmile = import_module("riskcalc.chains.fitted_chain").moving_smile_of(quotes, market, sticky)
    return smile
