"""Filtered historical simulation: on a random walk it is the closed form; its chances do not change."""

from __future__ import annotations

import numpy as np
import pytest

from riskcalc.analysis import first_passage
from riskcalc.domain import Side
from riskcalc.errors import InvalidInputError
from riskcalc.history import Bars, filtered_simulation, sample_prices, simulation
from tests.history.made_up import bars_of, random_bars

EXITS = {"stop": 0.06, "targets": (0.10, 0.15), "sessions": 42}


def walk(count=6000, steps=390):
    """Bars of a geometric Brownian motion, watched every minute."""
    random = np.random.default_rng(9)
    path = np.cumsum(random.standard_normal((count, steps)) * 0.01 / np.sqrt(steps), axis=1)
    ends = np.concatenate([[0.0], np.cumsum(path[:, -1])[:-1]])
    logs = ends[:, None] + path
    high, low = np.maximum(logs.max(axis=1), ends), np.minimum(logs.min(axis=1), ends)
    return bars_of(*(np.exp(values) for values in (ends, high, low, logs[:, -1])), start="2001-01-01")


@pytest.mark.parametrize("side", Side)
def test_on_a_random_walk_of_constant_volatility_it_is_the_closed_form(side, monkeypatch):
    monkeypatch.setattr(simulation, "DECAY", 1.0)
    result = filtered_simulation(walk(), **EXITS, vol=0.2, side=side)
    moves = [(1 - side * 0.06, 1 + side * target) for target in EXITS["targets"]]
    for (stop, target), reached in zip(moves, result.targets, strict=True):
        odds = first_passage(
            spot=1, lower=min(stop, target), upper=max(stop, target), vol=0.2, drift=0, horizon=42 / 252
        )
        chance = odds.upper_first if side is Side.LONG else odds.lower_first
        assert reached == pytest.approx(float(chance), abs=0.012)
    assert result.stop_first + result.target_first + result.neither == pytest.approx(1)


def test_it_is_the_same_every_time():
    bars = sample_prices()
    assert filtered_simulation(bars, **EXITS, vol=0.17) == filtered_simulation(bars, **EXITS, vol=0.17)


def test_more_volatility_reaches_further():
    chances = [filtered_simulation(sample_prices(), **EXITS, vol=vol) for vol in (0.1, 0.2, 0.4)]
    assert [chance.neither for chance in chances] == sorted(
        (chance.neither for chance in chances), reverse=True
    )
    assert all(chance.targets[0] == chance.target_first > chance.targets[1] for chance in chances)


def test_without_a_vol_it_starts_at_that_of_the_last_bars():
    result = filtered_simulation(sample_prices(), **EXITS)
    assert result.vol == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize(
    ("bars", "change", "says"),
    [
        (random_bars(1, count=251), {}, "bars must be at least 252 sessions for a simulation, got 251"),
        (bars_of(*([100.0] * 300,) * 4), {}, "bars must vary"),
        (sample_prices(), {"vol": 0.0}, "vol must be"),
        (sample_prices(), {"stop": 2.0}, "stop must be"),
        (sample_prices(), {"paths": 0}, "paths must be"),
    ],
)
def test_bad_input_is_named(bars, change, says):
    with pytest.raises(InvalidInputError, match=says):
        filtered_simulation(bars, **EXITS | change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dates": np.array(["2026-07-17"] * 2, dtype="datetime64[D]")}, "dates must be"),
        ({"dates": "yesterday"}, "dates must be"),
        ({"close": np.array([1.0, 0.0])}, "close must be finite numbers > 0"),
        ({"low": np.array([1.0])}, "low must have one number for each of the 2 dates"),
        ({"high": ["a", "b"]}, "high must be an array of numbers"),
        ({"symbol": None}, "symbol must be text"),
    ],
)
def test_bars_are_checked(change, says):
    usual = {name: np.array([1.0, 2.0]) for name in ("open", "high", "low", "close")}
    days = np.array(["2026-07-16", "2026-07-17"], dtype="datetime64[D]")
    with pytest.raises(InvalidInputError, match=says):
        Bars(**{"symbol": "A", "dates": days} | usual | change)
