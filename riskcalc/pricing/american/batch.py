"""The inputs of American pricing as equal flat arrays, and the dividends that all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import as_floats, common_shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.block_evaluation import FloatArray

NO_RATE = 1e-9  # a rate below this is none: no value shows it, and ratios of such rates overflow
NOW = 1e-6  # years: an ex-date within half a minute is past
ROUNDING = 1e-15
SAME_MOMENT = 1e-5  # years: drops closer than five minutes are one drop


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Options, one an element."""

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
        """Say which elements lie in the model's range."""
        lowest = np.minimum(np.minimum(self.spot, self.strike), np.minimum(self.time_to_expiry, self.vol))
        valid: NDArray[np.bool_] = self.finite() & (lowest >= 0.0) & (np.abs(self.sign) == 1.0)
        return valid

    def finite(self) -> NDArray[np.bool_]:
        """Say which elements are numbers throughout."""
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
        """Count the dividends whose ex-date each moment sees as past."""
        return np.searchsorted(self.times, moment + NOW, side="right")

    def coming(self, past: int = 0) -> Schedule:
        """Leave out that many past dividends, and join the drops of one moment."""
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
