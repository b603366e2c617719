"""Inputs of American pricing as flat arrays, their dividends, and which options share a contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import as_floats, common_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.arrays import FloatArray

NO_RATE = 1e-9  # a rate below this is none: no value shows it, and ratios of such rates overflow
NOW = 1e-6  # years: an ex-date within half a minute is past
ROUNDING = 1e-15
SAME_MOMENT = 1e-5  # years: drops closer than five minutes are one drop


SHARED_REACH = 30.0  # standard deviations until the first event that one set of nodes may span
SHORTEST_WAIT, WAIT_RATIO = 0.5 / 365, 16.0  # years, and how far the waits of one row may lie apart
GRID_RATIO = 4.0  # how far times to expiry may lie apart on one grid, whose cells are as wide for all
EXPIRY_DIGITS = 12  # of years: expiries that differ by rounding are one
PADDING = 16  # how much longer than another a row of the same table may be: a row costs more than its points
TABLE = 4096  # elements of a table that stay in the cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Options, one per element."""

    sign: FloatArray
    spot: FloatArray
    strike: FloatArray
    time_to_expiry: FloatArray
    vol: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    elapsed: FloatArray
    """Years from day 0 of the dividend schedule to the moment of each option."""

    @classmethod
    def of(cls, **inputs: ArrayLike) -> tuple[Batch, tuple[int, ...]]:
        """Broadcast the inputs, flatten them, and return their common shape beside them."""
        inputs = {"elapsed": 0.0} | inputs
        arrays = {name: as_floats(name, values) for name, values in inputs.items()}
        table = np.empty((len(arrays), *common_shape(arrays)))
        for row, array in enumerate(arrays.values()):
            table[row] = array
        flat = dict(zip(inputs, table.reshape(len(arrays), -1), strict=True))
        for name in ("rate", "dividend_yield"):
            flat[name] = np.where(np.abs(flat[name]) < NO_RATE, 0.0, flat[name])
        return cls(**flat), table.shape[1:]

    def take(self, index: NDArray[np.intp] | slice) -> Batch:
        """Return the chosen elements."""
        return Batch(**{name: getattr(self, name)[index] for name in self.__slots__})

    def valid(self) -> NDArray[np.bool_]:
        """Return which elements are in the model's range."""
        lowest = np.minimum(np.minimum(self.spot, self.strike), np.minimum(self.time_to_expiry, self.vol))
        valid: NDArray[np.bool_] = self.finite() & (lowest >= 0.0) & (np.abs(self.sign) == 1.0)
        return valid

    def finite(self) -> NDArray[np.bool_]:
        """Return which elements are finite."""
        numbers = np.isfinite(np.stack([getattr(self, name) for name in self.__slots__]))
        finite: NDArray[np.bool_] = np.logical_and.reduce(numbers)
        return finite

    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Return what exercise pays now, and the most that the option can be worth."""
        call = self.sign > 0.0
        carried = np.where(call, self.dividend_yield, self.rate)
        grown = np.exp(np.maximum(-carried * self.time_to_expiry, 0.0))
        return self.intrinsic(), np.where(call, self.spot, self.strike) * grown

    @property
    def expiry(self) -> FloatArray:
        """Years from day 0 to each option's expiry."""
        return self.elapsed + self.time_to_expiry

    def intrinsic(self) -> FloatArray:
        """Return what exercise pays now."""
        return np.maximum(self.sign * (self.spot - self.strike), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Cash dividends in the order of their ex-dates."""

    times: FloatArray
    """Increasing [years from day 0]."""
    amounts: FloatArray
    """> 0 [dollars per share]."""

    @classmethod
    def of(cls, *, times: ArrayLike, amounts: ArrayLike) -> Schedule:
        """Check and sort; leave out what pays nothing.

        Raises
        ------
        InvalidInputError
            Times and amounts are not numbers or differ in length, a time is not finite, an amount is
            negative or not finite.
        """
        when = np.atleast_1d(as_floats("dividend_times", times))
        paid = np.atleast_1d(as_floats("dividend_amounts", amounts))
        if when.shape != paid.shape or when.ndim != 1:
            raise InvalidInputError(
                f"dividend_times and dividend_amounts must be equally long, got {when.size} and {paid.size}"
            )
        if not np.isfinite(when).all():
            raise InvalidInputError(f"dividend_times must be finite, got {when.tolist()}")
        if not (np.isfinite(paid) & (paid >= 0.0)).all():
            raise InvalidInputError(f"dividend_amounts must be finite and >= 0, got {paid.tolist()}")
        something = np.flatnonzero(paid > 0.0)
        order = something[np.argsort(when[something], kind="stable")]
        return cls(times=when[order], amounts=paid[order])

    def past(self, moment: FloatArray) -> NDArray[np.intp]:
        """Count the past dividends of each moment."""
        return np.searchsorted(self.times, moment + NOW, side="right")

    def coming(self, past: int = 0) -> Schedule:
        """Remove past dividends, and merge simultaneous drops."""
        times, amounts = self.times[past:], self.amounts[past:]
        first = np.diff(times, prepend=-np.inf) > SAME_MOMENT
        if first.all():
            return Schedule(times=times, amounts=amounts)
        day = np.cumsum(first) - 1
        joined = np.zeros(np.count_nonzero(first))
        np.add.at(joined, day, amounts)
        return Schedule(times=times[first], amounts=joined)

    @property
    def joins(self) -> bool:
        """Whether any drops are so close that they are one."""
        return bool((np.diff(self.times) <= SAME_MOMENT).any())

    def seen(self, batch: Batch) -> NDArray[np.intp]:
        """Count the dividends up to each option's expiry."""
        # The sum of two times must not lose the drop on the expiry to its rounding.
        return np.searchsorted(self.times, batch.expiry + ROUNDING * batch.elapsed, side="right")

    def to_come(self, batch: Batch) -> FloatArray:
        """Sum of the dividends that each option's moment does not see as past."""
        left: FloatArray = np.append(np.cumsum(self.amounts[::-1])[::-1], 0.0)[self.past(batch.elapsed)]
        return left

    def first(self, count: int) -> Schedule:
        """Return the first dividends."""
        return Schedule(times=self.times[:count], amounts=self.amounts[:count])


def tables(keys: FloatArray, *, most_rows: int) -> Iterator[NDArray[np.intp]]:
    """Yield element numbers as tables: a row's elements have equal keys; a short row repeats its last.

    Keys have shape (keys, elements); rows of one length keep the order of their keys.
    """
    order = np.lexsort(keys)
    starts = np.flatnonzero(np.append(True, (np.diff(keys[:, order]) != 0.0).any(axis=0)))
    sizes = np.diff(starts, append=order.size)
    waiting = np.argsort(-sizes, kind="stable")
    while waiting.size:
        longest = sizes[waiting[0]]
        alike = np.count_nonzero(sizes[waiting] * PADDING >= longest)
        count = min(alike, most_rows, max(TABLE // longest, 1))
        rows, waiting = waiting[:count], waiting[count:]
        yield order[starts[rows, None] + np.minimum(np.arange(longest), sizes[rows, None] - 1)]


def contract_keys(batch: Batch, *, wait: FloatArray) -> FloatArray:
    """Keys of options before a first drop, a wait ahead: equal where one set of nodes serves."""
    span = np.floor(np.log(wait / SHORTEST_WAIT) / np.log(WAIT_RATIO))
    shortest = SHORTEST_WAIT * WAIT_RATIO**span
    reach = SHARED_REACH * batch.vol * np.sqrt(shortest)
    return np.stack([*_terms(batch), batch.strike, span, np.round(np.log(batch.spot / batch.strike) / reach)])


def boundary_keys(batch: Batch) -> FloatArray:
    """Keys of options without drops: equal where one exercise boundary, in strikes, serves."""
    span = np.floor(np.log(batch.time_to_expiry / SHORTEST_WAIT) / np.log(WAIT_RATIO))
    return np.stack([*_terms(batch), span])


def grid_keys(batch: Batch) -> FloatArray:
    """Keys of any options: equal where one grid, read in all its stretches, serves."""
    left = np.maximum(batch.time_to_expiry, SHORTEST_WAIT)
    span = np.floor(np.log(left / SHORTEST_WAIT) / np.log(GRID_RATIO))
    return np.stack([*_terms(batch), batch.strike, span])


def _terms(batch: Batch) -> tuple[FloatArray, ...]:
    expiry = np.round(batch.expiry, EXPIRY_DIGITS)
    return batch.sign, batch.vol, batch.rate, batch.dividend_yield, expiry


def shared(values: FloatArray) -> FloatArray:
    """Return one column where the points of every row are alike."""
    return values[:, :1] if (values == values[:, :1]).all() else values
