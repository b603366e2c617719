import dataclasses
import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import Chain, sample_chain
from riskcalc.chains.chain import COLUMNS
from riskcalc.chains.vols import chain_vols
from riskcalc.domain import CashDividend
from riskcalc.pricing import VolStatus, american
from tests.chains.quoted import DAY, model_chain
from tests.real_chains import part_of, real_chain, real_vols

IWM = "IWM_2026-07-20_yfinance_layout.csv"


def smile(strike, years):
    return 0.2 + 0.002 * (100 - strike) + 0.02 * years


def test_every_quote_of_a_model_chain_gives_its_vol_back():
    chain = model_chain(vol=smile, dividend_yield=0.01, strikes=range(90, 112, 2))
    result = chain_vols(chain, rate=0.04)
    years = (chain.expiry - np.datetime64(DAY)).astype(float) / 365
    assert (result.mid_status == VolStatus.OK).all()
    assert result.mid == pytest.approx(smile(chain.strike, years), abs=2e-4)
    assert not (result.bid >= result.mid).any()
    assert (result.mid < result.ask).all()


def test_quotes_without_a_price_have_no_vol_and_say_so():
    rows = [(90, 0.0, 0.05), (100, 3.5, 3.6), (110, np.nan, 0.1), (120, 0.3, 0.2), (130, 0.1, 0.1)]
    strike, bid, ask = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    expiry = [np.datetime64(DAY) + np.timedelta64(60, "D")] * 4 + [np.datetime64(DAY)]
    chain = Chain(
        symbol="IWM",
        date=DAY,
        spot=100.0,
        expiry=expiry,
        strike=strike,
        option_type=[1] * 5,
        bid=bid,
        ask=ask,
    )
    result = chain_vols(chain, rate=0.04)
    by_strike = {float(at): code for at, code in zip(chain.strike, result.mid_status, strict=True)}
    assert by_strike == {
        90: VolStatus.NOT_FINITE,
        100: VolStatus.OK,
        110: VolStatus.NOT_FINITE,
        120: VolStatus.NOT_FINITE,
        130: VolStatus.NO_TIME,
    }
    assert sum(result.status_counts().values()) == len(chain)


def test_a_whole_real_chain_reprices_to_its_mids():
    result = real_vols(IWM)
    assert result.status_counts()[VolStatus.OK] > 2000
    assert_repriced(real_chain(IWM), result)


def test_on_a_dated_dividend_a_real_chain_reprices_to_its_mids():
    chain, paid = real_chain(IWM), CashDividend(ex_date=dt.date(2026, 9, 15), amount=0.8)
    last = part_of(chain, (chain.expiry == chain.expiry.max()) & (chain.strike % 10 == 0))
    result = chain_vols(last, rate=0.04, dividends=(paid,))
    assert result.status_counts()[VolStatus.OK] >= 30
    schedule = {"dividend_times": [chain.years_to(paid.ex_date)], "dividend_amounts": [paid.amount]}
    assert_repriced(last, result, **schedule)


def assert_repriced(chain, found, **schedule):
    counts = found.status_counts()
    assert counts[VolStatus.NOT_CONVERGED] == counts[VolStatus.ABOVE_BOUND] == 0
    one = found.forwards[-1]
    rows = np.flatnonzero(
        (chain.expiry == np.datetime64(one.expiry)) & (found.mid_status == VolStatus.OK) & (found.mid > 0)
    )
    value = american(
        sign=chain.option_type[rows],
        spot=chain.spot,
        strike=chain.strike[rows],
        time_to_expiry=one.years,
        vol=found.mid[rows],
        rate=one.rate,
        dividend_yield=one.dividend_yield,
        **schedule,
    ).value
    assert value == pytest.approx((chain.bid + chain.ask)[rows] / 2, abs=1e-5)


def test_call_and_put_agree_near_the_money_on_a_real_chain():
    chain, result = real_chain(IWM), real_vols(IWM)
    near = (np.abs(chain.strike / chain.spot - 1) < 0.02) & (chain.expiry > np.datetime64("2026-08-05"))
    calls, puts = (result.mid[near & (chain.option_type == sign)] for sign in (1, -1))
    assert np.nanmedian(np.abs(calls - puts)) < 0.001


def test_prices_that_nobody_asks_for_are_not_solved():
    chain = sample_chain()
    nearest = chain.expiries()[:3]
    here = np.isin(chain.expiry, np.array(nearest, dtype="datetime64[D]"))
    chain = dataclasses.replace(chain, **{name: getattr(chain, name)[here] for name in COLUMNS})
    every = chain_vols(chain, rate=0.04)
    some = chain_vols(chain, rate=0.04, prices=("mid",), out_of_the_money=("bid",))
    forwards = {forward.expiry: forward.forward for forward in every.forwards}
    forward = np.array([forwards[day] for day in chain.expiry.tolist()])
    out = chain.option_type * (chain.strike - forward) >= 0
    assert 0.2 < out.mean() < 0.8
    assert some.mid == pytest.approx(every.mid, abs=1e-6, nan_ok=True)
    assert (some.mid_status == every.mid_status).all()
    assert some.bid[out] == pytest.approx(every.bid[out], abs=1e-6, nan_ok=True)
    for vols, status in ((some.bid[~out], some.bid_status[~out]), (some.ask, some.ask_status)):
        assert np.isnan(vols).all()
        assert set(status.tolist()) == {VolStatus.NOT_FINITE}
