"""Open interest of a chain: gamma by strike, the naive net and its flip, put/call ratios, max pain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from riskcalc.chains.chain import Chain
from riskcalc.chains.vols import ChainVols, chain_vols
from riskcalc.domain import ExerciseStyle
from riskcalc.domain.gamma import GammaProfile, PutCallRatios, StrikeGamma
from riskcalc.domain.validation import finite, record
from riskcalc.errors import ChainError
from riskcalc.pricing import black_scholes
from riskcalc.pricing.arrays import Flags, Floats

ONE_PERCENT = 0.01
FLIP_RANGE = 0.2
"""How far from the spot a flip is looked for, as a part of it."""
FLIP_STEPS = 81


def gamma_profile(chain: Chain, *, rate: float) -> GammaProfile:
    """Return the gamma of a chain's open interest by strike, put/call ratios and max pain.

    Parameters
    ----------
    chain : Chain
        With open interest.
    rate : float
        Interest rate, continuous, per year.

    Returns
    -------
    GammaProfile
        Gross first; the net takes dealers to be long calls and short puts, which nothing in a chain says.

    Raises
    ------
    ChainError
        The chain has no open interest.

    Notes
    -----
    The gamma of a contract in dollars is ``gamma * multiplier * spot**2 * 1%``, its multiplier 100 for
    shares: by how many dollars the delta of its holder changes when the spot moves 1%. Gamma is Black and
    Scholes', at the implied forward and, on each strike, the implied vol of the out-of-the-money option
    without early exercise, like the gamma; strikes without one have that of the strikes beside them.

    Examples
    --------
    >>> import datetime as dt
    >>> chain = Chain(
    ...     symbol="IWM", date=dt.date(2026, 7, 20), spot=100.0, expiry=["2026-09-18"] * 2,
    ...     strike=[100, 100], option_type=[1, -1], bid=[3.50, 3.00], ask=[3.60, 3.10],
    ...     open_interest=[1000, 400], volume=[50, 75],
    ... )
    >>> found = gamma_profile(chain, rate=0.04)
    >>> row = found.gamma[0]
    >>> round(row.gross), round(row.net), found.put_call.volume, found.max_pain
    (668968, 286701, 1.5, 100.0)
    """
    record("chain", Chain, chain)
    finite("rate", rate)
    alive = _unexpired(chain)
    if not np.nansum(chain.open_interest[alive]) > 0:
        raise ChainError(f"{chain.symbol}: the quotes have no open interest: no gamma by strike")
    interest = _open_interest(chain, rate)
    by_strike = interest.at(chain.spot)
    pains = {
        str(expiry): pain
        for expiry in chain.expiries()
        if (pain := max_pain(chain, alive & (chain.expiry == np.datetime64(expiry)))) is not None
    }
    return GammaProfile(
        symbol=chain.symbol,
        date=chain.date,
        spot=chain.spot,
        gamma=_rows(interest, by_strike),
        flip=_flip(interest, chain.spot),
        put_call=put_call_ratios(chain),
        max_pain=max_pain(chain, alive),
        max_pain_by_expiry=pains,
        without_vol=round(float(np.nansum(chain.open_interest[alive]) - interest.contracts.sum())),
    )


def open_interest_gamma(chain: Chain, *, rate: float) -> Floats:
    """Return the gamma of each option's open interest, as `gamma_profile` adds it up by strike.

    Parameters
    ----------
    chain : Chain
        Quotes.
    rate : float
        Interest rate, continuous, per year.

    Returns
    -------
    ndarray
        Shape (n,) [dollars of delta per 1% move], >= 0; 0 without open interest or without a vol.
    """
    interest = _open_interest(chain, rate)
    gammas = np.zeros(len(chain))
    gammas[interest.rows] = interest.at(chain.spot)
    return gammas


def put_call_ratios(chain: Chain) -> PutCallRatios:
    """Return puts over calls by volume and by open interest, of all options still alive."""
    return PutCallRatios(volume=_ratio(chain, chain.volume), open_interest=_ratio(chain, chain.open_interest))


def max_pain(chain: Chain, rows: Flags) -> float | None:
    """Return the strike at which options are worth least to their holders at expiry, None without any.

    Parameters
    ----------
    chain : Chain
        With open interest.
    rows : ndarray of bool
        Which quotes count, shape (n,).
    """
    contracts = np.nan_to_num(chain.open_interest[rows])
    if not contracts.sum() > 0:
        return None
    strikes = np.unique(chain.strike[rows])
    intrinsic = chain.option_type[rows] * (strikes[:, None] - chain.strike[rows])
    paid = (np.maximum(intrinsic, 0.0) * contracts).sum(axis=1)
    return float(strikes[paid.argmin()])


class _OpenInterest(NamedTuple):
    """Options with open interest and a vol; arrays have shape (n,)."""

    rows: Flags
    """Which quotes of the chain they are, shape of the chain."""
    sign: Floats
    strike: Floats
    contracts: Floats
    years: Floats
    vol: Floats
    rate: Floats
    dividend_yield: Floats
    multiplier: int
    """Shares of a contract."""

    def at(self, spot: float) -> Floats:
        """Gamma of each option's open interest at a spot [dollars of delta per 1% move]."""
        gamma = black_scholes(
            sign=self.sign,
            spot=spot,
            strike=self.strike,
            time_to_expiry=self.years,
            vol=self.vol,
            rate=self.rate,
            dividend_yield=self.dividend_yield,
        ).gamma
        dollars: Floats = gamma * self.contracts * self.multiplier * spot**2 * ONE_PERCENT
        return dollars


def _open_interest(chain: Chain, rate: float) -> _OpenInterest:
    vols = chain_vols(chain, rate=rate, exercise=ExerciseStyle.EUROPEAN, prices=(), out_of_the_money=("mid",))
    contracts = np.nan_to_num(chain.open_interest)
    vol, years = np.full(len(chain), np.nan), np.full(len(chain), np.nan)
    rates, yields = np.full(len(chain), rate), np.zeros(len(chain))
    for forward in vols.forwards:
        on_expiry = chain.expiry == np.datetime64(forward.expiry)
        years[on_expiry], rates[on_expiry], yields[on_expiry] = (
            forward.years,
            forward.rate,
            forward.dividend_yield,
        )
        vol[on_expiry] = _strike_vols(chain, vols, on_expiry, forward.forward)
    rows = (contracts > 0) & np.isfinite(vol) & (vol > 0) & (years > 0)
    return _OpenInterest(
        rows=rows,
        sign=chain.option_type[rows].astype(np.float64),
        strike=chain.strike[rows],
        contracts=contracts[rows],
        years=years[rows],
        vol=vol[rows],
        rate=rates[rows],
        dividend_yield=yields[rows],
        multiplier=chain.instrument.option_multiplier,
    )


def _strike_vols(chain: Chain, vols: ChainVols, on_expiry: Flags, forward: float) -> Floats:
    """Vol on every strike of one expiry: of its out-of-the-money option, else between its neighbors."""
    out = on_expiry & (chain.option_type * (chain.strike - forward) >= 0) & np.isfinite(vols.mid)
    vols_used = vols.mid
    if not out.any():
        vols_used, out = chain.quoted_vol, on_expiry & (chain.quoted_vol > 0)
    if not out.any():
        return np.full(int(on_expiry.sum()), np.nan)
    order = np.argsort(chain.strike[out], kind="stable")
    return np.interp(chain.strike[on_expiry], chain.strike[out][order], vols_used[out][order])


def _rows(interest: _OpenInterest, gamma: Floats) -> tuple[StrikeGamma, ...]:
    strikes, strike_index = np.unique(interest.strike, return_inverse=True)
    sums = [
        np.bincount(strike_index, weights=weights, minlength=len(strikes))
        for weights in (gamma, interest.sign * gamma, interest.contracts)
    ]
    return tuple(
        StrikeGamma(strike=float(strike), gross=float(gross), net=float(net), open_interest=float(contracts))
        for strike, gross, net, contracts in zip(strikes, *sums, strict=True)
    )


def _flip(interest: _OpenInterest, spot: float) -> float | None:
    """Spot nearest to today's where the naive net crosses zero; each strike keeps its vol."""
    spots = spot * np.linspace(1 - FLIP_RANGE, 1 + FLIP_RANGE, FLIP_STEPS)
    nets = np.array([float((interest.sign * interest.at(float(at_spot))).sum()) for at_spot in spots])
    rows = np.flatnonzero(nets[:-1] * nets[1:] < 0)
    if not rows.size:
        return None
    crossings = spots[rows] - nets[rows] * np.diff(spots)[rows] / np.diff(nets)[rows]
    return float(crossings[np.abs(crossings - spot).argmin()])


def _unexpired(chain: Chain) -> Flags:
    """Options that have not expired: files may still list those of the day before."""
    alive: Flags = chain.expiry >= np.datetime64(chain.date)
    return alive


def _ratio(chain: Chain, counts: Floats) -> float | None:
    alive = _unexpired(chain)
    calls, puts = (float(np.nansum(counts[alive & (chain.option_type == sign)])) for sign in (1, -1))
    return puts / calls if calls > 0 else None
