"""The time of day of a chain: its stamp, the years of its options, and what its own vols agree with."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import chain_vols, implied_forwards, read_chain
from riskcalc.domain import Market, Quote, instrument
from riskcalc.planning import quoted_market
from riskcalc.pricing import VolStatus, american, black_scholes
from tests.chains.quoted import DAY, model_chain
from tests.real_chains import part_of, real_chain

EXPIRY = dt.date(2026, 9, 18)


def chain_at(stamp, **changes):
    chain = model_chain()
    return dataclasses.replace(
        chain, quote_time=None if stamp is None else dt.datetime.fromisoformat(stamp), **changes
    )


@pytest.mark.parametrize(
    ("stamp", "hours"),
    [
        (None, 0.0),
        ("2026-07-20T10:30", 5.5),
        ("2026-07-20T16:00", 0.0),
        ("2026-07-20T20:15", 0.0),  # quotes after the close are the close's
        ("2026-07-21T09:00", 0.0),  # a download of the next day
    ],
)
def test_years_run_from_the_stamp(stamp, hours):
    chain = chain_at(stamp)
    assert chain.years_to_expiry(EXPIRY) * 365 * 24 == pytest.approx(60 * 24 + hours, abs=1e-9)
    market = quoted_market(Market(date=DAY, rate=0.04, quotes={"IWM": Quote(spot=1.0, vol=0.2)}), chain)
    assert market.years_to(EXPIRY) == chain.years_to_expiry(EXPIRY)
    assert implied_forwards(chain, rate=0.04)[-1].years == chain.years_to_expiry(EXPIRY)


def same_day_text(stamp):
    """Quotes of 0DTE calls and puts at 20% vol, 5.5 hours from the close."""
    years = 5.5 / 24 / 365
    rows = ["symbol,quote_time,spot,expiry,strike,type,bid,ask"]
    for strike in range(290, 301):
        for kind, sign in (("call", 1), ("put", -1)):
            value = float(
                american(sign=sign, spot=295.0, strike=strike, time_to_expiry=years, vol=0.2, rate=0.04).value
            )
            rows.append(
                f"IWM,{stamp},295.0,2026-07-20,{strike},{kind},{max(value - 1e-3, 0)!r},{value + 1e-3!r}"
            )
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "stamp", ["2026-07-20 10:30:00", "2026-07-20T14:30:00Z", "2026-07-20T10:30:00-04:00"]
)
def test_options_of_the_day_have_vols_while_they_live(stamp, tmp_path):
    """UTC, an offset and New York's own time say the same."""
    path = tmp_path / "quotes.csv"
    path.write_text(same_day_text(stamp))
    chain = read_chain(path)
    assert chain.time == dt.time(10, 30)
    vols = chain_vols(chain, rate=0.04)
    (forward,) = vols.forwards
    assert forward.years == pytest.approx(5.5 / 24 / 365, rel=1e-12)
    near = np.abs(chain.strike - 295) <= 1
    assert vols.mid[near] == pytest.approx(0.2, abs=2e-3)


@pytest.mark.parametrize("stamp", ["2026-07-20", "2026-07-20 16:05:00"])
def test_options_of_the_day_have_no_vol_at_the_close(stamp, tmp_path):
    path = tmp_path / "quotes.csv"
    path.write_text(same_day_text(stamp))
    result = chain_vols(read_chain(path), rate=0.04)
    assert result.forwards == ()
    assert set(result.mid_status.tolist()) == {VolStatus.NO_TIME}


def test_monthly_options_on_an_index_end_at_the_open():
    european = model_chain(days=(60,))
    years = (60 - 6.5 / 24) / 365
    value = black_scholes(
        sign=european.option_type,
        spot=100.0,
        strike=european.strike,
        time_to_expiry=years,
        vol=0.2,
        rate=0.04,
    ).value
    chain = dataclasses.replace(
        european, symbol="SPX", instrument=instrument("SPX"), bid=value - 0.01, ask=value + 0.01
    )
    result = chain_vols(chain, rate=0.04, exercise=chain.exercise)
    assert np.nanmax(np.abs(result.mid - 0.2)) < 1e-6


def test_saturday_expiries_of_old_files_are_the_friday_before(tmp_path):
    """Standard monthly options expired on Saturdays until January 2015, and last traded on the Friday."""
    rows = ["symbol,quote_time,spot,expiry,strike,type,bid,ask"]
    rows += [
        f"IWM,2013-12-02,112,2014-01-18,{k},{kind},2.0,2.1" for k in (111, 112) for kind in ("call", "put")
    ]
    path = tmp_path / "old.csv"
    path.write_text("\n".join(rows) + "\n")
    assert read_chain(path).expiries() == (dt.date(2014, 1, 17),)


@pytest.mark.slow
def test_the_time_brings_a_real_chain_closer_to_the_exchanges_own_vols():
    """Cboe's vols beside its quotes of 2026-07-20, taken at 13:45: with hours counted ours differ by less."""
    chain = real_chain("IWM_2026-07-20_leapware.json")
    assert chain.time is not None
    near = (chain.expiry <= np.datetime64("2026-08-31")) & (np.abs(np.log(chain.strike / chain.spot)) < 0.05)
    chain = part_of(chain, near)
    at_close = dataclasses.replace(chain, quote_time=None)
    off = []
    for one in (chain, at_close):
        vols = chain_vols(one, rate=0.037)
        both = (one.quoted_vol > 0) & np.isfinite(vols.mid)
        off.append(float(np.median(np.abs(vols.mid - one.quoted_vol)[both])))
    assert off[0] < 0.9 * off[1]
