"""Implied vols of a whole chain: at the bid, in the middle, at the ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskcalc.chains.chain import Chain
from riskcalc.chains.forward import ImpliedForward, implied_forwards, pricing_terms
from riskcalc.domain import CashDividend, ExerciseStyle
from riskcalc.pricing import VolStatus
from riskcalc.pricing.arrays import Codes, Floats

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
) -> ChainVols:
    """Implied vols of all quotes, each expiry at its implied forward.

    Parameters
    ----------
    chain, rate, dividends, exercise : Chain, float, tuple of CashDividend, ExerciseStyle
        As in `implied_forwards`.
    forwards : sequence of ImpliedForward, optional
        Of `implied_forwards` with the same rate and dividends, where they are known already.

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
    prices = np.stack([chain.bid, (chain.bid + chain.ask) / 2, chain.ask])
    # One side missing, or a crossed quote: no price to imply a vol from.
    prices = np.where((prices > 0) & (chain.bid <= chain.ask), prices, np.nan)
    prices[1] = np.where(chain.bid > 0, prices[1], np.nan)
    vols = np.full(prices.shape, np.nan)
    status = np.full(prices.shape, int(VolStatus.NOT_FINITE), dtype=np.int8)
    ended = [expiry for expiry in chain.expiries() if not chain.years_to_expiry(expiry) > 0]
    status[:, np.isin(chain.expiry, np.array(ended, dtype="datetime64[D]"))] = VolStatus.NO_TIME
    for forward in forwards:
        rows = np.flatnonzero(chain.expiry == np.datetime64(forward.expiry))
        vols[:, rows], status[:, rows] = terms.vols(
            premium=prices[:, rows],
            sign=chain.option_type[rows],
            spot=chain.spot,
            strike=chain.strike[rows],
            time_to_expiry=forward.years,
            rate=forward.rate,
            dividend_yield=forward.dividend_yield,
        )
    named = dict(zip(PRICES, vols, strict=True))
    codes = {f"{price}_status": code for price, code in zip(PRICES, status, strict=True)}
    return ChainVols(forwards=tuple(forwards), **named, **codes)
