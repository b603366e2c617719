"""A chain with its implied forwards, implied vols and smile, each expiry fitted on first use."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from dataclasses import field
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from riskcalc.chains.chain import COLUMNS, Chain
from riskcalc.chains.forward import ImpliedForward, forward_market
from riskcalc.chains.smile import Smile, StickySmile, fit_smile
from riskcalc.chains.vols import PRICES, chain_vols
from riskcalc.domain import (
    CashDividend,
    ExerciseStyle,
    Market,
    Quote,
    SmileAt,
    Sticky,
)
from riskcalc.domain.validation import one_of, record
from riskcalc.errors import ChainError
from riskcalc.planning import quoted_market
from riskcalc.pricing.arrays import Floats
from riskcalc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedChain:
    """A chain and the model fitted to it."""

    chain: Chain
    market: Market
    """On the day and at the spot of the chain."""
    forwards: dict[dt.date, ImpliedForward]
    smile: Smile

    def market_of(self, expiry: dt.date) -> Market:
        """A market that prices options of one expiry: its carry, and its smile's vol at the spot."""
        symbol = self.chain.symbol
        carried = forward_market(self.forwards[expiry], self.market, symbol)
        vol = float(self.smile.vol(self.chain.spot, expiry=expiry))
        return carried.with_quote(symbol, vol=vol)


def fit_chain(
    chain: Chain,
    market: Market,
    *,
    with_dividends: bool = True,
    min_days: int = 0,
    max_days: int | None = None,
) -> FittedChain:
    """Solve the vols of a chain and fit its smile.

    Parameters
    ----------
    chain : Chain
        Quotes of one underlying.
    market : Market
        Its rate, and the cash dividends of the underlying; whatever else it quotes is the chain's.
    with_dividends : bool
        False leaves the dividends to the implied yield, as European valuation needs it and European options
        have it anyway.
    min_days, max_days : int
        Calendar days to the expiries that are fitted; all of them by default.
    """
    chain = _expiring_within(chain, min_days, max_days)
    symbol, exercise = chain.symbol, chain.exercise
    if symbol not in market.quotes:
        # Only the dividends of the quote would be used.
        known = Quote(spot=chain.spot, vol=0.0)
        market = dataclasses.replace(market, quotes={**market.quotes, symbol: known})
    quoted = quoted_market(market, chain)
    dividends: tuple[CashDividend, ...] = ()
    if with_dividends and exercise is ExerciseStyle.AMERICAN and len(chain):
        dividends = quoted.option_dividends_until(symbol, chain.expiries()[-1])
    if not dividends:
        quoted = quoted.with_quote(symbol, dividends=())
    vols = chain_vols(
        chain, rate=quoted.rate, dividends=dividends, exercise=exercise, prices=(), out_of_the_money=PRICES
    )
    return FittedChain(
        chain=chain,
        market=quoted,
        forwards={forward.expiry: forward for forward in vols.forwards},
        smile=fit_smile(chain, vols),
    )


def _expiring_within(chain: Chain, min_days: int, max_days: int | None) -> Chain:
    """The quotes of a chain that expire within some days."""
    days = (chain.expiry - np.datetime64(chain.date)).astype(np.int64)
    selected = (days >= min_days) & (days <= (days.max(initial=0) if max_days is None else max_days))
    if selected.all():
        return chain
    return dataclasses.replace(chain, **{name: getattr(chain, name)[selected] for name in COLUMNS})


def sticky_smile(chain: Chain, market: Market, sticky: Sticky | str) -> StickySmile:
    """Return the smile of a chain under a stickiness rule, which reprices a trade as the spot moves.

    Each expiry is fitted on first use, since a trade needs only one or two.

    Parameters
    ----------
    chain : Chain
        Quotes of one underlying.
    market : Market
        Rate and cash dividends of the underlying; spot and date are the chain's.
    sticky : Sticky or str
        ``strike``: each strike keeps its vol; ``moneyness``: the smile moves with the spot.

    Returns
    -------
    StickySmile
        For the `smile` of a `Quote`, or of `riskcalc.plan_preset`.

    Raises
    ------
    InvalidInputError
        `sticky` is neither of the two.

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


def moving_smile_of(chain: Chain, market: Market, sticky: Sticky) -> StickySmile:
    """Return the smile of a chain as a `Quote.smile`, the same one for the same quotes and market."""
    return _same_smile(chain, market.quotes.get(chain.symbol), market.rate, sticky)


@lru_cache(maxsize=4)
def _same_smile(chain: Chain, quote: Quote | None, rate: float, sticky: Sticky) -> StickySmile:
    """The same smile for the same quotes and market: a fit takes longer than a plan."""
    quotes = {} if quote is None else {chain.symbol: quote}
    return sticky_smile(chain, Market(date=chain.date, time=chain.time, rate=rate, quotes=quotes), sticky)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _LazySmile:
    """A smile that is fitted expiry by expiry on demand; safe for two threads."""

    chain: Chain
    market: Market
    _fitted: dict[dt.date, Smile] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def vol(self, strike: ArrayLike, *, expiry: dt.date, spot: ArrayLike, sticky: Sticky) -> Floats:
        """Volatility at strikes once the spot has moved; see `Smile.vol`."""
        return self._smile_of(expiry).vol(strike, expiry=expiry, spot=spot, sticky=sticky)

    def at(self, strike: ArrayLike, *, expiry: dt.date, spot: float, sticky: Sticky) -> SmileAt:
        """Volatility at strikes, its slope, and the forward's growth; see `Smile.at`."""
        return self._smile_of(expiry).at(strike, expiry=expiry, spot=spot, sticky=sticky)

    def _smile_of(self, expiry: dt.date) -> Smile:
        with self._lock:
            if expiry not in self._fitted:
                self._fitted[expiry] = self._fit(expiry)
        return self._fitted[expiry]

    def _fit(self, expiry: dt.date) -> Smile:
        listed = self.chain.expiries()
        if expiry not in listed:
            listed_text = ", ".join(map(str, listed))
            raise ChainError(
                f"{self.chain.symbol} {expiry}: the chain lists no such expiry; listed: {listed_text}"
            )
        days = (expiry - self.chain.date).days
        smile = fit_chain(self.chain, self.market, min_days=days, max_days=days).smile
        if expiry not in smile.curves:
            raise ChainError(f"{self.chain.symbol} {expiry}: the chain has too few quotes for a smile")
        return smile
