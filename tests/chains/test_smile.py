import datetime as dt
import math

import numpy as np
import pytest

from riskcalc.chains.smile import fit_smile
from riskcalc.chains.smile_curve import SmileCurve, Svi
from riskcalc.chains.smile_fit import FEWEST_PIECES, SmileQuotes, fit_curve
from riskcalc.chains.vols import chain_vols
from riskcalc.domain import Sticky
from riskcalc.errors import ChainError
from tests.chains.quoted import DAY, model_chain
from tests.real_chains import RATE, part_of, real_chain, real_smile

IWM = "IWM_2026-07-20_yfinance_layout.csv"
NEAR, FAR = DAY + dt.timedelta(days=32), DAY + dt.timedelta(days=60)


def svi_of(years, **changes):
    level = 0.04 * years
    free = {
        "a": 0.5 * level,
        "b": 0.35 * math.sqrt(level),
        "rho": -0.45,
        "m": 0.01,
        "sigma": math.sqrt(level),
    }
    return Svi(**free | changes)


def curve_of(years=60 / 365, **changes):
    return SmileCurve(expiry=FAR, years=years, forward=100.0, svi=svi_of(years), **changes)


def quotes_of(curve, *, half_width=0.001):
    k = np.linspace(-0.3, 0.2, 60)
    forward = type("Forward", (), {"expiry": curve.expiry, "years": curve.years, "forward": curve.forward})()
    vol = curve.vol(curve.forward * np.exp(k))
    return SmileQuotes(forward=forward, k=k, mid=vol, half_width=np.full(60, half_width))


def vol_of(strike, years):
    """An SVI smile per expiry on the forward of a spot of 100 at 4% without dividends."""
    return np.array(
        [
            math.sqrt(float(svi_of(time).total_variance(math.log(at / 100) - 0.04 * time)) / time)
            for at, time in zip(strike, years, strict=True)
        ]
    )


def test_known_parameters_are_found_again():
    true = curve_of()
    result = fit_curve(quotes_of(true))
    for name in ("a", "b", "rho", "m", "sigma"):
        assert getattr(result.svi, name) == pytest.approx(getattr(true.svi, name), rel=0.01, abs=2e-5)
    strikes = np.linspace(75, 120, 50)
    assert result.vol(strikes) == pytest.approx(true.vol(strikes), abs=2e-5)


@pytest.mark.parametrize("weights", [(), (0.0, 0.0, 1e-4, 2e-4, 0.0, -1e-4, 0.0, 0.0, 1e-4, 0.0)])
def test_the_density_integrates_to_one_and_to_the_forward(weights):
    step = 0.4 / (FEWEST_PIECES - 1)
    knots = tuple(-0.25 + step * place for place in range(-3, FEWEST_PIECES + 3)) if weights else ()
    curve = curve_of(knots=knots, weights=weights)
    k = np.linspace(-3, 3, 60_001)
    strike = curve.forward * np.exp(k)
    density = curve.density(strike)
    assert np.trapezoid(density, strike) == pytest.approx(1.0, abs=1e-6)
    assert np.trapezoid(density * strike, strike) == pytest.approx(curve.forward, rel=1e-5)


def test_the_spline_joins_the_wings_without_a_kink():
    step = 0.4 / (FEWEST_PIECES - 1)
    knots = tuple(-0.25 + step * place for place in range(-3, FEWEST_PIECES + 3))
    plain, bent = curve_of(), curve_of(knots=knots, weights=(1e-4,) * (FEWEST_PIECES + 2))
    for end in (knots[0], knots[-1]):
        for before, after in zip(plain.variance_terms(end), bent.variance_terms(end), strict=True):
            assert after == pytest.approx(before, abs=1e-12)
    assert bent.variance_terms(0.0)[0] > plain.variance_terms(0.0)[0]


def test_quotes_with_arbitrage_are_fitted_without():
    # Vogt's slice quotes a free butterfly; what is fitted to it has none.
    vogt = Svi(a=-0.0410, b=0.1331, rho=0.3060, m=0.3586, sigma=0.4153)
    curve = SmileCurve(expiry=FAR, years=1.0, forward=100.0, svi=vogt)
    k = np.linspace(-1.2, 1.2, 80)
    quotes = quotes_of(curve)
    quotes = SmileQuotes(
        forward=quotes.forward,
        k=k,
        mid=np.sqrt(vogt.total_variance(k)),
        half_width=np.full(80, 0.005),
    )
    result = fit_curve(quotes)
    assert vogt.butterfly(k).min() < -0.01
    assert result.butterfly(np.linspace(-1.2, 1.2, 500)).min() >= 0
    assert result.vol(100 * np.exp(k)) == pytest.approx(quotes.mid, abs=0.02)


def test_an_expiry_stays_below_the_next():
    near, far = curve_of(years=59 / 365), curve_of()
    dearer = SmileCurve(expiry=NEAR, years=near.years, forward=100.0, svi=svi_of(near.years * 1.05))
    roof = fit_curve(quotes_of(far))
    result = fit_curve(quotes_of(dearer), roof=roof)
    k = np.linspace(-0.3, 0.25, 300)
    assert (dearer.variance_terms(k)[0] - roof.variance_terms(k)[0]).max() > 0
    assert (roof.variance_terms(k)[0] - result.variance_terms(k)[0]).min() >= 0


def test_american_quotes_of_a_known_smile_give_it_back():
    chain = model_chain(vol=vol_of, strikes=range(80, 122, 2), days=(32, 60))
    smile = fit_smile(chain, chain_vols(chain, rate=0.04))
    assert [fit.expiry for fit in smile.fits] == [NEAR, FAR]
    assert smile.inside == 1.0
    assert all(fit.free_of_arbitrage for fit in smile.fits)
    strikes = np.array([88.0, 95.0, 101.0, 108.0])
    known = vol_of(strikes, np.full(4, 60 / 365))
    assert smile.vol(strikes, expiry=FAR) == pytest.approx(known, abs=1e-3)


def test_sticky_rules_say_what_moves_with_the_spot():
    chain = model_chain(vol=vol_of, days=(60,))
    smile = fit_smile(chain, chain_vols(chain, rate=0.04))
    still = smile.vol([95.0, 105.0], expiry=FAR)
    by_strike = smile.vol([95.0, 105.0], expiry=FAR, spot=94.0, sticky="strike")
    by_ratio = smile.vol([95.0, 105.0], expiry=FAR, spot=94.0, sticky=Sticky.MONEYNESS)
    assert by_strike == pytest.approx(still)
    assert by_ratio == pytest.approx(smile.vol([95 / 0.94, 105 / 0.94], expiry=FAR))
    assert by_ratio[0] < still[0]
    both = smile.vol([[95.0], [105.0]], expiry=FAR, spot=[94.0, 110.0], sticky="moneyness")
    assert both.shape == (2, 2)


def test_an_expiry_without_a_smile_is_named():
    chain = model_chain(strikes=(100,), days=(60,))
    smile = fit_smile(chain, chain_vols(chain, rate=0.04))
    assert smile.skipped == (FAR,)
    assert math.isnan(smile.inside)
    with pytest.raises(ChainError, match="2026-09-18: no smile for this expiry; fitted: none"):
        smile.vol(100.0, expiry=FAR)


def test_two_real_expiries_hold_the_fit():
    chain = real_chain(IWM)
    chain = part_of(
        chain, np.isin(chain.expiry, np.array(["2026-08-21", "2026-09-18"], dtype=chain.expiry.dtype))
    )
    assert_fitted(fit_smile(chain, chain_vols(chain, rate=RATE)))


@pytest.mark.slow
def test_real_quotes_hold_the_fit():
    smile = real_smile(IWM)
    assert sum(fit.liquid for fit in smile.fits) > 700
    assert_fitted(smile)


def assert_fitted(smile):
    assert smile.inside >= 0.97
    assert all(fit.inside >= 0.9 for fit in smile.fits if fit.liquid)
    assert all(fit.least_butterfly >= 0 for fit in smile.fits)
    assert all(not fit.least_calendar < 0 for fit in smile.fits if fit.liquid)
    assert np.nanmax([fit.error for fit in smile.fits]) < 0.004
