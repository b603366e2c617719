"""The stationary bootstrap, against that of arch."""

from __future__ import annotations

import numpy as np
import pytest

from riskcalc.history import ImpliedVols, measured_k, outcomes, realized_vol, sample_prices, sample_vols
from riskcalc.history.resampling import standard_error_of_mean, walk_indices
from tests.rows import sample


@pytest.fixture(scope="module")
def bootstrap():
    """The bootstrap of arch; a second of imports that only the worker with these tests pays."""
    from arch.bootstrap import StationaryBootstrap  # noqa: PLC0415 - as above

    return StationaryBootstrap


def dependent(count=600):
    """Overlapping sums of chance, as outcomes of overlapping trades are."""
    steps = np.random.default_rng(5).standard_normal(count + 20)
    return np.convolve(steps, np.ones(21), mode="valid") > 0.0


@pytest.mark.parametrize("mean_block", sample((1, 10, 42), 1))
def test_the_error_of_a_mean_is_what_drawing_finds(bootstrap, mean_block):
    values = dependent().astype(float)
    drawn = bootstrap(mean_block, values, seed=1).apply(np.mean, 3000)
    assert standard_error_of_mean(values, mean_block=mean_block) == pytest.approx(drawn.std(), rel=0.04)


def test_the_error_of_independent_values_is_the_usual_one():
    values = np.random.default_rng(1).standard_normal(500)
    assert standard_error_of_mean(values, mean_block=1) == pytest.approx(values.std() / np.sqrt(500))


def test_outcomes_have_that_error():
    result = outcomes(sample_prices(), stop=0.06, targets=0.1, sessions=10)
    assert result.errors["stop_first"] > 2 * np.sqrt(0.1 * 0.9 / result.n)


def test_blocks_are_as_long_as_they_should_be():
    random = np.random.default_rng(1)
    walk = np.stack(list(walk_indices(random, count=1000, paths=200, steps=500, mean_block=21)))
    fresh = (walk[1:] - walk[:-1]) % 1000 != 1
    assert fresh.mean() == pytest.approx(1 / 21, rel=0.03)
    assert np.bincount(walk.ravel(), minlength=1000).std() < 60


def test_k_has_the_error_that_drawing_finds(bootstrap):
    bars, vols = sample_prices(), sample_vols()
    result = measured_k(bars, vols)
    ratios = realized_vol(bars, window=21)[21:] / vols.vol[:-21]
    drawn = bootstrap(42, ratios, seed=1).apply(np.median, 500)
    assert result.k == np.median(ratios)
    assert result.error == pytest.approx(drawn.std(), rel=0.15)


def test_k_is_what_the_vols_were_made_with():
    bars = sample_prices()
    ahead = realized_vol(bars, window=21)[21:]
    vols = ImpliedVols(name="RVX", dates=bars.dates[: len(ahead)], vol=ahead / 0.7)
    result = measured_k(bars, vols)
    assert (result.k, result.error) == (pytest.approx(0.7), pytest.approx(0.0, abs=1e-12))
    assert result.k_source == "IWM over RVX, 2021-07-19 to 2026-07-17, 21 sessions ahead"
    assert result.date == bars.last_day
