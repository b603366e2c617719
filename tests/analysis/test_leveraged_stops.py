import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis.leveraged_stops import translate_stop, translate_to_fund
from riskcalc.pricing import fund_path

leverages = st.sampled_from([-3.0, -2.0, -1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("leverage", "fund", "index"),
    [
        (3, -0.12, -0.04),
        (3, -0.18, -0.06),
        (-3, -0.12, 0.04),
        (-3, -0.18, 0.06),
        (3, -0.15, -0.05),
        (2, 0.3, 0.15),
    ],
)
def test_inside_one_session_a_move_is_the_multiple(leverage, fund, index):
    assert translate_stop(move=fund, leverage=leverage, days=1, vol=0.22) == fund / leverage
    assert translate_stop(move=fund, leverage=leverage, days=1, vol=0.22) == pytest.approx(index, rel=1e-15)
    assert translate_to_fund(move=index, leverage=leverage, days=1, vol=0.22) == pytest.approx(
        fund, rel=1e-15
    )


@pytest.mark.parametrize("days", [2, 5, 42])
@pytest.mark.parametrize("leverage", [3, -3])
def test_over_several_sessions_it_is_the_moving_level(leverage, days):
    drag = (leverage**2 - leverage) / 2 * 0.22**2 * days / 252
    level = (0.88 * math.exp(drag)) ** (1 / leverage) - 1
    assert translate_stop(move=-0.12, leverage=leverage, days=days, vol=0.22) == pytest.approx(
        level, rel=1e-13
    )


def test_the_stop_of_a_leveraged_fund_comes_nearer_with_every_session():
    levels = translate_stop(move=-0.12, leverage=3, days=np.arange(2, 253), vol=0.22)
    assert (np.diff(levels) > 0).all()
    assert (np.diff(translate_stop(move=-0.12, leverage=-3, days=np.arange(2, 253), vol=0.22)) < 0).all()


def test_held_long_enough_a_fund_stops_out_on_a_benchmark_that_rose():
    assert translate_stop(move=-0.12, leverage=3, days=252, vol=0.22) > 0


@given(
    fund=st.floats(-0.9, 2),
    leverage=leverages,
    days=st.sampled_from([1, 2, 3, 10, 42, 250]),
    vol=st.floats(0, 0.8),
)
def test_there_and_back(fund, leverage, days, vol):
    index = translate_stop(move=fund, leverage=leverage, days=days, vol=vol)
    if days == 1 and fund / leverage < -1:
        assert np.isnan(index)
        return
    assert translate_to_fund(move=index, leverage=leverage, days=days, vol=vol) == pytest.approx(
        fund, rel=1e-11, abs=1e-12
    )


@given(fund=st.floats(-0.9, 2), days=st.integers(1, 250), vol=st.floats(0, 0.8))
def test_without_leverage_a_move_is_itself(fund, days, vol):
    assert translate_stop(move=fund, leverage=1, days=days, vol=vol) == pytest.approx(
        fund, rel=1e-12, abs=1e-15
    )


def test_a_fund_move_never_passes_a_total_loss():
    assert translate_to_fund(move=-0.5, leverage=3, days=1, vol=0.2) == -1
    assert translate_to_fund(move=-1.0, leverage=3, days=5, vol=0.2) == -1


def test_a_curve_over_days_broadcasts():
    curve = translate_stop(move=[[-0.12], [-0.18]], leverage=3, days=[1, 5, 21], vol=0.22)
    assert curve.shape == (2, 3)
    assert curve[:, 0].tolist() == [-0.04, -0.06]


@pytest.mark.parametrize("bad", [{"move": -1.5}, {"days": 0}, {"days": math.nan}, {"vol": -0.1}], ids=str)
@pytest.mark.parametrize("days", [1, 5])
@pytest.mark.parametrize("translate", [translate_stop, translate_to_fund])
def test_an_input_out_of_range_is_nan(translate, days, bad):
    assert np.isnan(translate(**{"move": -0.12, "leverage": 3, "days": days, "vol": 0.22} | bad))


@pytest.mark.parametrize("days", [1, 5])
def test_a_fund_without_leverage_names_no_level(days):
    assert np.isnan(translate_stop(move=-0.12, leverage=0, days=days, vol=0.22))


def _paths_to(move, *, days, vol, paths=40_000):
    """Daily returns of random paths that all make one move in total."""
    logs = np.random.default_rng(days).normal(0, vol / math.sqrt(252), (paths, days))
    return np.expm1(logs + (math.log1p(move) - logs.sum(axis=1, keepdims=True)) / days)


@pytest.mark.parametrize(
    ("leverage", "days", "middle", "most"),
    [
        (3, 2, 6e-4, 14e-4),
        (3, 3, 3e-4, 12e-4),
        (3, 10, 3e-4, 15e-4),
        (3, 42, 3e-4, 27e-4),
        (-3, 5, 3e-4, 26e-4),
    ],
)
def test_how_far_real_paths_of_that_move_are_from_the_stop(leverage, days, middle, most):
    """Daily resets by the exact product, in the benchmark's units: median, and nine paths in ten."""
    level = translate_stop(move=-0.12, leverage=leverage, days=days, vol=0.22)
    moves = fund_path(leverage=leverage, daily_returns=_paths_to(level, days=days, vol=0.22))[:, -1] - 1
    errors = (moves + 0.12) / leverage
    assert abs(np.median(errors)) < middle
    assert np.abs(np.quantile(errors, [0.05, 0.95])).max() < most
