import numpy as np
import pytest

from riskcalc.chains.quote_rows import DropReason, QuoteStatus, quote_status
from riskcalc.domain import ExerciseStyle


@pytest.mark.parametrize(
    ("bid", "ask", "sign", "strike", "expected"),
    [
        (4.0, 4.2, 1, 100, QuoteStatus.OK),
        (4.2, 4.2, 1, 100, QuoteStatus.OK),
        (np.nan, 4.2, 1, 100, QuoteStatus.MISSING),
        (4.0, np.nan, 1, 100, QuoteStatus.MISSING),
        (-1.0, 4.2, 1, 100, QuoteStatus.MISSING),
        (4.0, -1.0, 1, 100, QuoteStatus.MISSING),
        (4.0, 0.0, 1, 100, QuoteStatus.NO_ASK),
        (0.0, 0.0, 1, 100, QuoteStatus.NO_ASK),
        (0.0, 0.05, 1, 100, QuoteStatus.NO_BID),
        (4.3, 4.2, 1, 100, QuoteStatus.CROSSED),
        (9.8, 10.0, 1, 90, QuoteStatus.BELOW_INTRINSIC),
        (9.9, 10.1, 1, 90, QuoteStatus.OK),
        (9.8, 10.0, -1, 110, QuoteStatus.BELOW_INTRINSIC),
        (9.8, 10.0, -1, 90, QuoteStatus.OK),
    ],
)
def test_each_quote_gets_the_first_verdict_that_applies(bid, ask, sign, strike, expected):
    status = quote_status(
        bid=np.array([bid]),
        ask=np.array([ask]),
        option_type=np.array([sign], dtype=np.int8),
        strike=np.array([float(strike)]),
        spot=100.0,
    )
    assert QuoteStatus(status[0]) is expected


def test_a_european_option_may_be_worth_less_than_exercise_now():
    deep = {"option_type": np.array([-1], dtype=np.int8), "strike": np.array([140.0]), "spot": 100.0}
    quote = {"bid": np.array([38.0]), "ask": np.array([39.0])}
    status = quote_status(**quote, **deep, exercise=ExerciseStyle.EUROPEAN)
    assert QuoteStatus(status[0]) is QuoteStatus.OK


def test_every_verdict_and_reason_has_words_of_its_own():
    texts = [member.text for kind in (QuoteStatus, DropReason) for member in kind]
    assert len(set(texts)) == len(texts)


def test_only_two_sided_uncrossed_quotes_are_usable():
    assert {status for status in QuoteStatus if status.usable} == {
        QuoteStatus.OK,
        QuoteStatus.BELOW_INTRINSIC,
    }
