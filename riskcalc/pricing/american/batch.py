"""Inputs of American pricing: flat arrays of options, the dividend schedule, and groups that share work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.arrays import as_floats, common_shape
from riskcalc.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from riskcalc.pricing.arrays import FloatArray

NEGLIGIBLE_RATE = 1e-9
"""Rates and yields below this count as zero: no value shows them, and ratios of such rates overflow."""
EX_DATE_TOLERANCE = 1e-6
"""[years], half a minute: an ex-date no further ahead than this is past."""
SAME_EX_DATE = 1e-5
"""[years], five minutes: drops closer than this are merged into one."""
TIME_ROUNDING = 1e-15
"""Relative rounding error of elapsed time plus time to expiry."""

SHARED_NODE_DEVIATIONS = 30.0
"""Width, in standard deviations of the log-spot at the first drop, of the spots that share nodes."""
SHORTEST_BUCKET = 0.5 / 365
"""[years]: lower end of the first bucket of times."""
BUCKET_RATIO = 16.0
"""Largest over smallest time of a bucket that shares one exercise boundary."""
GRID_BUCKET_RATIO = 4.0
"""Largest over smallest time to expiry on one finite-difference grid, which has the same nodes for all."""
EXPIRY_DIGITS = 12
"""Decimals [years] to which expiries are compared."""
MAX_LENGTH_RATIO = 16
"""Longest over shortest row of a table: an extra row costs more than repeated elements."""
TABLE_SIZE = 4096
"""Elements of a table that stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Inputs of options as flat arrays of one length."""

    sign: FloatArray
    spot: FloatArray
    strike: FloatArray
    time_to_expiry: FloatArray
    vol: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    elapsed: FloatArray
    """Time from day 0 of the dividend schedule to each option's valuation time [years]."""

    @classmethod
    def of(cls, **inputs: ArrayLike) -> tuple[Batch, tuple[int, ...]]:
        """Return the inputs, broadcast and flattened, and the shape they broadcast to."""
        inputs = {"elapsed": 0.0} | inputs
        arrays = {name: as_floats(name, values) for name, values in inputs.items()}
        table = np.empty((len(arrays), *common_shape(arrays)))
        for row, array in enumerate(arrays.values()):
            table[row] = array
        flat = dict(zip(inputs, table.reshape(len(arrays), -1), strict=True))
        for name in ("rate", "dividend_yield"):
            flat[name] = np.where(np.abs(flat[name]) < NEGLIGIBLE_RATE, 0.0, flat[name])
        return cls(**flat), table.shape[1:]

    def take(self, index: NDArray[np.intp] | slice) -> Batch:
        """Return the chosen elements."""
        return Batch(**{name: getattr(self, name)[index] for name in self.__slots__})

    def valid(self) -> NDArray[np.bool_]:
        """Return which elements lie in the range of the model."""
        smallest_input = np.minimum(
            np.minimum(self.spot, self.strike), np.minimum(self.time_to_expiry, self.vol)
        )
        valid: NDArray[np.bool_] = self.finite() & (smallest_input >= 0.0) & (np.abs(self.sign) == 1.0)
        return valid

    def finite(self) -> NDArray[np.bool_]:
        """Return which elements have only finite inputs."""
        numbers = np.isfinite(np.stack([getattr(self, name) for name in self.__slots__]))
        finite: NDArray[np.bool_] = np.logical_and.reduce(numbers)
        return finite

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Return the lower and upper bound of the value: what exercise pays now, and share or strike."""
        call = self.sign > 0.0
        carried = np.where(call, self.dividend_yield, self.rate)
        growth = np.exp(np.maximum(-carried * self.time_to_expiry, 0.0))
        return self.intrinsic(), np.where(call, self.spot, self.strike) * growth

    @property
    def expiry(self) -> FloatArray:
        """Time from day 0 of the dividend schedule to each option's expiry [years]."""
        return self.elapsed + self.time_to_expiry

    def intrinsic(self) -> FloatArray:
        """Return the value of exercise now [dollars]."""
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
        """Return a checked and sorted schedule, without dividends of zero.

        Raises
        ------
        InvalidInputError
            Times and amounts are not numbers or differ in length, a time is not finite, an amount is
            negative or not finite.
        """
        ex_dates = np.atleast_1d(as_floats("dividend_times", times))
        paid = np.atleast_1d(as_floats("dividend_amounts", amounts))
        if ex_dates.shape != paid.shape or ex_dates.ndim != 1:
            sizes = f"{ex_dates.size} and {paid.size}"
            raise InvalidInputError(f"dividend_times and dividend_amounts must be equally long, got {sizes}")
        if not np.isfinite(ex_dates).all():
            raise InvalidInputError(f"dividend_times must be finite, got {ex_dates.tolist()}")
        if not (np.isfinite(paid) & (paid >= 0.0)).all():
            raise InvalidInputError(f"dividend_amounts must be finite and >= 0, got {paid.tolist()}")
        paying = np.flatnonzero(paid > 0.0)
        order = paying[np.argsort(ex_dates[paying], kind="stable")]
        return cls(times=ex_dates[order], amounts=paid[order])

    def count_past(self, moment: FloatArray) -> NDArray[np.intp]:
        """Return how many ex-dates are past at each moment [years from day 0]."""
        return np.searchsorted(self.times, moment + EX_DATE_TOLERANCE, side="right")

    def remaining(self, past: int = 0) -> Schedule:
        """Return the schedule without its first `past` dividends, with drops of one moment merged."""
        times, amounts = self.times[past:], self.amounts[past:]
        first = np.diff(times, prepend=-np.inf) > SAME_EX_DATE
        if first.all():
            return Schedule(times=times, amounts=amounts)
        merged_index = np.cumsum(first) - 1
        merged = np.zeros(np.count_nonzero(first))
        np.add.at(merged, merged_index, amounts)
        return Schedule(times=times[first], amounts=merged)

    @property
    def merges_ex_dates(self) -> bool:
        """Whether some ex-dates are so close that `remaining` merges them."""
        return bool((np.diff(self.times) <= SAME_EX_DATE).any())

    def count_until_expiry(self, batch: Batch) -> NDArray[np.intp]:
        """Return how many ex-dates are at or before each option's expiry."""
        # Rounding of elapsed time plus time to expiry must not lose an ex-date on the expiry.
        return np.searchsorted(self.times, batch.expiry + TIME_ROUNDING * batch.elapsed, side="right")

    def remaining_amount(self, batch: Batch) -> FloatArray:
        """Return the sum of the dividends still to come at each option's valuation time [dollars]."""
        sums_to_come = np.append(np.cumsum(self.amounts[::-1])[::-1], 0.0)
        remaining: FloatArray = sums_to_come[self.count_past(batch.elapsed)]
        return remaining

    def first(self, count: int) -> Schedule:
        """Return the schedule of the first `count` dividends."""
        return Schedule(times=self.times[:count], amounts=self.amounts[:count])


def tables(
    keys: FloatArray, *, most_rows: int, within: FloatArray | None = None
) -> Iterator[NDArray[np.intp]]:
    """Yield tables of element indices; keys are equal within a row, and a short row repeats its last index.

    Keys have shape (keys, elements); rows of one length keep the order of their keys. Within a row another
    key, shape (elements,), rises if there is one.
    """
    varying = keys[(keys != keys[:, :1]).any(axis=1)]  # a sort by equal keys takes as long as by others
    order = np.lexsort((np.arange(keys.shape[1]) if within is None else within, *varying))
    starts = np.flatnonzero(np.append(True, (np.diff(varying[:, order]) != 0.0).any(axis=0)))
    sizes = np.diff(starts, append=order.size)
    unassigned = np.argsort(-sizes, kind="stable")
    while unassigned.size:
        longest = sizes[unassigned[0]]
        similar = np.count_nonzero(sizes[unassigned] * MAX_LENGTH_RATIO >= longest)
        count = min(similar, most_rows, max(TABLE_SIZE // longest, 1))
        rows, unassigned = unassigned[:count], unassigned[count:]
        yield order[starts[rows, None] + np.minimum(np.arange(longest), sizes[rows, None] - 1)]


def contract_keys(batch: Batch, *, time_to_drop: FloatArray) -> FloatArray:
    """Return keys that are equal for options whose value at the first drop can share quadrature nodes."""
    bucket = np.floor(np.log(time_to_drop / SHORTEST_BUCKET) / np.log(BUCKET_RATIO))
    bucket_start = SHORTEST_BUCKET * BUCKET_RATIO**bucket
    width = SHARED_NODE_DEVIATIONS * batch.vol * np.sqrt(bucket_start)
    moneyness_bucket = np.round(np.log(batch.spot / batch.strike) / width)
    return np.stack([*_terms(batch), batch.strike, bucket, moneyness_bucket])


def boundary_keys(batch: Batch) -> FloatArray:
    """Return keys that are equal for options that share an exercise boundary in units of the strike."""
    bucket = np.floor(np.log(batch.time_to_expiry / SHORTEST_BUCKET) / np.log(BUCKET_RATIO))
    return np.stack([*_terms(batch), bucket])


def grid_keys(batch: Batch) -> FloatArray:
    """Return keys that are equal for options that one finite-difference grid values."""
    time = np.maximum(batch.time_to_expiry, SHORTEST_BUCKET)
    bucket = np.floor(np.log(time / SHORTEST_BUCKET) / np.log(GRID_BUCKET_RATIO))
    return np.stack([*_terms(batch), batch.strike, bucket])


def _terms(batch: Batch) -> tuple[FloatArray, ...]:
    """Return the keys of every group: sign, vol, rate, yield and rounded expiry."""
    expiry = np.round(batch.expiry, EXPIRY_DIGITS)
    return batch.sign, batch.vol, batch.rate, batch.dividend_yield, expiry


def collapse_columns(values: FloatArray) -> FloatArray:
    """Return the first column where every row holds one value, else all columns."""
    return values[:, :1] if (values == values[:, :1]).all() else values
