"""How a strike is asked for: exactly, by moneyness, or by delta."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from riskcalc.domain import OptionType, Quote
from riskcalc.domain.validation import finite, open_fraction, positive
from riskcalc.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeContext:
    """What a strike rule refers to."""

    quote: Quote
    rate: float
    """Continuously compounded, per year."""
    years: float
    """Time to the expiry, ACT/365, >= 0."""
    option_type: OptionType
    vol: float
    """Volatility of the leg, per sqrt(year)."""
    dividends: float = 0.0
    """What the cash dividends up to the expiry are worth today [dollars per share], >= 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactStrike:
    """A strike as it stands on the exchange."""

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
            raise InvalidInputError(f"moneyness must be above -100 %, got {self.move:.0%}")

    def wanted(self, context: StrikeContext) -> float:
        """Strike asked for [dollars]."""
        return context.quote.spot * (1 + self.move)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaStrike:
    """A strike whose European option has a given spot delta, cash dividends taken off the spot.

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
        # Cash that is paid before the expiry is no part of what the option is on.
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
        d1 = int(context.option_type) * NormalDist().inv_cdf(chance)
        deviation = context.vol * math.sqrt(years)
        growth = (context.rate - quote.dividend_yield) * years
        return left * math.exp(growth + deviation * (deviation / 2 - d1))


StrikeRule = ExactStrike | MoneynessStrike | DeltaStrike
"""Any of the three ways."""
