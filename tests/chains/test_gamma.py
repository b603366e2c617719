"""Gamma, ratios and max pain of open interest: vollib, vendors' gammas, pandas, and brute force."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from vollib.black_scholes_merton.greeks.analytical import gamma as vollib_gamma

from riskcalc.chains import Chain, chain_vols, read_chain
from riskcalc.chains.gamma import gamma_profile, put_call_ratios
from riskcalc.domain import ExerciseStyle
from riskcalc.errors import ChainError
from tests.outside import reference_file
from tests.real_chains import RATE

FILES = (
    "06_option_chains/cboe_quotedata_SPY_2022-07-08.csv",
    "06_option_chains/IWM_2026-07-20_leapware.json",
    "06_option_chains/yfinance_SPY_2026-02-12.csv",
)


def made_up(**changes):
    columns = {
        "symbol": "IWM",
        "date": dt.date(2026, 7, 20),
        "spot": 100.0,
        "expiry": ["2026-09-18"] * 4,
        "strike": [100, 100, 101, 101],
        "option_type": [1, -1, 1, -1],
        "bid": [3.50, 3.00, 3.02, 3.51],
        "ask": [3.60, 3.10, 3.12, 3.61],
        "open_interest": [1000, 400, np.nan, 50],
        "volume": [10, 30, 0, np.nan],
    }
    return Chain(**columns | changes)


def test_the_formula_is_vollibs():
    chain = made_up()
    vols = chain_vols(chain, rate=RATE, exercise=ExerciseStyle.EUROPEAN)
    (forward,) = vols.forwards
    result = gamma_profile(chain, rate=RATE)
    # On strike 100 the forward is above: the put is out of the money, and its vol is that of the strike.
    vol = {100.0: vols.mid[1], 101.0: vols.mid[2]}
    for row, contracts in zip(result.gamma, ((1000, 400), (0, 50)), strict=True):
        gamma = vollib_gamma(
            "c", 100.0, row.strike, forward.years, forward.rate, vol[row.strike], forward.dividend_yield
        )
        unit = gamma * 100 * 100.0**2 * 0.01
        assert row.gross == pytest.approx(sum(contracts) * unit, rel=1e-9)
        assert row.net == pytest.approx((contracts[0] - contracts[1]) * unit, rel=1e-9)
    assert (result.put_call.volume, result.put_call.open_interest) == (3.0, 0.45)


@pytest.mark.parametrize("name", FILES)
def test_real_chains_against_brute_force(name):
    chain = read_chain(reference_file(name))
    result = gamma_profile(chain, rate=RATE)
    alive = chain.expiry >= np.datetime64(chain.date)
    counts = {
        sign: (np.nansum(chain.volume[rows]), np.nansum(chain.open_interest[rows]))
        for sign in (1, -1)
        for rows in [alive & (chain.option_type == sign)]
    }
    assert result.put_call.volume == pytest.approx(counts[-1][0] / counts[1][0])
    assert result.put_call.open_interest == pytest.approx(counts[-1][1] / counts[1][1])
    (expiry, pain), *_ = result.max_pain_by_expiry.items()
    rows = pd.DataFrame(
        {
            "sign": chain.option_type,
            "strike": chain.strike,
            "contracts": np.nan_to_num(chain.open_interest),
        }
    )[chain.expiry == np.datetime64(expiry)]
    worth = {
        spot: (rows["contracts"] * (rows["sign"] * (spot - rows["strike"])).clip(lower=0)).sum()
        for spot in sorted(set(rows["strike"]))
    }
    assert pain == min(worth, key=worth.get)
    assert all(row.gross >= abs(row.net) for row in result.gamma)


def test_the_vendors_gammas_give_the_same_clusters():
    chain = read_chain(reference_file("06_option_chains/cboe_quotedata_SPY_2022-07-08.csv"))
    result = gamma_profile(chain, rate=0.02)
    dollars = chain.quoted_gamma * np.nan_to_num(chain.open_interest) * 100 * chain.spot**2 * 0.01
    theirs = pd.Series(dollars).groupby(chain.strike).sum()
    largest = theirs.nlargest(5)
    own = {row.strike: row.gross for row in result.gamma}
    assert [own[strike] for strike in largest.index] == pytest.approx(largest.tolist(), rel=0.05)


def test_put_call_is_pandas_on_the_raw_file():
    path = reference_file("06_option_chains/yfinance_SPY_2026-02-12.csv")
    frame = pd.read_csv(path)  # its last trades are of the day of the nearest expiry, which counts
    sums = frame.groupby("optionType")[["volume", "openInterest"]].sum()
    result = put_call_ratios(read_chain(path))
    assert result.volume == pytest.approx(sums["volume"]["put"] / sums["volume"]["call"], rel=1e-9)
    assert result.open_interest == pytest.approx(sums["openInterest"]["put"] / sums["openInterest"]["call"])


def test_at_the_flip_the_naive_net_is_nothing():
    chain = read_chain(reference_file(FILES[1]))
    result = gamma_profile(chain, rate=RATE)
    assert result.flip is not None
    assert (result.net < 0) == (result.spot < result.flip)


def test_clusters_are_the_largest_between_two_spots():
    result = gamma_profile(made_up(), rate=RATE)
    assert [row.strike for row in result.clusters(low=90, high=110)] == [100.0, 101.0]
    assert [row.strike for row in result.clusters(low=90, high=110, count=1)] == [100.0]
    assert result.clusters(low=102, high=110) == ()


def test_ended_options_count_nowhere():
    chain = made_up(expiry=["2026-07-17"] * 2 + ["2026-09-18"] * 2, open_interest=[9, 9, 5, 10])
    result = gamma_profile(chain, rate=RATE)
    assert result.put_call.open_interest == 2.0
    assert list(result.max_pain_by_expiry) == ["2026-09-18"]


def test_without_open_interest_there_is_no_gamma():
    with pytest.raises(ChainError, match="no open interest"):
        gamma_profile(made_up(open_interest=[np.nan] * 4), rate=RATE)


def test_to_dict_says_that_the_sign_is_assumed():
    result = json.loads(json.dumps(gamma_profile(made_up(), rate=RATE).to_dict()))
    assert {"gamma", "put_call", "max_pain", "flip", "gross", "net"} <= set(result)
    assert "assumes" in result["net_assumption"]
    assert set(result["gamma"][0]) == {"strike", "gross", "net", "open_interest"}
