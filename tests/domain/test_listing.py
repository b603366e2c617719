from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from riskcalc.domain import OptionQuote, OptionType, UsualListing, instrument
from riskcalc.domain.sessions import is_session, last_session_on_or_before, sessions_between
from riskcalc.errors import InvalidInputError


def listing(day: dt.date) -> UsualListing:
    return UsualListing(instrument=instrument("IWM"), date=day, spot=295.39)


def test_expiries_are_fridays_or_the_session_before():
    expiries = listing(dt.date(2026, 3, 2)).expiries()
    assert dt.date(2026, 4, 2) in expiries  # Good Friday 2026-04-03
    assert dt.date(2026, 4, 3) not in expiries
    assert all(is_session(day) for day in expiries)
    assert list(expiries) == sorted(set(expiries))


def test_the_next_expiry_is_never_today():
    friday = dt.date(2026, 7, 17)
    assert listing(friday).expiries()[0] == dt.date(2026, 7, 24)
    assert listing(dt.date(2026, 7, 20)).expiries()[0] == dt.date(2026, 7, 24)


def test_strikes_are_steps_around_the_spot():
    strikes = listing(dt.date(2026, 7, 20)).strikes(expiry=dt.date(2026, 9, 18), option_type=OptionType.CALL)
    assert {295, 325} <= set(strikes)
    assert all(high - low == 1 for low, high in pairwise(strikes))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (dt.date(2026, 7, 3), False),  # Independence Day falls on a Saturday
        (dt.date(2026, 11, 26), False),
        (dt.date(2026, 11, 27), True),
        (dt.date(2026, 7, 18), False),
        (dt.date(2026, 6, 19), False),
    ],
)
def test_sessions_are_the_new_york_stock_exchange_s(day, open_):
    assert is_session(day) is open_


def test_counting_sessions():
    assert last_session_on_or_before(dt.date(2026, 7, 4)) == dt.date(2026, 7, 2)
    assert sessions_between(dt.date(2026, 7, 1), dt.date(2026, 7, 8)) == 4
    assert sessions_between(dt.date(2026, 7, 8), dt.date(2026, 7, 1)) == 0


def test_a_crossed_quote_is_refused():
    with pytest.raises(InvalidInputError, match=r"bid must not be above ask, got 2 and 1"):
        OptionQuote(bid=2, ask=1)


@pytest.mark.parametrize(("spot", "step"), [(9.03, 0.5), (65.15, 1), (279.18, 5)])
def test_strikes_of_shares_without_a_row_are_apart_by_price(spot, step):
    lunr = UsualListing(instrument=instrument("LUNR"), date=dt.date(2026, 7, 20), spot=spot)
    strikes = lunr.strikes(expiry=dt.date(2026, 9, 18), option_type=OptionType.CALL)
    assert {high - low for low, high in pairwise(strikes)} == {step}


def test_a_spot_in_the_wrong_unit_lists_no_millions_of_strikes():
    listing = UsualListing(instrument=instrument("IWM"), date=dt.date(2026, 7, 20), spot=20_260_720)
    with pytest.raises(InvalidInputError, match="spot must be below 100,000 for strikes 1 apart"):
        listing.strikes(expiry=dt.date(2026, 9, 18), option_type=OptionType.CALL)
