import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import fsolve

from riskcalc.pricing import SESSIONS_PER_YEAR, benchmark_return, fund_path, fund_return
from tests.reference import Printed, printed, rows

FAS, FAZ = rows("daily_reset_fas_faz")

leverages = st.sampled_from([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
daily_moves = st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=30)


def test_prospectus_tables_to_the_printed_digit():
    for row in rows("daily_reset_prospectus"):
        fund = fund_return(
            leverage=float(row["leverage"]),
            index_return=float(row["index_return_pct"]) / 100,
            vol=float(row["vol"]),
            time=int(row["sessions"]) / SESSIONS_PER_YEAR,
        )
        assert 100 * fund == printed(row["published_pct"]), row


def test_the_56_day_table_is_neither_56_sessions_nor_56_calendar_days():
    table = [row for row in rows("daily_reset_prospectus") if row["fund"] == "CRCL"]
    for time in (56 / 365, 56 / SESSIONS_PER_YEAR):
        hits = [
            100
            * fund_return(
                leverage=2,
                index_return=float(row["index_return_pct"]) / 100,
                vol=float(row["vol"]),
                time=time,
            )
            == printed(row["published_pct"])
            for row in table
        ]
        assert sum(hits) < len(hits) / 2


@pytest.mark.parametrize(("vol", "percent"), [(0.25, "-17.1"), (1.0, "-95.0")])
def test_a_flat_index_over_a_year_as_direxion_prints_it(vol, percent):
    assert 100 * fund_return(leverage=3, index_return=0.0, vol=vol, time=1) == printed(Printed(percent))


def test_one_path_explains_what_fas_and_faz_did():
    """A fall, a rebound and a third day make the index's -9.04% and, exactly, both funds' figures."""
    printed_pct = [float(row["published_pct"]) for row in (FAS, FAZ)]

    def misses(moves):
        index, bull, bear = (fund_path(leverage=m, daily_returns=moves)[-1] - 1 for m in (1, 3, -3))
        return [index + 0.0904, bull - printed_pct[0] / 100, bear - printed_pct[1] / 100]

    moves = fsolve(misses, [-0.17, 0.14, -0.04])
    assert np.abs(misses(moves)).max() < 1e-10
    assert -0.20 < moves.min() < -0.10
    assert 0.08 < moves.max() < 0.18


@pytest.mark.parametrize("row", [FAS, FAZ], ids=lambda row: row["fund"])
def test_fas_and_faz_lag_their_multiple_by_the_variance_of_those_days(row):
    leverage, index = float(row["leverage"]), float(row["index_return_pct"]) / 100
    fund = float(row["published_pct"]) / 100
    variance = (leverage * math.log1p(index) - math.log1p(fund)) / ((leverage**2 - leverage) / 2)
    assert fund < leverage * index
    assert fund_return(
        leverage=leverage, index_return=index, vol=math.sqrt(variance), time=1
    ) == pytest.approx(fund)
    # In January 2009 financial shares moved by ten percent a day.
    assert 1.5 < math.sqrt(variance * SESSIONS_PER_YEAR / 4) < 1.75


def test_a_path_by_hand():
    path = fund_path(leverage=3, daily_returns=[0.01, -0.02], fee=0.0095, financing=0.05)
    charge = (0.0095 + 2 * 0.05) / 252
    assert path == pytest.approx([1.03 - charge, (1.03 - charge) * (0.94 - charge)], rel=1e-15)


def test_an_inverse_fund_lends_what_it_sold():
    (day,) = fund_path(leverage=-3, daily_returns=[0.0], fee=0.0, financing=0.0252)
    assert day == pytest.approx(1 + 4 * 0.0001)


def test_a_fund_at_zero_stays_there():
    path = fund_path(leverage=[[3], [-3]], daily_returns=[0.1, -0.4, 0.5, 0.1])
    assert path[0] == pytest.approx([1.3, 0, 0, 0], abs=0)
    assert path[1] == pytest.approx([0.7, 0.7 * 2.2, 0, 0], abs=0)


def test_a_bad_session_spoils_itself_and_what_follows():
    path = fund_path(leverage=3, daily_returns=[0.01, np.nan, 0.01])
    assert path[0] == 1.03
    assert np.isnan(path[1:]).all()
    assert np.isnan(fund_path(leverage=3, daily_returns=[-1.01])).all()


@given(moves=daily_moves)
def test_leverage_one_is_the_index(moves):
    path = fund_path(leverage=1, daily_returns=moves)
    assert path == pytest.approx(np.cumprod(1 + np.array(moves)), rel=1e-14)
    assert fund_return(leverage=1, index_return=path[-1] - 1, vol=0.3, time=1) == pytest.approx(path[-1] - 1)


@given(moves=daily_moves, leverage=leverages)
def test_one_session_is_the_multiple(moves, leverage):
    path = fund_path(leverage=leverage, daily_returns=moves)
    assert path.shape == (len(moves),)
    assert path[0] == pytest.approx(1 + leverage * moves[0], rel=1e-15)


@pytest.mark.parametrize("leverage", [-3, -2, 2, 3])
def test_the_exact_product_tends_to_the_closed_form(leverage):
    """Steps of one size up and down: halving them leaves a quarter of the distance per unit of variance."""
    gaps = []
    for steps in (2000, 8000):
        move = 0.25 / math.sqrt(steps)
        log_moves = np.where(np.arange(steps) % 2, -move, move) + 0.1 / steps
        charges = {"fee": 0.0095 * 252 / steps, "financing": 0.04 * 252 / steps}
        path = fund_path(leverage=leverage, daily_returns=np.expm1(log_moves), **charges)
        closed = fund_return(
            leverage=leverage, index_return=math.expm1(0.1), vol=0.25, time=1, fee=0.0095, financing=0.04
        )
        gaps.append(abs(path[-1] - 1 - closed))
    assert gaps[1] < gaps[0] / 3.5
    assert gaps[1] < 2e-4


@given(
    fund=st.floats(-0.99, 5),
    rest=st.fixed_dictionaries(
        {
            "leverage": leverages,
            "vol": st.floats(0, 1),
            "time": st.floats(0, 1),
            "fee": st.floats(0, 0.02),
            "financing": st.floats(-0.01, 0.1),
        }
    ),
)
def test_the_benchmark_return_inverts_the_fund_return(fund, rest):
    index = benchmark_return(fund_return=fund, **rest)
    assert fund_return(index_return=index, **rest) == pytest.approx(fund, rel=1e-11, abs=1e-12)


@given(
    leverage=leverages,
    index=st.floats(-0.9, 3),
    vol=st.floats(0, 1),
    more=st.floats(0, 0.5),
    time=st.floats(0, 2),
)
def test_variance_never_helps_a_leveraged_fund(leverage, index, vol, more, time):
    calm, wild = fund_return(leverage=leverage, index_return=index, vol=[vol, vol + more], time=time)
    assert wild <= calm * (1 + 1e-12) + 1e-12


@pytest.mark.parametrize("leverage", [3, -3])
def test_no_time_or_no_vol_is_the_power(leverage):
    power = 1.1**leverage - 1
    assert fund_return(leverage=leverage, index_return=0.1, vol=0.4, time=0) == pytest.approx(power)
    assert fund_return(leverage=leverage, index_return=0.1, vol=0.0, time=1) == pytest.approx(power)


def test_total_losses():
    assert fund_return(leverage=3, index_return=-1.0, vol=0.2, time=1) == -1
    assert fund_return(leverage=-3, index_return=-1.0, vol=0.2, time=1) == np.inf
    assert benchmark_return(leverage=3, fund_return=-1.0, vol=0.2, time=1) == -1


@pytest.mark.parametrize("bad", [{"index_return": -1.5}, {"vol": -0.1}, {"time": -1}, {"vol": np.nan}])
def test_an_input_out_of_range_is_nan_for_its_element_only(bad):
    good = {"leverage": 3, "index_return": 0.1, "vol": 0.2, "time": 0.5}
    (name, value), *_ = bad.items()
    fund = fund_return(**good | {name: [good[name], value]})
    assert np.isfinite(fund[0])
    assert np.isnan(fund[1])


def test_leverage_zero_has_no_benchmark():
    assert np.isnan(benchmark_return(leverage=0, fund_return=0.1, vol=0.2, time=1))
