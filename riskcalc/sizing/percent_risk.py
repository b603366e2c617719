"""Percent-risk sizing: the most units whose loss is within a fixed fraction of equity.

An input that is NaN or outside the range its docstring states raises `InvalidInputError`.
"""

from __future__ import annotations

import math

from riskcalc.domain.account import RiskBasis
from riskcalc.domain.legs import Side
from riskcalc.domain.position_size import PositionSize
from riskcalc.domain.validation import fraction, member, non_negative, positive, positive_or_inf
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass

SLACK = 1e-12
"""Relative tolerance for rounding: 0.29 x 100 / 29 is 0.9999..., yet one unit fits exactly."""

MOST_UNITS = 2**53
"""Beyond this a float no longer tells one unit more; a limit that allows as many does not bind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit in dollars, and the dollars used per unit.

    Examples
    --------
    >>> budget = Limit(name="risk budget", verb="risk", noun="the budget is", available=1000, per_unit=300)
    >>> budget.units
    3
    >>> budget.reason(3)
    '3 units: 4 would risk $1,200.00, the budget is $1,000.00'
    """

    name: str
    verb: str
    """Verb after "would" in messages: ``risk``."""
    noun: str
    """Subject and verb of a message: ``the budget is``."""
    available: float
    """[dollars], >= 0"""
    per_unit: float
    """[dollars per unit], >= 0; inf never fits."""
    fixed: float = 0.0
    """Fixed amount per trade [dollars], >= 0."""
    lot: float = 1
    """Size of one counted lot in units: 0.001 for thousandths."""

    @property
    def units(self) -> int | None:
        """Whole units that fit, rounded down; None when the limit does not bind."""
        if self.per_unit == 0:
            return None if self._is_within(1) else 0
        fitting = (self.available - self.fixed) / self.per_unit
        if fitting > MOST_UNITS:
            return None
        units = math.floor(fitting) if fitting > 0 else 0
        return units + 1 if self._is_within(units + 1) else units

    def used_by(self, units: int) -> float:
        """Return the dollars used by units; 0 for none."""
        return self.fixed + units * self.per_unit if units else 0.0

    def reason(self, units: int) -> str:
        """Return why one more unit does not fit."""
        more = (
            f"{self._count_text(units + 1)} would {self.verb}"
            if units
            else f"{self._smallest_size} {self.verb}s"
        )
        count = f"{self._count_text(units)} {'unit' if units * self.lot == 1 else 'units'}"
        needed, available = _distinct_texts(self.used_by(units + 1), self.available)
        return f"{count}: {more} {needed}, {self.noun} {available}"

    @property
    def _smallest_size(self) -> str:
        return "one unit" if self.lot == 1 else f"{self.lot:g} units"

    def _count_text(self, count: int) -> str:
        return f"{count}" if self.lot == 1 else f"{round(count * self.lot, 3):,}".removesuffix(".0")

    def _is_within(self, units: int) -> bool:
        return self.used_by(units) <= self.available * (1 + SLACK)


def size_by_stop(
    *,
    equity: float,
    risk_fraction: float,
    entry: float,
    stop: float,
    multiplier: float = 1,
    cost_per_unit: float = 0.0,
    cost_per_trade: float = 0.0,
    side: Side = Side.LONG,
) -> PositionSize:
    """Size a position so that the loss at its stop is at most a fixed fraction of equity.

    Parameters
    ----------
    equity : float
        Account value [dollars], > 0.
    risk_fraction : float
        Share of equity the trade may lose, in (0, 1]; 0.01 is 1%.
    entry : float
        Entry price [dollars per share], > 0.
    stop : float
        Stop price [dollars per share], > 0: below `entry` for LONG, above it for SHORT.
    multiplier : float
        Shares one unit stands for, > 0.
    cost_per_unit : float
        Round-trip costs of one unit [dollars], >= 0.
    cost_per_trade : float
        Round-trip costs paid once, taken off the budget first [dollars], >= 0.
    side : Side
        LONG or SHORT.

    Returns
    -------
    PositionSize
        ``units`` is rounded down: one more would break the budget. ``risk`` is the loss at the stop
        with all costs; a gap past the stop loses more.

    Raises
    ------
    InvalidInputError
        An input is NaN or outside its range, or the stop is on the wrong side of the entry.

    References
    ----------
    V. Tharp, Trade Your Way to Financial Freedom, the chapter on position sizing: the percent-risk model.

    Examples
    --------
    >>> size = size_by_stop(equity=50_000, risk_fraction=0.02, entry=60, stop=54)
    >>> size.units, size.risk
    (166, 996.0)
    >>> size.reason
    '166 units: 167 would risk $1,002.00, the budget is $1,000.00'
    """
    distance = stop_distance(entry=entry, stop=stop, side=side)
    loss = distance * positive("multiplier", multiplier) + non_negative("cost_per_unit", cost_per_unit)
    return _size(
        equity=equity,
        risk_fraction=risk_fraction,
        loss_per_unit=loss,
        cost_per_trade=cost_per_trade,
        basis=RiskBasis.STOP,
    )


def size_by_max_loss(
    *, equity: float, risk_fraction: float, max_loss: float, cost_per_trade: float = 0.0
) -> PositionSize:
    """Size a trade so that its maximum loss is at most a fixed fraction of equity.

    Parameters
    ----------
    equity, risk_fraction, cost_per_trade : float
        As in `size_by_stop`.
    max_loss : float
        Worst loss of one unit, with costs [dollars], > 0; ``inf`` sizes to zero.

    Returns
    -------
    PositionSize
        ``units`` is rounded down: one more would break the budget.

    Examples
    --------
    >>> size_by_max_loss(equity=50_000, risk_fraction=0.01, max_loss=180).units
    2
    >>> size_by_max_loss(equity=100_000, risk_fraction=0.01, max_loss=1204).reason
    '0 units: one unit risks $1,204.00, the budget is $1,000.00'
    """
    return _size(
        equity=equity,
        risk_fraction=risk_fraction,
        loss_per_unit=positive_or_inf("max_loss", max_loss),
        cost_per_trade=cost_per_trade,
        basis=RiskBasis.MAX_LOSS,
    )


def stop_distance(*, entry: float, stop: float, side: Side) -> float:
    """Loss of a share at its stop [dollars per share], > 0; a stop on the wrong side is refused."""
    distance = int(member("side", Side, side)) * (positive("entry", entry) - positive("stop", stop))
    if not distance > 0:
        where = "below" if side is Side.LONG else "above"
        raise InvalidInputError(
            f"stop must be {where} entry for a {side.name.lower()} position, "
            f"got stop {stop:g} and entry {entry:g}"
        )
    return distance


def _distinct_texts(needed: float, available: float) -> tuple[str, str]:
    """Two amounts of which the first is more, with the decimals that show it."""
    for digits in (2, 4, 6):
        texts = _dollars(needed, digits), _dollars(available, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _dollars(amount: float, digits: int) -> str:
    return f"${amount:,.{digits}f}" if math.isfinite(amount) else "an unlimited amount"


def _size(
    *, equity: float, risk_fraction: float, loss_per_unit: float, cost_per_trade: float, basis: RiskBasis
) -> PositionSize:
    budget = positive("equity", equity) * fraction("risk_fraction", risk_fraction)
    limit = risk_budget_limit(budget=budget, loss_per_unit=loss_per_unit, cost_per_trade=cost_per_trade)
    units = limit.units
    if units is None:
        least = budget / MOST_UNITS
        raise InvalidInputError(f"the loss of one unit must be at least {least:g}, got {loss_per_unit:g}")
    return PositionSize(
        units=units,
        risk=limit.used_by(units),
        risk_budget=budget,
        risk_fraction=limit.used_by(units) / equity,
        loss_per_unit=loss_per_unit,
        binding_limit=limit.name,
        reason=limit.reason(units),
        basis=basis.value,
        limits=((limit.name, units),),
    )


def risk_budget_limit(*, budget: float, loss_per_unit: float, cost_per_trade: float) -> Limit:
    """Return the limit that a risk budget sets [all in dollars]."""
    return Limit(
        name="risk budget",
        verb="risk",
        noun="the budget is",
        available=budget,
        per_unit=loss_per_unit,
        fixed=non_negative("cost_per_trade", cost_per_trade),
    )
