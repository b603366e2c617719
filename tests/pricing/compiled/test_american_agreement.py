"""American prices of the compiled core are those of numpy, contract by contract and many on one boundary."""

from __future__ import annotations

import numpy as np
import pytest

from riskcalc.pricing import american
from riskcalc.pricing.compiled.loader import choice, using

pytestmark = pytest.mark.skipif(choice().core is None, reason=f"no compiled core: {choice().why}")

SCALES = {"value": 1e-12, "delta": 1e-10, "gamma": 1e-10, "theta": 1e-9, "vega": 1e-9, "rho": 1e-9}
"""Largest difference: of a value in units of spot or strike, of a Greek in units of its size plus 0.1."""
PUT = {"sign": -1.0, "spot": 100.0, "strike": 100.0, "time_to_expiry": 1.0, "vol": 0.25, "rate": 0.05}
CALL = PUT | {"sign": 1.0}
QUARTERLY = {"dividend_times": [0.1, 0.35, 0.6, 0.85], "dividend_amounts": [0.62, 0.8, 2.6, 0.75]}
ONE_CONTRACT = {
    "a put": PUT,
    "a put with a yield": PUT | {"dividend_yield": 0.03},
    "a put with a yield above the rate": PUT | {"dividend_yield": 0.09},
    "a call with a yield": PUT | {"sign": 1.0, "dividend_yield": 0.04},
    "a call with a yield and no rate": PUT | {"sign": 1.0, "dividend_yield": 0.04, "rate": 0.0},
    "a put at a low vol": PUT | {"vol": 0.02, "dividend_yield": 0.01},
    "a put at a high vol": PUT | {"vol": 2.5, "dividend_yield": 0.01},
    "a put for a week": PUT | {"time_to_expiry": 7 / 365},
    "a put for an hour": PUT | {"time_to_expiry": 1e-4},
    "a put for ten years": PUT | {"time_to_expiry": 10.0, "dividend_yield": 0.02},
    "a put at a high rate": PUT | {"rate": 1.2, "vol": 0.1},
    "a put at a rate below zero": PUT | {"rate": -0.01, "dividend_yield": -0.03},
    "a put without rate and with a yield below zero": PUT | {"rate": 0.0, "dividend_yield": -0.03},
    "spots on one boundary": PUT | {"spot": np.linspace(55.0, 180.0, 90), "dividend_yield": 0.02},
    "spots and moments on one boundary": PUT
    | {"spot": np.linspace(70.0, 150.0, 12), "time_to_expiry": np.linspace(0.1, 1.0, 9)[:, None]}
    | {"elapsed": 1.0 - np.linspace(0.1, 1.0, 9)[:, None], "dividend_yield": 0.02},
    "a call before one dividend": CALL | {"dividend_times": [0.4], "dividend_amounts": [1.5]},
    "a call that may be exercised at the first of four": CALL
    | QUARTERLY
    | {"dividend_amounts": [6.0, 0.5, 0.5, 0.5]},
    "a call with four dividends": CALL | QUARTERLY,
    "a call with two dividends days apart": CALL
    | {"dividend_times": [0.5, 0.51], "dividend_amounts": [9.0, 1.0]},
    "a call with a dividend on its expiry": CALL
    | {"dividend_times": [0.4, 1.0], "dividend_amounts": [1.5, 1.5]},
    "a call with a dividend above the strike": CALL | {"dividend_times": [0.4], "dividend_amounts": [120.0]},
    "a call with weekly dividends": CALL
    | {"dividend_times": np.arange(1, 40) / 52, "dividend_amounts": np.full(39, 0.2)},
    "a call without rate": CALL | QUARTERLY | {"rate": 0.0},
    "a call at a low vol": CALL | QUARTERLY | {"vol": 0.01},
    "a call at a high vol": CALL | QUARTERLY | {"vol": 3.0},
    "calls far in and out of the money": CALL | QUARTERLY | {"spot": np.geomspace(60.0, 165.0, 40)},
    "a call at spots and moments": CALL
    | QUARTERLY
    | {"spot": np.linspace(70.0, 150.0, 12), "elapsed": np.linspace(0.0, 0.9, 7)[:, None]}
    | {"time_to_expiry": 1.0 - np.linspace(0.0, 0.9, 7)[:, None]},
    "calls out of range": CALL
    | QUARTERLY
    | {"spot": np.array([np.nan, np.inf, -1.0, 0.0, 1e-300, 100.0, 1e150])},
    "puts with dividends": PUT | {"dividend_times": [0.4, 0.8], "dividend_amounts": [1.5, 1.5]},
    "out of range": PUT | {"spot": np.array([np.nan, np.inf, -1.0, 0.0, 1e-300, 100.0, 1e300])},
    "no time and no vol": PUT | {"time_to_expiry": np.array([0.0, 1.0]), "vol": np.array([0.2, 0.0])},
    "none": PUT | {"spot": np.ones(0)},
}


def both(options):
    compiled = american(**options)
    with using("numpy"):
        return compiled, american(**options)


@pytest.mark.parametrize("case", ONE_CONTRACT)
def test_one_contract(case):
    options = ONE_CONTRACT[case]
    compiled, defined = both(options)
    unit = np.maximum(options["spot"], options["strike"])
    for name, ours, theirs in zip(compiled._fields, compiled, defined, strict=True):
        assert type(ours) is type(theirs)
        scale = unit if name == "value" else np.abs(theirs) + 0.1
        near = np.abs(ours - theirs) <= SCALES[name] * scale
        assert np.all(near | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))), name


ONE_OPTION = {
    **{
        name: option
        for name, option in ONE_CONTRACT.items()
        if all(np.ndim(value) == 0 for value in option.values())
    },
    "a call without a yield": CALL,
    "a call whose boundary is out of reach": CALL | {"dividend_yield": 0.01, "time_to_expiry": 0.1},
    "a put without a rate": PUT | {"rate": 0.0, "dividend_yield": 0.02},
    "a put that is exercised now": PUT | {"spot": 40.0},
    **{f"a put that is exercised at {spot}": PUT | {"spot": spot} for spot in (30.1, 33.3, 41.7, 57.9)},
    "a call that is exercised now": CALL | {"spot": 400.0, "dividend_yield": 0.1},
    "a put worthless to a digit": PUT | {"spot": 4000.0},
    "a rate that is too small to count": PUT | {"rate": 1e-10, "dividend_yield": -1e-10},
    "two boundaries": PUT | {"rate": -0.02, "dividend_yield": -0.05},
    "whole numbers": PUT | {"spot": 100, "strike": 105, "sign": -1},
    "no number": PUT | {"spot": float("nan")},
    "an infinite vol": PUT | {"vol": float("inf")},
    "no time": PUT | {"time_to_expiry": 0.0},
    "hardly any vol": PUT | {"vol": 1e-9},
    "moments to come": PUT | {"elapsed": 0.25},
    "a moment that is no number": PUT | {"elapsed": float("nan")},
    "a sign out of range": PUT | {"sign": 2.0},
}


@pytest.mark.parametrize("case", ONE_OPTION)
def test_one_option_of_plain_numbers_is_that_of_an_array(case):
    """The call on plain numbers goes another way through the core than one on arrays."""
    option = ONE_OPTION[case]
    one = american(**option)
    assert all(type(field) is np.float64 for field in one)
    with using("numpy"):
        defined = american(**option)
    unit = max(abs(option["spot"]), option["strike"])
    for name, ours, theirs in zip(one._fields, one, defined, strict=True):
        scale = unit if name == "value" else abs(theirs) + 0.1
        assert ours == pytest.approx(theirs, rel=0.0, abs=SCALES[name] * scale, nan_ok=True), name


def contracts(count, seed=8):
    rng = np.random.default_rng(seed)
    return {
        "sign": rng.choice([-1.0, 1.0], count),
        "spot": np.full(count, 100.0),
        "strike": 100.0 * np.exp(rng.normal(0.0, 0.2, count)),
        "time_to_expiry": rng.uniform(0.01, 3.0, count),
        "vol": rng.uniform(0.05, 0.9, count),
        "rate": rng.uniform(0.0, 0.09, count),
        "dividend_yield": rng.uniform(0.0, 0.09, count),
    }


def low_vols(count):
    """Contracts whose boundaries take the most steps: their vega and rho are the first to differ."""
    return contracts(count, seed=3) | {"vol": np.linspace(0.04, 0.15, count)}


def shared_boundaries(count):
    """A scan: many strikes, each with its vol, at several spots and moments."""
    strike = np.linspace(70.0, 140.0, count)[:, None]
    moments = np.tile(np.linspace(0.0, 0.2, 5), 3)
    terms = {"sign": 1.0, "spot": np.repeat([90.0, 100.0, 115.0], 5), "strike": strike, "rate": 0.04}
    terms |= {"vol": 0.2 - 0.15 * np.log(strike / 100.0), "dividend_yield": 0.05}
    return terms | {"time_to_expiry": 0.25 - moments, "elapsed": moments}


def out_of_reach(count):
    """Calls on a yield far below the rate: of some hardly a path reaches the boundary, of others some do."""
    return shared_boundaries(count) | {"dividend_yield": 0.011}


MANY = {
    "contracts": contracts,
    "low vols": low_vols,
    "shared boundaries": shared_boundaries,
    "out of reach": out_of_reach,
}


@pytest.mark.parametrize("case", MANY)
def test_many_contracts_together(case):
    """Each takes the steps that it needs alone, whoever it is solved with."""
    compiled, defined = both(MANY[case](300))
    for name, ours, theirs in zip(compiled._fields, compiled, defined, strict=True):
        scale = 100.0 if name == "value" else np.abs(theirs) + 0.1
        assert np.max(np.abs(ours - theirs) / scale) <= SCALES[name], name


@pytest.mark.parametrize("name", ["c", "numpy"])
def test_a_contract_is_worth_the_same_among_others(name):
    options = contracts(300)
    with using(name):
        together = american(**options)
        for i in range(0, 300, 30):
            alone = american(**{key: values[i] for key, values in options.items()})
            assert tuple(alone) == pytest.approx(tuple(field[i] for field in together), rel=1e-10)


@pytest.mark.parametrize(
    ("argument", "greek", "most"), [("vol", "vega", 1e-5), ("rate", "rho", 2.5e-5)], ids=["vega", "rho"]
)
def test_vega_and_rho_of_many_are_the_slopes_of_their_values(argument, greek, most):
    options = low_vols(300)

    def slope(step):
        up, down = (american(**options | {argument: options[argument] + way * step}) for way in (1, -1))
        return (up.value - down.value) / (2 * step)

    step = 1e-3 * np.maximum(options[argument], 0.01)
    exact = (4 * slope(step / 2) - slope(step)) / 3
    error = np.abs(getattr(american(**options), greek) - exact)
    assert np.max(error / (np.abs(exact) + 1.0)) < most
