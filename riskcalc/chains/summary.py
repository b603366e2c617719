"""Summary of a chain: counts of its quotes, and forward, vol, skew and expected move by expiry."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np

from riskcalc.analysis.lognormal import expected_move
from riskcalc.chains.chain import Chain
from riskcalc.chains.forward import ImpliedForward
from riskcalc.chains.quote_rows import QuoteStatus
from riskcalc.chains.vols import ChainVols, chain_vols
from riskcalc.domain import CashDividend, ChainSummary, ExpirySummary, QuoteCounts
from riskcalc.domain.validation import finite, record, records
from riskcalc.pricing import VolStatus, black_scholes
from riskcalc.pricing.arrays import Flags, Floats

WING_DELTA = 0.25


def chain_summary(
    chain: Chain, *, rate: float, dividends: tuple[CashDividend, ...] = (), vols: ChainVols | None = None
) -> ChainSummary:
    """Return the quote counts of a chain, and the values implied by each expiry.

    Parameters
    ----------
    chain : Chain
        Quotes from `read_chain`; options on an index are European.
    rate : float
        Interest rate, continuous, per year.
    dividends : tuple of CashDividend
        Cash dividends, forecasts included; without them they are part of the implied yield.
    vols : ChainVols, optional
        Result of `chain_vols` with the same rate, dividends and exercise, if available.

    Returns
    -------
    ChainSummary
        Vols are those of out-of-the-money quotes at the forward: calls above it, puts below it. They are
        interpolated linearly between strikes and never extrapolated.

    Examples
    --------
    >>> chain = Chain(
    ...     symbol="IWM",
    ...     date=dt.date(2026, 7, 20),
    ...     spot=100.0,
    ...     expiry=["2026-09-18"] * 4,
    ...     strike=[100, 100, 101, 101],
    ...     option_type=[1, -1, 1, -1],
    ...     bid=[3.50, 3.00, 3.02, 3.51],
    ...     ask=[3.60, 3.10, 3.12, 3.61],
    ... )
    >>> row = chain_summary(chain, rate=0.04).expiries[0]
    >>> row.days, round(row.atm_vol, 3), round(row.expected_move, 2), round(row.straddle, 2)
    (60, 0.203, 8.24, 6.63)
    """
    record("chain", Chain, chain)
    finite("rate", rate)
    records("dividends", CashDividend, dividends)
    if vols is None:
        vols = chain_vols(chain, rate=rate, dividends=dividends, exercise=chain.exercise, prices=("mid",))
    return ChainSummary(
        symbol=chain.symbol,
        date=chain.date,
        quote_time=chain.quote_time,
        spot=chain.spot,
        rate=rate,
        exercise=chain.exercise,
        account=count_quotes(chain, vols),
        expiries=tuple(_row(chain, vols, rate, expiry) for expiry in chain.expiries()),
        spot_implied=chain.spot_implied,
        warnings=chain.warnings,
    )


def count_quotes(chain: Chain, vols: ChainVols) -> QuoteCounts:
    """Return the counts of a file's rows: usable, doubtful, dropped."""
    counts = chain.quality_counts()
    usable = chain.status == QuoteStatus.OK
    unsolved = Counter(vols.mid_status[usable & (vols.mid_status != VolStatus.OK)].tolist())
    return QuoteCounts(
        read=len(chain) + sum(chain.dropped.values()),
        usable=counts[QuoteStatus.OK],
        doubtful={why.text: n for why, n in counts.items() if n and why is not QuoteStatus.OK},
        dropped={why.text: n for why, n in chain.dropped.items()},
        without_quoted_vol=chain.missing_vols,
        without_vol={VolStatus(code).text: n for code, n in sorted(unsolved.items())},
    )


def _row(chain: Chain, vols: ChainVols, rate: float, expiry: dt.date) -> ExpirySummary:
    forward = next((forward for forward in vols.forwards if forward.expiry == expiry and forward.pairs), None)
    on_expiry = chain.expiry == np.datetime64(expiry)
    usable = on_expiry & (chain.status == QuoteStatus.OK)
    days = (expiry - chain.date).days
    atm = _atm_vol(chain, vols, usable, forward) if forward else None
    return ExpirySummary(
        expiry=expiry,
        days=days,
        quotes=int(on_expiry.sum()),
        usable=int(usable.sum()),
        forward=forward.forward if forward else None,
        forward_error=forward.error if forward else None,
        implied_yield=_yield(chain, forward, rate) if forward else None,
        implied_yield_error=forward.carry_error if forward else None,
        atm_vol=atm,
        risk_reversal=_risk_reversal(chain, vols, usable, forward) if forward else None,
        expected_move=None
        if atm is None
        else expected_move(spot=chain.spot, vol=atm, days=365 * chain.years_to_expiry(expiry)),
        straddle=_straddle(chain, usable, forward) if forward else None,
    )


def _yield(chain: Chain, forward: ImpliedForward, rate: float) -> float:
    """Yield implied by the forward, spot and rate, including dividends."""
    return float(rate - np.log(forward.forward / chain.spot) / forward.years)


def _atm_vol(chain: Chain, vols: ChainVols, usable: Flags, forward: ImpliedForward) -> float | None:
    rows = _out_of_the_money(chain, vols, usable, forward)
    return _interpolate_vol(forward.forward, chain.strike[rows], vols.mid[rows])


def _risk_reversal(chain: Chain, vols: ChainVols, usable: Flags, forward: ImpliedForward) -> float | None:
    """Vol of the 25-delta call less that of the 25-delta put."""
    wings = []
    for sign in (1, -1):
        rows = _out_of_the_money(chain, vols, usable & (chain.option_type == sign), forward)
        delta = np.abs(
            black_scholes(
                sign=sign,
                spot=forward.forward,
                strike=chain.strike[rows],
                time_to_expiry=forward.years,
                vol=vols.mid[rows],
            ).delta
        )
        wings.append(_interpolate_vol(WING_DELTA, delta, vols.mid[rows]))
    call, put = wings
    return None if call is None or put is None else call - put


def _straddle(chain: Chain, usable: Flags, forward: ImpliedForward) -> float | None:
    calls, puts = (usable & (chain.option_type == sign) for sign in (1, -1))
    strikes = np.intersect1d(chain.strike[calls], chain.strike[puts])
    if not strikes.size:
        return None
    nearest = strikes[np.abs(strikes - forward.forward).argmin()]
    rows = usable & (chain.strike == nearest)
    return float((chain.bid + chain.ask)[rows].sum() / 2)


def _out_of_the_money(chain: Chain, vols: ChainVols, rows: Flags, forward: ImpliedForward) -> Flags:
    picked: Flags = rows & np.isfinite(vols.mid) & (chain.option_type * (chain.strike - forward.forward) >= 0)
    return picked


def _interpolate_vol(at: float, points: Floats, vols: Floats) -> float | None:
    """Vol at a strike or delta between those of two quotes; None beyond them."""
    if not (points.size and points.min() <= at <= points.max()):
        return None
    order = np.argsort(points, kind="stable")
    return float(np.interp(at, points[order], vols[order]))
