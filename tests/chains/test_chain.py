import datetime as dt

import numpy as np
import pytest

from riskcalc.chains import Chain, QuoteStatus
from riskcalc.domain import OptionQuote, OptionType, QuotedListing
from riskcalc.errors import ChainError, InvalidInputError

AUGUST, SEPTEMBER = dt.date(2026, 8, 21), dt.date(2026, 9, 18)
CALL, PUT = OptionType.CALL, OptionType.PUT


def chain(**changes):
    rows = [
        ("2026-09-18", 110.0, 1, 0.0, 0.05),
        ("2026-09-18", 100.0, 1, 4.0, 4.2),
        ("2026-09-18", 100.0, -1, 3.0, 3.1),
        ("2026-09-18", 120.0, 1, 0.4, 0.3),
        ("2026-09-18", 130.0, 1, 0.1, 0.0),
        ("2026-09-18", 140.0, 1, np.nan, 0.2),
        ("2026-09-18", 80.0, 1, 20.0, 20.5),
        ("2026-08-21", 100.0, 1, 2.0, 2.1),
    ]
    names = ("expiry", "strike", "option_type", "bid", "ask")
    columns = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    return Chain(**{"symbol": "IWM", "date": dt.date(2026, 7, 20), "spot": 101.0} | columns | changes)


def test_it_is_a_listing_with_quotes():
    listing: QuotedListing = chain()
    assert (listing.symbol, listing.date, listing.spot) == ("IWM", dt.date(2026, 7, 20), 101.0)
    assert listing.expiries() == (AUGUST, SEPTEMBER)
    result = listing.quote(expiry=SEPTEMBER, strike=100, option_type=PUT)
    assert result == OptionQuote(bid=3.0, ask=3.1)


def test_strikes_are_all_that_are_listed_even_without_a_usable_quote():
    assert chain().strikes(expiry=SEPTEMBER, option_type=CALL) == (80, 100, 110, 120, 130, 140)
    assert chain().strikes(expiry=SEPTEMBER, option_type=PUT) == (100,)


def test_strikes_found_by_arithmetic_are_found():
    assert chain().quote(expiry=SEPTEMBER, strike=0.1 * 1000 + 1e-9, option_type=CALL).bid == 4.0


@pytest.mark.parametrize(
    ("expiry", "strike", "kind", "message"),
    [
        (SEPTEMBER, 110, CALL, "IWM call 110 2026-09-18: no bid (bid 0, ask 0.05)"),
        (SEPTEMBER, 120, CALL, "IWM call 120 2026-09-18: crossed: bid above ask (bid 0.4, ask 0.3)"),
        (SEPTEMBER, 130, CALL, "IWM call 130 2026-09-18: no ask (bid 0.1, ask 0)"),
        (SEPTEMBER, 140, CALL, "IWM call 140 2026-09-18: bid or ask missing (bid nan, ask 0.2)"),
        (SEPTEMBER, 113, CALL, "IWM call 113 2026-09-18: not in the chain; nearest strikes 110 and 120"),
        (
            dt.date(2026, 9, 19),
            100,
            CALL,
            "IWM: no calls for 2026-09-19 in the chain; nearest expiries 2026-08-21 and 2026-09-18",
        ),
        (AUGUST, 100, PUT, "IWM: no puts for 2026-08-21 in the chain; nearest expiries 2026-09-18"),
    ],
)
def test_what_cannot_be_traded_says_why(expiry, strike, kind, message):
    with pytest.raises(ChainError) as error:
        chain().quote(expiry=expiry, strike=strike, option_type=kind)
    assert str(error.value) == message


def test_a_mid_below_intrinsic_is_doubted_yet_can_be_traded_at():
    result = chain()
    assert result.quality_counts()[QuoteStatus.BELOW_INTRINSIC] == 1
    assert result.quote(expiry=SEPTEMBER, strike=80, option_type=CALL).mid == 20.25


def test_counts_add_up_to_all_quotes():
    result = chain()
    counts = result.quality_counts()
    assert counts == {
        QuoteStatus.OK: 3,
        QuoteStatus.MISSING: 1,
        QuoteStatus.NO_ASK: 1,
        QuoteStatus.NO_BID: 1,
        QuoteStatus.CROSSED: 1,
        QuoteStatus.BELOW_INTRINSIC: 1,
    }
    assert sum(counts.values()) == len(result) == 8


def test_rows_stand_by_expiry_strike_and_type_in_arrays_nobody_can_write():
    result = chain()
    assert result.expiry[0] == np.datetime64("2026-08-21")
    assert result.strike.tolist() == [100, 80, 100, 100, 110, 120, 130, 140]
    assert result.option_type.tolist() == [1, 1, 1, -1, 1, 1, 1, 1]
    with pytest.raises(ValueError, match="read-only"):
        result.bid[0] = 1.0


def test_columns_that_are_not_given_are_missing_throughout():
    assert np.isnan(chain().open_interest).all()
    assert chain().missing_vols == 8


def test_the_given_arrays_stay_writable():
    bids = np.full(8, 1.0)
    chain(bid=bids)
    bids[0] = 2.0


def test_to_frame_has_a_row_per_quote_in_words():
    frame = chain().to_frame()
    assert len(frame) == 8
    first = frame.iloc[0]
    assert (first.symbol, first.option_type, first.bid, first.status) == ("IWM", "call", 2.0, "ok")
    assert str(frame.expiry.dtype).startswith("datetime64")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spot": 0.0}, "spot must be a number > 0"),
        ({"spot": np.nan}, "spot must be"),
        ({"date": dt.datetime(2026, 7, 20)}, "date must be a date"),  # noqa: DTZ001 - the wrong type on purpose
        ({"bid": np.zeros(3)}, "bid must have shape"),
        ({"strike": np.zeros(8)}, "strike > 0"),
        ({"strike": np.full(8, np.inf)}, "finite strike"),
        ({"option_type": np.zeros(8)}, "option_type must be 1 or -1"),
        ({"strike": np.full(8, 100.0)}, "strike 100 of 2026-09-18 is listed twice"),
    ],
)
def test_a_chain_is_valid_by_construction(changes, message):
    with pytest.raises(InvalidInputError, match=message):
        chain(**changes)
