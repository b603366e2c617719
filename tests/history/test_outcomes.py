"""Counts of what came first, against a table counted elsewhere and a plain loop."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from riskcalc.domain import Side
from riskcalc.errors import InvalidInputError
from riskcalc.history import ExitMoves, outcomes, read_prices, sample_prices
from tests.history.made_up import bars_of, random_bars
from tests.outside import reference_file
from tests.rows import sample

DAY = dt.date


@pytest.mark.parametrize(
    ("since", "sessions", "stop", "target", "counts"),
    [
        (DAY(2000, 6, 1), 42, 0.06, 0.10, (3627, 1481, 757, 1389)),
        (DAY(2010, 1, 4), 42, 0.06, 0.10, (1216, 421, 241, 554)),
        (DAY(2000, 6, 1), 63, 0.06, 0.10, (3606, 1723, 1065, 818)),
        (DAY(2010, 1, 4), 63, 0.06, 0.15, (1195, 508, 115, 572)),
    ],
)
def test_the_counts_of_iwm(since, sessions, stop, target, counts):
    bars = read_prices(reference_file("05_leveraged_etf_prices/IWM_daily_raw_alphavantage.csv"))
    result = outcomes(bars, stop=stop, targets=target, sessions=sessions, since=since)
    assert (result.n, result.stop_first, result.target_first, result.neither) == counts
    assert (result.first_entry, result.independent) == (since, counts[0] / sessions)


def counted(bars, *, stop, targets, sessions, side):
    """One trade after the other, a bar at a time."""
    tally = dict.fromkeys(("n", "stop_first", "target_first", "neither", "ambiguous", "gapped_stops"), 0)
    reached, overshoots, adverse, favorable = [0] * len(targets), [], [], []
    for entry in range(len(bars) - sessions):
        start = bars.close[entry]
        stop_level = start * (1 - side * stop)
        levels = [start * (1 + side * target) for target in targets]
        first, open_, worst, best = None, list(levels), 0.0, 0.0
        for day in range(entry + 1, entry + sessions + 1):
            opened, high, low = bars.open[day], bars.high[day], bars.low[day]
            bad, good = (low, high) if side is Side.LONG else (high, low)
            stopped = side * bad <= side * stop_level
            hit = [level for level in open_ if side * good >= side * level]
            sure = [level for level in hit if not stopped or side * opened >= side * level]
            for level in sure:
                reached[levels.index(level)] += 1
                open_.remove(level)
            if first is None and levels[0] in sure:
                first = "target_first"
                favorable.append(max(best, side * (max(side * opened, side * levels[0]) * side / start - 1)))
                adverse.append(worst)
            if stopped:
                if first is None:
                    first = "stop_first"
                    fill = side * min(side * opened, side * stop_level)
                    gapped = side * opened < side * stop_level
                    tally["gapped_stops"] += gapped
                    tally["ambiguous"] += levels[0] in hit and side * opened > side * stop_level
                    overshoots += [abs(opened - stop_level) / start] if gapped else []
                    adverse.append(min(worst, side * (fill / start - 1)))
                    favorable.append(best)
                break
            worst, best = min(worst, side * (bad / start - 1)), max(best, side * (good / start - 1))
        if first is None:
            adverse.append(worst)
            favorable.append(best)
        tally["n"] += 1
        tally[first or "neither"] += 1
    return tally, reached, overshoots, adverse, favorable


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", sample(range(6), 0, 1, 3))
def test_a_plain_loop_counts_the_same(seed, side):
    bars = random_bars(seed, vol=0.04)
    rules = {"stop": 0.03, "targets": (0.03, 0.08), "sessions": 1 + 5 * seed, "side": side}
    result = outcomes(bars, **rules)
    tally, reached, overshoots, adverse, favorable = counted(bars, **rules)
    assert {name: getattr(result, name) for name in tally} == tally
    assert [target.reached for target in result.targets] == reached
    assert result.mean_overshoot == pytest.approx(np.mean(overshoots) if overshoots else None)
    assert result.largest_overshoot == pytest.approx(max(overshoots, default=None))
    assert result.adverse.median == pytest.approx(np.median(adverse))
    assert result.adverse.tail == pytest.approx(np.quantile(adverse, 0.1))
    assert result.favorable.largest == pytest.approx(max(favorable))
    if seed:
        assert tally["ambiguous"] > 0
        assert tally["gapped_stops"] > 0


STOP_AND_TARGET = {"stop": 0.05, "targets": 0.10, "sessions": 2}


@pytest.mark.parametrize(
    ("second", "third", "expected"),
    [
        ((100, 111, 99, 105), (105, 106, 104, 105), {"target_first": 1}),
        ((100, 101, 95, 97), (97, 111, 96, 110), {"stop_first": 1}),
        ((100, 110, 95, 97), (97, 98, 96, 97), {"stop_first": 1, "ambiguous": 1}),
        ((93, 112, 92, 97), (97, 98, 96, 97), {"stop_first": 1, "gapped_stops": 1, "mean_overshoot": 0.02}),
        ((112, 113, 94, 97), (97, 98, 96, 97), {"target_first": 1}),
        ((95, 96, 95, 96), (97, 98, 96, 97), {"stop_first": 1, "mean_overshoot": None}),
        ((100, 109, 96, 97), (97, 108, 96, 97), {"neither": 1}),
    ],
)
def test_one_trade_by_hand(second, third, expected):
    bars = bars_of(*zip((100, 100, 100, 100), second, third, strict=True))
    result = outcomes(bars, **STOP_AND_TARGET)
    names = ("stop_first", "target_first", "neither", "ambiguous", "gapped_stops")
    assert {name: getattr(result, name) for name in names} == dict.fromkeys(names, 0) | {
        name: count for name, count in expected.items() if name in names
    }
    if "mean_overshoot" in expected:
        assert result.mean_overshoot == pytest.approx(expected["mean_overshoot"])


def test_regimes_share_the_entries_out():
    result = outcomes(sample_prices(), stop=0.06, targets=0.1, sessions=42)
    assert [regime.name for regime in result.regimes] == ["low", "middle", "high"]
    assert sum(regime.n for regime in result.regimes) == result.n - 21
    assert all(
        regime.n == regime.stop_first + regime.target_first + regime.neither for regime in result.regimes
    )
    bounds = [bound for regime in result.regimes for bound in (regime.vol_from, regime.vol_to)]
    assert bounds == sorted(bounds)


def test_a_stop_alone_has_no_targets():
    result = outcomes(sample_prices(), stop=0.06, targets=(), sessions=42)
    assert (result.targets, result.target_first, result.adverse_before_target) == ((), 0, None)
    assert result.stop_first + result.neither == result.n
    assert outcomes(sample_prices(), stop=0.99, targets=(), sessions=42).mean_overshoot is None


def test_the_record_is_plain_data():
    data = outcomes(sample_prices(), stop=0.06, targets=(0.1, 0.2), sessions=42).to_dict()
    assert data["side"] == "long"
    assert data["n"] == data["stop_first"] + data["target_first"] + data["neither"]
    assert data["targets"][0]["reached"] == data["target_first"]
    assert set(data["errors"]) == {"stop_first", "target_first", "neither"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stop": 0}, "stop must be in"),
        ({"stop": 1.0}, "stop must be in"),
        ({"stop": float("nan")}, "stop must be in"),
        ({"targets": -0.1}, "targets must be"),
        ({"targets": (0.2, 0.1)}, "targets must rise"),
        ({"targets": "10%"}, "targets must be"),
        ({"sessions": 0}, "sessions must be"),
        ({"sessions": 1300}, "sessions must leave an entry, got 1300: the prices end on 2026-07-17"),
        ({"since": DAY(2026, 7, 1)}, "sessions must leave an entry from 2026-07-01 on, got 42"),
        ({"since": "2026-07-01"}, "since must be a date"),
        ({"side": 1}, "side must be"),
        ({"bars": None}, "bars must be"),
    ],
)
def test_bad_input_is_named(change, says):
    usual = {"bars": sample_prices(), "stop": 0.06, "targets": 0.1, "sessions": 42}
    with pytest.raises(InvalidInputError, match=says):
        outcomes(**usual | change)


def test_closes_alone_do_not_tell(tmp_path):
    path = tmp_path / "IWM.csv"
    path.write_text("Date,Close\n2026-07-16,295.1\n2026-07-17,295.39\n")
    with pytest.raises(InvalidInputError, match="bars have closes only"):
        outcomes(read_prices(path), stop=0.06, targets=0.1, sessions=1)


def test_exit_moves_are_checked():
    with pytest.raises(InvalidInputError, match="targets must rise"):
        ExitMoves(stop=0.06, targets=(0.2, 0.1), sessions=42)
