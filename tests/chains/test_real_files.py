"""Real chains, read from outside the repository."""

import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import DropReason, QuoteStatus, read_chain
from riskcalc.domain import OptionType
from riskcalc.pricing.implied_vol import implied_vol
from tests.outside import reference_file
from tests.real_chains import real_chain

SEPTEMBER = dt.date(2026, 9, 18)
FRIDAY = dt.date(2026, 7, 10)


@pytest.fixture(scope="module")
def iwm():
    return real_chain("IWM_2026-07-20_yfinance_layout.csv")


def test_the_iwm_chain_is_read_whole(iwm):
    assert (iwm.symbol, iwm.date, iwm.spot, len(iwm)) == ("IWM", dt.date(2026, 7, 20), 295.39, 2480)
    assert iwm.dropped == {}
    assert len(iwm.expiries()) == 16
    assert SEPTEMBER in iwm.expiries()


def test_the_iwm_counts_are_those_of_its_columns(iwm):
    counts = iwm.quality_counts()
    assert sum(counts.values()) == 2480
    assert counts[QuoteStatus.NO_BID] == (iwm.bid == 0).sum() == 293
    assert counts[QuoteStatus.MISSING] == counts[QuoteStatus.NO_ASK] == counts[QuoteStatus.CROSSED] == 0
    assert iwm.missing_vols == 264


def test_the_call_spread_of_60_days_costs_about_960_dollars(iwm):
    low, high = (iwm.quote(expiry=SEPTEMBER, strike=k, option_type=OptionType.CALL) for k in (295, 325))
    assert 100 * (low.mid - high.mid) == pytest.approx(958.5)


def test_our_vols_near_the_money_are_those_of_the_file(iwm):
    days = (iwm.expiry - np.datetime64(iwm.date)).astype(int)
    vol, status = implied_vol(
        premium=(iwm.bid + iwm.ask) / 2,
        sign=iwm.option_type,
        spot=iwm.spot,
        strike=iwm.strike,
        time_to_expiry=days / 365,
        rate=0.04,
        dividend_yield=0.011,
    )
    out_of_the_money = iwm.option_type * (iwm.strike - iwm.spot) >= 0
    near = (np.abs(iwm.strike / iwm.spot - 1) <= 0.1) & (days >= 45) & out_of_the_money
    usable = near & (iwm.status == QuoteStatus.OK) & ~np.isnan(iwm.quoted_vol)
    assert usable.sum() == 70
    assert (status[usable] == 0).all()
    off = np.abs(vol - iwm.quoted_vol)[usable]
    assert np.median(off) < 0.005
    assert off.max() < 0.01


def test_the_spy_dump_is_dated_by_its_last_trade():
    spy = read_chain(reference_file("06_option_chains/yfinance_SPY_2026-02-12.csv"))
    assert (spy.symbol, spy.date, len(spy)) == ("SPY", dt.date(2026, 2, 11), 794)
    assert spy.spot == pytest.approx(692.3)
    assert spy.dropped == {}
    assert not np.isnan(spy.last).any()


@pytest.mark.parametrize(
    ("file", "options", "expected"),
    [
        # After hours, out of step with its options: the file says 293.48, and SPX below 4505.10.
        ("IWM_2026-07-08_optionsdesk_nogreeks.json", {}, ("IWM", dt.date(2026, 7, 8), 293.24, 1411)),
        ("IWM_2026-07-20_leapware.json", {}, ("IWM", dt.date(2026, 7, 20), 295.39, 2480)),
        # Fetched on a Sunday: the quotes are Friday's.
        ("SPXL_2026-07-10_optionsdesk.json", {}, ("SPXL", dt.date(2026, 7, 10), 279.18, 958)),
        ("SPY_2026-07-10_optionsdesk.json", {}, ("SPY", dt.date(2026, 7, 10), 754.95, 2370)),
        ("UWM_2026-07-10_normalised.csv", {"date": FRIDAY}, ("UWM", FRIDAY, 65.15, 126)),
        ("cboe_delayed_quotes_json_sample.json", {"spot": 415.0}, ("SPY", dt.date(2021, 5, 21), 415.0, 1)),
        ("cboe_quotedata_SPX_2023-09-14.csv", {"symbol": "SPX"}, ("SPX", dt.date(2023, 9, 14), 4510.12, 738)),
        ("cboe_quotedata_SPY_2022-07-08.csv", {}, ("SPY", dt.date(2022, 7, 8), 388.67, 1108)),
        ("schwab_chain_LUNR_2025-04-10.json", {}, ("LUNR", dt.date(2025, 4, 10), 7.865, 278)),
        ("tradier_chain_docs_sample.json", {"spot": 27.0}, ("VXX", dt.date(2019, 5, 6), 27.0, 3)),
    ],
)
def test_every_format_is_read_whole(file, options, expected):
    chain = read_chain(reference_file(f"06_option_chains/{file}"), **options)
    symbol, date, spot, quotes = expected
    assert (chain.symbol, chain.date, len(chain)) == (symbol, date, quotes)
    assert chain.spot == pytest.approx(spot, abs=0.001)
    assert set(chain.dropped) <= {DropReason.OTHER_SYMBOL}


@pytest.mark.parametrize("symbol", ["SPY", "SPXL", "UWM"])
def test_one_chain_in_two_formats_is_one_chain(symbol):
    name = f"06_option_chains/{symbol}_2026-07-10_"
    flat = read_chain(reference_file(f"{name}normalised.csv"), date=FRIDAY)
    json = read_chain(reference_file(f"{name}optionsdesk.json"))
    assert flat.quote_time is None
    assert flat.to_frame().equals(json.to_frame().assign(quote_time=flat.to_frame()["quote_time"]))
