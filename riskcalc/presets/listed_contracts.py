"""Strike rules, and the nearest listed strike and expiry."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from riskcalc.domain import Listing, OptionType, Quote, UsualListing
from riskcalc.domain.sessions import closed_expiry, is_session
from riskcalc.domain.validation import finite, open_fraction, positive
from riskcalc.errors import ChainError, InvalidInputError, RiskcalcError
from riskcalc.records import dataclass

EXPIRY_SLACK_DAYS = 18
"""Largest distance of a listed expiry from the requested days: half the gap of monthly ones, or ..."""

EXPIRY_SLACK_SHARE = 0.25
"""... this share of the requested days if larger, since far expiries are further apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeContext:
    """Inputs of a strike rule."""

    quote: Quote
    rate: float
    """Continuously compounded, per year."""
    years: float
    """Time to the expiry, ACT/365, >= 0."""
    option_type: OptionType
    vol: float
    """Volatility of the leg, per sqrt(year)."""
    dividends: float = 0.0
    """Present value of the cash dividends up to the expiry [dollars per share], >= 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactStrike:
    """An exact strike."""

    strike: float
    """[dollars], > 0."""

    def __post_init__(self) -> None:
        """Check the strike."""
        positive("strike", self.strike)

    def wanted(self, context: StrikeContext) -> float:  # noqa: ARG002 - the same wherever the spot is
        """Strike asked for [dollars]."""
        return self.strike


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneynessStrike:
    """A strike at a distance from the spot."""

    move: float
    """Signed distance as a share of the spot, > -1; 0 is at the money."""

    def __post_init__(self) -> None:
        """Check the distance."""
        if not finite("moneyness", self.move) > -1:
            raise InvalidInputError(f"moneyness must be above -100%, got {self.move:.0%}")

    def wanted(self, context: StrikeContext) -> float:
        """Strike asked for [dollars]."""
        return context.quote.spot * (1 + self.move)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaStrike:
    """A strike whose European option has a given spot delta, with the spot net of cash dividends.

    Examples
    --------
    >>> context = StrikeContext(
    ...     quote=Quote(spot=100, vol=0.2), rate=0.0, years=1.0, option_type=OptionType.CALL, vol=0.2
    ... )
    >>> round(DeltaStrike(delta=0.5).wanted(context), 4)  # half-delta lies above the forward by vol^2 / 2
    102.0201
    """

    delta: float
    """Size of the spot delta, in (0, 1), for calls and puts alike."""

    def __post_init__(self) -> None:
        """Check the delta."""
        open_fraction("delta", self.delta)

    def wanted(self, context: StrikeContext) -> float:
        """Strike asked for [dollars].

        Raises
        ------
        InvalidInputError
            Dividends up to the expiry keep any option from so large a delta, or leave nothing of the spot.
        """
        quote, years = context.quote, context.years
        # Cash paid before expiry is not part of the option's underlying.
        left = quote.spot - context.dividends
        if not left > 0:
            raise InvalidInputError(
                f"delta needs dividends worth less than the spot {quote.spot:g}, got {context.dividends:g}"
            )
        # A call's delta is exp(-q T) N(d1), a put's -exp(-q T) N(-d1): solve for d1, then d1 for the strike.
        chance = self.delta * math.exp(quote.dividend_yield * years)
        if not chance < 1:
            most = math.exp(-quote.dividend_yield * years)
            raise InvalidInputError(f"delta must be below {most:.4f} for that expiry, got {self.delta:g}")
        from statistics import NormalDist  # noqa: PLC0415 - slow to import, and few strikes are deltas

        d1 = int(context.option_type) * NormalDist().inv_cdf(chance)
        deviation = context.vol * math.sqrt(years)
        growth = (context.rate - quote.dividend_yield) * years
        return left * math.exp(growth + deviation * (deviation / 2 - d1))


StrikeRule = ExactStrike | MoneynessStrike | DeltaStrike
"""Any of the three strike rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Listed contracts on a day; with a real chain, exact strikes and expiries must be listed."""

    listing: Listing
    today: dt.date
    strike_slack: float
    """How far outside the listed strikes a rule's strike may be [dollars]."""

    @property
    def is_chain(self) -> bool:
        """Whether the listing has real quotes rather than usual contracts."""
        return not isinstance(self.listing, UsualListing)

    def exact_expiry(self, expiry: dt.date) -> dt.date:
        """Return an expiry that has not passed, on a session, and that a chain must list."""
        if expiry < self.today:
            raise InvalidInputError(
                f"expiry {expiry} is before the market's date {self.today}: it has passed"
            )
        if not self.is_chain:
            require_session("expiry", expiry)
        listed = sorted(self.listing.expiries()) if self.is_chain else [expiry]
        if expiry not in listed:
            raise ChainError(f"the chain does not list the expiry {expiry}; {_neighbors(listed, expiry)}")
        return expiry

    def expiry_near(self, days: int, *, allows: Callable[[int], bool]) -> dt.date:
        """Return the listed expiry nearest to the requested days, the earlier of two.

        `allows` tells which numbers of days the entry rules allow; it binds when any listed expiry passes.
        """
        listed = sorted(day for day in self.listing.expiries() if day > self.today)
        allowed = [day for day in listed if allows((day - self.today).days)] or listed
        nearest = min(allowed, key=lambda day: abs(self._days_off(day, days)), default=None)
        slack = max(EXPIRY_SLACK_DAYS, EXPIRY_SLACK_SHARE * days)
        if nearest is None or abs(self._days_off(nearest, days)) > slack:
            raise self._no_expiry_near(days, listed)
        return nearest

    def exact_strike(self, strike: float, *, expiry: dt.date, option_type: OptionType) -> float:
        """Return a strike that a chain must list."""
        if not self.is_chain:
            return strike
        listed = sorted(self.listing.strikes(expiry=expiry, option_type=option_type))
        strikes = [listed_strike for listed_strike in listed if abs(listed_strike - strike) < 1e-6]
        if not strikes:
            raise _no_strike(strike, listed, expiry, option_type)
        return strikes[0]

    def strike_near(self, target: float, *, expiry: dt.date, option_type: OptionType) -> float:
        """Return the listed strike nearest to the requested one, the lower of two."""
        listed = sorted(self.listing.strikes(expiry=expiry, option_type=option_type))
        slack = self.strike_slack
        if not listed or not listed[0] - slack <= target <= listed[-1] + slack:
            raise _no_strike(target, listed, expiry, option_type)
        return min(listed, key=lambda strike: abs(strike - target))

    def _days_off(self, day: dt.date, days: int) -> int:
        return (day - self.today).days - days

    def _no_expiry_near(self, days: int, listed: Sequence[dt.date]) -> RiskcalcError:
        expiry = self.today + dt.timedelta(days=days)
        near = _neighbors(listed, expiry)
        if self.is_chain:
            return ChainError(f"the chain lists no expiry near {days} days ({expiry}); {near}")
        return InvalidInputError(
            f"no expiry near {days} days ({expiry}) is usually listed; {near}; or state an exact expiry"
        )


def require_session(field: str, expiry: dt.date) -> dt.date:
    """Return an expiry on which the exchange trades.

    Raises
    ------
    InvalidInputError
        The exchange is closed; the text names the session that is meant.
    """
    if is_session(expiry):
        return expiry
    raise InvalidInputError(f"{field} must be a trading day, got {closed_expiry(expiry)}")


def _no_strike(
    strike: float, listed: Sequence[float], expiry: dt.date, option_type: OptionType
) -> ChainError:
    kind = option_type.name.lower()
    near = _neighbors(listed, strike)
    return ChainError(f"the chain does not list a {kind} of {expiry} with strike {strike:g}; {near}")


def _neighbors(listed: Sequence[Any], target: object) -> str:
    """Describe the listed values on either side of a requested one."""
    at = bisect_left(listed, target)
    near = [
        f"{strike:g}" if isinstance(strike, float | int) else f"{strike}"
        for strike in listed[max(at - 1, 0) : at + 1]
    ]
    return f"nearest: {' and '.join(near)}" if near else "it lists none"
