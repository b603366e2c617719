"""Pairs: long one fund and short another in equal dollars."""

from __future__ import annotations

import math

from riskcalc.domain.market import Quote
from riskcalc.domain.validation import real, record
from riskcalc.errors import InvalidInputError
from riskcalc.records import dataclass


def pair_quote(held: Quote, sold: Quote, *, correlation: float) -> Quote:
    """Quote of a pair from the quotes of its funds.

    Parameters
    ----------
    held, sold : Quote
        Quotes of the long and of the short fund.
    correlation : float
        Of their daily returns, in [-1, 1].

    Returns
    -------
    Quote
        The spot is that of the long fund, the vol that of the ratio of the two funds. It has no dividends:
        those received and owed are part of the returns.

    Raises
    ------
    InvalidInputError
        The correlation is outside its range.

    Notes
    -----
    A dollar long one fund and a dollar short another earn the difference of the two returns at no cost of
    carry, since the short sale finances the purchase. So a pair is priced as a share of the long fund that
    returns the difference. Its vol is that of the ratio in Margrabe's exchange option.

    References
    ----------
    W. Margrabe, "The Value of an Option to Exchange One Asset for Another", Journal of Finance 33 (1978).

    Examples
    --------
    >>> held, sold = Quote(spot=295.39, vol=0.20), Quote(spot=754.95, vol=0.14)
    >>> round(pair_quote(held, sold, correlation=0.85).vol, 4)
    0.1095
    """
    record("held", Quote, held)
    record("sold", Quote, sold)
    correlation = real("correlation", correlation)
    if not -1 <= correlation <= 1:
        raise InvalidInputError(f"correlation must be a number from -1 to 1, got {correlation:g}")
    variance = held.vol**2 + sold.vol**2 - 2 * correlation * held.vol * sold.vol
    return Quote(spot=held.spot, vol=math.sqrt(max(variance, 0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """The two sides of a pair, all units."""

    bought: str
    """Symbol of the fund that is held."""
    sold: str
    """Symbol of the fund that is sold short."""
    bought_shares: int
    """Whole shares."""
    sold_shares: int
    """Whole shares."""
    bought_dollars: float
    sold_dollars: float
    correlation: float | None
    """Correlation of daily returns implied by the three vols; None if a vol is 0 or they are inconsistent."""
    beta: float | None
    """Beta of the pair's first fund to its second; None as above."""
    beta_dollars: float | None
    """Residual exposure of the pair in dollars of the second fund, signed; None as above."""

    @property
    def net_dollars(self) -> float:
        """Net dollars bought after rounding to whole shares [dollars]."""
        return self.bought_dollars - self.sold_dollars
