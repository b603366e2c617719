import numpy as np
import pytest

from riskcalc.chains.smile_curve import Svi, butterfly, svi_variance_terms
from riskcalc.errors import InvalidInputError

# Gatheral and Jacquier (2014), example 3.1: Axel Vogt's parameters, time 1.
VOGT = {"a": -0.0410, "b": 0.1331, "rho": 0.3060, "m": 0.3586, "sigma": 0.4153}

# The same, section 5.1: SVI-JW parameters of those, and the butterfly-free slice with the same v, psi and p,
# c = p + 2 psi and v~ = 4 p c / (p + c)^2 v.
V, PSI, P, C, V_LEAST = 0.01742625, -0.1752111, 0.6997381, 1.316798, 0.0116249


def from_jump_wings(*, v, psi, p, c, least):
    """Raw parameters at time 1: lemma 3.2 of the paper."""
    b = np.sqrt(v) * (c + p) / 2
    rho = 1 - p * np.sqrt(v) / b
    beta = rho - 2 * psi * np.sqrt(v) / b
    alpha = np.sign(beta) * np.sqrt(1 / beta**2 - 1)
    spread = -rho + np.sign(alpha) * np.sqrt(1 + alpha**2) - alpha * np.sqrt(1 - rho**2)
    m = (v - least) / b / spread
    sigma = alpha * m
    return Svi(a=least - b * sigma * np.sqrt(1 - rho**2), b=b, rho=rho, m=m, sigma=sigma)


def test_vogts_slice_has_a_butterfly():
    slice_ = Svi(**VOGT)
    k = np.linspace(-1.5, 1.5, 3001)
    g = slice_.butterfly(k)
    assert slice_.least_variance > 0
    assert (slice_.total_variance(k) > 0).all()
    # Figure 2 of the paper: g dips below zero to the right of 0.6 only.
    assert g.min() < -0.01
    assert 0.5 < k[g < 0].min() < k[g < 0].max() < 1.5
    assert (g[k < 0.5] > 0).all()


def test_its_jump_wings_are_the_papers():
    result = from_jump_wings(v=V, psi=PSI, p=P, c=C, least=V_LEAST)
    for name, value in VOGT.items():
        assert getattr(result, name) == pytest.approx(value, abs=2e-5)


def test_the_papers_repair_has_none():
    c = P + 2 * PSI
    repaired = from_jump_wings(v=V, psi=PSI, p=P, c=c, least=4 * V * P * c / (P + c) ** 2)
    assert repaired.butterfly(np.linspace(-1.5, 1.5, 3001)).min() >= 0


def test_derivatives_are_those_of_the_variance():
    vector = Svi(**VOGT).vector
    k, step = np.linspace(-1, 1, 11), 1e-4
    variance, slope, curvature = svi_variance_terms(vector, k)
    up, down = (svi_variance_terms(vector, k + move)[0] for move in (step, -step))
    assert slope == pytest.approx((up - down) / (2 * step), abs=1e-7)
    assert curvature == pytest.approx((up - 2 * variance + down) / step**2, abs=1e-5)


def test_a_flat_smile_has_a_lognormal_density():
    k = np.linspace(-1, 1, 5)
    assert butterfly(k, np.full(5, 0.04), np.zeros(5), np.zeros(5)) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"b": -0.1}, "b must be a number >= 0"),
        ({"rho": 1.0}, "rho must be in"),
        ({"sigma": 0.0}, "sigma must be a number > 0"),
        ({"a": -0.2}, "least variance must be >= 0"),
        ({"m": float("nan")}, "m must be a finite number"),
    ],
)
def test_bad_parameters_are_refused(change, text):
    with pytest.raises(InvalidInputError, match=text):
        Svi(**VOGT | change)
