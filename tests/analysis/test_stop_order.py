import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis.first_passage import touch_probability
from riskcalc.analysis.stop_order import StopRace, stop_race
from riskcalc.errors import InvalidInputError
from tests.examples import examples
from tests.rows import sample

TNA = {"fund_stop": -0.18, "benchmark_stop": -0.06, "leverage": 3, "vol": 0.22, "drift": 0.04, "sessions": 42}
NEVER = 0.9999

moves = st.floats(0.02, 0.3)


def _simulated(
    *, fund_stop, benchmark_stop, leverage, vol, drift, sessions, fee=0.0, financing=0.0, paths, seed=11
):
    """The exact daily product beside the benchmark; between closes a Brownian bridge to the nearer stop.

    Each path carries its chance to be alive, which spreads far less than dead and living paths do.
    """
    draw = np.random.default_rng(seed)
    side, deviation = math.copysign(1, benchmark_stop), vol / math.sqrt(252)
    charge = (fee + (leverage - 1) * financing) / 252
    at, fund, alive = np.zeros(paths), np.zeros(paths), np.ones(paths)
    fired = np.zeros(3)
    for _ in range(sessions):
        still_to_fall = np.expm1(math.log1p(fund_stop) - fund) / leverage
        room_fund = side * np.log1p(np.maximum(still_to_fall, -NEVER))
        room_benchmark = side * (math.log1p(benchmark_stop) - at)
        room = np.maximum(np.minimum(room_fund, room_benchmark), 0)
        normal = draw.standard_normal(paths // 2)
        move = drift / 252 - deviation**2 / 2 + deviation * np.concatenate([normal, -normal])
        stopped = alive * np.exp(-2 * room * np.maximum(room - side * move, 0) / deviation**2)
        ahead = room_benchmark - room_fund
        for place, which in enumerate((ahead > 1e-9, ahead < -1e-9, np.abs(ahead) <= 1e-9)):
            fired[place] += stopped[which].sum()
        alive = alive - stopped
        day = np.maximum(1 + leverage * np.expm1(move) - charge, 1 - NEVER)
        at, fund = at + move, fund + np.log(day)
    return np.array([*fired, alive.sum()]) / paths


@pytest.mark.parametrize(
    "change",
    sample(
        [
            {},
            {"fund_stop": -0.12},
            {"fund_stop": -0.19},
            {"leverage": -3, "fund_stop": -0.12, "benchmark_stop": 0.04},
            {
                "leverage": -3,
                "fund_stop": -0.20,
                "benchmark_stop": 0.06,
                "vol": 0.5,
                "drift": -0.3,
                "sessions": 30,
            },
            {"vol": 0.35, "drift": 0.0},
            {"leverage": 2, "fund_stop": -0.12},
            {"sessions": 2, "fund_stop": -0.06, "benchmark_stop": -0.02},
            {"fee": 0.0095, "financing": 0.05},
        ],
        1,
        3,
        7,
        8,
    ),
    ids=str,
)
def test_simulated_daily_resets_agree(change):
    """Within 0.004 and three standard errors of the simulation."""
    case, paths = TNA | change, 60_000
    race, simulated = stop_race(**case), _simulated(**case, paths=paths)
    assert np.abs(race - simulated).max() < 0.004 + 3 * 0.4 / math.sqrt(paths)


HARDEST = [(leverage, vol) for leverage in (-3, -2, -1, 2, 3) for vol in (0.15, 0.5)]


@pytest.mark.parametrize(
    ("leverage", "vol"),
    sample(HARDEST, 0, 6),
)
def test_stops_that_start_at_one_price_are_told_apart(leverage, vol):
    """What fires first turns on the sign of small differences then: the hardest case."""
    case = TNA | {
        "leverage": leverage,
        "vol": vol,
        "fund_stop": -0.06 * abs(leverage),
        "benchmark_stop": -0.06 * math.copysign(1, leverage),
    }
    race, simulated = stop_race(**case), _simulated(**case, paths=60_000)
    assert np.abs(race - simulated).max() < 0.004 + 3 * 0.4 / math.sqrt(60_000)


@pytest.mark.parametrize("seed", sample(range(10), 0, 1))
def test_random_races_are_within_0_008(seed):
    draw = np.random.default_rng(seed)
    leverage, move = int(draw.choice([-3, -2, -1, 2, 3])), draw.uniform(0.04, 0.10)
    case = {
        "leverage": leverage,
        "benchmark_stop": -move * math.copysign(1, leverage),
        "fund_stop": -move * abs(leverage) * draw.uniform(0.85, 1.15),
        "vol": draw.uniform(0.15, 0.5),
        "drift": draw.uniform(-0.3, 0.3),
        "sessions": int(draw.integers(2, 64)),
        "fee": 0.0095,
        "financing": 0.04,
    }
    race, simulated = stop_race(**case), _simulated(**case, paths=60_000, seed=seed)
    assert np.abs(race - simulated).max() < 0.008 + 3 * 0.4 / math.sqrt(60_000)


def test_a_charge_fires_the_fund_first():
    """Fee and financing wear the fund away, so that its stop comes sooner."""
    free, charged = (stop_race(**TNA, fee=fee, financing=rate) for fee, rate in ((0, 0), (0.01, 0.05)))
    assert charged.fund_first > free.fund_first + 0.005
    assert charged.benchmark_first < free.benchmark_first


def test_within_the_first_session_the_stops_are_levels_of_the_benchmark():
    race = stop_race(**TNA | {"fund_stop": -0.06, "sessions": 1})
    touch = touch_probability(spot=1, level=0.98, vol=0.22, drift=0.04, horizon=1 / 252)
    assert race.fund_first == pytest.approx(touch, rel=1e-12)
    assert race.benchmark_first == 0
    assert race.neither == pytest.approx(1 - touch, rel=1e-12)


def test_the_same_price_fires_both_in_the_first_session_only():
    one = stop_race(**TNA | {"vol": 0.6, "sessions": 1})
    assert one.together == pytest.approx(
        touch_probability(spot=1, level=0.94, vol=0.6, drift=0.04, horizon=1 / 252)
    )
    assert (one.fund_first, one.benchmark_first) == (0, 0)
    assert stop_race(**TNA | {"vol": 0.6, "sessions": 10}).together == pytest.approx(one.together)


@pytest.mark.parametrize("leverage", [1, 3, -3])
def test_a_fund_stop_out_of_reach_leaves_the_benchmark_alone(leverage):
    side = math.copysign(1, leverage)
    race = stop_race(**TNA | {"leverage": leverage, "fund_stop": -0.95, "benchmark_stop": -0.06 * side})
    touch = touch_probability(spot=1, level=1 - 0.06 * side, vol=0.22, drift=0.04, horizon=42 / 252)
    assert race.benchmark_first == pytest.approx(touch, abs=2e-3)
    assert race.fund_first < 1e-9


def test_a_fund_without_leverage_is_its_benchmark():
    race = stop_race(**TNA | {"leverage": 1, "fund_stop": -0.05})
    touch = touch_probability(spot=1, level=0.95, vol=0.22, drift=0.04, horizon=42 / 252)
    assert race.fund_first == pytest.approx(touch, abs=2e-3)
    assert race.benchmark_first == 0


def test_tna_at_minus_12_fires_before_iwm_at_minus_6():
    race = stop_race(**TNA | {"fund_stop": -0.12})
    assert race.benchmark_first < 1e-4
    assert 0.6 < race.fund_first < 0.7


@examples(25)
@given(
    fund=moves,
    index=moves,
    leverage=st.sampled_from([-3, -2, 2, 3]),
    market=st.tuples(st.floats(0.05, 1), st.floats(-2, 2), st.integers(1, 25)),
)
def test_chances_sum_to_one(fund, index, leverage, market):
    vol, drift, sessions = market
    race = stop_race(
        fund_stop=-fund,
        benchmark_stop=-index * math.copysign(1, leverage),
        leverage=leverage,
        vol=vol,
        drift=drift,
        sessions=sessions,
    )
    assert isinstance(race, StopRace)
    assert sum(race) == pytest.approx(1, abs=1e-10)
    assert min(race) >= 0


def test_a_nearer_fund_stop_fires_first_more_often():
    races = [stop_race(**TNA | {"fund_stop": stop}) for stop in (-0.21, -0.19, -0.18, -0.17, -0.12)]
    assert (np.diff([race.fund_first for race in races]) > 0).all()
    assert (np.diff([race.benchmark_first for race in races]) <= 0).all()


def test_a_fall_that_nobody_survives():
    race = stop_race(**TNA | {"drift": -40.0})
    assert race.neither == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"benchmark_stop": 0.06}, "on one side of the benchmark, got -0.18 at leverage 3 and 0.06"),
        ({"leverage": -3}, "on one side of the benchmark"),
        ({"leverage": 0}, "on one side of the benchmark"),
        ({"fund_stop": -1.0}, "fund_stop must be a number > -1, got -1"),
        ({"benchmark_stop": math.nan}, "benchmark_stop must be a finite number"),
        ({"vol": 0.0}, "vol must be a number > 0"),
        ({"drift": math.inf}, "drift must be a finite number"),
        ({"sessions": 0}, "sessions must be a whole number >= 1"),
    ],
    ids=str,
)
def test_inputs_out_of_range(bad, message):
    with pytest.raises(InvalidInputError, match=message):
        stop_race(**TNA | bad)
