import csv
import dataclasses
import datetime as dt
import json

import numpy as np
import pytest
from scipy.special import ndtri

from riskcalc.chains import Chain, DropReason, chain_summary, read_chain, sample_chain
from riskcalc.chains.sample import DATE, DIVIDEND, DIVIDEND_DATE, RATE, SPOT, sample_vol
from riskcalc.domain import CashDividend, Market, Quote
from riskcalc.formatting import chain_title
from riskcalc.pricing import black_scholes
from tests.outside import reference_file
from tests.real_chains import real_summary
from tests.rows import slow

DIVIDENDS = (CashDividend(ex_date=DIVIDEND_DATE, amount=DIVIDEND),)


@pytest.fixture(scope="module")
def sample():
    return chain_summary(sample_chain(), rate=RATE, dividends=DIVIDENDS)


def test_the_model_behind_the_sample_is_found_again(sample):
    market = Market(date=DATE, rate=RATE, quotes={"IWM": Quote(spot=SPOT, vol=0.2, dividends=DIVIDENDS)})
    assert market.quote("IWM").spot == sample.spot
    for row in sample.expiries:
        years = row.days / 365
        paid = DIVIDEND * np.exp(-RATE * (DIVIDEND_DATE - DATE).days / 365) * (row.expiry >= DIVIDEND_DATE)
        forward = (SPOT - paid) * np.exp(RATE * years)
        assert row.forward == pytest.approx(forward, abs=0.01)
        assert row.implied_yield == pytest.approx(-np.log(1 - paid / SPOT) / years, abs=2e-4)
        assert row.atm_vol == pytest.approx(
            sample_vol(strike=forward, forward=forward, years=years), abs=5e-4
        )
        assert row.expected_move == pytest.approx(SPOT * row.atm_vol * np.sqrt(years))
        # The straddle at the forward is worth its mean absolute move, sqrt(2 / pi) of a standard deviation.
        assert row.straddle == pytest.approx(np.sqrt(2 / np.pi) * row.expected_move, rel=0.02)


def test_the_skew_is_that_of_the_25_delta_options(sample):
    row = next(row for row in sample.expiries if row.days == 60)
    years, wings = 60 / 365, []
    for sign in (1, -1):
        vol = 0.2
        for _ in range(50):  # the strike of 25 deltas and its vol, in turns
            distance = sign * ndtri(0.25) * vol * np.sqrt(years)
            strike = row.forward * np.exp(-distance + vol**2 * years / 2)
            vol = float(sample_vol(strike=strike, forward=row.forward, years=years))
        wings.append(vol)
    assert row.risk_reversal == pytest.approx(wings[0] - wings[1], abs=1e-3)
    assert row.risk_reversal < -0.04


def test_every_row_is_accounted_for():
    frame = sample_chain().to_frame()
    chain = read_chain(frame[frame["expiry"] == frame["expiry"].min()])
    chain = dataclasses.replace(chain, dropped={DropReason.EXPIRED: 3, DropReason.DUPLICATE: 2})
    account = chain_summary(chain, rate=RATE).account
    assert account.read == len(chain) + 5
    assert account.usable + sum(account.doubtful.values()) + sum(account.dropped.values()) == account.read
    assert account.dropped == {"expired before the day of the quotes": 3, "repeated row": 2}
    assert list(account.doubtful) == ["no bid"]


def test_what_the_quotes_do_not_say_is_none_and_json_ready():
    expiries = ["2026-07-20", "2026-09-18", "2026-09-18"]
    chain = Chain(
        symbol="IWM",
        date=dt.date(2026, 7, 20),
        spot=100.0,
        expiry=expiries,
        strike=[100, 100, 110],
        option_type=[1, 1, -1],
        bid=[0.5, 3.5, 0.0],
        ask=[0.6, 3.6, 11.0],
    )
    result = chain_summary(chain, rate=0.04)
    assert [(row.days, row.quotes, row.usable) for row in result.expiries] == [(0, 1, 1), (60, 2, 1)]
    for row in result.expiries:
        values = dataclasses.asdict(row)
        assert {name for name, value in values.items() if value is None} == set(values) - {
            "expiry",
            "days",
            "quotes",
            "usable",
        }
    assert json.dumps(result.to_dict(), allow_nan=False)


def test_the_real_iwm_chain_at_a_glance():
    result = real_summary("IWM_2026-07-20_yfinance_layout.csv")
    assert (result.account.read, result.account.usable, result.account.doubtful) == (
        2480,
        2168,
        {"no bid": 293, "mid below intrinsic value": 19},
    )
    september = next(row for row in result.expiries if row.expiry == dt.date(2026, 9, 18))
    assert september.atm_vol == pytest.approx(0.201, abs=0.002)
    assert september.risk_reversal == pytest.approx(-0.052, abs=0.003)
    assert september.forward == pytest.approx(296.61, abs=0.05)
    assert september.straddle == pytest.approx(19.19, abs=0.01)


@pytest.mark.parametrize(("symbol", "side", "expiries"), [("SPY", "base", 5), slow(("SPXL", "levered", 9))])
def test_forwards_and_vols_are_near_a_european_reading_of_the_same_quotes(symbol, side, expiries):
    """A second reading by put-call parity without early exercise; it takes the rate for 3.7% as well."""
    summary = real_summary(f"{symbol}_2026-07-10_optionsdesk.json")
    result = {str(row.expiry): row for row in summary.expiries if row.forward}
    with reference_file("06_option_chains/letf_atm_vol_scaling.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row[side] == symbol and row["expiration"] in result]
    assert len({row["expiration"] for row in rows}) == expiries
    for row in rows:
        ours = result[row["expiration"]]
        assert ours.forward == pytest.approx(float(row[f"{side}_forward"]), rel=0.005)
        assert ours.atm_vol == pytest.approx(float(row[f"{side}_atm_iv"]), rel=0.035)


@pytest.mark.parametrize("symbol", ["RUT", "SPXW"])
def test_options_on_an_index_are_european(symbol):
    strike, sign = (part.ravel() for part in np.meshgrid(np.arange(1500.0, 3001.0, 50.0), [1, -1]))
    priced = {"sign": sign, "spot": 2200.0, "strike": strike, "time_to_expiry": 1.0, "rate": 0.04}
    value = black_scholes(**priced, vol=0.2, dividend_yield=0.015).value
    chain = Chain(
        symbol=symbol,
        date=dt.date(2026, 7, 20),
        spot=2200.0,
        expiry=["2027-07-20"] * len(strike),
        strike=strike,
        option_type=sign,
        bid=value - 0.1,
        ask=value + 0.1,
    )
    summary = chain_summary(chain, rate=0.04)
    (row,) = summary.expiries
    # Deep puts are worth less than exercise now would pay, and are no worse for it.
    assert (value < np.maximum(sign * (2200.0 - strike), 0.0)).any()
    assert (summary.account.usable, summary.account.doubtful) == (len(strike), {})
    assert row.forward == pytest.approx(2200 * np.exp(0.025), abs=0.01)
    assert (row.atm_vol, row.risk_reversal) == pytest.approx((0.2, 0.0), abs=1e-5)
    assert summary.to_dict()["exercise"] == "european"
    assert chain_title(summary).endswith("rate 4.00%, European options")
