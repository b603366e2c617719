"""Smiles beyond their quotes: no butterfly, calendar spread or steep wing; and no stale quote bends one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from scipy.special import ndtr

from riskcalc.chains.smile import _Rows, fit_smile
from riskcalc.chains.smile_curve import (
    Svi,
    butterfly,
    butterfly_derivatives,
    svi_derivatives,
    svi_variance_terms,
)
from riskcalc.chains.smile_quotes import ArbitrageGrid
from riskcalc.chains.vols import chain_vols
from tests.chains.quoted import DAY, model_chain
from tests.chains.test_smile import curve_of, vol_of
from tests.real_chains import real_smile
from tests.rows import sample, slow

WIDE = np.linspace(-1.5, 1.5, 6_001)
"""Strikes of 0.22 to 4.5 times the forward."""


def calls(curve, strike):
    """Undiscounted calls over the forward, by Black's formula written down here."""
    deviation = curve.vol(strike) * math.sqrt(curve.years)
    upper = np.log(curve.forward / strike) / deviation + deviation / 2
    return ndtr(upper) - strike / curve.forward * ndtr(upper - deviation)


def arbitrage(smile):
    """What an outsider would find wrong with a smile on a wide grid, in words."""
    result, before = [], None
    for expiry, curve in smile.curves.items():
        variance, slope, curvature = curve.variance_terms(WIDE)
        if butterfly(WIDE, variance, slope, curvature).min() < 0:
            result.append(f"{expiry}: butterfly")
        if np.abs(curve.variance_terms(np.array([-30.0, 30.0]))[1]).max() > 2:
            result.append(f"{expiry}: wing")
        price = calls(curve, strike := curve.forward * np.linspace(0.25, 4, 3_001))
        if (np.diff(price) > 1e-12).any() or (np.diff(price, 2) < -1e-12).any() or strike[0] <= 0:
            result.append(f"{expiry}: calls")
        if before is not None and (variance < before).any():
            result.append(f"{expiry}: calendar")
        before = variance
    return result


@pytest.mark.parametrize("step", [1e-6])
def test_derivatives_are_those_of_finite_differences(step):
    vector, k = Svi(a=0.01, b=0.2, rho=-0.4, m=0.05, sigma=0.15).vector, np.linspace(-1, 1, 9)
    exact = svi_derivatives(vector, k)
    for place in range(5):
        move = step * np.eye(5)[place]
        up, down = svi_variance_terms(vector + move, k), svi_variance_terms(vector - move, k)
        for part, above, below in zip(exact, up, down, strict=True):
            assert part[:, place] == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-8)
    variance_terms = svi_variance_terms(vector, k)
    for place, part in enumerate(butterfly_derivatives(k, variance_terms[0], variance_terms[1])):
        moved = [
            [one + sign * step * (n == place) for n, one in enumerate(variance_terms)] for sign in (1, -1)
        ]
        difference = (butterfly(k, *moved[0]) - butterfly(k, *moved[1])) / (2 * step)
        assert np.broadcast_to(part, k.shape) == pytest.approx(difference, rel=1e-5, abs=1e-7)


def test_margins_fall_below_zero_where_there_is_arbitrage_and_know_their_derivatives():
    low, high, k = curve_of(years=0.1), curve_of(years=0.3), np.linspace(-0.5, 0.5, 21)
    own = curve_of(years=0.2)
    watch = ArbitrageGrid.between(k, unit=0.008, floor=low, roof=high)
    assert watch.margins(own.variance_terms(k)).min() > 0
    assert (
        ArbitrageGrid.between(k, unit=0.008, floor=high, roof=None).margins(own.variance_terms(k)).min() < 0
    )
    assert ArbitrageGrid.between(k, unit=0.008, floor=None, roof=low).margins(own.variance_terms(k)).min() < 0
    vogt = Svi(a=-0.0410, b=0.1331, rho=0.3060, m=0.3586, sigma=0.4153)
    assert (
        ArbitrageGrid.between(2 * k, unit=0.04, floor=None, roof=None)
        .margins(svi_variance_terms(vogt.vector, 2 * k))
        .min()
        < 0
    )
    by = svi_derivatives(own.svi.vector, k)
    exact = watch.derivatives(own.variance_terms(k), by)
    for place in range(5):
        move = 1e-7 * np.eye(5)[place]
        up, down = (watch.margins(svi_variance_terms(own.svi.vector + way * move, k)) for way in (1, -1))
        assert exact[:, place] == pytest.approx((up - down) / 2e-7, rel=1e-4, abs=1e-4)


def test_a_chain_of_a_known_smile_has_no_arbitrage_far_beyond_its_quotes():
    chain = model_chain(vol=vol_of, strikes=range(80, 122, 2), days=(4, 11, 32, 60))
    smile = fit_smile(chain, chain_vols(chain, rate=0.04))
    assert arbitrage(smile) == []
    assert all(fit.free_of_arbitrage for fit in smile.fits)


@pytest.mark.parametrize("seed", sample(range(4), 0))
def test_noisy_quotes_with_stale_ones_are_fitted_without_arbitrage_or_it_is_said(seed):
    source = np.random.default_rng(seed)
    chain = model_chain(vol=vol_of, strikes=range(70, 134, 2), days=(3, 5, 12, 33, 61), width=0.06)
    noise = source.normal(0, 0.02, len(chain.bid))
    noise[source.choice(len(noise), 6, replace=False)] += 20 * 0.06
    keep = chain.bid > 0.1
    bid = np.where(keep, np.maximum(chain.bid + noise, 0.01), chain.bid)
    ask = np.where(keep, np.maximum(chain.ask + noise, 0.02), chain.ask)
    chain = dataclasses.replace(chain, bid=bid, ask=ask)
    smile = fit_smile(chain, chain_vols(chain, rate=0.04))
    text = {str(fit.expiry) for fit in smile.fits if not fit.free_of_arbitrage}
    assert {one.partition(":")[0] for one in arbitrage(smile)} <= text
    assert not text


def moved(chain, row, widths):
    """The chain with one quote moved."""
    shift = np.zeros(len(chain.bid))
    shift[row] = widths * (chain.ask[row] - chain.bid[row])
    return dataclasses.replace(chain, bid=chain.bid + shift, ask=chain.ask + shift)


@pytest.mark.parametrize("place", [0, 1, 11, -2, -1])
def test_a_quote_moved_by_20_widths_bends_no_other(place):
    chain = model_chain(vol=vol_of, strikes=range(76, 126, 2), days=(60,))
    vols = chain_vols(chain, rate=0.04)
    smile = fit_smile(chain, vols)
    (expiry,) = smile.curves
    rows = _Rows.of(chain, vols, vols.forwards[0])
    strike = np.sort(vols.forwards[0].forward * np.exp(rows.quotes.k))
    sign = 1 if strike[place] > vols.forwards[0].forward else -1
    row = np.flatnonzero(np.isclose(chain.strike, strike[place]) & (chain.option_type == sign))[0]
    stale = moved(chain, row, 20)
    bent = fit_smile(stale, chain_vols(stale, rate=0.04))
    order = np.argsort(rows.quotes.k)
    width = 2 * rows.quotes.half_width[order]
    change = np.abs(bent.vol(strike, expiry=expiry) - smile.vol(strike, expiry=expiry)) / width
    assert np.delete(change, place).max() < 0.25


@pytest.mark.parametrize(
    ("name", "least"),
    [
        slow(("IWM_2026-07-20_yfinance_layout.csv", 0.999)),
        slow(("IWM_2026-07-08_optionsdesk_nogreeks.json", 0.98)),
        slow(("cboe_quotedata_SPY_2022-07-08.csv", 0.86)),
        slow(("yfinance_SPY_2026-02-12.csv", 0.48)),
    ],
)
def test_real_quotes_are_fitted_without_arbitrage_and_as_closely(name, least):
    smile = real_smile(name)
    assert arbitrage(smile) == []
    assert all(fit.free_of_arbitrage for fit in smile.fits)
    assert smile.inside >= least


def test_an_expiry_that_keeps_an_arbitrage_says_so():
    chain = model_chain(vol=vol_of, days=(32, 60))
    fits = fit_smile(chain, chain_vols(chain, rate=0.04)).fits
    assert [fit.free_of_arbitrage for fit in fits] == [True, True]
    for broken in ({"least_butterfly": -1e-3}, {"least_calendar": -1e-3}):
        assert not dataclasses.replace(fits[1], **broken).free_of_arbitrage
    assert fits[1].expiry == DAY + dt.timedelta(days=60)
