"""The smile of a chain, each expiry fitted when it is first asked for."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from functools import lru_cache

from numpy.typing import ArrayLike

from riskcalc.chains.array_types import Floats
from riskcalc.chains.chain import Chain
from riskcalc.chains.fitted_chain import fit_chain
from riskcalc.chains.smile import Smile
from riskcalc.chains.sticky import StickySmile
from riskcalc.domain import Market, MovingSmile, Quote, SmileAt, Sticky, moving_smile
from riskcalc.domain.validation import one_of, record
from riskcalc.errors import ChainError


def sticky_smile(chain: Chain, market: Market, sticky: Sticky | str) -> StickySmile:
    """Return what moves the vols of a trade along with the spot, from real quotes.

    An expiry is fitted when it is first asked for, by itself: a trade needs one or two of a chain.

    Parameters
    ----------
    chain : Chain
        Quotes of one underlying.
    market : Market
        Its rate, and the cash dividends of the underlying; spot and day are the chain's.
    sticky : Sticky or str
        ``strike`` keeps each strike its vol; ``moneyness`` moves the smile along with the spot.

    Returns
    -------
    StickySmile
        For the `smile` of a `Quote`, or of `riskcalc.plan_preset`.

    Raises
    ------
    InvalidInputError
        `sticky` is neither.

    Examples
    --------
    >>> import datetime as dt
    >>> import riskcalc as rc
    >>> chain = rc.sample_chain()
    >>> market = rc.load_preset("iwm-call-spread").market
    >>> smile = sticky_smile(chain, market, "moneyness")
    >>> round(float(smile.change(295.0, expiry=dt.date(2026, 9, 18), start=295.39, spot=280.0)), 3)
    -0.013
    """
    record("chain", Chain, chain)
    record("market", Market, market)
    rule = one_of("sticky", Sticky, sticky)
    return StickySmile(smile=_LazySmile(chain=chain, market=market), rule=rule)


@moving_smile.register
def _(quotes: Chain, market: Market, sticky: Sticky) -> MovingSmile:
    return _same_smile(quotes, market.quotes.get(quotes.symbol), market.rate, sticky)


@lru_cache(maxsize=4)
def _same_smile(chain: Chain, quote: Quote | None, rate: float, sticky: Sticky) -> StickySmile:
    """The same smile for the same quotes and market: a fit takes longer than a plan."""
    quotes = {} if quote is None else {chain.symbol: quote}
    return sticky_smile(chain, Market(date=chain.date, time=chain.time, rate=rate, quotes=quotes), sticky)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _LazySmile:
    """A smile that is fitted expiry by expiry; a screen may ask from two threads."""

    chain: Chain
    market: Market
    _fitted: dict[dt.date, Smile] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def vol(self, strike: ArrayLike, *, expiry: dt.date, spot: ArrayLike, sticky: Sticky) -> Floats:
        """Volatility at strikes once the spot has moved; see `Smile.vol`."""
        return self._of(expiry).vol(strike, expiry=expiry, spot=spot, sticky=sticky)

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float, sticky: Sticky) -> SmileAt:
        """Volatility at strikes, its slope, and the forward's growth; see `Smile.at`."""
        return self._of(expiry).at(strike, expiry=expiry, spot=spot, sticky=sticky)

    def _of(self, expiry: dt.date) -> Smile:
        with self._lock:
            if expiry not in self._fitted:
                self._fitted[expiry] = self._fit(expiry)
        return self._fitted[expiry]

    def _fit(self, expiry: dt.date) -> Smile:
        listed = self.chain.expiries()
        if expiry not in listed:
            known = ", ".join(map(str, listed))
            raise ChainError(f"{self.chain.symbol} {expiry}: the chain lists no such expiry; listed: {known}")
        days = (expiry - self.chain.date).days
        smile = fit_chain(self.chain, self.market, min_days=days, max_days=days).smile
        if expiry not in smile.curves:
            raise ChainError(f"{self.chain.symbol} {expiry}: the chain has too few quotes for a smile")
        return smile
