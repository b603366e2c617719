"""Parsing of typed numbers with their unit, and step grids."""

from __future__ import annotations

import math
import re
import reprlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol

from riskcalc.editor.draft import Draft
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

_GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:_\d{3})+"
_NUMBER = rf"(?P<sign>[+-]?)\s*(?P<dollar>\$?)\s*(?P<digits>(?:{_GROUPED}|\d+)(?:\.\d*)?|\.\d+)"
_SUFFIXES = {"$": "[km]?", "%": "%?", "pt": "(?:pts?|points?|%)?", "d": "(?:d|days?)?", "": ""}
"""Allowed suffixes of a number, by the unit of the field."""
_TIMES = {"k": 1e3, "m": 1e6}

Unit = Literal["$", "%", "pt", "d", ""]
Ends = tuple[float, float]

PER_ONE = {"%": 100.0, "pt": 100.0}
"""Units per 1; dollars, days and counts are not listed."""

MOST_DIGITS = 40
"""Maximum length of a typed number."""


ON_GRID = 1e-6
"""Share of a step within which a value counts as on the grid."""

FURTHEST_SPOT = 0.25
"""Ends of the sliders of prices, as a share of the spot at opening."""

DIGITS = 10
"""Decimals that a value keeps: 0.3, not 0.30000000000000004."""


def read_number(text: str, *, unit: str, name: str, bounds: Bounds, unsigned: bool = False) -> float:
    """Read a typed number.

    Parameters
    ----------
    text : str
        ``22``, ``22%``, ``1,000``, ``1_000``, ``$50k``, ``+3 pt``: the unit may be repeated.
    unit : str
        The unit that the field shows: ``$``, ``%``, ``pt``, ``d`` or none.
    name : str
        Name of the field in the error.
    bounds : Bounds
        What is allowed, in that unit.
    unsigned : bool
        Whether a sign is dropped, as for a stop, which people write as -6.

    Returns
    -------
    float
        In the unit of the field.

    Raises
    ------
    InvalidInputError
        It is no number in that unit, or out of bounds; the text names field, range and value.

    Examples
    --------
    >>> anything = Bounds(low=0, high=1e9)
    >>> [read_number(text, unit="$", name="Equity", bounds=anything) for text in ("$50k", "1,000", "0.5")]
    [50000.0, 1000.0, 0.5]
    >>> read_number("0", unit="%", name="Stop", bounds=Bounds(low=0, high=100, above=True, below=True))
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: Stop must be a number above 0 and below 100%, got '0'
    """
    # A minus sign copied from a text is often the typographic one.
    typed = text.strip().lower().replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(rf"{_NUMBER}\s*(?P<suffix>{_SUFFIXES[unit]})", typed, flags=re.ASCII)
    if len(typed) > MOST_DIGITS or match is None or (match["dollar"] and unit != "$"):
        raise refused(text, unit=unit, name=name, bounds=bounds)
    number = float(re.sub("[,_]", "", match["digits"])) * _TIMES.get(match["suffix"], 1.0)
    if match["sign"] == "-" and not unsigned:
        number = -number + 0.0
    if not bounds.allow(number):
        raise refused(text, unit=unit, name=name, bounds=bounds)
    return number


def incomplete(text: str) -> bool:
    """Whether a text may yet become a number: nothing, a sign, a point.

    Examples
    --------
    >>> incomplete(""), incomplete("-"), incomplete("+."), incomplete("x")
    (True, True, True, False)
    """
    return re.fullmatch(r"[+\-\N{MINUS SIGN}]?\$?\.?", text.strip()) is not None


def refused(text: str, *, unit: str, name: str, bounds: Bounds, kind: str = "number") -> InvalidInputError:
    """Return an error of one line with the field, its range and the text, shortened if it is long."""
    allowed = f"{bounds.words}{unit}" if unit == "%" else f"{bounds.words} {unit}".rstrip()
    return InvalidInputError(f"{name} must be a {kind} {allowed}, got {reprlib.repr(text.strip())}")


class Grid(Protocol):
    """Values that a field steps through."""

    def following(self, value: float, direction: int) -> float:
        """Return the next value up (1) or down (-1); the value itself where there is none."""

    def nearest(self, value: float) -> float:
        """Return the value of the grid closest to any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvenGrid:
    """Multiples of one step.

    Examples
    --------
    >>> EvenGrid(step=0.25).following(4.1, 1), EvenGrid(step=0.25).following(4.25, -1)
    (4.25, 4.0)
    """

    step: float

    def following(self, value: float, direction: int) -> float:
        """Return the next multiple in a direction."""
        count = value / self.step
        if abs(count - round(count)) < ON_GRID:
            return self._multiple(round(count) + direction)
        return self._multiple(math.ceil(count) if direction > 0 else math.floor(count))

    def nearest(self, value: float) -> float:
        """Return the multiple closest to a value."""
        return self._multiple(round(value / self.step))

    def _multiple(self, count: int) -> float:
        return round(count * self.step, DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareGrid:
    """Grid of 1, 2 or 5 times a power of ten, the largest step within a share of the value.

    A step grows only at a multiple of both steps, so that as many steps down undo any steps up.

    Examples
    --------
    >>> grid = ShareGrid(share=0.005)
    >>> grid.following(295.39, 1), grid.following(400, 1), grid.following(400, -1)
    (296.0, 402.0, 399.0)
    """

    share: float
    smallest: float = 0.0
    """Minimum step, so that 0 can be left and reached."""

    def following(self, value: float, direction: int) -> float:
        """Return the next value in a direction."""
        just_beside = value * (1 + direction * 1e-5)
        return EvenGrid(step=self._step(just_beside)).following(value, direction)

    def nearest(self, value: float) -> float:
        """Return the value of the grid closest to another; 0, where no share of the value is a step."""
        return EvenGrid(step=self._step(value)).nearest(value) if value > 0 else 0.0

    def _step(self, value: float) -> float:
        target = max(self.share * value, self.smallest)
        power = 10.0 ** math.floor(math.log10(target) + ON_GRID)
        return float(
            max(times * power for times in (1, 2, 5) if times * power <= target * (1 + ON_GRID) or times == 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGrid:
    """Values as they are listed, lowest first.

    Examples
    --------
    >>> strikes = ListedGrid(values=(290, 295, 300))
    >>> strikes.following(292, 1), strikes.following(300, 1), strikes.nearest(293)
    (295, 300, 295)
    """

    values: Sequence[float]

    def following(self, value: float, direction: int) -> float:
        """Return the next listed value in a direction."""
        if direction > 0:
            index = bisect_right(self.values, value + ON_GRID)
            return self.values[index] if index < len(self.values) else value
        index = bisect_left(self.values, value - ON_GRID)
        return self.values[index - 1] if index else value

    def nearest(self, value: float) -> float:
        """Return the listed value closest to another, of two the lower."""
        return min(self.values, key=lambda listed: abs(listed - value), default=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Range of a field, in its unit.

    Examples
    --------
    >>> Bounds(low=0, high=100, above=True).words
    'above 0 and at most 100'
    """

    low: float
    high: float
    above: bool = False
    """Whether `low` itself is refused."""
    below: bool = False
    """Whether `high` itself is refused."""

    def allow(self, value: float) -> bool:
        """Whether a value is inside; NaN is not."""
        high_enough = value > self.low if self.above else value >= self.low
        return high_enough and (value < self.high if self.below else value <= self.high)

    @property
    def words(self) -> str:
        """The range in words."""
        if not (self.above or self.below):
            return f"from {self.low:,.13g} to {self.high:,.13g}"
        low = "above" if self.above else "at least"
        return f"{low} {self.low:,.13g} and {'below' if self.below else 'at most'} {self.high:,.13g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Bounds):
    """The numbers of a field, in the unit it shows: range, steps, slider and decimals.

    Examples
    --------
    >>> Scale(unit="%", step=0.25, low=0, high=100, slider=(0, 10)).text(4)
    '4.00'
    """

    unit: Unit = ""
    step: float | Grid | Callable[[Draft], Grid]
    """An even step, or a grid, or the grid of a draft."""
    slider: Ends | Callable[[Draft], Ends]
    """Ends of the slider; around the value the draft was opened with."""
    digits: int = 2
    """Decimals shown when the value has no more."""
    whole: bool = False
    """Whether only whole numbers are taken."""
    signed: bool = False
    """Whether its numbers carry a plus or minus."""
    unsigned: bool = False
    """Whether a typed sign is dropped, as for a stop."""

    def grid(self, draft: Draft) -> Grid:
        """Return the values to step through."""
        if isinstance(self.step, (int, float)):
            return EvenGrid(step=self.step)
        return self.step(draft) if callable(self.step) else self.step

    def ends(self, draft: Draft) -> Ends:
        """Return the ends of the slider."""
        return self.slider(draft) if callable(self.slider) else self.slider

    def read(self, text: str, *, name: str) -> float:
        """Read a typed number; raises InvalidInputError that names the field, as `read_number` does."""
        number = read_number(text, unit=self.unit, name=name, bounds=self, unsigned=self.unsigned)
        if self.whole and number != int(number):
            raise refused(text, unit=self.unit, name=name, bounds=self, kind="whole number")
        return number

    def text(self, shown: float) -> str:
        """Return a number with its usual decimals, two of them where it has more."""
        usual = abs(shown - round(shown, self.digits)) < 1e-6
        digits = self.digits if usual else max(self.digits, 2)
        return f"{shown + 0.0:{'+' if self.signed else ''},.{digits}f}"

    def shown(self, value: float) -> float:
        """Return a number of the records in the unit of the field."""
        return round(value * PER_ONE.get(self.unit, 1.0), DIGITS)

    def inside(self, shown: float) -> float:
        """Return a number of the field as the records hold it."""
        if self.whole:
            return int(shown)
        # Rounded, so that 22.7% is the very float that a file's "22.7%" is read as.
        return round(shown / PER_ONE[self.unit], DIGITS + 2) if self.unit in PER_ONE else shown


def steps_from(value: float, count: int, *, grid: Grid, bounds: Bounds) -> Iterator[float]:
    """Yield the values of successive steps on a grid within the bounds.

    Examples
    --------
    >>> list(steps_from(98.7, 5, grid=EvenGrid(step=0.5), bounds=Bounds(low=0, high=100, below=True)))
    [99.0, 99.5]
    """
    direction = 1 if count > 0 else -1
    for _ in range(abs(count)):
        following = grid.following(value, direction)
        if following == value or not bounds.allow(following):
            return
        value = following
        yield value


def around_spot(draft: Draft) -> tuple[float, float]:
    """Ends of a slider of prices [dollars]."""
    spot = draft.preset.market.quote(draft.trade.symbol).spot if draft.chain is None else draft.chain.spot
    return (1 - FURTHEST_SPOT) * spot, (1 + FURTHEST_SPOT) * spot


def share_of_spot(draft: Draft, share: float) -> tuple[float, float]:
    """Ends of a slider from 0 to a share of the highest spot that `around_spot` reaches [dollars]."""
    return 0.0, share * around_spot(draft)[1]


def up_to_vol(draft: Draft) -> tuple[float, float]:
    """Ends of a slider of vols [percent]."""
    return 0.0, max(60.0, 250 * draft.preset.market.quote(draft.trade.symbol).vol)


def around_equity(draft: Draft) -> tuple[float, float]:
    """Ends of a slider of account values [dollars]."""
    return 0.0, 3 * draft.preset.account.equity


VOLATILITY = Scale(unit="%", step=1.0, low=0, high=500, slider=up_to_vol, digits=1)
"""Any volatility: implied, realized or expected."""
