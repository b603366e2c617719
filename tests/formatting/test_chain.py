import dataclasses
import datetime as dt

import pytest

from riskcalc.domain import ChainSummary, ExerciseStyle, ExpirySummary, QuoteCounts
from riskcalc.formatting import chain_tables, chain_title

EMPTY = dict.fromkeys(
    (
        "forward",
        "forward_error",
        "implied_yield",
        "implied_yield_error",
        "atm_vol",
        "risk_reversal",
        "expected_move",
        "straddle",
    )
)
ROW = ExpirySummary(expiry=dt.date(2026, 9, 18), days=60, quotes=1250, usable=1200, **EMPTY)
SUMMARY = ChainSummary(
    symbol="IWM",
    date=dt.date(2026, 7, 17),
    quote_time=None,
    spot=295.39,
    rate=0.04,
    exercise=ExerciseStyle.AMERICAN,
    account=QuoteCounts(
        read=1260,
        usable=1200,
        doubtful={"no bid": 50},
        dropped={"other symbol": 10},
        without_quoted_vol=3,
        without_vol={"the search did not converge": 2},
    ),
    expiries=(ROW,),
)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (None, "no time given"),
        (dt.datetime(2026, 7, 17, 16, 0), "16:00 New York"),  # noqa: DTZ001 - New York, unmarked
        (dt.datetime(2026, 7, 18, 9, 5), "stamped 2026-07-18 09:05 New York"),  # noqa: DTZ001 - as above
    ],
)
def test_the_title_says_when_the_quotes_are_of(time, said):
    title = chain_title(dataclasses.replace(SUMMARY, quote_time=time))
    assert title == f"IWM 2026-07-17, {said}: spot $295.39, rate 4.00%"


def test_every_reason_has_its_row():
    account, _ = chain_tables(SUMMARY)
    assert [row[:2] for row in account.rows] == [
        ("read", "1,260"),
        ("excluded", "10"),
        ("suspect", "50"),
        ("usable", "1,200"),
        ("no model IV", "2"),
        ("no quoted IV", "3"),
    ]


def test_what_is_not_known_is_a_dash_and_nothing_is_minus_zero():
    _, expiries = chain_tables(SUMMARY)
    assert expiries.rows[0] == ("2026-09-18", "60", "1,250", "1,200", *["-"] * 7)
    known = dataclasses.replace(ROW, implied_yield=-1e-6, risk_reversal=-0.0522, atm_vol=0.2)
    _, expiries = chain_tables(dataclasses.replace(SUMMARY, expiries=(known,)))
    assert expiries.rows[0][5:9] == ("0.00%", "-", "20.0%", "-5.2")
    flat = dataclasses.replace(known, risk_reversal=-1e-5)
    _, expiries = chain_tables(dataclasses.replace(SUMMARY, expiries=(flat,)))
    assert expiries.rows[0][8] == "0.0"
