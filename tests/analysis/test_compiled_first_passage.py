"""First passage by the compiled core is that of numpy, corridor by corridor."""

from __future__ import annotations

import numpy as np
import pytest

from riskcalc.analysis.first_passage import exit_chances, first_passage
from riskcalc.pricing.compiled.loader import choice, using

pytestmark = pytest.mark.skipif(choice().core is None, reason=f"no compiled core: {choice().why}")

AWKWARD = np.array([0.0, -0.0, 1e-310, 1e-200, 1e-8, 0.1, 1.0, 1e8, 1e200, -0.1, np.nan, np.inf, -np.inf])


def corridors(count, widest):
    rng = np.random.default_rng(17)
    below, above = rng.uniform(0.0, widest, (2, count))
    return {
        "below": below,
        "above": above,
        "travel": rng.normal(0.0, 0.3, count),
        "variance": 10.0 ** rng.uniform(-6, 1, count),
    }


def awkward():
    below, above, travel, variance = np.meshgrid(*[AWKWARD] * 4)
    return {"below": below, "above": above, "travel": travel, "variance": variance}


CASES = {
    "both series": corridors(4_000, 1.0),
    "close levels": corridors(2_000, 0.01),
    "wide corridors": corridors(2_000, 30.0),
    "one level": corridors(500, 1.0) | {"above": np.inf},
    "steep drifts": corridors(500, 1.0) | {"travel": np.linspace(-60.0, 60.0, 500)},
    "broadcast": corridors(40, 1.0)
    | {"travel": np.linspace(-0.2, 0.2, 5)[:, None], "variance": np.array(0.04)},
    "numbers": {name: value[0] for name, value in corridors(1, 1.0).items()},
    "none": corridors(0, 1.0),
    "awkward": awkward(),
}


@pytest.mark.parametrize("case", CASES)
def test_exit_chances(case):
    compiled = exit_chances(**CASES[case])
    with using("numpy"):
        defined = exit_chances(**CASES[case])
    for name, ours, theirs in zip(compiled._fields, compiled, defined, strict=True):
        assert type(ours) is type(theirs)
        assert ours.shape == theirs.shape
        assert ours == pytest.approx(theirs, rel=0.0, abs=1e-12, nan_ok=True), name


def test_first_passage_out_of_range():
    terms = {"lower": 206.8, "upper": 246.4, "vol": 0.22, "drift": 0.04, "horizon": [0.0, 0.2, -1.0]}
    compiled = first_passage(spot=np.array([[220.0], [200.0], [np.nan], [-1.0]]), **terms)
    with using("numpy"):
        defined = first_passage(spot=np.array([[220.0], [200.0], [np.nan], [-1.0]]), **terms)
    assert np.array(compiled) == pytest.approx(np.array(defined), rel=0.0, abs=1e-12, nan_ok=True)
