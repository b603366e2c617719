"""A chain with its implied forwards, implied vols and smile."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

import numpy as np

from riskcalc.chains.chain import COLUMNS, Chain
from riskcalc.chains.forward import ImpliedForward, forward_market
from riskcalc.chains.smile import Smile, fit_smile
from riskcalc.chains.vols import chain_vols
from riskcalc.domain import CashDividend, ExerciseStyle, Market, Quote, instrument
from riskcalc.planning import quoted_market


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
    chain = _within(chain, min_days, max_days)
    symbol, exercise = chain.symbol, instrument(chain.symbol).exercise
    if symbol not in market.quotes:
        # Nothing of the quote but its dividends would be used.
        known = Quote(spot=chain.spot, vol=0.0)
        market = dataclasses.replace(market, quotes={**market.quotes, symbol: known})
    moved = quoted_market(market, chain)
    dividends: tuple[CashDividend, ...] = ()
    if with_dividends and exercise is ExerciseStyle.AMERICAN and len(chain):
        dividends = moved.option_dividends_until(symbol, chain.expiries()[-1])
    if not dividends:
        moved = moved.with_quote(symbol, dividends=())
    vols = chain_vols(chain, rate=moved.rate, dividends=dividends, exercise=exercise)
    return FittedChain(
        chain=chain,
        market=moved,
        forwards={forward.expiry: forward for forward in vols.forwards},
        smile=fit_smile(chain, vols),
    )


def _within(chain: Chain, min_days: int, max_days: int | None) -> Chain:
    """The part of a chain that expires within some days."""
    days = (chain.expiry - np.datetime64(chain.date)).astype(np.int64)
    kept = (days >= min_days) & (days <= (days.max(initial=0) if max_days is None else max_days))
    if kept.all():
        return chain
    return dataclasses.replace(chain, **{name: getattr(chain, name)[kept] for name in COLUMNS})
