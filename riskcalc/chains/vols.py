"""Implied vols of a whole chain: at the bid, in the middle, at the ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskcalc.chains.chain import Chain
from riskcalc.chains.forward import ImpliedForward, implied_forwards, pricing_terms
from riskcalc.domain import CashDividend, ExerciseStyle
from riskcalc.pricing import VolStatus
from riskcalc.pricing.arrays import Codes, Floats
from riskcalc.records import dataclass

PRICES = ("bid", "mid", "ask")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainVols:
    """Implied vols of a chain's quotes, row by row; NaN where the status is not OK."""

    forwards: tuple[ImpliedForward, ...]
    """Of each expiry still ahead, nearest first."""
    bid: Floats
    """Shape (n,), per sqrt(year)."""
    mid: Floats
    ask: Floats
    bid_status: Codes
    """A `VolStatus` per quote."""
    mid_status: Codes
    ask_status: Codes

    def status_counts(self) -> dict[VolStatus, int]:
        """Count the mids by status; all are there and add up to the quotes."""
        counts = np.bincount(self.mid_status, minlength=len(VolStatus))
        return {status: int(counts[status]) for status in VolStatus}


def chain_vols(
    chain: Chain,
    *,
    rate: float,
    dividends: tuple[CashDividend, ...] = (),
    forwards: Sequence[ImpliedForward] | None = None,
    exercise: ExerciseStyle = ExerciseStyle.AMERICAN,
    prices: Sequence[str] = PRICES,
    out_of_the_money: Sequence[str] = (),
) -> ChainVols:
    """Implied vols of all quotes, each expiry at its implied forward.

    Parameters
    ----------
    chain, rate, dividends, exercise : Chain, float, tuple of CashDividend, ExerciseStyle
        As in `implied_forwards`.
    forwards : sequence of ImpliedForward, optional
        Of `implied_forwards` with the same rate and dividends, where they are known already.
    prices : sequence of str
        Which of ``bid``, ``mid`` and ``ask`` to solve for all quotes: an American vol takes long.
    out_of_the_money : sequence of str
        Which of them to solve for quotes out of the money at the forward, as a smile needs them. What is
        solved for none has no vol, and the status `VolStatus.NOT_FINITE`.

    Returns
    -------
    ChainVols
        A bid, mid or ask of 0 or that is missing has no vol, nor has a quote that is crossed or whose
        option has ended; the status says which.

    Examples
    --------
    >>> import datetime as dt
    >>> chain = Chain(
    ...     symbol="IWM",
    ...     date=dt.date(2026, 7, 20),
    ...     spot=100.0,
    ...     expiry=["2026-09-18"] * 2,
    ...     strike=[100, 100],
    ...     option_type=[1, -1],
    ...     bid=[3.50, 3.00],
    ...     ask=[3.60, 3.10],
    ... )
    >>> vols = chain_vols(chain, rate=0.04)
    >>> vols.mid.round(4), round(vols.forwards[0].forward, 2)
    (array([0.2032, 0.2032]), 100.54)
    """
    terms = pricing_terms(chain, rate=rate, dividends=dividends, exercise=exercise)
    if forwards is None:
        forwards = implied_forwards(chain, rate=rate, dividends=dividends, exercise=exercise)
    premiums = np.stack([chain.bid, (chain.bid + chain.ask) / 2, chain.ask])
    # One side missing, or a crossed quote: no price to imply a vol from.
    premiums = np.where((premiums > 0) & (chain.bid <= chain.ask), premiums, np.nan)
    premiums[1] = np.where(chain.bid > 0, premiums[1], np.nan)
    vols = np.full(premiums.shape, np.nan)
    status = np.full(premiums.shape, int(VolStatus.NOT_FINITE), dtype=np.int8)
    ended = [expiry for expiry in chain.expiries() if not chain.years_to_expiry(expiry) > 0]
    status[:, np.isin(chain.expiry, np.array(ended, dtype="datetime64[D]"))] = VolStatus.NO_TIME
    everywhere, outside = (np.isin(PRICES, [*names])[:, None] for names in (prices, out_of_the_money))
    for forward in forwards:
        on_expiry = chain.expiry == np.datetime64(forward.expiry)
        out = chain.option_type * (chain.strike - forward.forward) >= 0
        which, rows = np.nonzero(on_expiry & (everywhere | (outside & out)))
        vols[which, rows], status[which, rows] = terms.vols(
            premium=premiums[which, rows],
            sign=chain.option_type[rows],
            spot=chain.spot,
            strike=chain.strike[rows],
            time_to_expiry=forward.years,
            rate=forward.rate,
            dividend_yield=forward.dividend_yield,
        )
    vols_by_price = dict(zip(PRICES, vols, strict=True))
    codes = {f"{price}_status": code for price, code in zip(PRICES, status, strict=True)}
    return ChainVols(forwards=tuple(forwards), **vols_by_price, **codes)
