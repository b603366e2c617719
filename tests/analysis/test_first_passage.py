import csv
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.analysis.first_passage import FirstPassage, first_passage, touch_probability
from tests.analysis.closes import watched_at_closes
from tests.outside import reference_file
from tests.reference import rows
from tests.rows import sample

DOUBLE = rows("passage_double_barrier")
ONE_TOUCH = rows("passage_one_touch")
OPTIONLAB = rows("passage_optionlab_touch")
HALF_A_DIGIT = {"Haug": 5e-5, "VBA": 5e-5, "QuantLib": 5e-5}

TRADE = {"spot": 220.0, "lower": 206.8, "upper": 246.4, "vol": 0.22, "drift": 0.04, "horizon": 42 / 252}

inside = st.fixed_dictionaries(
    {
        "spot": st.floats(10, 500),
        "vol": st.floats(0.01, 3),
        "drift": st.floats(-20, 20),
        "horizon": st.floats(1e-4, 5),
    }
)
nearness = st.floats(1e-4, 0.9)
reach = st.floats(1e-4, 5)


def _numbers(row, *names):
    return {name: float(row[name]) for name in names}


def _market(row):
    drift = float(row["rate"]) - float(row["dividend_yield"])
    return {
        "spot": float(row["spot"]),
        "vol": float(row["vol"]),
        "drift": drift,
        "horizon": float(row["time"]),
    }


def _paid_at_hit(row, level, chance):
    """Value of 1 paid at the hit: a chance under a faster log drift, by Girsanov; `chance` takes a drift."""
    market = _market(row)
    variance, rate = market["vol"] ** 2, float(row["rate"])
    pace = market["drift"] - variance / 2
    faster = math.copysign(math.sqrt(pace**2 + 2 * rate * variance), math.log(level / market["spot"]))
    return (level / market["spot"]) ** ((pace - faster) / variance) * chance(faster + variance / 2)


def _corridor_value(row):
    market, levels = _market(row), _numbers(row, "lower", "upper")
    odds = first_passage(**market, **levels)
    # QuantLib pays at once when the spot starts outside the corridor.
    outside = market["spot"] <= levels["lower"]
    discount = 1.0 if outside else math.exp(-float(row["rate"]) * float(row["time"]))
    if row["type"] == "KnockOut":
        return discount * odds.neither
    if row["type"] == "KnockIn":
        return discount * (odds.lower_first + odds.upper_first)
    name, side = {"KIKO": ("lower_first", "lower"), "KOKI": ("upper_first", "upper")}[row["type"]]
    if outside:
        return getattr(odds, name)
    return _paid_at_hit(
        row, levels[side], lambda drift: getattr(first_passage(**market | levels | {"drift": drift}), name)
    )


def name(row):
    return "/".join(map(str, [*list(row.values())[:5], row["vol"]]))


@pytest.mark.parametrize("row", DOUBLE, ids=name)
def test_published_double_barrier_binaries(row):
    tolerance = HALF_A_DIGIT.get(row["origin"], 5e-9)
    assert float(row["cash"]) * _corridor_value(row) == pytest.approx(
        float(row["published"]), rel=0, abs=tolerance
    )


@pytest.mark.parametrize("row", [row for row in DOUBLE if row["neither"] != ""], ids=name)
def test_their_chances_in_high_precision(row):
    odds = first_passage(**_market(row), **_numbers(row, "lower", "upper"))
    assert odds == pytest.approx([float(row[name]) for name in odds._fields], rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("row", ONE_TOUCH, ids=name)
def test_published_one_touch_options(row):
    market, level = _market(row), float(row["level"])
    touched = row["direction"] == "up" and level <= market["spot"]

    def chance(drift):
        return 1.0 if touched else touch_probability(**market | {"drift": drift}, level=level)

    if row["paid"] == "at hit":
        value = 1.0 if touched else _paid_at_hit(row, level, chance)
    else:
        touch = chance(market["drift"])
        value = math.exp(-float(row["rate"]) * market["horizon"]) * (
            touch if row["kind"] == "one-touch" else 1 - touch
        )
    tolerance = HALF_A_DIGIT.get(row["origin"], 5e-6)
    assert float(row["cash"]) * value == pytest.approx(float(row["published"]), rel=0, abs=tolerance)
    assert chance(market["drift"]) == pytest.approx(float(row["touch"]), rel=1e-13)


@pytest.mark.parametrize("row", OPTIONLAB, ids=lambda row: row["option_type"])
def test_a_peer_prints_the_discounted_value_for_a_probability(row):
    """OptionLab uses Haug's value of 1 paid at the hit; we reproduce that, and pin the probability."""
    market = _numbers(row, "spot", "vol") | {"drift": float(row["rate"]), "horizon": float(row["time"])}
    level = float(row["level"])

    def chance(drift):
        if row["option_type"] == "put":
            return 1.0  # a put struck above the spot has been touched
        return touch_probability(**market | {"drift": drift}, level=level)

    assert chance(market["drift"]) == pytest.approx(float(row["exact"]), rel=1e-13)
    assert (chance(market["drift"]) == pytest.approx(float(row["published"]), abs=1e-9)) == (
        row["right"] == "yes"
    )
    if row["right"] == "no":
        discounted = _paid_at_hit(row | {"dividend_yield": "0"}, level, chance)
        assert discounted == pytest.approx(float(row["published"]), abs=1e-11)


def _derived():
    path = reference_file("04_first_passage/derived_stop_before_target.csv")
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_stop_before_target_in_high_precision():
    table = _derived()
    column = {name: np.array([float(row[name]) for row in table]) for name in table[0]}
    market = {
        "spot": column["spot"],
        "vol": column["vol"],
        "drift": column["drift_mu"],
        "horizon": column["horizon_years"],
    }
    odds = first_passage(lower=column["stop"], upper=column["target"], **market)
    assert len(table) == 48
    assert odds.lower_first == pytest.approx(column["p_stop_first"], rel=1e-13)
    assert odds.upper_first == pytest.approx(column["p_target_first"], rel=1e-13)
    assert odds.neither == pytest.approx(column["p_neither"], rel=1e-12)
    for level, name in (("stop", "p_touch_stop_alone"), ("target", "p_touch_target_alone")):
        touch = touch_probability(level=column[level], **market)
        assert touch == pytest.approx(column[name], rel=1e-13)


def test_stop_before_target_without_a_horizon():
    table = _derived()
    column = {name: np.array([float(row[name]) for row in table]) for name in table[0]}
    odds = first_passage(
        spot=column["spot"],
        lower=column["stop"],
        upper=column["target"],
        vol=column["vol"],
        drift=column["drift_mu"],
        horizon=1000,
    )
    assert odds.lower_first == pytest.approx(column["p_stop_first_infinite_horizon"], rel=1e-12)


@pytest.mark.parametrize("crossing", [0.3, 0.4, 0.5])
def test_the_two_series_are_one_function(crossing):
    module = sys.modules["riskcalc.analysis.first_passage"]
    draw = np.random.default_rng(4)
    below, above = draw.exponential(0.1, (2, 5000))
    variance = crossing * (below + above) ** 2
    travel = draw.normal(0, 5, 5000) * np.sqrt(variance)
    images = module._by_images(below, above, travel, variance)
    waves = module._by_eigenfunctions(below, above, travel, variance)
    for one, other in zip(images, waves, strict=True):
        assert np.abs(one - other).max() < 2e-14


@given(market=inside, below=nearness, above=reach)
def test_chances_sum_to_one_and_are_chances(market, below, above):
    odds = first_passage(lower=market["spot"] * (1 - below), upper=market["spot"] * (1 + above), **market)
    assert abs(sum(odds) - 1) < 1e-10
    assert all(0 <= chance <= 1 for chance in odds)


@given(market=inside, below=nearness, above=reach, further=st.floats(1e-6, 0.5))
def test_a_further_level_is_touched_first_less_often(market, below, above, further):
    spot = market["spot"]
    lower, upper = spot * (1 - below), spot * (1 + above)
    near = first_passage(lower=lower, upper=upper, **market)
    low = first_passage(lower=lower * (1 - further), upper=upper, **market)
    high = first_passage(lower=lower, upper=upper * (1 + further), **market)
    slack = 1e-13
    assert low.lower_first <= near.lower_first + slack
    assert low.upper_first >= near.upper_first - slack
    assert low.neither >= near.neither - slack
    assert high.upper_first <= near.upper_first + slack
    assert high.lower_first >= near.lower_first - slack
    assert high.neither >= near.neither - slack


@given(market=inside, below=st.floats(0.01, 0.9), above=st.floats(0.01, 5), name=st.sampled_from(list(TRADE)))
def test_a_small_change_of_anything_changes_little(market, below, above, name):
    case = market | {"lower": market["spot"] * (1 - below), "upper": market["spot"] * (1 + above)}
    here, there = first_passage(**case), first_passage(**case | {name: case[name] * (1 + 1e-9)})
    assert np.abs(np.subtract(here, there)).max() < 1e-5


@given(market=inside, below=nearness, above=reach)
def test_mirrored_in_log_price_the_levels_change_places(market, below, above):
    spot, lower, upper = market["spot"], market["spot"] * (1 - below), market["spot"] * (1 + above)
    odds = first_passage(lower=lower, upper=upper, **market)
    mirrored = first_passage(
        **market | {"drift": market["vol"] ** 2 - market["drift"]},
        lower=spot**2 / upper,
        upper=spot**2 / lower,
    )
    assert odds == pytest.approx([mirrored.upper_first, mirrored.lower_first, mirrored.neither], abs=1e-10)


@given(market=inside, below=nearness, above=reach)
def test_touching_a_level_is_more_than_touching_it_first(market, below, above):
    levels = {"lower": market["spot"] * (1 - below), "upper": market["spot"] * (1 + above)}
    odds = first_passage(**levels, **market)
    for level, first in ((levels["lower"], odds.lower_first), (levels["upper"], odds.upper_first)):
        touch = touch_probability(level=level, **market)
        assert first - 1e-13 <= touch <= 1 - odds.neither + 1e-13


def test_a_driftless_price_leaves_its_corridor_as_a_fair_game():
    odds = first_passage(spot=100, lower=90, upper=115, vol=0.3, drift=0.0, horizon=100)
    assert odds.lower_first == pytest.approx(15 / 25, rel=1e-13)


def test_the_reflection_principle_doubles_the_tail_when_log_price_has_no_drift():
    touch = touch_probability(spot=100, level=110, vol=0.2, drift=0.02, horizon=1)
    assert touch == pytest.approx(math.erfc(math.log(1.1) / 0.2 / math.sqrt(2)), rel=1e-13)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"lower": 220.0}, (1, 0, 0)),
        ({"upper": 220.0}, (0, 1, 0)),
        ({"lower": 220.0, "upper": 220.0}, (1, 0, 0)),
        ({"lower": 230.0}, (1, 0, 0)),
        ({"upper": 210.0}, (0, 1, 0)),
        ({"horizon": 0.0}, (0, 0, 1)),
        ({"horizon": 0.0, "lower": 220.0}, (1, 0, 0)),
        ({"vol": 0.0}, (0, 0, 1)),
        ({"vol": 0.0, "drift": 1.0}, (0, 1, 0)),
        ({"vol": 0.0, "drift": -1.0}, (1, 0, 0)),
        ({"vol": 0.0, "drift": 0.679}, (0, 0, 1)),
        ({"vol": 0.0, "drift": 0.681}, (0, 1, 0)),
        ({"lower": 0.0, "upper": math.inf}, (0, 0, 1)),
        ({"drift": 1e6}, (0, 1, 0)),
        ({"drift": -1e6}, (1, 0, 0)),
        ({"drift": 1e290}, (0, 1, 0)),
        ({"drift": -1e290}, (1, 0, 0)),
        ({"drift": 1e4, "vol": 1e-3}, (0, 1, 0)),
        ({"vol": 1e-150}, (0, 0, 1)),
        ({"vol": 1e-200}, (0, 0, 1)),
    ],
    ids=str,
)
def test_limits(change, expected):
    assert first_passage(**TRADE | change) == pytest.approx(expected, abs=1e-12)


def test_wild_vol_leaves_at_once_with_the_odds_of_a_fair_game():
    """The drift is nothing beside the variance, and the price is a martingale until it leaves."""
    odds = first_passage(**TRADE | {"vol": 1e5})
    assert odds == pytest.approx([26.4 / 39.6, 13.2 / 39.6, 0], abs=1e-9)


@pytest.mark.parametrize("missing", [{"lower": 0.0}, {"upper": math.inf}], ids=str)
def test_without_one_level_the_other_is_touched_as_if_alone(missing):
    odds = first_passage(**TRADE | missing)
    market = {name: TRADE[name] for name in ("spot", "vol", "drift", "horizon")}
    level = TRADE["upper"] if "lower" in missing else TRADE["lower"]
    assert odds.lower_first + odds.upper_first == pytest.approx(
        touch_probability(level=level, **market), rel=1e-14
    )
    far = {"lower": 1e-300} if "lower" in missing else {"upper": 1e300}
    assert first_passage(**TRADE | far) == odds


@given(drift=st.floats(-1e8, 1e8), vol=st.floats(0, 1e3), horizon=st.floats(0, 100))
def test_no_drift_overflows(drift, vol, horizon):
    odds = first_passage(spot=220, lower=206.8, upper=246.4, vol=vol, drift=drift, horizon=horizon)
    assert abs(sum(odds) - 1) < 1e-10


def test_no_level_is_never_touched():
    touch = touch_probability(spot=100, level=[0, math.inf, 100], vol=0.2, drift=0.0, horizon=1)
    assert touch.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "bad",
    [
        {"spot": 0.0},
        {"spot": -1.0},
        {"spot": math.inf},
        {"lower": -1.0},
        {"lower": 250.0},
        {"upper": math.nan},
        {"vol": -0.1},
        {"vol": math.inf},
        {"drift": math.nan},
        {"horizon": -1.0},
        {"horizon": math.inf},
        {"steps": 0.5},
    ],
    ids=str,
)
def test_an_input_out_of_range_is_nan_for_its_element_only(bad):
    (name, value), *_ = bad.items()
    good = TRADE | {"steps": math.inf}
    odds = first_passage(**good | {name: [good[name], value]})
    assert [chance[0] for chance in odds] == list(first_passage(**TRADE))
    assert all(np.isnan(chance[1]) for chance in odds)


def test_arguments_broadcast():
    odds = first_passage(**TRADE | {"lower": [[200.0], [206.8]], "vol": [0.1, 0.22, 0.4]})
    assert isinstance(odds, FirstPassage)
    assert odds.neither.shape == (2, 3)
    assert odds.upper_first[1, 1] == first_passage(**TRADE).upper_first


@pytest.mark.parametrize(
    ("steps", "bound"),
    sample([(5, 0.03), (20, 0.007), (42, 0.003), (63, 0.0025), (252, 0.0006)], 0, 1, 2),
    ids=str,
)
def test_watching_closes_against_the_random_walk(steps, bound):
    draw = np.random.default_rng(steps)
    for _ in range(20):
        deviation, travel = draw.uniform(0.008, 0.04), draw.normal(0, 0.001)
        below, above = deviation * draw.uniform(2, 12, 2)
        exact = watched_at_closes(below=below, above=above, travel=travel, deviation=deviation, steps=steps)
        shifted = first_passage(
            spot=1,
            lower=math.exp(-below),
            upper=math.exp(above),
            vol=deviation * math.sqrt(steps),
            drift=travel * steps + deviation**2 * steps / 2,
            horizon=1,
            steps=steps,
        )
        assert np.abs(np.subtract(exact, shifted)).max() < bound


def test_more_closes_tend_to_watching_always():
    always = first_passage(**TRADE)
    gaps = [
        np.abs(np.subtract(first_passage(**TRADE, steps=steps), always)).max() for steps in (42, 4200, 420000)
    ]
    assert gaps[0] > 9 * gaps[1] > 81 * gaps[2] > 0


@pytest.mark.parametrize(
    "change",
    sample(
        [
            {},
            {"drift": 0.5},
            {"vol": 0.6},
            {"lower": 218.0, "upper": 224.0, "horizon": 5 / 252},
            {"drift": -0.8},
        ],
        0,
        3,
    ),
    ids=str,
)
def test_simulated_paths_agree_within_three_standard_errors(change):
    """Paths with a Brownian bridge between their points: each step may touch either level."""
    case = TRADE | change
    draw = np.random.default_rng(20)
    paths, steps = 20_000, 100
    lower, upper = (math.log(case[name] / case["spot"]) for name in ("lower", "upper"))
    variance = case["vol"] ** 2 * case["horizon"] / steps
    travel = case["drift"] * case["horizon"] / steps - variance / 2
    at, ended = np.zeros(paths), np.zeros(paths, dtype=int)
    for _ in range(steps):
        then = at + draw.normal(travel, math.sqrt(variance), paths)
        for mark, level in ((1, lower), (2, upper)):
            room, room_then = np.abs(at - level), (then - level) * np.sign(at - level)
            crossed = draw.random(paths) < np.exp(-2 * room * np.maximum(room_then, 0) / variance)
            ended = np.where((ended == 0) & crossed, mark, ended)
        at = then
    for chance, mark in zip(first_passage(**case), (1, 2, 0), strict=True):
        error = math.sqrt(chance * (1 - chance) / paths)
        assert abs((ended == mark).mean() - chance) < 3 * error
