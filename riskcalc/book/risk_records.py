"""The risk of a book: one row per open trade, totals, and the shock ladder."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import Any

from riskcalc.domain import InstrumentTable
from riskcalc.domain.serialization import to_plain
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BookGreeks:
    """Greeks of positions on any underlyings, in dollars."""

    dollar_delta: float = 0.0
    """Delta times spot."""
    gamma_per_percent: float = 0.0
    """Change of the dollar delta when the underlying moves by 1 %."""
    theta_per_day: float = 0.0
    """Per calendar day."""
    vega_per_point: float = 0.0
    """When every vol rises by 0.01."""
    rho_per_point: float = 0.0
    """When the rate rises by 0.01."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An action that a trade requires."""

    what: str
    """``stop``, ``target``, ``time stop``, ``expiry``, ``21 days`` or ``assignment``."""
    text: str
    now: bool
    """Whether it is due today, not only near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionRisk:
    """One open trade at the marks; all amounts are of the whole position."""

    id: int
    symbol: str
    description: str
    quantity: float
    opened: dt.date
    days: int
    """Calendar days held."""
    spot: float | None
    """Of the underlying [dollars]; None where it has no price."""
    value: float | None
    """Model value at the marks [dollars]; None where it cannot be valued."""
    pnl: float | None
    """Realized and open profit with costs so far, at the marks, else at model values [dollars]."""
    r_multiple: float | None
    """The same over the planned loss; None without a plan."""
    stop: float | None
    """Spot of the stop nearest to the spot [dollars]; None without one."""
    stop_distance: float | None
    """Move of the underlying to the stop, a fraction; 0 or of the wrong sign once it is passed."""
    stop_atr: float | None
    """The same in average true ranges of 14 sessions, >= 0; None where its range is not known."""
    stop_deviations: float | None
    """The same in daily standard deviations at the underlying's implied vol, >= 0."""
    risk: float
    """Loss from the mark to the stop, repriced on the worse of today and the time stop, with exit costs; the
    max loss where no stop holds it [dollars, >= 0]; inf where that is unlimited."""
    risk_basis: str
    """Basis of the risk: ``to the stop``, ``no stop: max loss``, ``stop passed: max loss``, ..."""
    loss_at_shock: float | None
    """In the common shock that hurts the book most, no stop applied [dollars]; negative is a gain."""
    iwm_equivalent: float
    """Dollars of IWM that move as it does."""
    spy_equivalent: float
    """Dollars of SPY that move as it does: beta-weighted delta."""
    greeks: BookGreeks
    buying_power: float
    """[dollars]"""
    due: tuple[Due, ...]
    preset: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return dict(to_plain(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Combined loss of all open trades [dollars], three ways."""

    sum: float
    """All at their risk at once."""
    correlated: float
    """sqrt(r' C r) of the risks, opposite trades offsetting, at the correlations of the underlyings."""
    shock: float
    """In the worse of a fall and a rise of IWM, everything repriced and no stop applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockRow:
    """The whole book after a move of IWM within one session, no stop applied."""

    move: float
    pnl: float
    """[dollars]"""
    iwm_equivalent: float
    """Afterwards [dollars]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTotals:
    """All open trades together."""

    risk: float
    """Sum of the risks [dollars]."""
    risk_in_r: float | None
    """Sum of the risks over the planned losses, of trades with a plan; None without any."""
    heat: Heat
    shock: float
    """Size of the common move of IWM, a fraction."""
    iwm_equivalent: float
    spy_equivalent: float
    greeks: BookGreeks
    buying_power: float
    """Used [dollars]."""
    pnl: float | None
    """Realized and open profit of the open trades; None where one has no price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRisk:
    """Risk of the open trades of a book."""

    date: dt.date
    """Of the marks."""
    oldest_price: dt.date
    """Day of the oldest price among the positions."""
    positions: tuple[PositionRisk, ...]
    totals: BookTotals
    ladder: tuple[ShockRow, ...]
    """Moves of IWM, lowest first."""
    notes: tuple[str, ...]
    """Assumptions, and what could not be valued."""
    instruments: InstrumentTable | None = field(default=None, repr=False, compare=False)
    """Instruments by symbol, in which betas were looked up; None is the shipped ones."""

    @property
    def due(self) -> tuple[tuple[PositionRisk, Due], ...]:
        """Actions due today, with their positions."""
        return tuple((position, due) for position in self.positions for due in position.due if due.now)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: dollars, fractions, ISO 8601 dates, infinity as ``"unlimited"``."""
        return {
            "date": to_plain(self.date),
            "positions": [position.to_dict() for position in self.positions],
            "totals": to_plain(self.totals),
            "ladder": to_plain(self.ladder),
            "notes": list(self.notes),
        }
